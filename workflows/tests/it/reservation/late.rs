//! Money that comes when the hold is over.

use anyhow::Result;
use domain::{Money, ReservationStatus};
use workflows::reservation::ReservationOutcome;

use crate::booking::{Booking, DEPOSIT, MINUTE, approved};

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
async fn money_that_nobody_told_of_is_found_before_its_hold_ends() -> Result<()> {
    let booking = Booking::held().await?;
    booking.stage.world.facts().found = vec![approved("1001", DEPOSIT)];
    booking.hears_by_looking_up().await?;
    let (outcome, stage) = booking.ends_as("reservation-found-in-time").await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert!(stage.world.calls("inventory.expire").is_empty());
    assert_eq!(stage.world.facts().paid(), Money::pesos(DEPOSIT));
    Ok(())
}

/// A link that was made after the clock of the hold was set is looked after like any other.
#[tokio::test]
async fn a_hold_too_short_for_a_reminder_is_looked_after_all_the_same() -> Result<()> {
    let mut booking = Booking::planned().await?;
    booking.input.policies.hold.seconds = 300;
    booking.stage.world.facts().found = vec![approved("1001", DEPOSIT)];
    booking.open("open").await?;
    booking.hears("payment-link").await;
    booking.hears_by_looking_up().await?;
    let (_, stage) = booking.ends_as("reservation-found-in-short-time").await?;
    assert!(stage.world.calls("inventory.expire").is_empty());
    assert!(!stage.world.told().contains(&"hold-reminder".to_owned()));
    Ok(())
}

#[tokio::test]
async fn money_that_nobody_told_of_is_found_minutes_after_its_hold_has_ended() -> Result<()> {
    let booking = Booking::held().await?;
    booking.stage.world.is_down("payments.look_up");
    booking.skip(30 * MINUTE).await?;
    booking.expires().await;
    booking.stage.world.facts().found = vec![approved("1001", DEPOSIT)];
    booking.stage.world.recovers("payments.look_up");
    booking.stage.let_time_fly(&booking.id()).await?;
    booking.hears("confirmed").await;
    let (outcome, stage) = booking.ends_as("reservation-found-late").await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert!(stage.world.refunded().is_empty());
    Ok(())
}

#[tokio::test]
async fn nobody_is_asked_about_a_hold_that_had_no_link() -> Result<()> {
    let booking = Booking::planned().await?;
    booking.stage.world.refuses("payments.create_link");
    booking.open("open").await?;
    booking.hears("hold-without-link").await;
    let (outcome, stage) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    assert!(stage.world.calls("payments.look_up").is_empty());
    Ok(())
}

impl Booking {
    async fn hears_by_looking_up(&self) -> Result<()> {
        self.stage.let_time_fly(&self.id()).await?;
        self.hears("confirmed").await;
        Ok(())
    }
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
    let mut said_again = approved("1001", DEPOSIT);
    said_again.decided = true;
    booking.wakes_with(said_again).await?;
    let (outcome, stage) = booking.ends_as("reservation-woken-for-nothing").await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    assert_eq!(stage.world.calls("inventory.retake").len(), 1);
    assert_eq!(stage.world.facts().paid(), Money::ZERO);
    assert_eq!(stage.world.facts().status, Some(ReservationStatus::Expired));
    Ok(())
}

/// Whoever reported it had read it before it was decided on, and is heard after.
#[tokio::test]
async fn nights_that_were_taken_for_money_given_back_are_let_go_and_the_guest_is_told() -> Result<()>
{
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
    booking.hears("cancelled").await;
    let (outcome, stage) = booking.ends_as("reservation-let-go-again").await?;
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
