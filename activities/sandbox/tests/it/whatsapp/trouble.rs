//! Trouble with sending, as the product's client sees it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use whatsapp::{Error, webhook::DeliveryStatus};

use super::stage::{ANA, Stage};

#[tokio::test]
async fn so_many_calls_fail_and_the_next_does_not() {
    let stage = Stage::set().await;
    stage
        .faults(json!({ "whatsapp.send": { "fail": 2 } }))
        .await;
    for _ in 0..2 {
        let error = stage.send("hola").await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    }
    stage.send("hola").await.unwrap();
    assert_eq!(
        stage.thread(ANA).await.len(),
        1,
        "a failed call has no effect"
    );
}

#[tokio::test]
async fn a_failure_looks_as_it_was_asked_to() {
    let stage = Stage::set().await;
    let error = async |fault: Value| {
        stage.faults(json!({ "whatsapp.send": fault })).await;
        stage.send("hola").await.unwrap_err()
    };
    assert!(matches!(
        error(json!({ "status": 401 })).await,
        Error::Unauthorized
    ));
    assert!(matches!(
        error(json!({ "status": 429 })).await,
        Error::RateLimited {
            retry_after: Some(_)
        }
    ));
    assert!(matches!(
        error(json!({ "status": 500 })).await,
        Error::InDoubt(_)
    ));
    assert!(matches!(
        error(json!({ "status": 400, "code": 131_056 })).await,
        Error::PairLimited
    ));
}

#[tokio::test]
async fn a_connection_lost_after_the_effect_leaves_the_message_sent() {
    let stage = Stage::set().await;
    stage.ana_writes("hola").await;
    stage
        .faults(json!({ "whatsapp.send": { "drop": 1 } }))
        .await;
    let error = stage.send("hola").await.unwrap_err();
    assert!(matches!(error, Error::InDoubt(_)), "{error:?}");
    // The status settles the doubt.
    let status = stage.product.status().await;
    assert_eq!(status.status, DeliveryStatus::Sent);
    assert_eq!(status.callback_data.as_deref(), Some("outbox:1"));

    stage
        .faults(json!({ "whatsapp.send": { "drop": 1, "when": "before" } }))
        .await;
    stage.send("hola").await.unwrap_err();
    assert_eq!(stage.thread(ANA).await.len(), 2, "this one never happened");
}

#[tokio::test]
async fn an_answer_may_come_late() {
    let stage = Stage::set().await;
    stage
        .faults(json!({ "whatsapp.send": { "delay_ms": 300 } }))
        .await;
    let begun = Instant::now();
    stage.send("hola").await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn trouble_with_media_has_a_target_of_its_own() {
    let stage = Stage::set().await;
    stage
        .faults(json!({ "whatsapp.media": { "status": 503 } }))
        .await;
    let error = stage.client.media_url("1").await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    stage.send("hola").await.unwrap();
}

#[tokio::test]
async fn a_fault_that_does_not_exist_is_refused() {
    let stage = Stage::set().await;
    for faults in [
        json!({ "whatsapp.calls": { "fail": 1 } }),
        json!({ "whatsapp.send": { "fial": 1 } }),
        json!({ "whatsapp.send": { "drop": 2 } }),
        json!({ "whatsapp.send": { "status": 200 } }),
    ] {
        let (status, _) = stage
            .control("PUT", "/sandbox/faults", faults.clone())
            .await;
        assert_eq!(status, 422, "{faults}");
    }
    let (status, _) = stage
        .control("DELETE", "/sandbox/faults", Value::Null)
        .await;
    assert_eq!(status, 204);
}
