//! How a reservation ends before its time, and what still arrives when it is over.

use chrono::{DateTime, Utc};
use domain::{
    ReservationStatus,
    cancellation::{Purchase, Refund, RefundBasis, refund},
};
use temporalio_workflow::{WorkflowContext, WorkflowResult};

use super::{ConfirmOutcome, Phase, Reservation, ReservationOutcome};
use crate::{
    clock::{known, now},
    contracts::{
        inventory::{self, Release, Standing},
        messaging::Notice,
        reservations::{Actor, CancelOutcome, CancelRequest, ExtendOutcome},
    },
    options::database_call,
};

impl Reservation {
    /// Frees the nights, tells the guest, and gives back what is theirs.
    pub(super) async fn cancel_stay(
        ctx: &WorkflowContext<Self>,
        request: CancelRequest,
    ) -> WorkflowResult<Option<Phase>> {
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
        let ended = Phase::Ended(ReservationOutcome::Cancelled);
        Self::enter(ctx, &ended);
        Self::tell(ctx, Notice::Cancelled { refund }, "cancelled");
        let why = "the reservation was cancelled";
        Self::give_back(ctx, refund.amount, "cancelled", why).await?;
        Self::close_link(ctx);
        Ok(Some(ended))
    }

    fn refund_for(&self, by: Actor, now: DateTime<Utc>) -> Refund {
        let paid = self.account.paid;
        match by {
            Actor::Operator => Refund {
                amount: paid,
                basis: RefundBasis::OwnerCancelled,
            },
            Actor::Guest => refund(
                self.input.policies.cancellation,
                Purchase {
                    paid,
                    at: self.input.booked_at,
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
            if requests.confirm.take().is_some() {
                requests
                    .confirm
                    .reply(ConfirmOutcome::NotPossible { status });
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
