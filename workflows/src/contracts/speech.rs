//! Hearing what guests say aloud. Neither sound nor words cross this contract: sound is fetched by who hears it,
//! and words are kept where the message is.

use std::time::Duration;

use domain::MessageId;
use serde::{Deserialize, Serialize};
use temporalio_macros::activity_definitions;

use super::ActivityError;

/// What became of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hearing {
    /// It was understood; the words are with the message.
    Text,
    /// Nobody speaks in it.
    NoSpeech,
    /// Somebody speaks, and cannot be understood.
    Unclear,
    /// It is too long to listen to.
    TooLong,
    /// It is no voice note.
    Rejected,
    /// Nothing could listen to it in time.
    Unavailable,
}

/// How long whoever spoke is kept waiting, before they are asked to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patience {
    /// For somebody to begin listening: longer than a few others' notes take, and shorter than anybody waits
    /// for nobody.
    pub begin_within_seconds: u32,
    /// For the end, with everything that goes wrong on the way.
    pub end_within_seconds: u32,
}

impl Patience {
    /// For somebody to begin listening.
    #[must_use]
    pub fn begin_within(self) -> Duration {
        Duration::from_secs(u64::from(self.begin_within_seconds))
    }

    /// For the end.
    #[must_use]
    pub fn end_within(self) -> Duration {
        Duration::from_secs(u64::from(self.end_within_seconds))
    }
}

/// The contract.
#[expect(
    missing_debug_implementations,
    reason = "a name for the contract, never built"
)]
pub struct Speech;

#[activity_definitions]
impl Speech {
    /// Listens to a guest's recording and keeps what was heard with the message. Idempotent on the message: a
    /// second call tells what the first one heard.
    #[activity(name = "speech.transcribe")]
    pub fn transcribe(message: MessageId) -> Result<Hearing, ActivityError> {
        unimplemented!()
    }

    /// Listens to a clip that was left for it under this name, and leaves what was heard there. Idempotent on
    /// the name.
    #[activity(name = "speech.transcribe_clip")]
    pub fn transcribe_clip(clip: String) -> Result<Hearing, ActivityError> {
        unimplemented!()
    }
}

pub use speech::{Transcribe, TranscribeClip};
