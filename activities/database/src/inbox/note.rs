//! What comes from our own pages and must reach a workflow as surely as a webhook.

use chrono::{DateTime, Utc};
use domain::{GuestId, MessageId, ReservationCode, WebhookDeliveryId};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::json;

use super::Event;
use crate::Error;

/// The provider that our own pages are.
const PAGES: &str = "pages";

/// What staff wrote to a guest.
const STAFF_MESSAGE: &str = "staff_message";

/// Notes that what staff wrote is to be sent, as part of writing it.
pub(crate) async fn staff_wrote_in(
    turn: &impl ConnectionTrait,
    guest: GuestId,
    message: MessageId,
    at: DateTime<Utc>,
) -> Result<Event, Error> {
    #[derive(FromQueryResult)]
    struct Noted {
        id: i64,
    }
    let event_id = message.to_string();
    let (guest_uuid, message_uuid) = (guest.uuid(), message.uuid());
    let noted = Noted::find_by_statement(raw_sql!(
        Postgres,
        r"INSERT INTO inbox (provider, event_id, kind, guest_id, message_id, authentic, payload, received_at)
          VALUES ({PAGES}, {event_id}, {STAFF_MESSAGE}, {guest_uuid}, {message_uuid}, true, '{}', {at})
          RETURNING id"
    ));
    let noted = noted.one(turn).await?;
    let noted = noted.ok_or_else(|| Error::unexpected("an event was not written"))?;
    Ok(Event {
        id: noted.id,
        provider: PAGES.to_owned(),
        event_id,
        kind: STAFF_MESSAGE.to_owned(),
        guest_id: Some(guest),
        message_id: Some(message),
        resource_id: None,
        authentic: true,
        payload: json!({}),
        received_at: at,
        delivered_at: None,
        attempts: 0,
    })
}

/// Who has events sent to programs of others.
const OUTBOUND: &str = "outbound";

/// A wish to send an event once more.
const RESEND: &str = "outbound_resend";

/// A booking that was brought along needs its workflow.
const ADOPTED: &str = "adopted";

/// Notes that a booking needs its workflow, as part of bringing it along.
pub(crate) async fn adopt_in(
    turn: &impl ConnectionTrait,
    code: &ReservationCode,
    at: DateTime<Utc>,
) -> Result<Option<Event>, Error> {
    let (event_id, resource) = (format!("{ADOPTED}/{code}"), code.to_string());
    note_in(turn, (PAGES, ADOPTED), event_id, resource, at).await
}

/// Notes that an event is to be sent to an endpoint once more, as part of wishing it; nothing when the same was wished
/// before.
pub(crate) async fn resend_in(
    turn: &impl ConnectionTrait,
    delivery: WebhookDeliveryId,
    key: &str,
    at: DateTime<Utc>,
) -> Result<Option<Event>, Error> {
    let (event_id, resource) = (format!("resend/{delivery}/{key}"), delivery.to_string());
    note_in(turn, (OUTBOUND, RESEND), event_id, resource, at).await
}

async fn note_in(
    turn: &impl ConnectionTrait,
    (provider, kind): (&'static str, &'static str),
    event_id: String,
    resource: String,
    at: DateTime<Utc>,
) -> Result<Option<Event>, Error> {
    #[derive(FromQueryResult)]
    struct Noted {
        id: i64,
    }
    let noted = Noted::find_by_statement(raw_sql!(
        Postgres,
        r"INSERT INTO inbox (provider, event_id, kind, resource_id, authentic, payload, received_at)
          VALUES ({provider}, {event_id}, {kind}, {resource}, true, '{}', {at})
          ON CONFLICT ON CONSTRAINT inbox_event_key DO NOTHING RETURNING id"
    ));
    Ok(noted.one(turn).await?.map(|noted| Event {
        id: noted.id,
        provider: provider.to_owned(),
        event_id,
        kind: kind.to_owned(),
        guest_id: None,
        message_id: None,
        resource_id: Some(resource),
        authentic: true,
        payload: json!({}),
        received_at: at,
        delivered_at: None,
        attempts: 0,
    }))
}
