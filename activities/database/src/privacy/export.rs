//! Everything that we have of a guest, in one document that they can read.

use domain::GuestId;
use sea_orm::{FromQueryResult, raw_sql};
use serde_json::Value;

use super::records;
use crate::{Database, Error};

#[derive(FromQueryResult)]
struct Document {
    document: Value,
}

/// Everything that we have of a guest; nothing when there is no such guest.
///
/// # Errors
/// See [`Error`].
pub async fn export(db: &Database, guest: GuestId) -> Result<Option<Value>, Error> {
    let ids = records(db.pool(), guest.uuid()).await?;
    if ids.is_empty() {
        return Ok(None);
    }
    let first = guest.uuid();
    let asked = raw_sql!(
        Postgres,
        r"WITH mine AS (
              SELECT * FROM reservations WHERE guest_id IN ({..ids})
          )
          SELECT jsonb_build_object(
              'guest', (SELECT to_jsonb(guests) FROM guests WHERE id = {first}),
              'former_addresses', (SELECT coalesce(jsonb_agg(to_jsonb(guest_aliases)), '[]')
                  FROM guest_aliases WHERE guest_id IN ({..ids})),
              'consents', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', at, 'what', what) ORDER BY id), '[]')
                  FROM guest_consents WHERE guest_id IN ({..ids})),
              'messages', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', created_at,
                      'direction', direction, 'kind', kind, 'content', content, 'heard', hearing,
                      'status', status) ORDER BY seq), '[]')
                  FROM messages WHERE guest_id IN ({..ids})),
              'remembered', (SELECT coalesce(jsonb_agg(state), '[]')
                  FROM dialogue_states WHERE guest_id IN ({..ids})),
              'waiting_list', (SELECT coalesce(jsonb_agg(to_jsonb(waiting_list) ORDER BY id), '[]')
                  FROM waiting_list WHERE guest_id IN ({..ids})),
              'reservations', (SELECT coalesce(jsonb_agg(to_jsonb(mine) ORDER BY mine.id), '[]') FROM mine),
              'events', (SELECT coalesce(jsonb_agg(jsonb_build_object('code', code, 'at', at, 'kind', kind,
                      'details', details) ORDER BY id), '[]')
                  FROM reservation_events WHERE code IN (SELECT code FROM mine)),
              'payments', (SELECT coalesce(jsonb_agg(to_jsonb(payments) ORDER BY created_at), '[]')
                  FROM payments WHERE code IN (SELECT code FROM mine)),
              'refunds', (SELECT coalesce(jsonb_agg(to_jsonb(refunds) ORDER BY created_at), '[]')
                  FROM refunds WHERE code IN (SELECT code FROM mine)),
              'webhooks', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', received_at,
                      'provider', provider, 'kind', kind, 'payload', payload) ORDER BY id), '[]')
                  FROM inbox WHERE guest_id IN ({..ids}))
          ) AS document"
    );
    let found = Document::find_by_statement(asked).one(db.pool()).await?;
    Ok(found.map(|found| found.document))
}
