//! The story of one payment at the provider.

use chrono::{DateTime, TimeDelta, Utc};
use domain::payment::{Misfit, PaymentId, PaymentReport, PaymentStatus};
use serde::{Deserialize, Serialize};
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{
    ContinueAsNewOptions, SyncWorkflowContext, WorkflowContext, WorkflowContextView, WorkflowResult,
};

use crate::{
    clock::{Woken, now, wait_until},
    contracts::payments::{self, Review, SettledItself, Truth},
    options::{database_call, provider_call, workflow_call},
};

/// How long a settled payment is kept in mind: most repeats of a notification come within it.
const LINGER: TimeDelta = TimeDelta::minutes(1);

/// A notification without a signature makes us ask the provider at most once in this time.
const HINT_INTERVAL: TimeDelta = TimeDelta::seconds(60);

/// How often a payment that is not known yet is asked for; a fresh one may be unknown for a moment, and
/// invented ones are for ever.
const UNKNOWN_ATTEMPTS: u32 = 5;

/// How often a payment is asked for anew that names no reservation we know: its notification may be faster than
/// the hold is written down.
const UNPLACED_ATTEMPTS: u32 = 4;

/// The first and the longest pause between two questions about a pending payment, for the case that its
/// notifications get lost.
const PENDING_PAUSES: (TimeDelta, TimeDelta) = (TimeDelta::minutes(1), TimeDelta::hours(6));

/// A pending payment is followed for so long; vouchers live thirty days at most.
const PENDING_FOR: TimeDelta = TimeDelta::days(31);

/// Names the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentInput {
    /// The provider's name of it.
    pub payment_id: PaymentId,
}

/// That something happened to the payment: a reason to ask, never an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Whether the provider's signature was on it.
    pub authentic: bool,
}

/// How a payment's story ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentOutcome {
    /// Its reservation knows where it stands.
    Reported,
    /// The owner has it in their queue.
    WithOwner,
    /// It fits no reservation, and no money of it is with us.
    Irrelevant,
    /// The provider knows no such payment.
    Unknown,
    /// It was pending for longer than a payment can be.
    Abandoned,
}

/// Finds out the truth about one payment and brings it to its reservation. Every approved peso ends there,
/// or in the owner's queue. Asking it to cancel changes nothing: the money is real.
///
/// ```text
///  notified ──▶ ask the provider ──fits a reservation──▶ reported ──▶ (quiet for a minute) ends
///                    │      └──does not fit──▶ owner's queue
///                    └──pending──▶ asked again, ever more rarely
/// ```
#[workflow]
#[derive(Debug)]
pub struct Payment {
    payment_id: PaymentId,
    notified: bool,
    hinted: bool,
}

#[workflow_methods]
impl Payment {
    #[init]
    fn new(_ctx: &WorkflowContextView, input: PaymentInput) -> Self {
        Self {
            payment_id: input.payment_id,
            notified: false,
            hinted: false,
        }
    }

    /// Asks, reports, and waits for more, until there is no more to come.
    #[run(name = "Payment")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<PaymentOutcome> {
        let mut follow = Follow::new(now(ctx));
        loop {
            ctx.state_mut(Self::hear);
            let asked_at = now(ctx);
            let truth = Self::ask(ctx).await?;
            Self::pass_on(ctx, &truth, &mut follow).await?;
            let next = follow.next(&truth, now(ctx));
            if Self::wait_for_more(ctx, next, asked_at).await == Woken::ByTime
                && matches!(next, Next::Linger)
            {
                return Ok(follow.outcome);
            }
            if ctx.continue_as_new_suggested() {
                // The provider knows everything that is forgotten here, and reservations what they have heard.
                let input = ctx.state(|s| PaymentInput {
                    payment_id: s.payment_id.clone(),
                });
                ctx.continue_as_new(input, ContinueAsNewOptions::default())?;
            }
        }
    }

    /// The provider, or somebody, says that something happened.
    #[signal]
    pub fn notified(&mut self, _ctx: &mut SyncWorkflowContext<Self>, notification: Notification) {
        if notification.authentic {
            self.notified = true;
        } else {
            self.hinted = true;
        }
    }
}

impl Payment {
    fn hear(&mut self) {
        self.notified = false;
        self.hinted = false;
    }

    fn is_called(&self) -> bool {
        self.notified || self.hinted
    }

    /// Waits until it is time to ask again. A hint brings that forward, though never to less than a minute
    /// after the last question.
    async fn wait_for_more(
        ctx: &WorkflowContext<Self>,
        next: Next,
        asked_at: DateTime<Utc>,
    ) -> Woken {
        let (until, why) = match next {
            Next::AskAgain(pause) => (now(ctx) + pause, "ask again"),
            Next::Linger => (now(ctx) + LINGER, "linger"),
        };
        if wait_until(ctx, until, why, Self::is_called).await == Woken::ByTime {
            return Woken::ByTime;
        }
        let heeded_at = match next {
            Next::AskAgain(_) => until.min(asked_at + HINT_INTERVAL),
            Next::Linger => asked_at + HINT_INTERVAL,
        };
        wait_until(ctx, heeded_at, "heed a hint", |s: &Self| s.notified).await;
        Woken::ByFact
    }

    async fn ask(ctx: &WorkflowContext<Self>) -> WorkflowResult<Truth> {
        let payment_id = ctx.state(|s| s.payment_id.clone());
        Ok(ctx
            .execute_activity(
                payments::Read,
                payment_id,
                provider_call("ask the provider"),
            )
            .await?)
    }

    /// Brings the truth to whom it concerns, once.
    async fn pass_on(
        ctx: &WorkflowContext<Self>,
        truth: &Truth,
        follow: &mut Follow,
    ) -> WorkflowResult<()> {
        match truth {
            Truth::Ours { report } => {
                if follow.outcome == PaymentOutcome::WithOwner {
                    Self::take_back(ctx, report).await?;
                }
                follow.outcome = PaymentOutcome::Reported;
                if follow.is_news(report) {
                    ctx.execute_activity(
                        payments::Report,
                        report.clone(),
                        workflow_call("tell the reservation"),
                    )
                    .await?;
                }
            }
            Truth::Misfit { report, misfit } if follow.may_be_placed_soon(report, *misfit) => {}
            Truth::Misfit { report, misfit } if concerns_owner(report) => {
                follow.outcome = PaymentOutcome::WithOwner;
                if follow.is_news(report) {
                    let asking = database_call("ask the owner");
                    ctx.execute_activity(payments::AskOwner, review(report, *misfit), asking)
                        .await?;
                }
            }
            Truth::Misfit { .. } => follow.outcome = PaymentOutcome::Irrelevant,
            Truth::Unknown => {}
        }
        Ok(())
    }

    /// What did not fit fits now: nobody needs to look at it any more.
    async fn take_back(ctx: &WorkflowContext<Self>, report: &PaymentReport) -> WorkflowResult<()> {
        let settled = SettledItself {
            kind: Misfit::UnknownReference.as_str().to_owned(),
            reference: report.payment_id.to_string(),
            resolution: "Its reservation was found.".to_owned(),
        };
        let taking = database_call("take back what the owner was asked");
        ctx.execute_activity(payments::TakeBack, settled, taking)
            .await?;
        Ok(())
    }
}

fn review(report: &PaymentReport, misfit: Misfit) -> Review {
    Review {
        kind: misfit.as_str().to_owned(),
        reference: report.payment_id.to_string(),
        reason: "This payment fits no reservation. Find out whose it is, or give it back at the provider."
            .to_owned(),
    }
}

/// Whether money that fits nowhere is with us.
fn concerns_owner(report: &PaymentReport) -> bool {
    matches!(
        report.status,
        PaymentStatus::Approved | PaymentStatus::ChargedBack
    )
}

/// What follows an answer of the provider.
#[derive(Clone, Copy)]
enum Next {
    AskAgain(TimeDelta),
    Linger,
}

/// What is remembered between two questions.
struct Follow {
    since: DateTime<Utc>,
    unknown: u32,
    unplaced: u32,
    pause: TimeDelta,
    told: Option<PaymentReport>,
    outcome: PaymentOutcome,
}

impl Follow {
    fn new(now: DateTime<Utc>) -> Self {
        Self {
            since: now,
            unknown: 0,
            unplaced: 0,
            pause: PENDING_PAUSES.0,
            told: None,
            outcome: PaymentOutcome::Unknown,
        }
    }

    fn next(&mut self, truth: &Truth, now: DateTime<Utc>) -> Next {
        match truth {
            Truth::Unknown => {
                self.unknown += 1;
                if self.unknown < UNKNOWN_ATTEMPTS {
                    Next::AskAgain(TimeDelta::seconds(1 << self.unknown))
                } else {
                    Next::Linger
                }
            }
            Truth::Misfit { report, misfit } if self.may_be_placed_soon(report, *misfit) => {
                self.unplaced += 1;
                Next::AskAgain(TimeDelta::seconds(1 << self.unplaced))
            }
            Truth::Ours { report } | Truth::Misfit { report, .. }
                if !report.status.is_settled() =>
            {
                if now.signed_duration_since(self.since) > PENDING_FOR {
                    self.outcome = PaymentOutcome::Abandoned;
                    return Next::Linger;
                }
                let pause = self.pause;
                self.pause = (pause * 2).min(PENDING_PAUSES.1);
                Next::AskAgain(pause)
            }
            Truth::Ours { .. } | Truth::Misfit { .. } => Next::Linger,
        }
    }

    /// Whether it is too early to ask the owner about money that names no reservation we know.
    fn may_be_placed_soon(&self, report: &PaymentReport, misfit: Misfit) -> bool {
        misfit == Misfit::UnknownReference
            && concerns_owner(report)
            && self.outcome != PaymentOutcome::WithOwner
            && self.unplaced < UNPLACED_ATTEMPTS
    }

    /// Whether this says anything that was not passed on before. What we gave back ourselves is no news.
    fn is_news(&mut self, report: &PaymentReport) -> bool {
        let ours_alone =
            report.status == PaymentStatus::Refunded && !report.refunded_elsewhere().is_positive();
        let same = self.told.as_ref().is_some_and(|told| {
            told.status == report.status && told.refunded_elsewhere() == report.refunded_elsewhere()
        });
        if ours_alone || same {
            return false;
        }
        self.told = Some(report.clone());
        true
    }
}
