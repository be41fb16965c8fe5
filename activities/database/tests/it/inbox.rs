//! No webhook is lost and none is heard twice.

use std::collections::HashSet;

use database::{
    guests,
    inbox::{self, Event, NewEvent, NewInbound},
    messages,
};
use futures::future::join_all;
use serde_json::json;

use crate::support::{Fresh, identity, minutes, now};

pub(crate) fn message(wamid: &str, wa_id: &str, minute: i64) -> NewEvent {
    NewEvent {
        provider: "whatsapp".to_owned(),
        event_id: wamid.to_owned(),
        kind: "message".to_owned(),
        guest: Some(identity(None, Some(wa_id))),
        message: Some(NewInbound {
            wamid: wamid.to_owned(),
            kind: "text".to_owned(),
            content: json!({ "text": "hola {nombre}" }),
            at: minutes(minute),
        }),
        resource_id: None,
        authentic: true,
        payload: json!({ "id": wamid }),
        received_at: now(),
    }
}

fn payment(event_id: &str) -> NewEvent {
    NewEvent {
        provider: "mercadopago".to_owned(),
        event_id: event_id.to_owned(),
        kind: "payment".to_owned(),
        guest: None,
        message: None,
        resource_id: Some("90210044871".to_owned()),
        authentic: true,
        payload: json!({}),
        received_at: now(),
    }
}

async fn left(fresh: &Fresh) -> Vec<Event> {
    inbox::undelivered(&fresh.db, 100, minutes(1))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_batch_is_written_whole_and_in_order() {
    let fresh = Fresh::database().await;
    let batch = [
        message("wamid.1", "541", 1),
        payment("p1"),
        message("wamid.2", "542", 2),
    ];
    let accepted = inbox::accept(&fresh.db, &batch).await.unwrap();
    assert!(accepted.iter().all(|event| event.new));
    assert_eq!(accepted[1].guest_id, None);

    let heard = messages::inbound(&fresh.db, accepted[2].message_id.unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(heard.content, json!({ "text": "hola {nombre}" }));
    assert_eq!(
        (heard.at, Some(heard.guest_id)),
        (minutes(2), accepted[2].guest_id)
    );

    let ids: Vec<_> = left(&fresh)
        .await
        .iter()
        .map(|event| event.event_id.clone())
        .collect();
    assert_eq!(ids, ["wamid.1", "p1", "wamid.2"]);
}

#[tokio::test]
async fn an_event_that_comes_again_is_the_same_event() {
    let fresh = Fresh::database().await;
    let first = inbox::accept(&fresh.db, &[message("wamid.1", "541", 1)])
        .await
        .unwrap();
    let batch = [
        message("wamid.2", "541", 2),
        message("wamid.1", "541", 1),
        message("wamid.2", "541", 2),
    ];
    let again = inbox::accept(&fresh.db, &batch).await.unwrap();
    assert_eq!(
        again.iter().map(|event| event.new).collect::<Vec<_>>(),
        [true, false, false]
    );
    assert_eq!(again[1].inbox_id, first[0].inbox_id);
    assert_eq!(again[1].message_id, first[0].message_id);
    assert_eq!(again[0].inbox_id, again[2].inbox_id);
    assert_eq!(left(&fresh).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_that_comes_twenty_times_at_once_is_new_once() {
    let fresh = Fresh::database().await;
    let tasks = (0..20).map(|_| {
        let db = fresh.db.clone();
        tokio::spawn(async move {
            let batch = [message("wamid.1", "541", 1), message("wamid.2", "542", 1)];
            inbox::accept(&db, &batch).await
        })
    });
    let accepted: Vec<_> = join_all(tasks)
        .await
        .into_iter()
        .flat_map(|batch| batch.unwrap().unwrap())
        .collect();
    assert_eq!(accepted.iter().filter(|event| event.new).count(), 2);
    let guests: HashSet<_> = accepted.iter().map(|event| event.guest_id).collect();
    assert_eq!(guests.len(), 2);
}

#[tokio::test]
async fn the_last_word_of_a_guest_is_by_the_clock_of_the_provider() {
    let fresh = Fresh::database().await;
    let late = inbox::accept(&fresh.db, &[message("wamid.2", "541", 2)])
        .await
        .unwrap();
    inbox::accept(&fresh.db, &[message("wamid.1", "541", 1)])
        .await
        .unwrap();
    let guest = guests::by_id(&fresh.db, late[0].guest_id.unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(guest.last_inbound_at, Some(minutes(2)));
}

#[tokio::test]
async fn what_was_delivered_is_not_swept_again() {
    let fresh = Fresh::database().await;
    let accepted = inbox::accept(&fresh.db, &[payment("p1"), payment("p2"), payment("p3")])
        .await
        .unwrap();
    let (done, failed) = (accepted[1].inbox_id, accepted[0].inbox_id);
    inbox::mark_delivered(&fresh.db, &[done], minutes(1))
        .await
        .unwrap();
    inbox::mark_delivered(&fresh.db, &[], minutes(1))
        .await
        .unwrap();
    inbox::mark_attempted(&fresh.db, &[failed]).await.unwrap();
    let left = left(&fresh).await;
    let seen: Vec<_> = left
        .iter()
        .map(|event| (event.event_id.as_str(), event.attempts))
        .collect();
    assert_eq!(seen, [("p1", 1), ("p3", 0)]);
    assert_eq!(left[0].resource_id.as_deref(), Some("90210044871"));
    // The youngest are still being signalled by whoever accepted them.
    assert_eq!(inbox::undelivered(&fresh.db, 100, now()).await.unwrap(), []);
    let all = inbox::recent(&fresh.db, database::Page::first(10))
        .await
        .unwrap();
    assert_eq!(all.len(), 3);
}

#[tokio::test]
async fn one_sweep_runs_at_a_time() {
    let fresh = Fresh::database().await;
    let mine = inbox::try_sweep_lock(&fresh.db).await.unwrap().unwrap();
    assert!(inbox::try_sweep_lock(&fresh.db).await.unwrap().is_none());
    mine.release().await.unwrap();
    assert!(inbox::try_sweep_lock(&fresh.db).await.unwrap().is_some());
}
