//! Taking nights.

use activities::InventoryActivities;
use database::reservations;
use domain::{Money, ReservationStatus};
use night_locks::{Locked, NightLocks};
use workflows::contracts::inventory::HoldOutcome;

use crate::house::{House, nights};

#[tokio::test]
async fn the_same_hold_twice_is_one_hold() {
    let house = House::open().await;
    let request = house.hold_request(None, nights(10, 3));
    let expires_at = request.expires_at;
    let code = request.code.clone();
    let outcome = house.twice(InventoryActivities::place_hold, request).await;
    assert_eq!(
        outcome,
        HoldOutcome::Held {
            expires_at,
            paid: Money::ZERO
        }
    );
    let told = reservations::timeline(&house.db, &code).await.unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn a_repeated_hold_keeps_its_first_end() {
    let house = House::open().await;
    let request = house.hold_request(None, nights(10, 3));
    let first = house
        .run(InventoryActivities::place_hold, request.clone())
        .await;
    let mut later = request;
    later.expires_at += chrono::TimeDelta::hours(1);
    let second = house.run(InventoryActivities::place_hold, later).await;
    assert_eq!(first, second);
}

#[tokio::test]
async fn nights_of_somebody_else_are_taken() {
    let house = House::open().await;
    house.held().await;
    let rival = house.hold_request(None, nights(12, 3));
    let code = rival.code.clone();
    let outcome = house.twice(InventoryActivities::place_hold, rival).await;
    assert_eq!(outcome, HoldOutcome::Taken);
    let left = reservations::by_code(&house.db, &code).await.unwrap();
    assert_eq!(left, None, "a refused hold leaves nothing behind");
}

#[tokio::test]
async fn the_day_of_departure_is_free_to_arrive_on() {
    let house = House::open().await;
    house.held().await;
    let next = house.hold_request(None, nights(13, 2));
    let outcome = house.run(InventoryActivities::place_hold, next).await;
    assert!(matches!(outcome, HoldOutcome::Held { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_hold_that_is_over_says_what_it_was() {
    let house = House::open().await;
    let request = house.hold_request(None, nights(10, 3));
    house
        .run(InventoryActivities::place_hold, request.clone())
        .await;
    house
        .run(InventoryActivities::expire, request.code.clone())
        .await;
    let outcome = house.twice(InventoryActivities::place_hold, request).await;
    assert_eq!(
        outcome,
        HoldOutcome::Was {
            status: ReservationStatus::Expired,
            paid: Money::ZERO
        }
    );
}

#[tokio::test]
async fn a_night_somebody_is_asking_for_is_worth_asking_for_again() {
    let house = House::open().await;
    let request = house.hold_request(None, nights(10, 3));
    let locks = &house.world.locks;
    let (cabin, night) = (house.cabin.id, nights(11, 1));
    assert_eq!(locks.acquire(cabin, night, "rival").await, Locked::Acquired);

    let failure = house
        .fails(InventoryActivities::place_hold, request.clone())
        .await;
    assert_eq!(
        (failure.kind.as_str(), failure.permanent),
        ("NightsBusy", false)
    );
    assert!(
        failure.next.is_some_and(|next| next.as_millis() < 1000),
        "{failure:?}"
    );

    locks.release(cabin, night, "rival").await;
    let outcome = house
        .run_again(InventoryActivities::place_hold, request)
        .await;
    assert!(matches!(outcome, HoldOutcome::Held { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_decided_hold_keeps_no_lock() {
    let house = House::open().await;
    house.held().await;
    let locked = house
        .world
        .locks
        .acquire(house.cabin.id, nights(10, 3), "rival")
        .await;
    assert_eq!(locked, Locked::Acquired);
}

#[tokio::test]
async fn without_redis_postgres_decides_alone() {
    let mut house = House::open().await;
    house.world.locks = NightLocks::new("redis://127.0.0.1:9").unwrap();
    house.held().await;
    let rival = house.hold_request(None, nights(11, 1));
    let outcome = house.twice(InventoryActivities::place_hold, rival).await;
    assert_eq!(outcome, HoldOutcome::Taken);
}

#[tokio::test]
async fn a_code_of_another_cabin_is_a_bug_and_not_retried() {
    let house = House::open().await;
    let mut request = house.hold_request(None, nights(10, 3));
    house
        .run(InventoryActivities::place_hold, request.clone())
        .await;
    let lake = crate::house::cabin("Cabaña del Lago", 6);
    database::accommodations::upsert(&house.db, &lake, true)
        .await
        .unwrap();
    request.accommodation_id = lake.id;
    let failure = house.fails(InventoryActivities::place_hold, request).await;
    assert_eq!(
        (failure.kind.as_str(), failure.permanent),
        ("DatabaseConflict", true)
    );
}
