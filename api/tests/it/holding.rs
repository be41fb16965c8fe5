//! Holds, as far as they go without a worker: the checks, the locks, the keys.

use anyhow::Result;
use domain::{AccommodationId, ReservationCode, Stay};
use night_locks::{Locked, NightLocks};
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, TestApp, day, hold, taken};

const HOLDS: &str = "/api/v1/reservations";

async fn wish(app: &TestApp, from: u64, to: u64) -> Result<Value> {
    Ok(
        json!({ "accommodation_id": app.cabin_for(4).await?, "check_in": day(from), "check_out": day(to), "guests": 2 }),
    )
}

async fn keyed(app: &TestApp, key: &str, body: &Value) -> Result<Answer> {
    let request = app
        .request(Method::POST, HOLDS)
        .header("Idempotency-Key", key)
        .json(body);
    Answer::of(request.send().await?).await
}

#[tokio::test]
async fn taken_nights_are_a_409_with_something_that_fits() -> Result<()> {
    let app = TestApp::ready().await?;
    taken(&app, &app.cabin_for(4).await?, day(10), day(16)).await?;
    for (from, to) in [(10, 16), (7, 12), (13, 18), (11, 15), (7, 18)] {
        let answer = app.post(HOLDS, &wish(&app, from, to).await?).await?;
        assert_eq!(
            answer.code(),
            (409, "dates_taken"),
            "{from} to {to}: {}",
            answer.body
        );
        let alternatives = answer.body["alternatives"].as_array().unwrap();
        assert!(!alternatives.is_empty() && alternatives.len() <= 5);
        assert!(
            alternatives
                .iter()
                .all(|offer| offer["quote"]["total"]["centavos"].as_i64() > Some(0))
        );
    }
    Ok(())
}

#[tokio::test]
async fn nights_that_somebody_is_asking_for_are_a_423_and_free_ones_beside_them_are_not()
-> Result<()> {
    let app = TestApp::ready().await?;
    let cabin: AccommodationId = app.cabin_for(4).await?.parse()?;
    let locks = NightLocks::new(&app.redis_url)?;
    let other = Stay::new(day(10), day(14))?;
    assert_eq!(
        locks.acquire(cabin, other, "somebody else").await,
        Locked::Acquired
    );
    let busy = app.post(HOLDS, &wish(&app, 12, 18).await?).await?;
    assert_eq!(busy.code(), (423, "in_progress"));
    assert_eq!(busy.header("retry-after"), "1");
    taken(&app, &app.cabin_for(4).await?, day(10), day(14)).await?;
    let by_now = app.post(HOLDS, &wish(&app, 12, 18).await?).await?;
    assert_eq!(by_now.code(), (409, "dates_taken"));
    Ok(())
}

#[tokio::test]
async fn a_hold_that_nobody_decides_is_a_202_and_its_key_names_it() -> Result<()> {
    let app = TestApp::ready().await?;
    let body = wish(&app, 10, 14).await?;
    let first = keyed(&app, "key-1", &body).await?;
    assert_eq!(
        first.status, 202,
        "no worker is there to decide: {}",
        first.body
    );
    let code = first.body["code"].as_str().unwrap();
    assert_eq!(first.header("location"), format!("{HOLDS}/{code}"));

    let spaced = serde_json::to_string_pretty(&body)?;
    let request = app
        .request(Method::POST, HOLDS)
        .header("Idempotency-Key", "key-1")
        .body(spaced);
    let again = Answer::of(request.send().await?).await?;
    assert_eq!(
        (again.status, &again.body),
        (202, &first.body),
        "the same, however it is written"
    );
    let other = keyed(&app, "key-1", &wish(&app, 10, 15).await?).await?;
    assert_eq!(other.code(), (422, "idempotency_key_reused"));

    let guest = first.body["guest_token"].as_str().unwrap();
    let confirm = format!("{HOLDS}/{code}/confirm");
    let refused = app
        .post_as(
            guest,
            &confirm,
            &json!({ "amount": 1, "reason": "trust me" }),
        )
        .await?;
    assert_eq!(refused.code(), (403, "forbidden"));
    assert_eq!(
        app.get_as(guest, &format!("{HOLDS}/{code}")).await?.code(),
        (404, "not_found"),
        "not decided yet"
    );
    Ok(())
}

#[tokio::test]
async fn a_repeat_of_a_hold_is_answered_from_postgres() -> Result<()> {
    let app = TestApp::ready().await?;
    let body = wish(&app, 10, 14).await?;
    let first = keyed(&app, "key-1", &body).await?;
    let code: ReservationCode = first.body["code"].as_str().unwrap().parse()?;
    // What the workflow would do.
    hold(&app, &code, &app.cabin_for(4).await?, day(10), day(14)).await?;
    let again = keyed(&app, "key-1", &body).await?;
    assert_eq!(
        (again.status, &again.body["code"]),
        (201, &json!(code.to_string()))
    );
    assert_eq!(again.body["guest_token"], first.body["guest_token"]);
    let another = keyed(&app, "key-2", &body).await?;
    assert_eq!(another.code(), (409, "dates_taken"));
    Ok(())
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() -> Result<()> {
    let app = TestApp::ready().await?;
    let body = wish(&app, 10, 14).await?;
    for key in ["", " ", &"k".repeat(201)] {
        let answer = keyed(&app, key, &body).await?;
        assert_eq!(
            (answer.status, &answer.body["field"]),
            (422, &json!("Idempotency-Key"))
        );
    }
    Ok(())
}
