//! What guests and the bot say to each other.
//!
//! An outgoing message is composed under an id derived from the step that sends it, so that a step that runs
//! twice sends once. Its delivery only moves forward.

mod answered;
mod doubt;
mod hearing;
mod outbox;
mod read;
mod statuses;

use chrono::{DateTime, Utc};
use domain::{GuestId, MessageId};
use serde_json::Value;

pub use answered::{Answered, first_answered};
pub use doubt::{Evidence, evidence};
pub use hearing::record_hearing;
pub(crate) use outbox::compose_in;
pub use outbox::{
    Attempt, NewOutbound, begin_again, begin_attempt, compose, mark_accepted, mark_failed,
    mark_refused,
};
pub use read::{inbound, is_latest_text, mark_seen, outbound, thread};
pub use statuses::{StatusChange, StatusOutcome, apply_status};

/// What a guest said.
#[derive(Debug, Clone, PartialEq)]
pub struct Inbound {
    /// Its name here.
    pub id: MessageId,
    /// Its place in the order of all messages.
    pub seq: i64,
    /// Who said it.
    pub guest_id: GuestId,
    /// The provider's name for it.
    pub wamid: String,
    /// What kind of message, in the provider's words.
    pub kind: String,
    /// What it says.
    pub content: Value,
    /// What was heard in it, if it is a recording that was listened to.
    pub hearing: Option<Value>,
    /// When it was written, by the provider's clock.
    pub at: DateTime<Utc>,
}

/// What is said to a guest.
#[derive(Debug, Clone, PartialEq)]
pub struct Outbound {
    /// Its name here, and its key at the provider.
    pub id: MessageId,
    /// Its place in the order of all messages.
    pub seq: i64,
    /// Whom it is for.
    pub guest_id: GuestId,
    /// The step that sends it.
    pub step: String,
    /// What kind of message.
    pub kind: String,
    /// What it says.
    pub content: Value,
    /// How far it has got.
    pub delivery: Delivery,
    /// The provider's name for it, once there is one.
    pub wamid: Option<String>,
    /// Why it failed, or why the last attempt was refused.
    pub failure: Option<SendFailure>,
    /// When sending was last tried.
    pub attempted_at: Option<DateTime<Utc>>,
    /// When the provider took it.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When it was composed.
    pub created_at: DateTime<Utc>,
}

/// Why a message did not go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendFailure {
    /// The provider's code.
    pub code: Option<i32>,
    /// The provider's words.
    pub text: String,
}

/// A message of a thread.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// From the guest.
    In(Inbound),
    /// To the guest.
    Out(Outbound),
}

/// How far an outgoing message has got, in order; `Failed` stands where it can still be overtaken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delivery {
    /// Written, not tried.
    Composed,
    /// Tried; whether it went out is not known.
    Attempted,
    /// The provider took it.
    Accepted,
    /// It left the provider.
    Sent,
    /// It will not arrive.
    Failed,
    /// It is on the guest's phone.
    Delivered,
    /// The guest has seen it.
    Read,
    /// The guest has heard it.
    Played,
}

impl Delivery {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Composed => "composed",
            Self::Attempted => "attempted",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
        }
    }

    /// Whether there is nothing left to send: the provider has it, or it failed for good.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Composed | Self::Attempted)
    }
}

/// A word that is no state of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an unknown state of a message")]
pub struct UnknownDelivery;

impl std::str::FromStr for Delivery {
    type Err = UnknownDelivery;

    fn from_str(word: &str) -> Result<Self, UnknownDelivery> {
        Ok(match word {
            "composed" => Self::Composed,
            "attempted" => Self::Attempted,
            "accepted" => Self::Accepted,
            "sent" => Self::Sent,
            "failed" => Self::Failed,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "played" => Self::Played,
            _ => return Err(UnknownDelivery),
        })
    }
}
