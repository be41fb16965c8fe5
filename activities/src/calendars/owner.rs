//! Telling the owner's phone what waits for them: it is in their queue already.

use ::calendars::{Channel, NightSet, Nights};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use database::{
    accommodations,
    guests::{self, Identity},
    messages,
    review_queue::{self, Call},
};
use dialogue::{OwnersMatter, owners_matter};
use domain::{AccommodationId, Language, Stay};
use serde_json::Value;
use temporalio_sdk::activities::ActivityError;

use super::CalendarActivities;
use crate::{
    failure::{of_database, of_front_desk},
    messaging::Written,
};

/// What is older is in the queue, and wakes nobody any more.
const NEWS: TimeDelta = TimeDelta::days(1);

impl CalendarActivities {
    /// Each call goes out once, by a workflow of its own, however often this is asked for.
    pub(super) async fn call_owner(&self) -> Result<(), ActivityError> {
        let Some(number) = &self.owner else {
            return Ok(());
        };
        let (db, now) = (&self.database, Utc::now());
        let calls = review_queue::to_call(db, now - NEWS).await;
        let calls = calls.map_err(of_database)?;
        if calls.is_empty() {
            return Ok(());
        }
        let identity = Identity {
            wa_id: Some(number.wa_id()),
            ..Identity::default()
        };
        let owner = guests::resolve(db, &identity).await.map_err(of_database)?;
        let known = guests::by_id(db, owner).await.map_err(of_database)?;
        let language = known.and_then(|owner| owner.language);
        for call in calls {
            if let Some(written) = self
                .words(&call, language.unwrap_or(Language::Es), now)
                .await?
            {
                let step = format!("owner/{}/{}", call.id, call.call_due.timestamp_micros());
                let message = written.outbound(owner, &step)?;
                let id = message.id;
                let composed = messages::compose(db, &[message]).await;
                composed.map_err(of_database)?;
                let told = self.front_desk.tell_owner(owner, id).await;
                told.map_err(of_front_desk)?;
            }
            review_queue::called(db, &call).await.map_err(of_database)?;
        }
        Ok(())
    }

    /// What is said of a matter; nothing of one that is no calendar's, or whose place is gone.
    async fn words(
        &self,
        call: &Call,
        language: Language,
        now: DateTime<Utc>,
    ) -> Result<Option<Written>, ActivityError> {
        let details = &call.details;
        let Some(id) = text(details, "/accommodation_id").and_then(|id| id.parse().ok()) else {
            return Ok(None);
        };
        let id: AccommodationId = id;
        let place = accommodations::by_id(&self.database, id).await;
        let Some(place) = place.map_err(of_database)? else {
            return Ok(None);
        };
        let dropped = text(details, "/nights").map(ranges).unwrap_or_default();
        let matter = match call.kind.as_str() {
            "calendar_conflict" => OwnersMatter::Conflict {
                channel: channel(text(details, "/evidence/blocks/0/channel")),
                other: match text(details, "/evidence/reservation/code") {
                    Some(code) => code,
                    None => channel(text(details, "/evidence/blocks/1/channel")),
                },
                nights: text(details, "/nights").and_then(first_nights),
            },
            "calendar_drop" => OwnersMatter::Drop {
                matter: call.id,
                channel: channel(text(details, "/channel")),
                nights: &dropped,
            },
            "calendar_failing" => OwnersMatter::Failing {
                channel: channel(text(details, "/channel")),
            },
            _ => return Ok(None),
        };
        let (say, template) = owners_matter(
            matter,
            &place.name,
            place.today(now),
            (language, &*self.words.now().await),
        );
        Ok(Written::together(vec![say], template).next())
    }
}

fn text<'a>(details: &'a Value, at: &str) -> Option<&'a str> {
    details.pointer(at)?.as_str()
}

/// As the owner knows it.
fn channel(name: Option<&str>) -> &'static str {
    match name.and_then(|name| name.parse().ok()) {
        Some(Channel::Airbnb) => "Airbnb",
        Some(Channel::Booking) => "Booking.com",
        Some(Channel::Vrbo) => "Vrbo",
        Some(Channel::Google) => "Google Calendar",
        Some(Channel::Other) | None => "iCal",
    }
}

fn ranges(nights: &str) -> Vec<(NaiveDate, NaiveDate)> {
    let nights: Option<NightSet> = nights.parse().ok();
    let ranges = nights.as_ref().map(NightSet::ranges).unwrap_or_default();
    ranges
        .iter()
        .map(|nights| (nights.from(), nights.to()))
        .collect()
}

fn first_nights(nights: &str) -> Option<Stay> {
    let nights: NightSet = nights.parse().ok()?;
    let first: &Nights = nights.ranges().first()?;
    Stay::new(first.from(), first.to()).ok()
}
