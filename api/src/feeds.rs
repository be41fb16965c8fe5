//! Calendars of other channels, as operators manage them: feeds, what they say, and what clashes with it.
//!
//! Nothing here asks a channel: workers do. What is written here is in Postgres first; the schedule follows at
//! once, and when it cannot, with the next round.

mod acts;
mod conflicts;
mod history;
mod manage;
mod preview;
mod settings;
mod sync;
mod view;

use calendars::Channel;
use chrono::NaiveDate;
use database::{Database, accommodations, calendars::Feed};
use domain::{AccommodationId, FeedId};

pub(crate) use acts::{answered, begin_reading, changed, new_feed, removed};
pub(crate) use conflicts::{
    Decision, decide, decided, list as list_conflicts, show as show_conflict,
};
pub(crate) use history::{blocks, runs, snapshot};
pub(crate) use manage::{FeedChange, add, answer_drop, change, list, remove, show};
pub(crate) use preview::{PreviewView, look};
pub(crate) use settings::SettingsBody;
pub(crate) use sync::sync;
// What the description of the interface is made from.
pub(crate) use conflicts::{
    __path_decide, __path_list as __path_list_conflicts, __path_show as __path_show_conflict,
};
pub(crate) use history::{__path_blocks, __path_runs, __path_snapshot};
pub(crate) use manage::{
    __path_add, __path_answer_drop, __path_change, __path_list, __path_remove, __path_show,
};
pub(crate) use sync::__path_sync;

use crate::error::Error;

fn named(id: &str) -> Result<FeedId, Error> {
    id.parse().map_err(|_no_id| Error::NotFound("feed"))
}

fn accommodation(id: &str) -> Result<AccommodationId, Error> {
    id.parse().map_err(|_no_id| {
        Error::invalid(
            "accommodation_id",
            "invalid_field",
            "accommodation_id looks like acc_…",
        )
    })
}

fn channel(name: &str) -> Result<Channel, Error> {
    name.parse().map_err(|_unknown| {
        Error::invalid(
            "channel",
            "invalid_field",
            "channel is airbnb, booking, vrbo, google or other",
        )
    })
}

/// A feed that was not removed.
pub(crate) async fn existing(database: &Database, id: &str) -> Result<Feed, Error> {
    let found = database::calendars::by_id(database, named(id)?).await?;
    let there = found.filter(|feed| feed.removed_at.is_none());
    there.ok_or(Error::NotFound("feed"))
}

/// The date at an accommodation.
async fn today(database: &Database, id: AccommodationId) -> Result<NaiveDate, Error> {
    let place = accommodations::by_id(database, id).await?;
    let place = place.ok_or(Error::NotFound("accommodation"))?;
    Ok(place.today(chrono::Utc::now()))
}
