//! What a run of a feed is: what was asked, what came, and what it came to.

use ::calendars::{Displaced, NightSet, Served, Snapshot};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{AccommodationId, FeedId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    feeds,
    turn::{Act, Work, in_line},
};
use crate::{Database, Error};

/// What a feed was asked, and answered.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// Which feed.
    pub feed: FeedId,
    /// The edition of its address and settings that it was asked with.
    pub edition: i32,
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
    pub displaced: Vec<Displaced>,
    /// The nights that are free now.
    #[serde(default)]
    pub freed: NightSet,
    /// What the owner was told.
    #[serde(default)]
    pub alerts: Vec<String>,
}

/// Makes a run. Idempotent on its key: a second time it answers what the first came to.
///
/// # Errors
/// [`Error::NotFound`] when there is no such feed, or it was removed; [`Error::Unavailable`] when guests who
/// ask for the same nights outrun it again and again.
pub async fn record(db: &Database, run: &NewRun) -> Result<Report, Error> {
    let feed = feeds::existing(db, run.feed).await?;
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
    let work = Work::Act {
        act: Act::Recheck,
        today,
        at,
    };
    in_line(db, accommodation_id, work).await
}
