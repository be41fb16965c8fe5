//! What a feed says, once it is read: the nights that are taken, and what was noticed on the way.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// One complete, readable body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// What takes nights in the window, by first night and key.
    pub blocks: Vec<Block>,
    /// Keys of events that are in the feed and take no nights in the window: cancelled, free, left out by
    /// the owner's settings, moved away. Of such a block the feed says that its nights are free.
    pub silent: Vec<String>,
    /// How many events the feed holds.
    pub events: usize,
    /// Events that we published ourselves.
    pub own_events: usize,
    /// Events that take no nights because they are marked as free.
    pub skipped_free: usize,
    /// Events that are cancelled.
    pub cancelled: usize,
    /// Events that the owner's settings leave out: tentative ones, rules, summaries.
    pub ignored: usize,
    /// Lines that could not be split into name and value.
    pub skipped_lines: usize,
    /// Events without a readable start.
    ///
    /// What such a UID blocked before stays blocked.
    pub rejected: Vec<Rejected>,
    /// What was odd, and was read all the same.
    pub warnings: Vec<Warning>,
    /// The program that wrote the feed, as it names itself.
    pub product: Option<String>,
}

impl Snapshot {
    /// The occurrences, by start, end and UID, equal ones once.
    #[must_use]
    pub fn occurrences(&self) -> Vec<Occurrence<'_>> {
        let mut all: Vec<_> = self
            .blocks
            .iter()
            .flat_map(|block| {
                block.nights.iter().map(|nights| Occurrence {
                    start: nights.check_in,
                    end: nights.check_out,
                    uid: block.uid.as_deref(),
                })
            })
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Changes exactly when a block, its nights or its kind do.
    ///
    /// Platforms write a new stamp into every download, so that the bytes say nothing.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        let by_key: BTreeMap<&str, &Block> = self
            .blocks
            .iter()
            .map(|block| (block.key.as_str(), block))
            .collect();
        for block in by_key.values() {
            digest.update(block.key.as_bytes());
            digest.update(block.kind.as_str().as_bytes());
            for nights in &block.nights {
                digest.update(format!("|{}/{}", nights.check_in, nights.check_out).as_bytes());
            }
            digest.update(b"\n");
        }
        hex::encode(digest.finalize())
    }
}

/// One entry of [`Snapshot::occurrences`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence<'a> {
    /// The first night.
    pub start: NaiveDate,
    /// The check-out day.
    pub end: NaiveDate,
    /// The event's UID, if it has one.
    pub uid: Option<&'a str>,
}

/// Nights that the feed says are taken, under the identity of the event they come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Identifies the event within its source: 32 hexadecimal digits made from UID and recurrence id, or
    /// from start, end and summary where there is no UID.
    pub key: String,
    /// The event's UID as it stands in the feed.
    pub uid: Option<String>,
    /// Which occurrence of a series the event replaces, normalised.
    pub recurrence_id: Option<String>,
    /// At least one range, in order, clipped to the window. A series has many; ranges may overlap.
    pub nights: Vec<Nights>,
    /// What it seems to be.
    pub kind: Kind,
    /// For the owner's eyes: at most 200 characters, without control characters. Untrusted, and may hold
    /// a guest's name.
    pub summary: Option<String>,
    /// The event's revision, where the feed gives one.
    pub sequence: Option<i64>,
    /// When the channel last changed it, by its own account.
    pub last_modified: Option<DateTime<Utc>>,
    /// A link to the reservation at the channel, always `https` and of the channel's own host.
    pub reservation_url: Option<String>,
}

/// A half-open range of dates: the check-out day is free again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Nights {
    /// The first night.
    pub check_in: NaiveDate,
    /// The day after the last night.
    pub check_out: NaiveDate,
}

/// What an imported block seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody's stay.
    Reservation,
    /// An inquiry that keeps nights for a while.
    Hold,
    /// Closed by a booking rule of the channel; slides by a day every day.
    Rule,
    /// Closed by the owner, at the channel.
    Block,
    /// Cannot be told.
    Unknown,
}

impl Kind {
    /// Its name for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reservation => "reservation",
            Self::Hold => "hold",
            Self::Rule => "rule",
            Self::Block => "block",
            Self::Unknown => "unknown",
        }
    }
}

/// An event without a readable start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Its UID, if it has one.
    pub uid: Option<String>,
}

/// Something odd that did not stop the reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What it is.
    pub code: WarningCode,
    /// The event it was found in, if it was found in one that has a UID.
    pub uid: Option<String>,
}

/// What can be odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// An end that cannot be read, or lies before the start: only the first night is taken.
    BadEnd,
    /// A rule that cannot be read: only the first occurrence is taken.
    BadRule,
    /// A time zone that nobody knows: read in the accommodation's.
    UnknownZone,
    /// A change of "this and all that follow", read as a change of this one.
    ThisAndFuture,
    /// Text before the first `BEGIN` or after the last `END`.
    StrayText,
    /// A component that was closed by the end of the one around it.
    UnclosedComponent,
}

impl WarningCode {
    /// Its name for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadEnd => "bad_end",
            Self::BadRule => "bad_rule",
            Self::UnknownZone => "unknown_zone",
            Self::ThisAndFuture => "this_and_future",
            Self::StrayText => "stray_text",
            Self::UnclosedComponent => "unclosed_component",
        }
    }
}

/// Why a body is no snapshot. A run that ends so releases nothing and changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There is no calendar in it: a page, a login form, an empty body.
    #[error("the body is not a calendar")]
    NotACalendar,
    /// It ends in the middle of a calendar or an event.
    #[error("the calendar is cut off")]
    Truncated,
    /// It is larger, or takes longer, than we allow.
    #[error("the calendar exceeds the limits")]
    LimitsExceeded,
    /// Reading it went wrong in a way that is our fault.
    #[error("the calendar could not be read")]
    Panicked,
}

impl ReadError {
    /// Its name for machines.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotACalendar => "not_a_calendar",
            Self::Truncated => "truncated",
            Self::LimitsExceeded => "limits_exceeded",
            Self::Panicked => "panicked",
        }
    }
}
