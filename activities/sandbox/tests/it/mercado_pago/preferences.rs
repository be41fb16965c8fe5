//! Payment links.

use axum::http::StatusCode;
use chrono::{Duration, Utc};
use mercado_pago::{BackUrls, Client, Error};
use serde_json::{Value, json};

use super::stage::{Stage, new_link, reference, sound_body};

#[tokio::test]
async fn a_link_is_made_read_and_found_by_its_reference() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    assert!(
        link.init_point.starts_with(&stage.url),
        "{}",
        link.init_point
    );
    assert_eq!(link.external_reference.as_deref(), Some("res_1"));
    assert_eq!(
        stage.client.preference(&link.id).await.unwrap().as_ref(),
        Some(&link)
    );

    let second = stage.link().await;
    let found = stage.client.find_preferences(&reference()).await.unwrap();
    assert_eq!(found, [link, second]);
    assert_eq!(stage.client.preference("nonsense").await.unwrap(), None);
}

#[tokio::test]
async fn the_link_shows_what_was_sent_and_what_the_provider_added() {
    let stage = Stage::set().await;
    let mut body = sound_body();
    body["metadata"] = json!({ "reservationId": "res_1" });
    body["own_field"] = json!(1);
    let (status, link) = stage.api("POST", "/checkout/preferences", body).await;
    assert_eq!(status, StatusCode::CREATED, "{link}");
    assert_eq!(link["items"][0]["title"], "Seña");
    assert_eq!(link["own_field"], 1);
    assert_eq!(link["metadata"], json!({ "reservation_id": "res_1" }));
    assert_eq!(link["collector_id"], 724_484_980);
    assert_eq!(link["site_id"], "MLA");

    let (_, all) = stage
        .control("GET", "/sandbox/preferences", Value::Null)
        .await;
    assert_eq!(all, json!([link]));
}

#[tokio::test]
async fn another_token_is_refused() {
    let stage = Stage::set().await;
    let stranger = Client::new(&stage.url, "APP_USR-other".to_owned().into()).unwrap();
    let refused = stranger.create_preference(&new_link()).await;
    assert!(matches!(refused, Err(Error::Unauthorized)), "{refused:?}");
}

#[tokio::test]
async fn each_broken_rule_is_refused_by_its_name() {
    let stage = Stage::set().await;
    let spoilt = [
        ("/items", json!([]), "invalid_items"),
        ("/items", Value::Null, "invalid_items"),
        ("/items/0/title", json!(" "), "invalid_items"),
        ("/items/0/quantity", json!(0), "invalid_items"),
        ("/items/0/unit_price", json!(0), "invalid_items"),
        ("/items/0/unit_price", json!(0.001), "invalid_items"),
        ("/items/0/currency_id", json!("XYZ"), "invalid_items"),
        (
            "/external_reference",
            json!("res:1"),
            "invalid_external_reference",
        ),
        (
            "/external_reference",
            json!("r".repeat(65)),
            "invalid_external_reference",
        ),
        (
            "/notification_url",
            json!("not a url"),
            "invalid_notification_url",
        ),
        (
            "/notification_url",
            json!(format!("https://a.example/{}", "x".repeat(240))),
            "invalid_notification_url",
        ),
        (
            "/back_urls",
            json!("https://a.example"),
            "invalid_back_urls",
        ),
        (
            "/back_urls",
            json!({ "success": "nonsense" }),
            "invalid_back_urls",
        ),
        ("/auto_return", json!("approved"), "invalid_auto_return"),
        ("/auto_return", json!("sometimes"), "invalid_auto_return"),
        (
            "/expiration_date_from",
            json!("tomorrow"),
            "invalid_expiration_date_from",
        ),
        (
            "/expiration_date_to",
            json!("2026-12-10"),
            "invalid_expiration_date_to",
        ),
        ("/date_of_expiration", json!("soon"), "invalid_date"),
        ("/binary_mode", json!("yes"), "invalid_binary_mode"),
        (
            "/payment_methods",
            json!({ "installments": 37 }),
            "invalid_payment_methods",
        ),
        (
            "/payment_methods",
            json!({ "excluded_payment_types": [{ "id": "account_money" }] }),
            "invalid_payment_methods",
        ),
        (
            "/payment_methods",
            json!({ "excluded_payment_methods": "visa" }),
            "invalid_payment_methods",
        ),
        (
            "/statement_descriptor",
            json!("FOURTEEN CHARS"),
            "invalid_statement_descriptor",
        ),
        ("/metadata", json!([]), "invalid_metadata"),
        ("/marketplace_fee", json!(10), "invalid_marketplace_fee"),
    ];
    for (place, value, name) in spoilt {
        let mut body = sound_body();
        let (parent, field) = place.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[field] = value.clone();
        let (status, answer) = stage.api("POST", "/checkout/preferences", body).await;
        assert_eq!(
            status,
            StatusCode::BAD_REQUEST,
            "{place} = {value}: {answer}"
        );
        assert_eq!(answer["error"], name, "{place} = {value}");
        assert_eq!(answer["status"], 400);
        assert_eq!(answer["cause"], Value::Null);
    }
    let (_, made) = stage
        .control("GET", "/sandbox/preferences", Value::Null)
        .await;
    assert_eq!(made, json!([]));
}

#[tokio::test]
async fn a_link_cannot_end_before_it_begins_nor_in_the_past() {
    let stage = Stage::set().await;
    let mut new = new_link();
    new.opens_at = Some(Utc::now() + Duration::hours(2));
    new.closes_at = Some(Utc::now() + Duration::hours(1));
    assert_refused(
        stage.client.create_preference(&new).await,
        "invalid_expiration_date_to",
    );
    new.opens_at = None;
    new.closes_at = Some(Utc::now() - Duration::seconds(1));
    assert_refused(
        stage.client.create_preference(&new).await,
        "invalid_expiration_date_to",
    );
}

#[tokio::test]
async fn a_malformed_body_is_a_bad_request_and_not_a_crash() {
    let stage = Stage::set().await;
    for body in ["{", "[]", "\"x\""] {
        let address = format!("{}/checkout/preferences", stage.url);
        let request = stage
            .http
            .post(address)
            .bearer_auth("APP_USR-sandbox-token");
        let response = request.body(body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
    }
}

#[tokio::test]
async fn without_the_switch_local_addresses_are_dropped_or_refused() {
    let stage = Stage::set().await;
    stage.switch(json!({ "local_addresses": false })).await;
    let create = async |change: Value| {
        let mut body = sound_body();
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        stage.api("POST", "/checkout/preferences", body).await
    };
    for success in [
        "http://cabanas.example/ok",
        "https://localhost/ok",
        "https://127.0.0.1/ok",
    ] {
        let (status, link) = create(json!({ "back_urls": { "success": success } })).await;
        assert_eq!(
            (status, &link["back_urls"]),
            (StatusCode::CREATED, &json!({})),
            "{success}"
        );
        let asked = json!({ "back_urls": { "success": success }, "auto_return": "approved" });
        let (_, refused) = create(asked).await;
        assert_eq!(refused["error"], "invalid_auto_return", "{success}");
    }
    let (_, refused) = create(json!({ "notification_url": "http://a.example/hook" })).await;
    assert_eq!(refused["error"], "invalid_notification_url");
    let public = json!({
        "back_urls": { "success": "https://cabanas.example/ok" },
        "auto_return": "approved",
        "notification_url": "https://cabanas.example/hook",
    });
    assert_eq!(create(public).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn closing_a_link_changes_nothing_else() {
    let stage = Stage::set().await;
    let mut new = new_link();
    new.closes_at = Some(Utc::now() + Duration::minutes(30));
    new.back_urls = Some(BackUrls::all("https://cabanas.example/pago").unwrap());
    let link = stage.client.create_preference(&new).await.unwrap();
    assert!(link.is_open(Utc::now()));

    let now = Utc::now();
    let closed = stage.client.close_preference(&link.id, now).await.unwrap();

    assert!(!closed.is_open(now));
    assert_eq!(
        (&closed.id, &closed.init_point),
        (&link.id, &link.init_point)
    );
    let (_, document) = stage
        .api(
            "GET",
            &format!("/checkout/preferences/{}", link.id),
            Value::Null,
        )
        .await;
    assert_eq!(
        document["back_urls"]["success"],
        "https://cabanas.example/pago"
    );
    assert_eq!(document["external_reference"], "res_1");
    let unknown = stage.client.close_preference("nonsense", now).await;
    assert!(matches!(unknown, Err(Error::NotFound)), "{unknown:?}");
}

fn assert_refused<T: std::fmt::Debug>(answer: Result<T, Error>, name: &str) {
    match answer {
        Err(Error::Rejected { error, .. }) => assert_eq!(error.as_deref(), Some(name)),
        other => panic!("{other:?}"),
    }
}
