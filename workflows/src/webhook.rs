//! The story of an event on its way to a program of somebody else's.

use std::time::Duration;

use domain::WebhookDeliveryId;
use serde::{Deserialize, Serialize};
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{
    SyncWorkflowContext, WorkflowContext, WorkflowContextView, WorkflowResult,
};

use crate::{
    clock::wait_for,
    contracts::webhooks::{GiveUp, Tried, TryOnce},
    options::{database_call, post},
};

/// The longest that an endpoint may ask to be left alone.
const LONGEST_ASKED: u32 = 24 * 3600;

/// An event, where it goes, and how patiently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookInput {
    /// Which delivery.
    pub delivery: WebhookDeliveryId,
    /// The pauses between attempts, in seconds: there is one attempt more than there are pauses.
    pub pauses: Vec<u32>,
}

impl WebhookInput {
    /// As patiently as the standard recommends: ten attempts over three days.
    #[must_use]
    pub fn of(delivery: WebhookDeliveryId) -> Self {
        const HOUR: u32 = 3600;
        Self {
            delivery,
            pauses: vec![
                5,
                5 * 60,
                HOUR / 2,
                2 * HOUR,
                5 * HOUR,
                10 * HOUR,
                14 * HOUR,
                20 * HOUR,
                24 * HOUR,
            ],
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookOutcome {
    /// The endpoint has it.
    Delivered,
    /// It did not take it, or is not there any more.
    GivenUp,
}

/// Delivers an event to an endpoint, trying for three days, or gives it up and says so.
///
/// ```text
///  try ──▶ delivered
///   │ ▲
///   ▼ │ ever later, or when somebody presses «send again»
///  wait ──▶ given up; an endpoint that took nothing at all is switched off, and the owner told
/// ```
#[workflow]
#[derive(Debug)]
pub struct Webhook {
    input: WebhookInput,
    /// Somebody does not want to wait.
    hurry: bool,
}

#[workflow_methods]
impl Webhook {
    #[init]
    const fn new(_ctx: &WorkflowContextView, input: WebhookInput) -> Self {
        Self {
            input,
            hurry: false,
        }
    }

    /// Delivers it.
    #[run(name = "Webhook")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<WebhookOutcome> {
        loop {
            let outcome = deliver(ctx).await?;
            // Whoever wants it sent again while it ends is heard.
            if !ctx.state(|s| s.hurry) {
                return Ok(outcome);
            }
        }
    }

    /// Somebody wants it sent now.
    #[signal]
    pub fn send_now(&mut self, _ctx: &mut SyncWorkflowContext<Self>) {
        self.hurry = true;
    }
}

/// Tries until it is taken or there is no patience left.
async fn deliver(ctx: &WorkflowContext<Webhook>) -> WorkflowResult<WebhookOutcome> {
    let WebhookInput { delivery, pauses } = ctx.state(|s| s.input.clone());
    let mut pauses = pauses.into_iter();
    loop {
        ctx.state_mut(|s| s.hurry = false);
        let tried = ctx
            .execute_activity(TryOnce, delivery, post("send it"))
            .await?;
        let asked = match tried {
            Tried::Taken => return Ok(WebhookOutcome::Delivered),
            Tried::Nobody => break,
            Tried::NotTaken { retry_after } => retry_after.unwrap_or(0),
        };
        let Some(pause) = pauses.next() else { break };
        let pause = pause.max(asked.min(LONGEST_ASKED));
        wait_for(
            ctx,
            Duration::from_secs(pause.into()),
            "before the next try",
            |s: &Webhook| s.hurry,
        )
        .await;
    }
    ctx.execute_activity(GiveUp, delivery, database_call("give it up"))
        .await?;
    Ok(WebhookOutcome::GivenUp)
}
