//! Writing events down: one transaction, however many come in one webhook. That is four short exchanges with
//! Postgres where guests are to be found, and one where none are.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::{GuestId, MessageId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, raw_sql};
use serde_json::{Value, json};

use super::{Accepted, NewEvent};
use crate::{
    Database, Error,
    guests::{Identity, resolve_in},
    retry::until_settled,
};

/// Writes events down, with the guests who sent them and the messages in them, all or nothing. Answers for
/// each, in order.
///
/// Idempotent on the provider and the event's id, and for messages on their `wamid`. When this has returned,
/// the webhook may be acknowledged, and not before.
///
/// # Errors
/// [`Error::Unavailable`] when it could not be written: the provider must send it again.
pub async fn accept(db: &Database, events: &[NewEvent]) -> Result<Vec<Accepted>, Error> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    until_settled(|| accept_once(db, events)).await
}

async fn accept_once(db: &Database, events: &[NewEvent]) -> Result<Vec<Accepted>, Error> {
    if events.iter().all(|event| event.guest.is_none()) {
        return accept_of_nobody(db, events).await;
    }
    let turn = db.begin().await?;
    let guests = resolve_all(&turn, events).await?;
    let entries: Vec<Entry<'_>> = events
        .iter()
        .map(|event| Entry::new(event, &guests))
        .collect();
    let mut ids = insert(&turn, &entries).await?;
    let fresh = ids.clone();
    if ids.len() < entries.len() {
        ids.extend(find(&turn, &entries).await?);
    }
    turn.commit().await?;
    answer(&entries, &ids, fresh)
}

/// Events that no guest is behind, such as notifications of payments: one statement writes them all down, and a
/// statement is a transaction by itself.
async fn accept_of_nobody(db: &Database, events: &[NewEvent]) -> Result<Vec<Accepted>, Error> {
    let nobody = HashMap::new();
    let entries: Vec<Entry<'_>> = events
        .iter()
        .map(|event| Entry::new(event, &nobody))
        .collect();
    let mut ids = insert(db.pool(), &entries).await?;
    let fresh = ids.clone();
    if ids.len() < entries.len() {
        ids.extend(find(db.pool(), &entries).await?);
    }
    answer(&entries, &ids, fresh)
}

/// An event and what it was found to be about.
struct Entry<'a> {
    event: &'a NewEvent,
    guest_id: Option<GuestId>,
    message_id: Option<MessageId>,
}

/// What the provider calls an event.
type Name = (String, String);

impl<'a> Entry<'a> {
    fn new(event: &'a NewEvent, guests: &HashMap<Key, GuestId>) -> Self {
        let guest_id = event
            .guest
            .as_ref()
            .and_then(|guest| guests.get(&key(guest)).copied());
        let message_id = event
            .message
            .as_ref()
            .filter(|_| guest_id.is_some())
            // Derived from its name, so that a repetition needs no look-up.
            .map(|message| MessageId::for_step(&format!("inbound/{}", message.wamid)));
        Self {
            event,
            guest_id,
            message_id,
        }
    }

    fn name(&self) -> Name {
        (self.event.provider.clone(), self.event.event_id.clone())
    }

    fn document(&self) -> Value {
        let event = self.event;
        let message = event.message.as_ref().filter(|_| self.message_id.is_some());
        json!({
            "provider": event.provider,
            "event_id": event.event_id,
            "kind": event.kind,
            "guest_id": self.guest_id.map(GuestId::uuid),
            "message_id": self.message_id.map(MessageId::uuid),
            "resource_id": event.resource_id,
            "authentic": event.authentic,
            "payload": event.payload,
            "received_at": event.received_at,
            "wamid": message.map(|message| &message.wamid),
            "message_kind": message.map(|message| &message.kind),
            "content": message.map(|message| &message.content),
            "written_at": message.map(|message| message.at),
        })
    }
}

type Key = (Option<String>, Option<String>);

fn key(identity: &Identity) -> Key {
    (identity.bsuid.clone(), identity.wa_id.clone())
}

/// Every guest of the batch once, always in the same order, so that two batches do not wait for each other.
async fn resolve_all(
    turn: &DatabaseTransaction,
    events: &[NewEvent],
) -> Result<HashMap<Key, GuestId>, Error> {
    let named = |guest: &&Identity| guest.bsuid.is_some() || guest.wa_id.is_some();
    let written_at = |event: &NewEvent| match &event.message {
        Some(message) => message.at,
        None => event.received_at,
    };
    let identities: BTreeMap<Key, (&Identity, DateTime<Utc>)> = events
        .iter()
        .filter_map(|event| Some((event.guest.as_ref()?, written_at(event))))
        .filter(|(guest, _)| named(guest))
        .map(|(guest, at)| (key(guest), (guest, at)))
        .collect();
    let mut guests = HashMap::with_capacity(identities.len());
    for (key, (identity, written_at)) in identities {
        guests.insert(key, resolve_in(turn, identity, written_at).await?);
    }
    Ok(guests)
}

#[derive(FromQueryResult)]
struct Numbered {
    id: i64,
    provider: String,
    event_id: String,
}

fn by_name(rows: Vec<Numbered>) -> HashMap<Name, i64> {
    rows.into_iter()
        .map(|row| ((row.provider, row.event_id), row.id))
        .collect()
}

/// Inserts what is new and answers its numbers.
async fn insert(
    turn: &impl ConnectionTrait,
    entries: &[Entry<'_>],
) -> Result<HashMap<Name, i64>, Error> {
    let batch = Value::Array(entries.iter().map(Entry::document).collect());
    let inserted = Numbered::find_by_statement(raw_sql!(
        Postgres,
        r"WITH event AS MATERIALIZED (
              SELECT * FROM ROWS FROM (jsonb_to_recordset({batch}) AS (
                  provider text, event_id text, kind text, guest_id uuid, message_id uuid, resource_id text,
                  authentic boolean, payload jsonb, received_at timestamptz, wamid text, message_kind text,
                  content jsonb, written_at timestamptz)
              ) WITH ORDINALITY AS event (
                  provider, event_id, kind, guest_id, message_id, resource_id, authentic, payload,
                  received_at, wamid, message_kind, content, written_at, position)
          ), message AS (
              INSERT INTO messages (
                  id, guest_id, direction, kind, content, wamid, status, provider_timestamp)
              SELECT message_id, guest_id, 'in', message_kind, content, wamid, 'received', written_at
              FROM event WHERE message_id IS NOT NULL ORDER BY position
              ON CONFLICT DO NOTHING
          ), heard AS (
              UPDATE guests SET last_inbound_at = greatest(guests.last_inbound_at, latest.written_at)
              FROM (SELECT guest_id, max(written_at) AS written_at FROM event
                    WHERE message_id IS NOT NULL GROUP BY guest_id) AS latest
              WHERE guests.id = latest.guest_id
          )
          INSERT INTO inbox (
              provider, event_id, kind, guest_id, message_id, resource_id, authentic, payload, received_at)
          SELECT provider, event_id, kind, guest_id, message_id, resource_id, authentic, payload, received_at
          FROM event ORDER BY position
          ON CONFLICT DO NOTHING
          RETURNING id, provider, event_id"
    ));
    Ok(by_name(inserted.all(turn).await?))
}

/// The numbers of events that had come before.
async fn find(
    turn: &impl ConnectionTrait,
    entries: &[Entry<'_>],
) -> Result<HashMap<Name, i64>, Error> {
    let names = entries
        .iter()
        .map(|entry| json!({ "provider": entry.event.provider, "event_id": entry.event.event_id }));
    let names = Value::Array(names.collect());
    let found = Numbered::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT inbox.id, inbox.provider, inbox.event_id
          FROM inbox JOIN jsonb_to_recordset({names}) AS event (provider text, event_id text)
              USING (provider, event_id)"
    ));
    Ok(by_name(found.all(turn).await?))
}

fn answer(
    entries: &[Entry<'_>],
    ids: &HashMap<Name, i64>,
    mut fresh: HashMap<Name, i64>,
) -> Result<Vec<Accepted>, Error> {
    entries
        .iter()
        .map(|entry| {
            let name = entry.name();
            let inbox_id = ids.get(&name).copied();
            Ok(Accepted {
                inbox_id: inbox_id.ok_or_else(|| Error::unexpected("an event was not written"))?,
                // Twice in one webhook is new once.
                new: fresh.remove(&name).is_some(),
                guest_id: entry.guest_id,
                message_id: entry.message_id,
            })
        })
        .collect()
}
