//! Messages on their way out. An attempt is written down before it is made, so that one that was cut off is
//! known to be in doubt.

use chrono::{DateTime, Utc};
use domain::{GuestId, MessageId};
use sea_orm::{ConnectionTrait, EntityTrait, raw_sql};
use serde_json::{Value, json};

use super::{Outbound, outbound, statuses};
use crate::{Database, Error, entity::message::Entity, retry::until_settled};

/// A message to a guest, before it is sent.
#[derive(Debug, Clone)]
pub struct NewOutbound {
    /// Its name, derived from the step: the key that keeps it from being sent twice.
    pub id: MessageId,
    /// Whom it is for.
    pub guest_id: GuestId,
    /// The step that sends it.
    pub step: String,
    /// What kind of message.
    pub kind: String,
    /// What it says.
    pub content: Value,
}

/// Whether a message may be sent now.
#[derive(Debug, Clone, PartialEq)]
pub enum Attempt {
    /// Nothing has been tried, or what was tried certainly did not go out.
    Fresh(Outbound),
    /// An attempt at this time was cut off: it may have gone out. A status will tell; sending again risks
    /// sending twice.
    InDoubt {
        /// The message.
        message: Outbound,
        /// When the attempt that was cut off was made.
        since: DateTime<Utc>,
    },
    /// The provider has it, or it failed for good: there is nothing to send.
    Settled(Outbound),
}

/// Writes messages down, in order, before any of them is sent. Idempotent on their ids: what was composed
/// first stays.
///
/// # Errors
/// [`Error::Conflict`] when a guest does not exist.
pub async fn compose(db: &Database, messages: &[NewOutbound]) -> Result<(), Error> {
    compose_in(db.pool(), messages).await
}

/// [`compose`] as part of something larger.
pub(crate) async fn compose_in(
    turn: &impl ConnectionTrait,
    messages: &[NewOutbound],
) -> Result<(), Error> {
    if messages.is_empty() {
        return Ok(());
    }
    let batch = messages.iter().map(|message| {
        json!({
            "id": message.id.uuid(),
            "guest_id": message.guest_id.uuid(),
            "step": message.step,
            "kind": message.kind,
            "content": message.content,
        })
    });
    let batch = Value::Array(batch.collect());
    turn.execute_raw(raw_sql!(
        Postgres,
        r"INSERT INTO messages (id, guest_id, direction, kind, content, step, status)
              SELECT id, guest_id, 'out', kind, content, step, 'composed'
              FROM ROWS FROM (jsonb_to_recordset({batch})
                  AS (id uuid, guest_id uuid, step text, kind text, content jsonb)
              ) WITH ORDINALITY AS message (id, guest_id, step, kind, content, position)
              ORDER BY position
              ON CONFLICT (id) DO NOTHING"
    ))
    .await?;
    Ok(())
}

/// Asks for the right to send a message, and writes down that it is being tried.
///
/// # Errors
/// [`Error::NotFound`] when it was not composed.
pub async fn begin_attempt(
    db: &Database,
    id: MessageId,
    at: DateTime<Utc>,
) -> Result<Attempt, Error> {
    let uuid = id.uuid();
    let begun = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            r"UPDATE messages SET status = 'attempted', attempted_at = {at}
              WHERE id = {uuid} AND direction = 'out' AND status = 'composed' RETURNING *"
        ))
        .one(db.pool())
        .await?;
    if let Some(begun) = begun {
        return Ok(Attempt::Fresh(begun.try_into()?));
    }
    let message = outbound(db, id)
        .await?
        .ok_or(Error::NotFound { what: "message" })?;
    Ok(match message.attempted_at {
        Some(since) if !message.delivery.is_settled() => Attempt::InDoubt { message, since },
        _ => Attempt::Settled(message),
    })
}

/// Begins anew an attempt that stayed in doubt: no status has told of it, so it did not go out.
///
/// The attempt is named by its time, so that of two who ask only one begins, and nobody who comes between finds the
/// message unattempted.
///
/// # Errors
/// [`Error::NotFound`] when it was not composed.
pub async fn begin_again(
    db: &Database,
    id: MessageId,
    since: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<Attempt, Error> {
    let uuid = id.uuid();
    let begun = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            r"UPDATE messages SET attempted_at = {at}, error_code = NULL, error = 'no status told of it'
              WHERE id = {uuid} AND direction = 'out' AND status = 'attempted' AND attempted_at = {since}
              RETURNING *"
        ))
        .one(db.pool())
        .await?;
    match begun {
        Some(begun) => Ok(Attempt::Fresh(begun.try_into()?)),
        None => begin_attempt(db, id, at).await,
    }
}

/// Remembers that the provider took a message and what it calls it, together with the statuses that were
/// faster than that answer.
///
/// # Errors
/// [`Error::NotFound`] when it was not composed.
pub async fn mark_accepted(
    db: &Database,
    id: MessageId,
    wamid: &str,
    at: DateTime<Utc>,
) -> Result<Outbound, Error> {
    until_settled(|| accept_once(db, id, wamid, at)).await
}

async fn accept_once(
    db: &Database,
    id: MessageId,
    wamid: &str,
    at: DateTime<Utc>,
) -> Result<Outbound, Error> {
    let uuid = id.uuid();
    let turn = db.begin().await?;
    statuses::stand_in_line(&turn, wamid).await?;
    // A failure written by us was a guess that this answer disproves; the provider's own is not.
    let accepted = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            r"UPDATE messages SET
                  status = CASE
                      WHEN message_status_rank(status) < message_status_rank('accepted') THEN 'accepted'
                      WHEN status = 'failed' AND wamid IS NULL THEN 'accepted'
                      ELSE status END,
                  wamid = coalesce(wamid, {wamid}),
                  accepted_at = coalesce(accepted_at, {at}),
                  error = CASE WHEN status = 'failed' AND wamid IS NOT NULL THEN error END,
                  error_code = CASE WHEN status = 'failed' AND wamid IS NOT NULL THEN error_code END
              WHERE id = {uuid} AND direction = 'out' RETURNING *"
        ))
        .one(&turn)
        .await?
        .ok_or(Error::NotFound { what: "message" })?;
    let settled = statuses::match_waiting(&turn, wamid).await?;
    turn.commit().await?;
    settled.unwrap_or(accepted).try_into()
}

/// Remembers that a message will not go out. What the provider has taken does not fail this way.
///
/// # Errors
/// See [`Error`].
pub async fn mark_failed(
    db: &Database,
    id: MessageId,
    code: Option<i32>,
    text: &str,
) -> Result<(), Error> {
    give_up(db, id, "failed", code, text).await
}

/// Remembers that the provider refused the last attempt: nothing went out, and it may be tried again.
///
/// # Errors
/// See [`Error`].
pub async fn mark_refused(
    db: &Database,
    id: MessageId,
    code: Option<i32>,
    text: &str,
) -> Result<(), Error> {
    give_up(db, id, "composed", code, text).await
}

async fn give_up(
    db: &Database,
    id: MessageId,
    status: &str,
    code: Option<i32>,
    text: &str,
) -> Result<(), Error> {
    let id = id.uuid();
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE messages SET status = {status}, error_code = {code}, error = {text}
              WHERE id = {id} AND direction = 'out' AND status IN ('composed', 'attempted')"
        ))
        .await?;
    Ok(())
}
