//! Reading other channels' calendars.

use ::calendars::{Channel, Settings};
use activities::{CalendarActivities, InventoryActivities, MessagingActivities};
use chrono::{Days, TimeDelta, Utc};
use database::{
    Page,
    calendars::{self, Feed, NewFeed},
    guests, reservations,
};
use domain::{FeedId, ReservationCode, ReservationStatus, Stay};
use serde_json::{Value, json};
use workflows::contracts::{
    calendars::{Displaced, Displacement, FeedRun, ReadFeed, RunMade},
    inventory::{HoldOutcome, Moved, NewDates, Standing},
    messaging::Deliver,
    reservations::CancelOutcome,
};

use crate::house::{House, nights};

pub(crate) const FEED: &str = "airbnb";

pub(crate) async fn feed(house: &House) -> FeedId {
    let new = NewFeed {
        id: FeedId::generate(),
        accommodation_id: house.cabin.id,
        channel: Channel::Airbnb,
        url: house.provider.feed_url(FEED).into(),
        settings: Settings::default(),
        at: Utc::now(),
    };
    calendars::add(&house.db, &new).await.unwrap().id
}

pub(crate) fn event(uid: &str, stay: Stay) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:{uid}@airbnb.com\r\nDTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{}\r\nSUMMARY:Reserved\r\nEND:VEVENT\r\n",
        stay.check_in().format("%Y%m%d"),
        stay.check_out().format("%Y%m%d"),
    )
}

pub(crate) fn calendar(events: &[String]) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Airbnb Inc//Hosting Calendar 1.0//EN\r\n{}END:VCALENDAR\r\n",
        events.concat()
    )
}

fn reading(feed: FeedId, key: &str) -> ReadFeed {
    ReadFeed {
        feed,
        key: key.to_owned(),
        asked: true,
    }
}

pub(crate) async fn reads(house: &House, feed: FeedId, key: &str) -> RunMade {
    let read = reading(feed, key);
    match house.run(CalendarActivities::fetch_and_apply, read).await {
        FeedRun::Made(made) => made,
        other => panic!("it was not read: {other:?}"),
    }
}

async fn known(house: &House, feed: FeedId) -> Feed {
    calendars::by_id(&house.db, feed).await.unwrap().unwrap()
}

async fn hold(house: &House, stay: Stay) -> (ReservationCode, HoldOutcome) {
    let request = house.hold_request(None, stay);
    let code = request.code.clone();
    let outcome = house.twice(InventoryActivities::place_hold, request).await;
    (code, outcome)
}

/// The last good answer is so old.
async fn time_passes(house: &House, feed: FeedId, minutes: i64) {
    let known = known(house, feed).await;
    let key = format!("{minutes} minutes ago");
    let run = calendars::NewRun {
        feed,
        edition: 0,
        key,
        at: Utc::now() - TimeDelta::minutes(minutes),
        today: house.cabin.today(Utc::now()),
        fetched: calendars::Fetched::NotModified,
        served: Vec::new(),
    };
    assert_eq!(known.last_good_at, None, "it was not read before");
    calendars::record(&house.db, &run).await.unwrap();
}

#[tokio::test]
async fn a_run_made_twice_asks_the_channel_once() {
    let house = House::open().await;
    let feed = feed(&house).await;
    let booked = nights(10, 3);
    let says = calendar(&[event("a", booked), event("b", nights(20, 2))]);
    house.provider.publishes(FEED, &says).await;
    let read = reading(feed, "first");
    let run = house.twice(CalendarActivities::fetch_and_apply, read).await;
    let FeedRun::Made(made) = run else {
        panic!("it was not read: {run:?}");
    };
    assert_eq!((made.outcome.as_str(), made.added), ("applied", 2));
    assert_eq!(house.provider.feed_requests(FEED).await.len(), 1);
    assert_eq!(hold(&house, booked).await.1, HoldOutcome::Taken);
    let runs = calendars::runs(&house.db, feed, Page::first(10))
        .await
        .unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].counts["counted"]["events"], 2);
    let blocks = calendars::blocks(&house.db, feed, Page::first(10))
        .await
        .unwrap();
    assert_eq!(blocks[0].uid.as_deref(), Some("a@airbnb.com"));
}

#[tokio::test]
async fn an_unchanged_calendar_costs_one_request_under_a_condition() {
    let house = House::open().await;
    let feed = feed(&house).await;
    let says = calendar(&[event("a", nights(10, 3))]);
    house.provider.publishes(FEED, &says).await;
    reads(&house, feed, "first").await;
    assert_eq!(reads(&house, feed, "second").await.outcome, "not_modified");
    let requests = house.provider.feed_requests(FEED).await;
    assert_eq!(requests[0]["headers"]["if-none-match"], Value::Null);
    assert!(requests[1]["headers"]["if-none-match"].is_string());
    assert!(requests[1]["headers"]["if-modified-since"].is_string());
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn whatever_a_channel_answers_that_is_no_calendar_frees_no_night() {
    let house = House::open().await;
    let feed = feed(&house).await;
    let booked = nights(10, 3);
    house
        .provider
        .publishes(FEED, &calendar(&[event("a", booked)]))
        .await;
    reads(&house, feed, "good").await;
    for (trouble, code) in [
        (json!({ "body": "login_page" }), "not_a_calendar"),
        (json!({ "body": "empty" }), "not_a_calendar"),
        (json!({ "status": 500 }), "status"),
        (json!({ "status": 403 }), "refused"),
        (
            json!({ "body": "endless", "bytes": 1_073_741_824_u64 }),
            "limits_exceeded",
        ),
        (json!({ "body": "gzip_bomb" }), "limits_exceeded"),
        (
            json!({ "location": "http://localhost:5432/" }),
            "forbidden_redirect",
        ),
        (
            json!({ "location": "http://169.254.169.254/" }),
            "forbidden_redirect",
        ),
        (json!({ "cut_after": 60 }), "connection"),
        (json!({ "status": 429, "retry_after": 3_600 }), "busy"),
    ] {
        house.provider.feed_trouble(FEED, trouble.clone()).await;
        let made = reads(&house, feed, &trouble.to_string()).await;
        assert_eq!(
            (made.outcome.as_str(), made.error.as_deref()),
            ("failed", Some(code)),
            "{trouble}"
        );
    }
    let known = known(&house, feed).await;
    assert_eq!(
        (known.failures, known.last_error.as_deref()),
        (10, Some("busy"))
    );
    assert!(
        known
            .next_try_at
            .is_some_and(|at| at > Utc::now() + TimeDelta::minutes(59))
    );
    assert_eq!(hold(&house, booked).await.1, HoldOutcome::Taken);
    // Whoever was asked to wait does, also when somebody asks.
    let left = house
        .run(
            CalendarActivities::fetch_and_apply,
            reading(feed, "at once"),
        )
        .await;
    assert_eq!(
        left,
        FeedRun::LeftAlone {
            until: known.next_try_at,
            accommodation_id: house.cabin.id,
            displaced: Vec::new(),
        }
    );
}

#[tokio::test]
async fn a_calendar_without_events_is_held_and_frees_nothing() {
    let house = House::open().await;
    let feed = feed(&house).await;
    let booked = nights(10, 3);
    house
        .provider
        .publishes(FEED, &calendar(&[event("a", booked)]))
        .await;
    reads(&house, feed, "good").await;
    house.provider.publishes(FEED, &calendar(&[])).await;
    let made = reads(&house, feed, "nothing").await;
    assert_eq!((made.outcome.as_str(), made.held), ("held", 1));
    assert_eq!(hold(&house, booked).await.1, HoldOutcome::Taken);
    let reference = (String::from("calendar_drop"), feed.to_string());
    assert!(house.owners_queue().await.contains(&reference));
}

#[tokio::test]
async fn a_hold_reads_an_old_calendar_first() {
    let house = House::open().await;
    let feed = feed(&house).await;
    time_passes(&house, feed, 11).await;
    let booked = nights(10, 3);
    house
        .provider
        .publishes(FEED, &calendar(&[event("a", booked)]))
        .await;
    assert_eq!(hold(&house, booked).await.1, HoldOutcome::Taken);
    assert_eq!(house.provider.feed_requests(FEED).await.len(), 1);
    let (code, outcome) = hold(&house, nights(20, 2)).await;
    assert!(matches!(outcome, HoldOutcome::Held { .. }), "{outcome:?}");
    assert_eq!(
        house.provider.feed_requests(FEED).await.len(),
        1,
        "a calendar that was just read is not read again"
    );
    let told = reservations::timeline(&house.db, &code).await.unwrap();
    assert!(
        told.iter().all(|event| event.kind != "calendars_not_fresh"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_channel_that_does_not_answer_stops_no_hold_and_it_is_written_down() {
    let house = House::open().await;
    let feed = feed(&house).await;
    time_passes(&house, feed, 11).await;
    house.provider.publishes(FEED, &calendar(&[])).await;
    house
        .provider
        .feed_trouble(FEED, json!({ "delay_ms": 60_000 }))
        .await;
    let (code, outcome) = hold(&house, nights(10, 3)).await;
    assert!(matches!(outcome, HoldOutcome::Held { .. }), "{outcome:?}");
    let told = reservations::timeline(&house.db, &code).await.unwrap();
    let stale: Vec<_> = told
        .iter()
        .filter(|event| event.kind == "calendars_not_fresh")
        .collect();
    assert_eq!(stale.len(), 1, "{told:?}");
    assert_eq!(stale[0].details["feeds"], json!([feed]));
    // Nobody else waits for it again so soon, and it is no failure of the channel's.
    hold(&house, nights(20, 2)).await;
    assert_eq!(house.provider.feed_requests(FEED).await.len(), 1);
    assert_eq!(known(&house, feed).await.failures, 0);
}

#[tokio::test]
async fn other_dates_are_only_given_when_an_old_calendar_was_read_again() {
    let house = House::open().await;
    let code = house.held().await;
    let feed = feed(&house).await;
    time_passes(&house, feed, 11).await;
    house
        .provider
        .publishes(FEED, &calendar(&[event("a", nights(20, 3))]))
        .await;
    let stay = nights(21, 3);
    let to = NewDates {
        code: code.clone(),
        stay,
        party: domain::Party::of(4).unwrap(),
        quote: crate::house::quote(stay),
        ends_by: None,
    };
    let moved = house.twice(InventoryActivities::change_dates, to).await;
    assert_eq!(moved, Moved::Taken);
    assert_eq!(house.provider.feed_requests(FEED).await.len(), 1);
    assert_eq!(house.reservation(&code).await.stay, nights(10, 3));
}

#[tokio::test]
async fn other_dates_that_a_silent_channel_may_have_sold_are_given_and_it_is_written_down() {
    let house = House::open().await;
    let code = house.held().await;
    let feed = feed(&house).await;
    time_passes(&house, feed, 11).await;
    house
        .provider
        .feed_trouble(FEED, json!({ "status": 500 }))
        .await;
    let stay = nights(21, 3);
    let to = NewDates {
        code: code.clone(),
        stay,
        party: domain::Party::of(4).unwrap(),
        quote: crate::house::quote(stay),
        ends_by: None,
    };
    let moved = house.twice(InventoryActivities::change_dates, to).await;
    assert_eq!(moved, Moved::Is { changes: 1 });
    let told = reservations::timeline(&house.db, &code).await.unwrap();
    let stale: Vec<_> = told
        .iter()
        .filter(|event| event.kind == "calendars_not_fresh_for_dates")
        .collect();
    assert_eq!(stale.len(), 1, "{told:?}");
    assert_eq!(stale[0].details["stay"], json!(stay));
}

#[tokio::test]
async fn a_late_payment_takes_no_nights_that_a_channel_has_sold_meanwhile() {
    let house = House::open().await;
    let code = house.held().await;
    house.run(InventoryActivities::expire, code.clone()).await;
    let feed = feed(&house).await;
    time_passes(&house, feed, 11).await;
    house
        .provider
        .publishes(FEED, &calendar(&[event("a", nights(11, 3))]))
        .await;
    let standing = house.twice(InventoryActivities::retake, code).await;
    assert_eq!(standing, Standing::Taken);
    assert_eq!(house.provider.feed_requests(FEED).await.len(), 1);
}

/// In production a feed is not read twice within a minute.
#[tokio::test]
async fn a_hold_that_a_guests_question_displaced_is_named_by_a_reading_that_leaves_the_channel_alone()
 {
    let mut house = House::open().await;
    house.world.calendars.floor = TimeDelta::seconds(60);
    let code = house.held().await;
    let feed = feed(&house).await;
    time_passes(&house, feed, 11).await;
    house
        .provider
        .publishes(FEED, &calendar(&[event("a", nights(11, 4))]))
        .await;
    // Somebody asks for quite other nights, and the calendar is read for them.
    let (_, outcome) = hold(&house, nights(30, 2)).await;
    assert!(matches!(outcome, HoldOutcome::Held { .. }), "{outcome:?}");
    let read = reading(feed, "asked");
    let left = house.twice(CalendarActivities::fetch_and_apply, read).await;
    let FeedRun::LeftAlone {
        until: Some(_),
        accommodation_id,
        displaced,
    } = left
    else {
        panic!("it was read within a minute: {left:?}");
    };
    let gives_way = Displaced {
        code,
        stay: nights(10, 3),
    };
    assert_eq!(displaced, [gives_way]);
    assert_eq!(accommodation_id, house.cabin.id);
    assert_eq!(house.provider.feed_requests(FEED).await.len(), 1);
}

#[tokio::test]
async fn a_booking_names_the_hold_that_gives_way_and_looks_again_when_it_has() {
    let house = House::open().await;
    let feed = feed(&house).await;
    let code = house.held().await;
    house
        .provider
        .publishes(FEED, &calendar(&[event("a", nights(11, 4))]))
        .await;
    let made = reads(&house, feed, "first").await;
    let gives_way = Displaced {
        code: code.clone(),
        stay: nights(10, 3),
    };
    assert_eq!(made.displaced, std::slice::from_ref(&gives_way));
    let displacement = Displacement {
        hold: gives_way.clone(),
        feed,
        run: "first".to_owned(),
    };
    // Nobody runs this hold's workflow here: the question is answered all the same, and asked again next time.
    let told = house
        .twice(CalendarActivities::displace, displacement)
        .await;
    assert_eq!(told, CancelOutcome::Unknown);
    assert_eq!(
        reads(&house, feed, "second").await.displaced,
        std::slice::from_ref(&gives_way)
    );
    reservations::cancel(&house.db, &code, "displaced", Utc::now())
        .await
        .unwrap();
    let left = house
        .twice(CalendarActivities::recheck, house.cabin.id)
        .await;
    assert_eq!(left, []);
    let open = calendars::conflicts(&house.db, None, Some("open"), Page::first(10))
        .await
        .unwrap();
    assert_eq!(open, []);
    assert!(reads(&house, feed, "third").await.displaced.is_empty());
    let cancelled = house.reservation(&code).await;
    assert_eq!(cancelled.status, ReservationStatus::Cancelled);
    assert_eq!(hold(&house, nights(10, 3)).await.1, HoldOutcome::Taken);
}

#[tokio::test]
async fn a_feed_that_is_paused_or_removed_is_not_asked() {
    let house = House::open().await;
    let feed = feed(&house).await;
    calendars::set_paused(&house.db, feed, true).await.unwrap();
    let paused = house
        .twice(CalendarActivities::fetch_and_apply, reading(feed, "a"))
        .await;
    let left = FeedRun::LeftAlone {
        until: None,
        accommodation_id: house.cabin.id,
        displaced: Vec::new(),
    };
    assert_eq!(paused, left);
    let today = house.cabin.today(Utc::now()) + Days::new(0);
    calendars::remove(&house.db, feed, true, today, Utc::now())
        .await
        .unwrap();
    let removed = house
        .twice(CalendarActivities::fetch_and_apply, reading(feed, "b"))
        .await;
    assert_eq!(removed, FeedRun::Removed);
    assert!(house.provider.feed_requests(FEED).await.is_empty());
}

#[tokio::test]
async fn the_schedules_are_what_the_feeds_say() {
    let house = House::open().await;
    let feed = feed(&house).await;
    let schedule = async || {
        let client = house.world.front_desk.client();
        let handle = client.get_schedule_handle(workflows::names::calendar(feed));
        handle.describe(Default::default()).await.ok()
    };
    let scheduled = house.twice(CalendarActivities::level_schedules, ()).await;
    assert_eq!(scheduled, 1);
    let made = schedule().await.unwrap();
    assert_eq!((made.note(), made.paused()), (Some("every 300 s"), false));

    calendars::set_paused(&house.db, feed, true).await.unwrap();
    let settings = Settings {
        interval_minutes: 15,
        ..Settings::default()
    };
    calendars::set_settings(&house.db, feed, &settings)
        .await
        .unwrap();
    house.twice(CalendarActivities::level_schedules, ()).await;
    let changed = schedule().await.unwrap();
    assert_eq!(
        (changed.note(), changed.paused()),
        (Some("every 900 s, paused"), true)
    );

    let today = house.cabin.today(Utc::now());
    calendars::remove(&house.db, feed, true, today, Utc::now())
        .await
        .unwrap();
    assert_eq!(
        house.twice(CalendarActivities::level_schedules, ()).await,
        0
    );
    assert!(schedule().await.is_none());
}

const OWNER: &str = "5491155559999";

/// Tells the owner's phone what is written for it, as the workflow beside would, and answers everything it has heard.
async fn owner_hears(house: &House) -> Vec<Value> {
    let identity = guests::Identity {
        wa_id: Some(OWNER.to_owned()),
        ..guests::Identity::default()
    };
    let owner = guests::resolve(&house.db, &identity).await.unwrap();
    let written = house.written_to(owner).await;
    let deliver = Deliver {
        guest_id: owner,
        messages: written.into_iter().map(|message| message.id).collect(),
    };
    house.run(MessagingActivities::deliver, deliver).await;
    house.provider.phone(OWNER).await
}

#[tokio::test]
async fn the_owners_phone_hears_of_a_conflict_once_and_of_a_drop() {
    let mut house = House::open().await;
    house.world.owner = Some(OWNER.parse().unwrap());
    let feed = feed(&house).await;
    let code = house.held().await;
    house.run(InventoryActivities::confirm, code.clone()).await;
    let clash = || event("a", nights(11, 4));
    house.provider.publishes(FEED, &calendar(&[clash()])).await;
    let read = reading(feed, "first");
    house.twice(CalendarActivities::fetch_and_apply, read).await;
    let heard = owner_hears(&house).await;
    assert_eq!(heard.len(), 1, "{heard:?}");
    let text = heard[0].to_string();
    assert!(
        text.contains(code.as_str()) && text.contains("Airbnb"),
        "{text}"
    );
    assert_eq!(
        heard[0]["template"], "owner_conflict",
        "the owner has not written: {text}"
    );
    // It is looked at again, and is the same conflict.
    reads(&house, feed, "second").await;
    house
        .twice(CalendarActivities::recheck, house.cabin.id)
        .await;
    assert_eq!(owner_hears(&house).await.len(), 1);

    house.provider.publishes(FEED, &calendar(&[])).await;
    assert_eq!(reads(&house, feed, "third").await.outcome, "held");
    let heard = owner_hears(&house).await;
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert_eq!(heard[1]["template"], "owner_drop", "{heard:?}");
    // It names the nights, and is answered with a press.
    let said = heard[1].to_string();
    let stay = nights(11, 4);
    for day in [stay.check_in(), stay.check_out()] {
        assert!(said.contains(&day.format("%d/%m").to_string()), "{said}");
    }
    assert!(said.contains("/free") && said.contains("/keep"), "{said}");
}

#[tokio::test]
async fn without_a_phone_the_owner_has_the_queue() {
    let house = House::open().await;
    let feed = feed(&house).await;
    let code = house.held().await;
    house.run(InventoryActivities::confirm, code).await;
    house
        .provider
        .publishes(FEED, &calendar(&[event("a", nights(11, 4))]))
        .await;
    reads(&house, feed, "first").await;
    let queue = house.owners_queue().await;
    assert!(
        queue.iter().any(|(kind, _)| kind == "calendar_conflict"),
        "{queue:?}"
    );
    assert!(owner_hears(&house).await.is_empty());
}
