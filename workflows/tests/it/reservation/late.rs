//! Money that comes when the hold is over.

use anyhow::Result;
use domain::{Money, ReservationStatus};
use workflows::reservation::ReservationOutcome;

use crate::booking::{Booking, DEPOSIT, approved};

#[tokio::test]
async fn a_late_deposit_takes_the_nights_again_while_they_are_free() -> Result<()> {
    let booking = Booking::expired_but_open().await?;
    booking.pays("1001", DEPOSIT).await?;
    booking.stage.world.recovers("messaging.notify");
    booking.hears("confirmed").await;
    let (outcome, stage) = booking.ends_as("reservation-confirmed-late").await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert!(stage.world.refunded().is_empty());
    assert_eq!(stage.world.facts().paid(), Money::pesos(DEPOSIT));
    Ok(())
}

#[tokio::test]
async fn a_late_deposit_for_nights_that_are_gone_is_given_back_once() -> Result<()> {
    let booking = Booking::expired_but_open().await?;
    booking.stage.world.facts().nights_are_taken = true;
    booking.pays("1001", DEPOSIT).await?;
    booking
        .stage
        .world
        .eventually("the money is given back", |world| {
            !world.refunded().is_empty()
        })
        .await;
    // The nights are free again, and the provider repeats itself: what was decided stays decided.
    booking.stage.world.facts().nights_are_taken = false;
    booking.pays("1001", DEPOSIT).await?;
    booking.stage.world.recovers("messaging.notify");
    let (outcome, stage) = booking.ends_as("reservation-too-late").await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    assert_eq!(stage.world.refunded(), ["1001 $ 300"]);
    assert_eq!(
        stage.world.told(),
        [
            "payment-link",
            "hold-reminder",
            "hold-expired",
            "returned/1001"
        ]
    );
    Ok(())
}

#[tokio::test]
async fn what_was_decided_of_a_late_payment_stands_when_the_owner_gives_part_of_it_back()
-> Result<()> {
    let booking = Booking::expired_but_open().await?;
    booking.stage.world.facts().nights_are_taken = true;
    let mut payment = approved("1001", DEPOSIT + 100);
    booking.reported(payment.clone()).await?;
    booking
        .stage
        .world
        .eventually("the money is given back", |world| {
            !world.refunded().is_empty()
        })
        .await;
    booking.stage.world.facts().nights_are_taken = false;
    payment.refunded = Money::pesos(50);
    booking.reported(payment).await?;
    booking
        .stage
        .world
        .eventually("the owner is asked", |world| {
            !world.asked_of_owner().is_empty()
        })
        .await;
    booking.stage.world.recovers("messaging.notify");
    let (outcome, stage) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    assert_eq!(stage.world.calls("inventory.retake").len(), 1);
    assert_eq!(stage.world.asked_of_owner(), ["refunded_at_provider 1001"]);
    Ok(())
}

#[tokio::test]
async fn a_late_payment_that_makes_no_deposit_is_given_back() -> Result<()> {
    let booking = Booking::expired_but_open().await?;
    booking.pays("1001", DEPOSIT - 1).await?;
    booking.stage.world.recovers("messaging.notify");
    booking.hears("returned/1001").await;
    let (outcome, stage) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    assert_eq!(stage.world.refunded(), ["1001 $ 299"]);
    Ok(())
}

#[tokio::test]
async fn money_wakes_a_reservation_that_had_ended() -> Result<()> {
    let booking = Booking::held().await?;
    let asleep = Booking {
        input: booking.input.clone(),
        stage: crate::stage::Stage::without_worker().await?,
    };
    let (outcome, stage) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    let booking = Booking { stage, ..asleep };
    booking.wakes_with(approved("1001", DEPOSIT)).await?;
    booking.hears("confirmed").await;
    let (outcome, stage) = booking.ends_as("reservation-woken").await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert_eq!(
        stage.world.facts().status,
        Some(ReservationStatus::Completed)
    );
    Ok(())
}

#[tokio::test]
async fn a_decision_about_money_outlives_the_run_that_made_it() -> Result<()> {
    let booking = Booking::expired_but_open().await?;
    booking.stage.world.facts().nights_are_taken = true;
    booking.pays("1001", DEPOSIT).await?;
    booking.stage.world.recovers("messaging.notify");
    booking.hears("returned/1001").await;
    let asleep = booking.input.clone();
    let (_, stage) = booking.ends().await?;
    let booking = Booking {
        stage,
        input: asleep,
    };
    booking.stage.world.facts().nights_are_taken = false;
    booking.wakes_with(approved("1001", DEPOSIT)).await?;
    let (outcome, stage) = booking.ends_as("reservation-woken-for-nothing").await?;
    assert_eq!(outcome, ReservationOutcome::Cancelled);
    assert_eq!(stage.world.facts().paid(), Money::ZERO);
    assert_eq!(
        stage.world.facts().status,
        Some(ReservationStatus::Cancelled)
    );
    Ok(())
}

#[tokio::test]
async fn money_for_nights_that_were_lost_in_the_meantime_is_given_back() -> Result<()> {
    let booking = Booking::held().await?;
    booking.stage.world.facts().status = Some(ReservationStatus::Cancelled);
    booking.pays("1001", DEPOSIT).await?;
    booking.hears("not-kept").await;
    let (outcome, stage) = booking.ends_as("reservation-not-kept").await?;
    assert_eq!(outcome, ReservationOutcome::Cancelled);
    assert_eq!(stage.world.refunded(), ["1001 $ 300"]);
    Ok(())
}
