//! A channel on which a cabin is sold as well: its calendar changes, and is read every few minutes.

use std::sync::Arc;

use ::calendars::{Incoming, Key, Kind, NightSet, Nights, Settings, Snapshot};
use chrono::{NaiveDate, TimeDelta};
use database::calendars::{self, Fetched, NewFeed, NewRun};
use domain::{FeedId, Stay};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;

use crate::{
    town::Town,
    witness::{Had, Moment, Whose},
};

/// A booking of the channel, and since when we certainly know of it.
struct Booking {
    uid: String,
    stay: Stay,
    known: Option<(Moment, Moment)>,
}

/// Books, cancels and is read until the town has been asked enough.
pub(crate) async fn change(town: Arc<Town>, cabin: usize, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    let feed = add(&town, cabin).await;
    let mut bookings: Vec<Booking> = Vec::new();
    let mut number = 0_u32;
    while town.goes_on() {
        let gone = chance.random_bool(0.4) && !bookings.is_empty();
        let gone = gone.then(|| bookings.swap_remove(chance.random_range(0..bookings.len())));
        let stay = Town::any_stay(&mut chance);
        if bookings.len() < 3 && !bookings.iter().any(|booking| booking.stay.overlaps(stay)) {
            number += 1;
            bookings.push(Booking {
                uid: format!("{number}@channel.example"),
                stay,
                known: None,
            });
        }
        let asked = town.witness.moment();
        if let Some(gone) = gone {
            forget(&town, cabin, &gone, asked);
        }
        if read(&town, feed, &bookings).await {
            let answered = town.witness.moment();
            for booking in &mut bookings {
                if booking.known.is_none() {
                    booking.known = Some((asked, answered));
                    town.count(|counts| counts.channels += 1);
                }
            }
        }
    }
    let end = town.witness.moment();
    for booking in &bookings {
        forget(&town, cabin, booking, end);
    }
}

async fn add(town: &Town, cabin: usize) -> FeedId {
    let new = NewFeed {
        id: FeedId::generate(),
        accommodation_id: town.cabin(cabin),
        channel: ::calendars::Channel::Airbnb,
        url: format!("https://channel.example/{cabin}.ics").into(),
        settings: Settings::default(),
        at: town.now(),
    };
    calendars::add(&town.db, &new).await.unwrap().id
}

/// From now on the channel may have let go of it.
fn forget(town: &Town, cabin: usize, booking: &Booking, now: Moment) {
    let Some((asked, granted)) = booking.known else {
        return;
    };
    for night in booking.stay.each_night() {
        town.witness.note(Had {
            whose: Whose::Channels,
            name: booking.uid.clone(),
            cabin,
            night,
            asked,
            granted,
            given_up: now,
        });
    }
}

/// One run, made twice as if its first answer had been lost. Answers whether it was taken in.
async fn read(town: &Town, feed: FeedId, bookings: &[Booking]) -> bool {
    let at = town.later();
    let run = NewRun {
        feed,
        edition: 0,
        key: format!("{feed}/{at}"),
        at,
        today: (at - TimeDelta::hours(3))
            .date_naive()
            .min(before_the_season()),
        fetched: snapshot(bookings),
        served: Vec::new(),
    };
    let Some(report) = town.expect("record", calendars::record(&town.db, &run).await) else {
        return false;
    };
    let again = town.expect("record again", calendars::record(&town.db, &run).await);
    if again.as_ref() != Some(&report) {
        town.wonder("record again", &(&report, &again));
    }
    town.displace(report.displaced.into_iter().map(|hold| hold.code));
    matches!(report.outcome.as_str(), "applied" | "unchanged" | "held")
}

/// The town's clock runs for months in a long run; what is sold must not fall into the past meanwhile.
fn before_the_season() -> NaiveDate {
    crate::support::day("2026-12-24")
}

fn snapshot(bookings: &[Booking]) -> Fetched {
    let taken = bookings.iter().map(|booking| Incoming {
        key: Key(booking.uid.clone()),
        uid: Some(booking.uid.clone()),
        nights: Nights::new(booking.stay.check_in(), booking.stay.check_out())
            .into_iter()
            .collect::<NightSet>(),
        kind: Kind::Reservation,
        sequence: None,
        summary: Some("Reserved".to_owned()),
    });
    Fetched::Snapshot {
        snapshot: Snapshot {
            taken: taken.collect(),
            ..Snapshot::default()
        },
        body: b"BEGIN:VCALENDAR".to_vec(),
        etag: None,
        last_modified: None,
        counted: json!({}),
        warnings: json!([]),
    }
}
