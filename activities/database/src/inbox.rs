//! Webhooks, written down before they are acknowledged and kept until their workflow has them, and what staff write
//! to guests, which goes the same way.
//!
//! It neither reads payloads nor signals anybody.

mod accept;
mod note;
mod sweep;
mod templates;

use chrono::{DateTime, Utc};
use domain::{GuestId, MessageId};
use serde_json::Value;

use crate::guests::Identity;

pub use accept::accept;
pub(crate) use note::{adopt_in, resend_in, staff_wrote_in};
pub use sweep::{
    SweepLock, last_authentic, mark_attempted, mark_delivered, recent, try_sweep_lock, undelivered,
};
pub use templates::told_of_templates;

/// A verified webhook event that has just come in.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Who sent it, such as `whatsapp`.
    pub provider: String,
    /// The provider's name for it: the same event comes only once.
    pub event_id: String,
    /// What it is, such as `message`, `status` or `payment`.
    pub kind: String,
    /// Whose it is, when it is a guest's.
    pub guest: Option<Identity>,
    /// What the guest says, when it is a message.
    pub message: Option<NewInbound>,
    /// What it is about at the provider, such as a payment's id.
    pub resource_id: Option<String>,
    /// Whether its signature was checked.
    pub authentic: bool,
    /// All of it, as it came.
    pub payload: Value,
    /// When it came in.
    pub received_at: DateTime<Utc>,
}

/// A message from a guest.
#[derive(Debug, Clone)]
pub struct NewInbound {
    /// The provider's name for it: the same message comes only once.
    pub wamid: String,
    /// What kind of message, in the provider's words.
    pub kind: String,
    /// What it says.
    pub content: Value,
    /// When it was written, by the provider's clock.
    pub at: DateTime<Utc>,
}

/// What became of an event that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Its number in the inbox.
    pub inbox_id: i64,
    /// Whether it came for the first time.
    pub new: bool,
    /// Whose it is.
    pub guest_id: Option<GuestId>,
    /// What the message is called here.
    pub message_id: Option<MessageId>,
}

/// An event in the inbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its number: events are delivered in this order.
    pub id: i64,
    /// Who sent it.
    pub provider: String,
    /// The provider's name for it.
    pub event_id: String,
    /// What it is.
    pub kind: String,
    /// Whose it is.
    pub guest_id: Option<GuestId>,
    /// What the message is called here.
    pub message_id: Option<MessageId>,
    /// What it is about at the provider.
    pub resource_id: Option<String>,
    /// Whether its signature was checked.
    pub authentic: bool,
    /// All of it, as it came.
    pub payload: Value,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// When its workflow got it.
    pub delivered_at: Option<DateTime<Utc>>,
    /// How often the sweep has tried.
    pub attempts: i32,
}
