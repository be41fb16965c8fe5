//! How business goes, in numbers for those who watch: nothing of any guest's.

use chrono::{DateTime, Utc};
use sea_orm::{FromQueryResult, raw_sql};
use uuid::Uuid;

use crate::{Database, Error};

/// What waits, and for how long; 0 where nothing does.
#[derive(Debug, Clone, Copy, PartialEq, FromQueryResult)]
pub struct Waiting {
    /// How long the oldest hold that should have expired is past its time.
    pub holds_overdue_seconds: f64,
    /// Messages that are written and not taken by the platform.
    pub outbox: f64,
    /// Age of the oldest.
    pub outbox_oldest_seconds: f64,
    /// Webhooks that no workflow has got.
    pub inbox: f64,
    /// Age of the oldest.
    pub inbox_oldest_seconds: f64,
    /// Refunds that are decided and not through at the provider; those by hand are the owner's matters.
    pub refunds: f64,
    /// Age of the oldest.
    pub refunds_oldest_seconds: f64,
}

/// How many there are of something that goes by one or two words of ours.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Counted {
    /// The first word.
    pub what: String,
    /// The second; empty where one is enough.
    pub of: String,
    /// How many.
    pub count: i32,
}

/// How a feed does.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct FeedHealth {
    /// Our id of it.
    pub id: Uuid,
    /// Whose calendar.
    pub channel: String,
    /// Since when it has given nothing good.
    pub age_seconds: f64,
    /// How often it failed one after the other.
    pub failures: f64,
}

/// What somebody may have to be woken for.
#[derive(Debug, Clone, PartialEq)]
pub struct Urgent {
    /// What waits.
    pub waiting: Waiting,
    /// Conflicts that nobody has resolved, by severity.
    pub conflicts: Vec<Counted>,
    /// The feeds that are read.
    pub feeds: Vec<FeedHealth>,
}

/// How much there is of everything. It takes longer the more there is.
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    /// What happened to reservations, by what and by channel.
    pub events: Vec<Counted>,
    /// Reservations and blocks, by status and channel.
    pub reservations: Vec<Counted>,
    /// Payments, by status.
    pub payments: Vec<Counted>,
}

/// Looks at what waits. As fast in a large house as in a small one.
///
/// # Errors
/// See [`Error`].
pub async fn urgent(db: &Database, now: DateTime<Utc>) -> Result<Urgent, Error> {
    let conflicts = raw_sql!(
        Postgres,
        r"SELECT severity AS what, '' AS of,
              count(*) FILTER (WHERE calendar_conflicts.state <> 'resolved')::int AS count
          FROM (VALUES ('critical'), ('warning'), ('info')) AS known (severity)
          LEFT JOIN calendar_conflicts USING (severity) GROUP BY severity"
    );
    let feeds = raw_sql!(
        Postgres,
        r"SELECT id, channel, failures::float8 AS failures,
              greatest(extract(epoch FROM {now} - coalesce(last_good_at, created_at)), 0)::float8
                  AS age_seconds
          FROM calendar_feeds WHERE removed_at IS NULL AND NOT paused"
    );
    Ok(Urgent {
        waiting: waiting(db, now).await?,
        conflicts: Counted::find_by_statement(conflicts).all(db.pool()).await?,
        feeds: FeedHealth::find_by_statement(feeds).all(db.pool()).await?,
    })
}

/// Counts everything.
///
/// # Errors
/// See [`Error`].
pub async fn totals(db: &Database) -> Result<Totals, Error> {
    let events = raw_sql!(
        Postgres,
        r"SELECT kind AS what, channel AS of, count(*)::int AS count
          FROM reservation_events JOIN reservations USING (code) GROUP BY kind, channel"
    );
    let reservations = raw_sql!(
        Postgres,
        r"SELECT reservation_status AS what, channel AS of, count(*)::int AS count
          FROM reservations GROUP BY reservation_status, channel"
    );
    let payments = raw_sql!(
        Postgres,
        "SELECT status AS what, '' AS of, count(*)::int AS count FROM payments GROUP BY status"
    );
    Ok(Totals {
        events: Counted::find_by_statement(events).all(db.pool()).await?,
        reservations: Counted::find_by_statement(reservations)
            .all(db.pool())
            .await?,
        payments: Counted::find_by_statement(payments).all(db.pool()).await?,
    })
}

async fn waiting(db: &Database, now: DateTime<Utc>) -> Result<Waiting, Error> {
    let asked = raw_sql!(
        Postgres,
        r"WITH hold AS (
              SELECT min(expires_at) AS oldest FROM reservations
              WHERE reservation_status = 'pre_reserved' AND expires_at < {now}
          ), outbox AS (
              SELECT count(*) AS waiting, min(created_at) AS oldest FROM messages
              WHERE direction = 'out' AND status IN ('composed', 'attempted')
          ), inbox AS (
              SELECT count(*) AS waiting, min(received_at) AS oldest FROM inbox WHERE delivered_at IS NULL
          ), refund AS (
              SELECT count(*) AS waiting, min(created_at) AS oldest FROM refunds
              WHERE status IN ('intended', 'in_process') AND payment_id NOT LIKE 'by-hand:%'
          )
          SELECT
              coalesce(extract(epoch FROM {now} - hold.oldest), 0)::float8 AS holds_overdue_seconds,
              outbox.waiting::float8 AS outbox,
              coalesce(greatest(extract(epoch FROM {now} - outbox.oldest), 0), 0)::float8
                  AS outbox_oldest_seconds,
              inbox.waiting::float8 AS inbox,
              coalesce(greatest(extract(epoch FROM {now} - inbox.oldest), 0), 0)::float8
                  AS inbox_oldest_seconds,
              refund.waiting::float8 AS refunds,
              coalesce(greatest(extract(epoch FROM {now} - refund.oldest), 0), 0)::float8
                  AS refunds_oldest_seconds
          FROM hold, outbox, inbox, refund"
    );
    let found = Waiting::find_by_statement(asked).one(db.pool()).await?;
    found.ok_or(Error::NotFound {
        what: "answer to a question about everything",
    })
}
