//! The API in trouble, on demand.

use std::time::Duration;

use mercado_pago::{Client, Error, IdempotencyKey, Outage, RefundAmount};
use serde_json::json;

use super::stage::{Stage, new_link, reference};

#[tokio::test]
async fn an_outage_ends_after_as_many_calls_as_asked() {
    let stage = Stage::set().await;
    stage
        .faults(json!({ "mercadopago.api": { "fail": 2, "status": 503 } }))
        .await;
    for _ in 0..2 {
        let answer = stage.client.create_preference(&new_link()).await;
        assert!(
            matches!(answer, Err(Error::Unavailable(Outage::Status(503)))),
            "{answer:?}"
        );
    }
    assert!(stage.client.create_preference(&new_link()).await.is_ok());
}

#[tokio::test]
async fn a_rate_limit_says_how_long_to_wait() {
    let stage = Stage::set().await;
    stage
        .faults(json!({ "mercadopago.api": { "fail": 1, "status": 429 } }))
        .await;
    let answer = stage
        .client
        .create_preference(&new_link())
        .await
        .unwrap_err();
    assert_eq!(answer.retry_after(), Some(Duration::from_secs(1)));
}

#[tokio::test]
async fn a_link_made_before_the_connection_broke_can_be_found() {
    let stage = Stage::set().await;
    stage
        .faults(json!({ "mercadopago.api": { "drop": 1.0 } }))
        .await;
    let answer = stage.client.create_preference(&new_link()).await;
    assert!(
        matches!(answer, Err(Error::Unavailable(Outage::Network(_)))),
        "{answer:?}"
    );
    stage
        .control("DELETE", "/sandbox/faults", json!(null))
        .await;
    assert_eq!(
        stage
            .client
            .find_preferences(&reference())
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_is_not_repeated_under_its_key() {
    let stage = Stage::set().await;
    let id = stage
        .pay(&stage.link().await, json!({ "status": "approved" }))
        .await;
    let key = IdempotencyKey::parse("refund:1").unwrap();
    let lost = json!({ "mercadopago.api": { "fail": 1, "status": 500, "when": "after" } });
    stage.faults(lost).await;
    assert!(
        stage
            .client
            .refund(id, RefundAmount::Remainder, &key)
            .await
            .is_err()
    );
    let refund = stage
        .client
        .refund(id, RefundAmount::Remainder, &key)
        .await
        .unwrap();
    assert_eq!(refund.amount.centavos(), 500_000);
    assert_eq!(stage.client.refunds(id).await.unwrap(), [refund]);
}

#[tokio::test]
async fn a_slow_answer_is_slow() {
    let stage = Stage::set().await;
    stage
        .faults(json!({ "mercadopago.api": { "delay_ms": 2000 } }))
        .await;
    let token = "APP_USR-sandbox-token".to_owned().into();
    let hasty = Client::with_timeout(&stage.url, token, Duration::from_millis(100)).unwrap();
    let answer = hasty.preference("x").await;
    assert!(
        matches!(answer, Err(Error::Unavailable(Outage::Network(_)))),
        "{answer:?}"
    );
}
