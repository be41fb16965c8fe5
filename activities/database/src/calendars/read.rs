//! What feeds say is taken, for the owner, and what a feed would take before it is added.

use ::calendars::{NightSet, Nights};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{AccommodationId, FeedId};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};

use crate::{Database, Error, Page, row};

/// Nights that a feed says are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlock {
    /// Our own name for it.
    pub id: i64,
    /// Its name in the feed.
    pub uid: Option<String>,
    /// The nights.
    pub nights: NightSet,
    /// What it is.
    pub kind: String,
    /// What is written on it; may name a guest.
    pub summary: Option<String>,
    /// Whether it is probably ours, given back.
    pub echo: bool,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// When it was last seen; the feed's last good run while it is not missing.
    pub last_seen: Option<DateTime<Utc>>,
    /// Whether it is missing and waits for its release.
    pub waiting: bool,
    /// Whether that release is held.
    pub held: bool,
}

#[derive(FromQueryResult)]
struct Found {
    id: i64,
    uid: Option<String>,
    taken: String,
    kind: String,
    summary: Option<String>,
    echo: bool,
    first_seen: DateTime<Utc>,
    seen: Option<DateTime<Utc>>,
    misses: i16,
    held_since: Option<DateTime<Utc>>,
}

/// The active blocks of a feed, by their first night.
///
/// # Errors
/// See [`Error`].
pub async fn blocks(db: &Database, feed: FeedId, page: Page) -> Result<Vec<StoredBlock>, Error> {
    let (feed, limit, offset) = (feed.uuid(), page.limit(), page.offset());
    let found = Found::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT block.id, uid, nights::text AS taken, kind, summary, echo, first_seen, misses, held_since,
              CASE WHEN misses > 0 OR held_since IS NOT NULL THEN last_seen ELSE feed.last_good_at END AS seen
          FROM calendar_blocks AS block JOIN calendar_feeds AS feed ON feed.id = block.feed_id
          WHERE feed_id = {feed} AND state = 'active'
          ORDER BY lower(nights), block.id LIMIT {limit} OFFSET {offset}"
    ));
    found
        .all(db.pool())
        .await?
        .into_iter()
        .map(|found| {
            Ok(StoredBlock {
                id: found.id,
                uid: found.uid,
                nights: row::word(&found.taken)?,
                kind: found.kind,
                summary: found.summary,
                echo: found.echo,
                first_seen: found.first_seen,
                last_seen: found.seen,
                waiting: found.misses > 0 || found.held_since.is_some(),
                held: found.held_since.is_some(),
            })
        })
        .collect()
}

#[derive(FromQueryResult)]
struct Taken {
    code: String,
    reservation_status: String,
    check_in: NaiveDate,
    check_out: NaiveDate,
}

/// Stays and blocks of an accommodation that share a night with these, as code, status and nights: what a
/// feed would clash with.
///
/// # Errors
/// See [`Error`].
pub async fn would_be_taken(
    db: &Database,
    accommodation_id: AccommodationId,
    nights: &NightSet,
) -> Result<Vec<(String, String, Nights)>, Error> {
    let (id, nights) = (accommodation_id.uuid(), nights.to_string());
    let found = Taken::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT code, reservation_status, check_in, check_out FROM reservations
          WHERE accommodation_id = {id} AND reservation_status IN ('pre_reserved', 'confirmed', 'blocked')
            AND period && {nights}::text::datemultirange
          ORDER BY check_in LIMIT 200"
    ));
    let found = found.all(db.pool()).await?;
    Ok(found
        .into_iter()
        .filter_map(|taken| {
            let nights = Nights::new(taken.check_in, taken.check_out)?;
            Some((taken.code, taken.reservation_status, nights))
        })
        .collect())
}

/// Every night of an accommodation that a channel says it has sold or closed, whether or not a stay of ours has it
/// too. Not what is probably ours, given back.
///
/// # Errors
/// See [`Error`].
pub async fn claimed(db: &Database, accommodation_id: AccommodationId) -> Result<NightSet, Error> {
    let id = accommodation_id.uuid();
    let found = db.pool().query_one_raw(raw_sql!(
        Postgres,
        r"SELECT coalesce(range_agg(nights), '{}'::datemultirange)::text AS taken FROM calendar_blocks
          WHERE accommodation_id = {id} AND state = 'active' AND NOT echo"
    ));
    let taken: Option<String> = found
        .await?
        .map(|found| found.try_get("", "taken"))
        .transpose()?;
    taken.map_or(Ok(NightSet::EMPTY), |taken| row::word(&taken))
}
