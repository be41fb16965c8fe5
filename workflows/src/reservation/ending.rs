//! How a reservation ends before its time, and what still arrives when it is over.

use chrono::{DateTime, Utc};
use domain::{
    Money, ReservationStatus,
    cancellation::{Purchase, Refund, RefundBasis, refund},
    settlement::Purpose,
};
use temporalio_workflow::{WorkflowContext, WorkflowResult};

use super::{ConfirmOutcome, Phase, RecordOutcome, Reservation, ReservationOutcome};
use crate::{
    clock::{known, now},
    contracts::{
        inventory::{self, Release, Revocation, Standing},
        messaging::Notice,
        reservations::{
            Actor, BalanceOutcome, CancelOutcome, CancelRequest, ChangeOutcome, ExtendOutcome,
            RevokeOutcome, RevokeRequest,
        },
    },
    options::database_call,
};

impl Reservation {
    /// Frees the nights, tells the guest, and gives back what is theirs.
    pub(super) async fn cancel_stay(
        ctx: &WorkflowContext<Self>,
        request: CancelRequest,
    ) -> WorkflowResult<Option<Phase>> {
        if request.by == Actor::Absence {
            return Self::miss_stay(ctx, request).await;
        }
        if ctx.state(|s| s.outlasts(&request)) {
            Self::refuse_cancelling(ctx);
            return Ok(None);
        }
        let refund = ctx.state(|s| s.refund_for(request.by, now(ctx)));
        let release = Release {
            code: request.code,
            reason: request.reason,
        };
        let standing = ctx
            .execute_activity(
                inventory::Cancel,
                release,
                database_call("give the nights back"),
            )
            .await?;
        if let Standing::Not { status } = standing {
            ctx.state_mut(|s| {
                s.requests
                    .cancel
                    .reply(CancelOutcome::NotPossible { status })
            });
            return Self::accept(ctx, status).await.map(Some);
        }
        ctx.state_mut(|s| s.requests.cancel.reply(CancelOutcome::Cancelled { refund }));
        let notice = match request.by {
            Actor::Calendar | Actor::Apology => Notice::Displaced {
                returned: refund.amount,
            },
            Actor::Guest | Actor::Operator | Actor::Absence => Notice::Cancelled { refund },
        };
        Self::part(ctx, notice, refund.amount).await.map(Some)
    }

    /// Whether it stays all the same. Nobody who has paid is sent away by a channel: two stays at one door are for
    /// the owner to settle. And who has moved meanwhile is in nobody's way.
    fn outlasts(&self, request: &CancelRequest) -> bool {
        let has_paid = !matches!(self.phase, Phase::Held { .. });
        let has_moved = request.stay.is_some_and(|stay| stay != self.input.stay);
        has_moved || (request.by == Actor::Calendar && has_paid)
    }

    pub(super) fn refuse_cancelling(ctx: &WorkflowContext<Self>) {
        ctx.state_mut(|s| {
            let status = s.phase.status();
            let refused = CancelOutcome::NotPossible { status };
            s.requests.cancel.reply(refused);
        });
    }

    /// The guest revokes the purchase, while that is their right: everything is given back, and they get a
    /// number for it at once.
    pub(super) async fn revoke_stay(
        ctx: &WorkflowContext<Self>,
        request: RevokeRequest,
    ) -> WorkflowResult<Option<Phase>> {
        let until = ctx.state(|s| s.input.revocable_until());
        if until < now(ctx) {
            ctx.state_mut(|s| s.requests.revoke.reply(RevokeOutcome::TooLate { until }));
            return Ok(None);
        }
        let release = Release {
            code: request.code,
            reason: request.reason,
        };
        let revoking = database_call("revoke the purchase");
        let revocation = ctx
            .execute_activity(inventory::Revoke, release, revoking)
            .await?;
        match revocation {
            Revocation::Is { number } => {
                let refund = ctx.state(Self::all_of_it);
                let outcome = RevokeOutcome::Revoked {
                    number: number.clone(),
                    refund,
                };
                ctx.state_mut(|s| s.requests.revoke.reply(outcome));
                Self::part(ctx, Notice::Revoked { refund, number }, refund.amount)
                    .await
                    .map(Some)
            }
            Revocation::Not { status } => {
                let outcome = RevokeOutcome::NotPossible { status };
                ctx.state_mut(|s| s.requests.revoke.reply(outcome));
                Self::accept(ctx, status).await.map(Some)
            }
        }
    }

    /// Everything paid, by the right to revoke.
    pub(super) fn all_of_it(&self) -> Refund {
        let amount = self.account.paid;
        let basis = if amount.is_positive() {
            RefundBasis::Revocation
        } else {
            RefundBasis::NothingPaid
        };
        Refund { amount, basis }
    }

    /// What follows when the nights are free again.
    pub(super) async fn part(
        ctx: &WorkflowContext<Self>,
        notice: Notice,
        returned: Money,
    ) -> WorkflowResult<Phase> {
        let ended = Phase::Ended(ReservationOutcome::Cancelled);
        Self::enter(ctx, &ended);
        let step = match notice {
            Notice::Displaced { .. } => "displaced",
            _ => "cancelled",
        };
        Self::tell(ctx, notice, step);
        let why = "the reservation was cancelled";
        Self::give_back(ctx, returned, "cancelled", why).await?;
        // Closing also finds a voucher that nobody has paid yet; the deposit's link may be long closed.
        if ctx.state(|s| s.balance_links > 0 || s.closed_links.contains(&Purpose::Deposit)) {
            Self::close_link(ctx, Purpose::Balance);
        }
        Ok(ended)
    }

    fn refund_for(&self, by: Actor, now: DateTime<Utc>) -> Refund {
        let paid = self.account.paid;
        match by {
            Actor::Operator | Actor::Calendar | Actor::Apology => Refund {
                amount: paid,
                basis: RefundBasis::OwnerCancelled,
            },
            Actor::Guest | Actor::Absence => refund(
                self.input.policies.cancellation,
                Purchase {
                    paid,
                    revocable_until: self.input.revocable_until(),
                    check_in_at: self.input.check_in_at,
                },
                now,
            ),
        }
    }

    /// Answers what is asked when it can no longer be done.
    pub(super) fn refuse_requests(ctx: &WorkflowContext<Self>, status: ReservationStatus) {
        ctx.state_mut(|s| {
            let requests = &mut s.requests;
            if requests.cancel.take().is_some() {
                requests.cancel.reply(CancelOutcome::NotPossible { status });
            }
            if requests.extend.take().is_some() {
                requests.extend.reply(ExtendOutcome::NotPossible);
            }
            if requests.change.take().is_some() {
                requests.change.reply(ChangeOutcome::NotPossible { status });
            }
            if requests.confirm.take().is_some() {
                requests
                    .confirm
                    .reply(ConfirmOutcome::NotPossible { status });
            }
            if requests.revoke.take().is_some() {
                requests.revoke.reply(RevokeOutcome::NotPossible { status });
            }
            if requests.record.take().is_some() {
                requests.record.reply(RecordOutcome::NotPossible { status });
            }
            if requests.balance.take().is_some() {
                requests.balance.reply(BalanceOutcome::NotPossible);
            }
        });
    }

    /// Settles what arrives when the story is over, and returns when nothing more can. A late deposit takes
    /// the nights again if they are still free: then the story goes on.
    pub(super) async fn settle_late_money(
        ctx: &WorkflowContext<Self>,
        outcome: ReservationOutcome,
    ) -> WorkflowResult<Option<Phase>> {
        loop {
            Self::refuse_requests(ctx, outcome.status());
            if let Some(report) = ctx.state_mut(|s| s.reports.next()) {
                if let Some(revived) = Self::settle_late(ctx, report, outcome).await? {
                    return Ok(Some(revived));
                }
                continue;
            }
            known(ctx, |s| s.has_news() || Self::is_at_rest(ctx, s)).await;
            if !ctx.state(Self::has_news) {
                return Ok(None);
            }
        }
    }

    /// Whether every caller has an answer and every errand is done.
    fn is_at_rest(ctx: &WorkflowContext<Self>, reservation: &Self) -> bool {
        reservation.errands.are_done() && ctx.all_handlers_finished()
    }
}
