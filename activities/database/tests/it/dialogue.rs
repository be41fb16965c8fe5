//! A turn of a conversation decides once, and all of it is remembered or none.

use chrono::Utc;
use database::{
    Error, Page,
    acts::Actor,
    conversations,
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
        before: None,
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

#[tokio::test]
async fn a_person_who_takes_over_in_the_middle_of_a_turn_keeps_the_conversation() {
    let fresh = Fresh::database().await;
    let guest = fresh.guest("541").await;
    let bot = json!({ "mode": { "mode": "bot" }, "chosen": "lago" });
    let with = |key: &str, before: Option<&Value>, state: Value| NewTurn {
        before: before.cloned(),
        state,
        ..turn(guest, key, key)
    };
    record(&fresh, &with("wamid.1", None, bot.clone())).await;

    // The turn has been read, and somebody presses the button before it is written down.
    let owner = Actor::Program("test");
    conversations::take_over(&fresh.db, guest, &owner, Utc::now())
        .await
        .unwrap();
    let next = json!({ "mode": { "mode": "bot" }, "chosen": "bosque" });
    record(&fresh, &with("wamid.2", Some(&bot), next.clone())).await;
    let taken = dialogue::state(&fresh.db, guest).await.unwrap().unwrap();
    assert_eq!(taken["mode"]["mode"], "person");
    assert_eq!(taken["chosen"], "bosque", "what was said is remembered");

    // The next turn has seen it, and what it decides counts.
    record(&fresh, &with("wamid.3", Some(&taken), next.clone())).await;
    let state = dialogue::state(&fresh.db, guest).await.unwrap().unwrap();
    assert_eq!(state["mode"]["mode"], "bot");

    // Nobody overrules a guest who wants no messages.
    conversations::take_over(&fresh.db, guest, &owner, Utc::now())
        .await
        .unwrap();
    let silent = json!({ "mode": { "mode": "opted_out" } });
    record(&fresh, &with("wamid.4", Some(&next), silent)).await;
    let state = dialogue::state(&fresh.db, guest).await.unwrap().unwrap();
    assert_eq!(state["mode"]["mode"], "opted_out");
}
