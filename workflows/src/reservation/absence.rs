//! A guest who does not come. Only the owner can know, and says so.

use domain::{
    arrival::Arrival,
    cancellation::{Purchase, refund},
    settlement::Purpose,
};
use temporalio_workflow::{WorkflowContext, WorkflowResult};

use super::{Phase, Reservation, ReservationOutcome};
use crate::{
    clock::now,
    contracts::{
        inventory::{self, Release, Standing},
        messaging::Notice,
        reservations::{CancelOutcome, CancelRequest},
    },
    options::database_call,
};

/// The matter that a guest is of whom nobody knows whether they came; housekeeping raises it.
pub const ARRIVAL_DOUBTFUL: &str = "arrival_doubtful";

impl Reservation {
    /// Closes the stay: the nights that are left are free, and the policy says what is given back, which is nothing.
    pub(super) async fn miss_stay(
        ctx: &WorkflowContext<Self>,
        request: CancelRequest,
    ) -> WorkflowResult<Option<Phase>> {
        let now = now(ctx);
        if !ctx.state(|s| s.arrival().may_be_missed(now)) {
            Self::refuse_cancelling(ctx);
            return Ok(None);
        }
        let code = request.code.to_string();
        let release = Release {
            code: request.code,
            reason: request.reason,
        };
        let missing = database_call("note that nobody came");
        let standing = ctx
            .execute_activity(inventory::NoShow, release, missing)
            .await?;
        if let Standing::Not { status } = standing {
            let refused = CancelOutcome::NotPossible { status };
            ctx.state_mut(|s| s.requests.cancel.reply(refused));
            return Self::accept(ctx, status).await.map(Some);
        }
        let refund = ctx.state(|s| {
            let purchase = Purchase {
                paid: s.account.paid,
                revocable_until: s.input.revocable_until(),
                check_in_at: s.input.check_in_at,
            };
            refund(s.input.policies.cancellation, purchase, now)
        });
        ctx.state_mut(|s| s.requests.cancel.reply(CancelOutcome::Cancelled { refund }));
        let ended = Phase::Ended(ReservationOutcome::NoShow);
        Self::enter(ctx, &ended);
        Self::tell(ctx, Notice::NoShow, "no-show");
        let why = "the guest did not come";
        Self::give_back(ctx, refund.amount, "no-show", why).await?;
        Self::close_link(ctx, Purpose::Balance);
        let how = "The guest did not come.";
        Self::take_back(ctx, ARRIVAL_DOUBTFUL, &code, how).await;
        Ok(Some(ended))
    }

    fn arrival(&self) -> Arrival {
        Arrival {
            status: self.phase.status(),
            check_in_at: self.input.check_in_at,
            check_out_at: self.input.check_out_at,
            balance: self.account.balance(),
        }
    }
}
