//! The story of a clip that somebody wants heard, outside any conversation.

use serde::{Deserialize, Serialize};
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{WorkflowContext, WorkflowContextView, WorkflowResult};

use crate::{
    contracts::speech::{Hearing, Patience, TranscribeClip},
    options::transcription,
};

/// Which clip, and how long its owner waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptionInput {
    /// The name under which the clip was left, and its words will be.
    pub clip: String,
    /// How long its owner waits.
    pub patience: Patience,
}

/// Has a clip listened to, and ends with what became of it. Sound and words are left and found elsewhere.
///
/// ```text
///  clip ──▶ heard, not heard, or nobody to listen
/// ```
#[workflow]
#[derive(Debug)]
pub struct Transcription {
    input: TranscriptionInput,
}

#[workflow_methods]
impl Transcription {
    #[init]
    const fn new(_ctx: &WorkflowContextView, input: TranscriptionInput) -> Self {
        Self { input }
    }

    /// Listens.
    #[run(name = "Transcription")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<Hearing> {
        let TranscriptionInput { clip, patience } = ctx.state(|s| s.input.clone());
        let listening = transcription("listen to a clip", ctx.task_queue(), patience);
        let heard = ctx.execute_activity(TranscribeClip, clip, listening).await;
        Ok(heard.unwrap_or(Hearing::Unavailable))
    }
}
