//! What the provider says of payments, and what becomes of them.

use chrono::{DateTime, Utc};
use database::{
    Error, Page,
    payment_links::{self, PaymentLink},
    payments::{self, PaymentSnapshot},
    reservations,
    review_queue::{self, NewMatter},
};
use domain::{
    Money, ReservationCode,
    payment::{PaymentId, PaymentStatus as Status},
    settlement::{Purpose, Settlement},
};
use futures::future::join_all;
use serde_json::json;

use crate::support::{Fresh, day, january, minutes};

pub(crate) fn payment() -> PaymentId {
    PaymentId("90210044871".to_owned())
}

pub(crate) fn snapshot(
    code: Option<&ReservationCode>,
    status: Status,
    updated_at: DateTime<Utc>,
) -> PaymentSnapshot {
    PaymentSnapshot {
        id: payment(),
        code: code.cloned(),
        status,
        status_detail: "accredited".to_owned(),
        amount_centavos: 9_000_000,
        refunded_centavos: 0,
        fee_centavos: 0,
        currency: "ARS".to_owned(),
        collector_id: "724484980".to_owned(),
        collected: true,
        external_reference: code.map(|code| code.as_str().to_owned()),
        purpose: Some(Purpose::Deposit),
        method: "visa".to_owned(),
        approved_at: (status == Status::Approved).then_some(updated_at),
        provider_updated_at: updated_at,
        snapshot: json!({ "status": status.as_str() }),
    }
}

/// A reservation whose deposit of $ 90.000 was approved.
pub(crate) async fn paid(fresh: &Fresh) -> ReservationCode {
    let code = fresh.held(january(15, 18)).await.code;
    payments::record(
        &fresh.db,
        &snapshot(Some(&code), Status::Approved, minutes(1)),
    )
    .await
    .unwrap();
    code
}

/// Applies a payment of so many pesos to a reservation.
pub(crate) async fn applied(
    fresh: &Fresh,
    code: &ReservationCode,
    id: &str,
    pesos: i64,
    minute: i64,
) {
    let mut approved = snapshot(Some(code), Status::Approved, minutes(minute));
    approved.id = PaymentId(id.to_owned());
    approved.amount_centavos = pesos * 100;
    payments::record(&fresh.db, &approved).await.unwrap();
    let settlement = Settlement {
        applied: Money::pesos(pesos),
        returned: Money::ZERO,
    };
    payments::settle(&fresh.db, &approved.id, code, settlement)
        .await
        .unwrap();
}

pub(crate) async fn paid_for(fresh: &Fresh, code: &ReservationCode) -> Money {
    reservations::by_code(&fresh.db, code)
        .await
        .unwrap()
        .unwrap()
        .paid
}

async fn status(db: &database::Database) -> Status {
    payments::by_id(db, &payment())
        .await
        .unwrap()
        .unwrap()
        .latest
        .status
}

#[tokio::test]
async fn a_payment_only_moves_forward() {
    let fresh = Fresh::database().await;
    for (turn, said, minute, then, news) in [
        (0, Status::Pending, 1, Status::Pending, true),
        (1, Status::Pending, 1, Status::Pending, false),
        (2, Status::Approved, 2, Status::Approved, true),
        (3, Status::Pending, 1, Status::Approved, false),
        (4, Status::Rejected, 9, Status::Approved, false),
        (5, Status::ChargedBack, 3, Status::ChargedBack, true),
        (6, Status::Approved, 2, Status::ChargedBack, false),
        (7, Status::Approved, 4, Status::Approved, true),
        (8, Status::Refunded, 5, Status::Refunded, true),
        (9, Status::Approved, 6, Status::Refunded, false),
    ] {
        let recorded = payments::record(&fresh.db, &snapshot(None, said, minutes(minute)))
            .await
            .unwrap();
        assert_eq!(
            (recorded.changed, recorded.current.latest.status),
            (news, then),
            "turn {turn}"
        );
        assert_eq!(recorded.previous.is_none(), turn == 0);
        assert_eq!(recorded.current.notifications, turn + 1);
    }
    assert_eq!(status(&fresh.db).await, Status::Refunded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_whose_notifications_come_at_once_is_new_once() {
    let fresh = Fresh::database().await;
    let tasks = (0..20).map(|_| {
        let db = fresh.db.clone();
        tokio::spawn(async move {
            payments::record(&db, &snapshot(None, Status::Approved, minutes(1))).await
        })
    });
    let recorded: Vec<_> = join_all(tasks)
        .await
        .into_iter()
        .map(|turn| turn.unwrap().unwrap())
        .collect();
    assert_eq!(recorded.iter().filter(|turn| turn.changed).count(), 1);
    assert_eq!(
        payments::list(&fresh.db, Page::first(5)).await.unwrap()[0].notifications,
        20
    );
}

#[tokio::test]
async fn a_payment_for_a_reservation_we_do_not_have_is_kept_without_it() {
    let fresh = Fresh::database().await;
    let unknown = ReservationCode::generate(day("2026-11-24")).unwrap();
    let recorded = payments::record(
        &fresh.db,
        &snapshot(Some(&unknown), Status::Approved, minutes(1)),
    )
    .await;
    let latest = recorded.unwrap().current.latest;
    assert_eq!(latest.code, None);
    assert_eq!(latest.external_reference.as_deref(), Some(unknown.as_str()));
    assert_eq!(latest.amount(), Some(Money::pesos(90_000)));
}

/// However late its reservation is written, and although nothing about the payment itself has changed.
#[tokio::test]
async fn a_payment_that_came_before_its_reservation_is_placed_when_it_is_told_again() {
    let fresh = Fresh::database().await;
    let hold = fresh.hold(january(15, 18));
    let early = snapshot(Some(&hold.code), Status::Approved, minutes(1));
    let unplaced = payments::record(&fresh.db, &early).await.unwrap();
    assert_eq!(unplaced.current.latest.code, None);
    let matter = NewMatter {
        kind: "unknown_reference".to_owned(),
        reference: payment().to_string(),
        reason: "whose is it?".to_owned(),
        details: json!({}),
        deadline: None,
    };
    review_queue::raise(&fresh.db, &matter).await.unwrap();
    let is_done = async || {
        payments::is_followed_up(&fresh.db, &payment(), None)
            .await
            .unwrap()
    };
    assert!(is_done().await, "the owner has it");
    assert!(payments::unplaced(&fresh.db, &hold.code).await.unwrap() == [payment()]);

    reservations::place_hold(&fresh.db, &hold).await.unwrap();
    assert!(!is_done().await, "its reservation is there");
    let placed = payments::record(&fresh.db, &early).await.unwrap();
    assert!(placed.changed);
    assert_eq!(placed.current.latest.code, Some(hold.code.clone()));
    assert_eq!(payments::unplaced(&fresh.db, &hold.code).await.unwrap(), []);
    let open = review_queue::open(&fresh.db, Page::first(5)).await.unwrap();
    assert_eq!(open, [], "nobody needs to find out whose it is");
    assert!(!is_done().await, "nobody has settled it");
    assert!(!payments::record(&fresh.db, &early).await.unwrap().changed);
}

#[tokio::test]
async fn a_payment_is_settled_once() {
    let fresh = Fresh::database().await;
    let code = paid(&fresh).await;
    let settlement = Settlement {
        applied: Money::pesos(80_000),
        returned: Money::pesos(10_000),
    };
    let payment = payment();
    let settle = || payments::settle(&fresh.db, &payment, &code, settlement);
    let first = settle().await.unwrap();
    assert_eq!((first.fresh, first.paid), (true, Money::pesos(80_000)));
    let again = settle().await.unwrap();
    assert_eq!((again.fresh, again.paid), (false, Money::pesos(80_000)));
    assert_eq!(again.record, first.record);
    let reservation = reservations::by_code(&fresh.db, &code)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(reservation.account().paid, Money::pesos(80_000));
    assert_eq!(
        payments::settlements_of(&fresh.db, &code).await.unwrap(),
        [first.record]
    );
    assert_eq!(
        payments::of_reservation(&fresh.db, &code)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_payment_nobody_recorded_is_not_settled() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    let settlement = Settlement {
        applied: Money::pesos(1),
        returned: Money::ZERO,
    };
    let error = payments::settle(&fresh.db, &payment(), &code, settlement)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Conflict { rule } if rule == "settlements_payment_fkey"),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_was_given_back_at_the_provider_is_not_paid_any_more() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    applied(&fresh, &code, "1", 90_000, 1).await;
    let mut by_hand = snapshot(Some(&code), Status::Approved, minutes(3));
    by_hand.id = PaymentId("1".to_owned());
    by_hand.refunded_centavos = 3_000_000;
    payments::record(&fresh.db, &by_hand).await.unwrap();
    assert_eq!(paid_for(&fresh, &code).await, Money::pesos(60_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payments_settled_at_once_all_count() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    join_all((0..10).map(|turn| {
        let (fresh, code) = (&fresh, &code);
        async move { applied(fresh, code, &turn.to_string(), 1_000, 1).await }
    }))
    .await;
    assert_eq!(paid_for(&fresh, &code).await, Money::pesos(10_000));
}

#[tokio::test]
async fn of_two_links_for_one_purpose_the_first_wins_until_it_is_closed() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    let link = |preference: &str| PaymentLink {
        code: code.clone(),
        purpose: Purpose::Deposit,
        preference_id: preference.to_owned(),
        url: format!("https://pay.example/{preference}"),
        amount: Money::pesos(90_000),
        expires_at: Some(minutes(30)),
    };
    let first = payment_links::insert_first_wins(&fresh.db, &link("1"))
        .await
        .unwrap();
    assert_eq!(
        payment_links::insert_first_wins(&fresh.db, &link("2"))
            .await
            .unwrap(),
        first
    );
    assert_eq!(
        payment_links::find(&fresh.db, &code, Purpose::Balance)
            .await
            .unwrap(),
        None
    );

    let closed = payment_links::close(&fresh.db, &code, Purpose::Deposit, minutes(5))
        .await
        .unwrap();
    assert_eq!(closed, first);
    assert_eq!(
        payment_links::close(&fresh.db, &code, Purpose::Deposit, minutes(6))
            .await
            .unwrap(),
        None
    );
    let second = payment_links::insert_first_wins(&fresh.db, &link("2"))
        .await
        .unwrap();
    assert_eq!(second.unwrap().preference_id, "2");
}

/// What nobody can help stays in line, and never before those whose turn it is.
#[tokio::test]
async fn payments_that_are_adrift_come_in_turns() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    for number in 0..130 {
        let mut approved = snapshot(Some(&code), Status::Approved, minutes(1));
        approved.id = PaymentId(format!("{number}"));
        payments::record(&fresh.db, &approved).await.unwrap();
    }
    let later = Utc::now() + chrono::TimeDelta::hours(1);
    let round = async |minute| {
        let now = later + chrono::TimeDelta::minutes(minute);
        let adrift = payments::adrift(&fresh.db, later, now).await.unwrap();
        adrift.into_iter().collect::<std::collections::HashSet<_>>()
    };
    let (first, second) = (round(0).await, round(1).await);
    assert_eq!((first.len(), second.len()), (100, 100));
    assert_eq!(first.union(&second).count(), 130);
    assert!(
        payments::adrift(&fresh.db, minutes(1), later)
            .await
            .unwrap()
            .is_empty()
    );
}
