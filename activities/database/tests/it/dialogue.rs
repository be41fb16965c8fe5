//! A turn of a conversation decides once, and all of it is remembered or none.

use database::{
    Error, Page,
    dialogue::{self, NewTurn},
    messages::{self, NewOutbound},
};
use domain::{GuestId, MessageId};
use serde_json::{Value, json};

use crate::support::Fresh;

fn turn(guest_id: GuestId, key: &str, chosen: &str) -> NewTurn {
    let step = format!("{key}/{chosen}");
    NewTurn {
        key: key.to_owned(),
        guest_id,
        state: json!({ "chosen": chosen }),
        reply: json!({ "say": chosen }),
        messages: vec![NewOutbound {
            id: MessageId::for_step(&step),
            guest_id,
            step,
            kind: "text".to_owned(),
            content: json!({ "text": chosen }),
        }],
    }
}

async fn said(fresh: &Fresh, guest: GuestId) -> usize {
    let thread = messages::thread(&fresh.db, guest, Page::first(10)).await;
    thread.unwrap().len()
}

async fn record(fresh: &Fresh, turn: &NewTurn) -> Value {
    dialogue::record(&fresh.db, turn).await.unwrap()
}

#[tokio::test]
async fn a_turn_that_runs_twice_keeps_its_first_decision() {
    let fresh = Fresh::database().await;
    let guest = fresh.guest("541").await;
    assert_eq!(dialogue::state(&fresh.db, guest).await.unwrap(), None);
    let first = record(&fresh, &turn(guest, "wamid.1", "lago")).await;
    assert_eq!(first, json!({ "say": "lago" }));
    let again = record(&fresh, &turn(guest, "wamid.1", "bosque")).await;
    assert_eq!(again, first);
    let known = dialogue::state(&fresh.db, guest).await.unwrap();
    assert_eq!(known, Some(json!({ "chosen": "lago" })));
    assert_eq!(said(&fresh, guest).await, 1);

    record(&fresh, &turn(guest, "wamid.2", "bosque")).await;
    let known = dialogue::state(&fresh.db, guest).await.unwrap();
    assert_eq!(known, Some(json!({ "chosen": "bosque" })));
    let decided = dialogue::reply(&fresh.db, "wamid.1").await.unwrap();
    assert_eq!(decided, Some(first));
}

#[tokio::test]
async fn a_turn_of_nobody_leaves_nothing_behind() {
    let fresh = Fresh::database().await;
    let turn = turn(GuestId::generate(), "wamid.1", "lago");
    let error = dialogue::record(&fresh.db, &turn).await.unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }), "{error:?}");
    assert_eq!(dialogue::reply(&fresh.db, "wamid.1").await.unwrap(), None);
}
