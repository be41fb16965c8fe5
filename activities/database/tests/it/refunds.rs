//! Money goes back once, to where it came from, and never more than came.

use database::{
    Error, payments,
    refunds::{self, GiveBack, Intent, NewRefund, Refund, RefundStatus},
};
use domain::{Money, payment::PaymentStatus as Status};
use futures::future::join_all;
use sea_orm::ConnectionTrait;

use crate::{
    money::{applied, paid, paid_for, payment, snapshot},
    support::{Fresh, january, minutes},
};

fn refund(key: &str, pesos: i64) -> NewRefund {
    NewRefund {
        key: key.to_owned(),
        payment_id: payment(),
        code: None,
        amount: Money::pesos(pesos),
        reason: "cancelled".to_owned(),
    }
}

async fn intend(fresh: &Fresh, key: &str, pesos: i64) -> Intent {
    refunds::intend(&fresh.db, &refund(key, pesos))
        .await
        .unwrap()
}

fn intended(intent: Intent) -> Refund {
    match intent {
        Intent::Intended(refund) => refund,
        Intent::Exceeds { left } => panic!("only {left} left"),
    }
}

#[tokio::test]
async fn a_refund_is_decided_once_and_never_exceeds_the_payment() {
    let fresh = Fresh::database().await;
    paid(&fresh).await;
    let first = intended(intend(&fresh, "a", 50_000).await);
    assert_eq!(first.status, RefundStatus::Intended);
    assert_eq!(intended(intend(&fresh, "a", 50_000).await), first);
    assert_eq!(
        intend(&fresh, "b", 40_001).await,
        Intent::Exceeds {
            left: Money::pesos(40_000)
        }
    );
    intended(intend(&fresh, "b", 40_000).await);
    assert_eq!(
        intend(&fresh, "c", 1).await,
        Intent::Exceeds { left: Money::ZERO }
    );
    let other = refunds::intend(&fresh.db, &refund("a", 49_999))
        .await
        .unwrap_err();
    assert!(matches!(other, Error::Conflict { .. }));
    assert_eq!(
        refunds::of_payment(&fresh.db, &payment())
            .await
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refunds_decided_at_once_never_exceed_the_payment() {
    let fresh = Fresh::database().await;
    paid(&fresh).await;
    let tasks = (0..20).map(|turn| {
        let db = fresh.db.clone();
        tokio::spawn(
            async move { refunds::intend(&db, &refund(&format!("r{turn}"), 20_000)).await },
        )
    });
    let intents: Vec<_> = join_all(tasks)
        .await
        .into_iter()
        .map(|turn| turn.unwrap().unwrap())
        .collect();
    assert_eq!(
        intents
            .iter()
            .filter(|intent| matches!(intent, Intent::Intended(_)))
            .count(),
        4
    );
}

#[tokio::test]
async fn what_failed_can_be_given_back_in_another_way_and_what_is_approved_stays() {
    let fresh = Fresh::database().await;
    paid(&fresh).await;
    intend(&fresh, "a", 90_000).await;
    let failed = refunds::failed(&fresh.db, "a", "not enough balance")
        .await
        .unwrap();
    assert_eq!(
        (failed.status, failed.last_error.as_deref()),
        (RefundStatus::Failed, Some("not enough balance"))
    );
    intended(intend(&fresh, "b", 60_000).await);
    // The first one has no room any more.
    assert_eq!(
        intend(&fresh, "a", 90_000).await,
        Intent::Exceeds {
            left: Money::pesos(30_000)
        }
    );

    let done = refunds::complete(
        &fresh.db,
        "b",
        "1091618291",
        RefundStatus::Approved,
        minutes(9),
    )
    .await
    .unwrap();
    assert_eq!(done.completed_at, Some(minutes(9)));
    let late = refunds::failed(&fresh.db, "b", "late").await.unwrap();
    assert_eq!(late.status, RefundStatus::Approved);
}

#[tokio::test]
async fn what_the_provider_gave_back_by_other_hands_is_not_given_back_again() {
    let fresh = Fresh::database().await;
    let code = paid(&fresh).await;
    intend(&fresh, "a", 10_000).await;
    refunds::complete(&fresh.db, "a", "1", RefundStatus::Approved, minutes(2))
        .await
        .unwrap();
    let mut by_hand = snapshot(Some(&code), Status::Approved, minutes(3));
    by_hand.refunded_centavos = 5_000_000;
    payments::record(&fresh.db, &by_hand).await.unwrap();
    assert_eq!(
        intend(&fresh, "b", 50_000).await,
        Intent::Exceeds {
            left: Money::pesos(40_000)
        }
    );
}

#[tokio::test]
async fn the_schema_itself_refuses_to_give_back_more_than_was_paid() {
    let fresh = Fresh::database().await;
    paid(&fresh).await;
    let sql = fresh.sql().await;
    let insert = "INSERT INTO refunds (key, payment_id, amount_centavos, currency, reason)
                  VALUES ('x', '90210044871', 9000001, 'ARS', 'a mistake')";
    let error = sql
        .execute_unprepared(insert)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("would exceed it"), "{error}");
}

#[tokio::test]
async fn an_amount_goes_back_to_the_latest_payments_first_and_is_not_paid_any_more() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    applied(&fresh, &code, "1", 40_000, 1).await;
    applied(&fresh, &code, "2", 50_000, 2).await;
    assert_eq!(paid_for(&fresh, &code).await, Money::pesos(90_000));
    let give_back = GiveBack {
        code: code.clone(),
        amount: Money::pesos(70_000),
        step: "cancel".to_owned(),
        reason: "cancelled".to_owned(),
    };
    let plan = refunds::plan(&fresh.db, &give_back).await.unwrap();
    let parts: Vec<_> = plan
        .iter()
        .map(|part| (part.payment_id.0.as_str(), part.amount))
        .collect();
    assert_eq!(
        parts,
        [("2", Money::pesos(50_000)), ("1", Money::pesos(20_000))]
    );
    assert_eq!(plan[0].key, format!("refund:{code}:2:cancel"));

    // Half of it is under way when the step runs again.
    refunds::intend(&fresh.db, &plan[0]).await.unwrap();
    assert_eq!(paid_for(&fresh, &code).await, Money::pesos(40_000));
    let again = refunds::plan(&fresh.db, &give_back).await.unwrap();
    assert_eq!(again, plan);
    refunds::intend(&fresh.db, &plan[1]).await.unwrap();
    assert_eq!(paid_for(&fresh, &code).await, Money::pesos(20_000));

    // Another step finds only what is left.
    let other = GiveBack {
        step: "goodwill".to_owned(),
        ..give_back
    };
    let rest = refunds::plan(&fresh.db, &other).await.unwrap();
    assert_eq!(
        rest.iter().map(|part| part.amount).collect::<Vec<_>>(),
        [Money::pesos(20_000)]
    );

    // What the provider will not give back is paid again.
    refunds::failed(&fresh.db, &plan[0].key, "not enough balance")
        .await
        .unwrap();
    assert_eq!(paid_for(&fresh, &code).await, Money::pesos(70_000));
}
