//! Calendars of other channels: the feeds, what they say is taken, and what clashes with it.
//!
//! The rules are those of the crate `calendars`; here they are applied to what is stored, one transaction a
//! run, under the lock that date changes of the accommodation stand in line at.

mod answers;
mod apply;
mod blocks;
mod conflicts;
mod feeds;
mod previews;
mod read;
mod record;
mod rows;
mod runs;
mod turn;

pub use answers::{answer_drop, remove, replace_url};
pub use apply::{Fetched, NewRun, Report, recheck, record};
pub use conflicts::{Conflict, conflict, conflicts, decide};
pub use feeds::{
    Age, Feed, NewFeed, add, ages, by_id, count_blocks, list, note_try, removed_since, set_paused,
    set_settings, snapshot, stale, to_schedule,
};
pub use previews::{
    Preview, answer_preview, ask_preview, forget_preview, forget_previews, preview,
};
pub use read::{StoredBlock, blocks, claimed, would_be_taken};
pub use runs::{Run, made_before, made_under, runs};
