//! The truth about payments.

use activities::PaymentActivities;
use chrono::{TimeDelta, Utc};
use database::payments::{self, PaymentSnapshot};
use domain::{
    Money, ReservationCode,
    payment::{Misfit, PaymentId, PaymentReport, PaymentStatus},
    settlement::Purpose,
};
use serde_json::{Value, json};
use workflows::contracts::payments::Truth;

use crate::house::House;

impl House {
    /// A hold with a link, and what a guest paid at it.
    pub(crate) async fn paid(&self, how: Value) -> (ReservationCode, PaymentId) {
        let code = self.held().await;
        self.offer_link(&code).await;
        let link = self.provider.link().await;
        let payment = self.provider.pay(&link, how).await;
        (code, payment)
    }

    pub(crate) async fn report(&self, payment: &PaymentId) -> PaymentReport {
        match self.run(PaymentActivities::read, payment.clone()).await {
            Truth::Ours { report } => report,
            other => panic!("{other:?}"),
        }
    }
}

async fn stored(house: &House, payment: &PaymentId) -> payments::Payment {
    payments::by_id(&house.db, payment)
        .await
        .unwrap()
        .expect("the payment is recorded")
}

#[tokio::test]
async fn an_approved_payment_is_ours() {
    let house = House::open().await;
    let (code, payment) = house.paid(json!({ "status": "approved" })).await;
    let truth = house.twice(PaymentActivities::read, payment.clone()).await;
    let Truth::Ours { report } = truth else {
        panic!("{truth:?}")
    };
    assert_eq!(report.payment_id, payment);
    assert_eq!(report.code, Some(code.clone()));
    assert_eq!(report.status, PaymentStatus::Approved);
    assert_eq!(report.purpose, Purpose::Deposit);
    assert_eq!(report.amount, Money::pesos(90_000));
    assert_eq!(report.net(), report.amount);
    let stored = stored(&house, &payment).await;
    assert_eq!(stored.latest.code, Some(code));
    assert!(stored.latest.approved_at.is_some());
}

#[tokio::test]
async fn what_is_not_approved_is_told_as_it_is() {
    for (said, status) in [
        ("pending", PaymentStatus::Pending),
        ("in_process", PaymentStatus::Pending),
        ("rejected", PaymentStatus::Rejected),
    ] {
        let house = House::open().await;
        let (_code, payment) = house.paid(json!({ "status": said })).await;
        assert_eq!(house.report(&payment).await.status, status, "{said}");
        assert_eq!(stored(&house, &payment).await.latest.status, status);
    }
}

#[tokio::test]
async fn a_payment_that_fits_nowhere_needs_a_person() {
    for (how, expected) in [
        (json!({ "collector_id": 1 }), Misfit::WrongCollector),
        (json!({ "currency_id": "USD" }), Misfit::WrongCurrency),
        (
            json!({ "external_reference": "RES260101ZZZZZZ" }),
            Misfit::UnknownReference,
        ),
        (
            json!({ "external_reference": "something-else" }),
            Misfit::UnknownReference,
        ),
    ] {
        let house = House::open().await;
        let (_code, payment) = house.paid(how).await;
        let truth = house.twice(PaymentActivities::read, payment.clone()).await;
        let Truth::Misfit { misfit, .. } = truth else {
            panic!("{truth:?}")
        };
        assert_eq!(misfit, expected);
        // Whatever it is, it is on record.
        stored(&house, &payment).await;
    }
}

#[tokio::test]
async fn a_payment_that_nobody_knows_is_unknown() {
    let house = House::open().await;
    for invented in ["123456", "not-a-number", "by-hand:RES260101ZZZZZZ:0"] {
        let payment = PaymentId(invented.to_owned());
        let truth = house.twice(PaymentActivities::read, payment.clone()).await;
        assert_eq!(truth, Truth::Unknown);
        let stored = payments::by_id(&house.db, &payment).await.unwrap();
        assert_eq!(stored, None);
    }
}

#[tokio::test]
async fn a_late_pending_never_undoes_approved() {
    let house = House::open().await;
    let (code, payment) = house.paid(json!({ "status": "pending" })).await;
    let approved = PaymentSnapshot {
        id: payment.clone(),
        code: Some(code),
        status: PaymentStatus::Approved,
        status_detail: "accredited".to_owned(),
        amount_centavos: 9_000_000,
        refunded_centavos: 0,
        fee_centavos: 0,
        currency: "ARS".to_owned(),
        collector_id: "724484980".to_owned(),
        collected: true,
        external_reference: None,
        purpose: Some(Purpose::Deposit),
        method: "visa".to_owned(),
        approved_at: Some(Utc::now()),
        provider_updated_at: Utc::now() + TimeDelta::minutes(1),
        snapshot: json!({}),
    };
    payments::record(&house.db, &approved).await.unwrap();
    let report = house.report(&payment).await;
    assert_eq!(report.status, PaymentStatus::Approved);
    let stored = stored(&house, &payment).await;
    assert_eq!(stored.latest.status, PaymentStatus::Approved);
}

#[tokio::test]
async fn a_dispute_that_was_won_is_money_again() {
    let house = House::open().await;
    let (_code, payment) = house.paid(json!({ "status": "approved" })).await;
    house.report(&payment).await;
    let turn = |change| house.provider.turn(&payment, change);
    turn(json!({ "status": "charged_back" })).await;
    let disputed = house.report(&payment).await;
    assert_eq!(disputed.status, PaymentStatus::ChargedBack);
    turn(json!({ "status": "charged_back", "status_detail": "reimbursed" })).await;
    let won = house.report(&payment).await;
    assert_eq!(won.status, PaymentStatus::Approved);
}

#[tokio::test]
async fn what_was_given_back_at_the_provider_is_told_apart_from_what_we_gave_back() {
    let house = House::open().await;
    let (_code, payment) = house.paid(json!({ "status": "approved" })).await;
    house.report(&payment).await;
    let half = json!({ "status": "refunded", "amount": 45_000 });
    house.provider.turn(&payment, half).await;
    let report = house.report(&payment).await;
    assert_eq!(report.refunded_elsewhere(), Money::pesos(45_000));
    assert_eq!(report.net(), Money::pesos(45_000));
}

#[tokio::test]
async fn a_provider_that_is_down_is_no_answer() {
    let house = House::open().await;
    let (_code, payment) = house.paid(json!({ "status": "approved" })).await;
    for knobs in [
        json!({ "fail": 1, "status": 500 }),
        json!({ "drop": 1.0, "when": "before" }),
    ] {
        house.provider.trouble("mercadopago.api", knobs).await;
        let failure = house.fails(PaymentActivities::read, payment.clone()).await;
        assert!(!failure.permanent, "{failure:?}");
        house.provider.no_more_trouble().await;
        house
            .run_again(PaymentActivities::read, payment.clone())
            .await;
    }
}
