//! The story of what a person writes to a guest.

use domain::{GuestId, MessageId};
use serde::{Deserialize, Serialize};
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{WorkflowContext, WorkflowContextView, WorkflowResult};

use crate::{
    contracts::{
        messaging::{Deliver, DeliverMessages},
        payments::{AskOwner, Review},
    },
    options::{database_call, message},
};

/// A message that is written down and not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffMessageInput {
    /// To whom.
    pub guest_id: GuestId,
    /// Which message.
    pub message: MessageId,
    /// Whether it is the owner who is told something.
    #[serde(default)]
    pub to_owner: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffMessageOutcome {
    /// The platform has it.
    Sent,
    /// It did not go out for a day: the owner knows.
    NotSent,
}

/// Sends what a person wrote to a guest, or what the owner must hear, or tells the owner that it did not go out.
///
/// ```text
///  written ──▶ sent
///          └─▶ a day ──▶ not sent, in the owner's queue
/// ```
#[workflow]
#[derive(Debug)]
pub struct StaffMessage {
    input: StaffMessageInput,
}

#[workflow_methods]
impl StaffMessage {
    #[init]
    const fn new(_ctx: &WorkflowContextView, input: StaffMessageInput) -> Self {
        Self { input }
    }

    /// Sends it.
    #[run(name = "StaffMessage")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<StaffMessageOutcome> {
        let StaffMessageInput {
            guest_id,
            message: written,
            to_owner,
        } = ctx.state(|s| s.input);
        let deliver = Deliver {
            guest_id,
            messages: vec![written],
        };
        let sent = ctx
            .execute_activity(DeliverMessages, deliver, message("send what staff wrote"))
            .await;
        if sent.is_ok() {
            return Ok(StaffMessageOutcome::Sent);
        }
        let review = Review {
            kind: "answer_not_sent".to_owned(),
            reference: written.to_string(),
            reason: if to_owner {
                "Your phone could not be told what waits for you. Look through the rest of this queue."
            } else {
                "What you wrote to a guest could not be sent. Read the conversation."
            }
            .to_owned(),
        };
        ctx.execute_activity(AskOwner, review, database_call("tell the owner"))
            .await?;
        Ok(StaffMessageOutcome::NotSent)
    }
}
