//! What can be booked, when, and for how much.

use anyhow::Result;
use chrono::{Datelike as _, Days, NaiveDate, Utc, Weekday};
use domain::policy::Policies;
use serde_json::{Value, json};

use crate::app::{TestApp, day, taken};

fn next(weekday: Weekday) -> NaiveDate {
    (0..7)
        .map(day)
        .find(|day| day.weekday() == weekday)
        .unwrap()
}

/// Days that are over and to come in every time zone.
fn around_today() -> (NaiveDate, NaiveDate) {
    let today = Utc::now().date_naive();
    (today - Days::new(2), today + Days::new(2))
}

#[tokio::test]
async fn the_cabins_are_listed_without_what_only_guests_may_know() -> Result<()> {
    let app = TestApp::ready().await?;
    let list = app.get("/api/v1/accommodations").await?;
    let cabins = list.body["items"].as_array().unwrap();
    let capacities: Vec<_> = cabins.iter().map(|cabin| &cabin["capacity"]).collect();
    assert_eq!(capacities, [2, 4, 6]);
    for cabin in cabins {
        assert!(
            cabin["photos"][0]["url"]
                .as_str()
                .unwrap()
                .contains("/photos/"),
            "{cabin}"
        );
        for secret in ["access", "address", "location"] {
            assert!(cabin.get(secret).is_none(), "{secret}");
        }
    }
    let first = app.get("/api/v1/accommodations?page=1&page_size=2").await?;
    assert_eq!(first.body["has_more"], true);
    let second = app.get("/api/v1/accommodations?page=2&page_size=2").await?;
    assert_eq!(
        (
            second.body["items"].as_array().unwrap().len(),
            &second.body["has_more"]
        ),
        (1, &json!(false))
    );

    let id = cabins[0]["id"].as_str().unwrap();
    assert_eq!(
        app.get(&format!("/api/v1/accommodations/{id}")).await?.body,
        cabins[0]
    );
    for unknown in ["acc_00000000000000000000000000000000", "7", "nonsense"] {
        assert_eq!(
            app.get(&format!("/api/v1/accommodations/{unknown}"))
                .await?
                .code(),
            (404, "not_found")
        );
    }
    Ok(())
}

#[tokio::test]
async fn free_cabins_come_with_a_quote_whose_lines_add_up() -> Result<()> {
    let app = TestApp::ready().await?;
    let (from, to) = (next(Weekday::Fri), next(Weekday::Fri) + Days::new(3));
    let query = format!("check_in={from}&check_out={to}&guests=4");
    let found = app.get(&format!("/api/v1/availability?{query}")).await?;
    assert_eq!(found.status, 200, "{}", found.body);
    assert_eq!(found.body["nights"], 3);
    let available = found.body["available"].as_array().unwrap();
    assert_eq!(
        available.len(),
        2,
        "those for four and for six: {}",
        found.body
    );
    for offer in available {
        let quote = &offer["quote"];
        let lines = quote["lines"].as_array().unwrap();
        let sum: i64 = lines
            .iter()
            .map(|line| line["amount"]["centavos"].as_i64().unwrap())
            .sum();
        assert_eq!(quote["total"]["centavos"], sum);
        assert!(
            lines
                .iter()
                .any(|line| line["night"] == "weekend" || line["night"] == "holiday"),
            "{quote}"
        );
    }
    assert_eq!(found.body["refused"][0]["rule"], "too_many_guests");
    let old_name = app
        .get(&format!("/api/v1/reservations/availability?{query}"))
        .await?;
    assert_eq!(old_name.body, found.body);
    Ok(())
}

#[tokio::test]
async fn a_question_about_one_cabin_is_answered_for_it_with_the_rule_that_refuses() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(2).await?;
    let query = format!(
        "check_in={}&check_out={}&guests=3&accommodation_id={cabin}",
        day(0),
        day(4)
    );
    let found = app
        .get(&format!("/api/v1/availability?{query}"))
        .await?
        .body;
    assert_eq!(found["available"], json!([]));
    assert_eq!(found["refused"].as_array().unwrap().len(), 1);
    assert_eq!(
        (
            &found["refused"][0]["rule"],
            &found["refused"][0]["capacity"]
        ),
        (&json!("too_many_guests"), &json!(2))
    );
    assert!(!found["alternatives"].as_array().unwrap().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_question_that_cannot_be_is_a_422_with_its_field() -> Result<()> {
    let app = TestApp::ready().await?;
    let (from, to) = (day(0), day(3));
    let (yesterday, tomorrow) = around_today();
    let refused = [
        (format!("check_out={to}&guests=2"), "check_in", "required"),
        (format!("check_in={from}&guests=2"), "check_out", "required"),
        (
            format!("check_in={from}&check_out={to}"),
            "guests",
            "required",
        ),
        (
            format!("check_in=2027-02-30&check_out={to}&guests=2"),
            "check_in",
            "impossible_dates",
        ),
        (
            format!("check_in={to}&check_out={from}&guests=2"),
            "check_out",
            "impossible_dates",
        ),
        (
            format!("check_in={from}&check_out={from}&guests=2"),
            "check_out",
            "impossible_dates",
        ),
        (
            format!("check_in={yesterday}&check_out={tomorrow}&guests=2"),
            "check_in",
            "past_dates",
        ),
        (
            format!("check_in={from}&check_out={to}&guests=0"),
            "guests",
            "out_of_range",
        ),
        (
            format!("check_in={from}&check_out={to}&guests=-1"),
            "guests",
            "out_of_range",
        ),
        (
            format!("check_in={from}&check_out={to}&guests=99"),
            "guests",
            "out_of_range",
        ),
        (
            format!("check_in={from}&check_out={to}&guests=two"),
            "guests",
            "out_of_range",
        ),
        (
            format!("check_in={from}&check_out={to}&guests=2&children=3"),
            "children",
            "out_of_range",
        ),
        (
            format!("check_in={from}&check_out={to}&guests=2&pets=maybe"),
            "pets",
            "invalid_field",
        ),
        (
            format!("check_in={from}&check_out={to}&guests=2&accommodation_id=7"),
            "accommodation_id",
            "unknown_accommodation",
        ),
    ];
    for (query, field, code) in refused {
        let answer = app.get(&format!("/api/v1/availability?{query}")).await?;
        assert_eq!(
            (answer.code(), &answer.body["field"]),
            ((422, code), &json!(field)),
            "{query}: {}",
            answer.body
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_hold_that_cannot_be_is_refused_before_anything_happens() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let good =
        json!({ "accommodation_id": cabin, "check_in": day(0), "check_out": day(3), "guests": 2 });
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let (yesterday, tomorrow) = around_today();
    let mut past = with("check_in", json!(yesterday));
    past["check_out"] = json!(tomorrow);
    let refused = [
        (
            with(
                "accommodation_id",
                json!("acc_00000000000000000000000000000000"),
            ),
            "accommodation_id",
            "unknown_accommodation",
        ),
        (
            with("accommodation_id", json!("7")),
            "accommodation_id",
            "unknown_accommodation",
        ),
        (
            with("accommodation_id", json!(7)),
            "accommodation_id",
            "invalid_field",
        ),
        (
            with("check_in", json!("2027-02-30")),
            "check_in",
            "impossible_dates",
        ),
        (
            with("check_in", json!(day(3))),
            "check_out",
            "impossible_dates",
        ),
        (past, "check_in", "past_dates"),
        (with("check_out", json!(null)), "check_out", "invalid_field"),
        (
            with("check_out", json!("2099-01-01")),
            "check_out",
            "too_long",
        ),
        (with("guests", json!(0)), "guests", "out_of_range"),
        (with("guests", json!(31)), "guests", "out_of_range"),
        (with("guests", json!(5)), "guests", "too_many_guests"),
        (with("guests", json!("two")), "guests", "invalid_field"),
        (with("children", json!(3)), "children", "out_of_range"),
        (with("guest", json!({})), "guest.name", "invalid_field"),
        (
            with("guest", json!({ "name": " " })),
            "guest.name",
            "required",
        ),
        (
            with("guest", json!({ "name": "Ana", "phone": "call me" })),
            "guest.phone",
            "invalid_field",
        ),
        (
            with("guest", json!({ "name": "Ana", "email": "ana" })),
            "guest.email",
            "invalid_field",
        ),
    ];
    for (body, field, code) in refused {
        let answer = app.post("/api/v1/reservations", &body).await?;
        assert_eq!(
            (answer.code(), &answer.body["field"]),
            ((422, code), &json!(field)),
            "{body}: {}",
            answer.body
        );
    }
    let too_many = app
        .post("/api/v1/reservations", &with("guests", json!(5)))
        .await?;
    assert!(
        !too_many.body["alternatives"].as_array().unwrap().is_empty(),
        "somewhere else has room"
    );
    Ok(())
}

#[tokio::test]
async fn a_stay_that_is_too_short_is_offered_longer() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let mut policies = Policies::default();
    policies.stay.minimum_nights = 3;
    database::accommodations::set_policies(&app.store, cabin.parse()?, &policies).await?;
    let one_night =
        json!({ "accommodation_id": cabin, "check_in": day(0), "check_out": day(1), "guests": 4 });
    // The other cabin for as many is full.
    taken(
        &app,
        &app.cabin_for(6).await?,
        day(0) - Days::new(30),
        day(30),
    )
    .await?;
    let refused = app.post("/api/v1/reservations", &one_night).await?;
    assert_eq!(refused.code(), (422, "too_short"), "{}", refused.body);
    assert_eq!(refused.body["field"], "check_out");
    assert_eq!(
        refused.body["rule"],
        json!({ "rule": "too_short", "minimum_nights": 3 })
    );
    let offered = &refused.body["alternatives"][0];
    assert_eq!(
        (&offered["quote"]["nights"], &offered["check_in"]),
        (&json!(3), &json!(day(0)))
    );
    Ok(())
}
