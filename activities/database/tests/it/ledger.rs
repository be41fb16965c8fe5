//! The ledger says what the facts say, in two sides that are equal, and is only ever added to.

use chrono::TimeDelta;
use database::{
    ledger::{self, Balance},
    payments,
    refunds::{self, NewRefund, RefundStatus},
    reservations::{self, NewDates},
};
use domain::{
    Money, Party, ReservationCode,
    ledger::Kind,
    payment::{HandMethod, PaymentId, PaymentStatus as Status},
    settlement::Settlement,
};
use futures::future::join_all;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::{
    money::{applied, paid, paid_for, payment, snapshot},
    support::{Fresh, january, minutes, quote},
};

/// What the ledger says in all, in pesos: every account that is not empty.
async fn balances(fresh: &Fresh) -> Vec<(String, i64)> {
    let sql = "SELECT account, balance_centavos FROM ledger_balances \
               WHERE balance_centavos <> 0 ORDER BY account";
    let rows = fresh
        .sql()
        .await
        .query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .unwrap();
    rows.iter()
        .map(|row| {
            let centavos: i64 = row.try_get_by_index(1).unwrap();
            assert_eq!(centavos % 100, 0);
            (row.try_get_by_index(0).unwrap(), centavos / 100)
        })
        .collect()
}

async fn assert_balances(fresh: &Fresh, expected: &[(&str, i64)]) {
    let found = balances(fresh).await;
    let found: Vec<_> = found
        .iter()
        .map(|(account, pesos)| (account.as_str(), *pesos))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(found.iter().map(|(_, pesos)| pesos).sum::<i64>(), 0);
}

async fn balance(fresh: &Fresh, code: &ReservationCode) -> Balance {
    ledger::balance(&fresh.db, code).await.unwrap()
}

async fn statement(fresh: &Fresh, code: &ReservationCode) -> Vec<(Kind, i64, i64)> {
    let lines = ledger::statement(&fresh.db, code).await.unwrap();
    lines
        .iter()
        .map(|line| {
            (
                line.what,
                line.amount.centavos / 100,
                line.balance.centavos / 100,
            )
        })
        .collect()
}

async fn settle(fresh: &Fresh, code: &ReservationCode, applied: i64, returned: i64) {
    let settlement = Settlement {
        applied: Money::pesos(applied),
        returned: Money::pesos(returned),
    };
    payments::settle(&fresh.db, &payment(), code, settlement)
        .await
        .unwrap();
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

async fn completed(fresh: &Fresh, key: &str) {
    let status = RefundStatus::Approved;
    refunds::complete(&fresh.db, key, key, status, minutes(20))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_same_moment_told_with_another_fee_is_booked() {
    let fresh = Fresh::database().await;
    let code = paid(&fresh).await;
    let mut told = snapshot(Some(&code), Status::Approved, minutes(1));
    told.fee_centavos = 450_000;
    for news in [true, false] {
        let recorded = payments::record(&fresh.db, &told).await.unwrap();
        assert_eq!(recorded.changed, news);
    }
    let booked = "SELECT string_agg(kind, ' ' ORDER BY id) FROM ledger_transactions";
    let row = fresh
        .sql()
        .await
        .query_one_raw(Statement::from_string(DbBackend::Postgres, booked))
        .await
        .unwrap();
    let kinds: String = row.unwrap().try_get_by_index(0).unwrap();
    assert_eq!(kinds, "payment_received fee_charged");
    assert_balances(
        &fresh,
        &[
            ("fees", 4_500),
            ("provider", 85_500),
            ("unassigned", -90_000),
        ],
    )
    .await;
}

#[tokio::test]
async fn money_that_turns_out_to_be_ours_is_booked_and_stays_ours() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    let ours = snapshot(Some(&code), Status::Approved, minutes(1));
    let mut of_others = ours.clone();
    (of_others.collected, of_others.collector_id) = (false, "999".to_owned());
    payments::record(&fresh.db, &of_others).await.unwrap();
    assert_balances(&fresh, &[]).await;
    let settings_mended = payments::record(&fresh.db, &ours).await.unwrap();
    assert!(settings_mended.changed);
    let known = settings_mended.current.latest;
    assert!(known.collected);
    assert_eq!(known.collector_id, ours.collector_id);
    let booked = [("provider", 90_000), ("unassigned", -90_000)];
    assert_balances(&fresh, &booked).await;
    // What is in our books does not leave them because somebody mistypes an account.
    payments::record(&fresh.db, &of_others).await.unwrap();
    assert_balances(&fresh, &booked).await;
}

#[tokio::test]
async fn a_stay_that_is_paid_and_cancelled_late_leaves_what_was_kept() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    assert_eq!(statement(&fresh, &code).await, []);
    let mut approved = snapshot(Some(&code), Status::Approved, minutes(1));
    approved.fee_centavos = 500_000;
    payments::record(&fresh.db, &approved).await.unwrap();
    assert_eq!(
        balance(&fresh, &code).await.unassigned,
        Money::pesos(90_000)
    );
    settle(&fresh, &code, 90_000, 0).await;
    reservations::confirm(&fresh.db, &code, minutes(2))
        .await
        .unwrap();
    assert_eq!(
        balance(&fresh, &code).await,
        Balance {
            charged: Money::pesos(300_000),
            paid: Money::pesos(90_000),
            owed: Money::pesos(210_000),
            unassigned: Money::ZERO,
            returning: Money::ZERO,
        }
    );
    assert_balances(
        &fresh,
        &[
            ("fees", 5_000),
            ("guest", 210_000),
            ("provider", 85_000),
            ("revenue", -300_000),
        ],
    )
    .await;

    reservations::cancel(&fresh.db, &code, "cambio de planes", minutes(9))
        .await
        .unwrap();
    intend(&fresh, "half", 45_000).await;
    assert_eq!(
        balance(&fresh, &code).await,
        Balance {
            charged: Money::pesos(45_000),
            paid: Money::pesos(45_000),
            owed: Money::ZERO,
            unassigned: Money::ZERO,
            returning: Money::pesos(45_000),
        }
    );
    completed(&fresh, "half").await;
    assert_balances(
        &fresh,
        &[("fees", 5_000), ("provider", 40_000), ("revenue", -45_000)],
    )
    .await;
    assert_eq!(
        statement(&fresh, &code).await,
        [
            (Kind::PaymentReceived, -90_000, -90_000),
            (Kind::Charged, 300_000, 210_000),
            (Kind::ChargeReleased, -210_000, 0),
            (Kind::ChargeReleased, -45_000, -45_000),
            (Kind::RefundCompleted, 45_000, 0),
        ]
    );
}

#[tokio::test]
async fn hearing_of_everything_twice_writes_nothing_more() {
    let fresh = Fresh::database().await;
    let code = paid(&fresh).await;
    let story = async || {
        payments::record(
            &fresh.db,
            &snapshot(Some(&code), Status::Approved, minutes(1)),
        )
        .await
        .unwrap();
        settle(&fresh, &code, 80_000, 10_000).await;
        reservations::confirm(&fresh.db, &code, minutes(2))
            .await
            .unwrap();
        intend(&fresh, "excess", 10_000).await;
        completed(&fresh, "excess").await;
        ledger::statement(&fresh.db, &code).await.unwrap()
    };
    let once = story().await;
    assert_eq!(story().await, once);
    assert_balances(
        &fresh,
        &[
            ("guest", 220_000),
            ("provider", 80_000),
            ("revenue", -300_000),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_hears_of_a_payment_at_once_writes_it_once() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    join_all((0..20).map(|_| {
        let (db, code) = (fresh.db.clone(), code.clone());
        tokio::spawn(async move {
            let said = snapshot(Some(&code), Status::Approved, minutes(1));
            payments::record(&db, &said).await.unwrap();
            let settlement = Settlement {
                applied: Money::pesos(90_000),
                returned: Money::ZERO,
            };
            payments::settle(&db, &payment(), &code, settlement)
                .await
                .unwrap();
            reservations::confirm(&db, &code, minutes(2)).await.unwrap();
        })
    }))
    .await
    .into_iter()
    .for_each(Result::unwrap);
    let lines = statement(&fresh, &code).await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_balances(
        &fresh,
        &[
            ("guest", 210_000),
            ("provider", 90_000),
            ("revenue", -300_000),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payments_refunds_and_a_cancellation_at_once_leave_the_books_level() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    applied(&fresh, &code, "90210044871", 90_000, 1).await;
    reservations::confirm(&fresh.db, &code, minutes(2))
        .await
        .unwrap();
    let refunds = (0..6).map(|turn| {
        let db = fresh.db.clone();
        tokio::spawn(async move {
            let key = format!("r{turn}");
            let refund = NewRefund {
                key: key.clone(),
                payment_id: payment(),
                code: None,
                amount: Money::pesos(20_000),
                reason: "cancelled".to_owned(),
            };
            if let refunds::Intent::Intended(_) = refunds::intend(&db, &refund).await.unwrap() {
                if turn % 2 == 0 {
                    refunds::failed(&db, &key, "no").await.unwrap();
                } else {
                    let done = RefundStatus::Approved;
                    refunds::complete(&db, &key, &key, done, minutes(9))
                        .await
                        .unwrap();
                }
            }
        })
    });
    let more = (0..4).map(|turn| {
        let (db, code) = (fresh.db.clone(), code.clone());
        tokio::spawn(async move {
            let mut said = snapshot(Some(&code), Status::Approved, minutes(3));
            said.id = PaymentId(format!("m{turn}"));
            payments::record(&db, &said).await.unwrap();
            let settlement = Settlement {
                applied: Money::pesos(50_000),
                returned: Money::pesos(40_000),
            };
            payments::settle(&db, &said.id, &code, settlement)
                .await
                .unwrap();
            reservations::cancel(&db, &code, "no", minutes(4))
                .await
                .unwrap();
        })
    });
    join_all(refunds.chain(more))
        .await
        .into_iter()
        .for_each(Result::unwrap);
    let paid = paid_for(&fresh, &code).await;
    let balance = balance(&fresh, &code).await;
    assert_eq!(balance.paid, paid);
    assert!(balance.owed.centavos <= 0, "{balance:?}");
    let sum: i64 = balances(&fresh).await.iter().map(|(_, pesos)| pesos).sum();
    assert_eq!(sum, 0);
}

#[tokio::test]
async fn other_dates_cost_what_they_cost() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    let longer = NewDates {
        stay: january(15, 20),
        party: Party::of(4).unwrap(),
        quote: quote(january(15, 20)),
        ends_by: None,
    };
    reservations::confirm(&fresh.db, &code, minutes(2))
        .await
        .unwrap();
    for _ in 0..2 {
        reservations::change_dates(&fresh.db, &code, &longer, minutes(3))
            .await
            .unwrap();
    }
    assert_eq!(
        statement(&fresh, &code).await,
        [
            (Kind::Charged, 300_000, 300_000),
            (Kind::ChargeChanged, 200_000, 500_000)
        ]
    );
}

#[tokio::test]
async fn a_hold_owes_nothing_until_its_nights_are_taken_again() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    reservations::expire(&fresh.db, &code, minutes(30))
        .await
        .unwrap();
    assert_eq!(statement(&fresh, &code).await, []);
    reservations::retake_expired(&fresh.db, &code, minutes(40))
        .await
        .unwrap();
    assert_eq!(
        statement(&fresh, &code).await,
        [(Kind::Charged, 300_000, 300_000)]
    );
}

#[tokio::test]
async fn a_refund_that_the_provider_refuses_is_paid_and_owed_as_before() {
    let fresh = Fresh::database().await;
    let code = paid(&fresh).await;
    settle(&fresh, &code, 90_000, 0).await;
    reservations::confirm(&fresh.db, &code, minutes(2))
        .await
        .unwrap();
    let before = balance(&fresh, &code).await;
    intend(&fresh, "a", 30_000).await;
    assert_eq!(paid_for(&fresh, &code).await, Money::pesos(60_000));
    let refused = RefundStatus::Failed;
    refunds::complete(&fresh.db, "a", "1", refused, minutes(3))
        .await
        .unwrap();
    assert_eq!(paid_for(&fresh, &code).await, Money::pesos(90_000));
    assert_eq!(balance(&fresh, &code).await, before);
}

#[tokio::test]
async fn a_refund_that_the_provider_tells_of_first_counts_once() {
    let fresh = Fresh::database().await;
    let code = paid(&fresh).await;
    settle(&fresh, &code, 90_000, 0).await;
    intend(&fresh, "a", 30_000).await;
    let mut told = snapshot(Some(&code), Status::Approved, minutes(3));
    told.refunded_centavos = 3_000_000;
    payments::record(&fresh.db, &told).await.unwrap();
    assert_eq!(paid_for(&fresh, &code).await, Money::pesos(60_000));
    completed(&fresh, "a").await;
    assert_eq!(paid_for(&fresh, &code).await, Money::pesos(60_000));
    assert_balances(&fresh, &[("guest", -60_000), ("provider", 60_000)]).await;
}

#[tokio::test]
async fn a_dispute_moves_the_money_and_winning_it_moves_it_back() {
    let fresh = Fresh::database().await;
    let code = paid(&fresh).await;
    settle(&fresh, &code, 90_000, 0).await;
    let said = |status, minute| snapshot(Some(&code), status, minutes(minute));
    payments::record(&fresh.db, &said(Status::ChargedBack, 3))
        .await
        .unwrap();
    assert_balances(&fresh, &[]).await;
    assert_eq!(paid_for(&fresh, &code).await, Money::ZERO);
    payments::record(&fresh.db, &said(Status::Approved, 4))
        .await
        .unwrap();
    assert_balances(&fresh, &[("guest", -90_000), ("provider", 90_000)]).await;
}

#[tokio::test]
async fn money_of_other_currencies_is_booked_in_its_own_and_money_of_others_is_not() {
    let fresh = Fresh::database().await;
    let mut dollars = snapshot(None, Status::Approved, minutes(1));
    dollars.currency = "USD".to_owned();
    payments::record(&fresh.db, &dollars).await.unwrap();
    let mut elsewhere = snapshot(None, Status::Approved, minutes(1));
    elsewhere.id = PaymentId("2".to_owned());
    elsewhere.collected = false;
    payments::record(&fresh.db, &elsewhere).await.unwrap();
    assert_balances(&fresh, &[("provider", 90_000), ("unassigned", -90_000)]).await;
}

#[tokio::test]
async fn the_schema_refuses_what_does_not_balance_and_every_change_of_what_is_written() {
    let fresh = Fresh::database().await;
    let code = paid(&fresh).await;
    settle(&fresh, &code, 90_000, 0).await;
    let sql = fresh.sql().await;
    for (refused, because) in [
        (
            "WITH t AS (INSERT INTO ledger_transactions (key, kind, payment_id, at)
                 VALUES ('x', 'opening', '90210044871', now()) RETURNING id)
             INSERT INTO ledger_postings SELECT id, 'cash', 1, 'ARS' FROM t",
            "does not balance",
        ),
        (
            "WITH t AS (INSERT INTO ledger_transactions (key, kind, payment_id, at)
                 VALUES ('x', 'opening', '90210044871', now()) RETURNING id)
             INSERT INTO ledger_postings
             SELECT id, account, amount, currency FROM t,
                 (VALUES ('cash', 1, 'ARS'), ('bank', -1, 'USD')) AS leg (account, amount, currency)",
            "does not balance",
        ),
        (
            "INSERT INTO ledger_transactions (key, kind, payment_id, at)
             VALUES ('x', 'opening', '90210044871', now())",
            "does not balance",
        ),
        (
            "INSERT INTO ledger_postings SELECT max(id), 'cash', 1, 'ARS' FROM ledger_transactions",
            "does not balance",
        ),
        (
            "WITH t AS (INSERT INTO ledger_transactions (key, kind, payment_id, at)
                 VALUES ('x', 'opening', '90210044871', now()) RETURNING id)
             INSERT INTO ledger_postings
             SELECT id, account, amount, 'ARS' FROM t,
                 (VALUES ('guest', 1), ('revenue', -1)) AS leg (account, amount)",
            "for no reservation",
        ),
        (
            "UPDATE ledger_postings SET amount_centavos = amount_centavos * 2",
            "only ever added to",
        ),
        ("DELETE FROM ledger_postings", "only ever added to"),
        (
            "UPDATE ledger_transactions SET at = now()",
            "only ever added to",
        ),
        ("DELETE FROM ledger_transactions", "only ever added to"),
        (
            "TRUNCATE ledger_transactions, ledger_postings",
            "only ever added to",
        ),
    ] {
        let error = sql.execute_unprepared(refused).await.unwrap_err().to_string();
        assert!(error.contains(because), "{refused}: {error}");
    }
    assert_balances(&fresh, &[("guest", -90_000), ("provider", 90_000)]).await;
}

/// The schema as it was, filled, and brought up to date: what is there is opened as it stands.
#[tokio::test]
async fn what_was_there_before_the_ledger_is_opened_as_it_stands() {
    let fresh = Fresh::database().await;
    let code = paid(&fresh).await;
    settle(&fresh, &code, 80_000, 10_000).await;
    intend(&fresh, "excess", 10_000).await;
    reservations::confirm(&fresh.db, &code, minutes(2))
        .await
        .unwrap();
    let cancelled = fresh.held(january(20, 22)).await.code;
    applied(&fresh, &cancelled, "2", 60_000, 1).await;
    reservations::confirm(&fresh.db, &cancelled, minutes(2))
        .await
        .unwrap();
    reservations::cancel(&fresh.db, &cancelled, "no", minutes(3))
        .await
        .unwrap();
    let mut disputed = snapshot(None, Status::ChargedBack, minutes(4));
    disputed.id = PaymentId("3".to_owned());
    payments::record(&fresh.db, &disputed).await.unwrap();
    let mut pending = snapshot(None, Status::Pending, minutes(4));
    pending.id = PaymentId("4".to_owned());
    payments::record(&fresh.db, &pending).await.unwrap();
    let by_hand = PaymentId::by_hand(&code, minutes(5), HandMethod::Cash);
    let mut transfer = snapshot(Some(&code), Status::Approved, minutes(5));
    transfer.id = by_hand;
    transfer.method = "cash".to_owned();
    payments::record(&fresh.db, &transfer).await.unwrap();
    let before = (
        balances(&fresh).await,
        balance(&fresh, &code).await,
        balance(&fresh, &cancelled).await,
    );

    let since = migrations::status(&fresh.url)
        .await
        .unwrap()
        .iter()
        .rev()
        .take_while(|step| !step.name.ends_with("create_ledger"))
        .count();
    migrations::down(&fresh.url, u32::try_from(since + 1).unwrap())
        .await
        .unwrap();
    migrations::up(&fresh.url).await.unwrap();
    let after = (
        balances(&fresh).await,
        balance(&fresh, &code).await,
        balance(&fresh, &cancelled).await,
    );
    assert_eq!(after, before);

    // And it goes on from there.
    completed(&fresh, "excess").await;
    assert_eq!(balance(&fresh, &code).await.returning, Money::ZERO);
    let late = minutes(5) + TimeDelta::minutes(1);
    let mut won = snapshot(None, Status::Approved, late);
    won.id = PaymentId("3".to_owned());
    payments::record(&fresh.db, &won).await.unwrap();
    let sum: i64 = balances(&fresh).await.iter().map(|(_, pesos)| pesos).sum();
    assert_eq!(sum, 0);
    assert!(
        balances(&fresh)
            .await
            .contains(&("unassigned".to_owned(), -180_000))
    );
}
