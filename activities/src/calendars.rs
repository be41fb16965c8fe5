//! Calendars of other channels: read, applied, and made to fit with everything that is sold here.

mod fresh;
mod owner;
mod preview;
mod reading;
mod snapshot;

use std::{sync::Arc, time::Duration};

use chrono::{TimeDelta, Utc};
use database::{Database, calendars};
use domain::{AccommodationId, FeedId};
use front_desk::{FeedTimes, FrontDesk};
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::contracts::{
    calendars::{
        Displace, Displaced, Displacement, FeedRun, FetchAndApply, LevelSchedules, PreviewFeed,
        ReadFeed, Recheck,
    },
    reservations::{Actor, CancelOutcome, CancelRequest},
};

pub(crate) use self::{fresh::Freshness, reading::Reader};
use crate::{
    OwnerNumber, Words, World,
    alive::alive,
    failure::{of_database, of_front_desk},
    waiting_list::tell_those_who_wait,
};

/// A feed that was removed longer ago has no schedule any more.
const REMEMBERED: TimeDelta = TimeDelta::days(2);

/// How other channels are read.
#[derive(Debug, Clone)]
pub struct CalendarSettings {
    /// The part after the `@` of what we publish: such events are ours, and are not imported.
    pub feed_domain: String,
    /// A feed is not read more often than this, whoever asks.
    pub floor: TimeDelta,
}

/// Fulfils the calendars contract with the channels and Postgres.
#[derive(Debug)]
pub struct CalendarActivities {
    database: Database,
    front_desk: FrontDesk,
    reader: Reader,
    words: Words,
    owner: Option<OwnerNumber>,
}

impl CalendarActivities {
    /// Activities in this world.
    #[must_use]
    pub fn new(world: &World) -> Self {
        Self {
            database: world.database.clone(),
            front_desk: world.front_desk.clone(),
            reader: Reader::new(world),
            words: world.words.clone(),
            owner: world.owner.clone(),
        }
    }
}

#[activities]
impl CalendarActivities {
    /// Idempotent on the key: a run that was made is not made again, and the channel is not asked again.
    #[activity(definition = FetchAndApply)]
    pub async fn fetch_and_apply(
        self: Arc<Self>,
        ctx: ActivityContext,
        read: ReadFeed,
    ) -> Result<FeedRun, ActivityError> {
        let run = alive(&ctx, self.reader.read(read)).await?;
        tell_those_who_wait(&self.database, &self.front_desk).await?;
        self.call_owner().await?;
        Ok(run)
    }

    /// Idempotent on the code, the nights and the run: its workflow decides once.
    #[activity(definition = Displace)]
    pub async fn displace(
        self: Arc<Self>,
        _ctx: ActivityContext,
        displacement: Displacement,
    ) -> Result<CancelOutcome, ActivityError> {
        let Displacement { hold, feed, run } = displacement;
        let Displaced { code, stay } = hold;
        let key = format!(
            "displace/{code}/{}/{}/{run}",
            stay.check_in(),
            stay.check_out()
        );
        let request = CancelRequest {
            code,
            by: Actor::Calendar,
            reason: format!("another channel booked the nights ({feed})"),
            stay: Some(stay),
        };
        let answer = self.front_desk.cancel(request, &key).await;
        // A story that is over has let go of its nights by itself.
        Ok(answer
            .map_err(of_front_desk)?
            .unwrap_or(CancelOutcome::Unknown))
    }

    /// Idempotent: what is so already is not written again, and the owner's phone is told once.
    #[activity(definition = Recheck)]
    pub async fn recheck(
        self: Arc<Self>,
        _ctx: ActivityContext,
        accommodation: AccommodationId,
    ) -> Result<Vec<Displaced>, ActivityError> {
        let displaced = self.reader.recheck(accommodation).await?;
        self.call_owner().await?;
        Ok(displaced)
    }

    /// Idempotent on the preview's name: the first answer stays.
    #[activity(definition = PreviewFeed)]
    pub async fn preview(
        self: Arc<Self>,
        ctx: ActivityContext,
        preview: FeedId,
    ) -> Result<(), ActivityError> {
        alive(&ctx, self.reader.preview(preview)).await
    }

    /// Idempotent.
    #[activity(definition = LevelSchedules)]
    pub async fn level_schedules(
        self: Arc<Self>,
        _ctx: ActivityContext,
    ) -> Result<usize, ActivityError> {
        let feeds = calendars::to_schedule(&self.database).await;
        let feeds = feeds.map_err(of_database)?;
        for feed in &feeds {
            let every = Duration::from_secs(u64::from(feed.settings.interval_minutes) * 60);
            let times = FeedTimes {
                feed: feed.id,
                every,
                paused: feed.paused,
            };
            let scheduled = self.front_desk.schedule_feed(times).await;
            scheduled.map_err(of_front_desk)?;
        }
        let since = Utc::now() - REMEMBERED;
        let removed = calendars::removed_since(&self.database, since).await;
        for feed in removed.map_err(of_database)? {
            let gone = self.front_desk.unschedule_feed(feed).await;
            gone.map_err(of_front_desk)?;
        }
        self.call_owner().await?;
        let forgotten = calendars::forget_previews(&self.database, Utc::now()).await;
        forgotten.map_err(of_database)?;
        Ok(feeds.len())
    }
}
