//! Other dates, as far as they go without a worker: what cannot be is said, and by whom.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, OPERATOR, TestApp, day, taken};

fn dates(from: u64, to: u64) -> Value {
    json!({ "check_in": day(from), "check_out": day(to) })
}

async fn held(app: &TestApp, from: u64, to: u64) -> Result<String> {
    let cabin = app.cabin_for(4).await?;
    let code = taken(app, &cabin, day(from), day(to)).await?;
    Ok(format!("/api/v1/reservations/{code}/change-dates"))
}

#[tokio::test]
async fn dates_that_cannot_be_are_named() -> Result<()> {
    let app = TestApp::ready().await?;
    let path = held(&app, 10, 13).await?;
    for (body, code) in [
        (
            json!({ "check_in": "2027-02-30", "check_out": "2027-03-02" }),
            "impossible_dates",
        ),
        (dates(13, 10), "impossible_dates"),
        (dates(10, 300), "too_long"),
        (
            json!({ "check_in": "2020-01-01", "check_out": "2020-01-03" }),
            "past_dates",
        ),
    ] {
        let answer = app.post_as(OPERATOR, &path, &body).await?;
        assert_eq!(answer.code(), (422, code), "{}", answer.body);
    }
    let broken = app
        .request(Method::POST, &path)
        .bearer_auth(OPERATOR)
        .body("{");
    assert_eq!(Answer::of(broken.send().await?).await?.status, 400);
    Ok(())
}

#[tokio::test]
async fn taken_dates_are_a_409_with_near_ones_and_the_own_nights_are_none() -> Result<()> {
    let app = TestApp::ready().await?;
    let path = held(&app, 10, 13).await?;
    held(&app, 13, 16).await?;
    let answer = app.post_as(OPERATOR, &path, &dates(11, 14)).await?;
    assert_eq!(answer.code(), (409, "dates_taken"));
    let offered = answer.body["alternatives"].as_array().unwrap();
    assert!(!offered.is_empty() && offered.len() <= 5);
    assert_eq!(offered[0]["check_in"], json!(day(9)), "{}", answer.body);
    Ok(())
}

#[tokio::test]
async fn only_its_guest_and_operators_change_a_reservation() -> Result<()> {
    let app = TestApp::ready().await?;
    let path = held(&app, 10, 13).await?;
    assert_eq!(app.post(&path, &dates(20, 23)).await?.status, 401);
    let stranger = app.post_as("nobody", &path, &dates(20, 23)).await?;
    assert_eq!(stranger.status, 401);
    let unknown = "/api/v1/reservations/RES270115ABC123/change-dates";
    let answer = app.post_as(OPERATOR, unknown, &dates(20, 23)).await?;
    assert_eq!(answer.code(), (404, "not_found"));
    Ok(())
}

#[tokio::test]
async fn what_other_dates_would_cost_is_told_before_anybody_agrees() -> Result<()> {
    let app = TestApp::ready().await?;
    let path = held(&app, 10, 13).await?;
    held(&app, 20, 23).await?;
    let asked = async |from: u64, to: u64| {
        let query = format!("{path}?check_in={}&check_out={}", day(from), day(to));
        app.get_as(OPERATOR, &query).await
    };
    let same = asked(10, 13).await?;
    assert_eq!(same.status, 200, "{}", same.body);
    assert_eq!(same.body["total_before"], same.body["quote"]["total"]);
    assert_eq!(same.body["refund"]["centavos"], 0);

    let longer = asked(10, 14).await?;
    assert_eq!(longer.body["check_out"], json!(day(14)));
    assert_eq!(longer.body["quote"]["nights"], 4);
    let of = |amount: &Value| amount["centavos"].as_i64().unwrap();
    assert!(of(&longer.body["quote"]["total"]) > of(&longer.body["total_before"]));
    assert_eq!(longer.body["deposit_due"], longer.body["quote"]["deposit"]);
    assert_eq!(longer.body["balance"], longer.body["quote"]["total"]);

    let taken = asked(21, 24).await?;
    assert_eq!(taken.code(), (409, "dates_taken"));
    assert!(!taken.body["alternatives"].as_array().unwrap().is_empty());
    assert_eq!(asked(13, 10).await?.code(), (422, "impossible_dates"));
    let nothing_said = app.get_as(OPERATOR, &path).await?;
    assert_eq!(nothing_said.status, 422, "{}", nothing_said.body);
    assert_eq!(
        app.get(&format!(
            "{path}?check_in={}&check_out={}",
            day(10),
            day(14)
        ))
        .await?
        .status,
        401
    );

    // Nothing has changed.
    let shown = app
        .get_as(OPERATOR, path.trim_end_matches("/change-dates"))
        .await?;
    assert_eq!(shown.body["check_out"], json!(day(13)));
    Ok(())
}

#[tokio::test]
async fn a_key_is_for_one_request() -> Result<()> {
    let app = TestApp::ready().await?;
    let path = held(&app, 10, 13).await?;
    let keyed = async |body: Value| {
        let request = app
            .request(Method::POST, &path)
            .bearer_auth(OPERATOR)
            .header("Idempotency-Key", "key-1")
            .json(&body);
        Answer::of(request.send().await?).await
    };
    // Only Postgres knows this hold, so no workflow is there to change it.
    assert_eq!(keyed(dates(20, 23)).await?.code(), (409, "not_possible"));
    assert_eq!(
        keyed(dates(20, 24)).await?.code(),
        (422, "idempotency_key_reused")
    );
    Ok(())
}
