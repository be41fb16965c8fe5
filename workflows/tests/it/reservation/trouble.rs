//! Everything that can go wrong beside the story.

use anyhow::Result;
use domain::ReservationStatus;
use workflows::{contracts::reservations::Actor, reservation::ReservationOutcome};

use crate::{
    booking::{Booking, DAY, DEPOSIT, TOTAL},
    world::Trouble,
};

async fn stay_and_overpay(trouble: Trouble) -> Result<Vec<String>> {
    let booking = Booking::held_despite(trouble).await?;
    booking.pays("1001", TOTAL + 10).await?;
    booking.hears("confirmed").await;
    let (outcome, stage) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    Ok(stage.world.everything())
}

async fn cancel(trouble: Trouble) -> Result<Vec<String>> {
    let booking = Booking::held_despite(trouble).await?;
    booking.pays("1001", DEPOSIT).await?;
    booking.hears("confirmed").await;
    booking.is_cancelled_by(Actor::Operator).await?;
    let (outcome, stage) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Cancelled);
    Ok(stage.world.everything())
}

async fn expire(trouble: Trouble) -> Result<Vec<String>> {
    let booking = Booking::held_despite(trouble).await?;
    booking.is_extended().await?;
    booking.pays("1001", DEPOSIT / 2).await?;
    let (outcome, stage) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    Ok(stage.world.everything())
}

#[tokio::test]
async fn a_stay_is_the_same_when_every_step_fails_once() -> Result<()> {
    let undisturbed = stay_and_overpay(Trouble::None).await?;
    let failing = stay_and_overpay(Trouble::FirstAttemptFails).await?;
    let lost = stay_and_overpay(Trouble::FirstAnswerIsLost).await?;
    assert_eq!(failing, undisturbed);
    assert_eq!(lost, undisturbed);
    Ok(())
}

#[tokio::test]
async fn a_cancellation_is_the_same_when_every_step_fails_once() -> Result<()> {
    let undisturbed = cancel(Trouble::None).await?;
    let failing = cancel(Trouble::FirstAttemptFails).await?;
    let lost = cancel(Trouble::FirstAnswerIsLost).await?;
    assert_eq!(failing, undisturbed);
    assert_eq!(lost, undisturbed);
    Ok(())
}

#[tokio::test]
async fn an_expiry_is_the_same_when_every_step_fails_once() -> Result<()> {
    let undisturbed = expire(Trouble::None).await?;
    let failing = expire(Trouble::FirstAttemptFails).await?;
    let lost = expire(Trouble::FirstAnswerIsLost).await?;
    assert_eq!(failing, undisturbed);
    assert_eq!(lost, undisturbed);
    Ok(())
}

#[tokio::test]
async fn a_worker_that_restarts_at_every_step_changes_nothing() -> Result<()> {
    let mut booking = Booking::held().await?;
    booking.stage.restart_worker().await?;
    booking.is_extended().await?;
    booking.stage.stop_worker().await?;
    booking.pays("1001", DEPOSIT).await?;
    booking.stage.start_worker()?;
    booking.hears("confirmed").await;
    booking.stage.restart_worker().await?;
    booking.skip(28 * DAY + DAY / 2).await?;
    booking.hears("arrival-reminder").await;
    booking.stage.restart_worker().await?;
    booking.skip(DAY).await?;
    booking.hears("check-in-instructions").await;
    booking.stage.restart_worker().await?;
    let (outcome, stage) = booking.ends().await?;
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
    assert_eq!(stage.world.calls("payments.settle").len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_guest_who_cannot_be_reached_holds_nothing_up() -> Result<()> {
    let booking = Booking::planned().await?;
    booking.stage.world.is_down("messaging.notify");
    booking.open("key").await?;
    booking.pays("1001", DEPOSIT).await?;
    booking
        .stage
        .world
        .eventually("the stay is confirmed", |world| {
            world.facts().status == Some(ReservationStatus::Confirmed)
        })
        .await;
    booking.is_cancelled_by(Actor::Operator).await?;
    booking
        .stage
        .world
        .eventually("the money is given back", |world| {
            !world.refunded().is_empty()
        })
        .await;
    booking.stage.world.recovers("messaging.notify");
    let (_, stage) = booking.ends().await?;
    let told = stage.world.told();
    assert_eq!(
        told.last().map(String::as_str),
        Some("cancelled"),
        "{told:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_notice_that_can_never_be_sent_is_the_owners_matter() -> Result<()> {
    let booking = Booking::planned().await?;
    booking.stage.world.refuses("messaging.notify");
    booking.open("key").await?;
    let code = booking.input.code.clone();
    let (_, stage) = booking.ends_as("reservation-notices-refused").await?;
    let asked = stage.world.asked_of_owner();
    assert!(
        asked.contains(&format!("notice_not_sent {code}/hold-expired")),
        "{asked:?}"
    );
    Ok(())
}
