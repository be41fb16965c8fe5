//! Webhooks: handed over in order, repeated until taken, never lost while the product is away.

use serde_json::{Value, json};
use whatsapp::webhook::{DeliveryStatus, Event};

use super::stage::{ANA, Stage};

#[tokio::test]
async fn the_sandbox_registers_the_webhook_by_handshake() {
    let stage = Stage::set().await;
    assert_eq!(stage.product.handshake().await, "sandbox-verify-token");
}

#[tokio::test]
async fn a_guests_messages_arrive_in_the_order_of_writing() {
    let stage = Stage::set().await;
    for n in 0..20 {
        let content = json!({ "text": "x", "message_id": format!("wamid.{n}") });
        stage.guest_sends(ANA, content).await;
    }
    for n in 0..20 {
        assert_eq!(stage.product.message().await.id, format!("wamid.{n}"));
    }
}

#[tokio::test]
async fn what_the_product_could_not_take_is_offered_again_in_order() {
    let stage = Stage::set().await;
    stage.product.answers(503);
    for id in ["wamid.1", "wamid.2"] {
        stage
            .guest_sends(ANA, json!({ "text": "x", "message_id": id }))
            .await;
    }
    // At once, and once more.
    assert_eq!(stage.product.message().await.id, "wamid.1");
    assert_eq!(stage.product.message().await.id, "wamid.1");
    stage.product.answers(200);
    assert_eq!(stage.product.message().await.id, "wamid.1");
    assert_eq!(stage.product.message().await.id, "wamid.2");
}

#[tokio::test]
async fn a_refused_webhook_does_not_hold_up_the_others() {
    let stage = Stage::set().await;
    stage.product.answers(401);
    stage
        .guest_sends(ANA, json!({ "text": "x", "message_id": "wamid.bad" }))
        .await;
    assert_eq!(stage.product.message().await.id, "wamid.bad");
    assert_eq!(stage.product.message().await.id, "wamid.bad");
    stage.product.answers(200);
    stage
        .guest_sends(ANA, json!({ "text": "x", "message_id": "wamid.good" }))
        .await;
    let mut heard = [
        stage.product.message().await.id,
        stage.product.message().await.id,
    ];
    heard.sort();
    assert_eq!(heard, ["wamid.bad", "wamid.good"]);
}

#[tokio::test]
async fn a_legacy_webhook_knows_no_scoped_ids() {
    let stage = Stage::set_with(|config| config.whatsapp.behaviour.legacy_webhooks = true).await;
    let message = stage.ana_writes("hola").await;
    assert_eq!(message.sender.user_id, None);
    stage.send("hola").await.unwrap();
    let status = stage.product.status().await;
    assert_eq!(status.recipient.user_id, None);
    assert_eq!(
        status.recipient.profile_name, None,
        "statuses had no contacts then"
    );
}

#[tokio::test]
async fn webhooks_are_doubled_and_shuffled_on_demand() {
    let stage = Stage::set().await;
    stage
        .faults(json!({ "whatsapp.webhook": { "duplicate": 1 } }))
        .await;
    stage
        .guest_sends(ANA, json!({ "text": "x", "message_id": "wamid.1" }))
        .await;
    assert_eq!(stage.product.message().await.id, "wamid.1");
    assert_eq!(stage.product.message().await.id, "wamid.1");

    stage
        .faults(json!({ "whatsapp.webhook": { "reorder": true } }))
        .await;
    for id in ["wamid.2", "wamid.3"] {
        stage
            .guest_sends(ANA, json!({ "text": "x", "message_id": id }))
            .await;
    }
    assert_eq!(stage.product.message().await.id, "wamid.3");
    assert_eq!(stage.product.message().await.id, "wamid.2");
}

#[tokio::test]
async fn a_webhook_lost_on_its_way_comes_later() {
    let stage = Stage::set().await;
    stage
        .faults(json!({ "whatsapp.webhook": { "fail": 2 } }))
        .await;
    stage
        .guest_sends(ANA, json!({ "text": "x", "message_id": "wamid.1" }))
        .await;
    assert_eq!(stage.product.message().await.id, "wamid.1");
    let (_, faults) = stage.control("GET", "/sandbox/faults", Value::Null).await;
    assert_eq!(faults["whatsapp.webhook"]["fail"], 0);
}

#[tokio::test]
async fn a_failure_may_be_told_after_acceptance() {
    let stage = Stage::set().await;
    stage.ana_writes("hola").await;
    stage
        .faults(json!({ "whatsapp.send": { "fail": 1, "code": 131_026, "when": "later" } }))
        .await;
    let accepted = stage.send("hola").await.unwrap();
    let Event::Status(status) = stage.product.event().await else {
        panic!("a failure is a status");
    };
    assert_eq!(status.id, accepted.message_id);
    assert_eq!(status.status, DeliveryStatus::Failed);
    assert_eq!(status.problems[0].code, 131_026);
}
