//! One run of a feed as one transaction: what it says, the nights it takes, what clashes, and the run itself.

use ::calendars::{NightSet, Served, Snapshot};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{AccommodationId, FeedId, ReservationCode};
use sea_orm::{ConnectionTrait, DatabaseTransaction, raw_sql};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    blocks,
    conflicts::{self, Clashes},
    feeds::{self, Feed},
    record::record_in,
    rows::{self, Fitted},
};
use crate::{Database, Error, reservations::stand_in_line, review_queue::resolve_about_in};

/// How often a run is made again that others outran.
const ATTEMPTS: u32 = 6;

/// What a feed was asked, and answered.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// Which feed.
    pub feed: FeedId,
    /// Names the run: made a second time it is the same run.
    pub key: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The date at the accommodation.
    pub today: NaiveDate,
    /// What came.
    pub fetched: Fetched,
    /// What we served to the channel before.
    pub served: Vec<Served>,
}

/// What came of asking a feed.
#[derive(Debug, Clone)]
pub enum Fetched {
    /// A complete, readable answer.
    Snapshot {
        /// What it says.
        snapshot: Snapshot,
        /// As it came, for the owner.
        body: Vec<u8>,
        /// The value for the next `If-None-Match`.
        etag: Option<String>,
        /// The value for the next `If-Modified-Since`.
        last_modified: Option<String>,
        /// How many events of each sort the reader counted.
        counted: Value,
        /// What was odd.
        warnings: Value,
    },
    /// Word that nothing changed.
    NotModified,
    /// No answer, or none that can be used: nothing is changed by it.
    Failed {
        /// The sort of failure, never what was answered.
        error: String,
        /// Only a new link helps, when it fails so twice.
        needs_attention: bool,
        /// How long the channel wants to be left alone.
        retry_after: Option<TimeDelta>,
    },
}

/// What a run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// `applied`, `unchanged`, `not_modified`, `held`, `superseded` or `failed`.
    pub outcome: String,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Blocks that were not known.
    pub added: usize,
    /// Blocks that moved, or have another name or kind.
    pub changed: usize,
    /// Blocks that were released.
    pub released: usize,
    /// Blocks that are missing and wait for their release.
    pub waiting: usize,
    /// Of these, the ones whose release is held.
    pub held: usize,
    /// Older copies that were not believed.
    pub stale: usize,
    /// What the reader counted.
    #[serde(default)]
    pub counted: Value,
    /// The holds that have to give way, by their own workflows.
    #[serde(default)]
    pub displaced: Vec<ReservationCode>,
    /// The nights that are free now.
    #[serde(default)]
    pub freed: NightSet,
    /// What the owner was told.
    #[serde(default)]
    pub alerts: Vec<String>,
}

/// What one attempt came to.
pub(super) enum Try {
    Made(Box<Report>),
    Outrun,
}

/// Makes a run. Idempotent on its key: a second time it answers what the first came to.
///
/// # Errors
/// [`Error::NotFound`] when there is no such feed, or it was removed; [`Error::Unavailable`] when guests who
/// ask for the same nights outrun it again and again.
pub async fn record(db: &Database, run: &NewRun) -> Result<Report, Error> {
    let feed = existing(db, run.feed).await?;
    in_line(db, feed.accommodation_id, Work::Record(run)).await
}

/// Looks again for what is taken twice. A conflict whose nights are no longer shared is over.
///
/// # Errors
/// See [`Error`].
pub async fn recheck(
    db: &Database,
    accommodation_id: AccommodationId,
    today: NaiveDate,
    at: DateTime<Utc>,
) -> Result<Report, Error> {
    in_line(db, accommodation_id, Work::Recheck { today, at }).await
}

/// Acts on what the owner says of a drop that is held: it is free, or it is still taken.
///
/// # Errors
/// [`Error::NotFound`] when there is no such feed.
pub async fn answer_drop(
    db: &Database,
    feed: FeedId,
    is_free: bool,
    today: NaiveDate,
    at: DateTime<Utc>,
) -> Result<Report, Error> {
    let feed = existing(db, feed).await?;
    let work = Work::AnswerDrop {
        feed: feed.id,
        is_free,
        today,
        at,
    };
    in_line(db, feed.accommodation_id, work).await
}

/// Removes a feed, and releases its blocks if that is what was answered. What is kept stays taken until it is
/// over. Idempotent.
///
/// # Errors
/// [`Error::NotFound`] when there is no such feed.
pub async fn remove(
    db: &Database,
    feed: FeedId,
    release: bool,
    today: NaiveDate,
    at: DateTime<Utc>,
) -> Result<Report, Error> {
    let feed = existing(db, feed).await?;
    let work = Work::Remove {
        feed: feed.id,
        release,
        today,
        at,
    };
    in_line(db, feed.accommodation_id, work).await
}

/// Reads a feed at another address from now on, and releases its blocks if that is what was answered: when it is
/// another listing's calendar. What is kept is matched with what the new address says.
///
/// # Errors
/// [`Error::NotFound`] when there is no such feed; [`Error::Conflict`] with `calendar_feeds_url_key` when the
/// accommodation has a feed at that address.
pub async fn replace_url(
    db: &Database,
    feed: FeedId,
    (url, release): (&SecretString, bool),
    today: NaiveDate,
    at: DateTime<Utc>,
) -> Result<Report, Error> {
    let feed = existing(db, feed).await?;
    let work = Work::ReplaceUrl {
        feed: feed.id,
        url,
        release,
        today,
        at,
    };
    in_line(db, feed.accommodation_id, work).await
}

async fn existing(db: &Database, feed: FeedId) -> Result<Feed, Error> {
    let found = feeds::by_id(db, feed).await?;
    found.ok_or(Error::NotFound { what: "feed" })
}

/// What is done in line with everything else that changes dates of an accommodation.
#[derive(Debug, Clone, Copy)]
enum Work<'a> {
    Record(&'a NewRun),
    Recheck {
        today: NaiveDate,
        at: DateTime<Utc>,
    },
    AnswerDrop {
        feed: FeedId,
        is_free: bool,
        today: NaiveDate,
        at: DateTime<Utc>,
    },
    Remove {
        feed: FeedId,
        release: bool,
        today: NaiveDate,
        at: DateTime<Utc>,
    },
    ReplaceUrl {
        feed: FeedId,
        url: &'a SecretString,
        release: bool,
        today: NaiveDate,
        at: DateTime<Utc>,
    },
}

/// Does it in a transaction of its own, and anew when it was outrun.
async fn in_line(
    db: &Database,
    accommodation_id: AccommodationId,
    work: Work<'_>,
) -> Result<Report, Error> {
    for attempt in 1..=ATTEMPTS {
        let turn = db.begin().await?;
        stand_in_line(&turn, accommodation_id).await?;
        match work.made_in(&turn, accommodation_id).await {
            Ok(Try::Made(report)) => {
                turn.commit().await?;
                return Ok(*report);
            }
            Ok(Try::Outrun) => turn.rollback().await?,
            Err(error) if error.lost_a_race() || error.is_about_nights() => turn.rollback().await?,
            Err(error) => return Err(error),
        }
        tokio::time::sleep(std::time::Duration::from_millis(10 << attempt)).await;
    }
    Err(Error::Unavailable(
        "others asked for the same nights again and again".into(),
    ))
}

impl Work<'_> {
    async fn made_in(
        self,
        turn: &DatabaseTransaction,
        accommodation_id: AccommodationId,
    ) -> Result<Try, Error> {
        let (today, at) = match self {
            Self::Record(run) => return record_in(turn, run).await,
            Self::Recheck { today, at } => (today, at),
            Self::AnswerDrop {
                feed,
                is_free,
                today,
                at,
            } => {
                answer_drop_in(turn, feed, is_free, at).await?;
                (today, at)
            }
            Self::Remove {
                feed,
                release,
                today,
                at,
            } => {
                remove_in(turn, feed, release, at).await?;
                (today, at)
            }
            Self::ReplaceUrl {
                feed,
                url,
                release,
                today,
                at,
            } => {
                replace_url_in(turn, feed, url, release, at).await?;
                (today, at)
            }
        };
        level(turn, accommodation_id, today, at, &mut Report::default()).await
    }
}

async fn answer_drop_in(
    turn: &DatabaseTransaction,
    feed: FeedId,
    is_free: bool,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let id = feed.uuid();
    feeds::locked(turn, feed).await?;
    if is_free {
        blocks::release(turn, feed, true, at).await?;
        turn.execute_raw(raw_sql!(
            Postgres,
            r"UPDATE calendar_feeds SET drop_since = NULL, drop_answer = NULL, status = 'ok' WHERE id = {id}"
        ))
        .await?;
    } else {
        turn.execute_raw(raw_sql!(
            Postgres,
            "UPDATE calendar_feeds SET drop_answer = 'keep' WHERE id = {id} AND drop_since IS NOT NULL"
        ))
        .await?;
    }
    resolve_about_in(
        turn,
        "calendar_drop",
        &feed.to_string(),
        "the owner has answered",
        at,
    )
    .await
}

async fn remove_in(
    turn: &DatabaseTransaction,
    feed: FeedId,
    release: bool,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let id = feed.uuid();
    feeds::locked(turn, feed).await?;
    turn.execute_raw(raw_sql!(
        Postgres,
        r"UPDATE calendar_feeds
          SET removed_at = coalesce(removed_at, {at}), snapshot = NULL, etag = NULL, url = ''
          WHERE id = {id}"
    ))
    .await?;
    if release {
        blocks::release(turn, feed, false, at).await?;
    }
    for kind in ["calendar_drop", "calendar_failing"] {
        resolve_about_in(turn, kind, &feed.to_string(), "the feed was removed", at).await?;
    }
    Ok(())
}

async fn replace_url_in(
    turn: &DatabaseTransaction,
    feed: FeedId,
    url: &SecretString,
    release: bool,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let (id, url) = (feed.uuid(), url.expose_secret());
    feeds::locked(turn, feed).await?;
    let replaced = turn.execute_raw(raw_sql!(
        Postgres,
        r"UPDATE calendar_feeds
          SET url = {url}, etag = NULL, last_modified = NULL, read_whole_at = NULL, next_try_at = NULL,
              status = CASE WHEN drop_since IS NULL THEN 'new' ELSE status END,
              failures = 0, failing_since = NULL, last_error = NULL, alerted_at = NULL
          WHERE id = {id} AND removed_at IS NULL"
    ));
    if replaced.await?.rows_affected() == 0 {
        return Err(Error::NotFound { what: "feed" });
    }
    if release {
        blocks::release(turn, feed, false, at).await?;
    }
    resolve_about_in(
        turn,
        "calendar_failing",
        &feed.to_string(),
        "it has another link",
        at,
    )
    .await
}

/// Makes the rows say what the blocks say, and looks for what is taken twice.
pub(super) async fn level(
    turn: &DatabaseTransaction,
    accommodation_id: AccommodationId,
    today: NaiveDate,
    at: DateTime<Utc>,
    report: &mut Report,
) -> Result<Try, Error> {
    let occupied = rows::read(turn, accommodation_id, today).await?;
    match rows::fit(turn, accommodation_id, &occupied, today, at).await? {
        Fitted::Done(freed) => report.freed = freed,
        Fitted::Outrun => return Ok(Try::Outrun),
    }
    let found = ::calendars::conflicts(&occupied.told, &occupied.ours);
    let Clashes { displaced, alerts } =
        conflicts::compare(turn, accommodation_id, &found, &occupied.ours, at).await?;
    report.displaced = displaced;
    report.alerts.extend(alerts);
    Ok(Try::Made(Box::new(std::mem::take(report))))
}

impl Error {
    /// Whether the constraint that judges double booking refused it.
    fn is_about_nights(&self) -> bool {
        matches!(self, Self::Conflict { rule } if rule == "no_overlap_reservations")
    }
}
