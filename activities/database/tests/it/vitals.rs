//! What is watched is what is there.

use database::{
    inbox,
    messages::{self, NewOutbound},
    payments,
    refunds::{self, NewRefund},
    reservations, vitals,
    vitals::Counted,
};
use domain::{
    MessageId, Money,
    payment::{HandMethod, PaymentId, PaymentStatus},
};
use serde_json::json;

use crate::{
    inbox::message,
    money::{paid, payment, snapshot},
    support::{Fresh, january, minutes, now},
};

fn counted(what: &str, of: &str, count: i32) -> Counted {
    Counted {
        what: what.to_owned(),
        of: of.to_owned(),
        count,
    }
}

#[tokio::test]
async fn an_empty_house_waits_for_nothing() {
    let fresh = Fresh::database().await;
    let seen = vitals::urgent(&fresh.db, now()).await.unwrap();
    assert_eq!(seen.waiting.holds_overdue_seconds, 0.0);
    assert_eq!(seen.waiting.outbox_oldest_seconds, 0.0);
    assert_eq!(seen.waiting.inbox, 0.0);
    assert_eq!(vitals::totals(&fresh.db).await.unwrap().events, []);
    assert!(seen.conflicts.contains(&counted("critical", "", 0)));
}

#[tokio::test]
async fn what_waits_is_counted_with_its_age() {
    let fresh = Fresh::database().await;
    let hold = fresh.held(january(10, 12)).await;
    let late = hold.expires_at.unwrap() + chrono::TimeDelta::seconds(7);
    let seen = vitals::urgent(&fresh.db, late).await.unwrap();
    assert_eq!(seen.waiting.holds_overdue_seconds, 7.0);
    let totals = vitals::totals(&fresh.db).await.unwrap();
    assert_eq!(totals.events, [counted("held", hold.channel.as_str(), 1)]);
    assert_eq!(
        totals.reservations,
        [counted("pre_reserved", hold.channel.as_str(), 1)]
    );

    reservations::expire(&fresh.db, &hold.code, late)
        .await
        .unwrap();
    let guest = fresh.guest("541").await;
    let message = NewOutbound {
        id: MessageId::for_step("greet/1"),
        guest_id: guest,
        step: "greet/1".to_owned(),
        kind: "text".to_owned(),
        content: json!({}),
    };
    messages::compose(&fresh.db, &[message]).await.unwrap();
    let seen = vitals::urgent(&fresh.db, late).await.unwrap();
    assert_eq!(seen.waiting.holds_overdue_seconds, 0.0);
    assert_eq!(seen.waiting.outbox, 1.0);
    let totals = vitals::totals(&fresh.db).await.unwrap();
    assert_eq!(totals.events.len(), 2);
}

#[tokio::test]
async fn what_the_owner_gives_back_by_hand_is_no_refund_that_hangs() {
    let fresh = Fresh::database().await;
    let code = paid(&fresh).await;
    let cash = PaymentId::by_hand(&code, minutes(2), HandMethod::Cash);
    let mut taken = snapshot(Some(&code), PaymentStatus::Approved, minutes(2));
    taken.id = cash.clone();
    payments::record(&fresh.db, &taken).await.unwrap();
    for (payment_id, open) in [(cash, 0.0), (payment(), 1.0)] {
        let refund = NewRefund {
            key: format!("refund:{code}:{payment_id}:cancelled"),
            payment_id,
            code: Some(code.clone()),
            amount: Money::pesos(90_000),
            reason: "cancelled".to_owned(),
        };
        refunds::intend(&fresh.db, &refund).await.unwrap();
        let seen = vitals::urgent(&fresh.db, now()).await.unwrap();
        assert_eq!(seen.waiting.refunds, open);
    }
}

#[tokio::test]
async fn only_the_first_answer_ends_a_guests_wait() {
    let fresh = Fresh::database().await;
    let accepted = inbox::accept(&fresh.db, &[message("wamid.1", "541", 1)]).await;
    let event = accepted.unwrap().remove(0);
    let question = event.message_id.unwrap();
    let answer = |step: String| NewOutbound {
        id: MessageId::for_step(&step),
        guest_id: event.guest_id.unwrap(),
        step,
        kind: "text".to_owned(),
        content: json!({}),
    };
    let answers = [
        answer(format!("{question}/0")),
        answer(format!("{question}/1")),
        answer("RES2701AAAAAA/confirmed".to_owned()),
    ];
    messages::compose(&fresh.db, &answers).await.unwrap();
    let mut waits = Vec::new();
    for (number, answer) in answers.iter().enumerate() {
        let wamid = format!("wamid.out.{number}");
        messages::begin_attempt(&fresh.db, answer.id, minutes(2))
            .await
            .unwrap();
        messages::mark_accepted(&fresh.db, answer.id, &wamid, chrono::Utc::now())
            .await
            .unwrap();
        let sent = messages::outbound(&fresh.db, answer.id)
            .await
            .unwrap()
            .unwrap();
        waits.push(messages::first_answered(&fresh.db, &sent).await.unwrap());
    }
    let first = waits[0].as_ref().unwrap();
    assert_eq!(first.kind, "text");
    assert!((0.0..60.0).contains(&first.seconds), "{first:?}");
    assert_eq!(waits[1..], [None, None]);
}
