//! What each link has said and who has read it: for the owner, for `Last-Modified`, and as evidence.

use ::calendars::{NightSet, Served};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{ExportId, FeedId};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};

use crate::{Database, Error, Page, row};

/// How many fetches of a link are kept.
const FETCHES: i64 = 100;

/// How many versions of a link are kept: more than ten days of one that changes with every reading.
const VERSIONS: i64 = 1_000;

/// How long a channel may take to give back what it has read, after it has read something newer. The slowest
/// read us once a day.
pub const STALE: TimeDelta = TimeDelta::days(3);

/// What a link says, with when it began to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Version {
    /// Its number.
    pub id: i64,
    /// When it was first asked for, in whole seconds, and later than the version before it.
    pub changed_at: DateTime<Utc>,
}

/// One reading of a link, to be written down.
#[derive(Debug, Clone, Copy)]
pub struct NewFetch<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// `GET` or `HEAD`.
    pub method: &'a str,
    /// What it was answered.
    pub status: u16,
    /// Who read, by their own account.
    pub user_agent: Option<&'a str>,
    /// Whether they have what was said: it was sent to them, or they named it by its tag.
    pub has_it: bool,
}

/// One reading of a link.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Fetch {
    /// When.
    pub at: DateTime<Utc>,
    /// `GET` or `HEAD`.
    pub method: String,
    /// What it was answered.
    pub status: i16,
    /// The version that the link had then.
    pub etag: String,
    /// Who read, by their own account.
    pub user_agent: Option<String>,
}

/// The version of what a link says now; a new one when the last said something else.
///
/// # Errors
/// See [`Error`].
pub async fn version(
    db: &Database,
    link: ExportId,
    etag: &str,
    nights: &NightSet,
    at: DateTime<Utc>,
) -> Result<Version, Error> {
    let newest = newest(db.pool(), link).await?;
    match newest.filter(|version| version.etag == etag) {
        Some(same) => Ok(same.into()),
        None => add(db, link, etag, nights, at).await,
    }
}

/// Two readers who are the first to see a change make one version of it: the second waits for the link's row, and
/// only then looks at what the newest is.
async fn add(
    db: &Database,
    link: ExportId,
    etag: &str,
    nights: &NightSet,
    at: DateTime<Utc>,
) -> Result<Version, Error> {
    let (id, nights, older) = (link.uuid(), nights.to_string(), VERSIONS - 1);
    let turn = db.begin().await?;
    turn.execute_raw(raw_sql!(
        Postgres,
        "SELECT FROM export_links WHERE id = {id} FOR UPDATE"
    ))
    .await?;
    let newest = newest(&turn, link).await?;
    if let Some(same) = newest.filter(|version| version.etag == etag) {
        turn.commit().await?;
        return Ok(same.into());
    }
    let added = Version::find_by_statement(raw_sql!(
        Postgres,
        r"WITH forgotten AS (
              DELETE FROM export_versions WHERE id IN (
                  SELECT id FROM export_versions WHERE link_id = {id} ORDER BY id DESC OFFSET {older})
          )
          INSERT INTO export_versions (link_id, etag, nights, changed_at)
          SELECT {id}, {etag}, {nights}::text::datemultirange,
              greatest(date_trunc('second', {at}::timestamptz),
                  (SELECT max(changed_at) + interval '1 second' FROM export_versions WHERE link_id = {id}))
          RETURNING id, changed_at"
    ));
    let added = added.one(&turn).await?;
    turn.commit().await?;
    added.ok_or_else(|| Error::unexpected("an insert answered no row"))
}

#[derive(FromQueryResult)]
struct Newest {
    id: i64,
    etag: String,
    changed_at: DateTime<Utc>,
}

impl From<Newest> for Version {
    fn from(newest: Newest) -> Self {
        Self {
            id: newest.id,
            changed_at: newest.changed_at,
        }
    }
}

async fn newest(turn: &impl ConnectionTrait, link: ExportId) -> Result<Option<Newest>, Error> {
    let link = link.uuid();
    let found = Newest::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT id, etag, changed_at FROM export_versions WHERE link_id = {link} ORDER BY id DESC LIMIT 1"
    ));
    Ok(found.one(turn).await?)
}

/// Writes a reading down, before it is answered: whoever was served is known to have been.
///
/// # Errors
/// See [`Error`].
pub async fn keep(
    db: &Database,
    link: ExportId,
    version: Version,
    fetch: NewFetch<'_>,
) -> Result<(), Error> {
    let (link, version, older) = (link.uuid(), version.id, FETCHES - 1);
    let status = i16::try_from(fetch.status).map_err(Error::unexpected)?;
    let NewFetch {
        at,
        method,
        user_agent,
        has_it,
        status: _,
    } = fetch;
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"WITH had AS (
                  UPDATE export_versions SET served_at = coalesce(served_at, {at}), last_served_at = {at}
                  WHERE id = {version} AND {has_it}
              ), counted AS (
                  UPDATE export_links SET fetches = fetches + 1 WHERE id = {link}
              ), forgotten AS (
                  DELETE FROM export_fetches WHERE id IN (
                      SELECT id FROM export_fetches WHERE link_id = {link} ORDER BY id DESC OFFSET {older})
              )
              INSERT INTO export_fetches (link_id, etag, at, method, status, user_agent)
              SELECT {link}, etag, {at}, {method}, {status}, {user_agent} FROM export_versions
              WHERE id = {version}"
        ))
        .await?;
    Ok(())
}

/// The last readings of a link, the newest first.
///
/// # Errors
/// See [`Error`].
pub async fn fetches(db: &Database, link: ExportId, page: Page) -> Result<Vec<Fetch>, Error> {
    let (link, limit, offset) = (link.uuid(), page.limit(), page.offset());
    let found = Fetch::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT at, method, status, etag, user_agent FROM export_fetches WHERE link_id = {link}
          ORDER BY id DESC LIMIT {limit} OFFSET {offset}"
    ));
    Ok(found.all(db.pool()).await?)
}

#[derive(FromQueryResult)]
struct ServedRow {
    served_at: DateTime<Utc>,
    taken: String,
}

/// What the channel of a feed has been served of the feed's accommodation, the oldest first.
///
/// It is the evidence by which its echoes are told. What went out under the general link is none, because
/// nobody knows to whom.
///
/// A channel that has read a newer version gives back the newer one before long. What it has not had for
/// [`STALE`] proves nothing, or nights that somebody really booked there would pass for a stay of ours that was
/// cancelled long ago.
///
/// # Errors
/// See [`Error`].
pub async fn served(db: &Database, feed: FeedId, now: DateTime<Utc>) -> Result<Vec<Served>, Error> {
    let (feed, since) = (feed.uuid(), now - STALE);
    let found = ServedRow::find_by_statement(raw_sql!(
        Postgres,
        r"WITH had AS (
              SELECT version.id, version.served_at, version.last_served_at, version.nights::text AS taken
              FROM calendar_feeds AS feed
              JOIN export_links AS link
                  ON link.accommodation_id = feed.accommodation_id AND link.channel = feed.channel
              JOIN export_versions AS version ON version.link_id = link.id
              WHERE feed.id = {feed} AND version.served_at IS NOT NULL
          )
          SELECT served_at, taken FROM had
          WHERE last_served_at >= {since} OR last_served_at = (SELECT max(last_served_at) FROM had)
          ORDER BY served_at, id"
    ));
    let found = found.all(db.pool()).await?;
    found
        .into_iter()
        .map(|found| {
            Ok(Served {
                at: found.served_at,
                nights: row::word(&found.taken)?,
            })
        })
        .collect()
}
