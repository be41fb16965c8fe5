//! Endpoints and deliveries as programs see them.

use chrono::{DateTime, Utc};
use database::webhooks::{Attempt, Delivery, Endpoint};
use feed_fetcher::FeedUrl;
use serde::Serialize;
use utoipa::ToSchema;

/// An address that events are sent to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EndpointView {
    /// Its name for machines.
    #[schema(example = "whe_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b")]
    pub(crate) id: String,
    /// Where, shown without what may be secret in it.
    pub(crate) url: String,
    /// What it is for.
    pub(crate) name: String,
    /// Which kinds of events; all of them when none is named.
    pub(crate) events: Vec<String>,
    /// Since when.
    pub(crate) created_at: DateTime<Utc>,
    /// When it last took an event.
    pub(crate) last_success_at: Option<DateTime<Utc>>,
    /// Since when nothing is sent there.
    pub(crate) disabled_at: Option<DateTime<Utc>>,
}

/// An endpoint with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewEndpointView {
    /// The endpoint.
    #[serde(flatten)]
    pub(crate) endpoint: EndpointView,
    /// What requests are signed with: `whsec_…`.
    pub(crate) secret: String,
}

/// A secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SecretView {
    /// What requests are signed with from now on: `whsec_…`.
    pub(crate) secret: String,
    /// Until then they are signed with the old one as well.
    pub(crate) old_valid_until: DateTime<Utc>,
}

/// An event on its way to an endpoint.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryView {
    /// Its name for machines.
    #[schema(example = "whd_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b")]
    pub(crate) id: String,
    /// What the receiver knows the event by: the header `webhook-id`.
    pub(crate) event_id: String,
    /// What kind of event.
    #[schema(example = "reservation.confirmed")]
    pub(crate) event: String,
    /// The code of the reservation or the id of the payment.
    pub(crate) subject: String,
    /// When it happened.
    pub(crate) at: DateTime<Utc>,
    /// `pending`, `delivered` or `failed`.
    pub(crate) status: &'static str,
    /// How often it was tried.
    pub(crate) attempts: i64,
    /// The last time.
    pub(crate) last_attempt: Option<AttemptView>,
}

/// One time that it was tried.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttemptView {
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// What the endpoint answered.
    pub(crate) http_status: Option<i32>,
    /// What kept it from answering, such as `timeout`, `dns` or `forbidden_address`.
    pub(crate) error: Option<String>,
    /// How long it took.
    pub(crate) milliseconds: i32,
}

impl From<Endpoint> for EndpointView {
    fn from(endpoint: Endpoint) -> Self {
        Self {
            id: endpoint.id.to_string(),
            url: FeedUrl::masked(&endpoint.url),
            name: endpoint.name,
            events: endpoint.events,
            created_at: endpoint.created_at,
            last_success_at: endpoint.last_success_at,
            disabled_at: endpoint.disabled.map(|(at, _)| at),
        }
    }
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id.to_string(),
            event_id: delivery.event.to_string(),
            event: delivery.kind,
            subject: delivery.subject,
            at: delivery.at,
            status: delivery.status.as_str(),
            attempts: delivery.attempts,
            last_attempt: delivery.last.map(AttemptView::from),
        }
    }
}

impl From<Attempt> for AttemptView {
    fn from(attempt: Attempt) -> Self {
        Self {
            at: attempt.at,
            http_status: attempt.http_status,
            error: attempt.error,
            milliseconds: attempt.milliseconds,
        }
    }
}
