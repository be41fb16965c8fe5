//! Reading the calendars of an accommodation again before a guest is given nights there.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use database::calendars::{self, Feed, Report};
use domain::{AccommodationId, FeedId};
use futures::future::join_all;
use temporalio_sdk::activities::ActivityError;

use super::Reader;
use crate::failure::of_database;

/// A guest waits for no channel longer than this.
const PATIENCE: Duration = Duration::from_secs(2);

/// A channel that was tried so lately is not tried again for a guest, however that went.
const TRIED_LATELY: TimeDelta = TimeDelta::seconds(30);

/// What is known of the channels when nights are held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Freshness {
    /// Feeds that are older than their owner wants and could not be read in time: the hold is made all the same.
    pub(crate) stale: Vec<FeedId>,
    /// Feeds whose booking displaces another hold.
    pub(crate) displacing: Vec<FeedId>,
}

impl Reader {
    /// Reads again what is old, for as long as a guest waits. What a channel does not answer in time does not
    /// stop the guest. The key names the question: asked again, it is answered with what was found the first time.
    pub(crate) async fn freshen(
        &self,
        accommodation: AccommodationId,
        key: &str,
    ) -> Result<Freshness, ActivityError> {
        let now = Utc::now();
        let made = calendars::made_under(&self.database, accommodation, key).await;
        let made = made.map_err(of_database)?;
        let old = calendars::stale(&self.database, accommodation, now).await;
        let old = old.map_err(of_database)?;
        let reading = old.iter().map(async |feed| {
            let was_read = made.iter().any(|(read, _)| *read == feed.id);
            let report = if was_read || was_tried_lately(feed, now) {
                None
            } else {
                self.read_in_time(feed, key, now).await
            };
            (feed.id, report)
        });
        let read = join_all(reading).await;
        let mut freshness = Freshness::default();
        for (feed, report) in made
            .into_iter()
            .map(|(feed, report)| (feed, Some(report)))
            .chain(read)
        {
            match report {
                Some(report) if !report.displaced.is_empty() => freshness.displacing.push(feed),
                Some(_) => {}
                None => freshness.stale.push(feed),
            }
        }
        Ok(freshness)
    }

    /// What a channel said, if it said it in time. Only the channel is waited for no longer; what it did say is
    /// applied.
    async fn read_in_time(&self, feed: &Feed, key: &str, now: DateTime<Utc>) -> Option<Report> {
        let place = self.place_of(feed).await.ok()?;
        let fetching = self.fetch(feed, &place, now);
        let Ok(fetched) = tokio::time::timeout(PATIENCE, fetching).await else {
            // The next guest does not wait for it again at once.
            if let Err(error) = calendars::note_try(&self.database, feed.id, now).await {
                tracing::warn!(feed.id = %feed.id, %error, "a try could not be written down");
            }
            return None;
        };
        let recorded = self
            .record(feed, &place, key.to_owned(), (fetched, now))
            .await;
        recorded.ok().filter(|report| report.outcome != "failed")
    }
}

fn was_tried_lately(feed: &Feed, now: DateTime<Utc>) -> bool {
    let waits = feed.last_error.as_deref() == Some("busy") && feed.next_try_at > Some(now);
    waits
        || feed
            .last_try_at
            .is_some_and(|tried| now - tried < TRIED_LATELY)
}
