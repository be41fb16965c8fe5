//! Telling programs of others what happened. What is told, and where, stays in Postgres.

use domain::WebhookDeliveryId;
use serde::{Deserialize, Serialize};
use temporalio_macros::activity_definitions;

use super::ActivityError;

/// What came of trying to deliver an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Tried {
    /// The endpoint has it.
    Taken,
    /// It did not take it; it may later.
    NotTaken {
        /// It asks to be left alone for so many seconds.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// It says that it is gone for good, or is one that nothing is sent to any more.
    Nobody,
}

/// The contract.
#[expect(
    missing_debug_implementations,
    reason = "a name for the contract, never built"
)]
pub struct Webhooks;

#[activity_definitions]
impl Webhooks {
    /// Tries once. Idempotent on the call: an attempt that was made and written down is not made again. One that was
    /// made and not written down is, and the receiver knows it by the event's id.
    #[activity(name = "webhooks.try")]
    pub fn try_once(delivery: WebhookDeliveryId) -> Result<Tried, ActivityError> {
        unimplemented!()
    }

    /// Gives a delivery up. An endpoint that took nothing since it was first tried is sent nothing any more, and the
    /// owner is told. Idempotent on the delivery.
    #[activity(name = "webhooks.give_up")]
    pub fn give_up(delivery: WebhookDeliveryId) -> Result<(), ActivityError> {
        unimplemented!()
    }
}

pub use webhooks::{GiveUp, TryOnce};
