//! Refunds: once per key, never more than was paid.

use axum::http::StatusCode;
use mercado_pago::{
    Amount, Error, IdempotencyKey, PaymentId, PaymentStatus, RefundAmount, RefundStatus,
};
use serde_json::{Value, json};

use super::stage::Stage;

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).unwrap()
}

fn pesos(pesos: i64) -> RefundAmount {
    RefundAmount::Exactly(Amount::from_centavos(pesos * 100))
}

async fn approved(stage: &Stage) -> PaymentId {
    stage
        .pay(&stage.link().await, json!({ "status": "approved" }))
        .await
}

fn code<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Rejected {
            code: Some(code), ..
        }) => code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_same_key_gives_the_same_refund_however_often_it_is_sent() {
    let stage = Stage::set().await;
    let id = approved(&stage).await;
    let first = stage
        .client
        .refund(id, pesos(1500), &key("refund:1"))
        .await
        .unwrap();
    assert_eq!(first.status, RefundStatus::Approved);
    for _ in 0..3 {
        let again = stage
            .client
            .refund(id, pesos(1500), &key("refund:1"))
            .await
            .unwrap();
        assert_eq!(again, first);
    }
    let payment = stage.payment(id).await;
    assert_eq!(payment.transaction_amount_refunded.centavos(), 150_000);
    assert_eq!(payment.status_detail.as_deref(), Some("partially_refunded"));
    assert_eq!(stage.client.refunds(id).await.unwrap(), [first]);
}

#[tokio::test]
async fn the_remainder_is_what_has_not_been_returned_yet() {
    let stage = Stage::set().await;
    let id = approved(&stage).await;
    stage
        .client
        .refund(id, pesos(1500), &key("refund:1"))
        .await
        .unwrap();
    let rest = stage
        .client
        .refund(id, RefundAmount::Remainder, &key("refund:2"))
        .await
        .unwrap();
    assert_eq!(rest.amount.centavos(), 350_000);
    assert_eq!(stage.payment(id).await.status, PaymentStatus::Refunded);
    assert_eq!(
        code(stage.client.refund(id, pesos(1), &key("refund:3")).await),
        "2063"
    );
}

#[tokio::test]
async fn a_key_used_for_something_else_is_a_conflict() {
    let stage = Stage::set().await;
    let id = approved(&stage).await;
    stage
        .client
        .refund(id, pesos(1500), &key("refund:1"))
        .await
        .unwrap();
    let other_amount = stage.client.refund(id, pesos(1600), &key("refund:1")).await;
    assert!(
        matches!(other_amount, Err(Error::Conflict)),
        "{other_amount:?}"
    );
    let other_payment = approved(&stage).await;
    let answer = stage
        .client
        .refund(other_payment, pesos(1500), &key("refund:1"))
        .await;
    assert!(matches!(answer, Err(Error::Conflict)), "{answer:?}");
}

#[tokio::test]
async fn a_refund_without_a_key_is_refused() {
    let stage = Stage::set().await;
    let id = approved(&stage).await;
    let path = format!("/v1/payments/{id}/refunds");
    let (status, answer) = stage.api("POST", &path, json!({})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(answer["cause"][0]["code"], 4292);
    assert_eq!(stage.client.refunds(id).await.unwrap(), []);
}

#[tokio::test]
async fn a_key_in_flight_is_locked() {
    let stage = Stage::set().await;
    let id = approved(&stage).await;
    stage.switch(json!({ "refund_takes_ms": 300 })).await;
    let (one, other) = (key("refund:1"), key("refund:1"));
    let (first, second) = tokio::join!(
        stage.client.refund(id, pesos(1), &one),
        stage.client.refund(id, pesos(1), &other),
    );
    let locked = [&first, &second]
        .iter()
        .filter(|r| matches!(r, Err(Error::Locked)))
        .count();
    assert_eq!(
        (locked, first.is_ok() || second.is_ok()),
        (1, true),
        "{first:?} {second:?}"
    );
    assert_eq!(stage.client.refunds(id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn more_than_was_paid_is_never_returned() {
    let stage = Stage::set().await;
    let id = approved(&stage).await;
    assert_eq!(
        code(stage.client.refund(id, pesos(5001), &key("refund:1")).await),
        "2018"
    );
    assert_eq!(
        code(stage.client.refund(id, pesos(0), &key("refund:2")).await),
        "2018"
    );
    // The key of a refused request is free again.
    assert!(
        stage
            .client
            .refund(id, pesos(5000), &key("refund:1"))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn what_was_never_approved_cannot_be_returned() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    for status in ["pending", "rejected", "in_process"] {
        let id = stage.pay(&link, json!({ "status": status })).await;
        let answer = stage
            .client
            .refund(id, RefundAmount::Remainder, &key(status))
            .await;
        assert_eq!(code(answer), "2063", "{status}");
    }
    let nobody = PaymentId::try_from(1).unwrap();
    let answer = stage.client.refund(nobody, pesos(1), &key("k")).await;
    assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
}

#[tokio::test]
async fn a_seller_without_money_cannot_return_any_until_there_is_some() {
    let stage = Stage::set().await;
    let id = approved(&stage).await;
    stage.switch(json!({ "balance": 1000 })).await;
    assert_eq!(
        code(stage.client.refund(id, pesos(1001), &key("refund:1")).await),
        "2031"
    );
    assert!(
        stage
            .client
            .refund(id, pesos(600), &key("refund:2"))
            .await
            .is_ok()
    );
    assert_eq!(
        code(stage.client.refund(id, pesos(600), &key("refund:3")).await),
        "2031"
    );
    stage.switch(json!({ "balance": null })).await;
    assert!(
        stage
            .client
            .refund(id, pesos(600), &key("refund:3"))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn an_undecided_refund_binds_its_amount_and_moves_nothing_yet() {
    let stage = Stage::set().await;
    let id = approved(&stage).await;
    stage.switch(json!({ "refunds": "in_process" })).await;
    let refund = stage
        .client
        .refund(id, pesos(3000), &key("refund:1"))
        .await
        .unwrap();
    assert_eq!(refund.status, RefundStatus::InProcess);
    assert_eq!(stage.payment(id).await.remaining().centavos(), 500_000);
    assert_eq!(
        code(stage.client.refund(id, pesos(3000), &key("refund:2")).await),
        "2018"
    );

    let path = format!("/sandbox/refunds/{}", refund.id);
    let (status, _) = stage
        .control("PATCH", &path, json!({ "status": "approved" }))
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(stage.payment(id).await.remaining().centavos(), 200_000);
    let (status, _) = stage
        .control("PATCH", &path, json!({ "status": "rejected" }))
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_refund_that_is_rejected_can_be_asked_for_again_under_another_key() {
    let stage = Stage::set().await;
    let id = approved(&stage).await;
    stage.switch(json!({ "refunds": "rejected" })).await;
    let refund = stage
        .client
        .refund(id, pesos(5000), &key("refund:1"))
        .await
        .unwrap();
    assert_eq!(refund.status, RefundStatus::Rejected);
    stage.switch(json!({ "refunds": "approved" })).await;
    let refund = stage
        .client
        .refund(id, pesos(5000), &key("refund:2"))
        .await
        .unwrap();
    assert_eq!(refund.status, RefundStatus::Approved);
}

#[tokio::test]
async fn a_single_refund_can_be_read() {
    let stage = Stage::set().await;
    let id = approved(&stage).await;
    let refund = stage
        .client
        .refund(id, pesos(1), &key("refund:1"))
        .await
        .unwrap();
    let path = format!("/v1/payments/{id}/refunds/{}", refund.id);
    let (status, document) = stage.api("GET", &path, Value::Null).await;
    assert_eq!((status, &document["amount"]), (StatusCode::OK, &json!(1)));
}
