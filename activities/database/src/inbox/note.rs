//! What comes from our own pages and must reach a workflow as surely as a webhook.

use chrono::{DateTime, Utc};
use domain::{GuestId, MessageId};
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
