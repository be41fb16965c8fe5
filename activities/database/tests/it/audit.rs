//! The audit finds nothing where nothing is wrong, and each thing that is wrong by its name.

use chrono::{TimeDelta, Utc};
use database::{
    audit, payments,
    refunds::{self, NewRefund, RefundStatus},
    reservations, review_queue,
};
use domain::{
    Money, ReservationCode,
    payment::{PaymentId, PaymentStatus as Status},
    settlement::Settlement,
};
use sea_orm::ConnectionTrait;

use crate::{
    money::{payment, snapshot},
    support::{Fresh, january, minutes},
};

/// The checks that find something when nothing may be under way. The tests' own hours are over by then.
async fn found(fresh: &Fresh) -> Vec<&'static str> {
    let moment = Utc::now().max(minutes(60)) + TimeDelta::minutes(1);
    let made = audit::make(&fresh.db, moment).await.unwrap();
    assert_eq!(made.len(), audit::checks().count());
    made.iter()
        .filter(|checked| !checked.differences.is_empty())
        .map(|checked| checked.check.name)
        .collect()
}

/// Something that no code of ours does.
async fn meddle(fresh: &Fresh, sql: &str) {
    fresh.sql().await.execute_unprepared(sql).await.unwrap();
}

async fn approve(fresh: &Fresh, code: &ReservationCode) {
    payments::record(
        &fresh.db,
        &snapshot(Some(code), Status::Approved, minutes(1)),
    )
    .await
    .unwrap();
}

/// A stay that was confirmed with its deposit of $ 90.000.
async fn confirmed(fresh: &Fresh) -> ReservationCode {
    let code = fresh.held(january(15, 18)).await.code;
    approve(fresh, &code).await;
    let settlement = Settlement {
        applied: Money::pesos(90_000),
        returned: Money::ZERO,
    };
    payments::settle(&fresh.db, &payment(), &code, settlement)
        .await
        .unwrap();
    reservations::confirm(&fresh.db, &code, minutes(2))
        .await
        .unwrap();
    code
}

async fn intend(fresh: &Fresh, key: &str, pesos: i64) {
    let refund = NewRefund {
        key: key.to_owned(),
        payment_id: payment(),
        code: None,
        amount: Money::pesos(pesos),
        reason: "cancelled".to_owned(),
    };
    refunds::intend(&fresh.db, &refund).await.unwrap();
}

async fn ask_owner(fresh: &Fresh, kind: &str, reference: &str, left: TimeDelta) {
    let matter = review_queue::NewMatter {
        kind: kind.to_owned(),
        reference: reference.to_owned(),
        reason: "Decide.".to_owned(),
        details: serde_json::json!({}),
        deadline: Some(Utc::now() + left),
    };
    review_queue::raise(&fresh.db, &matter).await.unwrap();
}

#[tokio::test]
async fn an_honest_story_has_no_difference_at_any_of_its_turns() {
    let fresh = Fresh::database().await;
    assert!(found(&fresh).await.is_empty());
    let code = confirmed(&fresh).await;
    assert!(found(&fresh).await.is_empty());
    let mut disputed = snapshot(Some(&code), Status::ChargedBack, minutes(3));
    payments::record(&fresh.db, &disputed).await.unwrap();
    assert!(found(&fresh).await.is_empty());
    disputed.status = Status::Approved;
    disputed.provider_updated_at = minutes(4);
    payments::record(&fresh.db, &disputed).await.unwrap();
    assert!(found(&fresh).await.is_empty());
    reservations::cancel(&fresh.db, &code, "no", minutes(5))
        .await
        .unwrap();
    intend(&fresh, "half", 45_000).await;
    assert_eq!(found(&fresh).await, ["refunds_done"], "it is under way");
    refunds::complete(&fresh.db, "half", "1", RefundStatus::Approved, minutes(6))
        .await
        .unwrap();
    assert!(found(&fresh).await.is_empty());
}

#[tokio::test]
async fn what_is_under_way_is_no_difference_until_it_is_overdue() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    approve(&fresh, &code).await;
    assert_eq!(found(&fresh).await, ["payments_placed", "holds_end"]);
    let an_hour_ago = Utc::now() - TimeDelta::hours(1);
    let made = audit::make(&fresh.db, an_hour_ago).await.unwrap();
    let differences: Vec<_> = made
        .iter()
        .filter(|checked| checked.check.name == "payments_placed")
        .flat_map(|checked| &checked.differences)
        .collect();
    assert!(differences.is_empty(), "{differences:?}");
}

#[tokio::test]
async fn money_that_fits_nowhere_is_the_owners_until_the_deadline() {
    let fresh = Fresh::database().await;
    payments::record(&fresh.db, &snapshot(None, Status::Approved, minutes(1)))
        .await
        .unwrap();
    assert_eq!(found(&fresh).await, ["payments_placed"]);
    let id = payment().to_string();
    ask_owner(&fresh, "unknown_reference", &id, TimeDelta::hours(24)).await;
    assert!(found(&fresh).await.is_empty());
    meddle(
        &fresh,
        "UPDATE review_queue SET deadline = now() - interval '1 hour'",
    )
    .await;
    assert_eq!(found(&fresh).await, ["queue_in_time"]);
}

#[tokio::test]
async fn a_refund_that_failed_is_nobodys_unless_the_owner_has_it() {
    let fresh = Fresh::database().await;
    let code = confirmed(&fresh).await;
    intend(&fresh, "refund:cancelled", 90_000).await;
    reservations::cancel(&fresh.db, &code, "no", minutes(5))
        .await
        .unwrap();
    refunds::failed(&fresh.db, "refund:cancelled", "no money")
        .await
        .unwrap();
    assert_eq!(found(&fresh).await, ["ledger_credit"]);
    let key = format!("refund:{code}:{}:cancelled", payment());
    ask_owner(&fresh, "refund_failed", &key, TimeDelta::hours(24)).await;
    assert!(found(&fresh).await.is_empty());
}

#[tokio::test]
async fn whoever_meddles_with_the_facts_is_found_out() {
    for (meddling, expected) in [
        (
            "UPDATE payments SET amount_centavos = amount_centavos + 1",
            &["ledger_payments", "settlements_whole"][..],
        ),
        (
            "UPDATE payments SET fee_centavos = 1",
            &["ledger_payments"],
        ),
        (
            "UPDATE reservations SET paid_centavos = paid_centavos + 1",
            &["ledger_reservations"],
        ),
        (
            "UPDATE reservations SET total_centavos = total_centavos - 1",
            &["ledger_reservations"],
        ),
        (
            "UPDATE settlements SET applied_centavos = 1",
            &[
                "ledger_payments",
                "ledger_reservations",
                "settlements_whole",
                "deposits_paid",
            ],
        ),
        (
            "INSERT INTO refunds (key, payment_id, amount_centavos, currency, reason, status)
             SELECT 'x', id, 1, 'ARS', 'by hand', 'approved' FROM payments",
            &["ledger_payments", "ledger_reservations"],
        ),
        (
            "ALTER TABLE refunds DISABLE TRIGGER refunds_within_payment;
             INSERT INTO refunds (key, payment_id, amount_centavos, currency, reason, status)
             SELECT 'x', id, amount_centavos + 1, 'ARS', 'by hand', 'approved' FROM payments",
            &[
                "ledger_payments",
                "ledger_reservations",
                "refunds_within_payment",
            ],
        ),
        (
            "ALTER TABLE ledger_postings DISABLE TRIGGER ledger_postings_stay;
             UPDATE ledger_postings SET amount_centavos = amount_centavos + 1 WHERE account = 'provider'",
            &["ledger_balances", "ledger_payments"],
        ),
        (
            "ALTER TABLE reservations DROP CONSTRAINT no_overlap_reservations;
             INSERT INTO reservations (code, accommodation_id, check_in, check_out, guests, quote,
                 total_centavos, deposit_centavos, currency, reservation_status, channel)
             SELECT 'RES261124000000', accommodation_id, check_out - 1, check_out + 1, 1, quote, 0, 0, 'ARS',
                 'blocked', 'owner' FROM reservations",
            &["nights_sold_once"],
        ),
        (
            "INSERT INTO payment_links (code, purpose, preference_id, url, amount_centavos, currency)
             SELECT code, 'deposit', 'p', 'https://pay.example/p', 1, 'ARS' FROM reservations",
            &["links_closed"],
        ),
    ] {
        let fresh = Fresh::database().await;
        confirmed(&fresh).await;
        meddle(&fresh, meddling).await;
        assert_eq!(found(&fresh).await, expected, "{meddling}");
    }
}

#[tokio::test]
async fn what_the_provider_has_is_compared_with_what_the_ledger_has() {
    let fresh = Fresh::database().await;
    let code = confirmed(&fresh).await;
    let mut partly = snapshot(Some(&code), Status::Approved, minutes(3));
    partly.refunded_centavos = 1_000_000;
    partly.fee_centavos = 500_000;
    payments::record(&fresh.db, &partly).await.unwrap();
    let mut transfer = snapshot(Some(&code), Status::Approved, minutes(3));
    transfer.id = PaymentId("by-hand:x:1:transfer".to_owned());
    payments::record(&fresh.db, &transfer).await.unwrap();
    let booked = audit::payments_since(&fresh.db, minutes(0)).await.unwrap();
    assert_eq!(booked.len(), 1, "the provider knows nothing of transfers");
    let booked = &booked["90210044871"];
    assert_eq!(
        (
            booked.amount_centavos,
            booked.ledger_centavos,
            booked.fee_centavos
        ),
        (9_000_000, 8_000_000, 500_000)
    );
    let one = audit::payment(&fresh.db, "90210044871").await.unwrap();
    assert_eq!(one.as_ref(), Some(booked));
    assert!(
        audit::payments_since(&fresh.db, minutes(4))
            .await
            .unwrap()
            .is_empty()
    );
}
