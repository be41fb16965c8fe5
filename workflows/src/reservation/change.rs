//! Other dates: the nights first, then what follows for the money, the link and what is still to be told.

use chrono::{DateTime, Utc};
use domain::{ReservationStatus, Stay, change::Booked};
use temporalio_common::Timestamp;
use temporalio_workflow::{WorkflowContext, WorkflowResult};

use super::{Phase, Reservation};
use crate::{
    clock::now,
    contracts::{
        inventory::{self, Moved, NewDates},
        messaging::Notice,
        reservations::{Actor, ChangeOutcome, ChangeRequest},
    },
    names,
    options::database_call,
};

impl Reservation {
    /// Moves to other nights if they can be had. A hold keeps its end, unless it lasted for vouchers that the new
    /// nights are too near for; one for which enough is paid by then is confirmed, and what is paid beyond the new
    /// price goes back.
    pub(super) async fn change_stay(
        ctx: &WorkflowContext<Self>,
        request: ChangeRequest,
    ) -> WorkflowResult<Option<Phase>> {
        if let Some(refusal) = ctx.state(|s| s.refuses(&request, now(ctx))) {
            ctx.state_mut(|s| s.requests.change.reply(refusal));
            return Ok(None);
        }
        let now = now(ctx);
        let ends_by = ctx.state(|s| s.ends_by_at(request.stay, now));
        let new = ctx.state(|s| NewDates {
            code: request.code.clone(),
            stay: request.stay,
            party: s.input.party,
            quote: request.quote.clone(),
            ends_by,
        });
        let moved = ctx
            .execute_activity(
                inventory::ChangeDates,
                new,
                database_call("move to other nights"),
            )
            .await?;
        match moved {
            Moved::Is { changes } => {
                if let Some(ends_by) = ends_by {
                    Self::end_hold_by(ctx, ends_by);
                }
                Self::go_on_with(ctx, request, changes).await
            }
            Moved::Taken => {
                ctx.state_mut(|s| s.requests.change.reply(ChangeOutcome::Taken));
                Ok(None)
            }
            Moved::Not { status } => {
                ctx.state_mut(|s| {
                    s.requests
                        .change
                        .reply(ChangeOutcome::NotPossible { status });
                });
                Self::accept(ctx, status).await.map(Some)
            }
        }
    }

    /// What keeps the dates from being changed, or makes it unnecessary.
    fn refuses(&self, request: &ChangeRequest, now: DateTime<Utc>) -> Option<ChangeOutcome> {
        let booked = Booked {
            status: self.phase.status(),
            policy: self.input.policies.cancellation,
            check_in_at: self.input.check_in_at,
            check_out_at: self.input.check_out_at,
        };
        let allowed = match request.by {
            Actor::Guest => booked.may_be_changed_by_guest(now),
            Actor::Operator | Actor::Calendar | Actor::Apology | Actor::Absence => {
                booked.may_be_changed(now)
            }
        };
        match allowed {
            Err(obstacle) => Some(ChangeOutcome::NotAllowed { obstacle }),
            Ok(()) if request.stay == self.input.stay => Some(ChangeOutcome::Changed {
                refund: self.account.excess(),
            }),
            Ok(()) => None,
        }
    }

    /// By when the hold ends at the latest with other nights, when it is one.
    fn ends_by_at(&self, to: Stay, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.phase {
            Phase::Held { expires_at, .. } => self.input.ends_by(expires_at, to, now),
            Phase::Placing | Phase::Confirmed | Phase::Ended(_) => None,
        }
    }

    /// The clock of the hold follows what Postgres has written down.
    fn end_hold_by(ctx: &WorkflowContext<Self>, ends_by: DateTime<Utc>) {
        if let Phase::Held {
            expires_at,
            extended,
        } = ctx.state(|s| s.phase.clone())
        {
            let expires_at = expires_at.min(ends_by);
            Self::enter(
                ctx,
                &Phase::Held {
                    expires_at,
                    extended,
                },
            );
        }
    }

    /// The story goes on with the new dates and the new price.
    async fn go_on_with(
        ctx: &WorkflowContext<Self>,
        request: ChangeRequest,
        changes: u32,
    ) -> WorkflowResult<Option<Phase>> {
        let arrival = ctx.state(|s| s.input.check_in_at);
        let account = ctx.state_mut(|s| {
            s.account = s.account.changed(&request.quote);
            s.input.stay = request.stay;
            s.input.quote = request.quote;
            s.input.check_in_at = request.check_in_at;
            s.input.check_out_at = request.check_out_at;
            s.input.changes = changes;
            let refund = s.account.excess();
            s.requests.change.reply(ChangeOutcome::Changed { refund });
            s.account
        });
        let check_in = Timestamp::new(request.check_in_at.timestamp(), 0);
        ctx.upsert_search_attributes([names::CHECK_IN.value_set(check_in)]);
        Self::show(ctx);
        let held = ctx.state(|s| s.phase.status() == ReservationStatus::PreReserved);
        let confirms = held && account.deposit_is_paid();
        // A hold gets another link for its other dates, and the guest is told with it.
        if !held || confirms {
            Self::tell_dates(ctx);
        }
        let why = "the new dates cost less than was paid";
        let step = format!("changed-{changes}");
        Self::give_back(ctx, account.excess(), &step, why).await?;
        if confirms {
            return Self::confirm_stay(ctx, Notice::Confirmed).await.map(Some);
        }
        let now = now(ctx);
        // The link that the guest has is closed: they get a new one, here or because its own time has come again.
        let comes_anyway = ctx.state(|s| {
            s.input.check_in_at != arrival
                && s.account.balance().is_positive()
                && s.sends_balance_link_by(now)
        });
        if !comes_anyway {
            Self::replace_balance_link(ctx, true);
        }
        Ok(None)
    }

    /// Tells the guest the new dates, once for each change.
    pub(super) fn tell_dates(ctx: &WorkflowContext<Self>) {
        let (changes, told, refund) =
            ctx.state(|s| (s.input.changes, s.told_change, s.account.excess()));
        if told < changes {
            ctx.state_mut(|s| s.told_change = changes);
            let step = format!("dates-changed/{changes}");
            Self::tell(ctx, Notice::DatesChanged { refund }, &step);
        }
    }

    /// The name of a step that is taken anew for other dates.
    pub(super) fn step_of_dates(&self, name: &str) -> String {
        match self.input.changes {
            0 => name.to_owned(),
            changes => format!("{name}/{changes}"),
        }
    }
}
