//! What a feed says is taken, and what we remember of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::NightSet;

/// What identifies an event within its feed, as the reader of feeds makes it from UID and recurrence.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub String);

/// What an imported block is, as far as its feed tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody booked.
    Reservation,
    /// Somebody asks, or has not decided yet.
    Hold,
    /// The channel closes nights by a rule of booking.
    Rule,
    /// Somebody closed the nights by hand.
    Block,
    /// It does not say.
    Unknown,
}

/// A channel that sells the same nights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Airbnb.
    Airbnb,
    /// Booking.com.
    Booking,
    /// Vrbo, `HomeAway`, Abritel and `FeWo`.
    Vrbo,
    /// A calendar that a person keeps.
    Google,
    /// Any other.
    Other,
}

/// The word is none of the known ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an unknown word")]
pub struct UnknownWord;

macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $name {
            /// The word in the database and on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord),
                }
            }
        }
    };
}
pub(crate) use words;

words!(Kind {
    Reservation = "reservation",
    Hold = "hold",
    Rule = "rule",
    Block = "block",
    Unknown = "unknown",
});

words!(Channel {
    Airbnb = "airbnb",
    Booking = "booking",
    Vrbo = "vrbo",
    Google = "google",
    Other = "other",
});

/// One event of a snapshot, as nights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// What identifies it.
    pub key: Key,
    /// Its name in the feed, if it has one.
    pub uid: Option<String>,
    /// The nights it takes.
    pub nights: NightSet,
    /// What it is.
    pub kind: Kind,
    /// Its revision, when the feed gives one.
    pub sequence: Option<i64>,
    /// What is written on it. It may name a guest.
    pub summary: Option<String>,
}

/// Everything that one complete, readable answer of a feed says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The events that take nights.
    pub taken: Vec<Incoming>,
    /// The events that are there and take no nights: cancelled, or marked as free.
    pub silent: Vec<Key>,
    /// The names of events that could not be read: what they took stays taken.
    pub unreadable: Vec<String>,
}

/// What an older copy of an event said, and says again if the next snapshot agrees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Its nights.
    pub nights: NightSet,
    /// What it is.
    pub kind: Kind,
    /// Its number.
    pub sequence: i64,
}

/// What we remember of an event that takes nights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Our own name for it.
    pub id: i64,
    /// What identifies it in the feed at the moment.
    pub key: Key,
    /// Its name in the feed, if it has one.
    pub uid: Option<String>,
    /// The nights it takes.
    pub nights: NightSet,
    /// What it is.
    pub kind: Kind,
    /// Its revision, when the feed gives one.
    pub sequence: Option<i64>,
    /// What is written on it.
    pub summary: Option<String>,
    /// Whether it is probably a night of ours that the channel gives back.
    pub echo: bool,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// When it was last seen, once it is missing. While it is not, the last good run saw it.
    pub last_seen: DateTime<Utc>,
    /// How many accepted snapshots in a row it is missing from.
    pub misses: u8,
    /// Since when its disappearance is held, because too much disappeared with it.
    pub held_since: Option<DateTime<Utc>>,
    /// An older copy that came back once.
    pub revision: Option<Revision>,
}

impl Block {
    /// Whether it is not where it was: missing, or missed and held.
    pub(crate) const fn is_missing(&self) -> bool {
        self.misses > 0 || self.held_since.is_some()
    }
}

impl Kind {
    /// Whether it is a booking, or may be one.
    #[must_use]
    pub const fn may_be_a_guest(self) -> bool {
        matches!(self, Self::Reservation | Self::Hold | Self::Unknown)
    }
}
