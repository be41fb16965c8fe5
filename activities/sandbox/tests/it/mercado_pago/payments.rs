//! Payments: made and moved by the control, read and cancelled by the product.

use axum::http::StatusCode;
use chrono::{Duration, Utc};
use mercado_pago::{
    Amount, Error, ExternalReference, PaymentFilter, PaymentId, PaymentSearch, PaymentStatus,
    PaymentType,
};
use serde_json::{Value, json};

use super::stage::{Stage, reference};

#[tokio::test]
async fn a_card_payment_is_approved_with_the_values_of_its_link() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    let id = stage
        .pay(&link, json!({ "status": "approved", "method": "visa" }))
        .await;
    let payment = stage.payment(id).await;
    assert_eq!(payment.status, PaymentStatus::Approved);
    assert_eq!(payment.status_detail.as_deref(), Some("accredited"));
    assert_eq!(payment.transaction_amount.centavos(), 500_000);
    assert_eq!(payment.transaction_amount_refunded, Amount::ZERO);
    assert_eq!(payment.currency_id, "ARS");
    assert_eq!(payment.external_reference.as_deref(), Some("res_1"));
    assert_eq!(payment.collector_id.as_deref(), Some("724484980"));
    assert_eq!(payment.payment_type_id, Some(PaymentType::CreditCard));
    assert_eq!(
        payment.fees.first().map(|fee| fee.amount.centavos()),
        Some(31_050)
    );
    assert_eq!(
        payment.net_received_amount.map(Amount::centavos),
        Some(468_950)
    );
    assert!(payment.date_approved.is_some());
    assert!(payment.order_id.is_some());
}

#[tokio::test]
async fn a_payment_may_differ_from_its_link_in_every_way_that_matters() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    let odd = json!({ "status": "approved", "method": "account_money", "amount": 2500.55,
                      "currency_id": "USD", "collector_id": 1, "external_reference": "somebody" });
    let payment = stage.payment(stage.pay(&link, odd).await).await;
    assert_eq!(payment.transaction_amount.centavos(), 250_055);
    assert_eq!(payment.currency_id, "USD");
    assert_eq!(payment.collector_id.as_deref(), Some("1"));
    assert_eq!(payment.external_reference.as_deref(), Some("somebody"));
}

#[tokio::test]
async fn an_impossible_beginning_is_refused() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    let path = format!("/sandbox/checkout/{}/payments", link.id);
    for wrong in [
        json!({ "status": "refunded" }),
        json!({ "status": "under_the_moon" }),
        json!({ "status": "approved", "method": "gold" }),
        json!({ "status": "approved", "amount": 0.001 }),
        json!({ "status": "approved", "amuont": 1 }),
    ] {
        let (status, answer) = stage.control("POST", &path, wrong.clone()).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong}: {answer}"
        );
    }
    let unknown = "/sandbox/checkout/nonsense/payments";
    let (status, _) = stage
        .control("POST", unknown, json!({ "status": "approved" }))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_refused_payment_stays_refused_and_the_next_attempt_is_another_one() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    let refused = stage.pay(&link, json!({ "status": "rejected" })).await;
    assert_eq!(
        stage.turn(refused, json!({ "status": "approved" })).await,
        StatusCode::CONFLICT
    );
    let approved = stage.pay(&link, json!({ "status": "approved" })).await;
    assert_ne!(refused, approved);
    assert_eq!(stage.payment(refused).await.status, PaymentStatus::Rejected);
    assert_eq!(
        stage.payment(approved).await.status,
        PaymentStatus::Approved
    );
}

#[tokio::test]
async fn every_move_is_later_than_the_one_before() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    let id = stage
        .pay(&link, json!({ "status": "pending", "method": "rapipago" }))
        .await;
    let mut last = stage.payment(id).await.date_last_updated;
    for status in [
        "in_process",
        "approved",
        "in_mediation",
        "approved",
        "charged_back",
    ] {
        assert_eq!(
            stage.turn(id, json!({ "status": status })).await,
            StatusCode::OK,
            "{status}"
        );
        let payment = stage.payment(id).await;
        assert_eq!(payment.status.as_str(), status);
        assert!(payment.date_last_updated > last, "{status}");
        last = payment.date_last_updated;
    }
    let lost = json!({ "status": "charged_back", "status_detail": "settled" });
    assert_eq!(stage.turn(id, lost).await, StatusCode::OK);
    assert_eq!(
        stage.payment(id).await.status_detail.as_deref(),
        Some("settled")
    );
    assert_eq!(
        stage.turn(id, json!({ "status": "approved" })).await,
        StatusCode::CONFLICT
    );
}

#[tokio::test]
async fn repeating_a_status_changes_nothing() {
    let stage = Stage::set().await;
    let id = stage
        .pay(&stage.link().await, json!({ "status": "approved" }))
        .await;
    let before = stage.payment(id).await;
    assert_eq!(
        stage.turn(id, json!({ "status": "approved" })).await,
        StatusCode::OK
    );
    assert_eq!(stage.payment(id).await, before);
}

#[tokio::test]
async fn a_voucher_can_be_approved_long_after_its_link_has_closed() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    let id = stage
        .pay(&link, json!({ "status": "pending", "method": "cash" }))
        .await;
    stage
        .client
        .close_preference(&link.id, Utc::now())
        .await
        .unwrap();
    assert_eq!(
        stage.turn(id, json!({ "status": "approved" })).await,
        StatusCode::OK
    );
    assert_eq!(stage.payment(id).await.status, PaymentStatus::Approved);
}

#[tokio::test]
async fn what_is_pending_can_be_cancelled_and_what_is_approved_cannot() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    let voucher = stage
        .pay(&link, json!({ "status": "pending", "method": "cash" }))
        .await;
    let cancelled = stage.client.cancel_payment(voucher).await.unwrap();
    assert_eq!(cancelled.status, PaymentStatus::Cancelled);
    assert_eq!(cancelled.status_detail.as_deref(), Some("by_collector"));

    let approved = stage.pay(&link, json!({ "status": "approved" })).await;
    match stage.client.cancel_payment(approved).await {
        Err(Error::Rejected { code, .. }) => assert_eq!(code.as_deref(), Some("2018")),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        stage.payment(approved).await.status,
        PaymentStatus::Approved
    );
}

#[tokio::test]
async fn the_provider_returns_a_part_and_then_the_rest() {
    let stage = Stage::set().await;
    let id = stage
        .pay(&stage.link().await, json!({ "status": "approved" }))
        .await;
    let part = json!({ "status": "refunded", "amount": "1500.50" });
    assert_eq!(stage.turn(id, part).await, StatusCode::OK);
    let partly = stage.payment(id).await;
    assert_eq!(partly.status, PaymentStatus::Approved);
    assert_eq!(partly.status_detail.as_deref(), Some("partially_refunded"));
    assert_eq!(partly.remaining().centavos(), 349_950);

    assert_eq!(
        stage.turn(id, json!({ "status": "refunded" })).await,
        StatusCode::OK
    );
    let whole = stage.payment(id).await;
    assert_eq!(whole.status, PaymentStatus::Refunded);
    assert_eq!(whole.remaining(), Amount::ZERO);
    assert_eq!(whole.refunds.len(), 2);
    let (_, refunds) = stage.control("GET", "/sandbox/refunds", Value::Null).await;
    assert_eq!(refunds[0]["amount"].to_string(), "1500.5");
    assert_eq!(refunds[1]["amount"].to_string(), "3499.5");
}

#[tokio::test]
async fn a_dispute_can_be_looked_up() {
    let mut stage = Stage::set().await;
    let id = stage
        .pay(&stage.link().await, json!({ "status": "approved" }))
        .await;
    stage.turn(id, json!({ "status": "charged_back" })).await;
    let about_dispute =
        |heard: &super::stage::Delivery| heard.body["type"] == "topic_chargebacks_wh";
    let told = stage.product.until(about_dispute).await;
    assert_eq!(told.body["actions"], json!(["changed_case_status"]));
    assert_eq!(told.body["data"]["payment_id"], json!(id));
    let dispute = told.body["data"]["id"].as_str().unwrap();
    let (status, document) = stage
        .api("GET", &format!("/v1/chargebacks/{dispute}"), Value::Null)
        .await;
    assert_eq!(
        (status, &document["payments"]),
        (StatusCode::OK, &json!([id]))
    );
}

#[tokio::test]
async fn payments_are_found_by_reference_page_by_page_oldest_change_first() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    let first = stage
        .pay(&link, json!({ "status": "pending", "method": "cash" }))
        .await;
    let second = stage.pay(&link, json!({ "status": "rejected" })).await;
    let stranger = json!({ "status": "approved", "external_reference": "other" });
    stage.pay(&link, stranger).await;
    stage.turn(first, json!({ "status": "approved" })).await;

    let search = PaymentSearch::new(PaymentFilter::Reference(reference())).limit(1);
    let page = stage.client.search_payments(&search).await.unwrap();
    assert_eq!((page.total, ids(&page)), (2, vec![second]));
    let page = stage
        .client
        .search_payments(&page.next.unwrap())
        .await
        .unwrap();
    assert_eq!((ids(&page), page.next.clone()), (vec![first], None));

    let nobody = PaymentFilter::Reference(ExternalReference::parse("nobody").unwrap());
    let page = stage
        .client
        .search_payments(&PaymentSearch::new(nobody))
        .await
        .unwrap();
    assert!(page.payments.is_empty());
}

#[tokio::test]
async fn a_sweep_finds_what_changed_in_a_span_of_time() {
    let stage = Stage::set().await;
    let id = stage
        .pay(&stage.link().await, json!({ "status": "approved" }))
        .await;
    let sweep = async |begin, end| {
        let filter = PaymentFilter::UpdatedBetween { begin, end };
        ids(&stage
            .client
            .search_payments(&PaymentSearch::new(filter))
            .await
            .unwrap())
    };
    let now = Utc::now();
    let hour = Duration::hours(1);
    assert_eq!(sweep(now - hour, now + hour).await, [id]);
    assert!(sweep(now - hour, now - hour / 2).await.is_empty());
}

#[tokio::test]
async fn a_wrong_search_is_refused_by_its_code() {
    let stage = Stage::set().await;
    for (query, code) in [
        ("limit=1001", 1000),
        ("begin_date=yesterday", 1001),
        ("sort=colour", 1003),
        ("criteria=sideways", 1004),
    ] {
        let path = format!("/v1/payments/search?{query}");
        let (status, answer) = stage.api("GET", &path, Value::Null).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(answer["cause"][0]["code"], code, "{query}");
    }
}

#[tokio::test]
async fn a_new_payment_is_unknown_and_unfound_for_as_long_as_asked() {
    let stage = Stage::set().await;
    stage
        .switch(json!({ "unknown_for_ms": 60_000, "search_lag_ms": 60_000 }))
        .await;
    let id = stage
        .pay(&stage.link().await, json!({ "status": "approved" }))
        .await;
    let search = PaymentSearch::new(PaymentFilter::Reference(reference()));
    assert_eq!(stage.client.payment(id).await.unwrap(), None);
    assert_eq!(
        stage.client.search_payments(&search).await.unwrap().total,
        0
    );

    stage
        .switch(json!({ "unknown_for_ms": 0, "search_lag_ms": 0 }))
        .await;
    assert!(stage.client.payment(id).await.unwrap().is_some());
    assert_eq!(
        stage.client.search_payments(&search).await.unwrap().total,
        1
    );
}

#[tokio::test]
async fn an_invented_payment_is_unknown_for_ever() {
    let stage = Stage::set().await;
    let invented = PaymentId::try_from(123_456).unwrap();
    assert_eq!(stage.client.payment(invented).await.unwrap(), None);
    let (status, answer) = stage.api("GET", "/v1/payments/123456", Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(answer["cause"][0]["code"], 2000);
}

#[tokio::test]
async fn amounts_orders_and_causes_come_in_the_shapes_asked_for() {
    let stage = Stage::set().await;
    let id = stage
        .pay(&stage.link().await, json!({ "status": "approved" }))
        .await;
    let usual = stage.payment(id).await;
    stage
        .switch(json!({ "amounts_as_strings": true, "order": "array", "cause": "absent" }))
        .await;
    let path = format!("/v1/payments/{id}");
    let (_, odd) = stage.api("GET", &path, Value::Null).await;
    assert_eq!(odd["transaction_amount"], "5000");
    assert!(odd["order"].is_array());
    assert_eq!(stage.payment(id).await, usual);
    let (_, refused) = stage
        .api("PUT", &path, json!({ "status": "cancelled" }))
        .await;
    assert!(refused.get("cause").is_none(), "{refused}");

    stage
        .switch(json!({ "order": "absent", "cause": "empty" }))
        .await;
    assert_eq!(stage.payment(id).await.order_id, None);
    let (_, refused) = stage
        .api("PUT", &path, json!({ "status": "cancelled" }))
        .await;
    assert_eq!(refused["cause"], json!([]));
}

#[tokio::test]
async fn a_reset_empties_the_books_and_the_switches() {
    let stage = Stage::set().await;
    stage.switch(json!({ "ipn": false })).await;
    let id = stage
        .pay(&stage.link().await, json!({ "status": "approved" }))
        .await;
    stage.control("POST", "/sandbox/reset", Value::Null).await;
    for books in ["payments", "refunds", "preferences"] {
        let (_, entries) = stage
            .control("GET", &format!("/sandbox/{books}"), Value::Null)
            .await;
        assert_eq!(entries, json!([]), "{books}");
    }
    let (_, switches) = stage
        .control("GET", "/sandbox/mercadopago/switches", Value::Null)
        .await;
    assert_eq!(switches["ipn"], true);
    let next = stage
        .pay(&stage.link().await, json!({ "status": "approved" }))
        .await;
    assert!(next > id, "an id came back");
}

fn ids(page: &mercado_pago::Page) -> Vec<PaymentId> {
    page.payments.iter().map(|found| found.id).collect()
}
