#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod read;
mod settings;
mod snapshot;
mod write;

pub use read::read;
pub use settings::{
    Channel, IgnoreSummary, InvalidPattern, Limits, Settings, UnknownChannel, Window,
};
pub use snapshot::{
    Block, Kind, Nights, Occurrence, ReadError, Rejected, Snapshot, Warning, WarningCode,
};
pub use write::{Published, feed_domain, uid, write};
