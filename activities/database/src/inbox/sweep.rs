//! What the sweep needs: what is left to deliver, in order, and the promise that only one sweep runs.

use chrono::{DateTime, Utc};
use domain::{GuestId, MessageId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, raw_sql};
use serde_json::Value;
use uuid::Uuid;

use super::Event;
use crate::{Database, Error, Page};

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    provider: String,
    event_id: String,
    kind: String,
    guest_id: Option<Uuid>,
    message_id: Option<Uuid>,
    resource_id: Option<String>,
    authentic: bool,
    payload: Value,
    received_at: DateTime<Utc>,
    delivered_at: Option<DateTime<Utc>>,
    attempts: i32,
}

impl From<Row> for Event {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            provider: row.provider,
            event_id: row.event_id,
            kind: row.kind,
            guest_id: row.guest_id.map(GuestId::from_uuid),
            message_id: row.message_id.map(MessageId::from_uuid),
            resource_id: row.resource_id,
            authentic: row.authentic,
            payload: row.payload,
            received_at: row.received_at,
            delivered_at: row.delivered_at,
            attempts: row.attempts,
        }
    }
}

/// The oldest events whose workflow has not got them and that came in before `older_than`, in order. The
/// younger ones are being signalled by whoever accepted them.
///
/// # Errors
/// See [`Error`].
pub async fn undelivered(
    db: &Database,
    limit: u32,
    older_than: DateTime<Utc>,
) -> Result<Vec<Event>, Error> {
    let limit = i64::from(limit);
    let rows = Row::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT * FROM inbox WHERE delivered_at IS NULL AND received_at < {older_than}
          ORDER BY id LIMIT {limit}"
    ));
    Ok(rows
        .all(db.pool())
        .await?
        .into_iter()
        .map(Event::from)
        .collect())
}

/// When a provider last sent something whose signature was checked.
///
/// # Errors
/// See [`Error`].
pub async fn last_authentic(db: &Database, provider: &str) -> Result<Option<DateTime<Utc>>, Error> {
    #[derive(FromQueryResult)]
    struct Last {
        at: Option<DateTime<Utc>>,
    }
    let last = Last::find_by_statement(raw_sql!(
        Postgres,
        "SELECT max(received_at) AS at FROM inbox WHERE provider = {provider} AND authentic"
    ));
    Ok(last.one(db.pool()).await?.and_then(|last| last.at))
}

/// The events that came in last, the newest first: the webhook monitor.
///
/// # Errors
/// See [`Error`].
pub async fn recent(db: &Database, page: Page) -> Result<Vec<Event>, Error> {
    let (limit, offset) = (page.limit(), page.offset());
    let rows = Row::find_by_statement(raw_sql!(
        Postgres,
        "SELECT * FROM inbox ORDER BY id DESC LIMIT {limit} OFFSET {offset}"
    ));
    Ok(rows
        .all(db.pool())
        .await?
        .into_iter()
        .map(Event::from)
        .collect())
}

/// Remembers that the workflows of these events have got them.
///
/// Nobody waits for the disk: what a crash makes us forget is handed over once more, which changes nothing.
///
/// # Errors
/// See [`Error`].
pub async fn mark_delivered(db: &Database, ids: &[i64], at: DateTime<Utc>) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
              UPDATE inbox SET delivered_at = {at} FROM relaxed
              WHERE id IN ({..ids}) AND delivered_at IS NULL"
        ))
        .await?;
    Ok(())
}

/// Remembers that these events could not be handed over this time.
///
/// # Errors
/// See [`Error`].
pub async fn mark_attempted(db: &Database, ids: &[i64]) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE inbox SET attempts = attempts + 1 WHERE id IN ({..ids})"
        ))
        .await?;
    Ok(())
}

/// The right to sweep, held by one process of all. It ends with this value, or with the process.
#[derive(Debug)]
pub struct SweepLock {
    // The lock belongs to the transaction, and so never outlives its connection's use: a pooled session
    // cannot be handed on with the lock in it.
    turn: DatabaseTransaction,
}

impl SweepLock {
    /// Lets another process sweep.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn release(self) -> Result<(), Error> {
        Ok(self.turn.rollback().await?)
    }
}

#[derive(FromQueryResult)]
struct Locked {
    locked: bool,
}

/// The right to sweep, if nobody has it.
///
/// # Errors
/// See [`Error`].
pub async fn try_sweep_lock(db: &Database) -> Result<Option<SweepLock>, Error> {
    let turn = db.begin().await?;
    let asked = Locked::find_by_statement(raw_sql!(
        Postgres,
        "SELECT pg_try_advisory_xact_lock(hashtextextended('inbox/sweep', 0)) AS locked"
    ));
    let locked = asked.one(&turn).await?.is_some_and(|answer| answer.locked);
    Ok(locked.then_some(SweepLock { turn }))
}
