//! What is behind a link, and what its channel was served.

use ::calendars::{Channel, Incoming, Key, Kind, NightSet, Nights, Settings, Snapshot};
use chrono::{DateTime, TimeDelta, Utc};
use database::{
    Page,
    calendars::{self, Fetched, NewFeed, NewRun, Report},
    exports::{self, Calendar, Link, NewFetch, NewLink},
    reservations,
};
use domain::{FeedId, Stay};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::support::{Fresh, january, minutes, now};

/// A house with a feed of each channel, and a link for each.
struct House {
    fresh: Fresh,
}

impl House {
    async fn new() -> Self {
        Self {
            fresh: Fresh::database().await,
        }
    }

    async fn feed(&self, channel: Channel) -> FeedId {
        let new = NewFeed {
            id: FeedId::generate(),
            accommodation_id: self.fresh.cabin,
            channel,
            url: format!("https://channel.example/{}.ics", FeedId::generate()).into(),
            settings: Settings::default(),
            at: now(),
        };
        calendars::add(&self.fresh.db, &new).await.unwrap().id
    }

    async fn link(&self, channel: Option<Channel>) -> Link {
        let new = NewLink {
            accommodation_id: self.fresh.cabin,
            channel,
            with_rules: false,
        };
        exports::create(&self.fresh.db, new, now()).await.unwrap().0
    }

    async fn calendar(&self, link: &Link, at: DateTime<Utc>) -> Calendar {
        let token = link.token.expose_secret();
        let found = exports::calendar(&self.fresh.db, token, Some(self.fresh.cabin), at).await;
        found.unwrap().expect("the token opens it")
    }

    /// The channel reads its link: what it is told is taken.
    async fn read_by(&self, link: &Link, at: DateTime<Utc>) -> NightSet {
        let calendar = self.calendar(link, at).await;
        let nights = calendar.nights();
        let etag = nights.to_string();
        let version = exports::version(&self.fresh.db, link.id, &etag, &nights, at)
            .await
            .unwrap();
        let fetch = NewFetch {
            at,
            method: "GET",
            status: 200,
            user_agent: Some("a channel"),
            has_it: true,
        };
        exports::keep(&self.fresh.db, link.id, version, fetch)
            .await
            .unwrap();
        nights
    }

    /// We read the channel's feed, with the evidence of what it was served.
    async fn reads(&self, feed: FeedId, at: DateTime<Utc>, taken: Vec<Incoming>) -> Report {
        let run = NewRun {
            feed,
            edition: 0,
            key: format!("{feed}/{at}"),
            at,
            today: (at - TimeDelta::hours(3)).date_naive(),
            fetched: Fetched::Snapshot {
                snapshot: Snapshot {
                    taken,
                    ..Snapshot::default()
                },
                body: Vec::new(),
                etag: None,
                last_modified: None,
                counted: json!({}),
                warnings: json!([]),
            },
            served: exports::served(&self.fresh.db, feed, at).await.unwrap(),
        };
        calendars::record(&self.fresh.db, &run).await.unwrap()
    }

    async fn echoes(&self, feed: FeedId) -> Vec<bool> {
        let blocks = calendars::blocks(&self.fresh.db, feed, Page::first(100))
            .await
            .unwrap();
        blocks.into_iter().map(|block| block.echo).collect()
    }
}

fn set(stays: &[Stay]) -> NightSet {
    stays
        .iter()
        .filter_map(|stay| Nights::new(stay.check_in(), stay.check_out()))
        .collect()
}

fn event(uid: &str, stay: Stay, kind: Kind) -> Incoming {
    Incoming {
        key: Key(uid.to_owned()),
        uid: Some(uid.to_owned()),
        nights: set(&[stay]),
        kind,
        sequence: None,
        summary: None,
    }
}

#[tokio::test]
async fn a_link_tells_its_channel_everything_but_what_it_said_itself() {
    let house = House::new().await;
    let (airbnb, booking) = (
        house.feed(Channel::Airbnb).await,
        house.feed(Channel::Booking).await,
    );
    let hold = house.fresh.held(january(2, 4)).await;
    reservations::confirm(&house.fresh.db, &hold.code, now())
        .await
        .unwrap();
    house.fresh.held(january(4, 6)).await;
    let cancelled = house.fresh.held(january(6, 8)).await;
    reservations::cancel(&house.fresh.db, &cancelled.code, "changed", now())
        .await
        .unwrap();
    house
        .reads(
            airbnb,
            now(),
            vec![
                event("a", january(10, 12), Kind::Reservation),
                event("r", january(25, 28), Kind::Rule),
            ],
        )
        .await;
    house
        .reads(
            booking,
            now(),
            vec![event("b", january(20, 22), Kind::Unknown)],
        )
        .await;

    let told = async |link| {
        house
            .calendar(&house.link(link).await, now())
            .await
            .nights()
    };
    let ours = [january(2, 4), january(4, 6)];
    assert_eq!(
        told(Some(Channel::Airbnb)).await,
        set(&[ours[0], ours[1], january(20, 22)])
    );
    assert_eq!(
        told(Some(Channel::Booking)).await,
        set(&[ours[0], ours[1], january(10, 12)])
    );
    let everything = set(&[ours[0], ours[1], january(10, 12), january(20, 22)]);
    assert_eq!(told(Some(Channel::Vrbo)).await, everything);
    assert_eq!(told(None).await, everything);
    // Stays that follow on each other are told one by one.
    let link = house.link(None).await;
    assert_eq!(house.calendar(&link, now()).await.entries.len(), 4);
    // And the rules of a channel only where the owner says so.
    let with_rules = NewLink {
        accommodation_id: house.fresh.cabin,
        channel: None,
        with_rules: true,
    };
    let (link, is_new) = exports::create(&house.fresh.db, with_rules, now())
        .await
        .unwrap();
    assert!(!is_new);
    assert_eq!(house.calendar(&link, now()).await.entries.len(), 5);
}

#[tokio::test]
async fn a_token_opens_its_own_accommodation_alone_and_stops_when_it_is_replaced() {
    let house = House::new().await;
    let other = house.fresh.another_cabin().await;
    let link = house.link(None).await;
    let db = &house.fresh.db;
    let opens = async |token: &str, of| {
        exports::calendar(db, token, of, now())
            .await
            .unwrap()
            .is_some()
    };
    let token = link.token.expose_secret();
    assert!(opens(token, None).await && opens(token, Some(house.fresh.cabin)).await);
    assert!(!opens(token, Some(other)).await);
    assert!(!opens("", None).await && !opens(&token.to_uppercase(), None).await);
    let again = house.link(None).await;
    assert_eq!(again.token.expose_secret(), token, "it can be shown again");
    let replaced = exports::replace(db, link.id, now()).await.unwrap();
    assert!(!opens(token, None).await);
    assert!(opens(replaced.token.expose_secret(), None).await);
    exports::revoke(db, link.id, now()).await.unwrap();
    assert!(!opens(replaced.token.expose_secret(), None).await);
}

#[tokio::test]
async fn stays_leave_the_calendar_the_day_after_check_out_and_a_series_is_told_range_by_range() {
    let house = House::new().await;
    let feed = house.feed(Channel::Airbnb).await;
    let link = house.link(None).await;
    house.fresh.held(january(10, 13)).await;
    let mut series = event("s", january(20, 21), Kind::Unknown);
    series.nights = set(&[january(20, 21), january(27, 28)]);
    house.reads(feed, now(), vec![series]).await;
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    // The day of the accommodation counts, three hours behind.
    let on_the_day = house.calendar(&link, at("2027-01-14T02:59:00Z")).await;
    assert_eq!(on_the_day.entries.len(), 3);
    let after = house.calendar(&link, at("2027-01-14T03:00:00Z")).await;
    let mut names: Vec<_> = after
        .entries
        .iter()
        .map(|entry| entry.name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names.len(), 2);
    assert!(
        names[0].ends_with("/2027-01-20") && names[1].ends_with("/2027-01-27"),
        "{names:?}"
    );
}

#[tokio::test]
async fn a_revision_counts_changes_of_dates_and_nothing_else() {
    let house = House::new().await;
    let feed = house.feed(Channel::Airbnb).await;
    let link = house.link(Some(Channel::Booking)).await;
    let block = |from, to| vec![event("a", january(from, to), Kind::Reservation)];
    house.reads(feed, now(), block(10, 13)).await;
    let entry = async || house.calendar(&link, now()).await.entries.remove(0);
    let first = entry().await;
    assert_eq!(first.revision, 0);
    house.reads(feed, minutes(15), block(10, 13)).await;
    assert_eq!(entry().await, first, "the same is the same");
    house.reads(feed, minutes(30), block(10, 14)).await;
    let moved = entry().await;
    assert_eq!((moved.revision, &moved.name), (1, &first.name));
    assert!(moved.changed_at > first.changed_at);
}

#[tokio::test]
async fn a_version_begins_later_than_the_one_before_even_within_a_second() {
    let house = House::new().await;
    let link = house.link(None).await;
    let db = &house.fresh.db;
    let at = now() + TimeDelta::milliseconds(300);
    let version = async |etag: &str| {
        exports::version(db, link.id, etag, &set(&[january(1, 2)]), at)
            .await
            .unwrap()
    };
    let first = version("a").await;
    assert_eq!(first.changed_at, now());
    assert_eq!(version("a").await, first);
    let second = version("b").await;
    assert_eq!(second.changed_at, now() + TimeDelta::seconds(1));
    let third = version("a").await;
    assert_eq!(
        third.changed_at,
        now() + TimeDelta::seconds(2),
        "it came back, and is new again"
    );
}

#[tokio::test]
async fn nights_of_ours_that_a_channel_gives_back_are_an_echo_and_go_to_nobody() {
    let house = House::new().await;
    let (airbnb, booking) = (
        house.feed(Channel::Airbnb).await,
        house.feed(Channel::Booking).await,
    );
    let to_airbnb = house.link(Some(Channel::Airbnb)).await;
    let to_booking = house.link(Some(Channel::Booking)).await;
    let hold = house.fresh.held(january(10, 13)).await;
    // Booking.com gives nights back before it has read ours: it sold them itself.
    house
        .reads(
            booking,
            minutes(1),
            vec![event("b", january(10, 13), Kind::Unknown)],
        )
        .await;
    house.read_by(&to_airbnb, minutes(2)).await;
    house.read_by(&to_booking, minutes(2)).await;
    let given_back = vec![event("e", january(10, 13), Kind::Block)];
    let report = house.reads(airbnb, minutes(15), given_back).await;
    assert!(report.alerts.is_empty());
    assert_eq!(house.echoes(airbnb).await, [true]);
    assert_eq!(house.echoes(booking).await, [false]);
    let told = house.calendar(&to_booking, minutes(16)).await;
    assert_eq!(told.entries.len(), 1, "our own stay, and not its echo");
    assert_eq!(told.entries[0].name, hold.code.as_str());
}

#[tokio::test]
async fn what_a_channel_read_long_ago_proves_nothing() {
    let house = House::new().await;
    let feed = house.feed(Channel::Booking).await;
    let link = house.link(Some(Channel::Booking)).await;
    let hold = house.fresh.held(january(10, 13)).await;
    house.read_by(&link, minutes(0)).await;
    reservations::cancel(&house.fresh.db, &hold.code, "changed", now())
        .await
        .unwrap();
    house.read_by(&link, minutes(30)).await;
    let days = |days| minutes(30) + TimeDelta::days(days);
    let evidence = async |at| exports::served(&house.fresh.db, feed, at).await.unwrap();
    assert!(
        evidence(days(2))
            .await
            .iter()
            .any(|served| !served.nights.is_empty())
    );
    house.read_by(&link, days(4)).await;
    assert!(
        evidence(days(4))
            .await
            .iter()
            .all(|served| served.nights.is_empty())
    );
    // Somebody books there what was once a stay of ours: a guest, and no echo.
    house
        .reads(
            feed,
            days(4),
            vec![event("b", january(10, 13), Kind::Unknown)],
        )
        .await;
    assert_eq!(house.echoes(feed).await, [false]);
}

#[tokio::test]
async fn what_went_out_under_the_general_link_is_no_evidence() {
    let house = House::new().await;
    let feed = house.feed(Channel::Other).await;
    let link = house.link(None).await;
    house.fresh.held(january(10, 13)).await;
    assert!(!house.read_by(&link, minutes(1)).await.is_empty());
    assert!(
        exports::served(&house.fresh.db, feed, minutes(2))
            .await
            .unwrap()
            .is_empty()
    );
}

/// Two channels that read each other through us, with other names for everything, for a compressed day: what
/// was booked once is taken until it is given up, and then it is free everywhere.
#[tokio::test]
async fn two_channels_that_give_back_what_they_read_keep_nothing_for_ever() {
    let house = House::new().await;
    let channels = [Channel::Airbnb, Channel::Booking];
    let mut pairs = Vec::new();
    for channel in channels {
        pairs.push((
            house.feed(channel).await,
            house.link(Some(channel)).await,
            channel,
        ));
    }
    let ours = house.fresh.held(january(10, 13)).await;
    reservations::confirm(&house.fresh.db, &ours.code, now())
        .await
        .unwrap();
    // What each channel shows: its own booking, and whatever it read from us, under names of its own.
    let mut read: Vec<NightSet> = vec![NightSet::EMPTY, NightSet::EMPTY];
    for quarter in 0..96_i64 {
        let at = minutes(quarter * 15);
        if quarter == 30 {
            reservations::cancel(&house.fresh.db, &ours.code, "changed", at)
                .await
                .unwrap();
        }
        for (number, (feed, link, _)) in pairs.iter().enumerate() {
            let own = (number == 0 && quarter < 50)
                .then(|| event("their guest", january(20, 22), Kind::Reservation));
            // Never the last one out: an empty feed would be held for hours.
            let always = event(
                "always",
                january(
                    1 + 2 * u32::try_from(number).unwrap(),
                    2 + 2 * u32::try_from(number).unwrap(),
                ),
                Kind::Reservation,
            );
            let given_back = read[number].ranges().iter().map(|range| Incoming {
                nights: [*range].into_iter().collect(),
                ..event(
                    &format!("{number}-{}-{quarter}", range.from()),
                    january(1, 2),
                    Kind::Block,
                )
            });
            let taken: Vec<_> = own.into_iter().chain([always]).chain(given_back).collect();
            house.reads(*feed, at, taken).await;
            // A channel reads us every hour.
            if quarter % 4 == 3 {
                read[number] = house.read_by(link, at + TimeDelta::minutes(5)).await;
            }
        }
        let free = async |stay: Stay| {
            let (db, nights) = (&house.fresh.db, set(&[stay]));
            let taken = calendars::would_be_taken(db, house.fresh.cabin, &nights).await;
            taken.unwrap().is_empty()
        };
        if quarter < 30 {
            assert!(!free(january(10, 13)).await, "ours, at {at}");
        }
        if quarter < 50 {
            assert!(!free(january(20, 22)).await, "theirs, at {at}");
        }
        // Both have read anew within two hours, and two misses take half an hour.
        if quarter > 30 + 16 {
            assert!(free(january(10, 13)).await, "given up, at {at}");
        }
        if quarter > 50 + 24 {
            assert!(free(january(20, 22)).await, "given up there, at {at}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_who_see_a_change_at_the_same_time_see_one_version_of_it() {
    let house = House::new().await;
    let link = house.link(Some(Channel::Airbnb)).await;
    for round in 0..10_u32 {
        let nights = set(&[january(2 + round, 3 + round)]);
        let etag = nights.to_string();
        let reading =
            (0..8).map(|_| exports::version(&house.fresh.db, link.id, &etag, &nights, now()));
        let read = futures::future::join_all(reading).await;
        let mut versions: Vec<_> = read.into_iter().map(Result::unwrap).collect();
        versions.dedup();
        assert_eq!(versions.len(), 1, "{round}");
    }
}
