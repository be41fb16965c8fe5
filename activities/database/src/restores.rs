//! After the books came out of a backup: what was under way when it was made, so that every story is begun anew.
//!
//! Postgres is asked alone. What workflows, providers and guests know beyond it is found out by asking them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{GuestId, MessageId, ReservationCode, ReservationStatus};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, raw_sql};
use serde_json::Value;
use uuid::Uuid;

use crate::{Database, Error, row};

/// What was decided on so long before the backup began may not have been done: nothing of ours is tried longer
/// without being written down elsewhere.
const UNDER_WAY: TimeDelta = TimeDelta::days(1);

/// That a backup was put in the place of what was here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Restore {
    /// Its number.
    pub id: i64,
    /// When the backup was begun.
    pub backup_began_at: DateTime<Utc>,
    /// When it was restored.
    pub restored_at: DateTime<Utc>,
}

/// The right to begin every story anew, held by one process of all until it is done with it.
#[derive(Debug)]
pub struct Open {
    /// After which restore.
    pub restore: Restore,
    turn: DatabaseTransaction,
}

/// Writes down that a backup was restored. While an earlier restore is not dealt with, the older backup counts.
///
/// # Errors
/// See [`Error`].
pub async fn note(
    db: &Database,
    backup_began_at: DateTime<Utc>,
    restored_at: DateTime<Utc>,
) -> Result<(), Error> {
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"INSERT INTO restores (backup_began_at, restored_at) VALUES ({backup_began_at}, {restored_at})
              ON CONFLICT ((true)) WHERE begun_anew_at IS NULL DO UPDATE SET
                  backup_began_at = least(restores.backup_began_at, EXCLUDED.backup_began_at),
                  restored_at = EXCLUDED.restored_at"
        ))
        .await?;
    Ok(())
}

/// The restore after which nothing was begun anew yet, if there is one.
///
/// Whoever asks meanwhile waits for the one who is at it.
///
/// # Errors
/// See [`Error`].
pub async fn open(db: &Database) -> Result<Option<Open>, Error> {
    let turn = db.begin().await?;
    let asked = Restore::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT id, backup_began_at, restored_at FROM restores WHERE begun_anew_at IS NULL FOR UPDATE"
    ));
    let found = asked.one(&turn).await?;
    Ok(found.map(|restore| Open { restore, turn }))
}

/// Whether a restore is not dealt with yet.
///
/// # Errors
/// See [`Error`].
pub async fn is_open(db: &Database) -> Result<bool, Error> {
    let question = raw_sql!(
        Postgres,
        "SELECT count(*) FROM restores WHERE begun_anew_at IS NULL"
    );
    Ok(counted(db.pool(), question).await? > 0)
}

impl Open {
    /// Every story was begun anew.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn close(self, report: Value, at: DateTime<Utc>) -> Result<(), Error> {
        let id = self.restore.id;
        self.turn
            .execute_raw(raw_sql!(
                Postgres,
                "UPDATE restores SET begun_anew_at = {at}, report = {report} WHERE id = {id}"
            ))
            .await?;
        Ok(self.turn.commit().await?)
    }
}

/// A reservation whose story is begun anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Which.
    pub code: ReservationCode,
    /// What it is.
    pub status: ReservationStatus,
    /// The one extension of its hold was used.
    pub extended: bool,
}

#[derive(FromQueryResult)]
struct StoryRow {
    code: String,
    reservation_status: String,
    extended: bool,
}

/// The reservations of our own that wait for something.
///
/// Those that are alive, those with money on its way back, and those whose guest may not know that their hold ended.
///
/// # Errors
/// See [`Error`].
pub async fn stories(db: &Database, restore: Restore) -> Result<Vec<Story>, Error> {
    let since = restore.backup_began_at - UNDER_WAY;
    let asked = StoryRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT code, reservation_status, extended FROM reservations
          WHERE source IS NULL AND (
              reservation_status IN ('pre_reserved', 'confirmed')
              OR (reservation_status = 'expired' AND expired_at >= {since})
              OR EXISTS (SELECT FROM refunds WHERE refunds.code = reservations.code
                  AND refunds.status IN ('intended', 'in_process')
                  AND refunds.payment_id NOT LIKE 'by-hand:%'))
          ORDER BY id"
    ));
    let rows = asked.all(db.pool()).await?;
    rows.into_iter()
        .map(|found| {
            Ok(Story {
                code: row::word(&found.code)?,
                status: row::word(&found.reservation_status)?,
                extended: found.extended,
            })
        })
        .collect()
}

/// Has every webhook delivered anew that may have been under way; answers how many.
///
/// Whoever has heard one before does nothing about it.
///
/// # Errors
/// See [`Error`].
pub async fn deliver_anew(db: &Database, restore: Restore) -> Result<u64, Error> {
    let since = restore.backup_began_at - UNDER_WAY;
    let done = db
        .pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE inbox SET delivered_at = NULL, attempts = 0
              WHERE delivered_at IS NOT NULL AND (received_at >= {since}
                  OR provider = 'outbound' AND event_id IN
                      (SELECT id::text FROM webhook_deliveries WHERE status = 'pending'))"
        ))
        .await?;
    Ok(done.rows_affected())
}

#[derive(FromQueryResult)]
struct StaffRow {
    id: Uuid,
    guest_id: Uuid,
}

/// What people wrote to guests and may not have gone out.
///
/// # Errors
/// See [`Error`].
pub async fn unsent_by_staff(
    db: &Database,
    restore: Restore,
) -> Result<Vec<(GuestId, MessageId)>, Error> {
    let since = restore.backup_began_at - UNDER_WAY;
    let asked = StaffRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT id, guest_id FROM messages
          WHERE direction = 'out' AND step LIKE 'staff/%' AND status IN ('composed', 'attempted')
              AND created_at >= {since}
          ORDER BY seq"
    ));
    let rows = asked.all(db.pool()).await?;
    let message = |found: StaffRow| {
        (
            GuestId::from_uuid(found.guest_id),
            MessageId::from_uuid(found.id),
        )
    };
    Ok(rows.into_iter().map(message).collect())
}

#[derive(FromQueryResult)]
struct CodeRow {
    code: String,
}

/// Reservations that were cancelled just before, and of which Postgres does not know that everything followed.
///
/// The guest was told nothing, or paid and nothing goes back. By policy that may be right; a person looks.
///
/// # Errors
/// See [`Error`].
pub async fn doubtful_cancellations(
    db: &Database,
    restore: Restore,
) -> Result<Vec<ReservationCode>, Error> {
    let since = restore.backup_began_at - UNDER_WAY;
    let asked = CodeRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT code FROM reservations
          WHERE source IS NULL AND reservation_status = 'cancelled' AND cancelled_at >= {since}
              AND ((paid_centavos > 0 AND NOT EXISTS
                      (SELECT FROM refunds WHERE refunds.code = reservations.code))
                  OR (guest_id IS NOT NULL AND NOT EXISTS
                      (SELECT FROM messages WHERE messages.guest_id = reservations.guest_id
                          AND (step LIKE code || '/cancelled/%' OR step LIKE code || '/displaced/%'
                              OR step LIKE code || '/not-kept/%'))))
          ORDER BY id"
    ));
    let rows = asked.all(db.pool()).await?;
    rows.into_iter()
        .map(|found| row::word(&found.code))
        .collect()
}

#[derive(FromQueryResult)]
struct BeganRow {
    began: Option<DateTime<Utc>>,
}

/// From when on a provider may know what our books do not, if they came out of a backup since `restored_since`.
///
/// # Errors
/// See [`Error`].
pub async fn unknown_since(
    db: &Database,
    restored_since: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Error> {
    let asked = BeganRow::find_by_statement(raw_sql!(
        Postgres,
        "SELECT min(backup_began_at) AS began FROM restores WHERE restored_at >= {restored_since}"
    ));
    Ok(asked.one(db.pool()).await?.and_then(|found| found.began))
}

#[derive(FromQueryResult)]
struct CountRow {
    count: i64,
}

async fn counted(turn: &impl ConnectionTrait, question: sea_orm::Statement) -> Result<i64, Error> {
    let found = CountRow::find_by_statement(question).one(turn).await?;
    let found = found.ok_or_else(|| Error::unexpected("a count answered no row"))?;
    Ok(found.count)
}

/// How many others are connected to this database: whoever is must stop before it is replaced.
///
/// The pool that asks must have one connection.
///
/// # Errors
/// See [`Error`].
pub async fn others_connected(db: &Database) -> Result<i64, Error> {
    let question = raw_sql!(
        Postgres,
        r"SELECT count(*) FROM pg_stat_activity
          WHERE datname = current_database() AND backend_type = 'client backend'
              AND pid <> pg_backend_pid()"
    );
    counted(db.pool(), question).await
}

/// How many tables there are: a backup goes into an empty database.
///
/// # Errors
/// See [`Error`].
pub async fn tables(db: &Database) -> Result<i64, Error> {
    let question = raw_sql!(
        Postgres,
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    );
    counted(db.pool(), question).await
}

/// Throws away everything in this database.
///
/// # Errors
/// See [`Error`].
pub async fn throw_away(db: &Database) -> Result<(), Error> {
    let turn = db.begin().await?;
    let statements =
        "SET LOCAL statement_timeout = 0; DROP SCHEMA public CASCADE; CREATE SCHEMA public;";
    turn.execute_unprepared(statements).await?;
    Ok(turn.commit().await?)
}
