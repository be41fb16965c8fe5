//! What a webhook may tell: a message, a status, or something else that is worth keeping.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::content::Content;
use crate::error::{Class, classify};

/// One thing that a webhook tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Somebody wrote to us.
    Message(InboundMessage),
    /// A message of ours went a step further.
    Status(StatusUpdate),
    /// Anything else: account notices, platform errors, entries without an id.
    Other(Other),
}

impl Event {
    /// The key for removing duplicates, the same in every repetition of the event.
    ///
    /// A message's is its id, a status' is `id:status`.
    #[must_use]
    pub fn event_id(&self) -> String {
        match self {
            Self::Message(message) => message.id.clone(),
            Self::Status(status) => format!("{}:{}", status.id, status.status.as_str()),
            Self::Other(other) => {
                // These carry no id; their content is all that tells one from another.
                let digest = Sha256::digest(other.raw.to_string().as_bytes());
                format!("{}:{}", other.field, hex::encode(digest))
            }
        }
    }

    /// The JSON of this event alone, as it arrived.
    #[must_use]
    pub fn raw(&self) -> &Value {
        match self {
            Self::Message(message) => &message.raw,
            Self::Status(status) => &status.raw,
            Self::Other(other) => &other.raw,
        }
    }

    /// The business number that it concerns, by its API id; account notices name none.
    #[must_use]
    pub fn phone_number_id(&self) -> Option<&str> {
        match self {
            Self::Message(message) => message.phone_number_id.as_deref(),
            Self::Status(status) => status.phone_number_id.as_deref(),
            Self::Other(other) => other.phone_number_id.as_deref(),
        }
    }
}

/// A person on the other side; at least one of the ids is normally there, either may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The WhatsApp id, usually the phone in digits; absent for people with a user name.
    pub wa_id: Option<String>,
    /// The business-scoped user id.
    pub user_id: Option<String>,
    /// The name that the person chose: untrusted, possibly odd.
    pub profile_name: Option<String>,
}

/// A message from a guest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InboundMessage {
    /// The platform's message id.
    pub id: String,
    /// When it was written, in Unix seconds; 0 if the platform did not say.
    pub timestamp: i64,
    /// Who wrote it.
    pub sender: Party,
    /// The business number it was written to.
    pub phone_number_id: Option<String>,
    /// The message it answers: for a tap, the one that held the button.
    pub context_id: Option<String>,
    /// The group it was written in; groups are rarely meant for us.
    pub group_id: Option<String>,
    /// What it says.
    pub content: Content,
    /// What the platform could not deliver of it.
    #[serde(default)]
    pub problems: Vec<Problem>,
    /// The message as it arrived.
    pub raw: Value,
}

/// A step of a message of ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusUpdate {
    /// The id under which the platform accepted our message.
    pub id: String,
    /// How far it came.
    pub status: DeliveryStatus,
    /// When, in Unix seconds; 0 if the platform did not say.
    pub timestamp: i64,
    /// Who it was for.
    pub recipient: Party,
    /// The business number it was sent from.
    pub phone_number_id: Option<String>,
    /// The `callback_data` of the send, which settles a send whose answer was lost.
    pub callback_data: Option<String>,
    /// Why it failed.
    #[serde(default)]
    pub problems: Vec<Problem>,
    /// What it costs, where told.
    pub pricing: Option<Pricing>,
    /// The status as it arrived.
    pub raw: Value,
}

impl StatusUpdate {
    /// What the failure asks of us, by the first code that is known.
    #[must_use]
    pub fn failure(&self) -> Option<Class> {
        self.problems.iter().find_map(Problem::class)
    }
}

/// How far a message of ours came.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum DeliveryStatus {
    /// It left the platform.
    Sent,
    /// It reached the guest's device.
    Delivered,
    /// The guest saw it, and lets us know.
    Read,
    /// The guest heard the voice note.
    Played,
    /// It did not and will not arrive.
    Failed,
    /// It was deleted.
    Deleted,
    /// A status that this crate does not know.
    Unknown(String),
}

impl DeliveryStatus {
    /// The platform's word for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
            Self::Deleted => "deleted",
            Self::Unknown(word) => word,
        }
    }

    /// Order of the steps, so that a late one never takes a message back; `None` for those outside of
    /// it.
    ///
    /// A failure is terminal unless a higher rank than `sent` was recorded.
    #[must_use]
    pub fn rank(&self) -> Option<u8> {
        match self {
            Self::Sent => Some(1),
            Self::Delivered => Some(2),
            Self::Read => Some(3),
            Self::Played => Some(4),
            Self::Failed | Self::Deleted | Self::Unknown(_) => None,
        }
    }
}

impl From<String> for DeliveryStatus {
    fn from(word: String) -> Self {
        match word.as_str() {
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "played" => Self::Played,
            "failed" => Self::Failed,
            "deleted" => Self::Deleted,
            _ => Self::Unknown(word),
        }
    }
}

impl From<DeliveryStatus> for String {
    fn from(status: DeliveryStatus) -> Self {
        status.as_str().to_owned()
    }
}

/// An error object of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The platform's code; see [`classify`].
    pub code: u32,
    /// A few words.
    pub title: Option<String>,
    /// A sentence, if there is one.
    pub details: Option<String>,
}

impl Problem {
    /// What it asks of us, if the code is known.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        classify(self.code)
    }
}

/// What a message costs, as told by a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pricing {
    /// Whether it is charged.
    pub billable: bool,
    /// `regular`, `free_customer_service`, `free_entry_point`.
    pub kind: Option<String>,
    /// `utility`, `service`, `marketing`, and more.
    pub category: Option<String>,
}

/// Something that is neither a readable message nor a readable status.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Other {
    /// The webhook field (`message_template_status_update`, …), `errors`, or `messages` for an entry
    /// without an id.
    pub field: String,
    /// The business number, if named.
    pub phone_number_id: Option<String>,
    /// What arrived.
    pub raw: Value,
}
