//! What a reservation does with money: apply it, give it back, ask the owner.

use std::time::Duration;

use domain::{
    Money,
    payment::{PaymentId, PaymentReport, PaymentStatus},
    settlement::{Purpose, Settlement},
};
use temporalio_workflow::{WorkflowContext, WorkflowResult};

use super::{ConfirmByHand, Phase, Reservation, ReservationOutcome, errands::Errand};
use crate::{
    clock::now,
    contracts::{
        inventory::{self, Release, Standing},
        messaging::Notice,
        payments::{self, GiveBack, RefundRequest, SettlePayment},
    },
    options::{database_call, refund},
};

/// The owner hears of a refund that has not gone through after so long.
const REFUND_IS_LATE: Duration = Duration::from_secs(3600);

/// A refund is tried for so long before it becomes the owner's matter alone.
const REFUND_PATIENCE: Duration = Duration::from_secs(7 * 24 * 3600);

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
                Self::apply(ctx, &report, settlement, |returned| Notice::Overpaid {
                    returned,
                })
                .await?;
                Ok(ctx.state(Self::effect))
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
                Self::report_loss(ctx, &report).await;
                Ok(Effect::None)
            }
        }
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
                Self::report_loss(ctx, &report).await
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
            && !report.refunded_by_us.is_positive()
            && !self.reports.is_settled(&report.payment_id)
    }

    /// Confirms nights that were taken again. They are let go when the money was given back before: the first
    /// decision about a payment stands.
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
        Ok(Phase::Ended(ReservationOutcome::Cancelled))
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

    /// Records what becomes of an approved payment, and gives back what is not kept.
    async fn apply(
        ctx: &WorkflowContext<Self>,
        report: &PaymentReport,
        settlement: Settlement,
        tell: impl Fn(Money) -> Notice,
    ) -> WorkflowResult<()> {
        if report.refunded_elsewhere().is_positive() {
            Self::report_loss(ctx, report).await;
        }
        if ctx.state(|s| s.reports.is_settled(&report.payment_id)) {
            return Ok(());
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
        Ok(())
    }

    /// Records what the owner saw elsewhere.
    pub(super) async fn record_by_hand(
        ctx: &WorkflowContext<Self>,
        request: &ConfirmByHand,
    ) -> WorkflowResult<()> {
        let (code, settlement) = ctx.state(|s| {
            let settlement = Settlement {
                applied: request.amount,
                returned: Money {
                    centavos: 0,
                    ..request.amount
                },
            };
            (s.input.code.clone(), settlement)
        });
        let payment_id = PaymentId::by_hand(&code, now(ctx));
        let settle = SettlePayment {
            payment_id: payment_id.clone(),
            code,
            settlement,
        };
        let settled = ctx
            .execute_activity(
                payments::Settle,
                settle,
                database_call("record the payment by hand"),
            )
            .await?;
        ctx.state_mut(|s| {
            s.account.paid = settled.paid;
            s.reports.mark_settled(payment_id);
        });
        Ok(())
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

    /// Gives money back, for as long as it takes. The owner hears of it when it is late, and when it fails.
    pub(super) async fn refund(ctx: &WorkflowContext<Self>, request: RefundRequest) {
        let key = request.key.clone();
        let refunding = refund("give money back", REFUND_IS_LATE);
        let Err(failure) = ctx
            .execute_activity(payments::Refund, request.clone(), refunding)
            .await
        else {
            return;
        };
        if failure.as_timeout().is_some() {
            Self::ask_owner(
                ctx,
                "refund_late",
                &key,
                "Money could not be given back yet. It is tried again for a week; check the balance at the provider.",
            )
            .await;
            let patient = refund("give money back", REFUND_PATIENCE);
            if ctx
                .execute_activity(payments::Refund, request, patient)
                .await
                .is_ok()
            {
                return;
            }
        }
        Self::ask_owner(
            ctx,
            "refund_failed",
            &key,
            "Money could not be given back. Give it back at the provider by hand.",
        )
        .await;
    }

    /// The owner hears of money that the provider took back.
    async fn report_loss(ctx: &WorkflowContext<Self>, report: &PaymentReport) {
        let payment = report.payment_id.to_string();
        if report.status == PaymentStatus::ChargedBack {
            Self::ask_owner(
                ctx,
                "charged_back",
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
    }
}
