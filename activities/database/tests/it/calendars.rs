//! Runs of a feed against a real Postgres.

use ::calendars::{
    Channel, Displaced, Incoming, Key, Kind, NightSet, Nights, Settings, Snapshot, Status,
};
use chrono::{DateTime, Days, TimeDelta, Utc};
use database::{
    Error, Page,
    calendars::{self, Feed, Fetched, NewFeed, NewRun, Report},
    reservations::{self, HoldPlaced},
    review_queue,
};
use domain::{FeedId, Stay};
use sea_orm::ConnectionTrait as _;
use serde_json::json;

use crate::support::{Fresh, day, held, january, now};

async fn feed(fresh: &Fresh) -> FeedId {
    let new = NewFeed {
        id: FeedId::generate(),
        accommodation_id: fresh.cabin,
        channel: Channel::Airbnb,
        url: format!("https://channel.example/{}.ics", FeedId::generate()).into(),
        settings: Settings::default(),
        at: now(),
    };
    calendars::add(&fresh.db, &new).await.unwrap().id
}

fn nights(stay: Stay) -> NightSet {
    Nights::new(stay.check_in(), stay.check_out())
        .into_iter()
        .collect()
}

fn event(uid: &str, stay: Stay, kind: Kind) -> Incoming {
    Incoming {
        key: Key(uid.to_owned()),
        uid: Some(uid.to_owned()),
        nights: nights(stay),
        kind,
        sequence: None,
        summary: Some("Reserved".to_owned()),
    }
}

fn booked(uid: &str, stay: Stay) -> Incoming {
    event(uid, stay, Kind::Reservation)
}

fn says(taken: Vec<Incoming>) -> Fetched {
    Fetched::Snapshot {
        snapshot: Snapshot {
            taken,
            ..Snapshot::default()
        },
        body: b"BEGIN:VCALENDAR".to_vec(),
        etag: Some("\"1\"".to_owned()),
        last_modified: None,
        counted: json!({}),
        warnings: json!([]),
    }
}

fn failed() -> Fetched {
    Fetched::Failed {
        error: "http_500".to_owned(),
        needs_attention: false,
        retry_after: None,
    }
}

fn run(feed: FeedId, at: DateTime<Utc>, fetched: Fetched) -> NewRun {
    NewRun {
        feed,
        edition: 0,
        key: format!("{feed}/{at}"),
        at,
        today: (at - TimeDelta::hours(3)).date_naive(),
        fetched,
        served: Vec::new(),
    }
}

async fn read(fresh: &Fresh, feed: FeedId, minute: i64, fetched: Fetched) -> Report {
    let run = run(feed, now() + TimeDelta::minutes(minute), fetched);
    calendars::record(&fresh.db, &run).await.unwrap()
}

/// Whether a guest can be held these nights.
async fn is_free(fresh: &Fresh, stay: Stay) -> bool {
    match reservations::place_hold(&fresh.db, &fresh.hold(stay))
        .await
        .unwrap()
    {
        HoldPlaced::Held(hold) => {
            reservations::cancel(&fresh.db, &hold.code, "tried", now())
                .await
                .unwrap();
            true
        }
        HoldPlaced::Taken => false,
    }
}

#[tokio::test]
async fn what_a_feed_says_is_taken_is_taken_until_it_is_gone_for_good() {
    let fresh = Fresh::database().await;
    let feed = feed(&fresh).await;
    let both = || vec![booked("a", january(10, 13)), booked("b", january(20, 22))];
    assert_eq!(read(&fresh, feed, 0, says(both())).await.added, 2);
    assert!(!is_free(&fresh, january(12, 14)).await);
    assert!(is_free(&fresh, january(13, 20)).await);
    assert_eq!(
        read(&fresh, feed, 5, says(both())).await.outcome,
        "unchanged"
    );
    assert_eq!(read(&fresh, feed, 10, failed()).await.outcome, "failed");
    assert_eq!(
        read(&fresh, feed, 15, Fetched::NotModified).await.outcome,
        "not_modified"
    );
    let without_a = || vec![booked("b", january(20, 22))];
    assert_eq!(read(&fresh, feed, 30, says(without_a())).await.waiting, 1);
    assert!(!is_free(&fresh, january(10, 13)).await);
    let gone = read(&fresh, feed, 60, says(without_a())).await;
    assert_eq!((gone.released, gone.freed), (1, nights(january(10, 13))));
    assert!(is_free(&fresh, january(10, 13)).await);
}

#[tokio::test]
async fn a_run_made_twice_is_one_run() {
    let fresh = Fresh::database().await;
    let feed = feed(&fresh).await;
    let three = || {
        vec![
            booked("a", january(1, 3)),
            booked("b", january(5, 7)),
            booked("c", january(9, 11)),
        ]
    };
    read(&fresh, feed, 0, says(three())).await;
    let missing = run(
        feed,
        now() + TimeDelta::minutes(60),
        says(three().split_off(1)),
    );
    let first = calendars::record(&fresh.db, &missing).await.unwrap();
    let second = calendars::record(&fresh.db, &missing).await.unwrap();
    assert_eq!(first, second);
    assert_eq!((first.waiting, first.released), (1, 0));
    assert_eq!(
        calendars::runs(&fresh.db, feed, Page::first(10))
            .await
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn an_answer_that_was_outrun_by_a_younger_one_changes_nothing() {
    let fresh = Fresh::database().await;
    let feed = feed(&fresh).await;
    read(&fresh, feed, 5, says(vec![booked("a", january(10, 12))])).await;
    let older = read(&fresh, feed, 4, says(Vec::new())).await;
    assert_eq!(older.outcome, "superseded");
    assert_eq!(read(&fresh, feed, 3, failed()).await.outcome, "superseded");
    let known = calendars::by_id(&fresh.db, feed).await.unwrap().unwrap();
    assert_eq!((known.failures, known.drop_since), (0, None));
    assert!(!is_free(&fresh, january(10, 12)).await);
}

#[tokio::test]
async fn nights_of_a_confirmed_stay_are_a_conflict_and_the_rest_is_taken() {
    let fresh = Fresh::database().await;
    let stay = fresh.held(january(10, 13)).await;
    reservations::confirm(&fresh.db, &stay.code, now())
        .await
        .unwrap();
    let feed = feed(&fresh).await;
    let report = read(
        &fresh,
        feed,
        0,
        says(vec![
            booked("a", january(8, 12)),
            booked("b", january(20, 21)),
        ]),
    )
    .await;
    assert!(report.displaced.is_empty());
    assert_eq!(report.alerts, ["calendar_conflict"]);
    assert!(!is_free(&fresh, january(8, 9)).await);
    let found = calendars::conflicts(&fresh.db, Some(fresh.cabin), Some("open"), Page::first(10))
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].nights, nights(january(10, 12)));
    assert_eq!(found[0].severity, "critical");
    assert_eq!(found[0].evidence["reservation"]["code"], stay.code.as_str());
    assert_eq!(found[0].evidence["blocks"][0]["uid"], "a");
    // Told once at once, once more after an hour, and then no more.
    for (minute, told) in [(5, 0), (70, 1), (140, 0)] {
        let again = read(&fresh, feed, minute, Fetched::NotModified).await;
        assert_eq!(again.alerts.len(), told, "{minute}");
    }
    // The guest gives the stay up: the channel's guest has the nights, in the same moment.
    reservations::cancel(&fresh.db, &stay.code, "moved", now())
        .await
        .unwrap();
    assert!(!is_free(&fresh, january(10, 12)).await);
    assert!(is_free(&fresh, january(12, 13)).await);
    read(&fresh, feed, 200, Fetched::NotModified).await;
    let over = calendars::conflict(&fresh.db, found[0].id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(over.state, "resolved");
    let matter =
        review_queue::open_about(&fresh.db, "calendar_conflict", &found[0].id.to_string()).await;
    assert!(matter.unwrap().is_none());
}

#[tokio::test]
async fn a_hold_gives_way_and_nobody_slips_in_between() {
    let fresh = Fresh::database().await;
    let hold = fresh.held(january(10, 13)).await;
    let feed = feed(&fresh).await;
    let report = read(
        &fresh,
        feed,
        0,
        says(vec![
            booked("a", january(9, 12)),
            booked("b", january(20, 21)),
        ]),
    )
    .await;
    let gives_way = Displaced {
        code: hold.code.clone(),
        stay: january(10, 13),
    };
    assert_eq!(report.displaced, std::slice::from_ref(&gives_way));
    assert!(report.alerts.is_empty());
    let again = read(&fresh, feed, 5, Fetched::NotModified).await;
    assert_eq!(
        again.displaced,
        std::slice::from_ref(&gives_way),
        "asked again until it has given way"
    );
    reservations::cancel(&fresh.db, &hold.code, "displaced", now())
        .await
        .unwrap();
    assert!(!is_free(&fresh, january(11, 12)).await);
    assert!(is_free(&fresh, january(12, 13)).await);
    assert!(
        calendars::recheck(&fresh.db, fresh.cabin, day("2026-11-24"), now())
            .await
            .unwrap()
            .displaced
            .is_empty()
    );
}

#[tokio::test]
async fn two_feeds_may_say_the_same_and_the_night_is_free_when_neither_does() {
    let fresh = Fresh::database().await;
    let (one, two) = (feed(&fresh).await, feed(&fresh).await);
    let block = |uid: &str| says(vec![event(uid, january(10, 13), Kind::Block)]);
    read(&fresh, one, 0, block("a")).await;
    read(&fresh, two, 1, block("b")).await;
    calendars::remove(&fresh.db, one, true, day("2026-11-24"), now())
        .await
        .unwrap();
    assert!(
        !is_free(&fresh, january(10, 11)).await,
        "the other one still says so"
    );
    let removed = calendars::remove(&fresh.db, two, true, day("2026-11-24"), now())
        .await
        .unwrap();
    assert_eq!(removed.freed, nights(january(10, 13)));
    assert!(is_free(&fresh, january(10, 13)).await);
    let late = calendars::record(&fresh.db, &run(two, now(), block("b"))).await;
    assert!(
        matches!(late, Err(Error::NotFound { .. })),
        "a feed that was removed takes nothing"
    );
}

#[tokio::test]
async fn a_total_drop_is_held_and_the_owner_can_say_that_it_is_free() {
    let fresh = Fresh::database().await;
    let feed = feed(&fresh).await;
    read(&fresh, feed, 0, says(vec![booked("a", january(10, 13))])).await;
    let drop = read(&fresh, feed, 15, says(Vec::new())).await;
    assert_eq!((drop.outcome.as_str(), drop.held), ("held", 1));
    assert_eq!(drop.alerts, ["calendar_drop"]);
    assert!(
        read(&fresh, feed, 30, says(Vec::new()))
            .await
            .alerts
            .is_empty()
    );
    assert!(!is_free(&fresh, january(10, 13)).await);
    calendars::answer_drop(&fresh.db, feed, true, day("2026-11-24"), now())
        .await
        .unwrap();
    assert!(is_free(&fresh, january(10, 13)).await);
}

async fn known(fresh: &Fresh, feed: FeedId) -> Feed {
    calendars::by_id(&fresh.db, feed).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_the_owner_says_is_free_is_not_brought_back_by_not_modified() {
    let fresh = Fresh::database().await;
    let feed = feed(&fresh).await;
    read(&fresh, feed, 0, says(vec![booked("a", january(10, 13))])).await;
    read(&fresh, feed, 15, says(Vec::new())).await;
    read(&fresh, feed, 20, failed()).await;
    calendars::answer_drop(&fresh.db, feed, true, day("2026-11-24"), now())
        .await
        .unwrap();
    let answered = known(&fresh, feed).await;
    assert_eq!((answered.etag, answered.read_whole_at), (None, None));
    assert_eq!(answered.status, Status::Failing, "it still cannot be read");
}

#[tokio::test]
async fn an_answer_to_a_drop_that_is_over_releases_nothing() {
    let fresh = Fresh::database().await;
    let feed = feed(&fresh).await;
    let booked = || says(vec![booked("a", january(10, 13))]);
    read(&fresh, feed, 0, booked()).await;
    read(&fresh, feed, 15, says(Vec::new())).await;
    read(&fresh, feed, 30, booked()).await;
    calendars::answer_drop(&fresh.db, feed, true, day("2026-11-24"), now())
        .await
        .unwrap();
    assert!(!is_free(&fresh, january(10, 13)).await);
    assert!(known(&fresh, feed).await.etag.is_some());
}

#[tokio::test]
async fn the_owner_has_as_long_for_a_drop_as_it_is_held() {
    let fresh = Fresh::database().await;
    let feed = feed(&fresh).await;
    let settings = Settings {
        drop_hold_minutes: 45,
        ..Settings::default()
    };
    let changed = calendars::set_settings(&fresh.db, feed, &settings)
        .await
        .unwrap();
    let one = |minute, fetched| NewRun {
        edition: changed.edition,
        ..run(feed, now() + TimeDelta::minutes(minute), fetched)
    };
    let first = one(0, says(vec![booked("a", january(10, 13))]));
    calendars::record(&fresh.db, &first).await.unwrap();
    calendars::record(&fresh.db, &one(15, says(Vec::new())))
        .await
        .unwrap();
    let matter = review_queue::open_about(&fresh.db, "calendar_drop", &feed.to_string()).await;
    let deadline = matter.unwrap().unwrap().deadline.unwrap();
    assert_eq!(deadline, now() + TimeDelta::minutes(60));
}

#[tokio::test]
async fn only_the_same_refusal_twice_needs_a_new_link() {
    let fresh = Fresh::database().await;
    let feed = feed(&fresh).await;
    let refused = || Fetched::Failed {
        error: "refused".to_owned(),
        needs_attention: true,
        retry_after: None,
    };
    for (minute, fetched, status) in [
        (0, failed(), Status::Failing),
        (15, refused(), Status::Failing),
        (30, failed(), Status::Failing),
        (45, refused(), Status::Failing),
        (60, refused(), Status::NeedsAttention),
    ] {
        read(&fresh, feed, minute, fetched).await;
        assert_eq!(known(&fresh, feed).await.status, status, "{minute}");
    }
}

#[tokio::test]
async fn what_another_link_or_other_settings_were_asked_changes_nothing() {
    let fresh = Fresh::database().await;
    let feed = feed(&fresh).await;
    let url = "https://channel.example/another.ics".to_owned().into();
    calendars::replace_url(&fresh.db, feed, (&url, false), day("2026-11-24"), now())
        .await
        .unwrap();
    let late = read(&fresh, feed, 0, says(vec![booked("a", january(10, 13))])).await;
    assert_eq!(late.outcome, "superseded");
    assert_eq!(read(&fresh, feed, 1, failed()).await.outcome, "superseded");
    assert!(is_free(&fresh, january(10, 13)).await);
    let untouched = known(&fresh, feed).await;
    assert_eq!(untouched.status, Status::New);
    assert_eq!((untouched.etag, untouched.failures), (None, 0));
    let asked_now = NewRun {
        edition: untouched.edition,
        ..run(
            feed,
            now() + TimeDelta::minutes(2),
            says(vec![booked("a", january(10, 13))]),
        )
    };
    let report = calendars::record(&fresh.db, &asked_now).await.unwrap();
    assert_eq!(report.outcome, "applied");
}

/// Ids, and for what was written which row, of everything that a run could touch.
async fn versions(fresh: &Fresh) -> String {
    let sql = "SELECT coalesce(string_agg(place || ' ' || ctid, ',' ORDER BY place, ctid), '') AS text FROM (
            SELECT 'block' AS place, ctid::text || xmin::text AS ctid FROM calendar_blocks
            UNION ALL SELECT 'row', ctid::text || xmin::text FROM reservations
            UNION ALL SELECT 'conflict', ctid::text || xmin::text FROM calendar_conflicts
            UNION ALL SELECT 'event', ctid::text || xmin::text FROM reservation_events
            UNION ALL SELECT 'matter', ctid::text || xmin::text FROM review_queue
            UNION ALL SELECT 'snapshot', snapshot::text FROM calendar_feeds) AS every";
    let asked = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sql);
    let found = fresh.sql().await.query_one_raw(asked).await.unwrap();
    found.unwrap().try_get("", "text").unwrap()
}

#[tokio::test]
async fn an_unchanged_calendar_writes_no_block_no_night_and_no_matter() {
    let fresh = Fresh::database().await;
    let stay = fresh.held(january(20, 22)).await;
    reservations::confirm(&fresh.db, &stay.code, now())
        .await
        .unwrap();
    let feed = feed(&fresh).await;
    let both = || {
        says(vec![
            booked("a", january(10, 13)),
            booked("b", january(20, 22)),
        ])
    };
    read(&fresh, feed, 0, both()).await;
    let before = versions(&fresh).await;
    assert!(before.contains("conflict") && before.contains("block"));
    assert_eq!(read(&fresh, feed, 5, both()).await.outcome, "unchanged");
    let same = read(&fresh, feed, 10, Fetched::NotModified).await;
    assert_eq!(same.outcome, "not_modified");
    assert_eq!(versions(&fresh).await, before);
}

#[tokio::test]
async fn many_events_are_imported_in_one_go() {
    let fresh = Fresh::database().await;
    let feed = feed(&fresh).await;
    let from = day("2026-12-01");
    let many: Vec<Incoming> = (0..2_000_u64)
        .map(|number| {
            let check_in = from + Days::new(number % 700);
            booked(&format!("e{number}"), Stay::of_nights(check_in, 1).unwrap())
        })
        .collect();
    let began = std::time::Instant::now();
    assert_eq!(read(&fresh, feed, 0, says(many.clone())).await.added, 2_000);
    println!("2,000 events: {:?}", began.elapsed());
    assert_eq!(
        read(&fresh, feed, 15, says(many)).await.outcome,
        "unchanged"
    );
}

#[tokio::test]
async fn an_import_and_guests_who_want_the_same_nights_share_none() {
    let fresh = Fresh::database().await;
    let feed = feed(&fresh).await;
    for round in 0..5_u32 {
        let stay = january(2 + round * 5, 5 + round * 5);
        let mut taken: Vec<Incoming> = Vec::new();
        for earlier in 0..=round {
            taken.push(booked(
                &format!("r{earlier}"),
                january(2 + earlier * 5, 5 + earlier * 5),
            ));
        }
        let hold = fresh.hold(stay);
        let (_report, placed) = tokio::join!(
            read(&fresh, feed, round.into(), says(taken)),
            reservations::place_hold(&fresh.db, &hold)
        );
        if let HoldPlaced::Held(hold) = placed.unwrap() {
            let hold = held(HoldPlaced::Held(hold));
            reservations::cancel(&fresh.db, &hold.code, "displaced", now())
                .await
                .unwrap();
        }
        assert!(
            !is_free(&fresh, stay).await,
            "the channel's guest has them in the end"
        );
    }
}

/// How a stay gives nights up while the calendar that claims them is being read.
#[derive(Clone, Copy, Debug)]
enum GivingUp {
    Cancelling,
    Expiring,
    Moving,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nights_given_up_while_a_calendar_claims_them_are_never_free() {
    let fresh = Fresh::database().await;
    for (turn, way) in [GivingUp::Cancelling, GivingUp::Expiring, GivingUp::Moving]
        .into_iter()
        .cycle()
        .take(60)
        .enumerate()
    {
        let feed = feed(&fresh).await;
        let hold = fresh.held(january(16, 20)).await;
        let claiming = read(
            &fresh,
            feed,
            i64::try_from(turn).unwrap(),
            says(vec![booked("a", january(16, 20))]),
        );
        let giving_up = async {
            match way {
                GivingUp::Cancelling => {
                    reservations::cancel(&fresh.db, &hold.code, "tried", now())
                        .await
                        .unwrap();
                }
                GivingUp::Expiring => {
                    reservations::expire(&fresh.db, &hold.code, now())
                        .await
                        .unwrap();
                }
                GivingUp::Moving => {
                    let new = reservations::NewDates {
                        stay: january(24, 26),
                        party: hold.party,
                        quote: hold.quote.clone(),
                        ends_by: None,
                    };
                    reservations::change_dates(&fresh.db, &hold.code, &new, now())
                        .await
                        .unwrap();
                }
            }
        };
        futures::join!(claiming, giving_up);
        assert!(
            !is_free(&fresh, january(16, 20)).await,
            "turn {turn}, {way:?}"
        );
        for night in 16..20 {
            assert!(
                !is_free(&fresh, january(night, night + 1)).await,
                "night {night}, turn {turn}, {way:?}"
            );
        }
        reservations::cancel(&fresh.db, &hold.code, "tried", now())
            .await
            .unwrap();
        calendars::remove(&fresh.db, feed, true, day("2026-11-24"), now())
            .await
            .unwrap();
    }
}
