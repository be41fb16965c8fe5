#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod apply;
mod block;
mod conflict;
mod echo;
mod matching;
mod nights;
mod occupation;
mod settings;
mod trouble;

pub use apply::{Applied, Before, Change, Counts, End, Moment, apply, repeat};
pub use block::{Block, Channel, Incoming, Key, Kind, Revision, Snapshot, UnknownWord};
pub use conflict::{Against, Conflict, Displaced, OurStay, Severity, Told, conflicts, severity};
pub use echo::{Served, is_echo};
pub use nights::{NightSet, Nights, NotNights};
pub use occupation::{Claim, Moved, Row, Rows, occupy};
pub use settings::{InvalidSettings, Settings};
pub use trouble::{Failures, Status, alerts, next_try};
