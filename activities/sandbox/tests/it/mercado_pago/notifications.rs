//! Both kinds of notification, as the product receives and judges them.

use mercado_pago::{IdempotencyKey, RefundAmount, Topic, Verdict};
use serde_json::json;

use super::stage::{Stage, new_link};

fn actions(verdicts: &[Verdict]) -> Vec<&str> {
    verdicts.iter().map(action).collect()
}

fn action(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Authentic(told) => told.action.as_deref().unwrap_or("none"),
        Verdict::Hint { .. } => "hint",
        Verdict::Forged => "forged",
        Verdict::Malformed => "malformed",
    }
}

#[tokio::test]
async fn a_payment_is_told_twice_signed_and_once_in_the_older_way() {
    let mut stage = Stage::set().await;
    let id = stage
        .pay(&stage.link().await, json!({ "status": "approved" }))
        .await;
    let told = [
        stage.verdict().await,
        stage.verdict().await,
        stage.verdict().await,
    ];
    assert_eq!(
        actions(&told),
        ["payment.created", "payment.updated", "hint"]
    );
    let Verdict::Authentic(first) = &told[0] else {
        panic!("{told:?}");
    };
    assert_eq!(
        (&first.topic, first.payment_id),
        (&Topic::Payment, Some(id))
    );
    assert_eq!(first.user_id.as_deref(), Some("724484980"));
    assert!(first.signed_at.is_some());
    let twin = Verdict::Hint {
        topic: Topic::Payment,
        resource_id: id.to_string(),
    };
    assert_eq!(told[2], twin);
}

#[tokio::test]
async fn the_twin_carries_a_signature_that_proves_nothing() {
    let mut stage = Stage::set().await;
    stage
        .pay(&stage.link().await, json!({ "status": "pending" }))
        .await;
    let twin = stage
        .product
        .until(|heard| heard.query.contains("topic=payment"))
        .await;
    assert!(twin.header("x-signature").unwrap().starts_with("ts="));
    let resource = twin.body["resource"].as_str().unwrap();
    assert!(resource.starts_with("https://api.mercadolibre.com/collections/notifications/"));
}

#[tokio::test]
async fn every_change_is_told() {
    let mut stage = Stage::set().await;
    stage.switch(json!({ "ipn": false })).await;
    let link = stage.link().await;
    let id = stage
        .pay(&link, json!({ "status": "pending", "method": "cash" }))
        .await;
    assert_eq!(actions(&[stage.verdict().await]), ["payment.created"]);
    stage.turn(id, json!({ "status": "approved" })).await;
    assert_eq!(actions(&[stage.verdict().await]), ["payment.updated"]);
    let key = IdempotencyKey::parse("refund:1").unwrap();
    stage
        .client
        .refund(id, RefundAmount::Remainder, &key)
        .await
        .unwrap();
    assert_eq!(actions(&[stage.verdict().await]), ["payment.updated"]);

    let voucher = stage
        .pay(&link, json!({ "status": "pending", "method": "cash" }))
        .await;
    assert_eq!(actions(&[stage.verdict().await]), ["payment.created"]);
    stage.client.cancel_payment(voucher).await.unwrap();
    assert_eq!(actions(&[stage.verdict().await]), ["payment.updated"]);
    stage
        .control(
            "POST",
            &format!("/sandbox/payments/{voucher}/notifications"),
            json!({}),
        )
        .await;
    assert_eq!(actions(&[stage.verdict().await]), ["payment.updated"]);
}

#[tokio::test]
async fn the_links_own_address_wins_and_keeps_its_parameters() {
    let mut stage = Stage::set().await;
    stage
        .pay(&stage.link().await, json!({ "status": "pending" }))
        .await;
    assert_eq!(stage.product.next().await.path, "/default");

    let mut new = new_link();
    new.notification_url = Some(
        stage
            .product
            .notification_url("/own?source_news=webhooks&tenant=a%20b"),
    );
    let link = stage.client.create_preference(&new).await.unwrap();
    let id = stage.pay(&link, json!({ "status": "pending" })).await;
    let heard = stage.product.until(|heard| heard.path == "/own").await;
    let query = format!("source_news=webhooks&tenant=a%20b&data.id={id}&type=payment");
    assert_eq!(heard.query, query);
    assert_eq!(heard.header("x-retry"), Some("0"));
    assert_eq!(heard.header("x-socket-timeout"), Some("22000"));
}

#[tokio::test]
async fn signatures_can_be_wrong_missing_or_in_milliseconds() {
    let mut stage = Stage::set().await;
    stage
        .switch(json!({ "ipn": false, "pairs": false, "signature": "wrong" }))
        .await;
    let link = stage.link().await;
    stage.pay(&link, json!({ "status": "approved" })).await;
    assert_eq!(stage.verdict().await, Verdict::Forged);
    stage.switch(json!({ "signature": "missing" })).await;
    stage.pay(&link, json!({ "status": "approved" })).await;
    assert_eq!(actions(&[stage.verdict().await]), ["hint"]);
    stage
        .switch(json!({ "signature": "right", "ts_in_milliseconds": true }))
        .await;
    stage.pay(&link, json!({ "status": "approved" })).await;
    let Verdict::Authentic(told) = stage.verdict().await else {
        panic!("not authentic");
    };
    let age = chrono::Utc::now() - told.signed_at.unwrap();
    assert!(age.num_seconds().abs() < 60, "{age}");
}

#[tokio::test]
async fn a_payment_can_be_kept_quiet() {
    let mut stage = Stage::set().await;
    stage.switch(json!({ "ipn": false, "pairs": false })).await;
    let link = stage.link().await;
    let quiet = stage
        .pay(&link, json!({ "status": "approved", "notify": false }))
        .await;
    stage
        .turn(quiet, json!({ "status": "charged_back", "notify": false }))
        .await;
    // Told on the same lane, so nothing about the silent changes can come after it.
    stage
        .control(
            "POST",
            &format!("/sandbox/payments/{quiet}/notifications"),
            json!({}),
        )
        .await;
    assert_eq!(actions(&[stage.verdict().await]), ["payment.updated"]);
    let loud = stage.pay(&link, json!({ "status": "approved" })).await;
    let Verdict::Authentic(told) = stage.verdict().await else {
        panic!("not authentic");
    };
    assert_eq!(told.payment_id, Some(loud));
}

#[tokio::test]
async fn a_lost_notification_comes_again_and_a_doubled_one_twice() {
    let mut stage = Stage::set().await;
    stage.switch(json!({ "ipn": false, "pairs": false })).await;
    let link = stage.link().await;
    stage
        .faults(json!({ "mercadopago.webhook": { "fail": 1 } }))
        .await;
    stage.pay(&link, json!({ "status": "approved" })).await;
    assert_eq!(stage.product.next().await.header("x-retry"), Some("1"));

    stage
        .faults(json!({ "mercadopago.webhook": { "duplicate": 1.0 } }))
        .await;
    let id = stage.pay(&link, json!({ "status": "approved" })).await;
    for _ in 0..2 {
        let heard = stage.product.next().await;
        assert_eq!(heard.body["data"]["id"], json!(id.to_string()));
    }
}
