//! Giving money back.

use activities::PaymentActivities;
use database::refunds::{self, RefundStatus};
use domain::{
    Money, ReservationCode,
    payment::{PaymentId, PaymentStatus},
};
use serde_json::json;
use workflows::contracts::payments::{GiveBack, RefundRequest};

use crate::{house::House, settlements::settle};

fn refund_of(code: &ReservationCode, payment: &PaymentId, pesos: i64) -> RefundRequest {
    RefundRequest {
        key: format!("refund:{code}:{payment}:cancelled"),
        payment_id: payment.clone(),
        code: code.clone(),
        amount: Money::pesos(pesos),
        reason: "the guest asked".to_owned(),
    }
}

fn give_back(code: &ReservationCode, pesos: i64, step: &str) -> GiveBack {
    GiveBack {
        code: code.clone(),
        amount: Money::pesos(pesos),
        step: step.to_owned(),
        reason: "the guest asked".to_owned(),
    }
}

async fn stored(house: &House, payment: &PaymentId) -> refunds::Refund {
    let mut all = refunds::of_payment(&house.db, payment).await.unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

async fn plan(house: &House, give_back: GiveBack) -> Vec<(PaymentId, Money)> {
    let planned = house
        .twice(PaymentActivities::plan_refunds, give_back)
        .await;
    let part = |request: RefundRequest| (request.payment_id, request.amount);
    planned.into_iter().map(part).collect()
}

#[tokio::test]
async fn a_refund_is_made_once() {
    let house = House::open().await;
    let (code, payment) = house.deposited().await;
    let request = refund_of(&code, &payment, 90_000);
    house.twice(PaymentActivities::refund, request).await;
    let made = house.provider.refunds().await;
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(made[0]["amount"], json!(90_000));
    let stored = stored(&house, &payment).await;
    assert_eq!(stored.status, RefundStatus::Approved);
    assert!(stored.completed_at.is_some());
    assert_eq!(house.reservation(&code).await.paid, Money::ZERO);
    let report = house.report(&payment).await;
    assert_eq!(report.status, PaymentStatus::Refunded);
    assert_eq!(report.refunded_elsewhere(), Money::ZERO);
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_is_not_made_again() {
    for knobs in [
        json!({ "fail": 1, "status": 500, "when": "after" }),
        json!({ "drop": 1.0 }),
    ] {
        let house = House::open().await;
        let (code, payment) = house.deposited().await;
        let request = refund_of(&code, &payment, 90_000);
        house.provider.trouble("mercadopago.api", knobs).await;
        let failure = house
            .fails(PaymentActivities::refund, request.clone())
            .await;
        assert!(!failure.permanent, "{failure:?}");
        let intended = stored(&house, &payment).await;
        assert_eq!(intended.status, RefundStatus::Intended);

        house.provider.no_more_trouble().await;
        house.run_again(PaymentActivities::refund, request).await;
        assert_eq!(house.provider.refunds().await.len(), 1);
        let approved = stored(&house, &payment).await;
        assert_eq!(approved.status, RefundStatus::Approved);
    }
}

#[tokio::test]
async fn a_refund_in_process_is_asked_for_until_it_is_through() {
    let house = House::open().await;
    let (code, payment) = house.deposited().await;
    let request = refund_of(&code, &payment, 90_000);
    house
        .provider
        .switch(json!({ "refunds": "in_process" }))
        .await;
    for attempt in [1, 2] {
        let failure = house
            .fails_at(attempt, PaymentActivities::refund, request.clone())
            .await;
        assert_eq!(
            (failure.kind.as_str(), failure.permanent),
            ("RefundInProcess", false)
        );
        assert!(failure.next.is_some(), "{failure:?}");
    }
    let made = house.provider.refunds().await;
    assert_eq!(made.len(), 1, "{made:?}");
    house.provider.decide_refund(&made[0], "approved").await;
    house.run_again(PaymentActivities::refund, request).await;
    let stored = stored(&house, &payment).await;
    assert_eq!(stored.status, RefundStatus::Approved);
    assert_eq!(house.provider.refunds().await.len(), 1);
}

#[tokio::test]
async fn a_refund_that_the_provider_gives_up_leaves_the_money_paid() {
    let house = House::open().await;
    let (code, payment) = house.deposited().await;
    let request = refund_of(&code, &payment, 90_000);
    house
        .provider
        .switch(json!({ "refunds": "in_process" }))
        .await;
    house
        .fails(PaymentActivities::refund, request.clone())
        .await;
    assert_eq!(house.reservation(&code).await.paid, Money::ZERO);
    let made = house.provider.refunds().await;
    house.provider.decide_refund(&made[0], "rejected").await;
    for attempt in [2, 3] {
        let failure = house
            .fails_at(attempt, PaymentActivities::refund, request.clone())
            .await;
        assert_eq!(
            (failure.kind.as_str(), failure.permanent),
            ("RefundEnded", true)
        );
    }
    assert_eq!(stored(&house, &payment).await.status, RefundStatus::Failed);
    assert_eq!(house.reservation(&code).await.paid, Money::pesos(90_000));
}

#[tokio::test]
async fn a_refund_without_money_to_make_it_from_is_asked_for_again() {
    let house = House::open().await;
    let (code, payment) = house.deposited().await;
    let request = refund_of(&code, &payment, 90_000);
    house.provider.switch(json!({ "balance": 100 })).await;
    let failure = house
        .fails(PaymentActivities::refund, request.clone())
        .await;
    assert!(!failure.permanent, "{failure:?}");
    assert_eq!(
        stored(&house, &payment).await.status,
        RefundStatus::Intended
    );

    house.provider.switch(json!({ "balance": null })).await;
    house.run(PaymentActivities::refund, request).await;
    assert_eq!(
        stored(&house, &payment).await.status,
        RefundStatus::Approved
    );
}

#[tokio::test]
async fn a_key_that_is_locked_is_tried_again() {
    let house = House::open().await;
    let (code, payment) = house.deposited().await;
    let request = refund_of(&code, &payment, 90_000);
    house
        .provider
        .trouble("mercadopago.api", json!({ "fail": 1, "status": 423 }))
        .await;
    let failure = house
        .fails(PaymentActivities::refund, request.clone())
        .await;
    assert!(!failure.permanent, "{failure:?}");
    house.run_again(PaymentActivities::refund, request).await;
    assert_eq!(house.provider.refunds().await.len(), 1);
}

#[tokio::test]
async fn more_than_was_paid_is_never_given_back() {
    let house = House::open().await;
    let (code, payment) = house.deposited().await;
    let failure = house
        .fails(
            PaymentActivities::refund,
            refund_of(&code, &payment, 90_001),
        )
        .await;
    assert_eq!(
        (failure.kind.as_str(), failure.permanent),
        ("RefundExceeds", true)
    );
    assert_eq!(house.provider.refunds().await.len(), 0);
}

#[tokio::test]
async fn an_amount_goes_back_to_the_latest_payment_first() {
    let house = House::open().await;
    let (code, first) = house.deposited().await;
    let link = house.provider.link().await;
    let second = house.provider.pay(&link, json!({ "amount": 60_000 })).await;
    house.report(&second).await;
    house
        .run(PaymentActivities::settle, settle(&code, &second, 60_000, 0))
        .await;
    let planned = plan(&house, give_back(&code, 100_000, "cancelled")).await;
    assert_eq!(
        planned,
        [
            (second, Money::pesos(60_000)),
            (first, Money::pesos(40_000))
        ]
    );
}

#[tokio::test]
async fn a_plan_stays_the_same_while_it_is_carried_out() {
    let house = House::open().await;
    let (code, payment) = house.deposited().await;
    let half = give_back(&code, 45_000, "cancelled");
    let planned = house
        .run(PaymentActivities::plan_refunds, half.clone())
        .await;
    house
        .run(PaymentActivities::refund, planned[0].clone())
        .await;
    let again = house.run(PaymentActivities::plan_refunds, half).await;
    assert_eq!(again, planned);
    let rest = plan(&house, give_back(&code, 90_000, "later")).await;
    assert_eq!(rest, [(payment, Money::pesos(45_000))]);
}

#[tokio::test]
async fn what_was_given_back_at_the_provider_is_not_given_back_again() {
    let house = House::open().await;
    let (code, payment) = house.deposited().await;
    let part = json!({ "status": "refunded", "amount": 30_000 });
    house.provider.turn(&payment, part).await;
    house.report(&payment).await;
    let planned = plan(&house, give_back(&code, 90_000, "cancelled")).await;
    assert_eq!(planned, [(payment, Money::pesos(60_000))]);
}

#[tokio::test]
async fn what_was_paid_by_hand_is_the_owners_to_give_back_once() {
    let house = House::open().await;
    let (code, payment) = house.deposited().await;
    let by_hand = house.paid_by_hand(&code).await;
    let planned = plan(&house, give_back(&code, 120_000, "cancelled")).await;
    assert_eq!(planned, [(payment.clone(), Money::pesos(30_000))]);
    let reference = format!("refund:{code}:{by_hand}:cancelled");
    let asked = ("give_back_by_hand".to_owned(), reference);
    assert_eq!(house.owners_queue().await, [asked]);

    // What the owner was asked to give back is gone; another step does not ask for it again.
    let rest = plan(&house, give_back(&code, 90_000, "later")).await;
    assert_eq!(rest, [(payment, Money::pesos(90_000))]);
    assert_eq!(house.owners_queue().await.len(), 1);
    assert_eq!(house.reservation(&code).await.paid, Money::pesos(90_000));
}
