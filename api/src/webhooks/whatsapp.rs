//! Meta's webhooks: the handshake, and messages and statuses in batches.
//!
//! The signature is checked over the bytes as they came, before anything reads them.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use database::{
    guests::Identity,
    inbox::{NewEvent, NewInbound},
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use whatsapp::{
    signature::Refused,
    webhook::{Content, Event, InboundMessage, Other, Party},
};

use super::take_in;
use crate::{
    app::App,
    dispatch::kind,
    error::{Error, Problem, answers::Malformed},
    extract::{Query, Raw},
};

/// The inbox's word for this provider.
pub(crate) const PROVIDER: &str = "whatsapp";

/// The most bytes of one webhook; Meta batches up to a thousand events.
pub(crate) const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// What Meta asks when the webhook's address is registered.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Handshake {
    /// `subscribe`.
    #[serde(rename = "hub.mode")]
    mode: Option<String>,
    /// What to answer.
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
    /// The token that was entered in Meta's dashboard.
    #[serde(rename = "hub.verify_token")]
    verify_token: Option<String>,
}

/// Meta's handshake. It needs no database.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/whatsapp",
    tag = "webhooks",
    params(Handshake),
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "The challenge, byte for byte"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`malformed_request`"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn handshake(
    State(app): State<App>,
    Query(handshake): Query<Handshake>,
) -> Result<Response, Error> {
    let token = handshake.verify_token.as_deref();
    if !app
        .whatsapp
        .verify_token
        .accepts(handshake.mode.as_deref(), token)
    {
        return Err(Error::Forbidden);
    }
    let challenge = handshake.challenge.unwrap_or_default();
    Ok(([(header::CONTENT_TYPE, "text/plain")], challenge).into_response())
}

/// Messages and statuses.
///
/// 200 means that they are written down, and nothing more.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/whatsapp",
    tag = "webhooks",
    params(("X-Hub-Signature-256" = String, Header, description = "`sha256=` and the HMAC of the body")),
    request_body(content = Object, description = "Meta's envelope"),
    responses(
        (status = 200, description = "In the inbox"),
        Malformed,
        (status = 401, body = Problem, content_type = "application/problem+json", description = "`signature_missing`"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "`signature_invalid`"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "`body_too_large`"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "Not written down; send it again"),
    )
)]
pub(crate) async fn receive(
    State(app): State<App>,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<StatusCode, Error> {
    verify(&app, &headers, &body)?;
    let events = whatsapp::webhook::parse(&body).map_err(|_malformed| {
        app.metrics.webhook(PROVIDER, "malformed");
        Error::MalformedJson
    })?;
    let now = Utc::now();
    let events = events
        .into_iter()
        .map(|event| new_event(event, &app.whatsapp.phone_number_id, now))
        .collect::<Result<Vec<_>, _>>()?;
    take_in(&app, PROVIDER, events).await?;
    Ok(StatusCode::OK)
}

fn verify(app: &App, headers: &HeaderMap, body: &[u8]) -> Result<(), Error> {
    let signature = headers.get(whatsapp::signature::HEADER);
    // A header that is no text is there, and is no signature.
    let signature = signature.map(|value| value.to_str().unwrap_or_default());
    app.whatsapp
        .secret
        .verify(signature, body)
        .map_err(|refused| {
            let (outcome, error) = match refused {
                Refused::Missing => ("unsigned", Error::SignatureMissing),
                Refused::Malformed | Refused::Mismatch => {
                    let status = StatusCode::FORBIDDEN;
                    ("forged", Error::SignatureInvalid { status })
                }
            };
            app.metrics.webhook(PROVIDER, outcome);
            tracing::warn!(webhook.provider = PROVIDER, reason = %refused, "a webhook was refused");
            error
        })
}

/// An event as the inbox keeps it. The payload is the event as it was read, the original inside.
fn new_event(event: Event, our_number: &str, now: DateTime<Utc>) -> Result<NewEvent, Error> {
    let is_ours = event
        .phone_number_id()
        .is_none_or(|number| number == our_number);
    let (kind, guest, message) = match &event {
        _ if !is_ours => (kind::OTHER_NUMBER, None, None),
        Event::Message(message) if message.group_id.is_some() => (kind::GROUP, None, None),
        // The platform speaks here, not the guest: nothing is answered, and nothing opens the window.
        Event::Message(message) if matches!(message.content, Content::System { .. }) => {
            (kind::MOVED, None, None)
        }
        Event::Message(message) if matches!(message.content, Content::RequestWelcome) => {
            (kind::NOTICE, None, None)
        }
        Event::Message(message) => match identity(&message.sender) {
            Some(guest) => (kind::MESSAGE, Some(guest), Some(inbound(message, now)?)),
            None => (kind::NOBODY, None, None),
        },
        Event::Status(_) => (kind::STATUS, None, None),
        Event::Other(other) => (notice(other), None, None),
    };
    Ok(NewEvent {
        provider: PROVIDER.to_owned(),
        event_id: event.event_id(),
        kind: kind.to_owned(),
        guest,
        message,
        resource_id: template(&event),
        authentic: true,
        payload: serde_json::to_value(&event).map_err(Error::unexpected)?,
        received_at: now,
    })
}

/// What a notice about our account is to us.
fn notice(other: &Other) -> &'static str {
    let told = other.raw.pointer("/value/event").and_then(Value::as_str);
    match (other.field.as_str(), told) {
        (
            "message_template_status_update",
            Some("REJECTED" | "PAUSED" | "DISABLED" | "FLAGGED"),
        ) => kind::TEMPLATE,
        ("account_update", Some(_)) => kind::ACCOUNT,
        _ => kind::NOTICE,
    }
}

/// The template that a notice is about, by name and language.
fn template(event: &Event) -> Option<String> {
    let Event::Other(other) = event else {
        return None;
    };
    let part = |name: &str| {
        let pointer = format!("/value/message_template_{name}");
        other.raw.pointer(&pointer).and_then(Value::as_str)
    };
    Some(format!("{}/{}", part("name")?, part("language")?))
}

fn identity(sender: &Party) -> Option<Identity> {
    let is_named = sender.wa_id.is_some() || sender.user_id.is_some();
    is_named.then(|| Identity {
        bsuid: sender.user_id.clone(),
        wa_id: sender.wa_id.clone(),
        profile_name: sender.profile_name.as_deref().and_then(plain_name),
    })
}

/// A profile's name without what could break a line or a log.
fn plain_name(name: &str) -> Option<String> {
    let plain: String = name
        .chars()
        .filter(|letter| !letter.is_control())
        .take(100)
        .collect();
    let plain = plain.trim();
    (!plain.is_empty()).then(|| plain.to_owned())
}

fn inbound(message: &InboundMessage, now: DateTime<Utc>) -> Result<NewInbound, Error> {
    let content = serde_json::to_value(&message.content).map_err(Error::unexpected)?;
    let kind = content
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or("unknown");
    let written = DateTime::from_timestamp(message.timestamp, 0);
    Ok(NewInbound {
        wamid: message.id.clone(),
        kind: kind.to_owned(),
        // The platform's clock may run ahead of ours, and sometimes says nothing.
        at: written
            .filter(|at| message.timestamp > 0 && *at <= now)
            .unwrap_or(now),
        content,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn events(value: Value) -> Vec<NewEvent> {
        let envelope = json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": "1", "changes": [{ "field": "messages", "value": value }] }],
        });
        let parsed = whatsapp::webhook::parse(envelope.to_string().as_bytes()).unwrap();
        parsed
            .into_iter()
            .map(|event| new_event(event, "10", Utc::now()).unwrap())
            .collect()
    }

    #[test]
    fn a_message_keeps_its_content_and_its_original() {
        let events = events(json!({
            "metadata": { "phone_number_id": "10" },
            "contacts": [{ "profile": { "name": "Ana\nGómez" }, "wa_id": "5491122334455" }],
            "messages": [{ "from": "5491122334455", "id": "wamid.1", "timestamp": "1767225600",
                           "type": "text", "text": { "body": "Hola" } }],
        }));
        let [event] = events.as_slice() else {
            panic!("{events:?}")
        };
        assert_eq!(
            (event.kind.as_str(), event.event_id.as_str()),
            (kind::MESSAGE, "wamid.1")
        );
        let message = event.message.as_ref().unwrap();
        assert_eq!(message.content, json!({ "type": "text", "body": "Hola" }));
        assert_eq!(message.at.timestamp(), 1_767_225_600);
        assert_eq!(
            event.guest.as_ref().unwrap().profile_name.as_deref(),
            Some("AnaGómez")
        );
        let read: Event = serde_json::from_value(event.payload.clone()).unwrap();
        assert_eq!(read.event_id(), "wamid.1");
    }

    #[test]
    fn what_the_platform_says_itself_is_no_message_of_a_guest() {
        let system = json!({ "metadata": { "phone_number_id": "10" }, "messages": [{
            "from": "5491122334455", "id": "wamid.1", "timestamp": "1767225700", "type": "system",
            "system": { "type": "user_changed_number", "wa_id": "5491166778899", "body": "…" },
        }] });
        let welcome = json!({ "metadata": { "phone_number_id": "10" }, "messages": [{
            "from": "5491122334455", "id": "wamid.2", "timestamp": "1767225700", "type": "request_welcome",
        }] });
        for (value, kind) in [(system, kind::MOVED), (welcome, kind::NOTICE)] {
            let event = events(value).remove(0);
            assert_eq!(event.kind, kind);
            assert!(event.guest.is_none() && event.message.is_none());
        }
    }

    #[test]
    fn a_template_that_may_no_longer_be_sent_is_a_matter_for_somebody() {
        let told = |event: &str| {
            let envelope = json!({ "object": "whatsapp_business_account", "entry": [{ "changes": [{
                "field": "message_template_status_update",
                "value": { "event": event, "message_template_id": 1_689_556_908_129_832_i64,
                           "message_template_name": "confirmed", "message_template_language": "es_AR" },
            }] }] });
            let parsed = whatsapp::webhook::parse(envelope.to_string().as_bytes()).unwrap();
            new_event(parsed.into_iter().next().unwrap(), "10", Utc::now()).unwrap()
        };
        let paused = told("PAUSED");
        assert_eq!(paused.kind, kind::TEMPLATE);
        assert_eq!(paused.resource_id.as_deref(), Some("confirmed/es_AR"));
        assert_eq!(told("APPROVED").kind, kind::NOTICE);
    }

    #[test]
    fn another_number_groups_and_nobody_are_no_guests_of_ours() {
        let message = |extra: Value| {
            let mut message =
                json!({ "id": "wamid.1", "type": "text", "text": { "body": "Hola" } });
            message
                .as_object_mut()
                .unwrap()
                .extend(extra.as_object().unwrap().clone());
            message
        };
        let kind_of = |number: &str, message: Value| {
            let value = json!({ "metadata": { "phone_number_id": number }, "messages": [message] });
            let event = events(value).remove(0);
            assert!(event.guest.is_none() && event.message.is_none());
            event.kind
        };
        assert_eq!(
            kind_of("11", message(json!({ "from": "549" }))),
            kind::OTHER_NUMBER
        );
        assert_eq!(
            kind_of("10", message(json!({ "from": "549", "group_id": "g" }))),
            kind::GROUP
        );
        assert_eq!(kind_of("10", message(json!({}))), kind::NOBODY);
    }
}
