//! While the stay is confirmed.

use anyhow::Result;
use domain::ReservationStatus;
use workflows::{
    contracts::reservations::ExtendOutcome,
    reservation::{Phase, ReservationOutcome},
};

use crate::booking::{Booking, DAY, DEPOSIT, HOUR};

#[tokio::test]
async fn a_paid_hold_is_confirmed_reminded_instructed_completed_and_thanked() -> Result<()> {
    let booking = Booking::confirmed().await?;
    booking.skip(28 * DAY - HOUR).await?;
    assert_eq!(booking.stage.world.told(), ["payment-link", "confirmed"]);
    booking.skip(2 * HOUR).await?;
    booking.hears("arrival-reminder").await;
    booking.skip(DAY - 2 * HOUR).await?;
    assert_eq!(
        booking.stage.world.told().len(),
        3,
        "the way in is told a day before"
    );
    booking.skip(2 * HOUR).await?;
    booking.hears("check-in-instructions").await;
    assert_eq!(booking.view().await?.phase, Phase::Confirmed);
    let (outcome, stage) = booking.ends_as("reservation-completed").await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert_eq!(
        stage.world.told(),
        [
            "payment-link",
            "confirmed",
            "arrival-reminder",
            "check-in-instructions",
            "thanks"
        ]
    );
    assert_eq!(
        stage.world.facts().status,
        Some(ReservationStatus::Completed)
    );
    assert_eq!(stage.world.calls("payments.close_link").len(), 1);
    assert!(stage.world.refunded().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_stay_that_begins_tomorrow_gets_its_way_in_at_once_and_no_reminder() -> Result<()> {
    let mut booking = Booking::planned().await?;
    let sooner = chrono::TimeDelta::days(29) + chrono::TimeDelta::hours(2);
    booking.input.check_in_at -= sooner;
    booking.input.check_out_at -= sooner;
    booking.open("key").await?;
    booking.pays("1001", DEPOSIT).await?;
    booking.hears("check-in-instructions").await;
    let (_, stage) = booking.ends_as("reservation-tomorrow").await?;
    let told = stage.world.told();
    assert!(!told.contains(&"arrival-reminder".to_owned()), "{told:?}");
    Ok(())
}

#[tokio::test]
async fn a_confirmed_stay_cannot_be_extended() -> Result<()> {
    let booking = Booking::confirmed().await?;
    assert_eq!(booking.is_extended().await?, ExtendOutcome::NotPossible);
    booking.ends().await?;
    Ok(())
}

#[tokio::test]
async fn a_guest_who_never_came_is_not_thanked() -> Result<()> {
    let booking = Booking::confirmed().await?;
    booking.stage.world.facts().status = Some(ReservationStatus::NoShow);
    let (outcome, stage) = booking.ends_as("reservation-no-show").await?;
    assert_eq!(outcome, ReservationOutcome::NoShow);
    assert!(!stage.world.told().contains(&"thanks".to_owned()));
    assert!(stage.world.refunded().is_empty());
    Ok(())
}
