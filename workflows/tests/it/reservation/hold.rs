//! While the nights are held.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{ReservationStatus, Stay, payment::PaymentStatus};
use temporalio_client::{Client, WorkflowDescribeOptions};
use workflows::{
    contracts::{inventory::HoldOutcome, reservations::ExtendOutcome},
    names,
    reservation::{ConfirmOutcome, Phase, ReservationOutcome},
};

use crate::booking::{Booking, DEPOSIT, HOUR, MINUTE, TOTAL, report};

fn held_until(outcome: &HoldOutcome) -> DateTime<Utc> {
    match outcome {
        HoldOutcome::Held { expires_at, .. } => *expires_at,
        HoldOutcome::Taken | HoldOutcome::Was { .. } => panic!("not held: {outcome:?}"),
    }
}

#[tokio::test]
async fn the_caller_hears_until_when_the_nights_are_held() -> Result<()> {
    let booking = Booking::planned().await?;
    let until = held_until(&booking.open("key").await?);
    let half_an_hour = until.signed_duration_since(booking.input.booked_at);
    assert!(half_an_hour >= TimeDelta::minutes(30) && half_an_hour < TimeDelta::minutes(31));
    Ok(())
}

#[tokio::test]
async fn the_same_key_gets_the_same_answer_also_when_the_story_is_over() -> Result<()> {
    let booking = Booking::planned().await?;
    let first = booking.open("key").await?;
    assert_eq!(booking.open("key").await?, first);
    assert_eq!(booking.open("another key").await?, first);
    let planned = Booking {
        input: booking.input.clone(),
        stage: crate::stage::Stage::without_worker().await?,
    };
    booking.hears("payment-link").await;
    let (outcome, stage) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    assert_eq!(planned.open("key").await?, first);
    assert_eq!(stage.world.calls("inventory.place_hold").len(), 1);
    Ok(())
}

#[tokio::test]
async fn an_unpaid_hold_is_reminded_of_once_and_expires_on_time() -> Result<()> {
    let booking = Booking::held().await?;
    booking.skip(19 * MINUTE).await?;
    assert_eq!(booking.stage.world.told(), ["payment-link"]);
    booking.skip(2 * MINUTE).await?;
    booking.hears("hold-reminder").await;
    booking.skip(8 * MINUTE).await?;
    assert!(booking.stage.world.calls("inventory.expire").is_empty());
    // A story is open for as long as a notice is on its way.
    booking.stage.world.is_down("messaging.notify");
    booking.skip(MINUTE).await?;
    booking.expires().await;
    booking.stage.world.recovers("messaging.notify");
    let (outcome, stage) = booking.ends_as("reservation-expired").await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    assert_eq!(
        stage.world.told(),
        ["payment-link", "hold-reminder", "hold-expired"]
    );
    assert!(stage.world.refunded().is_empty());
    Ok(())
}

#[tokio::test]
async fn taken_nights_are_refused_and_the_caller_knows() -> Result<()> {
    let booking = Booking::planned().await?;
    booking.stage.world.facts().nights_are_taken = true;
    assert_eq!(booking.open("key").await?, HoldOutcome::Taken);
    let (outcome, stage) = booking.ends_as("reservation-refused").await?;
    assert_eq!(outcome, ReservationOutcome::Refused);
    assert!(stage.world.told().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_hold_is_extended_once_and_its_link_with_it() -> Result<()> {
    let booking = Booking::planned().await?;
    let until = held_until(&booking.open("key").await?);
    booking.hears("payment-link").await;
    let longer = until + TimeDelta::minutes(15);
    let extended = ExtendOutcome::Extended { expires_at: longer };
    assert_eq!(booking.is_extended().await?, extended);
    assert_eq!(booking.is_extended().await?, ExtendOutcome::AlreadyExtended);
    booking.skip(44 * MINUTE).await?;
    assert!(booking.stage.world.calls("inventory.expire").is_empty());
    booking.stage.world.is_down("messaging.notify");
    booking.skip(2 * MINUTE).await?;
    booking.expires().await;
    booking.stage.world.recovers("messaging.notify");
    let (_, stage) = booking.ends_as("reservation-extended").await?;
    assert_eq!(stage.world.calls("payments.extend_link").len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_link_that_was_made_for_a_shorter_hold_is_moved() -> Result<()> {
    let booking = Booking::planned().await?;
    booking.stage.world.is_down("payments.create_link");
    booking.open("key").await?;
    booking.is_extended().await?;
    assert!(booking.stage.world.calls("payments.extend_link").is_empty());
    booking.stage.world.recovers("payments.create_link");
    booking
        .stage
        .world
        .eventually("the link is moved", |world| {
            world.calls("payments.extend_link").len() == 1
        })
        .await;
    booking.ends().await?;
    Ok(())
}

#[tokio::test]
async fn a_provider_that_is_down_delays_the_link_and_not_the_hold() -> Result<()> {
    let booking = Booking::planned().await?;
    booking.stage.world.is_down("payments.create_link");
    held_until(&booking.open("key").await?);
    booking.hears("hold-without-link").await;
    booking.stage.world.recovers("payments.create_link");
    booking.hears("payment-link").await;
    let (outcome, _) = booking.ends_as("reservation-link-late").await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    Ok(())
}

#[tokio::test]
async fn a_hold_expires_on_time_while_the_provider_is_down() -> Result<()> {
    let mut booking = Booking::planned().await?;
    booking.input.policies.hold.seconds = 2;
    booking.stage.world.is_down("payments.create_link");
    booking.open("key").await?;
    booking.hears("hold-expired").await;
    let (outcome, stage) = booking.ends().await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    assert_eq!(stage.world.told(), ["hold-expired"]);
    Ok(())
}

#[tokio::test]
async fn a_provider_that_refuses_to_make_a_link_is_the_owners_matter() -> Result<()> {
    let booking = Booking::planned().await?;
    booking.stage.world.refuses("payments.create_link");
    booking.open("key").await?;
    booking.hears("hold-without-link").await;
    let code = booking.input.code.clone();
    let (_, stage) = booking.ends_as("reservation-no-link").await?;
    assert_eq!(stage.world.asked_of_owner(), [format!("no_link {code}")]);
    Ok(())
}

#[tokio::test]
async fn a_hold_that_can_be_paid_with_a_voucher_lasts_three_days() -> Result<()> {
    let mut booking = Booking::planned().await?;
    booking.input.policies.hold.vouchers.allowed = true;
    booking.open("open").await?;
    booking.hears("payment-link").await;
    assert_eq!(
        booking.stage.world.calls("payments.create_link"),
        ["$ 300, also with a voucher"]
    );
    booking.skip(71 * HOUR).await?;
    assert!(matches!(booking.view().await?.phase, Phase::Held { .. }));
    booking
        .reported(report("1001", DEPOSIT, PaymentStatus::Pending))
        .await?;
    booking.hears("payment-pending/1001").await;
    booking.pays("1001", DEPOSIT).await?;
    booking.hears("confirmed").await;
    let (outcome, _) = booking.ends_as("reservation-voucher").await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    Ok(())
}

#[tokio::test]
async fn a_stay_that_begins_within_the_week_is_held_for_half_an_hour_whatever_else_is_allowed()
-> Result<()> {
    let mut booking = Booking::planned().await?;
    booking.input.policies.hold.vouchers.allowed = true;
    booking.input.check_in_at = Utc::now() + TimeDelta::days(6);
    booking.input.check_out_at = booking.input.check_in_at + TimeDelta::days(2);
    booking.input.stay = Stay::of_nights(booking.input.check_in_at.date_naive(), 3)?;
    booking.open("open").await?;
    booking.hears("payment-link").await;
    assert_eq!(booking.stage.world.calls("payments.create_link"), ["$ 300"]);
    booking.skip(30 * MINUTE).await?;
    booking.expires().await;
    booking.ends().await?;
    Ok(())
}

#[tokio::test]
async fn a_hold_without_a_deposit_to_pay_is_confirmed_at_once() -> Result<()> {
    let mut booking = Booking::planned().await?;
    booking.input.quote.deposit = domain::Money::ZERO;
    booking.open("key").await?;
    booking.hears("confirmed").await;
    let (outcome, stage) = booking.ends_as("reservation-no-deposit").await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert!(stage.world.calls("payments.create_link").is_empty());
    Ok(())
}

#[tokio::test]
async fn the_owner_confirms_by_hand_what_was_paid_elsewhere() -> Result<()> {
    let booking = Booking::held().await?;
    let missing = domain::Money::pesos(DEPOSIT - 100);
    assert_eq!(
        booking.is_confirmed_by_hand(100).await?,
        ConfirmOutcome::Short { missing }
    );
    assert_eq!(
        booking.is_confirmed_by_hand(DEPOSIT - 100).await?,
        ConfirmOutcome::Confirmed
    );
    booking.hears("confirmed").await;
    let status = ReservationStatus::Confirmed;
    assert_eq!(
        booking.is_confirmed_by_hand(100).await?,
        ConfirmOutcome::NotPossible { status }
    );
    let (outcome, stage) = booking.ends_as("reservation-confirmed-by-hand").await?;
    assert_eq!(outcome, ReservationOutcome::Completed);
    assert_eq!(stage.world.facts().paid(), domain::Money::pesos(DEPOSIT));
    Ok(())
}

#[tokio::test]
async fn two_confirmations_at_once_are_both_recorded_and_each_is_answered() -> Result<()> {
    let booking = Booking::held().await?;
    let (first, second) = tokio::join!(
        booking.is_confirmed_by_hand(100),
        booking.is_confirmed_by_hand(50)
    );
    let missing = [first?, second?].map(|outcome| match outcome {
        ConfirmOutcome::Short { missing } => missing,
        ConfirmOutcome::Confirmed
        | ConfirmOutcome::TooMuch { .. }
        | ConfirmOutcome::NotPossible { .. } => panic!("{outcome:?}"),
    });
    assert!(missing.contains(&domain::Money::pesos(DEPOSIT - 150)));
    assert_ne!(missing[0], missing[1]);
    Ok(())
}

#[tokio::test]
async fn nonsense_is_refused_before_it_is_written_down() -> Result<()> {
    let booking = Booking::held().await?;
    assert!(booking.is_confirmed_by_hand(0).await.is_err());
    assert!(booking.is_confirmed_by_hand(-5).await.is_err());
    let mut other = booking.input.clone();
    other.code = crate::booking::in_thirty_days().code;
    let request = workflows::contracts::reservations::CancelRequest {
        code: other.code,
        by: workflows::contracts::reservations::Actor::Operator,
        reason: String::new(),
        stay: None,
    };
    let refused = booking
        .handle()
        .execute_update(
            workflows::Reservation::cancel,
            request,
            temporalio_client::WorkflowExecuteUpdateOptions::default(),
        )
        .await;
    assert!(refused.is_err());
    Ok(())
}

#[tokio::test]
async fn those_who_look_see_how_things_stand() -> Result<()> {
    let booking = Booking::confirmed().await?;
    let view = booking.view().await?;
    assert_eq!(view.phase, Phase::Confirmed);
    assert_eq!(view.account.paid, domain::Money::pesos(DEPOSIT));
    assert_eq!(view.account.total, domain::Money::pesos(TOTAL));

    let options = WorkflowDescribeOptions::default();
    let described = booking.handle().describe(options).await?;
    assert_eq!(
        described.static_summary(),
        Some(booking.input.summary().as_str())
    );
    let found = described.search_attributes();
    let (code, place) = (&booking.input.code, booking.input.accommodation_id);
    assert_eq!(found.get(&names::RESERVATION_CODE), Some(code.to_string()));
    assert_eq!(found.get(&names::ACCOMMODATION_ID), Some(place.to_string()));
    assert_eq!(found.get(&names::CHANNEL).as_deref(), Some("whatsapp"));
    assert_eq!(
        found.get(&names::RESERVATION_STATUS).as_deref(),
        Some("confirmed")
    );
    assert!(found.get(&names::CHECK_IN).is_some());

    let details = current_details(&booking.stage.client, &booking.id()).await?;
    assert_eq!(details, "confirmed; paid $ 300 of $ 1.000");
    Ok(())
}

async fn current_details(client: &Client, id: &str) -> Result<String> {
    let handle = client.get_workflow_handle::<temporalio_client::UntypedWorkflow>(id);
    let query = temporalio_client::UntypedQuery::new("__temporal_workflow_metadata");
    let answer = handle
        .query(
            query,
            temporalio_common::data_converters::RawValue::empty(),
            Default::default(),
        )
        .await?;
    let payload = answer.payloads.first().map(|payload| payload.data.clone());
    let metadata: serde_json::Value = serde_json::from_slice(&payload.unwrap_or_default())?;
    Ok(metadata["currentDetails"]
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

#[tokio::test]
async fn an_offer_from_the_waiting_list_says_so_and_is_not_extended() -> Result<()> {
    let mut booking = Booking::planned().await?;
    booking.input.offered = true;
    booking.input.policies = booking.input.policies.of_offer();
    booking.open("key").await?;
    booking.hears("offer").await;
    assert_eq!(booking.is_extended().await?, ExtendOutcome::AlreadyExtended);
    booking.skip(19 * MINUTE).await?;
    assert!(booking.stage.world.calls("inventory.expire").is_empty());
    booking.skip(MINUTE).await?;
    booking.expires().await;
    let (outcome, stage) = booking.ends_as("reservation-offer-expired").await?;
    assert_eq!(outcome, ReservationOutcome::Expired);
    assert_eq!(
        stage.world.told(),
        ["offer", "hold-reminder", "hold-expired"]
    );
    Ok(())
}
