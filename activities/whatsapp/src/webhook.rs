//! Webhooks, read tolerantly: one POST in, any number of events out.
//!
//! The platform batches at every level and adds types and fields at will, so whatever is not understood
//! becomes an event of its own and never costs another one.
//! Only a body that is not a JSON object is refused.
//! Nothing here checks the signature, removes duplicates or judges age: the caller does, with
//! [`crate::signature`], [`Event::event_id`] and the timestamps.

mod content;
mod event;
mod read;

pub use content::{ContactCard, Content};
pub use event::{
    DeliveryStatus, Event, InboundMessage, Other, Party, Pricing, Problem, StatusUpdate,
};

use serde_json::Value;

/// The body is not a JSON object.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// It is not JSON.
    #[error("the webhook's body is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// It is JSON of another kind.
    #[error("the webhook's body is not a JSON object")]
    NotAnObject,
}

/// Reads the events of one POST, in the order in which they stand.
///
/// An object that is not `whatsapp_business_account` has none.
///
/// # Errors
///
/// [`Malformed`] when the body is not a JSON object; answer 400.
pub fn parse(body: &[u8]) -> Result<Vec<Event>, Malformed> {
    let envelope: Value = serde_json::from_slice(body).map_err(Malformed::NotJson)?;
    if !envelope.is_object() {
        return Err(Malformed::NotAnObject);
    }
    Ok(read::events(&envelope))
}
