//! Our calendars, as channels read them, and their links, as operators manage them.

use anyhow::Result;
use database::{
    exports,
    reservations::{Claim, NewDates, cancel, change_dates, confirm},
};
use domain::{Money, Party, Quote, ReservationCode, Stay};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use stack::{Environment, eventually};

use crate::{
    app::{Answer, OPERATOR, SOON, TestApp, day, taken},
    gate::Gate,
};

const EXPORTS: &str = "/api/v1/ical/exports";

async fn operate(app: &TestApp, method: Method, path: &str) -> Result<Answer> {
    Answer::of(
        app.request(method, path)
            .bearer_auth(OPERATOR)
            .send()
            .await?,
    )
    .await
}

async fn link(app: &TestApp, cabin: &str, channel: &str) -> Result<Value> {
    let body = json!({ "accommodation_id": cabin, "channel": channel });
    let made = app.post_as(OPERATOR, EXPORTS, &body).await?;
    assert!(matches!(made.status, 200 | 201), "{made:?}");
    Ok(made.body)
}

/// The path of a link: the tests reach us elsewhere than others do.
fn path(link: &Value) -> String {
    let url = link["url"].as_str().unwrap();
    url.split_once(":8000").unwrap().1.to_owned()
}

/// The other path of a link.
fn named_path(link: &Value) -> String {
    let file = path(link).rsplit_once('/').unwrap().1.to_owned();
    let cabin = link["accommodation_id"].as_str().unwrap();
    format!("/api/v1/ical/{cabin}/{file}")
}

async fn calendar(app: &TestApp, path: &str) -> Result<String> {
    let answer = app.get(path).await?;
    assert_eq!(answer.status, 200, "{answer:?}");
    Ok(answer.body.as_str().unwrap().to_owned())
}

fn ask(app: &TestApp, path: &str, header: &str, value: &str) -> RequestBuilder {
    app.request(Method::GET, path).header(header, value)
}

fn date(days: u64) -> String {
    day(days).format("%Y%m%d").to_string()
}

/// The value of a property in a calendar of one event.
fn value<'a>(calendar: &'a str, property: &str) -> &'a str {
    let line = calendar.lines().find(|line| {
        line.strip_prefix(property)
            .is_some_and(|rest| rest.starts_with([':', ';']))
    });
    line.unwrap().rsplit_once(':').unwrap().1
}

async fn move_to(app: &TestApp, code: &ReservationCode, from: u64, to: u64) -> Result<()> {
    let stay = Stay::new(day(from), day(to))?;
    let dates = NewDates {
        stay,
        party: Party::of(2)?,
        ends_by: None,
        quote: Quote {
            lines: Vec::new(),
            total: Money::pesos(48_000),
            deposit: Money::pesos(14_400),
            nights: stay.nights(),
        },
    };
    let moved = change_dates(&app.store, code, &dates, chrono::Utc::now()).await?;
    assert!(matches!(moved, Claim::Done(_)));
    Ok(())
}

#[tokio::test]
async fn a_hold_shows_at_once_keeps_its_name_and_vanishes_when_it_is_cancelled() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let link = link(&app, &cabin, "airbnb").await?;
    let empty = calendar(&app, &path(&link)).await?;
    assert!(empty.starts_with("BEGIN:VCALENDAR\r\n") && !empty.contains("VEVENT"));

    let code = taken(&app, &cabin, day(0), day(3)).await?;
    let held = calendar(&app, &path(&link)).await?;
    assert_eq!(value(&held, "DTSTART"), date(0));
    assert_eq!(value(&held, "DTEND"), date(3));
    assert_eq!(value(&held, "SEQUENCE"), "0");
    assert_eq!(value(&held, "SUMMARY"), "Reserved");
    assert!(!held.contains(code.as_str()), "the code is a secret");
    let uid = value(&held, "UID").to_owned();
    assert!(
        uid.starts_with("blk-") && uid.ends_with("@127.0.0.1"),
        "{uid}"
    );

    confirm(&app.store, &code, chrono::Utc::now()).await?;
    let confirmed = calendar(&app, &path(&link)).await?;
    assert_eq!(value(&confirmed, "UID"), uid);
    assert_eq!(value(&confirmed, "SEQUENCE"), "0", "the dates are the same");

    move_to(&app, &code, 1, 5).await?;
    let moved = calendar(&app, &named_path(&link)).await?;
    assert_eq!(value(&moved, "UID"), uid);
    assert_eq!(value(&moved, "SEQUENCE"), "1");
    assert_eq!(value(&moved, "DTSTART"), date(1));
    assert_eq!(calendar(&app, &path(&link)).await?, moved, "byte for byte");

    cancel(&app.store, &code, "changed their mind", chrono::Utc::now()).await?;
    assert_eq!(calendar(&app, &path(&link)).await?, empty);
    Ok(())
}

#[tokio::test]
async fn who_has_it_is_not_sent_it_again() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(2).await?;
    let link = link(&app, &cabin, "booking").await?;
    let path = path(&link);
    let first = app.get(&path).await?;
    let (etag, modified) = (first.header("etag"), first.header("last-modified"));
    assert!(etag.starts_with('"'), "a strong tag: {etag}");
    for (header, value) in [
        ("content-type", "text/calendar; charset=utf-8"),
        ("content-disposition", "inline; filename=\"calendar.ics\""),
        ("cache-control", "private, no-cache"),
        ("x-robots-tag", "noindex, nofollow"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(first.header(header), value);
    }
    for (header, value, status) in [
        ("if-none-match", etag, 304),
        ("if-none-match", &format!("\"other\", W/{etag}"), 304),
        ("if-none-match", "*", 304),
        ("if-none-match", "\"other\"", 200),
        ("if-modified-since", modified, 304),
        ("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT", 200),
    ] {
        let answer = ask(&app, &path, header, value).send().await?;
        assert_eq!(answer.status(), status, "{header}: {value}");
        assert_eq!(answer.headers()["etag"], etag);
        assert_eq!(answer.bytes().await?.is_empty(), status == 304);
    }
    let head = app.request(Method::HEAD, &path).send().await?;
    assert_eq!(
        (head.status().as_u16(), &head.headers()["etag"]),
        (200, &first.headers["etag"])
    );
    assert!(head.bytes().await?.is_empty());

    taken(&app, &cabin, day(0), day(3)).await?;
    let changed = ask(&app, &path, "if-modified-since", modified)
        .send()
        .await?;
    assert_eq!(
        changed.status(),
        200,
        "changed within the same second, perhaps"
    );
    assert_ne!(changed.headers()["last-modified"], modified);
    assert_eq!(
        ask(&app, &path, "if-none-match", etag)
            .send()
            .await?
            .status(),
        200
    );

    let id = link["id"].as_str().unwrap();
    let fetches = operate(
        &app,
        Method::GET,
        &format!("{EXPORTS}/{id}/fetches?page_size=2"),
    )
    .await?;
    assert_eq!(fetches.body["items"].as_array().unwrap().len(), 2);
    assert_eq!(fetches.body["has_more"], true);
    let list = operate(&app, Method::GET, EXPORTS).await?;
    assert_eq!(list.body["items"][0]["reads"], 10);
    assert!(list.body["items"][0]["last_read_at"].is_string());
    Ok(())
}

#[tokio::test]
async fn what_opens_nothing_is_always_answered_alike() -> Result<()> {
    let app = TestApp::ready().await?;
    let (cabin, other) = (app.cabin_for(2).await?, app.cabin_for(4).await?);
    let mine = link(&app, &cabin, "vrbo").await?;
    let file = path(&mine).rsplit_once('/').unwrap().1.to_owned();
    let token = file.strip_suffix(".ics").unwrap();
    let nobody = "acc_00000000000000000000000000000000";
    let paths = [
        format!("/api/v1/ical/{other}/{file}"),
        format!("/api/v1/ical/{nobody}/{file}"),
        format!("/api/v1/ical/nowhere/{file}"),
        format!("/api/v1/ical/{cabin}/{token}"),
        format!("/api/v1/ical/{cabin}/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics"),
        format!("/api/v1/ical/{cabin}/.ics"),
        format!("/api/v1/ical/{cabin}/{}.ics", "A".repeat(5_000)),
        format!("/api/v1/ical/{cabin}/%00.ics"),
        "/ical/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics".to_owned(),
        format!("/ical/{token}"),
    ];
    let mut answers = Vec::new();
    for path in &paths {
        let mut answer = app.get(path).await?;
        answer.body.as_object_mut().unwrap().remove("trace_id");
        answers.push((answer.status, answer.body));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert_eq!(
        (answers[0].0, &answers[0].1["code"]),
        (404, &json!("not_found"))
    );
    assert_eq!(app.get(&named_path(&mine)).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn a_link_is_made_once_replaced_and_revoked() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(2).await?;
    let body = json!({ "accommodation_id": cabin, "channel": "airbnb" });
    let made = app.post_as(OPERATOR, EXPORTS, &body).await?;
    assert_eq!(made.status, 201, "{made:?}");
    let again = app.post_as(OPERATOR, EXPORTS, &body).await?;
    assert_eq!((again.status, &again.body), (200, &made.body));
    let general = link(&app, &cabin, "general").await?;
    assert_ne!(general["url"], made.body["url"]);
    let token = path(&made.body).len() - "/ical/.ics".len();
    assert_eq!(token, 32, "192 bits");
    assert!(!made.body["url"].as_str().unwrap().contains("acc_"));

    let id = made.body["id"].as_str().unwrap();
    let replaced = operate(&app, Method::POST, &format!("{EXPORTS}/{id}/replace")).await?;
    assert_ne!(replaced.body["url"], made.body["url"]);
    assert_eq!(
        app.get(&path(&made.body)).await?.status,
        404,
        "the old one stops at once"
    );
    assert_eq!(app.get(&path(&replaced.body)).await?.status, 200);

    for _ in 0..2 {
        let revoked = operate(&app, Method::DELETE, &format!("{EXPORTS}/{id}")).await?;
        assert_eq!(revoked.status, 204);
    }
    assert_eq!(app.get(&path(&replaced.body)).await?.status, 404);
    let replaced = operate(&app, Method::POST, &format!("{EXPORTS}/{id}/replace")).await?;
    assert_eq!(replaced.code(), (404, "not_found"));
    let anew = app.post_as(OPERATOR, EXPORTS, &body).await?;
    assert_eq!(anew.status, 201);

    let of = |cabin: &str| format!("{EXPORTS}?accommodation_id={cabin}");
    assert_eq!(
        operate(&app, Method::GET, &of(&cabin)).await?.body["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let other = app.cabin_for(4).await?;
    assert_eq!(
        operate(&app, Method::GET, &of(&other)).await?.body["items"],
        json!([])
    );
    Ok(())
}

#[tokio::test]
async fn links_are_for_operators_and_for_accommodations_that_are_there() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(2).await?;
    let body = json!({ "accommodation_id": cabin, "channel": "airbnb" });
    assert_eq!(app.get(EXPORTS).await?.code(), (401, "unauthorized"));
    assert_eq!(
        app.post(EXPORTS, &body).await?.code(),
        (401, "unauthorized")
    );
    let link = link(&app, &cabin, "airbnb").await?;
    let id = link["id"].as_str().unwrap();
    for (method, path) in [
        (Method::POST, format!("{EXPORTS}/{id}/replace")),
        (Method::DELETE, format!("{EXPORTS}/{id}")),
        (Method::GET, format!("{EXPORTS}/{id}/fetches")),
    ] {
        let refused = Answer::of(app.request(method, &path).send().await?).await?;
        assert_eq!(refused.code(), (401, "unauthorized"), "{path}");
    }
    for (body, expected) in [
        (
            json!({ "accommodation_id": cabin, "channel": "tripadvisor" }),
            (422, "invalid_field"),
        ),
        (
            json!({ "accommodation_id": "cabin", "channel": "airbnb" }),
            (422, "invalid_field"),
        ),
        (json!({ "channel": "airbnb" }), (422, "invalid_field")),
        (
            json!({ "accommodation_id": "acc_00000000000000000000000000000000", "channel": "airbnb" }),
            (404, "not_found"),
        ),
    ] {
        let answer = app.post_as(OPERATOR, EXPORTS, &body).await?;
        assert_eq!(answer.code(), expected, "{body}");
    }
    assert_eq!(
        operate(
            &app,
            Method::GET,
            &format!("{EXPORTS}/exp_00000000000000000000000000000000/fetches")
        )
        .await?
        .code(),
        (404, "not_found")
    );
    Ok(())
}

#[tokio::test]
async fn a_channel_is_never_turned_away_and_a_stranger_who_guesses_is() -> Result<()> {
    let app = TestApp::start_with(|config| config.access.rate_limit_per_minute = 3).await?;
    app.is_ready().await?;
    // An operator is not counted.
    let cabins = app.get_as(OPERATOR, "/api/v1/accommodations").await?.body;
    let cabin = cabins["items"][0]["id"].as_str().unwrap();
    let link = link(&app, cabin, "airbnb").await?;
    for _ in 0..10 {
        assert_eq!(app.get(&path(&link)).await?.status, 200);
    }
    let guess = "/ical/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics";
    for _ in 0..3 {
        assert_eq!(app.get(guess).await?.status, 404);
    }
    let limited = app.get(guess).await?;
    assert_eq!(limited.code(), (429, "rate_limited"));
    assert_eq!(
        app.get(&path(&link)).await?.status,
        200,
        "the same address, with a token"
    );
    Ok(())
}

#[tokio::test]
async fn without_postgres_a_channel_is_told_to_come_back_and_never_that_all_is_free() -> Result<()>
{
    let url = Environment::read()?.database_url;
    let rest = url.rsplit('@').next().unwrap();
    let target = rest.split('/').next().unwrap().to_owned();
    let gate = Gate::before(&target, true).await?;
    let behind = gate.address.to_string();
    let app = TestApp::start_with(|config| {
        use secrecy::ExposeSecret as _;
        let url = config
            .stores
            .database_url
            .expose_secret()
            .replace(&target, &behind);
        config.stores.database_url = url.into();
    })
    .await?;
    app.is_ready().await?;
    let cabin = app.cabin_for(2).await?;
    let link = link(&app, &cabin, "airbnb").await?;
    taken(&app, &cabin, day(0), day(3)).await?;
    assert!(calendar(&app, &path(&link)).await?.contains("VEVENT"));
    gate.close();
    for path in [
        path(&link),
        named_path(&link),
        "/ical/guessed.ics".to_owned(),
    ] {
        let away = app.get(&path).await?;
        assert_eq!(away.code(), (503, "unavailable"), "{path}");
        assert!(!away.header("retry-after").is_empty());
        assert_ne!(away.header("content-type"), "text/calendar; charset=utf-8");
    }
    gate.open();
    eventually("the calendar is back", SOON, async || {
        let answer = app.get(&path(&link)).await.ok()?;
        (answer.status == 200).then_some(answer.body.as_str()?.contains("VEVENT"))
    })
    .await
    .map(|whole| assert!(whole))
}

#[tokio::test]
async fn a_calendar_that_cannot_be_read_completely_is_none() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(2).await?;
    let link = link(&app, &cabin, "airbnb").await?;
    // A database that answers and lacks a table is as good as none.
    app.sql("ALTER TABLE calendar_blocks RENAME TO calendar_blocks_away")
        .await?;
    assert_eq!(app.get(&path(&link)).await?.code(), (503, "unavailable"));
    app.sql("ALTER TABLE calendar_blocks_away RENAME TO calendar_blocks")
        .await?;
    assert_eq!(app.get(&path(&link)).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn fetches_are_kept_within_bounds() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(2).await?;
    let link = link(&app, &cabin, "airbnb").await?;
    for _ in 0..120 {
        app.get(&path(&link)).await?;
    }
    let id = link["id"].as_str().unwrap().parse()?;
    let kept = exports::fetches(&app.store, id, database::Page::first(200)).await?;
    assert_eq!(kept.len(), 100);
    let link = exports::by_id(&app.store, id).await?.unwrap();
    assert_eq!(link.fetches, 120);
    Ok(())
}
