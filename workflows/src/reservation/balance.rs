//! What remains after the deposit: offered by a link, paid on it, or taken by the owner.

use chrono::{DateTime, Utc};
use domain::{
    Money,
    payment::{HandMethod, PaymentId},
    settlement::{Purpose, Settlement},
};
use temporalio_workflow::{WorkflowContext, WorkflowResult};

use super::{Phase, RecordOutcome, RecordPayment, Reservation, errands::Errand};
use crate::{
    clock::now,
    contracts::{
        messaging::Notice,
        payments::{self, LinkOutcome, LinkRequest, SettlePayment},
        reservations::BalanceOutcome,
    },
    options::{database_call, patient_call},
};

impl Reservation {
    /// Answers whoever wants to pay what remains, and sees to it that they get a link.
    pub(super) fn answer_balance(ctx: &WorkflowContext<Self>) {
        let outcome = ctx.state(|s| match s.phase {
            Phase::Confirmed if s.account.balance().is_positive() => BalanceOutcome::Coming {
                due: s.account.balance(),
            },
            Phase::Confirmed => BalanceOutcome::NothingDue,
            Phase::Placing | Phase::Held { .. } | Phase::Ended(_) => BalanceOutcome::NotPossible,
        });
        let coming = matches!(outcome, BalanceOutcome::Coming { .. });
        ctx.state_mut(|s| s.requests.balance.reply(outcome));
        if coming {
            Self::offer_remainder(ctx, true);
        }
    }

    /// Has a link made over what remains. Quietly, when it only takes the place of one over another amount.
    pub(super) fn offer_remainder(ctx: &WorkflowContext<Self>, tell: bool) {
        let now = now(ctx);
        ctx.state_mut(|s| {
            if s.balance_link(now).is_some() {
                s.closed_links.remove(&Purpose::Balance);
                s.balance_links += 1;
                let step = tell.then(|| format!("balance-link/{}", s.balance_links));
                s.errands.send(Errand::OfferRemainder { step });
            }
        });
    }

    /// The link lasts as long as the stay: what was not paid before can be paid during it.
    fn balance_link(&self, now: DateTime<Utc>) -> Option<LinkRequest> {
        let due = self.account.balance();
        (self.phase == Phase::Confirmed && due.is_positive()).then(|| LinkRequest {
            code: self.input.code.clone(),
            purpose: Purpose::Balance,
            amount: due,
            expires_at: self.input.check_out_at,
            vouchers: self.input.balance_takes_vouchers(now),
        })
    }

    /// Makes the link, and sends it when the guest is to hear of it.
    pub(super) async fn make_balance_link(ctx: &WorkflowContext<Self>, step: Option<String>) {
        let now = now(ctx);
        let Some(link) = ctx.state(|s| s.balance_link(now)) else {
            return;
        };
        let making = patient_call("make the link over the balance");
        let made = ctx
            .execute_activity(payments::CreateLink, link, making)
            .await;
        match made {
            Ok(LinkOutcome::Made) => {
                if let Some(step) = step {
                    Self::tell(ctx, Notice::BalanceLink, &step);
                }
            }
            Ok(LinkOutcome::NotWanted) => {}
            Err(_) => {
                let code = ctx.state(|s| s.input.code.to_string());
                Self::ask_owner(
                    ctx,
                    "no_link",
                    &code,
                    "No link could be made over the balance. Tell the guest another way to pay.",
                )
                .await;
            }
        }
    }

    /// After money came in: a link over what was owed before asks for too much.
    pub(super) fn adjust_balance_link(ctx: &WorkflowContext<Self>) {
        Self::replace_balance_link(ctx, false);
    }

    /// Puts another link in the place of one that was offered, or closes it when nothing is owed any more.
    pub(super) fn replace_balance_link(ctx: &WorkflowContext<Self>, tell: bool) {
        if ctx.state(|s| s.balance_links == 0) {
            return;
        }
        let now = now(ctx);
        if ctx.state(|s| s.balance_link(now).is_some()) {
            Self::offer_remainder(ctx, tell);
        } else {
            Self::close_link(ctx, Purpose::Balance);
        }
    }

    /// Records money that the owner took, never more than is owed. Answers whether it is recorded; what follows
    /// from it is for the caller, and so is the reply.
    pub(super) async fn record_payment_by_hand(
        ctx: &WorkflowContext<Self>,
        request: &RecordPayment,
    ) -> WorkflowResult<bool> {
        let due = ctx.state(|s| s.account.balance());
        if request.amount.centavos > due.centavos {
            ctx.state_mut(|s| s.requests.record.reply(RecordOutcome::TooMuch { due }));
            return Ok(false);
        }
        let payment = Self::record_by_hand(ctx, request.amount, request.method).await?;
        if ctx.state(|s| !matches!(s.phase, Phase::Held { .. }) || !s.account.deposit_is_paid()) {
            Self::tell_received(ctx, &payment, request.amount);
        }
        Ok(true)
    }

    /// The answer to a payment that was recorded.
    pub(super) fn answer_recorded(ctx: &WorkflowContext<Self>) {
        ctx.state_mut(|s| {
            let outcome = RecordOutcome::Recorded {
                status: s.phase.status(),
                paid: s.account.paid,
                balance: s.account.balance(),
            };
            s.requests.record.reply(outcome);
        });
    }

    /// Tells the guest that money came in which changes nothing else.
    pub(super) fn tell_received(ctx: &WorkflowContext<Self>, payment: &PaymentId, amount: Money) {
        let notice = Notice::PaymentReceived { amount };
        Self::tell(ctx, notice, &format!("received/{payment}"));
    }

    /// Writes down what the owner saw elsewhere, as a payment of its own.
    pub(super) async fn record_by_hand(
        ctx: &WorkflowContext<Self>,
        amount: Money,
        method: HandMethod,
    ) -> WorkflowResult<PaymentId> {
        let code = ctx.state(|s| s.input.code.clone());
        let payment_id = PaymentId::by_hand(&code, now(ctx), method);
        let settle = SettlePayment {
            payment_id: payment_id.clone(),
            code,
            settlement: Settlement {
                applied: amount,
                returned: Money {
                    centavos: 0,
                    ..amount
                },
            },
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
            s.reports.mark_settled(payment_id.clone());
        });
        Self::show(ctx);
        Ok(payment_id)
    }
}
