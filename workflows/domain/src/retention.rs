//! For how long what we know of guests is kept, by what it serves.

use serde::{Deserialize, Serialize};

/// Days, by purpose. What is over is emptied; money stays, under names of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// What providers sent, and the keys of clients' requests: to look into what went wrong.
    pub webhooks_days: u32,
    /// What the bot remembers of a conversation, and what it decided: to go on where it was left.
    pub conversations_days: u32,
    /// What both sides said: to settle what was agreed upon.
    pub messages_days: u32,
    /// What the provider tells of a payment beside amounts: refunds can be made for 180 days.
    pub payments_days: u32,
    /// Names and addresses, after the last word and the last stay: to know who comes back.
    pub guests_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            webhooks_days: 30,
            conversations_days: 90,
            messages_days: 365,
            payments_days: 365,
            guests_days: 1825,
        }
    }
}
