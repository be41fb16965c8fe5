//! Our calendars as other channels read them: the links, what is behind each, and what was served when.
//!
//! A link's token leaves only as a secret. What was served is the evidence by which nights of ours are known
//! again when a channel gives them back as its own.

mod calendar;
mod links;
mod served;

pub use calendar::{Calendar, Entry, calendar};
pub use links::{Link, NewLink, by_id, create, list, replace, revoke};
pub use served::{Fetch, NewFetch, STALE, Version, fetches, keep, served, version};
