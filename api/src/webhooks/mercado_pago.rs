//! Mercado Pago's notifications: signed webhooks, and the older kind that nobody signs.
//!
//! None of them is believed: each is a reason to ask the provider. Unsigned ones are hints, acknowledged and
//! taken seriously only so often.

use std::time::Instant;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
};
use chrono::{DateTime, Utc};
use database::inbox::NewEvent;
use mercado_pago::notification::{Headers, Notification, Topic, Verdict};
use serde_json::{Value, json};

use super::take_in;
use crate::{
    app::App,
    dispatch::kind,
    error::{Error, Problem},
    extract::Raw,
};

/// The inbox's word for this provider.
pub(crate) const PROVIDER: &str = "mercadopago";

/// The most bytes of one notification; they are small.
pub(crate) const LARGEST_BODY: usize = 256 * 1024;

/// Notifications, both kinds.
///
/// 200 means that it is written down, or is an unsigned hint that was heard.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/mercadopago",
    tag = "webhooks",
    params(
        ("data.id" = Option<String>, Query, description = "What it is about"),
        ("type" = Option<String>, Query, description = "Its topic"),
        ("x-signature" = Option<String>, Header, description = "`ts=…,v1=…`"),
        ("x-request-id" = Option<String>, Header),
    ),
    request_body(content = Option<Object>, description = "The notification"),
    responses(
        (status = 200, description = "Heard"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "It names nothing"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "`signature_invalid`"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "Not written down; send it again"),
    )
)]
pub(crate) async fn receive(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<StatusCode, Error> {
    let query = query.unwrap_or_default();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let signed = Headers {
        signature: text("x-signature"),
        request_id: text("x-request-id"),
    };
    let received = Received {
        query: &query,
        request_id: signed.request_id,
        body: &body,
        at: Utc::now(),
    };
    match Notification::parse(&query, signed, &body, &app.mercado_pago_secret) {
        Verdict::Authentic(notification) => {
            log_skew(&notification, received.at);
            take_in(&app, PROVIDER, vec![received.authentic(&notification)]).await?;
        }
        Verdict::Hint { topic, resource_id } if app.hints.admit(Instant::now()) => {
            take_in(&app, PROVIDER, vec![received.hint(&topic, resource_id)]).await?;
        }
        Verdict::Hint { .. } => app.metrics.webhook(PROVIDER, "hint_dropped"),
        Verdict::Forged => {
            app.metrics.webhook(PROVIDER, "forged");
            tracing::warn!(
                webhook.provider = PROVIDER,
                "a webhook was refused; is it the secret of a test account?"
            );
            return Err(Error::SignatureInvalid {
                status: StatusCode::UNAUTHORIZED,
            });
        }
        Verdict::Malformed => {
            app.metrics.webhook(PROVIDER, "malformed");
            return Err(Error::Malformed);
        }
    }
    Ok(StatusCode::OK)
}

/// Retries come for days, so age is no reason to refuse; it is worth a line.
fn log_skew(notification: &Notification, now: DateTime<Utc>) {
    let age = notification
        .signed_at
        .map(|at| now.signed_duration_since(at).num_seconds());
    tracing::debug!(webhook.topic = %notification.topic, webhook.age_seconds = age, "a notification is authentic");
}

/// A request as it came.
struct Received<'a> {
    query: &'a str,
    request_id: Option<&'a str>,
    body: &'a [u8],
    at: DateTime<Utc>,
}

impl Received<'_> {
    fn authentic(&self, notification: &Notification) -> NewEvent {
        // Whatever tells one notification from another: repeats share it, and two facts never do.
        let name = notification.notification_id.as_deref().or(self.request_id);
        let about = &notification.resource_id;
        let action = notification.action.as_deref().unwrap_or_default();
        let event_id = match name {
            Some(name) => format!("{}:{about}:{action}:{name}", notification.topic),
            None => format!(
                "{}:{about}:{action}:at:{}",
                notification.topic,
                self.minute()
            ),
        };
        let payment_id = notification.payment_id.map(|id| id.to_string());
        self.event(
            event_id,
            kind::of_topic(&notification.topic),
            payment_id.or(Some(about.clone())),
            true,
        )
    }

    /// One a minute for each thing they are about: the rest is the same event.
    fn hint(&self, topic: &Topic, resource_id: String) -> NewEvent {
        let event_id = format!("hint:{topic}:{resource_id}:{}", self.minute());
        self.event(event_id, kind::of_topic(topic), Some(resource_id), false)
    }

    fn minute(&self) -> i64 {
        self.at.timestamp().div_euclid(60)
    }

    fn event(
        &self,
        event_id: String,
        kind: &str,
        resource_id: Option<String>,
        authentic: bool,
    ) -> NewEvent {
        let body: Value = serde_json::from_slice(self.body).unwrap_or_default();
        NewEvent {
            provider: PROVIDER.to_owned(),
            event_id,
            kind: kind.to_owned(),
            guest: None,
            message: None,
            resource_id,
            authentic,
            payload: json!({ "query": self.query, "request_id": self.request_id, "body": body }),
            received_at: self.at,
        }
    }
}
