//! A message goes out once, and what became of it only moves forward.

use chrono::{TimeDelta, Utc};
use database::{
    Error, Page,
    inbox::{self, NewEvent},
    messages::{
        self, Attempt, Delivery, Message, NewOutbound, Outbound, SendFailure, StatusChange,
        StatusOutcome,
    },
};
use domain::{GuestId, MessageId};
use serde_json::json;

use crate::support::{Fresh, minutes};

fn new(guest_id: GuestId, step: &str) -> NewOutbound {
    NewOutbound {
        id: MessageId::for_step(step),
        guest_id,
        step: step.to_owned(),
        kind: "text".to_owned(),
        content: json!({ "text": step }),
    }
}

/// A composed message.
async fn composed(fresh: &Fresh) -> MessageId {
    let guest = fresh.guest("541").await;
    messages::compose(&fresh.db, &[new(guest, "greet/1")])
        .await
        .unwrap();
    MessageId::for_step("greet/1")
}

async fn message(fresh: &Fresh, id: MessageId) -> Outbound {
    messages::outbound(&fresh.db, id).await.unwrap().unwrap()
}

fn status(status: Delivery) -> StatusChange {
    let failure = (status == Delivery::Failed).then(|| SendFailure {
        code: Some(131_047),
        text: "Re-engagement message".to_owned(),
    });
    StatusChange {
        wamid: "wamid.1".to_owned(),
        message_id: None,
        status,
        at: minutes(2),
        failure,
    }
}

async fn apply(fresh: &Fresh, change: &StatusChange) -> StatusOutcome {
    messages::apply_status(&fresh.db, change).await.unwrap()
}

#[tokio::test]
async fn a_step_that_runs_twice_composes_once_and_in_order() {
    let fresh = Fresh::database().await;
    let guest = fresh.guest("541").await;
    let batch = [new(guest, "b"), new(guest, "a"), new(guest, "c")];
    messages::compose(&fresh.db, &batch).await.unwrap();
    messages::compose(&fresh.db, &batch).await.unwrap();
    let thread = messages::thread(&fresh.db, guest, Page::first(10))
        .await
        .unwrap();
    let steps: Vec<_> = thread
        .iter()
        .map(|message| match message {
            Message::Out(message) => message.step.as_str(),
            Message::In(_) => panic!("nobody said anything"),
        })
        .collect();
    assert_eq!(steps, ["c", "a", "b"]);
}

#[tokio::test]
async fn an_attempt_that_was_cut_off_is_in_doubt_and_one_that_was_refused_is_not() {
    let fresh = Fresh::database().await;
    let id = composed(&fresh).await;
    let attempt = |minute| messages::begin_attempt(&fresh.db, id, minutes(minute));
    assert!(matches!(attempt(1).await.unwrap(), Attempt::Fresh(_)));
    let Attempt::InDoubt { since, .. } = attempt(2).await.unwrap() else {
        panic!("it was tried")
    };
    assert_eq!(since, minutes(1));

    messages::mark_refused(&fresh.db, id, Some(131_056), "pair rate limit")
        .await
        .unwrap();
    assert!(matches!(attempt(3).await.unwrap(), Attempt::Fresh(_)));
    messages::mark_accepted(&fresh.db, id, "wamid.1", minutes(3))
        .await
        .unwrap();
    let Attempt::Settled(settled) = attempt(4).await.unwrap() else {
        panic!("it was accepted")
    };
    assert_eq!(
        (settled.delivery, settled.failure),
        (Delivery::Accepted, None)
    );
}

#[tokio::test]
async fn a_status_moves_a_message_forward_or_not_at_all() {
    let fresh = Fresh::database().await;
    let id = composed(&fresh).await;
    messages::begin_attempt(&fresh.db, id, minutes(1))
        .await
        .unwrap();
    messages::mark_accepted(&fresh.db, id, "wamid.1", minutes(1))
        .await
        .unwrap();
    for (said, then) in [
        (Delivery::Sent, Delivery::Sent),
        (Delivery::Sent, Delivery::Sent),
        (Delivery::Read, Delivery::Read),
        (Delivery::Delivered, Delivery::Read),
        (Delivery::Failed, Delivery::Read),
        (Delivery::Played, Delivery::Played),
    ] {
        apply(&fresh, &status(said)).await;
        assert_eq!(message(&fresh, id).await.delivery, then, "after {said:?}");
    }
    messages::mark_accepted(&fresh.db, id, "wamid.1", minutes(5))
        .await
        .unwrap();
    assert_eq!(message(&fresh, id).await.delivery, Delivery::Played);
}

#[tokio::test]
async fn a_failure_after_sending_is_final_and_says_why() {
    let fresh = Fresh::database().await;
    let id = composed(&fresh).await;
    messages::mark_accepted(&fresh.db, id, "wamid.1", minutes(1))
        .await
        .unwrap();
    apply(&fresh, &status(Delivery::Sent)).await;
    let StatusOutcome::Advanced(failed) = apply(&fresh, &status(Delivery::Failed)).await else {
        panic!("it failed")
    };
    assert_eq!(failed.failure.unwrap().code, Some(131_047));
    for late in [Delivery::Failed, Delivery::Sent, Delivery::Delivered] {
        assert_eq!(apply(&fresh, &status(late)).await, StatusOutcome::Unchanged);
    }
    assert_eq!(message(&fresh, id).await.delivery, Delivery::Failed);
}

#[tokio::test]
async fn statuses_faster_than_the_answer_wait_for_it() {
    let fresh = Fresh::database().await;
    let id = composed(&fresh).await;
    messages::begin_attempt(&fresh.db, id, minutes(1))
        .await
        .unwrap();
    for early in [Delivery::Delivered, Delivery::Sent, Delivery::Delivered] {
        assert_eq!(apply(&fresh, &status(early)).await, StatusOutcome::Waiting);
    }
    let accepted = messages::mark_accepted(&fresh.db, id, "wamid.1", minutes(3))
        .await
        .unwrap();
    assert_eq!(accepted.delivery, Delivery::Delivered);
    assert_eq!(
        apply(&fresh, &status(Delivery::Sent)).await,
        StatusOutcome::Unchanged
    );
}

#[tokio::test]
async fn a_status_with_our_own_name_settles_a_sending_that_was_cut_off() {
    let fresh = Fresh::database().await;
    let id = composed(&fresh).await;
    messages::begin_attempt(&fresh.db, id, minutes(1))
        .await
        .unwrap();
    let mut change = status(Delivery::Sent);
    change.message_id = Some(id);
    assert!(matches!(
        apply(&fresh, &change).await,
        StatusOutcome::Advanced(_)
    ));
    let Attempt::Settled(settled) = messages::begin_attempt(&fresh.db, id, minutes(3))
        .await
        .unwrap()
    else {
        panic!("it went out")
    };
    assert_eq!(
        (settled.delivery, settled.wamid.as_deref()),
        (Delivery::Sent, Some("wamid.1"))
    );
}

#[tokio::test]
async fn a_missing_status_tells_more_when_later_messages_have_theirs() {
    let fresh = Fresh::database().await;
    let id = composed(&fresh).await;
    let tried = Utc::now() - TimeDelta::minutes(1);
    messages::begin_attempt(&fresh.db, id, tried).await.unwrap();
    let silence = messages::evidence(&fresh.db, id, tried).await.unwrap();
    assert!(!silence.told && !silence.others_told, "{silence:?}");

    let later = new(message(&fresh, id).await.guest_id, "greet/2");
    messages::compose(&fresh.db, std::slice::from_ref(&later))
        .await
        .unwrap();
    messages::begin_attempt(&fresh.db, later.id, Utc::now())
        .await
        .unwrap();
    let mut change = status(Delivery::Sent);
    change.message_id = Some(later.id);
    apply(&fresh, &change).await;
    let evidence = messages::evidence(&fresh.db, id, tried).await.unwrap();
    assert!(!evidence.told && evidence.others_told, "{evidence:?}");
}

#[tokio::test]
async fn a_status_that_nobody_has_read_yet_tells_of_its_message() {
    let fresh = Fresh::database().await;
    let id = composed(&fresh).await;
    let tried = Utc::now();
    messages::begin_attempt(&fresh.db, id, tried).await.unwrap();
    let event = NewEvent {
        provider: "whatsapp".to_owned(),
        event_id: "wamid.1:sent".to_owned(),
        kind: "status".to_owned(),
        guest: None,
        message: None,
        resource_id: None,
        authentic: true,
        payload: json!({ "event": "status", "callback_data": id.to_string() }),
        received_at: tried,
    };
    let accepted = inbox::accept(&fresh.db, &[event]).await.unwrap();
    let told = messages::evidence(&fresh.db, id, tried).await.unwrap();
    assert!(told.told, "{told:?}");
    inbox::mark_delivered(&fresh.db, &[accepted[0].inbox_id], Utc::now())
        .await
        .unwrap();
    let read = messages::evidence(&fresh.db, id, tried).await.unwrap();
    assert!(!read.told, "{read:?}");
}

#[tokio::test]
async fn while_postgres_was_away_no_status_could_be_taken() {
    let fresh = Fresh::database().await;
    let id = composed(&fresh).await;
    let tried = Utc::now() - TimeDelta::days(30);
    messages::begin_attempt(&fresh.db, id, tried).await.unwrap();
    let evidence = messages::evidence(&fresh.db, id, tried).await.unwrap();
    assert!(evidence.listening_since > tried, "{evidence:?}");
}

#[tokio::test]
async fn a_failure_that_we_assumed_gives_way_to_the_provider() {
    let fresh = Fresh::database().await;
    let id = composed(&fresh).await;
    messages::begin_attempt(&fresh.db, id, minutes(1))
        .await
        .unwrap();
    messages::mark_failed(&fresh.db, id, None, "timed out")
        .await
        .unwrap();
    assert_eq!(message(&fresh, id).await.delivery, Delivery::Failed);
    let mut change = status(Delivery::Sent);
    change.message_id = Some(id);
    apply(&fresh, &change).await;
    let sent = message(&fresh, id).await;
    assert_eq!((sent.delivery, sent.failure), (Delivery::Sent, None));
    messages::mark_failed(&fresh.db, id, None, "timed out")
        .await
        .unwrap();
    assert_eq!(message(&fresh, id).await.delivery, Delivery::Sent);
}

#[tokio::test]
async fn a_message_nobody_composed_is_not_sent() {
    let fresh = Fresh::database().await;
    let id = MessageId::for_step("nothing");
    let error = messages::begin_attempt(&fresh.db, id, minutes(1))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }));
}
