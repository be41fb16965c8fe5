//! Reading the calendars of an accommodation again before a guest is held nights there.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use database::calendars::{self, Feed};
use domain::{AccommodationId, FeedId, ReservationCode};
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
    /// stop the hold.
    pub(crate) async fn freshen(
        &self,
        accommodation: AccommodationId,
        code: &ReservationCode,
    ) -> Result<Freshness, ActivityError> {
        let now = Utc::now();
        let old = calendars::stale(&self.database, accommodation, now).await;
        let old = old.map_err(of_database)?;
        let reading = old.iter().map(|feed| async move {
            if was_tried_lately(feed, now) {
                return (feed.id, None);
            }
            let run = self.run(feed, format!("hold/{code}"), now);
            match tokio::time::timeout(PATIENCE, run).await {
                Ok(Ok(report)) if report.outcome != "failed" => {
                    (feed.id, Some(!report.displaced.is_empty()))
                }
                Ok(Ok(_)) | Ok(Err(_)) | Err(_) => (feed.id, None),
            }
        });
        let mut freshness = Freshness::default();
        for (feed, displaces) in join_all(reading).await {
            match displaces {
                Some(true) => freshness.displacing.push(feed),
                Some(false) => {}
                None => freshness.stale.push(feed),
            }
        }
        Ok(freshness)
    }
}

fn was_tried_lately(feed: &Feed, now: DateTime<Utc>) -> bool {
    let waits = feed.last_error.as_deref() == Some("busy") && feed.next_try_at > Some(now);
    waits
        || feed
            .last_try_at
            .is_some_and(|tried| now - tried < TRIED_LATELY)
}
