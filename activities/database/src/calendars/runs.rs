//! The last runs of a feed, and what keeps a run that is repeated from being two.

use chrono::{DateTime, Utc};
use domain::{AccommodationId, FeedId};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::Value;

use super::apply::Report;
use crate::{Database, Error, Page, row};

/// How many runs of a feed are kept.
const KEPT: i64 = 50;

/// One run of a feed.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Run {
    /// When.
    pub at: DateTime<Utc>,
    /// `applied`, `unchanged`, `not_modified`, `held`, `superseded` or `failed`.
    pub outcome: String,
    /// Why it failed.
    pub error: Option<String>,
    /// How many of each.
    pub counts: Value,
    /// What was odd in the feed.
    pub warnings: Value,
}

/// The last runs of a feed, the newest first.
///
/// # Errors
/// See [`Error`].
pub async fn runs(db: &Database, feed: FeedId, page: Page) -> Result<Vec<Run>, Error> {
    let (feed, limit, offset) = (feed.uuid(), page.limit(), page.offset());
    let found = Run::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT at, outcome, error, counts, warnings FROM calendar_runs WHERE feed_id = {feed}
          ORDER BY id DESC LIMIT {limit} OFFSET {offset}"
    ));
    Ok(found.all(db.pool()).await?)
}

/// What a run of this key came to, if it was made before.
///
/// # Errors
/// See [`Error`].
pub async fn made_before(db: &Database, feed: FeedId, key: &str) -> Result<Option<Report>, Error> {
    found(db.pool(), feed, key).await
}

/// The same, of every feed of an accommodation.
///
/// # Errors
/// See [`Error`].
pub async fn made_under(
    db: &Database,
    accommodation_id: AccommodationId,
    key: &str,
) -> Result<Vec<(FeedId, Report)>, Error> {
    let id = accommodation_id.uuid();
    let found = db.pool().query_all_raw(raw_sql!(
        Postgres,
        r"SELECT feed_id, counts FROM calendar_runs JOIN calendar_feeds AS feed ON feed.id = feed_id
          WHERE feed.accommodation_id = {id} AND key = {key}"
    ));
    let made = found.await?.into_iter().map(|found| {
        let feed = FeedId::from_uuid(found.try_get("", "feed_id")?);
        Ok((feed, row::document(found.try_get("", "counts")?)?))
    });
    made.collect()
}

/// The same, in a transaction.
pub(super) async fn found(
    turn: &impl ConnectionTrait,
    feed: FeedId,
    key: &str,
) -> Result<Option<Report>, Error> {
    let feed = feed.uuid();
    let found = turn
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT counts FROM calendar_runs WHERE feed_id = {feed} AND key = {key}"
        ))
        .await?;
    let counts: Option<Value> = found.map(|found| found.try_get("", "counts")).transpose()?;
    counts.map(row::document).transpose()
}

/// Writes a run down, and forgets the oldest.
pub(super) async fn keep(
    turn: &impl ConnectionTrait,
    feed: FeedId,
    key: &str,
    at: DateTime<Utc>,
    report: &Report,
    warnings: &Value,
) -> Result<(), Error> {
    let feed = feed.uuid();
    let (outcome, error) = (report.outcome.as_str(), report.error.as_deref());
    let counts = row::to_document(report)?;
    let warnings = warnings.clone();
    let older = KEPT - 1;
    turn.execute_raw(raw_sql!(
        Postgres,
        r"WITH forgotten AS (
              DELETE FROM calendar_runs WHERE id IN (
                  SELECT id FROM calendar_runs WHERE feed_id = {feed} ORDER BY id DESC OFFSET {older})
          )
          INSERT INTO calendar_runs (feed_id, key, at, outcome, error, counts, warnings)
          VALUES ({feed}, {key}, {at}, {outcome}, {error}, {counts}, {warnings})"
    ))
    .await?;
    Ok(())
}
