//! Taking up a story whose workflow is gone: the database was restored, or Temporal's was lost.

use temporalio_workflow::WorkflowContext;

use super::{Phase, Reservation, ReservationOutcome, errands::Errand};
use crate::contracts::messaging::Notice;

impl Reservation {
    /// Does what the workflow before may have left undone. What it had done is done no second time: the steps and
    /// the keys are the same.
    pub(super) fn resume(ctx: &WorkflowContext<Self>, phase: &Phase) {
        let Some(earlier) = ctx.state(|s| s.input.resumed.clone()) else {
            return;
        };
        for refund in earlier.refunds {
            ctx.state_mut(|s| s.errands.send(Errand::Refund(refund)));
        }
        match phase {
            Phase::Confirmed => Self::tell(ctx, Notice::Confirmed, "confirmed"),
            Phase::Ended(ReservationOutcome::Expired) => {
                Self::tell(ctx, Notice::HoldExpired, "hold-expired");
            }
            // A hold sends its link; how much of a cancelled stay goes back is not known here any more.
            Phase::Placing | Phase::Held { .. } | Phase::Ended(_) => {}
        }
    }
}
