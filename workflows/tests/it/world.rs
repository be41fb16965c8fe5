//! The world as workflows see it: Postgres, the provider and WhatsApp, played from memory.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Mutex, MutexGuard},
};

use chrono::{DateTime, Utc};
use domain::{
    MessageId, Money, ReservationStatus, Stay,
    payment::{PaymentId, PaymentReport},
    settlement::Settlement,
};
use temporalio_common::error::ApplicationFailure;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use tokio::sync::Notify;
use workflows::contracts::{
    calendars::{Displaced, FeedRun},
    conversation::Reply,
    inventory::{HoldOutcome, Moved, Standing},
    payments::{GiveBack, RefundRequest, Settled, Truth},
    reservations::{CancelOutcome, ChangeOutcome, ExtendOutcome},
    waiting_list::Offer,
    webhooks::Tried,
};

use crate::stage::PATIENCE;

/// One thing that a workflow asked of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) what: &'static str,
    pub(crate) detail: String,
}

/// What goes wrong everywhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Trouble {
    #[default]
    None,
    /// The first attempt of every call fails before it does anything.
    FirstAttemptFails,
    /// The first attempt of every call succeeds, and its answer is lost.
    FirstAnswerIsLost,
}

#[derive(Debug, Clone, Copy)]
enum Fault {
    Down,
    Refuses,
    RefusesOnce,
}

/// What the world is like.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) trouble: Trouble,
    faults: BTreeMap<&'static str, Fault>,
    failed: BTreeSet<&'static str>,
    calls: Vec<Call>,
    /// What programs of others answer, before they take what they are sent.
    pub(crate) tries: VecDeque<Tried>,

    pub(crate) status: Option<ReservationStatus>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) nights_are_taken: bool,
    /// The dates that it was moved to, one after the other.
    pub(crate) moves: Vec<Stay>,
    pub(crate) settlements: BTreeMap<PaymentId, Settlement>,
    plans: BTreeMap<String, Vec<RefundRequest>>,

    pub(crate) truths: VecDeque<Truth>,
    /// What the provider knows of the reservation's payments.
    pub(crate) found: Vec<PaymentReport>,
    pub(crate) replies: BTreeMap<MessageId, Reply>,
    pub(crate) hold: Option<HoldOutcome>,
    pub(crate) cancellation: Option<CancelOutcome>,
    pub(crate) extension: Option<ExtendOutcome>,
    pub(crate) feed_run: Option<FeedRun>,
    /// Who is still in the way of a channel, each time it is looked; the last is what is found first.
    pub(crate) still_displaced: Vec<Vec<Displaced>>,
    pub(crate) change: Option<ChangeOutcome>,
    pub(crate) line: Vec<Offer>,
}

#[derive(Debug, Default)]
pub(crate) struct World {
    facts: Mutex<Facts>,
    changed: Notify,
}

impl World {
    pub(crate) fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap()
    }

    /// Every call of this activity fails until it [`World::recovers`].
    pub(crate) fn is_down(&self, what: &'static str) {
        self.facts().faults.insert(what, Fault::Down);
    }

    /// Every call of this activity fails for good.
    pub(crate) fn refuses(&self, what: &'static str) {
        self.facts().faults.insert(what, Fault::Refuses);
    }

    /// The next call of this activity fails for good.
    pub(crate) fn refuses_once(&self, what: &'static str) {
        self.facts().faults.insert(what, Fault::RefusesOnce);
    }

    pub(crate) fn recovers(&self, what: &'static str) {
        self.facts().faults.remove(what);
    }

    /// Whether a call of this activity has failed by then.
    pub(crate) fn has_failed(&self, what: &str) -> bool {
        self.facts().failed.contains(what)
    }

    /// Every call of this activity that succeeded, in order.
    pub(crate) fn calls(&self, what: &str) -> Vec<String> {
        let facts = self.facts();
        let calls = facts.calls.iter().filter(|call| call.what == what);
        calls.map(|call| call.detail.clone()).collect()
    }

    /// What the guest was told, in order, by the names of the steps.
    pub(crate) fn told(&self) -> Vec<String> {
        self.calls("messaging.notify")
    }

    /// Which money was given back: `{payment} {amount}`, each key once.
    pub(crate) fn refunded(&self) -> Vec<String> {
        self.calls("payments.refund")
    }

    /// What the owner was asked, as `{kind} {reference}`.
    pub(crate) fn asked_of_owner(&self) -> Vec<String> {
        self.calls("payments.ask_owner")
    }

    /// Every different call, in an order that does not depend on which of two that ran at once came first.
    pub(crate) fn everything(&self) -> Vec<String> {
        let facts = self.facts();
        let mut calls: Vec<_> = facts
            .calls
            .iter()
            .map(|call| format!("{} {}", call.what, call.detail))
            .collect();
        calls.sort();
        calls.dedup();
        calls
    }

    /// Waits until the world has come to be so.
    pub(crate) async fn eventually(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                if is_so(self) {
                    return;
                }
                changed.await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            panic!(
                "it never happened that {what}; what happened: {:#?}",
                self.facts()
            );
        }
    }

    /// Lets an activity happen, with whatever goes wrong.
    pub(crate) fn perform<T>(
        &self,
        ctx: &ActivityContext,
        what: &'static str,
        detail: impl Into<String>,
        effect: impl FnOnce(&mut Facts) -> T,
    ) -> Result<T, ActivityError> {
        let result = self.attempt(ctx.info().attempt == 1, what, detail.into(), effect);
        self.changed.notify_waiters();
        result
    }

    fn attempt<T>(
        &self,
        first: bool,
        what: &'static str,
        detail: String,
        effect: impl FnOnce(&mut Facts) -> T,
    ) -> Result<T, ActivityError> {
        let mut facts = self.facts();
        let trouble = if first { facts.trouble } else { Trouble::None };
        if let Some(fault) = facts.faults.get(what).copied() {
            facts.failed.insert(what);
            if matches!(fault, Fault::RefusesOnce) {
                facts.faults.remove(what);
            }
            let failure = anyhow::anyhow!("{what}: {fault:?}");
            return Err(match fault {
                Fault::Down => failure.into(),
                Fault::Refuses | Fault::RefusesOnce => {
                    ApplicationFailure::non_retryable(failure).into()
                }
            });
        }
        if trouble == Trouble::FirstAttemptFails {
            return Err(anyhow::anyhow!("the first attempt fails").into());
        }
        let call = Call { what, detail };
        let done_before =
            facts.trouble == Trouble::FirstAnswerIsLost && facts.calls.contains(&call);
        if !done_before {
            facts.calls.push(call);
        }
        let answer = effect(&mut facts);
        if trouble == Trouble::FirstAnswerIsLost {
            return Err(anyhow::anyhow!("the answer is lost").into());
        }
        Ok(answer)
    }
}

impl Facts {
    pub(crate) fn paid(&self) -> Money {
        let applied: Money = self
            .settlements
            .values()
            .map(|settlement| settlement.applied)
            .sum();
        let planned: Money = self
            .plans
            .values()
            .flatten()
            .map(|refund| refund.amount)
            .sum();
        applied.less(planned)
    }

    pub(crate) fn place_hold(&mut self, until: DateTime<Utc>) -> HoldOutcome {
        match self.status {
            None if self.nights_are_taken => HoldOutcome::Taken,
            None | Some(ReservationStatus::PreReserved) => {
                self.status = Some(ReservationStatus::PreReserved);
                HoldOutcome::Held {
                    expires_at: *self.expires_at.get_or_insert(until),
                    paid: self.paid(),
                }
            }
            Some(status) => HoldOutcome::Was {
                status,
                paid: self.paid(),
            },
        }
    }

    /// A conditional change of status, as Postgres does it.
    pub(crate) fn become_from(
        &mut self,
        from: &[ReservationStatus],
        to: ReservationStatus,
    ) -> Standing {
        match self.status {
            Some(status) if status == to => Standing::Is,
            Some(status) if from.contains(&status) => {
                self.status = Some(to);
                Standing::Is
            }
            status => Standing::Not {
                status: status.unwrap_or(ReservationStatus::Cancelled),
            },
        }
    }

    pub(crate) fn retake(&mut self) -> Standing {
        if self.status == Some(ReservationStatus::Expired) && self.nights_are_taken {
            return Standing::Taken;
        }
        self.become_from(&[ReservationStatus::Expired], ReservationStatus::Confirmed)
    }

    pub(crate) fn change_dates(&mut self, to: Stay) -> Moved {
        match self.status {
            Some(ReservationStatus::PreReserved | ReservationStatus::Confirmed) => {
                if self.nights_are_taken {
                    return Moved::Taken;
                }
                if self.moves.last() != Some(&to) {
                    self.moves.push(to);
                }
                Moved::Is {
                    changes: u32::try_from(self.moves.len()).unwrap(),
                }
            }
            status => Moved::Not {
                status: status.unwrap_or(ReservationStatus::Cancelled),
            },
        }
    }

    pub(crate) fn settle(&mut self, payment: PaymentId, settlement: Settlement) -> Settled {
        let settlement = *self.settlements.entry(payment).or_insert(settlement);
        Settled {
            settlement,
            paid: self.paid(),
        }
    }

    pub(crate) fn plan_refunds(&mut self, give_back: GiveBack) -> Vec<RefundRequest> {
        let GiveBack {
            code,
            amount,
            step,
            reason,
        } = give_back;
        if let Some(plan) = self.plans.get(&step) {
            return plan.clone();
        }
        let mut left = amount;
        let mut plan = Vec::new();
        for (payment_id, settlement) in self.settlements.iter().rev() {
            let part = left.min(settlement.applied);
            if part.is_positive() {
                left = left.less(part);
                plan.push(RefundRequest {
                    key: format!("refund:{code}:{payment_id}:{step}"),
                    payment_id: payment_id.clone(),
                    code: code.clone(),
                    amount: part,
                    reason: reason.clone(),
                });
            }
        }
        self.plans.insert(step, plan.clone());
        plan
    }
}
