//! Nights are sold once, whoever comes and however many they are.

use database::reservations::{self, HoldPlaced, NewBlock, Transition, place_hold};
use domain::{ReservationCode, ReservationStatus, Stay};
use futures::future::join_all;

use crate::support::{Fresh, day, held, january, minutes, now};

/// Places a hold for each stay at the same moment and answers how many got theirs.
async fn rush(fresh: &Fresh, stays: impl Iterator<Item = Stay>) -> Vec<Stay> {
    let tasks: Vec<_> = stays
        .map(|stay| {
            let (db, hold) = (fresh.db.clone(), fresh.hold(stay));
            tokio::spawn(async move { place_hold(&db, &hold).await })
        })
        .collect();
    join_all(tasks)
        .await
        .into_iter()
        .filter_map(|outcome| match outcome.unwrap().unwrap() {
            HoldPlaced::Held(reservation) => Some(reservation.stay),
            HoldPlaced::Taken => None,
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_who_want_the_same_nights_one_gets_them() {
    let fresh = Fresh::database().await;
    let held = rush(&fresh, (0..50).map(|_| january(15, 18))).await;
    assert_eq!(held, [january(15, 18)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_want_overlapping_nights_nobody_shares_a_night() {
    let fresh = Fresh::database().await;
    let stays = (0..60_u32).map(|turn| january(1 + turn % 20, 3 + turn % 20 + turn % 5));
    let held = rush(&fresh, stays).await;
    assert!(!held.is_empty());
    for (index, one) in held.iter().enumerate() {
        assert!(
            held.iter()
                .skip(index + 1)
                .all(|other| !one.overlaps(*other)),
            "{held:?}"
        );
    }
}

#[tokio::test]
async fn a_guest_can_arrive_on_the_day_another_leaves() {
    let fresh = Fresh::database().await;
    fresh.held(january(15, 18)).await;
    fresh.held(january(18, 20)).await;
    fresh.held(january(12, 15)).await;
}

#[tokio::test]
async fn any_night_in_common_is_refused_and_another_cabin_is_not_concerned() {
    let fresh = Fresh::database().await;
    fresh.held(january(15, 18)).await;
    for stay in [
        january(14, 16),
        january(17, 19),
        january(16, 17),
        january(10, 20),
    ] {
        assert_eq!(
            place_hold(&fresh.db, &fresh.hold(stay)).await.unwrap(),
            HoldPlaced::Taken,
            "{stay}"
        );
    }
    let mut elsewhere = fresh.hold(january(15, 18));
    elsewhere.accommodation_id = fresh.another_cabin().await;
    held(place_hold(&fresh.db, &elsewhere).await.unwrap());
}

#[tokio::test]
async fn a_hold_placed_twice_is_one_hold_whatever_became_of_it() {
    let fresh = Fresh::database().await;
    let hold = fresh.hold(january(15, 18));
    let first = held(place_hold(&fresh.db, &hold).await.unwrap());
    assert_eq!(first.status, ReservationStatus::PreReserved);
    assert_eq!(first.quote, hold.quote);
    assert_eq!(held(place_hold(&fresh.db, &hold).await.unwrap()), first);

    let Transition::Done(expired) = reservations::expire(&fresh.db, &hold.code, minutes(30))
        .await
        .unwrap()
    else {
        panic!("a hold can expire");
    };
    assert_eq!(held(place_hold(&fresh.db, &hold).await.unwrap()), expired);
    let kinds: Vec<_> = reservations::timeline(&fresh.db, &hold.code).await.unwrap();
    assert_eq!(
        kinds
            .iter()
            .map(|event| event.kind.as_str())
            .collect::<Vec<_>>(),
        ["held", "expired"]
    );
}

#[tokio::test]
async fn a_code_that_names_another_reservation_is_refused() {
    let fresh = Fresh::database().await;
    let mut hold = fresh.hold(january(15, 18));
    place_hold(&fresh.db, &hold).await.unwrap();
    hold.accommodation_id = fresh.another_cabin().await;
    let error = place_hold(&fresh.db, &hold).await.unwrap_err();
    assert!(matches!(error, database::Error::Conflict { .. }), "{error}");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn the_owners_block_keeps_guests_out_until_it_is_lifted() {
    let fresh = Fresh::database().await;
    let block = NewBlock {
        code: ReservationCode::generate(day("2026-11-24")).unwrap(),
        accommodation_id: fresh.cabin,
        stay: january(10, 20),
        reason: "pintura".to_owned(),
        at: now(),
    };
    let blocked = held(reservations::block(&fresh.db, &block).await.unwrap());
    assert_eq!(blocked.status, ReservationStatus::Blocked);
    assert_eq!(
        held(reservations::block(&fresh.db, &block).await.unwrap()),
        blocked
    );
    let hold = fresh.hold(january(15, 18));
    assert_eq!(
        place_hold(&fresh.db, &hold).await.unwrap(),
        HoldPlaced::Taken
    );

    reservations::cancel(&fresh.db, &block.code, "terminó", minutes(1))
        .await
        .unwrap();
    held(place_hold(&fresh.db, &hold).await.unwrap());
}
