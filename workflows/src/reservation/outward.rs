//! What a reservation says to its guest and its owner beside its story.

use domain::{ReservationStatus, settlement::Purpose};
use temporalio_workflow::{WorkflowContext, WorkflowResult};

use super::{Phase, Reservation, errands::Errand};
use crate::{
    contracts::{
        messaging::Notice,
        payments::{self, Review, SettledItself},
    },
    options::database_call,
};

impl Reservation {
    /// Whether there is something to do.
    pub(super) fn has_news(&self) -> bool {
        !self.reports.is_empty() || self.requests.any()
    }

    /// Tells the guest something. It never holds up the story, and is told even when the story is over.
    pub(super) fn tell(ctx: &WorkflowContext<Self>, notice: Notice, step: &str) {
        ctx.state_mut(|s| s.errands.tell(notice, step));
    }

    /// Puts something to the owner. Retried for ever, like everything that only needs Postgres.
    pub(super) async fn ask_owner(
        ctx: &WorkflowContext<Self>,
        kind: &str,
        reference: &str,
        reason: &str,
    ) {
        let review = Review {
            kind: kind.to_owned(),
            reference: reference.to_owned(),
            reason: reason.to_owned(),
        };
        // It fails only for good, and then there is nobody else to ask.
        drop(
            ctx.execute_activity(payments::AskOwner, review, database_call("ask the owner"))
                .await,
        );
    }

    /// Takes something out of the owner's queue that has settled itself.
    pub(super) async fn take_back(
        ctx: &WorkflowContext<Self>,
        kind: &str,
        reference: &str,
        resolution: &str,
    ) {
        let settled = SettledItself {
            kind: kind.to_owned(),
            reference: reference.to_owned(),
            resolution: resolution.to_owned(),
        };
        let taking = database_call("take back what the owner was asked");
        drop(
            ctx.execute_activity(payments::TakeBack, settled, taking)
                .await,
        );
    }

    /// Makes a link stop working, if there may be one.
    pub(super) fn close_link(ctx: &WorkflowContext<Self>, purpose: Purpose) {
        ctx.state_mut(|s| {
            if s.closed_links.insert(purpose) {
                s.errands.send(Errand::CloseLink(purpose));
            }
        });
    }

    /// Goes on from what Postgres says when it is not what this story expected. Money for nights that are not
    /// the guest's is given back.
    pub(super) async fn accept(
        ctx: &WorkflowContext<Self>,
        status: ReservationStatus,
    ) -> WorkflowResult<Phase> {
        let phase = Phase::of(status);
        let lost = matches!(
            phase.status(),
            ReservationStatus::Expired | ReservationStatus::Cancelled
        );
        let paid = ctx.state(|s| s.account.paid);
        if lost && paid.is_positive() {
            Self::enter(ctx, &phase);
            Self::tell(ctx, Notice::TooLate { returned: paid }, "not-kept");
            Self::give_back(ctx, paid, "not-kept", "the nights could not be kept").await?;
        }
        Ok(phase)
    }
}
