//! Reading a feed: bytes to lines, lines to events, events to nights.

mod budget;
mod components;
mod event;
mod kind;
mod lines;
mod moment;
mod property;
mod recurrence;
mod resolve;
mod series;
mod windows_zones;
mod zone;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{ReadError, Settings, Snapshot};

/// Reads one complete body.
///
/// It blocks for as long as it computes, up to [`Limits::cpu_time`](crate::Limits::cpu_time): call it off the
/// threads that serve others.
///
/// # Errors
///
/// When the body is no whole calendar, or costs more than the limits allow. Then nothing is known about any
/// night, and least of all that one is free.
pub fn read(body: &[u8], settings: &Settings) -> Result<Snapshot, ReadError> {
    if body.len() > settings.limits.body_bytes {
        return Err(ReadError::LimitsExceeded);
    }
    // The libraries below have panicked on strange input before.
    catch_unwind(AssertUnwindSafe(|| {
        let mut budget = budget::Budget::of(settings.limits.cpu_time);
        let feed = components::collect(body, settings, &mut budget)?;
        resolve::resolve(feed, settings, &mut budget)
    }))
    .unwrap_or(Err(ReadError::Panicked))
}
