//! Cancelling.

use anyhow::Result;
use domain::{
    Money, ReservationStatus,
    cancellation::{Refund, RefundBasis},
};
use workflows::{
    contracts::reservations::{Actor, CancelOutcome},
    reservation::ReservationOutcome,
};

use crate::booking::{Booking, DAY, DEPOSIT, HOUR, approved};

const fn gives_back(pesos: i64, basis: RefundBasis) -> CancelOutcome {
    CancelOutcome::Cancelled {
        refund: Refund {
            amount: Money::pesos(pesos),
            basis,
        },
    }
}

#[tokio::test]
async fn a_hold_that_is_given_up_frees_its_nights_at_once() -> Result<()> {
    let booking = Booking::held().await?;
    let outcome = booking.is_cancelled_by(Actor::Guest).await?;
    assert_eq!(outcome, gives_back(0, RefundBasis::NothingPaid));
    assert_eq!(
        booking.stage.world.facts().status,
        Some(ReservationStatus::Cancelled)
    );
    let (outcome, stage) = booking.ends_as("reservation-hold-cancelled").await?;
    assert_eq!(outcome, ReservationOutcome::Cancelled);
    assert_eq!(stage.world.told(), ["payment-link", "cancelled"]);
    assert_eq!(stage.world.calls("payments.close_link").len(), 1);
    assert!(stage.world.refunded().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_guest_who_cancels_early_gets_everything_back() -> Result<()> {
    let booking = Booking::confirmed().await?;
    let outcome = booking.is_cancelled_by(Actor::Guest).await?;
    assert_eq!(outcome, gives_back(DEPOSIT, RefundBasis::Free));
    let (outcome, stage) = booking.ends_as("reservation-cancelled").await?;
    assert_eq!(outcome, ReservationOutcome::Cancelled);
    assert_eq!(stage.world.refunded(), ["1001 $ 300"]);
    Ok(())
}

#[tokio::test]
async fn a_guest_who_cancels_late_gets_the_share_of_the_policy() -> Result<()> {
    let booking = Booking::confirmed().await?;
    booking.skip(28 * DAY + HOUR).await?;
    let outcome = booking.is_cancelled_by(Actor::Guest).await?;
    assert_eq!(outcome, gives_back(DEPOSIT / 2, RefundBasis::Late));
    let (_, stage) = booking.ends().await?;
    assert_eq!(stage.world.refunded(), ["1001 $ 150"]);
    Ok(())
}

#[tokio::test]
async fn the_owner_who_cancels_late_gives_everything_back() -> Result<()> {
    let booking = Booking::confirmed().await?;
    booking.skip(29 * DAY).await?;
    let outcome = booking.is_cancelled_by(Actor::Operator).await?;
    assert_eq!(outcome, gives_back(DEPOSIT, RefundBasis::OwnerCancelled));
    let (_, stage) = booking.ends().await?;
    assert_eq!(stage.world.refunded(), ["1001 $ 300"]);
    Ok(())
}

#[tokio::test]
async fn asking_the_workflow_to_cancel_is_the_owners_cancellation() -> Result<()> {
    let booking = Booking::confirmed().await?;
    booking.workflow_is_cancelled().await?;
    booking.hears("cancelled").await;
    let (outcome, stage) = booking.ends_as("reservation-workflow-cancelled").await?;
    assert_eq!(outcome, ReservationOutcome::Cancelled);
    assert_eq!(stage.world.refunded(), ["1001 $ 300"]);
    Ok(())
}

#[tokio::test]
async fn a_guest_who_did_not_come_is_told_and_gets_nothing_back() -> Result<()> {
    let booking = Booking::confirmed().await?;
    booking.skip(30 * DAY + HOUR).await?;
    let outcome = booking.is_cancelled_by(Actor::Absence).await?;
    assert_eq!(outcome, gives_back(0, RefundBasis::NoShow));
    booking.reported(approved("1002", DEPOSIT)).await?;
    let (outcome, stage) = booking.ends_as("reservation-missed").await?;
    assert_eq!(outcome, ReservationOutcome::NoShow);
    assert_eq!(stage.world.facts().status, Some(ReservationStatus::NoShow));
    let told = stage.world.told();
    assert!(told.contains(&"no-show".to_owned()), "{told:?}");
    assert!(!told.contains(&"thanks".to_owned()), "{told:?}");
    assert_eq!(
        stage.world.refunded(),
        ["1002 $ 300"],
        "only what came later"
    );
    Ok(())
}

#[tokio::test]
async fn nobody_has_missed_what_has_not_begun() -> Result<()> {
    let booking = Booking::confirmed().await?;
    let status = ReservationStatus::Confirmed;
    assert_eq!(
        booking.is_cancelled_by(Actor::Absence).await?,
        CancelOutcome::NotPossible { status }
    );
    assert!(booking.stage.world.calls("inventory.no_show").is_empty());
    let (outcome, _) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    Ok(())
}

#[tokio::test]
async fn a_reservation_is_cancelled_once_whoever_asks() -> Result<()> {
    let booking = Booking::confirmed().await?;
    booking.stage.world.is_down("payments.refund");
    let (guest, owner) = tokio::join!(
        booking.is_cancelled_by(Actor::Guest),
        booking.is_cancelled_by(Actor::Operator)
    );
    let outcomes = [guest?, owner?];
    let status = ReservationStatus::Cancelled;
    assert!(outcomes.contains(&CancelOutcome::NotPossible { status }));
    assert!(
        outcomes
            .iter()
            .any(|outcome| matches!(outcome, CancelOutcome::Cancelled { .. }))
    );
    booking.stage.world.recovers("payments.refund");
    let (_, stage) = booking.ends().await?;
    assert_eq!(stage.world.refunded(), ["1001 $ 300"]);
    Ok(())
}

#[tokio::test]
async fn what_is_asked_when_it_is_over_is_answered() -> Result<()> {
    let booking = Booking::expired_but_open().await?;
    let status = ReservationStatus::Expired;
    assert_eq!(
        booking.is_cancelled_by(Actor::Guest).await?,
        CancelOutcome::NotPossible { status }
    );
    assert_eq!(
        booking.is_extended().await?,
        workflows::contracts::reservations::ExtendOutcome::NotPossible
    );
    assert_eq!(
        booking.is_confirmed_by_hand(DEPOSIT).await?,
        workflows::reservation::ConfirmOutcome::NotPossible { status }
    );
    booking.stage.world.recovers("messaging.notify");
    let (outcome, stage) = booking.ends_as("reservation-asked-too-late").await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    assert_eq!(stage.world.facts().paid(), Money::ZERO);
    Ok(())
}

#[tokio::test]
async fn money_that_comes_after_a_cancellation_is_given_back() -> Result<()> {
    let booking = Booking::held().await?;
    booking.stage.world.is_down("messaging.notify");
    booking.is_cancelled_by(Actor::Guest).await?;
    booking.reported(approved("1001", DEPOSIT)).await?;
    booking
        .stage
        .world
        .eventually("the money is given back", |world| {
            !world.refunded().is_empty()
        })
        .await;
    booking.stage.world.recovers("messaging.notify");
    let (outcome, stage) = booking.ends_as("reservation-paid-after-cancelling").await?;
    assert_eq!(outcome, ReservationOutcome::Cancelled);
    assert_eq!(
        stage.world.told(),
        ["payment-link", "cancelled", "returned/1001"]
    );
    assert_eq!(stage.world.refunded(), ["1001 $ 300"]);
    assert!(stage.world.calls("inventory.retake").is_empty());
    Ok(())
}

#[tokio::test]
async fn a_hold_gives_way_to_a_channel_and_the_guest_hears_of_it() -> Result<()> {
    let booking = Booking::held().await?;
    let outcome = booking.is_cancelled_by(Actor::Calendar).await?;
    assert_eq!(outcome, gives_back(0, RefundBasis::OwnerCancelled));
    let (outcome, stage) = booking.ends_as("reservation-displaced").await?;
    assert_eq!(outcome, ReservationOutcome::Cancelled);
    assert_eq!(stage.world.told(), ["payment-link", "displaced"]);
    assert_eq!(stage.world.calls("payments.close_link").len(), 1);
    assert!(stage.world.calls("inventory.retake").is_empty());
    Ok(())
}

#[tokio::test]
async fn a_hold_that_has_moved_off_the_nights_does_not_give_way() -> Result<()> {
    let booking = Booking::held().await?;
    let before = booking.input.stay;
    booking
        .is_moved(booking.later(Actor::Guest, 7, 1_000))
        .await?;
    let status = ReservationStatus::PreReserved;
    assert_eq!(
        booking
            .is_cancelled_at(Actor::Calendar, Some(before))
            .await?,
        CancelOutcome::NotPossible { status }
    );
    let now = booking.later(Actor::Guest, 7, 1_000).stay;
    let outcome = booking.is_cancelled_at(Actor::Calendar, Some(now)).await?;
    assert_eq!(outcome, gives_back(0, RefundBasis::OwnerCancelled));
    let (outcome, _) = booking
        .ends_as("reservation-moved-off-and-displaced")
        .await?;
    assert_eq!(outcome, ReservationOutcome::Cancelled);
    Ok(())
}

#[tokio::test]
async fn money_that_comes_after_a_displacement_is_given_back() -> Result<()> {
    let booking = Booking::held().await?;
    booking.stage.world.is_down("messaging.notify");
    booking.is_cancelled_by(Actor::Calendar).await?;
    booking.reported(approved("1001", DEPOSIT)).await?;
    booking
        .stage
        .world
        .eventually("the money is given back", |world| {
            !world.refunded().is_empty()
        })
        .await;
    booking.stage.world.recovers("messaging.notify");
    let (outcome, stage) = booking.ends_as("reservation-paid-after-displacing").await?;
    assert_eq!(outcome, ReservationOutcome::Cancelled);
    assert_eq!(stage.world.refunded(), ["1001 $ 300"]);
    assert_eq!(
        stage.world.told(),
        ["payment-link", "displaced", "returned/1001"]
    );
    Ok(())
}

#[tokio::test]
async fn a_stay_that_is_paid_gives_way_to_no_channel() -> Result<()> {
    let booking = Booking::confirmed().await?;
    let status = ReservationStatus::Confirmed;
    assert_eq!(
        booking.is_cancelled_by(Actor::Calendar).await?,
        CancelOutcome::NotPossible { status }
    );
    let (outcome, stage) = booking.ends_as("reservation-not-displaced").await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert!(stage.world.calls("inventory.cancel").is_empty());
    assert!(stage.world.refunded().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_stay_that_the_owner_gives_up_for_a_channel_is_apologised_for() -> Result<()> {
    let booking = Booking::confirmed().await?;
    let outcome = booking.is_cancelled_by(Actor::Apology).await?;
    assert_eq!(outcome, gives_back(DEPOSIT, RefundBasis::OwnerCancelled));
    let (outcome, stage) = booking.ends_as("reservation-apologised-for").await?;
    assert_eq!(outcome, ReservationOutcome::Cancelled);
    assert_eq!(stage.world.refunded(), ["1001 $ 300"]);
    assert!(stage.world.told().contains(&"displaced".to_owned()));
    Ok(())
}
