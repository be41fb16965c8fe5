//! Calendars of other channels, as operators manage them. Nobody reads them here: there is no worker.

use ::calendars::{Incoming, Key, Kind, NightSet, Nights, Snapshot};
use anyhow::Result;
use chrono::{TimeDelta, Utc};
use database::calendars::{self, Fetched, NewRun};
use domain::FeedId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, OPERATOR, TestApp, day, taken};

const FEEDS: &str = "/api/v1/ical/feeds";
const LINK: &str = "https://www.airbnb.com/calendar/ical/77.ics?s=c0ffee1234";

async fn operate(app: &TestApp, method: Method, path: &str, body: &Value) -> Result<Answer> {
    let request = app.request(method, path).bearer_auth(OPERATOR).json(body);
    Answer::of(request.send().await?).await
}

async fn add(app: &TestApp, cabin: &str, url: &str) -> Result<Answer> {
    let body = json!({ "accommodation_id": cabin, "channel": "airbnb", "url": url });
    operate(app, Method::POST, FEEDS, &body).await
}

async fn added(app: &TestApp) -> Result<(String, FeedId)> {
    let cabin = app.cabin_for(4).await?;
    let added = add(app, &cabin, LINK).await?;
    assert_eq!(added.status, 201, "{added:?}");
    let feed = added.body["id"].as_str().unwrap().parse()?;
    Ok((cabin, feed))
}

fn path(feed: FeedId) -> String {
    format!("{FEEDS}/{feed}")
}

/// A worker reads that these nights are booked.
pub(crate) async fn reads(app: &TestApp, feed: FeedId, booked: &[(&str, u64, u64)]) -> Result<()> {
    let event = |(uid, from, to): &(&str, u64, u64)| Incoming {
        key: Key((*uid).to_owned()),
        uid: Some((*uid).to_owned()),
        nights: Nights::new(day(*from), day(*to))
            .into_iter()
            .collect::<NightSet>(),
        kind: Kind::Reservation,
        sequence: None,
        summary: Some("Reserved".to_owned()),
    };
    let run = NewRun {
        feed,
        edition: 0,
        key: format!("{booked:?}"),
        at: Utc::now(),
        today: day(0) - TimeDelta::days(1),
        fetched: Fetched::Snapshot {
            snapshot: Snapshot {
                taken: booked.iter().map(event).collect(),
                ..Snapshot::default()
            },
            body: b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_vec(),
            etag: None,
            last_modified: None,
            counted: json!({ "events": booked.len() }),
            warnings: json!([]),
        },
        served: Vec::new(),
    };
    calendars::record(&app.store, &run).await?;
    Ok(())
}

#[tokio::test]
async fn only_an_operator_manages_feeds() -> Result<()> {
    let app = TestApp::ready().await?;
    for path in [FEEDS, "/api/v1/ical/conflicts"] {
        assert_eq!(app.get(path).await?.code(), (401, "unauthorized"), "{path}");
    }
    let sync = app
        .request(Method::POST, "/api/v1/ical/sync/acc_1")
        .send()
        .await?;
    assert_eq!(sync.status(), 401);
    Ok(())
}

#[tokio::test]
async fn a_feed_is_added_once_and_its_link_is_shown_masked() -> Result<()> {
    let app = TestApp::ready().await?;
    let (cabin, feed) = added(&app).await?;
    assert_eq!(add(&app, &cabin, LINK).await?.code(), (409, "feed_exists"));
    let listed = operate(&app, Method::GET, FEEDS, &Value::Null).await?;
    assert_eq!(listed.body["items"].as_array().map(Vec::len), Some(1));
    let shown = operate(&app, Method::GET, &path(feed), &Value::Null).await?;
    assert_eq!(shown.body["url"], "https://www.airbnb.com/…1234");
    assert_eq!(shown.body["status"], "new");
    assert_eq!(shown.body["settings"]["interval_minutes"], 5);
    for answer in [&listed, &shown] {
        assert!(!answer.body.to_string().contains("c0ffee"), "{answer:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_a_feed_is_refused_with_its_field() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    for (url, code) in [
        ("airbnb.com/calendar", "url_malformed"),
        ("http://www.airbnb.com/a.ics", "url_scheme"),
        ("https://www.airbnb.com:8443/a.ics", "url_port"),
        ("https://me:word@www.airbnb.com/a.ics", "url_user_info"),
        ("https://169.254.169.254/latest", "url_address"),
        ("https://[::ffff:127.0.0.1]/a.ics", "url_address"),
    ] {
        let refused = add(&app, &cabin, url).await?;
        assert_eq!(refused.code(), (422, code), "{url}");
        assert_eq!(refused.body["field"], "url");
    }
    let nowhere = add(&app, "acc_00000000000000000000000000000000", LINK).await?;
    assert_eq!(nowhere.code(), (404, "not_found"));
    for (field, body) in [
        (
            "accommodation_id",
            json!({ "accommodation_id": "1", "channel": "airbnb", "url": LINK }),
        ),
        (
            "channel",
            json!({ "accommodation_id": cabin, "channel": "expedia", "url": LINK }),
        ),
        (
            "url",
            json!({ "accommodation_id": cabin, "channel": "airbnb" }),
        ),
        (
            "settings",
            json!({ "accommodation_id": cabin, "channel": "airbnb", "url": LINK,
            "settings": { "interval_minutes": 1 } }),
        ),
        (
            "settings.ignore_summary",
            json!({ "accommodation_id": cabin, "channel": "airbnb", "url": LINK,
            "settings": { "ignore_summary": "Check-(in" } }),
        ),
    ] {
        let refused = operate(&app, Method::POST, FEEDS, &body).await?;
        assert_eq!(
            (refused.status, &refused.body["field"]),
            (422, &json!(field)),
            "{refused:?}"
        );
    }
    let listed = operate(&app, Method::GET, FEEDS, &Value::Null).await?;
    assert_eq!(listed.body["items"], json!([]));
    Ok(())
}

#[tokio::test]
async fn a_feed_is_paused_resumed_and_set_otherwise() -> Result<()> {
    let app = TestApp::ready().await?;
    let (_, feed) = added(&app).await?;
    let change = async |body: Value| operate(&app, Method::PATCH, &path(feed), &body).await;
    assert_eq!(
        change(json!({ "paused": true })).await?.body["status"],
        "paused"
    );
    let settings =
        json!({ "settings": { "interval_minutes": 15, "ignore_summary": "Check-(in|out)" } });
    let changed = change(settings).await?;
    assert_eq!(changed.body["settings"]["interval_minutes"], 15);
    assert_eq!(changed.body["settings"]["ignore_summary"], "Check-(in|out)");
    assert_eq!(changed.body["settings"]["rule_blocks"], true);
    assert_eq!(changed.body["status"], "paused", "what is not said stays");
    assert_eq!(
        change(json!({ "paused": false })).await?.body["status"],
        "new"
    );
    let link = json!({ "url": "webcal://www.airbnb.com/calendar/ical/78.ics?s=beef5678" });
    assert_eq!(
        change(link).await?.body["url"],
        "https://www.airbnb.com/…5678"
    );
    let unknown = change(json!({ "pause": true })).await?;
    assert_eq!(unknown.code(), (422, "invalid_field"));
    let nobody = operate(&app, Method::PATCH, &path(FeedId::generate()), &json!({})).await?;
    assert_eq!(nobody.code(), (404, "not_found"));
    Ok(())
}

#[tokio::test]
async fn what_a_feed_says_and_how_it_was_read_can_be_seen() -> Result<()> {
    let app = TestApp::ready().await?;
    let (_, feed) = added(&app).await?;
    let of = |what: &str| format!("{}/{what}", path(feed));
    let none = operate(&app, Method::GET, &of("snapshot"), &Value::Null).await?;
    assert_eq!(none.code(), (404, "not_found"));
    reads(&app, feed, &[("a", 0, 3), ("b", 5, 8)]).await?;

    let first = operate(
        &app,
        Method::GET,
        &format!("{}?page_size=1", of("blocks")),
        &Value::Null,
    )
    .await?;
    assert_eq!(first.body["items"][0]["uid"], "a");
    assert_eq!(
        first.body["items"][0]["nights"][0]["check_in"],
        json!(day(0))
    );
    assert_eq!(first.body["has_more"], true);
    let runs = operate(&app, Method::GET, &of("runs"), &Value::Null).await?;
    assert_eq!(runs.body["items"][0]["outcome"], "applied");
    assert_eq!(runs.body["items"][0]["counts"]["added"], 2);
    let snapshot = operate(&app, Method::GET, &of("snapshot"), &Value::Null).await?;
    assert_eq!(snapshot.body, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
    assert_eq!(
        snapshot.headers["content-disposition"],
        "attachment; filename=\"calendar.ics\""
    );
    Ok(())
}

#[tokio::test]
async fn whoever_removes_a_feed_says_what_becomes_of_its_nights() -> Result<()> {
    let app = TestApp::ready().await?;
    let (cabin, feed) = added(&app).await?;
    reads(&app, feed, &[("a", 0, 3)]).await?;
    let asked = operate(&app, Method::DELETE, &path(feed), &Value::Null).await?;
    assert_eq!(asked.code(), (422, "answer_needed"));
    assert!(
        asked.body["detail"].as_str().unwrap().contains("1 blocks"),
        "{asked:?}"
    );
    let kept = format!("{}?release_blocks=false", path(feed));
    let removed = operate(&app, Method::DELETE, &kept, &Value::Null).await?;
    assert_eq!(
        (removed.status, &removed.body["released"]),
        (200, &json!(false))
    );
    assert_eq!(
        operate(&app, Method::GET, &path(feed), &Value::Null)
            .await?
            .code(),
        (404, "not_found")
    );
    let search = format!(
        "/api/v1/availability?check_in={}&check_out={}&guests=2&accommodation_id={cabin}",
        day(0),
        day(3)
    );
    let available = app.get(&search).await?;
    assert_eq!(
        available.body["available"],
        json!([]),
        "its nights stay taken"
    );
    Ok(())
}

#[tokio::test]
async fn a_drop_that_is_held_waits_for_an_answer() -> Result<()> {
    let app = TestApp::ready().await?;
    let (cabin, feed) = added(&app).await?;
    let answer = format!("{}/drop", path(feed));
    let free = json!({ "free": true });
    assert_eq!(
        operate(&app, Method::POST, &answer, &free).await?.code(),
        (409, "no_drop")
    );
    reads(&app, feed, &[("a", 0, 3)]).await?;
    reads(&app, feed, &[]).await?;
    let held = operate(&app, Method::GET, &path(feed), &Value::Null).await?;
    assert_eq!(held.body["status"], "suspicious_drop");
    let answered = operate(&app, Method::POST, &answer, &free).await?;
    assert_eq!(
        (answered.status, &answered.body["status"]),
        (200, &json!("ok"))
    );
    taken(&app, &cabin, day(0), day(3)).await?;
    Ok(())
}

#[tokio::test]
async fn a_conflict_is_shown_with_both_sides_and_decided() -> Result<()> {
    let app = TestApp::ready().await?;
    let (cabin, feed) = added(&app).await?;
    let code = taken(&app, &cabin, day(0), day(3)).await?;
    database::reservations::confirm(&app.store, &code, Utc::now()).await?;
    reads(&app, feed, &[("a", 2, 5)]).await?;
    let list = "/api/v1/ical/conflicts?state=open";
    let listed = operate(&app, Method::GET, list, &Value::Null).await?;
    let conflict = &listed.body["items"][0];
    assert_eq!(conflict["against"], json!(code));
    assert_eq!(conflict["severity"], "critical");
    assert_eq!(
        conflict["nights"],
        json!([{ "check_in": day(2), "check_out": day(3) }])
    );
    assert_eq!(conflict["evidence"]["blocks"][0]["uid"], "a");
    let one = format!("/api/v1/ical/conflicts/{}", conflict["id"]);
    let resolve = format!("{one}/resolve");
    let unknown = operate(
        &app,
        Method::POST,
        &resolve,
        &json!({ "decision": "forget" }),
    )
    .await?;
    assert_eq!(unknown.code(), (422, "invalid_field"));
    let asked = operate(&app, Method::POST, &resolve, &json!({ "decision": "move" })).await?;
    assert_eq!(asked.code(), (409, "dates_taken"));
    assert!(
        asked.body["alternatives"]
            .as_array()
            .is_some_and(|free| !free.is_empty()),
        "{asked:?}"
    );
    let ignored = operate(
        &app,
        Method::POST,
        &resolve,
        &json!({ "decision": "ignore" }),
    )
    .await?;
    assert_eq!(
        (ignored.status, &ignored.body["state"]),
        (200, &json!("acknowledged"))
    );
    assert_eq!(ignored.body["decision"], "ignore");
    let nothing = operate(&app, Method::GET, list, &Value::Null).await?;
    assert_eq!(nothing.body["items"], json!([]));
    for path in ["/api/v1/ical/conflicts/0", "/api/v1/ical/conflicts/x"] {
        let nobody = operate(&app, Method::GET, path, &Value::Null).await?;
        assert_eq!(nobody.code(), (404, "not_found"), "{path}");
    }
    let bad = operate(
        &app,
        Method::GET,
        "/api/v1/ical/conflicts?state=new",
        &Value::Null,
    )
    .await?;
    assert_eq!(bad.code(), (422, "invalid_field"));
    Ok(())
}

#[tokio::test]
async fn the_age_of_every_calendar_is_in_health() -> Result<()> {
    let app = TestApp::ready().await?;
    let (_, feed) = added(&app).await?;
    app.sql("UPDATE calendar_feeds SET created_at = now() - interval '25 minutes'")
        .await?;
    let late = app.get("/api/v1/healthz").await?;
    assert_eq!(
        (late.status, &late.body["status"]),
        (200, &json!("degraded"))
    );
    assert_eq!(late.body["calendars"]["status"], "late");
    assert_eq!(late.body["calendars"]["feeds"][0]["id"], json!(feed));
    reads(&app, feed, &[]).await?;
    let fresh = app.get("/api/v1/healthz").await?;
    assert_eq!(fresh.body["calendars"]["status"], "ok");
    assert_eq!(fresh.body["status"], "healthy");
    Ok(())
}
