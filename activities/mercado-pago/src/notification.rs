//! What arrives at our door, and whether to believe it.
//!
//! A signature proves that the provider named a resource; it covers the id and nothing else of the
//! body. So even an authentic notification says only "look at this payment", and what happened to
//! the money is read with [`crate::Client::payment`]. The older notifications (IPN) cannot be
//! verified at all: they are hints, never refused, because refusing makes the provider repeat them
//! for hours.
//!
//! How often a hint may cause a look is the caller's to limit.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::id::PaymentId;

mod request;
mod signature;
mod topic;

use request::{Body, Query};
pub use signature::sign;
use signature::{Proof, Seal};
pub use topic::Topic;

/// The two headers that matter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a> {
    /// `x-signature`.
    pub signature: Option<&'a str>,
    /// `x-request-id`.
    pub request_id: Option<&'a str>,
}

/// What to make of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The provider sent it. Keep it, answer 200.
    Authentic(Notification),
    /// Anybody may have sent it, and it may be true. Answer 200, look at most now and then.
    Hint {
        /// What kind of thing it points at.
        topic: Topic,
        /// Its id.
        resource_id: String,
    },
    /// It claims to be signed and is not. Answer 401; many of them mean a wrong secret.
    Forged,
    /// It names nothing. Answer 400.
    Malformed,
}

/// A notification the provider signed. Only `resource_id` and `signed_at` are covered by the
/// signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// What kind of thing changed.
    pub topic: Topic,
    /// Its id, as signed.
    pub resource_id: String,
    /// The notification's own id. The same fact can arrive under several, so it alone does not tell
    /// duplicates.
    pub notification_id: Option<String>,
    /// `payment.created`, `payment.updated` and the like.
    pub action: Option<String>,
    /// The payment to read: the resource itself, or the one a chargeback belongs to.
    pub payment_id: Option<PaymentId>,
    /// The seller it is about.
    pub user_id: Option<String>,
    /// When it was signed. For logs: retries come for days, so age alone proves nothing.
    pub signed_at: Option<DateTime<Utc>>,
}

impl Notification {
    /// Judges one notification by its query string (without `?`), headers and raw body.
    ///
    /// When the query names the resource, the body of a forgery is never looked at.
    #[must_use]
    pub fn parse(query: &str, headers: Headers<'_>, body: &[u8], secret: &SecretString) -> Verdict {
        let query = Query::read(query);
        let seal = headers
            .signature
            .map(|value| Seal::read(value, headers.request_id));
        let by_query = query
            .data_id()
            .zip(seal.as_ref())
            .map(|(id, seal)| seal.prove(id, secret));
        if by_query == Some(Proof::Nothing) {
            return Verdict::Forged;
        }
        let Some(body) = Body::read(body) else {
            return Verdict::Malformed;
        };
        let id = query
            .data_id()
            .map(str::to_owned)
            .or_else(|| body.data_id(&query));
        let proof = by_query.or_else(|| Some(seal.as_ref()?.prove(id.as_deref()?, secret)));
        match (proof, id) {
            (Some(Proof::WithId), Some(id)) => {
                let signed_at = seal.and_then(|seal| seal.signed_at());
                Verdict::Authentic(authentic(&query, &body, id, signed_at))
            }
            (Some(Proof::Nothing), _) => Verdict::Forged,
            // Unsigned, or signed without naming what it is about.
            (Some(Proof::WithId | Proof::WithoutId) | None, _) => hint(&query, &body),
        }
    }
}

fn authentic(
    query: &Query,
    body: &Body,
    id: String,
    signed_at: Option<DateTime<Utc>>,
) -> Notification {
    let topic = request::topic(query, body);
    let payment_id = match topic {
        Topic::Payment | Topic::FraudAlert => id.parse().ok(),
        _ => body.payment_id(),
    };
    Notification {
        topic,
        resource_id: id,
        notification_id: body.notification_id(),
        action: body.action(),
        payment_id,
        user_id: body.user_id(),
        signed_at,
    }
}

fn hint(query: &Query, body: &Body) -> Verdict {
    match request::resource_id(query, body) {
        Some(resource_id) => Verdict::Hint {
            topic: request::topic(query, body),
            resource_id,
        },
        None => Verdict::Malformed,
    }
}

#[cfg(test)]
mod tests;
