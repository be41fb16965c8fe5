//! What was under way when a backup was made, and is begun anew after it was restored.

use chrono::{TimeDelta, Utc};
use database::{
    inbox, reservations,
    restores::{self, Restore},
};
use domain::ReservationStatus;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::{
    inbox::message,
    support::{Fresh, january},
};

/// A backup of just now.
async fn restored(fresh: &Fresh) -> Restore {
    let began = Utc::now();
    restores::note(&fresh.db, began, Utc::now()).await.unwrap();
    let open = restores::open(&fresh.db).await.unwrap();
    open.expect("it was just written down").restore
}

#[tokio::test]
async fn a_restore_is_dealt_with_once_and_by_one() {
    let fresh = Fresh::database().await;
    assert!(restores::open(&fresh.db).await.unwrap().is_none());
    let (earlier, later) = (Utc::now() - TimeDelta::hours(5), Utc::now());
    restores::note(&fresh.db, earlier, later).await.unwrap();
    // Restored again before anybody dealt with it: what the older backup leaves open is open.
    restores::note(&fresh.db, later, later).await.unwrap();

    let open = restores::open(&fresh.db).await.unwrap().unwrap();
    assert!((open.restore.backup_began_at - earlier).abs() < TimeDelta::milliseconds(1));
    // Whoever dies in the middle leaves it to the next.
    drop(open);
    let open = restores::open(&fresh.db).await.unwrap().unwrap();
    open.close(json!({ "reservations": 0 }), Utc::now())
        .await
        .unwrap();
    assert!(restores::open(&fresh.db).await.unwrap().is_none());

    let since = restores::unknown_since(&fresh.db, later - TimeDelta::hours(1)).await;
    assert!((since.unwrap().unwrap() - earlier).abs() < TimeDelta::milliseconds(1));
    let long_ago = restores::unknown_since(&fresh.db, later + TimeDelta::hours(1)).await;
    assert_eq!(long_ago.unwrap(), None);
}

#[tokio::test]
async fn stories_that_wait_for_something_are_begun_anew_and_no_others() {
    let fresh = Fresh::database().await;
    let held = fresh.held(january(3, 5)).await;
    let over = fresh.held(january(10, 12)).await;
    let long_over = fresh.held(january(13, 15)).await;
    let cancelled = fresh.held(january(17, 19)).await;
    for code in [&over.code, &long_over.code] {
        reservations::expire(&fresh.db, code, Utc::now())
            .await
            .unwrap();
    }
    reservations::cancel(&fresh.db, &cancelled.code, "ill", Utc::now())
        .await
        .unwrap();
    let sql = format!(
        "UPDATE reservations SET expired_at = now() - interval '3 days' WHERE code = '{}'",
        long_over.code
    );
    fresh.sql().await.execute_unprepared(&sql).await.unwrap();

    let restore = restored(&fresh).await;
    let stories = restores::stories(&fresh.db, restore).await.unwrap();
    let found: Vec<_> = stories
        .iter()
        .map(|story| (story.code.clone(), story.status))
        .collect();
    assert_eq!(
        found,
        [
            (held.code, ReservationStatus::PreReserved),
            (over.code, ReservationStatus::Expired)
        ]
    );
    // Nobody was told of the cancellation, as far as can be seen: it is for a person to look at, if there is a guest.
    let doubtful = restores::doubtful_cancellations(&fresh.db, restore).await;
    assert!(doubtful.unwrap().is_empty());
    let with_guest = format!(
        "WITH guest AS (INSERT INTO guests (id, wa_id) VALUES (gen_random_uuid(), '5491155550001') RETURNING id) \
         UPDATE reservations SET guest_id = (SELECT id FROM guest) WHERE code = '{}'",
        cancelled.code
    );
    fresh
        .sql()
        .await
        .execute_unprepared(&with_guest)
        .await
        .unwrap();
    let doubtful = restores::doubtful_cancellations(&fresh.db, restore).await;
    assert_eq!(doubtful.unwrap(), [cancelled.code]);
}

#[tokio::test]
async fn what_was_heard_just_before_is_delivered_once_more() {
    let fresh = Fresh::database().await;
    let messages = [
        message("wamid.1", "5491155550001", 1),
        message("wamid.2", "5491155550001", 2),
    ];
    let accepted = inbox::accept(&fresh.db, &messages).await.unwrap();
    let ids: Vec<_> = accepted.iter().map(|event| event.inbox_id).collect();
    inbox::mark_delivered(&fresh.db, &ids, Utc::now())
        .await
        .unwrap();
    let times = format!(
        "UPDATE inbox SET received_at = CASE id WHEN {} THEN now() - interval '3 days' ELSE now() END",
        ids[0]
    );
    fresh.sql().await.execute_unprepared(&times).await.unwrap();

    let restore = restored(&fresh).await;
    assert_eq!(restores::deliver_anew(&fresh.db, restore).await.unwrap(), 1);
    let later = Utc::now() + TimeDelta::days(1);
    let waiting = inbox::undelivered(&fresh.db, 10, later).await.unwrap();
    assert_eq!(
        waiting.iter().map(|event| event.id).collect::<Vec<_>>(),
        ids[1..]
    );
}
