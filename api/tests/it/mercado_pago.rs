//! Mercado Pago's notifications: signed, unsigned, forged.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, MERCADO_PAGO_SECRET, TestApp};

const PAYMENT: &str = "90210044871";
const REQUEST_ID: &str = "5e0c6a2e-7d0b-4b7e-9a55-0c1f6f6c2b10";

/// The published vector for this payment and request id.
const SIGNATURE: &str =
    "ts=1767225600,v1=a57cfb638d204eb4935c310aa39a1844c56d34e64c22802ae7f7a3701eb709eb";

async fn notify(
    app: &TestApp,
    query: &str,
    signature: Option<&str>,
    body: &Value,
) -> Result<Answer> {
    let mut request = app
        .request(
            Method::POST,
            &format!("/api/v1/webhooks/mercadopago?{query}"),
        )
        .header("x-request-id", REQUEST_ID)
        .json(body);
    if let Some(signature) = signature {
        request = request.header("x-signature", signature);
    }
    Answer::of(request.send().await?).await
}

fn updated(notification: u64) -> Value {
    json!({ "id": notification, "type": "payment", "action": "payment.updated", "data": { "id": PAYMENT } })
}

#[tokio::test]
async fn a_signed_notification_is_written_down_once_and_reaches_its_payment() -> Result<()> {
    let app = TestApp::ready().await?;
    let query = format!("data.id={PAYMENT}&type=payment");
    for _ in 0..5 {
        assert_eq!(
            notify(&app, &query, Some(SIGNATURE), &updated(1))
                .await?
                .status,
            200
        );
    }
    assert_eq!(
        notify(&app, &query, Some(SIGNATURE), &updated(2))
            .await?
            .status,
        200
    );
    let events = app.inbox().await?;
    assert_eq!(events.len(), 2, "one for each notification");
    assert!(
        events
            .iter()
            .all(|event| event.authentic && event.resource_id.as_deref() == Some(PAYMENT))
    );
    app.inbox_is_delivered().await
}

#[tokio::test]
async fn a_forged_notification_is_refused_and_not_written_down() -> Result<()> {
    let app = TestApp::ready().await?;
    let query = format!("data.id={PAYMENT}1&type=payment");
    assert_eq!(
        notify(&app, &query, Some(SIGNATURE), &updated(1))
            .await?
            .code(),
        (401, "signature_invalid")
    );
    let other_secret = mercado_pago::notification::sign(
        &"another".into(),
        Some(PAYMENT),
        Some(REQUEST_ID),
        "1767225600",
    );
    let query = format!("data.id={PAYMENT}&type=payment");
    assert_eq!(
        notify(&app, &query, Some(&other_secret), &updated(1))
            .await?
            .code(),
        (401, "signature_invalid")
    );
    assert!(app.inbox().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn an_unsigned_hint_is_heard_once_a_minute_and_never_believed() -> Result<()> {
    let app = TestApp::ready().await?;
    let ipn = json!({ "resource": PAYMENT, "topic": "payment" });
    for _ in 0..10 {
        assert_eq!(
            notify(&app, &format!("id={PAYMENT}&topic=payment"), None, &ipn)
                .await?
                .status,
            200
        );
    }
    let events = app.inbox().await?;
    assert!(
        (1..=2).contains(&events.len()),
        "the minute may have turned once: {}",
        events.len()
    );
    assert!(events.iter().all(|event| !event.authentic));
    app.inbox_is_delivered().await
}

#[tokio::test]
async fn a_flood_of_hints_is_acknowledged_and_mostly_dropped() -> Result<()> {
    let app = TestApp::ready().await?;
    for invented in 0..200 {
        let ipn = json!({ "resource": invented.to_string(), "topic": "payment" });
        assert_eq!(
            notify(
                &app,
                &format!("id={}&topic=payment", invented + 1),
                None,
                &ipn
            )
            .await?
            .status,
            200
        );
    }
    assert_eq!(app.inbox().await?.len(), 120);
    Ok(())
}

#[tokio::test]
async fn a_notification_that_names_nothing_is_malformed() -> Result<()> {
    let app = TestApp::ready().await?;
    assert_eq!(
        notify(&app, "", None, &json!({})).await?.code(),
        (400, "malformed_request")
    );
    Ok(())
}

#[tokio::test]
async fn a_signed_dispute_reaches_the_owner_once() -> Result<()> {
    let app = TestApp::ready().await?;
    let signature = mercado_pago::notification::sign(
        &MERCADO_PAGO_SECRET.into(),
        Some("233000061680860000"),
        Some(REQUEST_ID),
        "1767225600",
    );
    let dispute = json!({ "id": 7, "type": "topic_chargebacks_wh", "actions": ["changed_case_status"],
                          "data": { "id": "233000061680860000", "payment_id": 90_210_044_871_u64 } });
    let query = "data.id=233000061680860000&type=topic_chargebacks_wh";
    for _ in 0..2 {
        assert_eq!(
            notify(&app, query, Some(&signature), &dispute)
                .await?
                .status,
            200
        );
    }
    app.inbox_is_delivered().await?;
    let queue = database::review_queue::open(&app.store, database::Page::first(10)).await?;
    assert_eq!(queue.len(), 1);
    assert_eq!(
        (queue[0].kind.as_str(), queue[0].reference.as_str()),
        ("chargeback", PAYMENT)
    );
    Ok(())
}
