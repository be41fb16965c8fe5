//! Other dates.

use anyhow::Result;
use domain::{Money, change::Obstacle, policy::BalanceDue};
use temporalio_client::WorkflowDescribeOptions;
use workflows::{
    contracts::reservations::{Actor, BalanceOutcome, ChangeOutcome, ExtendRequest},
    names,
    reservation::{Phase, ReservationOutcome},
};

use crate::{
    booking::{Booking, DAY, DEPOSIT, HOUR, MINUTE, TOTAL},
    world::Trouble,
};

fn changed(refund: i64) -> ChangeOutcome {
    ChangeOutcome::Changed {
        refund: Money::pesos(refund),
    }
}

#[tokio::test]
async fn a_hold_gets_another_link_and_keeps_its_end() -> Result<()> {
    let booking = Booking::held().await?;
    let later = booking.later(Actor::Guest, 7, 2 * TOTAL);
    assert_eq!(booking.is_moved(later).await?, changed(0));
    booking.hears("dates-changed/1").await;
    let world = &booking.stage.world;
    assert_eq!(world.calls("payments.create_link"), ["$ 300", "$ 600"]);
    booking.skip(29 * MINUTE).await?;
    assert!(booking.stage.world.calls("inventory.expire").is_empty());
    booking.stage.world.is_down("messaging.notify");
    booking.skip(MINUTE).await?;
    booking.expires().await;
    booking.stage.world.recovers("messaging.notify");
    let (outcome, stage) = booking.ends_as("reservation-hold-moved").await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    assert_eq!(
        stage.world.told(),
        [
            "payment-link",
            "dates-changed/1",
            "hold-reminder",
            "hold-expired"
        ]
    );
    Ok(())
}

#[tokio::test]
async fn a_short_hold_that_moves_far_away_stays_short_and_takes_no_vouchers() -> Result<()> {
    let mut booking = Booking::planned().await?;
    booking.input.policies.hold.vouchers.allowed = true;
    let sooner = chrono::TimeDelta::days(25);
    booking.input.stay = booking.input.stay.shifted(-25).unwrap();
    booking.input.check_in_at -= sooner;
    booking.input.check_out_at -= sooner;
    booking.open("open").await?;
    booking.hears("payment-link").await;
    let later = booking.later(Actor::Guest, 25, TOTAL);
    booking.is_moved(later).await?;
    booking.hears("dates-changed/1").await;
    let world = &booking.stage.world;
    assert_eq!(world.calls("payments.create_link"), ["$ 300", "$ 300"]);
    booking.skip(30 * MINUTE).await?;
    booking.expires().await;
    booking.ends().await?;
    Ok(())
}

#[tokio::test]
async fn a_hold_for_vouchers_that_moves_near_ends_as_soon_as_any_other() -> Result<()> {
    let mut booking = Booking::planned().await?;
    booking.input.policies.hold.vouchers.allowed = true;
    booking.open("open").await?;
    booking.hears("payment-link").await;
    booking.skip(HOUR).await?;
    let sooner = booking.later(Actor::Guest, -25, TOTAL);
    booking.is_moved(sooner).await?;
    booking.hears("dates-changed/1").await;
    let world = &booking.stage.world;
    assert_eq!(
        world.calls("payments.create_link"),
        ["$ 300, also with a voucher", "$ 300"]
    );
    booking.skip(21 * MINUTE).await?;
    booking.hears("hold-reminder").await;
    booking.skip(9 * MINUTE).await?;
    booking.expires().await;
    let (outcome, _) = booking.ends_as("reservation-voucher-moved-near").await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    Ok(())
}

#[tokio::test]
async fn what_remains_can_be_paid_with_a_voucher_while_arrival_is_far_away() -> Result<()> {
    let mut booking = Booking::planned().await?;
    booking.input.policies.hold.vouchers.allowed = true;
    booking.open("open").await?;
    booking.pays("1001", DEPOSIT).await?;
    booking.hears("confirmed").await;
    booking.asks_for_the_balance().await?;
    booking.hears("balance-link/1").await;
    booking.skip(25 * DAY).await?;
    booking.asks_for_the_balance().await?;
    booking.hears("balance-link/2").await;
    let world = &booking.stage.world;
    assert_eq!(
        world.calls("payments.create_link")[1..],
        ["$ 700, also with a voucher", "$ 700"]
    );
    booking.ends().await?;
    Ok(())
}

#[tokio::test]
async fn a_provider_that_is_down_delays_the_new_link_and_not_the_news() -> Result<()> {
    let booking = Booking::held().await?;
    booking.stage.world.is_down("payments.create_link");
    let later = booking.later(Actor::Guest, 7, 2 * TOTAL);
    booking.is_moved(later).await?;
    booking.hears("dates-changed/1").await;
    booking.stage.world.recovers("payments.create_link");
    booking.hears("payment-link/1").await;
    booking.ends().await?;
    Ok(())
}

#[tokio::test]
async fn other_dates_at_the_same_price_get_a_link_that_names_them() -> Result<()> {
    let booking = Booking::held().await?;
    let later = booking.later(Actor::Guest, 7, TOTAL);
    booking.is_moved(later).await?;
    booking.hears("dates-changed/1").await;
    let world = &booking.stage.world;
    assert_eq!(world.calls("payments.create_link"), ["$ 300", "$ 300"]);
    booking.ends().await?;
    Ok(())
}

#[tokio::test]
async fn a_link_over_the_balance_follows_the_new_price() -> Result<()> {
    let booking = Booking::confirmed().await?;
    assert_eq!(
        booking.asks_for_the_balance().await?,
        BalanceOutcome::Coming {
            due: Money::pesos(700)
        }
    );
    booking.hears("balance-link/1").await;
    let later = booking.later(Actor::Guest, 7, 2 * TOTAL);
    booking.is_moved(later).await?;
    booking
        .stage
        .world
        .eventually("a link over what is owed now", |world| {
            world.calls("payments.create_link") == ["$ 300", "$ 700", "$ 1.700"]
        })
        .await;
    // The link that they have is closed.
    booking.hears("balance-link/2").await;
    booking.ends().await?;
    Ok(())
}

#[tokio::test]
async fn a_link_over_the_balance_whose_time_has_come_again_is_sent_once() -> Result<()> {
    let mut booking = Booking::planned().await?;
    booking.input.policies.balance.due = BalanceDue::ByLink;
    booking.open("open").await?;
    booking.pays("1001", DEPOSIT).await?;
    booking.hears("confirmed").await;
    booking.skip(24 * DAY).await?;
    booking.hears("balance-link/1").await;
    let sooner = booking.later(Actor::Operator, -1, TOTAL);
    booking.is_moved(sooner).await?;
    booking.hears("balance-link/2").await;
    let (_, stage) = booking.ends().await?;
    let told = stage.world.told();
    let links = told.iter().filter(|step| step.starts_with("balance-link/"));
    assert_eq!(links.count(), 2, "{told:?}");
    Ok(())
}

#[tokio::test]
async fn a_hold_for_which_enough_is_paid_by_then_is_confirmed() -> Result<()> {
    let booking = Booking::held().await?;
    booking.pays("1001", 200).await?;
    booking
        .stage
        .world
        .eventually("it is recorded", |world| {
            world.facts().paid() == Money::pesos(200)
        })
        .await;
    let later = booking.later(Actor::Guest, 7, 150);
    assert_eq!(booking.is_moved(later).await?, changed(50));
    booking.hears("confirmed").await;
    let (outcome, stage) = booking.ends_as("reservation-moved-and-confirmed").await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert_eq!(stage.world.refunded(), ["1001 $ 50"]);
    Ok(())
}

#[tokio::test]
async fn a_confirmed_stay_is_reminded_of_its_new_dates_and_of_no_others() -> Result<()> {
    let booking = Booking::confirmed().await?;
    booking.skip(28 * DAY + HOUR).await?;
    booking.hears("arrival-reminder").await;
    let later = booking.later(Actor::Operator, 7, TOTAL);
    assert_eq!(booking.is_moved(later.clone()).await?, changed(0));
    booking.hears("dates-changed/1").await;
    let described = booking
        .handle()
        .describe(WorkflowDescribeOptions::default())
        .await?;
    let check_in = described.search_attributes().get(&names::CHECK_IN);
    assert_eq!(
        check_in.map(|at| at.seconds()),
        Some(later.check_in_at.timestamp())
    );
    booking.skip(4 * DAY).await?;
    assert_eq!(
        booking.stage.world.told(),
        [
            "payment-link",
            "confirmed",
            "arrival-reminder",
            "dates-changed/1"
        ],
        "nothing of the old dates is told"
    );
    booking.skip(3 * DAY).await?;
    booking.hears("arrival-reminder/1").await;
    let (outcome, stage) = booking.ends_as("reservation-moved").await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert_eq!(
        stage.world.told(),
        [
            "payment-link",
            "confirmed",
            "arrival-reminder",
            "dates-changed/1",
            "arrival-reminder/1",
            "check-in-instructions/1",
            "thanks/1"
        ]
    );
    Ok(())
}

#[tokio::test]
async fn what_was_paid_beyond_the_new_price_goes_back() -> Result<()> {
    let booking = Booking::held().await?;
    booking.pays("1001", TOTAL).await?;
    booking.hears("confirmed").await;
    let later = booking.later(Actor::Guest, 7, 600);
    assert_eq!(booking.is_moved(later).await?, changed(400));
    let view = booking.view().await?;
    assert_eq!(view.account.total, Money::pesos(600));
    let (_, stage) = booking.ends_as("reservation-moved-cheaper").await?;
    assert_eq!(stage.world.refunded(), ["1001 $ 400"]);
    assert_eq!(stage.world.facts().paid(), Money::pesos(600));
    Ok(())
}

#[tokio::test]
async fn every_step_of_a_change_may_fail_once() -> Result<()> {
    for trouble in [Trouble::FirstAttemptFails, Trouble::FirstAnswerIsLost] {
        let booking = Booking::held_despite(trouble).await?;
        booking.pays("1001", TOTAL).await?;
        booking.hears("confirmed").await;
        let later = booking.later(Actor::Guest, 7, 600);
        assert_eq!(booking.is_moved(later).await?, changed(400));
        let (outcome, stage) = booking.ends().await?;
        assert_eq!(outcome, ReservationOutcome::Completed);
        assert_eq!(stage.world.refunded(), ["1001 $ 400"]);
        let told = stage.world.told();
        let times = told.iter().filter(|step| *step == "dates-changed/1");
        assert_eq!(times.count(), 1, "{told:?}");
    }
    Ok(())
}

#[tokio::test]
async fn taken_nights_change_nothing() -> Result<()> {
    let booking = Booking::confirmed().await?;
    booking.stage.world.facts().nights_are_taken = true;
    let later = booking.later(Actor::Guest, 7, 600);
    assert_eq!(booking.is_moved(later).await?, ChangeOutcome::Taken);
    let view = booking.view().await?;
    assert_eq!(
        (view.phase, view.account.total),
        (Phase::Confirmed, Money::pesos(TOTAL))
    );
    let (_, stage) = booking.ends_as("reservation-not-moved").await?;
    assert!(stage.world.refunded().is_empty());
    assert!(!stage.world.told().contains(&"dates-changed/1".to_owned()));
    Ok(())
}

#[tokio::test]
async fn a_guest_is_held_to_the_policy_and_the_owner_is_not() -> Result<()> {
    let booking = Booking::confirmed().await?;
    booking.skip(28 * DAY + HOUR).await?;
    let later = booking.later(Actor::Guest, 7, TOTAL);
    assert_eq!(
        booking.is_moved(later).await?,
        ChangeOutcome::NotAllowed {
            obstacle: Obstacle::TooLate { hours: 48 }
        }
    );
    let later = booking.later(Actor::Operator, 7, TOTAL);
    assert_eq!(booking.is_moved(later).await?, changed(0));
    booking.ends().await?;
    Ok(())
}

#[tokio::test]
async fn the_dates_it_has_are_no_change() -> Result<()> {
    let booking = Booking::confirmed().await?;
    let same = booking.later(Actor::Guest, 0, 600);
    assert_eq!(booking.is_moved(same).await?, changed(0));
    assert_eq!(booking.view().await?.account.total, Money::pesos(TOTAL));
    let (_, stage) = booking.ends().await?;
    assert!(stage.world.calls("inventory.change_dates").is_empty());
    Ok(())
}

#[tokio::test]
async fn a_change_of_another_reservation_is_refused_before_it_is_written_down() -> Result<()> {
    let booking = Booking::held().await?;
    let mut later = booking.later(Actor::Guest, 7, TOTAL);
    later.code = crate::booking::in_thirty_days().code;
    assert!(booking.is_moved(later).await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_worker_that_died_goes_on_with_the_new_dates() -> Result<()> {
    let mut booking = Booking::confirmed().await?;
    let later = booking.later(Actor::Guest, 7, TOTAL);
    booking.is_moved(later).await?;
    booking.stage.restart_worker().await?;
    booking.skip(31 * DAY).await?;
    assert!(
        !booking
            .stage
            .world
            .told()
            .contains(&"check-in-instructions".to_owned())
    );
    let (outcome, stage) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert!(
        stage
            .world
            .told()
            .contains(&"arrival-reminder/1".to_owned())
    );
    Ok(())
}

#[tokio::test]
async fn the_guest_hears_of_an_extension_that_they_did_not_ask_for_in_the_chat() -> Result<()> {
    let booking = Booking::held().await?;
    booking
        .is_extended_with(ExtendRequest { tell_guest: true })
        .await?;
    booking.hears("extended").await;
    booking.ends().await?;
    let silent = Booking::held().await?;
    silent.is_extended().await?;
    let (_, stage) = silent.ends().await?;
    assert!(!stage.world.told().contains(&"extended".to_owned()));
    assert_eq!(stage.world.calls("payments.create_link"), ["$ 300"]);
    Ok(())
}
