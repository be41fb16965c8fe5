//! From one status to the next.

use activities::InventoryActivities;
use domain::{ReservationCode, ReservationStatus};
use workflows::contracts::inventory::{Extension, HoldOutcome, Moved, NewDates, Release, Standing};

use crate::house::{House, in_minutes, nights, quote};

const CONFIRMED: Standing = Standing::Not {
    status: ReservationStatus::Confirmed,
};
const EXPIRED: Standing = Standing::Not {
    status: ReservationStatus::Expired,
};

async fn status(house: &House, code: &ReservationCode) -> ReservationStatus {
    house.reservation(code).await.status
}

async fn confirmed(house: &House) -> ReservationCode {
    let code = house.held().await;
    let standing = house.run(InventoryActivities::confirm, code.clone()).await;
    assert_eq!(standing, Standing::Is);
    code
}

/// Whether anybody can have the nights of [`House::held`].
async fn nights_are_free(house: &House) -> bool {
    let request = house.hold_request(None, nights(10, 3));
    let outcome = house.run(InventoryActivities::place_hold, request).await;
    matches!(outcome, HoldOutcome::Held { .. })
}

#[tokio::test]
async fn a_hold_is_confirmed_once() {
    let house = House::open().await;
    let code = house.held().await;
    let standing = house
        .twice(InventoryActivities::confirm, code.clone())
        .await;
    assert_eq!(standing, Standing::Is);
    assert_eq!(status(&house, &code).await, ReservationStatus::Confirmed);
    assert_eq!(
        house.twice(InventoryActivities::expire, code).await,
        CONFIRMED
    );
}

#[tokio::test]
async fn an_expired_hold_frees_its_nights() {
    let house = House::open().await;
    let code = house.held().await;
    let standing = house.twice(InventoryActivities::expire, code.clone()).await;
    assert_eq!(standing, Standing::Is);
    assert!(nights_are_free(&house).await);
    assert_eq!(house.run(InventoryActivities::confirm, code).await, EXPIRED);
}

#[tokio::test]
async fn a_hold_is_extended_once() {
    let house = House::open().await;
    let code = house.held().await;
    let expires_at = in_minutes(45);
    let extension = Extension {
        code: code.clone(),
        expires_at,
    };
    let standing = house
        .twice(InventoryActivities::extend, extension.clone())
        .await;
    assert_eq!(standing, Standing::Is);
    assert_eq!(house.reservation(&code).await.expires_at, Some(expires_at));
    house.run(InventoryActivities::expire, code).await;
    let standing = house.run(InventoryActivities::extend, extension).await;
    assert_eq!(standing, EXPIRED);
}

#[tokio::test]
async fn a_cancelled_stay_frees_its_nights_and_keeps_its_first_reason() {
    let house = House::open().await;
    let code = confirmed(&house).await;
    let release = |reason: &str| Release {
        code: code.clone(),
        reason: reason.to_owned(),
    };
    for reason in ["the guest asked", "asked again"] {
        let standing = house
            .run(InventoryActivities::cancel, release(reason))
            .await;
        assert_eq!(standing, Standing::Is);
    }
    let reservation = house.reservation(&code).await;
    assert_eq!(reservation.status, ReservationStatus::Cancelled);
    assert_eq!(
        reservation.cancel_reason.as_deref(),
        Some("the guest asked")
    );
    assert!(nights_are_free(&house).await);
}

#[tokio::test]
async fn a_late_payment_takes_the_nights_again_while_they_are_free() {
    let house = House::open().await;
    let code = house.held().await;
    house.run(InventoryActivities::expire, code.clone()).await;
    let standing = house.twice(InventoryActivities::retake, code.clone()).await;
    assert_eq!(standing, Standing::Is);
    assert_eq!(status(&house, &code).await, ReservationStatus::Confirmed);
    assert!(!nights_are_free(&house).await);
}

#[tokio::test]
async fn a_late_payment_does_not_take_nights_from_somebody_else() {
    let house = House::open().await;
    let late = house.held().await;
    house.run(InventoryActivities::expire, late.clone()).await;
    house.held().await;
    let standing = house.twice(InventoryActivities::retake, late.clone()).await;
    assert_eq!(standing, Standing::Taken);
    assert_eq!(status(&house, &late).await, ReservationStatus::Expired);
}

#[tokio::test]
async fn only_an_expired_hold_is_taken_again() {
    let house = House::open().await;
    let code = house.held().await;
    let standing = house.run(InventoryActivities::retake, code).await;
    let held = ReservationStatus::PreReserved;
    assert_eq!(standing, Standing::Not { status: held });
}

#[tokio::test]
async fn a_stay_is_completed_once_and_only_after_it_was_confirmed() {
    let house = House::open().await;
    let code = house.held().await;
    let early = house.run(InventoryActivities::complete, code.clone()).await;
    assert_ne!(early, Standing::Is);
    house.run(InventoryActivities::confirm, code.clone()).await;
    let standing = house
        .twice(InventoryActivities::complete, code.clone())
        .await;
    assert_eq!(standing, Standing::Is);
    assert_eq!(status(&house, &code).await, ReservationStatus::Completed);
}

#[tokio::test]
async fn a_reservation_that_never_was_is_no_reason_to_try_again() {
    let house = House::open().await;
    let unknown = house.hold_request(None, nights(10, 3)).code;
    let failure = house.fails(InventoryActivities::confirm, unknown).await;
    assert_eq!(
        (failure.kind.as_str(), failure.permanent),
        ("NotFound", true)
    );
}

async fn new_dates(house: &House, code: &ReservationCode, ahead: u64) -> NewDates {
    let stay = nights(ahead, 3);
    NewDates {
        code: code.clone(),
        stay,
        party: house.reservation(code).await.party,
        quote: quote(stay),
        ends_by: None,
    }
}

#[tokio::test]
async fn dates_are_changed_once_and_the_old_nights_are_free() {
    let house = House::open().await;
    let code = confirmed(&house).await;
    let new = new_dates(&house, &code, 20).await;
    let moved = house.twice(InventoryActivities::change_dates, new).await;
    assert_eq!(moved, Moved::Is { changes: 1 });
    assert_eq!(house.reservation(&code).await.stay, nights(20, 3));
    assert!(nights_are_free(&house).await);
    let back = new_dates(&house, &code, 22).await;
    let moved = house.twice(InventoryActivities::change_dates, back).await;
    assert_eq!(moved, Moved::Is { changes: 2 });
}

#[tokio::test]
async fn taken_nights_and_reservations_that_are_over_are_not_moved_to() {
    let house = House::open().await;
    let code = confirmed(&house).await;
    let other = house.hold_request(None, nights(20, 3));
    house.run(InventoryActivities::place_hold, other).await;
    let new = new_dates(&house, &code, 21).await;
    assert_eq!(
        house.twice(InventoryActivities::change_dates, new).await,
        Moved::Taken
    );
    assert_eq!(house.reservation(&code).await.stay, nights(10, 3));
    let release = Release {
        code: code.clone(),
        reason: String::new(),
    };
    house.run(InventoryActivities::cancel, release).await;
    let new = new_dates(&house, &code, 30).await;
    let status = ReservationStatus::Cancelled;
    assert_eq!(
        house.twice(InventoryActivities::change_dates, new).await,
        Moved::Not { status }
    );
}
