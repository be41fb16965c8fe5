//! What payments do to a reservation.

use anyhow::Result;
use domain::{Money, payment::PaymentStatus, settlement::Purpose};
use workflows::{
    contracts::reservations::Actor,
    reservation::{Phase, ReservationOutcome},
};

use crate::booking::{Booking, DEPOSIT, TOTAL, approved, report};

#[tokio::test]
async fn a_payment_that_is_reported_twice_counts_once() -> Result<()> {
    let booking = Booking::held().await?;
    for _time in 0..5 {
        booking.pays("1001", DEPOSIT).await?;
    }
    booking.hears("confirmed").await;
    booking.pays("1001", DEPOSIT).await?;
    let (_, stage) = booking.ends().await?;
    assert_eq!(stage.world.calls("payments.settle").len(), 1);
    assert!(stage.world.refunded().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_late_pending_changes_nothing() -> Result<()> {
    let booking = Booking::held().await?;
    booking.pays("1001", DEPOSIT).await?;
    booking
        .reported(report("1001", DEPOSIT, PaymentStatus::Pending))
        .await?;
    booking.hears("confirmed").await;
    booking
        .reported(report("1001", DEPOSIT, PaymentStatus::Pending))
        .await?;
    let (outcome, stage) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert!(
        !stage
            .world
            .told()
            .contains(&"payment-pending/1001".to_owned())
    );
    Ok(())
}

#[tokio::test]
async fn the_guest_hears_what_happens_on_the_way_to_approval() -> Result<()> {
    let booking = Booking::held().await?;
    booking
        .reported(report("1001", DEPOSIT, PaymentStatus::Rejected))
        .await?;
    booking
        .reported(report("1002", DEPOSIT, PaymentStatus::Pending))
        .await?;
    booking.hears("payment-pending/1002").await;
    booking
        .reported(report("1003", DEPOSIT, PaymentStatus::Cancelled))
        .await?;
    booking.pays("1002", DEPOSIT).await?;
    booking.hears("confirmed").await;
    let (_, stage) = booking.ends_as("reservation-pending-first").await?;
    assert_eq!(
        stage.world.told()[..4],
        [
            "payment-link",
            "payment-rejected/1001",
            "payment-pending/1002",
            "confirmed"
        ]
    );
    Ok(())
}

#[tokio::test]
async fn two_halves_make_a_deposit() -> Result<()> {
    let booking = Booking::held().await?;
    booking.pays("1001", DEPOSIT / 2).await?;
    booking
        .stage
        .world
        .eventually("the first half is recorded", |world| {
            !world.calls("payments.settle").is_empty()
        })
        .await;
    assert!(matches!(booking.view().await?.phase, Phase::Held { .. }));
    booking.pays("1002", DEPOSIT / 2).await?;
    booking.hears("confirmed").await;
    let (_, stage) = booking.ends_as("reservation-two-halves").await?;
    assert_eq!(stage.world.facts().paid(), Money::pesos(DEPOSIT));
    assert!(stage.world.refunded().is_empty());
    Ok(())
}

#[tokio::test]
async fn what_exceeds_the_price_is_given_back() -> Result<()> {
    let booking = Booking::held().await?;
    booking.pays("1001", TOTAL + 70).await?;
    booking.hears("returned/1001").await;
    booking.hears("confirmed").await;
    let (_, stage) = booking.ends_as("reservation-overpaid").await?;
    assert_eq!(stage.world.refunded(), ["1001 $ 70"]);
    assert_eq!(stage.world.facts().paid(), Money::pesos(TOTAL));
    Ok(())
}

#[tokio::test]
async fn a_second_deposit_is_given_back_in_full() -> Result<()> {
    let booking = Booking::confirmed().await?;
    booking.pays("1002", DEPOSIT).await?;
    booking.hears("returned/1002").await;
    let (outcome, stage) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert_eq!(stage.world.refunded(), ["1002 $ 300"]);
    Ok(())
}

#[tokio::test]
async fn the_balance_is_applied_to_a_confirmed_stay() -> Result<()> {
    let booking = Booking::confirmed().await?;
    let mut balance = approved("1002", TOTAL - DEPOSIT);
    balance.purpose = Purpose::Balance;
    booking.reported(balance).await?;
    let (_, stage) = booking.ends().await?;
    assert_eq!(stage.world.facts().paid(), Money::pesos(TOTAL));
    Ok(())
}

#[tokio::test]
async fn a_refund_that_cannot_be_made_yet_holds_nothing_up() -> Result<()> {
    let booking = Booking::held().await?;
    booking.stage.world.is_down("payments.refund");
    booking.pays("1001", TOTAL + 70).await?;
    booking.hears("confirmed").await;
    booking.stage.world.recovers("payments.refund");
    let (_, stage) = booking.ends().await?;
    assert_eq!(stage.world.refunded(), ["1001 $ 70"]);
    Ok(())
}

/// For as long as it is away: the owner knows meanwhile, and is not asked any more when the money has gone back.
#[tokio::test]
async fn a_refund_outlasts_a_provider_that_is_away_for_long() -> Result<()> {
    let mut booking = Booking::planned().await?;
    booking.input.policies.refund.late_seconds = 2;
    booking.open("open").await?;
    booking.hears("payment-link").await;
    booking.pays("1001", DEPOSIT).await?;
    booking.hears("confirmed").await;
    let world = &booking.stage.world;
    world.is_down("payments.refund");
    booking.is_cancelled_by(Actor::Guest).await?;
    let late = format!("refund_late refund:{}:1001:cancelled", booking.input.code);
    world
        .eventually("the owner is told", |world| {
            !world.asked_of_owner().is_empty()
        })
        .await;
    assert_eq!(world.asked_of_owner(), std::slice::from_ref(&late));
    assert!(world.refunded().is_empty());
    world.recovers("payments.refund");
    let (_, stage) = booking.ends_as("reservation-refund-late").await?;
    assert_eq!(stage.world.refunded(), ["1001 $ 300"]);
    assert_eq!(stage.world.asked_of_owner(), std::slice::from_ref(&late));
    assert_eq!(stage.world.calls("payments.take_back"), [late]);
    Ok(())
}

#[tokio::test]
async fn a_refund_that_the_provider_refuses_is_the_owners_matter() -> Result<()> {
    let booking = Booking::confirmed().await?;
    booking.stage.world.refuses("payments.refund");
    booking.is_cancelled_by(Actor::Guest).await?;
    let key = format!("refund_failed refund:{}:1001:cancelled", booking.input.code);
    let (_, stage) = booking.ends_as("reservation-refund-refused").await?;
    assert_eq!(stage.world.asked_of_owner(), [key]);
    Ok(())
}

#[tokio::test]
async fn a_half_deposit_is_given_back_when_the_hold_ends() -> Result<()> {
    let booking = Booking::held().await?;
    booking.pays("1001", DEPOSIT / 2).await?;
    let (outcome, stage) = booking.ends_as("reservation-half-paid").await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    assert_eq!(stage.world.refunded(), ["1001 $ 150"]);
    assert_eq!(stage.world.facts().paid(), Money::ZERO);
    Ok(())
}

#[tokio::test]
async fn the_owner_hears_of_money_that_the_provider_took_back() -> Result<()> {
    let booking = Booking::confirmed().await?;
    booking
        .reported(report("1001", DEPOSIT, PaymentStatus::ChargedBack))
        .await?;
    let mut elsewhere = report("1002", DEPOSIT, PaymentStatus::Refunded);
    elsewhere.refunded = elsewhere.amount;
    booking.reported(elsewhere).await?;
    let mut ours = report("1003", DEPOSIT, PaymentStatus::Refunded);
    ours.refunded = ours.amount;
    ours.refunded_by_us = ours.amount;
    booking.reported(ours).await?;
    let (outcome, stage) = booking.ends_as("reservation-charged-back").await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert_eq!(
        stage.world.asked_of_owner(),
        ["charged_back 1001", "refunded_at_provider 1002"]
    );
    Ok(())
}

#[tokio::test]
async fn a_dispute_that_was_won_is_no_matter_for_the_owner_any_more() -> Result<()> {
    let booking = Booking::confirmed().await?;
    booking
        .reported(report("1001", DEPOSIT, PaymentStatus::ChargedBack))
        .await?;
    booking
        .stage
        .world
        .eventually("the owner hears of it", |world| {
            world.asked_of_owner() == ["charged_back 1001"]
        })
        .await;
    booking.pays("1001", DEPOSIT).await?;
    booking
        .stage
        .world
        .eventually("it is taken back", |world| {
            world.calls("payments.take_back") == ["charged_back 1001"]
        })
        .await;
    let (outcome, stage) = booking.ends_as("reservation-dispute-won").await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert!(stage.world.refunded().is_empty());
    Ok(())
}
