//! What a feed would take, before it is added.

use ::calendars::{Kind, NightSet, Snapshot};
use chrono::Utc;
use database::{
    accommodations,
    calendars::{self, Fetched, Preview},
};
use domain::{Accommodation, FeedId};
use serde_json::{Value, json};
use temporalio_sdk::activities::ActivityError;

use super::Reader;
use crate::failure::{missing, of_database};

/// So many blocks are shown; the count tells of the rest.
const SHOWN: usize = 200;

impl Reader {
    /// Looks at a feed and leaves what it would take beside the question. Nothing is taken.
    pub(super) async fn preview(&self, id: FeedId) -> Result<(), ActivityError> {
        let asked = calendars::preview(&self.database, id).await;
        let asked = asked
            .map_err(of_database)?
            .ok_or_else(|| missing("preview"))?;
        if asked.outcome.is_some() {
            return Ok(());
        }
        let place = accommodations::by_id(&self.database, asked.accommodation_id).await;
        let place = place
            .map_err(of_database)?
            .ok_or_else(|| missing("accommodation"))?;
        let outcome = self.look(&asked, &place).await.map_err(of_database)?;
        calendars::answer_preview(&self.database, id, &outcome)
            .await
            .map_err(of_database)
    }

    async fn look(&self, asked: &Preview, place: &Accommodation) -> Result<Value, database::Error> {
        let source = super::reading::Source {
            url: &asked.url,
            channel: asked.channel,
            settings: &asked.settings,
            known: feed_fetcher::Validators::default(),
        };
        let now = Utc::now();
        let snapshot = match self.ask(source, place, now).await {
            Fetched::Snapshot {
                snapshot,
                counted,
                warnings,
                ..
            } => (snapshot, counted, warnings),
            Fetched::NotModified => return Ok(json!({ "error": "status" })),
            Fetched::Failed { error, .. } => return Ok(json!({ "error": error })),
        };
        let (snapshot, counted, warnings) = snapshot;
        let today = place.today(now);
        let nights: NightSet = snapshot
            .taken
            .iter()
            .flat_map(|event| event.nights.ranges())
            .copied()
            .collect();
        let nights = nights.from_on(today);
        let clashes = calendars::would_be_taken(&self.database, place.id, &nights).await?;
        let clashes = clashes.into_iter().map(|(code, status, nights)| {
            json!({ "code": code, "status": status, "check_in": nights.from(), "check_out": nights.to() })
        });
        Ok(json!({
            "nights": nights.count(),
            "blocks": blocks(&snapshot, today),
            "clashes": clashes.collect::<Value>(),
            "counted": counted,
            "warnings": warnings,
        }))
    }
}

fn blocks(snapshot: &Snapshot, today: chrono::NaiveDate) -> Value {
    let mut ranges: Vec<_> = snapshot
        .taken
        .iter()
        .flat_map(|event| {
            let ahead = event.nights.from_on(today);
            let ranges: Vec<_> = ahead.ranges().to_vec();
            ranges.into_iter().map(|range| (range, event.kind))
        })
        .collect();
    ranges.sort_by_key(|(range, kind)| (*range, Kind::as_str(*kind)));
    let shown = ranges.into_iter().take(SHOWN).map(|(range, kind)| {
        json!({ "check_in": range.from(), "check_out": range.to(), "kind": kind.as_str() })
    });
    shown.collect()
}
