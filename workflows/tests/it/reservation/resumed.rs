//! Stories that are begun anew because the workflows that were at them are gone.

use anyhow::Result;
use domain::{Money, ReservationStatus, payment::PaymentId};
use workflows::{
    contracts::{
        payments::RefundRequest,
        reservations::{Actor, CancelOutcome, ExtendOutcome},
    },
    reservation::{Phase, ReservationOutcome, Resumed},
};

use crate::booking::{Booking, DEPOSIT};

fn nothing_left() -> Resumed {
    Resumed {
        extended: false,
        refunds: Vec::new(),
    }
}

#[tokio::test]
async fn a_confirmed_stay_goes_on_and_its_guest_knows() -> Result<()> {
    let booking = Booking::confirmed().await?;
    // It may have been lost between the confirmation and its message; who has it already is not told twice by the
    // activity, whose key is the step.
    booking.is_begun_anew(nothing_left()).await?;
    booking
        .stage
        .world
        .eventually("the guest is told again", |world| {
            world
                .told()
                .iter()
                .filter(|step| *step == "confirmed")
                .count()
                == 2
        })
        .await;
    assert_eq!(booking.view().await?.phase, Phase::Confirmed);
    assert_eq!(booking.view().await?.account.paid, Money::pesos(DEPOSIT));
    let cancelled = booking.is_cancelled_by(Actor::Operator).await?;
    assert!(matches!(cancelled, CancelOutcome::Cancelled { .. }));
    let (outcome, stage) = booking.ends_as("reservation-resumed").await?;
    assert_eq!(outcome, ReservationOutcome::Cancelled);
    assert_eq!(stage.world.refunded(), ["1001 $ 300"]);
    Ok(())
}

#[tokio::test]
async fn a_hold_keeps_its_end_and_is_extended_no_second_time() -> Result<()> {
    let booking = Booking::held().await?;
    let extended = booking.is_extended().await?;
    assert!(matches!(extended, ExtendOutcome::Extended { .. }));
    let before = booking.view().await?.phase;
    booking
        .is_begun_anew(Resumed {
            extended: true,
            ..nothing_left()
        })
        .await?;
    let again = booking.is_extended().await?;
    assert_eq!(again, ExtendOutcome::AlreadyExtended);
    assert_eq!(booking.view().await?.phase, before);
    Ok(())
}

#[tokio::test]
async fn money_that_was_on_its_way_back_arrives_though_the_story_is_over() -> Result<()> {
    let booking = Booking::planned().await?;
    booking.stage.world.facts().status = Some(ReservationStatus::Cancelled);
    let code = booking.input.code.clone();
    booking
        .is_begun_anew(Resumed {
            extended: false,
            refunds: vec![RefundRequest {
                key: format!("refund:{code}:1001:cancelled"),
                payment_id: PaymentId("1001".to_owned()),
                code,
                amount: Money::pesos(DEPOSIT),
                reason: "the reservation was cancelled".to_owned(),
            }],
        })
        .await?;
    let (outcome, stage) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Cancelled);
    assert_eq!(stage.world.refunded(), ["1001 $ 300"]);
    assert!(
        stage.world.told().is_empty(),
        "there is nothing to say anew"
    );
    Ok(())
}

#[tokio::test]
async fn a_guest_whose_hold_ended_hears_of_it() -> Result<()> {
    let booking = Booking::planned().await?;
    booking.stage.world.facts().status = Some(ReservationStatus::Expired);
    booking.is_begun_anew(nothing_left()).await?;
    let (outcome, stage) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    assert_eq!(stage.world.told(), ["hold-expired"]);
    Ok(())
}
