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

/// Every published vector, as a request: what was signed, how it was sent, and what becomes of it.
#[tokio::test]
async fn every_published_signature_is_judged_as_published() -> Result<()> {
    let app = TestApp::ready().await?;
    let upper = "ORD01DEMO0ABC";
    let vectors = [
        (
            PAYMENT,
            true,
            "1767225600",
            "a57cfb638d204eb4935c310aa39a1844c56d34e64c22802ae7f7a3701eb709eb",
            true,
        ),
        (
            PAYMENT,
            true,
            "1767225600000",
            "168a565785f3ed68caa7da6ef13bec39f9e8af992bef1a8a46814fb6f2f5b69b",
            true,
        ),
        (
            PAYMENT,
            false,
            "1767225600",
            "89dc0b38628db7b0767f6f43c143bc8d736a021be680108ec97e94a6d95e61a5",
            true,
        ),
        // It says nothing about the payment, so it vouches for none: no more than a hint.
        (
            PAYMENT,
            true,
            "1767225600",
            "0cc4cf3f6f48ab5f3cf5ff64c620114684dfc7ce94b88cd85971552c8e508f44",
            false,
        ),
        (
            upper,
            true,
            "1767225600",
            "9a6122fae04d0da239d00c390b70b8b72e5e6b4ff301f49a26d6802f9eba1661",
            true,
        ),
        (
            upper,
            true,
            "1767225600",
            "874b781eb89d0c4213d1c30537d62afe68b0b3dd7cdc7f7551198ae416324079",
            true,
        ),
    ];
    for (turn, (id, named, ts, v1, authentic)) in vectors.into_iter().enumerate() {
        let topic = if id == PAYMENT { "payment" } else { "order" };
        for (place, query) in [
            ("query", format!("data.id={id}&type={topic}")),
            ("body", format!("source_news=webhooks&type={topic}")),
        ] {
            let before = app.inbox().await?.len();
            let body =
                json!({ "id": format!("{turn}-{place}"), "type": topic, "data": { "id": id } });
            let mut request = app
                .request(
                    Method::POST,
                    &format!("/api/v1/webhooks/mercadopago?{query}"),
                )
                .header("x-signature", format!("ts={ts},v1={v1}"))
                .json(&body);
            if named {
                request = request.header("x-request-id", REQUEST_ID);
            }
            let answer = Answer::of(request.send().await?).await?;
            assert_eq!(answer.status, 200, "{turn} in the {place}: {}", answer.body);
            if authentic {
                let after = app.inbox().await?.len();
                assert_eq!(after, before + 1, "{turn} in the {place}");
            }
        }
    }
    let events = app.inbox().await?;
    let authentic = events.iter().filter(|event| event.authentic).count();
    assert_eq!(authentic, 10, "two for each vector that names its payment");
    assert!(
        (1..=2).contains(&(events.len() - authentic)),
        "hints of one payment are one a minute"
    );
    Ok(())
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
        ("charged_back", PAYMENT)
    );
    assert!(queue[0].deadline.is_some(), "{:?}", queue[0]);
    Ok(())
}
