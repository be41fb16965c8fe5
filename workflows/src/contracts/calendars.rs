//! Calendars of other channels. What feeds say and where they are read stays in Postgres; histories hold ids.

use chrono::{DateTime, Utc};
use domain::{AccommodationId, FeedId, ReservationCode, Stay};
use serde::{Deserialize, Serialize};
use temporalio_macros::activity_definitions;

use super::{ActivityError, reservations::CancelOutcome};

/// Read a feed and apply what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadFeed {
    /// Which.
    pub feed: FeedId,
    /// Names the run, and is the idempotency key.
    pub key: String,
    /// Whether somebody asks for it now, rather than the clock.
    #[serde(default)]
    pub asked: bool,
}

/// What became of a run of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "run", rename_all = "snake_case")]
pub enum FeedRun {
    /// The channel was asked.
    Made(RunMade),
    /// It was left alone.
    LeftAlone {
        /// Until then; nothing while the feed is paused.
        until: Option<DateTime<Utc>>,
        /// Where its nights are.
        accommodation_id: AccommodationId,
        /// The unpaid holds that have to give way to what was read before.
        #[serde(default)]
        displaced: Vec<Displaced>,
    },
    /// The feed was removed.
    Removed,
}

/// What the channel's answer came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunMade {
    /// Where the nights are.
    pub accommodation_id: AccommodationId,
    /// `applied`, `unchanged`, `not_modified`, `held`, `superseded` or `failed`.
    pub outcome: String,
    /// The sort of failure.
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
    /// The unpaid holds that have to give way.
    #[serde(default)]
    pub displaced: Vec<Displaced>,
}

/// An unpaid hold on nights that a channel has booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Displaced {
    /// Which hold.
    pub code: ReservationCode,
    /// The nights it had. One that has moved since stays.
    pub stay: Stay,
}

/// That a hold has to give way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Displacement {
    /// Which hold, and for which nights.
    pub hold: Displaced,
    /// Whose booking it is.
    pub feed: FeedId,
    /// The reading that found it: the next one may ask again.
    pub run: String,
}

/// The contract.
#[expect(
    missing_debug_implementations,
    reason = "a name for the contract, never built"
)]
pub struct Calendars;

#[activity_definitions]
impl Calendars {
    /// Reads a feed and applies what it says, or writes down why it could not be read: that changes no night.
    /// Idempotent on the key.
    #[activity(name = "calendars.fetch_and_apply")]
    pub fn fetch_and_apply(read: ReadFeed) -> Result<FeedRun, ActivityError> {
        unimplemented!()
    }

    /// Tells the workflow of a hold that a channel has booked its nights. Idempotent on the code, the nights and the
    /// run.
    #[activity(name = "calendars.displace")]
    pub fn displace(displacement: Displacement) -> Result<CancelOutcome, ActivityError> {
        unimplemented!()
    }

    /// Looks again for nights that are taken twice: a conflict that is over is closed, and a hold that was paid
    /// in the last moment is one now. Answers the holds that still have to give way. Idempotent.
    #[activity(name = "calendars.recheck")]
    pub fn recheck(accommodation: AccommodationId) -> Result<Vec<Displaced>, ActivityError> {
        unimplemented!()
    }

    /// Looks at a feed before it is added, and leaves what it would take where it was asked from. Idempotent on
    /// the preview's name: the first answer stays.
    #[activity(name = "calendars.preview")]
    pub fn preview(preview: FeedId) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Makes the schedules what the feeds say: one for each, paused while it is paused, none for a feed that was
    /// removed. Forgets what was looked at and not added. Answers how many feeds there are. Idempotent.
    #[activity(name = "calendars.level_schedules")]
    pub fn level_schedules() -> Result<usize, ActivityError> {
        unimplemented!()
    }
}

pub use calendars::{Displace, FetchAndApply, LevelSchedules, Preview as PreviewFeed, Recheck};
