//! The feeds themselves. Their addresses are secrets and leave only as such.

use ::calendars::{Channel, Settings, Status};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{AccommodationId, FeedId};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use uuid::Uuid;

use crate::{Database, Error, Page, row};

/// A calendar of another channel that is read for one accommodation.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Its name.
    pub id: FeedId,
    /// For which accommodation.
    pub accommodation_id: AccommodationId,
    /// Whose calendar.
    pub channel: Channel,
    /// Where it is read. A secret.
    pub url: SecretString,
    /// What the owner decided.
    pub settings: Settings,
    /// Whether it is left alone for now.
    pub paused: bool,
    /// How it goes.
    pub status: Status,
    /// The value for `If-None-Match`.
    pub etag: Option<String>,
    /// The value for `If-Modified-Since`.
    pub last_modified: Option<String>,
    /// When it was last asked for without conditions.
    pub read_whole_at: Option<DateTime<Utc>>,
    /// The last try.
    pub last_try_at: Option<DateTime<Utc>>,
    /// The last try that brought a snapshot, or word that nothing changed.
    pub last_good_at: Option<DateTime<Utc>>,
    /// Not to be tried before, after failures.
    pub next_try_at: Option<DateTime<Utc>>,
    /// How many tries failed in a row.
    pub failures: u32,
    /// Since when.
    pub failing_since: Option<DateTime<Utc>>,
    /// What the last failure was.
    pub last_error: Option<String>,
    /// When the owner last heard of failures.
    pub alerted_at: Option<DateTime<Utc>>,
    /// Since when a drop is held.
    pub drop_since: Option<DateTime<Utc>>,
    /// The owner said that what dropped is still taken.
    pub keep_dropped: bool,
    /// Whether the owner was told of the channel's booking window.
    pub told_of_rule: bool,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was removed.
    pub removed_at: Option<DateTime<Utc>>,
    /// How often its address or its settings have changed.
    pub edition: i32,
}

/// A feed to be read from now on.
#[derive(Debug, Clone)]
pub struct NewFeed {
    /// Its name.
    pub id: FeedId,
    /// For which accommodation.
    pub accommodation_id: AccommodationId,
    /// Whose calendar.
    pub channel: Channel,
    /// Where it is read.
    pub url: SecretString,
    /// What the owner decided.
    pub settings: Settings,
    /// When it was asked for.
    pub at: DateTime<Utc>,
}

/// How old what a feed told us is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// Which feed.
    pub feed: FeedId,
    /// For which accommodation.
    pub accommodation_id: AccommodationId,
    /// Whose calendar.
    pub channel: Channel,
    /// How it goes.
    pub status: Status,
    /// When it was last read, or else added.
    pub since: DateTime<Utc>,
}

#[derive(FromQueryResult)]
pub(super) struct FeedRow {
    id: Uuid,
    accommodation_id: Uuid,
    channel: String,
    url: String,
    settings: Value,
    paused: bool,
    status: String,
    etag: Option<String>,
    last_modified: Option<String>,
    read_whole_at: Option<DateTime<Utc>>,
    last_try_at: Option<DateTime<Utc>>,
    last_good_at: Option<DateTime<Utc>>,
    next_try_at: Option<DateTime<Utc>>,
    failures: i32,
    failing_since: Option<DateTime<Utc>>,
    last_error: Option<String>,
    alerted_at: Option<DateTime<Utc>>,
    drop_since: Option<DateTime<Utc>>,
    drop_answer: Option<String>,
    rule_told_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    removed_at: Option<DateTime<Utc>>,
    edition: i32,
}

impl TryFrom<FeedRow> for Feed {
    type Error = Error;

    fn try_from(found: FeedRow) -> Result<Self, Error> {
        Ok(Self {
            id: FeedId::from_uuid(found.id),
            accommodation_id: AccommodationId::from_uuid(found.accommodation_id),
            channel: row::word(&found.channel)?,
            url: found.url.into(),
            settings: row::document(found.settings)?,
            paused: found.paused,
            status: row::word(&found.status)?,
            etag: found.etag,
            last_modified: found.last_modified,
            read_whole_at: found.read_whole_at,
            last_try_at: found.last_try_at,
            last_good_at: found.last_good_at,
            next_try_at: found.next_try_at,
            failures: u32::try_from(found.failures).map_err(Error::unexpected)?,
            failing_since: found.failing_since,
            last_error: found.last_error,
            alerted_at: found.alerted_at,
            drop_since: found.drop_since,
            keep_dropped: found.drop_answer.as_deref() == Some("keep"),
            told_of_rule: found.rule_told_at.is_some(),
            created_at: found.created_at,
            removed_at: found.removed_at,
            edition: found.edition,
        })
    }
}

/// Adds a feed. It is not read before its first run.
///
/// # Errors
/// [`Error::Conflict`] with `calendar_feeds_url_key` when the accommodation has this feed already, and with
/// `calendar_feeds_accommodation_fkey` when there is no such accommodation.
pub async fn add(db: &Database, feed: &NewFeed) -> Result<Feed, Error> {
    let (id, accommodation_id) = (feed.id.uuid(), feed.accommodation_id.uuid());
    let (channel, url) = (feed.channel.as_str(), feed.url.expose_secret());
    let settings = row::to_document(&feed.settings)?;
    let at = feed.at;
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"INSERT INTO calendar_feeds (id, accommodation_id, channel, url, settings, created_at)
              VALUES ({id}, {accommodation_id}, {channel}, {url}, {settings}, {at})"
        ))
        .await?;
    let added = by_id(db, feed.id).await?;
    added.ok_or(Error::NotFound { what: "feed" })
}

/// One of them, also when it was removed.
///
/// # Errors
/// See [`Error`].
pub async fn by_id(db: &Database, id: FeedId) -> Result<Option<Feed>, Error> {
    let id = id.uuid();
    let found = FeedRow::find_by_statement(raw_sql!(
        Postgres,
        "SELECT * FROM calendar_feed_states WHERE id = {id}"
    ));
    found.one(db.pool()).await?.map(Feed::try_from).transpose()
}

/// Those that were not removed, of one accommodation or of all, in the order in which they were added.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    db: &Database,
    accommodation_id: Option<AccommodationId>,
    page: Page,
) -> Result<Vec<Feed>, Error> {
    let of = accommodation_id.map(AccommodationId::uuid);
    let (limit, offset) = (page.limit(), page.offset());
    let found = FeedRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT * FROM calendar_feed_states
          WHERE removed_at IS NULL AND ({of}::uuid IS NULL OR accommodation_id = {of})
          ORDER BY created_at, id LIMIT {limit} OFFSET {offset}"
    ));
    let found = found.all(db.pool()).await?;
    found.into_iter().map(Feed::try_from).collect()
}

/// Every feed that has a schedule, which is every one that was not removed.
///
/// # Errors
/// See [`Error`].
pub async fn to_schedule(db: &Database) -> Result<Vec<Feed>, Error> {
    let found = FeedRow::find_by_statement(raw_sql!(
        Postgres,
        "SELECT * FROM calendar_feed_states WHERE removed_at IS NULL ORDER BY id"
    ));
    let found = found.all(db.pool()).await?;
    found.into_iter().map(Feed::try_from).collect()
}

/// The feeds of an accommodation whose last good answer is older than their owner wants it to be when a guest
/// asks for nights.
///
/// # Errors
/// See [`Error`].
pub async fn stale(
    db: &Database,
    accommodation_id: AccommodationId,
    now: DateTime<Utc>,
) -> Result<Vec<Feed>, Error> {
    let id = accommodation_id.uuid();
    let found = FeedRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT * FROM calendar_feed_states
          WHERE accommodation_id = {id} AND removed_at IS NULL AND NOT paused"
    ));
    let found = found.all(db.pool()).await?;
    let mut feeds: Vec<Feed> = found
        .into_iter()
        .map(Feed::try_from)
        .collect::<Result<_, _>>()?;
    feeds.retain(|feed| {
        feed.last_good_at
            .is_none_or(|read| now - read > feed.settings.fresh_for())
    });
    Ok(feeds)
}

/// Feeds that were removed since then.
///
/// # Errors
/// See [`Error`].
pub async fn removed_since(db: &Database, since: DateTime<Utc>) -> Result<Vec<FeedId>, Error> {
    let found = db.pool().query_all_raw(raw_sql!(
        Postgres,
        "SELECT id FROM calendar_feeds WHERE removed_at >= {since}"
    ));
    found
        .await?
        .into_iter()
        .map(|found| Ok(FeedId::from_uuid(found.try_get("", "id")?)))
        .collect()
}

/// How old what each feed told us is; those that are left alone are not asked.
///
/// # Errors
/// See [`Error`].
pub async fn ages(db: &Database) -> Result<Vec<Age>, Error> {
    let feeds = to_schedule(db).await?;
    Ok(feeds
        .into_iter()
        .filter(|feed| !feed.paused)
        .map(|feed| Age {
            feed: feed.id,
            accommodation_id: feed.accommodation_id,
            channel: feed.channel,
            status: feed.status,
            since: feed.last_good_at.unwrap_or(feed.created_at),
        })
        .collect())
}

/// Leaves a feed alone, or reads it again. What it said stays.
///
/// # Errors
/// [`Error::NotFound`] when there is no such feed.
pub async fn set_paused(db: &Database, id: FeedId, paused: bool) -> Result<Feed, Error> {
    let feed = id.uuid();
    let changed = db.pool().execute_raw(raw_sql!(
        Postgres,
        r"UPDATE calendar_feeds SET paused = {paused}, next_try_at = NULL
          WHERE id = {feed} AND removed_at IS NULL"
    ));
    changed_feed(db, id, changed.await?.rows_affected()).await
}

/// Changes the settings. The next run, which reads the feed whole, acts on them; one that is under way does not
/// count any more.
///
/// # Errors
/// [`Error::NotFound`] when there is no such feed.
pub async fn set_settings(db: &Database, id: FeedId, settings: &Settings) -> Result<Feed, Error> {
    let feed = id.uuid();
    let settings = row::to_document(settings)?;
    let changed = db.pool().execute_raw(raw_sql!(
        Postgres,
        r"UPDATE calendar_feeds
          SET settings = {settings}, etag = NULL, last_modified = NULL, next_try_at = NULL, edition = edition + 1
          WHERE id = {feed} AND removed_at IS NULL"
    ));
    changed_feed(db, id, changed.await?.rows_affected()).await
}

async fn changed_feed(db: &Database, id: FeedId, rows: u64) -> Result<Feed, Error> {
    let found = by_id(db, id).await?.filter(|_| rows > 0);
    found.ok_or(Error::NotFound { what: "feed" })
}

/// Writes down that a feed was tried, by somebody who did not wait for the answer.
///
/// # Errors
/// See [`Error`].
pub async fn note_try(db: &Database, id: FeedId, at: DateTime<Utc>) -> Result<(), Error> {
    let id = id.uuid();
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE calendar_feeds SET last_try_at = greatest(last_try_at, {at}) WHERE id = {id}"
        ))
        .await?;
    Ok(())
}

/// How many blocks of a feed take nights from today on.
///
/// # Errors
/// See [`Error`].
pub async fn count_blocks(db: &Database, id: FeedId, today: NaiveDate) -> Result<i64, Error> {
    let id = id.uuid();
    let counted = db.pool().query_one_raw(raw_sql!(
        Postgres,
        r"SELECT count(*) AS blocks FROM calendar_blocks
          WHERE feed_id = {id} AND state = 'active' AND upper(nights) > {today}"
    ));
    match counted.await? {
        Some(counted) => Ok(counted.try_get("", "blocks")?),
        None => Ok(0),
    }
}

/// What was read last, for the owner alone.
///
/// # Errors
/// See [`Error`].
pub async fn snapshot(db: &Database, id: FeedId) -> Result<Option<Vec<u8>>, Error> {
    let id = id.uuid();
    let found = db.pool().query_one_raw(raw_sql!(
        Postgres,
        "SELECT snapshot FROM calendar_feeds WHERE id = {id} AND removed_at IS NULL"
    ));
    match found.await? {
        Some(found) => Ok(found.try_get("", "snapshot")?),
        None => Ok(None),
    }
}

/// One of them, also when it was removed.
pub(super) async fn existing(db: &Database, feed: FeedId) -> Result<Feed, Error> {
    let found = by_id(db, feed).await?;
    found.ok_or(Error::NotFound { what: "feed" })
}

/// The feed, for as long as the transaction lasts.
pub(super) async fn locked(turn: &impl ConnectionTrait, id: FeedId) -> Result<Feed, Error> {
    let id = id.uuid();
    let found = FeedRow::find_by_statement(raw_sql!(
        Postgres,
        "SELECT * FROM calendar_feed_states WHERE id = {id} FOR UPDATE"
    ));
    let found = found.one(turn).await?;
    found.ok_or(Error::NotFound { what: "feed" })?.try_into()
}
