//! Payment links.

use mercado_pago::{Amount, ExternalReference, Item, NewPreference, date};
use serde_json::json;

use crate::provider::Provider;

const ANSWER: &str = r#"{
    "id": "724484980-6f0f4c0e",
    "init_point": "https://www.mercadopago.com.ar/checkout/v1/redirect?pref_id=724484980-6f0f4c0e",
    "sandbox_init_point": "https://sandbox.mercadopago.com.ar/x",
    "collector_id": 724484980, "date_created": "2026-12-10T15:00:01.123-03:00",
    "expiration_date_to": "2026-12-10T15:15:00.000-03:00",
    "external_reference": "res_1", "expires": true }"#;

fn reference() -> ExternalReference {
    ExternalReference::parse("res_1").unwrap()
}

#[tokio::test]
async fn a_link_is_made_with_the_token_in_the_header_alone() {
    let provider = Provider::start().await;
    provider.answers(201, ANSWER);
    let item = Item::new("deposit", "Seña", Amount::from_centavos(500_050)).unwrap();

    let link = provider
        .client()
        .create_preference(&NewPreference::new(item, reference()))
        .await
        .unwrap();

    assert_eq!(link.id, "724484980-6f0f4c0e");
    assert!(
        link.init_point.starts_with("https://www."),
        "{}",
        link.init_point
    );
    let request = provider.only_request();
    assert_eq!(request.line(), "POST /checkout/preferences");
    assert_eq!(request.header("authorization"), Some("Bearer APP_USR-1"));
    assert_eq!(request.body["external_reference"], "res_1");
    assert_eq!(request.body["items"][0]["unit_price"].to_string(), "5000.5");
}

#[tokio::test]
async fn any_success_status_is_a_success() {
    let provider = Provider::start().await;
    provider.answers(200, ANSWER);
    let item = Item::new("deposit", "Seña", Amount::from_centavos(1)).unwrap();
    let new = NewPreference::new(item, reference());
    assert!(provider.client().create_preference(&new).await.is_ok());
}

#[tokio::test]
async fn links_are_found_on_every_page_and_abridged_ones_are_completed() {
    let provider = Provider::start().await;
    let whole = ANSWER.replacen('{', r#"{"metadata":{"purpose":"deposit"},"#, 1);
    provider
        .answers(
            200,
            format!(r#"{{"elements":[{whole}],"next_offset":1,"total":2}}"#),
        )
        .answers(
            200,
            r#"{"elements":[{"id":"b","external_reference":"res_1"}],"next_offset":2,"total":2}"#,
        )
        .answers(200, r#"{"id":"b","init_point":"https://pay.example/b"}"#)
        .answers(200, r#"{"elements":[],"next_offset":2,"total":2}"#);

    let found = provider
        .client()
        .find_preferences(&reference())
        .await
        .unwrap();

    let ids: Vec<&str> = found.iter().map(|link| link.id.as_str()).collect();
    assert_eq!(ids, ["724484980-6f0f4c0e", "b"]);
    assert_eq!(found[1].init_point, "https://pay.example/b");
    let lines: Vec<String> = provider
        .requests()
        .iter()
        .map(crate::provider::Request::line)
        .collect();
    assert_eq!(
        lines,
        [
            "GET /checkout/preferences/search?external_reference=res_1&offset=0",
            "GET /checkout/preferences/search?external_reference=res_1&offset=1",
            "GET /checkout/preferences/b",
            "GET /checkout/preferences/search?external_reference=res_1&offset=2",
        ]
    );
}

#[tokio::test]
async fn a_link_is_closed_by_moving_its_end_to_now() {
    let provider = Provider::start().await;
    provider.answers(200, ANSWER);
    let now = date::parse("2026-12-10T18:15:00Z").unwrap();

    let link = provider
        .client()
        .close_preference("a/../b", now)
        .await
        .unwrap();

    assert!(!link.is_open(now));
    let request = provider.only_request();
    assert_eq!(request.line(), "PUT /checkout/preferences/a%2F..%2Fb");
    assert_eq!(
        request.body,
        json!({ "expires": true, "expiration_date_to": "2026-12-10T15:15:00.000-03:00" })
    );
}

#[tokio::test]
async fn an_unknown_link_is_none() {
    let provider = Provider::start().await;
    provider.answers(404, r#"{"message":"no","error":"invalid_id","status":404}"#);
    assert_eq!(provider.client().preference("x").await.unwrap(), None);
}
