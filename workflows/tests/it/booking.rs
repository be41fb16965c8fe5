//! One guest's reservation, and what a test has happen to it.

use std::time::Duration;

use anyhow::Result;
use chrono::{TimeDelta, Utc};
use domain::{
    AccommodationId, BasisPoints, Channel, GuestId, Money, Party, Quote, ReservationCode, Stay,
    payment::{PaymentId, PaymentReport, PaymentStatus},
    policy::Policies,
    settlement::Purpose,
};
use temporalio_client::{
    Client, WorkflowCancelOptions, WorkflowExecuteUpdateOptions, WorkflowFetchHistoryOptions,
    WorkflowGetResultOptions, WorkflowHandle, WorkflowIdConflictPolicy, WorkflowIdReusePolicy,
    WorkflowQueryOptions, WorkflowSignalOptions, WorkflowStartOptions,
    WorkflowUpdateWithStartOptions,
};
use workflows::{
    Reservation,
    contracts::{
        inventory::HoldOutcome,
        reservations::{
            Actor, BalanceOutcome, CancelOutcome, CancelRequest, ChangeOutcome, ChangeRequest,
            ExtendOutcome, ExtendRequest,
        },
    },
    names,
    reservation::{
        ConfirmByHand, ConfirmOutcome, ReservationInput, ReservationOutcome, ReservationView,
        Resumed,
    },
};

use crate::{
    history,
    stage::{Stage, in_time},
    world::Trouble,
};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const DAY: Duration = Duration::from_secs(24 * 3600);

/// The price of every stay here, in pesos.
pub(crate) const TOTAL: i64 = 1_000;

/// What confirms it, in pesos.
pub(crate) const DEPOSIT: i64 = 300;

pub(crate) struct Booking {
    pub(crate) stage: Stage,
    pub(crate) input: ReservationInput,
}

/// Three nights that begin in thirty days.
pub(crate) fn in_thirty_days() -> ReservationInput {
    let now = Utc::now();
    let check_in_at = now + TimeDelta::days(30);
    let check_out_at = check_in_at + TimeDelta::days(3) - TimeDelta::hours(5);
    ReservationInput {
        code: ReservationCode::generate(now.date_naive()).unwrap(),
        accommodation_id: AccommodationId::generate(),
        accommodation_name: "Los Alerces".to_owned(),
        guest_id: Some(GuestId::generate()),
        stay: Stay::of_nights(check_in_at.date_naive(), 3).unwrap(),
        party: Party::of(4).unwrap(),
        quote: Quote {
            lines: Vec::new(),
            total: Money::pesos(TOTAL),
            deposit: Money::pesos(DEPOSIT),
            nights: 3,
        },
        channel: Channel::WhatsApp,
        policies: Policies::default(),
        check_in_at,
        check_out_at,
        booked_at: now,
        changes: 0,
        offered: false,
        resumed: None,
    }
}

/// What the provider says of a payment of so many pesos.
pub(crate) fn report(payment: &str, pesos: i64, status: PaymentStatus) -> PaymentReport {
    PaymentReport {
        payment_id: PaymentId(payment.to_owned()),
        code: None,
        purpose: Purpose::Deposit,
        status,
        amount: Money::pesos(pesos),
        refunded: Money::ZERO,
        refunded_by_us: Money::ZERO,
        decided: false,
        updated_at: Utc::now(),
    }
}

pub(crate) fn approved(payment: &str, pesos: i64) -> PaymentReport {
    report(payment, pesos, PaymentStatus::Approved)
}

impl Booking {
    /// A stage on which nobody has booked yet.
    pub(crate) async fn planned() -> Result<Self> {
        Ok(Self {
            stage: Stage::set().await?,
            input: in_thirty_days(),
        })
    }

    /// A hold whose guest has the link.
    pub(crate) async fn held() -> Result<Self> {
        Self::held_despite(Trouble::None).await
    }

    pub(crate) async fn held_despite(trouble: Trouble) -> Result<Self> {
        let booking = Self::planned().await?;
        booking.stage.world.facts().trouble = trouble;
        booking.open("open").await?;
        booking.hears("payment-link").await;
        Ok(booking)
    }

    /// A stay whose deposit is paid.
    pub(crate) async fn confirmed() -> Result<Self> {
        let booking = Self::held().await?;
        booking.pays("1001", DEPOSIT).await?;
        booking.hears("confirmed").await;
        Ok(booking)
    }

    /// A hold for which nobody paid in time.
    pub(crate) async fn expired_but_open() -> Result<Self> {
        let booking = Self::held().await?;
        // A story is open for as long as a notice is on its way.
        booking.stage.world.is_down("messaging.notify");
        booking.skip(30 * MINUTE).await?;
        booking.expires().await;
        Ok(booking)
    }

    pub(crate) fn id(&self) -> String {
        names::reservation(&self.input.code)
    }

    pub(crate) fn handle(&self) -> WorkflowHandle<Client, Reservation> {
        self.stage
            .client
            .get_workflow_handle::<Reservation>(self.id())
    }

    /// Starts the story and waits for the answer about the nights; `key` is the caller's idempotency key.
    pub(crate) async fn open(&self, key: &str) -> Result<HoldOutcome> {
        let options = WorkflowUpdateWithStartOptions::new(
            self.stage.queue.clone(),
            self.id(),
            WorkflowIdConflictPolicy::UseExisting,
        )
        .update_id(key.to_owned())
        .static_summary(self.input.summary())
        .build();
        Ok(self
            .stage
            .client
            .execute_update_with_start_workflow(
                Reservation::run,
                self.input.clone(),
                Reservation::await_hold,
                (),
                options,
            )
            .await?)
    }

    pub(crate) async fn reported(&self, report: PaymentReport) -> Result<()> {
        self.handle()
            .signal(
                Reservation::payment_reported,
                report,
                WorkflowSignalOptions::default(),
            )
            .await?;
        Ok(())
    }

    /// What the payment's workflow does: signal, and start the story again when it is over.
    pub(crate) async fn wakes_with(&self, report: PaymentReport) -> Result<()> {
        let options = WorkflowStartOptions::new(self.stage.queue.clone(), self.id())
            .static_summary(self.input.summary())
            .build();
        self.stage
            .client
            .signal_with_start_workflow(
                Reservation::run,
                self.input.clone(),
                Reservation::payment_reported,
                report,
                options,
            )
            .await?;
        Ok(())
    }

    /// What a worker does after a restore: the story begins anew from what Postgres knows, whoever was at it.
    pub(crate) async fn is_begun_anew(&self, earlier: Resumed) -> Result<()> {
        let input = ReservationInput {
            resumed: Some(earlier),
            ..self.input.clone()
        };
        let options = WorkflowStartOptions::new(self.stage.queue.clone(), self.id())
            .id_conflict_policy(WorkflowIdConflictPolicy::TerminateExisting)
            .id_reuse_policy(WorkflowIdReusePolicy::AllowDuplicate)
            .build();
        self.stage
            .client
            .start_workflow(Reservation::run, input, options)
            .await?;
        Ok(())
    }

    pub(crate) async fn pays(&self, payment: &str, pesos: i64) -> Result<()> {
        self.reported(approved(payment, pesos)).await
    }

    pub(crate) async fn is_cancelled_by(&self, by: Actor) -> Result<CancelOutcome> {
        self.is_cancelled_at(by, None).await
    }

    /// Only while it has these nights.
    pub(crate) async fn is_cancelled_at(
        &self,
        by: Actor,
        stay: Option<Stay>,
    ) -> Result<CancelOutcome> {
        let request = CancelRequest {
            code: self.input.code.clone(),
            by,
            reason: "changed plans".to_owned(),
            stay,
        };
        let options = WorkflowExecuteUpdateOptions::default();
        Ok(self
            .handle()
            .execute_update(Reservation::cancel, request, options)
            .await?)
    }

    /// As the chat extends a hold: it answers for itself.
    pub(crate) async fn is_extended(&self) -> Result<ExtendOutcome> {
        self.is_extended_with(ExtendRequest { tell_guest: false })
            .await
    }

    pub(crate) async fn is_extended_with(&self, request: ExtendRequest) -> Result<ExtendOutcome> {
        let options = WorkflowExecuteUpdateOptions::default();
        Ok(self
            .handle()
            .execute_update(Reservation::extend, request, options)
            .await?)
    }

    /// The same nights so many days later, for so many pesos.
    pub(crate) fn later(&self, by: Actor, days: i64, pesos: i64) -> ChangeRequest {
        let shift = TimeDelta::days(days);
        let total = Money::pesos(pesos);
        ChangeRequest {
            code: self.input.code.clone(),
            by,
            stay: self.input.stay.shifted(days).unwrap(),
            quote: Quote {
                lines: Vec::new(),
                total,
                deposit: total.share(BasisPoints(3_000)),
                nights: 3,
            },
            check_in_at: self.input.check_in_at + shift,
            check_out_at: self.input.check_out_at + shift,
        }
    }

    pub(crate) async fn is_moved(&self, request: ChangeRequest) -> Result<ChangeOutcome> {
        let options = WorkflowExecuteUpdateOptions::default();
        Ok(self
            .handle()
            .execute_update(Reservation::change_dates, request, options)
            .await?)
    }

    pub(crate) async fn asks_for_the_balance(&self) -> Result<BalanceOutcome> {
        let options = WorkflowExecuteUpdateOptions::default();
        Ok(self
            .handle()
            .execute_update(Reservation::offer_balance, (), options)
            .await?)
    }

    pub(crate) async fn is_confirmed_by_hand(&self, pesos: i64) -> Result<ConfirmOutcome> {
        let request = ConfirmByHand {
            amount: Money::pesos(pesos),
            reason: "bank transfer".to_owned(),
        };
        let options = WorkflowExecuteUpdateOptions::default();
        Ok(self
            .handle()
            .execute_update(Reservation::confirm, request, options)
            .await?)
    }

    pub(crate) async fn workflow_is_cancelled(&self) -> Result<()> {
        let options = WorkflowCancelOptions::builder()
            .reason("the owner sold the place".to_owned())
            .build();
        Ok(self.handle().cancel(options).await?)
    }

    pub(crate) async fn view(&self) -> Result<ReservationView> {
        let options = WorkflowQueryOptions::default();
        Ok(self.handle().query(Reservation::view, (), options).await?)
    }

    /// Waits until the guest was told something.
    pub(crate) async fn hears(&self, step: &str) {
        self.stage
            .world
            .eventually(&format!("the guest hears {step}"), |world| {
                world.told().iter().any(|told| told == step)
            })
            .await;
    }

    /// Waits until the nights were let go.
    pub(crate) async fn expires(&self) {
        self.stage
            .world
            .eventually("the hold expires", |world| {
                !world.calls("inventory.expire").is_empty()
            })
            .await;
    }

    pub(crate) async fn skip(&self, by: Duration) -> Result<()> {
        self.stage.skip(&self.id(), by).await
    }

    /// Lets the time that is left fly, and checks the history of the story.
    pub(crate) async fn ends(self) -> Result<(ReservationOutcome, Stage)> {
        self.over(None).await
    }

    /// As [`Booking::ends`], and the history is one of those that are kept.
    pub(crate) async fn ends_as(self, history: &str) -> Result<(ReservationOutcome, Stage)> {
        self.over(Some(history)).await
    }

    async fn over(self, history: Option<&str>) -> Result<(ReservationOutcome, Stage)> {
        let handle = self.handle();
        // A story that is over has no clock to move.
        drop(self.stage.let_time_fly(&self.id()).await);
        let outcome = in_time(handle.get_result(WorkflowGetResultOptions::default())).await??;
        let events = handle.fetch_history(WorkflowFetchHistoryOptions::default());
        history::check(history, events).await?;
        Ok((outcome, self.stage))
    }
}
