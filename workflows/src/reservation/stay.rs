//! While the stay is confirmed: what the guest must hear, and when.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{policy::BalanceDue, settlement::Purpose};
use temporalio_workflow::{WorkflowContext, WorkflowResult};

use super::{Phase, Reservation, ReservationOutcome};
use crate::{
    clock::{Woken, now, wait_until},
    contracts::{
        inventory::{self, Standing},
        messaging::Notice,
    },
    options::database_call,
};

/// Something to do at its time while a stay is confirmed.
struct Milestone {
    at: DateTime<Utc>,
    name: &'static str,
    what: What,
}

enum What {
    Tell(Notice),
    /// Send a link over what remains, if anything does.
    OfferRemainder,
    Complete,
}

impl Reservation {
    /// Sleeps until each thing the guest must hear, and until they have left.
    pub(super) async fn accompany_stay(ctx: &WorkflowContext<Self>) -> WorkflowResult<Phase> {
        Self::close_link(ctx, Purpose::Deposit);
        let completed = Phase::Ended(ReservationOutcome::Completed);
        let mut since = now(ctx);
        let mut done = BTreeSet::new();
        while let Some(milestone) = ctx.state(|s| s.next_milestone(since, &done)) {
            let (at, name) = (milestone.at, milestone.name);
            if wait_until(ctx, at, name, Self::has_news).await == Woken::ByFact {
                let arrival = ctx.state(|s| s.input.check_in_at);
                if let Some(next) = Self::hear_while_confirmed(ctx).await? {
                    return Ok(next);
                }
                // Whoever arrives on another day is told everything anew, for that day.
                if ctx.state(|s| s.input.check_in_at != arrival) {
                    since = now(ctx);
                    done.clear();
                }
                continue;
            }
            match milestone.what {
                What::Tell(notice) => {
                    let step = ctx.state(|s| s.step_of_dates(name));
                    Self::tell(ctx, notice, &step);
                }
                What::OfferRemainder => Self::offer_remainder(ctx, true),
                What::Complete => {
                    if let Standing::Not { status } = Self::complete(ctx).await? {
                        return Self::accept(ctx, status).await;
                    }
                    Self::enter(ctx, &completed);
                    if ctx.state(|s| s.balance_links > 0) {
                        Self::close_link(ctx, Purpose::Balance);
                    }
                }
            }
            done.insert(name);
        }
        Ok(completed)
    }

    async fn complete(ctx: &WorkflowContext<Self>) -> WorkflowResult<Standing> {
        let code = ctx.state(|s| s.input.code.clone());
        let completing = database_call("complete the stay");
        Ok(ctx
            .execute_activity(inventory::Complete, code, completing)
            .await?)
    }

    /// Whether the link over what remains is sent by itself, and by then.
    pub(super) fn sends_balance_link_by(&self, now: DateTime<Utc>) -> bool {
        let balance = self.input.policies.balance;
        let at = self.input.check_in_at - TimeDelta::seconds(i64::from(balance.link_seconds));
        balance.due == BalanceDue::ByLink && at <= now
    }

    /// What comes next in a confirmed stay. A reminder whose time had passed `since` the stay had these dates is
    /// not sent late; the way in always is.
    fn next_milestone(
        &self,
        since: DateTime<Utc>,
        done: &BTreeSet<&'static str>,
    ) -> Option<Milestone> {
        let notices = self.input.policies.notices;
        let before = |seconds: u32| self.input.check_in_at - TimeDelta::seconds(i64::from(seconds));
        let reminder_at = before(notices.reminder_seconds);
        let thanks_at =
            self.input.check_out_at + TimeDelta::seconds(i64::from(notices.thanks_seconds));
        let milestone = |at, name, what| Milestone { at, name, what };
        let reminder = milestone(
            reminder_at,
            "arrival-reminder",
            What::Tell(Notice::ArrivalReminder),
        );
        let balance = self.input.policies.balance;
        let link = milestone(
            before(balance.link_seconds),
            "balance-link",
            What::OfferRemainder,
        );
        let mut ahead: Vec<_> = [
            (balance.due == BalanceDue::ByLink).then_some(link),
            (reminder_at > since).then_some(reminder),
            Some(milestone(
                before(notices.instructions_seconds),
                "check-in-instructions",
                What::Tell(Notice::Instructions),
            )),
            Some(milestone(
                self.input.check_out_at,
                "check-out",
                What::Complete,
            )),
            Some(milestone(thanks_at, "thanks", What::Tell(Notice::Thanks))),
        ]
        .into_iter()
        .flatten()
        .filter(|milestone| !done.contains(milestone.name))
        .collect();
        // Owners choose the times; what is told at the same time keeps its order.
        ahead.sort_by_key(|milestone| milestone.at);
        ahead.into_iter().next()
    }

    /// Does one thing that was asked or reported while the stay is confirmed, or just completed.
    async fn hear_while_confirmed(ctx: &WorkflowContext<Self>) -> WorkflowResult<Option<Phase>> {
        if let Some(report) = ctx.state_mut(|s| s.reports.next()) {
            Self::settle(ctx, report).await?;
            return Ok(None);
        }
        let confirmed = ctx.state(|s| s.phase == Phase::Confirmed);
        if confirmed && let Some(request) = ctx.state_mut(|s| s.requests.cancel.take()) {
            return Self::cancel_stay(ctx, request).await;
        }
        if confirmed && let Some(request) = ctx.state_mut(|s| s.requests.change.take()) {
            return Self::change_stay(ctx, request).await;
        }
        if confirmed && let Some(request) = ctx.state_mut(|s| s.requests.revoke.take()) {
            return Self::revoke_stay(ctx, request).await;
        }
        // A guest may also pay when they leave.
        if let Some(request) = ctx.state_mut(|s| s.requests.record.take()) {
            if Self::record_payment_by_hand(ctx, &request).await? {
                Self::answer_recorded(ctx);
                Self::adjust_balance_link(ctx);
            }
            return Ok(None);
        }
        if confirmed && ctx.state_mut(|s| s.requests.balance.take()).is_some() {
            Self::answer_balance(ctx);
            return Ok(None);
        }
        Self::refuse_requests(ctx, ctx.state(|s| s.phase.status()));
        Ok(None)
    }
}
