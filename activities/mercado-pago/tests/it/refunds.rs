//! Returning money.

use mercado_pago::{Amount, Error, IdempotencyKey, PaymentId, RefundAmount, RefundStatus};
use serde_json::json;

use crate::provider::Provider;

const REFUND: &str = r#"{"id":1091618291,"payment_id":90210044871,"amount":1500.5,
    "status":"in_process","source":{"id":"724484980"},"date_created":"2026-12-11T09:00:00.000-03:00"}"#;

fn id() -> PaymentId {
    PaymentId::try_from(90_210_044_871).unwrap()
}

fn key() -> IdempotencyKey {
    IdempotencyKey::parse("refund:RES260115-7Q2M4X:1").unwrap()
}

#[tokio::test]
async fn a_part_is_returned_to_the_centavo_under_its_key() {
    let provider = Provider::start().await;
    provider.answers(201, REFUND);
    let amount = RefundAmount::Exactly(Amount::from_centavos(150_050));
    let refund = provider
        .client()
        .refund(id(), amount, &key())
        .await
        .unwrap();
    assert_eq!(refund.status, RefundStatus::InProcess);
    assert_eq!(refund.amount.centavos(), 150_050);
    let request = provider.only_request();
    assert_eq!(request.line(), "POST /v1/payments/90210044871/refunds");
    assert_eq!(
        request.header("x-idempotency-key"),
        Some("refund:RES260115-7Q2M4X:1")
    );
    assert_eq!(request.body.to_string(), r#"{"amount":1500.5}"#);
}

#[tokio::test]
async fn the_remainder_is_asked_for_without_an_amount() {
    let provider = Provider::start().await;
    provider.answers(201, REFUND);
    provider
        .client()
        .refund(id(), RefundAmount::Remainder, &key())
        .await
        .unwrap();
    assert_eq!(provider.only_request().body, json!({}));
}

#[tokio::test]
async fn a_key_used_for_something_else_is_a_conflict_and_a_busy_one_is_locked() {
    let provider = Provider::start().await;
    provider.answers(409, "{}").answers(423, "{}");
    let client = provider.client();
    let first = client.refund(id(), RefundAmount::Remainder, &key()).await;
    assert!(matches!(first, Err(Error::Conflict)), "{first:?}");
    let second = client.refund(id(), RefundAmount::Remainder, &key()).await;
    assert!(matches!(second, Err(Error::Locked)), "{second:?}");
}

#[tokio::test]
async fn the_refunds_of_a_payment_are_listed() {
    let provider = Provider::start().await;
    provider.answers(200, format!("[{REFUND},{REFUND}]"));
    let refunds = provider.client().refunds(id()).await.unwrap();
    assert_eq!(refunds.len(), 2);
    assert_eq!(refunds[0].payment_id, id());
}
