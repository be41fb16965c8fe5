//! What a reservation does with money: apply it, give it back, ask the owner.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    Money,
    payment::{PaymentReport, PaymentStatus},
    policy::seconds,
    settlement::{Purpose, Settlement},
};
use temporalio_common::error::{ActivityExecutionError, IncomingError, RetryState};
use temporalio_workflow::{WorkflowContext, WorkflowResult};

use super::{Phase, Reservation, ReservationOutcome, errands::Errand};
use crate::{
    clock::{now, wait_for},
    contracts::{
        inventory::{self, Release, Standing},
        messaging::Notice,
        payments::{self, GiveBack, RefundRequest, SettlePayment},
    },
    options::{database_call, refund},
};

/// The first and the longest pause before a refund that the provider took and then turned down is asked for
/// anew; each is four times the one before.
const REFUND_PAUSES: (Duration, Duration) =
    (Duration::from_secs(10), Duration::from_secs(6 * 3600));

/// The type of the failure of a refund that the provider took and then turned down: it is over under its key.
pub const REFUND_ENDED: &str = "RefundEnded";

/// What a payment did to the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing that changes the phase.
    None,
    /// The deposit is complete.
    DepositPaid,
}

impl Reservation {
    /// Takes in what the provider says of a payment.
    pub(super) async fn settle(
        ctx: &WorkflowContext<Self>,
        report: PaymentReport,
    ) -> WorkflowResult<Effect> {
        let payment = report.payment_id.clone();
        match report.status {
            PaymentStatus::Approved => {
                let settlement = ctx.state(|s| s.account.settle(report.purpose, report.net()));
                let overpaid = |returned| Notice::Overpaid { returned };
                let applied = Self::apply(ctx, &report, settlement, overpaid).await?;
                let effect = ctx.state(Self::effect);
                if let Some(applied) = applied
                    && effect == Effect::None
                    && ctx.state(Self::expects_money)
                {
                    Self::tell_received(ctx, &payment, applied);
                    Self::adjust_balance_link(ctx);
                }
                Ok(effect)
            }
            PaymentStatus::Pending => {
                let step = format!("payment-pending/{payment}");
                Self::tell(ctx, Notice::PaymentPending, &step);
                Ok(Effect::None)
            }
            PaymentStatus::Rejected => {
                let step = format!("payment-rejected/{payment}");
                Self::tell(ctx, Notice::PaymentRejected, &step);
                Ok(Effect::None)
            }
            PaymentStatus::Cancelled => Ok(Effect::None),
            PaymentStatus::Refunded | PaymentStatus::ChargedBack => {
                Self::report_loss(ctx, &report).await?;
                Ok(Effect::None)
            }
        }
    }

    /// Whether money that comes in is simply counted: what it means for a hold that had ended, others say.
    fn expects_money(&self) -> bool {
        !matches!(
            self.phase,
            Phase::Ended(
                ReservationOutcome::Expired
                    | ReservationOutcome::Cancelled
                    | ReservationOutcome::Refused
                    | ReservationOutcome::NoShow
            )
        )
    }

    fn effect(&self) -> Effect {
        if self.account.deposit_is_paid() && matches!(self.phase, Phase::Held { .. }) {
            Effect::DepositPaid
        } else {
            Effect::None
        }
    }

    /// Takes in what the provider says of a payment when the story is over.
    pub(super) async fn settle_late(
        ctx: &WorkflowContext<Self>,
        report: PaymentReport,
        outcome: ReservationOutcome,
    ) -> WorkflowResult<Option<Phase>> {
        match report.status {
            PaymentStatus::Approved if outcome == ReservationOutcome::Completed => {
                Self::settle(ctx, report).await?;
            }
            PaymentStatus::Approved => {
                let worth_retaking = outcome == ReservationOutcome::Expired
                    && ctx.state(|s| s.would_confirm(&report));
                if worth_retaking && Self::retake(ctx).await? {
                    Self::settle(ctx, report).await?;
                    return Self::keep_retaken(ctx).await.map(Some);
                }
                let nothing = Settlement {
                    applied: Money {
                        centavos: 0,
                        ..report.amount
                    },
                    returned: report.net(),
                };
                Self::apply(ctx, &report, nothing, |returned| Notice::TooLate {
                    returned,
                })
                .await?;
            }
            PaymentStatus::Refunded | PaymentStatus::ChargedBack => {
                Self::report_loss(ctx, &report).await?;
            }
            PaymentStatus::Pending | PaymentStatus::Rejected | PaymentStatus::Cancelled => {}
        }
        Ok(None)
    }

    /// Whether a payment alone confirms the stay. One that was decided on before, or that is being given back,
    /// does not.
    fn would_confirm(&self, report: &PaymentReport) -> bool {
        report.purpose == Purpose::Deposit
            && report.net().centavos >= self.account.deposit.centavos
            && !report.decided
            && !report.refunded_by_us.is_positive()
            && !self.reports.is_settled(&report.payment_id)
    }

    /// Confirms nights that were taken again. They are let go when the money was given back before, by somebody
    /// who was at it in the same moment: the first decision about a payment stands.
    async fn keep_retaken(ctx: &WorkflowContext<Self>) -> WorkflowResult<Phase> {
        if ctx.state(|s| s.account.deposit_is_paid()) {
            return Self::confirm_stay(ctx, Notice::ConfirmedLate).await;
        }
        let release = Release {
            code: ctx.state(|s| s.input.code.clone()),
            reason: "the payment had been given back".to_owned(),
        };
        let releasing = database_call("let the nights go again");
        ctx.execute_activity(inventory::Cancel, release, releasing)
            .await?;
        let refund = ctx.state(Self::all_of_it);
        Self::part(ctx, Notice::Cancelled { refund }, refund.amount).await
    }

    /// Takes the nights again, if nobody else has.
    async fn retake(ctx: &WorkflowContext<Self>) -> WorkflowResult<bool> {
        let code = ctx.state(|s| s.input.code.clone());
        let standing = ctx
            .execute_activity(
                inventory::Retake,
                code,
                database_call("take the nights again"),
            )
            .await?;
        Ok(standing == Standing::Is)
    }

    /// Records what becomes of an approved payment, and gives back what is not kept. Answers what now counts
    /// that did not before.
    async fn apply(
        ctx: &WorkflowContext<Self>,
        report: &PaymentReport,
        settlement: Settlement,
        tell: impl Fn(Money) -> Notice,
    ) -> WorkflowResult<Option<Money>> {
        if report.refunded_elsewhere().is_positive() {
            Self::report_loss(ctx, report).await?;
        }
        if ctx.state(|s| s.reports.may_have_been_disputed(report)) {
            let payment = report.payment_id.to_string();
            let how = "The dispute is over, and the money is with us.";
            Self::take_back(ctx, CHARGED_BACK, &payment, how).await;
        }
        if ctx.state(|s| s.reports.is_settled(&report.payment_id)) {
            Self::count_again(ctx, report).await?;
            return Ok(None);
        }
        let code = ctx.state(|s| s.input.code.clone());
        let settle = SettlePayment {
            payment_id: report.payment_id.clone(),
            code: code.clone(),
            settlement,
        };
        let settled = ctx
            .execute_activity(
                payments::Settle,
                settle,
                database_call("record the payment"),
            )
            .await?;
        ctx.state_mut(|s| {
            s.account.paid = settled.paid;
            s.reports.mark_settled(report.payment_id.clone());
        });
        Self::show(ctx);
        let returned = settled.settlement.returned;
        if returned.is_positive() {
            let payment_id = report.payment_id.clone();
            let notice = tell(returned);
            Self::tell(ctx, notice, &format!("returned/{payment_id}"));
            let request = RefundRequest {
                key: format!("refund:{code}:{payment_id}:excess"),
                payment_id,
                code,
                amount: returned,
                reason: "more than was owed, or too late".to_owned(),
            };
            ctx.state_mut(|s| s.errands.send(Errand::Refund(request)));
        }
        let applied = settled.settlement.applied;
        Ok(applied.is_positive().then_some(applied))
    }

    /// Gives back part of what is paid, to the payments it came from.
    pub(super) async fn give_back(
        ctx: &WorkflowContext<Self>,
        amount: Money,
        step: &str,
        reason: &str,
    ) -> WorkflowResult<()> {
        if !amount.is_positive() {
            return Ok(());
        }
        let give_back = GiveBack {
            code: ctx.state(|s| s.input.code.clone()),
            amount,
            step: step.to_owned(),
            reason: reason.to_owned(),
        };
        let requests = ctx
            .execute_activity(
                payments::PlanRefunds,
                give_back,
                database_call("plan the refunds"),
            )
            .await?;
        ctx.state_mut(|s| s.account.paid = s.account.paid.less(amount));
        Self::show(ctx);
        for request in requests {
            ctx.state_mut(|s| s.errands.send(Errand::Refund(request)));
        }
        Ok(())
    }

    /// Gives money back, for as long as it takes. The owner hears of it when it is late, when the lateness is
    /// over, and when it fails.
    pub(super) async fn refund(ctx: &WorkflowContext<Self>, request: RefundRequest) {
        let policy = ctx.state(|s| s.input.policies.refund);
        let given_up_at = now(ctx) + TimeDelta::seconds(i64::from(policy.given_up_seconds));
        let (mut attempt, mut pause, mut owner_knows) = (1, REFUND_PAUSES.0, false);
        loop {
            let left = given_up_at.signed_duration_since(now(ctx)).to_std();
            let patience = match left {
                Ok(left) if owner_knows => left,
                Ok(_) => seconds(policy.late_seconds),
                Err(_over) => break,
            };
            let tried = Self::try_to_refund(ctx, under_key(&request, attempt), patience).await;
            match tried {
                Tried::Done if owner_knows => return Self::refund_came_through(ctx, request).await,
                Tried::Done => return,
                Tried::Refused => break,
                Tried::Late if owner_knows => break,
                Tried::Late | Tried::Ended => {}
            }
            if !owner_knows {
                owner_knows = true;
                Self::ask_owner(
                    ctx,
                    REFUND_LATE,
                    &request.key,
                    "Money could not be given back yet. It is tried again for a week; check the balance at the provider.",
                )
                .await;
            }
            if tried == Tried::Ended {
                attempt += 1;
                wait_for(ctx, pause, "ask for the refund anew", |_| false).await;
                pause = (pause * 4).min(REFUND_PAUSES.1);
            }
        }
        Self::ask_owner(
            ctx,
            "refund_failed",
            &request.key,
            "Money could not be given back. Give it back at the provider by hand.",
        )
        .await;
    }

    async fn try_to_refund(
        ctx: &WorkflowContext<Self>,
        request: RefundRequest,
        patience: Duration,
    ) -> Tried {
        let refunding = refund("give money back", patience);
        let Err(failure) = ctx
            .execute_activity(payments::Refund, request, refunding)
            .await
        else {
            return Tried::Done;
        };
        if ran_out_of_time(&failure) {
            Tried::Late
        } else if kind_of(&failure) == Some(REFUND_ENDED) {
            Tried::Ended
        } else {
            Tried::Refused
        }
    }

    /// What the owner was told of a refund that was late has settled itself.
    async fn refund_came_through(ctx: &WorkflowContext<Self>, request: RefundRequest) {
        Self::take_back(ctx, REFUND_LATE, &request.key, "The money was given back.").await;
    }

    /// Counts anew what is paid, after something happened to a payment that was settled before.
    async fn count_again(
        ctx: &WorkflowContext<Self>,
        report: &PaymentReport,
    ) -> WorkflowResult<()> {
        if !ctx.state(|s| s.reports.is_settled(&report.payment_id)) {
            return Ok(());
        }
        let nothing = Money {
            centavos: 0,
            ..report.amount
        };
        let settle = SettlePayment {
            payment_id: report.payment_id.clone(),
            code: ctx.state(|s| s.input.code.clone()),
            // The first settlement stays, whatever is said here.
            settlement: Settlement {
                applied: nothing,
                returned: nothing,
            },
        };
        let counting = database_call("count what is paid");
        let settled = ctx
            .execute_activity(payments::Settle, settle, counting)
            .await?;
        ctx.state_mut(|s| s.account.paid = settled.paid);
        Self::show(ctx);
        Ok(())
    }

    /// The owner hears of money that the provider took back, and the account counts without it.
    async fn report_loss(
        ctx: &WorkflowContext<Self>,
        report: &PaymentReport,
    ) -> WorkflowResult<()> {
        let payment = report.payment_id.to_string();
        if report.status == PaymentStatus::ChargedBack {
            Self::ask_owner(
                ctx,
                CHARGED_BACK,
                &payment,
                "The payer disputes this payment. Answer the provider; nothing is refunded by us meanwhile.",
            )
            .await;
        } else if report.refunded_elsewhere().is_positive() {
            Self::ask_owner(
                ctx,
                "refunded_at_provider",
                &payment,
                "This payment was given back at the provider. Decide whether the stay still stands.",
            )
            .await;
        }
        Self::count_again(ctx, report).await
    }
}

/// The kind of matter that a late refund is.
const REFUND_LATE: &str = "refund_late";

/// The kind of matter that a payment is whose payer disputes it.
const CHARGED_BACK: &str = "charged_back";

/// What came of trying to give money back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tried {
    /// It is given back.
    Done,
    /// Nobody knows yet.
    Late,
    /// The provider took it and turned it down: asking again needs another key.
    Ended,
    /// It will be refused for ever.
    Refused,
}

/// The same refund as a new request to the provider.
fn under_key(request: &RefundRequest, attempt: u32) -> RefundRequest {
    let mut request = request.clone();
    if attempt > 1 {
        request.key = format!("{}:{attempt}", request.key);
    }
    request
}

/// Whether it was still to be tried when its time was over. What failed last is then the cause, whatever that was: a
/// provider that is away answers at once.
fn ran_out_of_time(failure: &ActivityExecutionError) -> bool {
    let by_the_clock = matches!(
        failure,
        ActivityExecutionError::Failed(failed) if failed.retry_state() == RetryState::Timeout
    );
    by_the_clock || failure.as_timeout().is_some()
}

fn kind_of(failure: &ActivityExecutionError) -> Option<&str> {
    match failure.reason() {
        Some(IncomingError::Application(failure)) => failure.type_name(),
        _ => None,
    }
}
