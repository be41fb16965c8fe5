//! What becomes of payments.

use activities::PaymentActivities;
use database::payments;
use domain::{
    Money, ReservationCode,
    payment::{HandMethod, PaymentId, PaymentStatus},
    settlement::Settlement,
};
use serde_json::json;
use workflows::contracts::payments::SettlePayment;

use crate::house::House;

pub(crate) fn settle(
    code: &ReservationCode,
    payment: &PaymentId,
    applied: i64,
    returned: i64,
) -> SettlePayment {
    SettlePayment {
        payment_id: payment.clone(),
        code: code.clone(),
        settlement: Settlement {
            applied: Money::pesos(applied),
            returned: Money::pesos(returned),
        },
    }
}

impl House {
    /// A hold whose deposit of $ 90.000 was paid, read and applied.
    pub(crate) async fn deposited(&self) -> (ReservationCode, PaymentId) {
        let (code, payment) = self.paid(json!({ "status": "approved" })).await;
        self.report(&payment).await;
        let settled = settle(&code, &payment, 90_000, 0);
        self.run(PaymentActivities::settle, settled).await;
        (code, payment)
    }

    /// Another $ 90.000 that the owner saw elsewhere.
    pub(crate) async fn paid_by_hand(&self, code: &ReservationCode) -> PaymentId {
        let payment = PaymentId::by_hand(code, chrono::DateTime::UNIX_EPOCH, HandMethod::Cash);
        let settled = settle(code, &payment, 90_000, 0);
        self.run(PaymentActivities::settle, settled).await;
        payment
    }
}

#[tokio::test]
async fn the_first_settlement_stays() {
    let house = House::open().await;
    let (code, payment) = house.paid(json!({ "status": "approved" })).await;
    assert!(!house.report(&payment).await.decided);
    let first = house
        .twice(
            PaymentActivities::settle,
            settle(&code, &payment, 60_000, 30_000),
        )
        .await;
    assert!(house.report(&payment).await.decided);
    assert_eq!(first.paid, Money::pesos(60_000));
    let other = house
        .run(
            PaymentActivities::settle,
            settle(&code, &payment, 90_000, 0),
        )
        .await;
    assert_eq!(other, first);
    assert_eq!(house.reservation(&code).await.paid, Money::pesos(60_000));
}

#[tokio::test]
async fn payments_add_up() {
    let house = House::open().await;
    let (code, _payment) = house.deposited().await;
    house.paid_by_hand(&code).await;
    assert_eq!(house.reservation(&code).await.paid, Money::pesos(180_000));
}

#[tokio::test]
async fn what_the_owner_saw_elsewhere_is_recorded_as_a_payment() {
    let house = House::open().await;
    let code = house.held().await;
    let payment = PaymentId::by_hand(&code, chrono::DateTime::UNIX_EPOCH, HandMethod::Cash);
    let request = settle(&code, &payment, 90_000, 0);
    let settled = house
        .twice(PaymentActivities::settle, request.clone())
        .await;
    assert_eq!(settled.paid, Money::pesos(90_000));
    let recorded = payments::by_id(&house.db, &payment).await.unwrap().unwrap();
    assert_eq!(recorded.latest.status, PaymentStatus::Approved);
    assert_eq!(recorded.latest.amount(), Some(Money::pesos(90_000)));
    assert_eq!(recorded.notifications, 1, "nobody notified us of it again");
}

#[tokio::test]
async fn a_payment_that_was_never_read_is_not_settled() {
    let house = House::open().await;
    let (code, payment) = house.paid(json!({ "status": "approved" })).await;
    let failure = house
        .fails(
            PaymentActivities::settle,
            settle(&code, &payment, 90_000, 0),
        )
        .await;
    assert!(failure.permanent, "{failure:?}");
}
