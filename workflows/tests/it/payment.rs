//! The stories of payments.

use std::time::Duration;

use anyhow::Result;
use domain::payment::{Misfit, PaymentId, PaymentReport, PaymentStatus};
use temporalio_client::{
    WorkflowFetchHistoryOptions, WorkflowGetResultOptions, WorkflowIdConflictPolicy,
    WorkflowStartOptions,
};
use workflows::{
    Payment,
    contracts::payments::Truth,
    names,
    payment::{Notification, PaymentInput, PaymentOutcome},
};

use crate::{
    booking::{DEPOSIT, approved, report},
    history,
    stage::{Stage, in_time},
    world::{Trouble, World},
};

/// One payment at the provider, and what is heard of it.
struct Paid {
    stage: Stage,
    payment_id: PaymentId,
}

impl Paid {
    /// A payment of which the provider will say this, one after the other, and the last for ever.
    async fn known_as(truths: impl IntoIterator<Item = Truth>) -> Result<Self> {
        let stage = Stage::set().await?;
        stage.world.facts().truths = truths.into_iter().collect();
        // Payments go by the provider's numbers, which no two tests may share.
        let number = uuid::Uuid::new_v4().as_u128() % 1_000_000_000_000;
        Ok(Self {
            stage,
            payment_id: PaymentId(number.to_string()),
        })
    }

    fn world(&self) -> &World {
        &self.stage.world
    }

    fn id(&self) -> String {
        names::payment(&self.payment_id)
    }

    async fn is_notified(&self, authentic: bool) -> Result<()> {
        let options = WorkflowStartOptions::new(self.stage.queue.clone(), self.id())
            .id_conflict_policy(WorkflowIdConflictPolicy::UseExisting)
            .build();
        let input = PaymentInput {
            payment_id: self.payment_id.clone(),
        };
        self.stage
            .client
            .signal_with_start_workflow(
                Payment::run,
                input,
                Payment::notified,
                Notification { authentic },
                options,
            )
            .await?;
        Ok(())
    }

    async fn has_been_read(&self, times: usize) {
        self.world()
            .eventually("the provider is asked", |world| {
                world.calls("payments.read").len() >= times
            })
            .await;
    }

    async fn has_been_reported(&self, status: PaymentStatus) {
        self.world()
            .eventually("the reservation is told", |world| {
                world
                    .calls("payments.report")
                    .iter()
                    .any(|told| told == status.as_str())
            })
            .await;
    }

    async fn skip(&self, by: Duration) -> Result<()> {
        self.stage.skip(&self.id(), by).await
    }

    async fn ends(self) -> Result<(PaymentOutcome, Stage)> {
        self.over(None).await
    }

    /// As [`Paid::ends`], and the history is one of those that are kept.
    async fn ends_as(self, history: &str) -> Result<(PaymentOutcome, Stage)> {
        self.over(Some(history)).await
    }

    async fn over(self, history: Option<&str>) -> Result<(PaymentOutcome, Stage)> {
        let handle = self.stage.client.get_workflow_handle::<Payment>(self.id());
        self.stage.let_time_fly(&self.id()).await?;
        let outcome = in_time(handle.get_result(WorkflowGetResultOptions::default())).await??;
        let events = handle.fetch_history(WorkflowFetchHistoryOptions::default());
        history::check(history, events).await?;
        Ok((outcome, self.stage))
    }
}

fn ours(report: PaymentReport) -> Truth {
    Truth::Ours { report }
}

fn pending() -> Truth {
    ours(report("1001", DEPOSIT, PaymentStatus::Pending))
}

fn settled() -> Truth {
    ours(approved("1001", DEPOSIT))
}

fn misfit(status: PaymentStatus) -> Truth {
    Truth::Misfit {
        report: report("1001", DEPOSIT, status),
        misfit: Misfit::UnknownReference,
    }
}

#[tokio::test]
async fn an_approved_payment_is_reported_once_however_often_it_is_notified() -> Result<()> {
    let paid = Paid::known_as([settled()]).await?;
    for _time in 0..5 {
        paid.is_notified(true).await?;
    }
    paid.has_been_reported(PaymentStatus::Approved).await;
    paid.is_notified(true).await?;
    let (outcome, stage) = paid.ends_as("payment-approved").await?;
    assert_eq!(outcome, PaymentOutcome::Reported);
    assert_eq!(stage.world.calls("payments.report"), ["approved"]);
    Ok(())
}

#[tokio::test]
async fn a_pending_payment_is_asked_for_until_it_is_settled() -> Result<()> {
    let paid = Paid::known_as([pending(), pending(), pending(), settled()]).await?;
    paid.is_notified(true).await?;
    let (outcome, stage) = paid.ends_as("payment-pending").await?;
    assert_eq!(outcome, PaymentOutcome::Reported);
    assert_eq!(
        stage.world.calls("payments.report"),
        ["pending", "approved"]
    );
    assert_eq!(stage.world.calls("payments.read").len(), 4);
    Ok(())
}

#[tokio::test]
async fn a_notification_ends_the_wait_for_a_pending_payment() -> Result<()> {
    let paid = Paid::known_as([pending(), settled()]).await?;
    paid.is_notified(true).await?;
    paid.has_been_reported(PaymentStatus::Pending).await;
    paid.is_notified(true).await?;
    paid.has_been_reported(PaymentStatus::Approved).await;
    paid.ends().await?;
    Ok(())
}

#[tokio::test]
async fn a_payment_that_stays_pending_is_given_up_after_a_month() -> Result<()> {
    let paid = Paid::known_as([pending()]).await?;
    paid.is_notified(true).await?;
    let (outcome, stage) = paid.ends().await?;
    assert_eq!(outcome, PaymentOutcome::Abandoned);
    assert_eq!(stage.world.calls("payments.report"), ["pending"]);
    Ok(())
}

#[tokio::test]
async fn a_payment_that_the_provider_does_not_know_ends_unknown() -> Result<()> {
    let paid = Paid::known_as([]).await?;
    paid.is_notified(false).await?;
    let (outcome, stage) = paid.ends_as("payment-unknown").await?;
    assert_eq!(outcome, PaymentOutcome::Unknown);
    assert_eq!(stage.world.calls("payments.read").len(), 5);
    assert!(stage.world.calls("payments.report").is_empty());
    Ok(())
}

#[tokio::test]
async fn a_payment_that_is_unknown_for_a_moment_is_found() -> Result<()> {
    let paid = Paid::known_as([Truth::Unknown, Truth::Unknown, settled()]).await?;
    paid.is_notified(true).await?;
    let (outcome, stage) = paid.ends().await?;
    assert_eq!(outcome, PaymentOutcome::Reported);
    assert_eq!(stage.world.calls("payments.report"), ["approved"]);
    Ok(())
}

#[tokio::test]
async fn money_that_fits_no_reservation_is_put_to_the_owner_once_it_is_there() -> Result<()> {
    let truths = [
        misfit(PaymentStatus::Pending),
        misfit(PaymentStatus::Approved),
    ];
    let paid = Paid::known_as(truths).await?;
    paid.is_notified(true).await?;
    let (outcome, stage) = paid.ends_as("payment-misfit").await?;
    assert_eq!(outcome, PaymentOutcome::WithOwner);
    assert_eq!(stage.world.asked_of_owner(), ["unknown_reference 1001"]);
    assert!(stage.world.calls("payments.report").is_empty());
    Ok(())
}

#[tokio::test]
async fn a_refused_payment_that_fits_no_reservation_concerns_nobody() -> Result<()> {
    let paid = Paid::known_as([misfit(PaymentStatus::Rejected)]).await?;
    paid.is_notified(true).await?;
    let (outcome, stage) = paid.ends_as("payment-irrelevant").await?;
    assert_eq!(outcome, PaymentOutcome::Irrelevant);
    assert!(stage.world.asked_of_owner().is_empty());
    Ok(())
}

#[tokio::test]
async fn hints_are_heeded_at_most_once_a_minute() -> Result<()> {
    let paid = Paid::known_as([settled()]).await?;
    paid.is_notified(false).await?;
    paid.has_been_reported(PaymentStatus::Approved).await;
    for _hint in 0..10 {
        paid.is_notified(false).await?;
    }
    paid.skip(Duration::from_secs(50)).await?;
    assert_eq!(paid.world().calls("payments.read").len(), 1);
    paid.skip(Duration::from_secs(11)).await?;
    paid.has_been_read(2).await;
    let (_, stage) = paid.ends_as("payment-hints").await?;
    assert_eq!(stage.world.calls("payments.read").len(), 2);
    assert_eq!(stage.world.calls("payments.report"), ["approved"]);
    Ok(())
}

#[tokio::test]
async fn a_hint_never_delays_a_question_that_was_due_anyway() -> Result<()> {
    let paid = Paid::known_as([Truth::Unknown, settled()]).await?;
    paid.is_notified(true).await?;
    paid.has_been_read(1).await;
    paid.is_notified(false).await?;
    paid.skip(Duration::from_secs(10)).await?;
    assert_eq!(paid.world().calls("payments.report"), ["approved"]);
    paid.ends().await?;
    Ok(())
}

#[tokio::test]
async fn a_signature_is_heeded_at_once() -> Result<()> {
    let mut charged_back = report("1001", DEPOSIT, PaymentStatus::ChargedBack);
    charged_back.refunded = charged_back.amount;
    let paid = Paid::known_as([settled(), ours(charged_back)]).await?;
    paid.is_notified(true).await?;
    paid.has_been_reported(PaymentStatus::Approved).await;
    paid.is_notified(false).await?;
    paid.is_notified(true).await?;
    paid.has_been_reported(PaymentStatus::ChargedBack).await;
    paid.ends_as("payment-charged-back").await?;
    Ok(())
}

#[tokio::test]
async fn what_we_gave_back_ourselves_is_no_news() -> Result<()> {
    let mut refunded = report("1001", DEPOSIT, PaymentStatus::Refunded);
    refunded.refunded = refunded.amount;
    refunded.refunded_by_us = refunded.amount;
    let paid = Paid::known_as([ours(refunded)]).await?;
    paid.is_notified(true).await?;
    let (outcome, stage) = paid.ends_as("payment-refunded-by-us").await?;
    assert_eq!(outcome, PaymentOutcome::Reported);
    assert!(stage.world.calls("payments.report").is_empty());
    Ok(())
}

#[tokio::test]
async fn a_payment_is_the_same_when_every_step_fails_once() -> Result<()> {
    for trouble in [Trouble::FirstAttemptFails, Trouble::FirstAnswerIsLost] {
        let paid = Paid::known_as([settled()]).await?;
        paid.world().facts().trouble = trouble;
        paid.is_notified(true).await?;
        let (outcome, stage) = paid.ends().await?;
        assert_eq!(outcome, PaymentOutcome::Reported);
        assert_eq!(stage.world.calls("payments.report"), ["approved"]);
    }
    Ok(())
}

#[tokio::test]
async fn a_worker_that_restarts_loses_no_payment() -> Result<()> {
    let mut paid = Paid::known_as([pending(), settled()]).await?;
    paid.is_notified(true).await?;
    paid.has_been_reported(PaymentStatus::Pending).await;
    paid.stage.stop_worker().await?;
    paid.is_notified(true).await?;
    paid.stage.start_worker()?;
    paid.has_been_reported(PaymentStatus::Approved).await;
    let (outcome, _) = paid.ends().await?;
    assert_eq!(outcome, PaymentOutcome::Reported);
    Ok(())
}
