//! What a conversation asks of a reservation's workflow, with a worker that runs it.

use std::thread::JoinHandle;

use activities::{
    ConversationActivities, InventoryActivities, MessagingActivities, PaymentActivities,
    ReservationActivities,
};
use chrono::{TimeDelta, Utc};
use domain::{
    Channel, GuestId, Money, Party, ReservationCode, ReservationStatus, Stay,
    cancellation::RefundBasis,
};
use temporalio_sdk::{Runtime, Worker, WorkerOptions, runtime::RuntimeOptions};
use workflows::{
    Conversation, Payment, Reconciliation, Reservation,
    contracts::{
        inventory::HoldOutcome,
        reservations::{
            Actor, CancelOutcome, CancelRequest, ChangeOutcome, ChangeRequest, ExtendOutcome,
        },
    },
    reservation::ReservationInput,
};

use crate::house::{House, nights, quote, today};

/// A worker for a house's queue; it stops with this.
struct Work {
    stop: Box<dyn Fn() + Send>,
    thread: Option<JoinHandle<anyhow::Result<()>>>,
}

impl Drop for Work {
    fn drop(&mut self) {
        (self.stop)();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(
                std::thread::panicking() || matches!(ended, Ok(Ok(()))),
                "{ended:?}"
            );
        }
    }
}

impl House {
    fn work(&self) -> Work {
        let world = &self.world;
        let options = WorkerOptions::new(&self.queue)
            .register_activities(InventoryActivities::new(world))
            .register_activities(PaymentActivities::new(world))
            .register_activities(MessagingActivities::new(world))
            .register_activities(ConversationActivities::new(world))
            .register_activities(ReservationActivities::new(world))
            .register_workflow::<Reservation>()
            .and_then(|options| options.register_workflow::<Conversation>())
            .and_then(|options| options.register_workflow::<Payment>())
            .and_then(|options| options.register_workflow::<Reconciliation>())
            .unwrap()
            .build();
        let runtime = RuntimeOptions::builder().build().unwrap();
        let runtime = Runtime::from_current_tokio(runtime).unwrap();
        let client = world.front_desk.client().clone();
        let mut worker = Worker::new(&runtime, client, options).unwrap();
        let stop = worker.shutdown_handle();
        let thread = std::thread::spawn(move || {
            let local = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            local.block_on(worker.run())?;
            drop(runtime);
            Ok(())
        });
        Work {
            stop: Box::new(stop),
            thread: Some(thread),
        }
    }

    fn input(&self, guest_id: Option<GuestId>, stay: Stay) -> ReservationInput {
        ReservationInput {
            code: ReservationCode::generate(today()).unwrap(),
            accommodation_id: self.cabin.id,
            accommodation_name: self.cabin.name.clone(),
            guest_id,
            stay,
            party: Party::of(4).unwrap(),
            quote: quote(stay),
            channel: Channel::WhatsApp,
            policies: self.cabin.policies.clone(),
            check_in_at: self.cabin.check_in_at(stay.check_in()),
            check_out_at: self.cabin.check_out_at(stay.check_out()),
            booked_at: Utc::now(),
            changes: 0,
            offered: false,
            resumed: None,
        }
    }

    async fn opened(&self) -> (ReservationCode, HoldOutcome) {
        let input = self.input(None, nights(10, 3));
        let code = input.code.clone();
        let outcome = self.twice(ReservationActivities::open, input).await;
        (code, outcome)
    }

    async fn cancel(&self, code: &ReservationCode) -> CancelOutcome {
        let request = CancelRequest {
            code: code.clone(),
            by: Actor::Guest,
            reason: "the guest asked".to_owned(),
            stay: None,
        };
        self.twice(ReservationActivities::cancel, request).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reservation_is_opened_once_and_answers_what_became_of_its_hold() {
    let house = House::open().await;
    let _work = house.work();
    let (code, outcome) = house.opened().await;
    let HoldOutcome::Held { expires_at, paid } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(paid, Money::ZERO);
    let reservation = house.reservation(&code).await;
    assert_eq!(reservation.status, ReservationStatus::PreReserved);
    assert_eq!(reservation.expires_at, Some(expires_at));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nights_that_are_taken_are_an_answer_also_when_it_is_asked_for_again() {
    let house = House::open().await;
    let _work = house.work();
    house.opened().await;
    let (_code, outcome) = house.opened().await;
    assert_eq!(outcome, HoldOutcome::Taken);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_is_cancelled_and_the_answer_stays_the_same() {
    let house = House::open().await;
    let _work = house.work();
    let (code, _outcome) = house.opened().await;
    let CancelOutcome::Cancelled { refund } = house.cancel(&code).await else {
        panic!("a hold can be cancelled")
    };
    assert_eq!(refund.amount, Money::ZERO);
    assert_ne!(refund.basis, RefundBasis::OwnerCancelled);
    let cancelled = ReservationStatus::Cancelled;
    assert_eq!(house.reservation(&code).await.status, cancelled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_no_workflow_is_cancelled_as_postgres_knows_it() {
    let house = House::open().await;
    let code = house.held().await;
    house.run(InventoryActivities::expire, code.clone()).await;
    let expired = CancelOutcome::NotPossible {
        status: ReservationStatus::Expired,
    };
    assert_eq!(house.cancel(&code).await, expired);
    let unknown = house.hold_request(None, nights(10, 3)).code;
    assert_eq!(house.cancel(&unknown).await, CancelOutcome::Unknown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_is_extended_once() {
    let house = House::open().await;
    let _work = house.work();
    let (code, outcome) = house.opened().await;
    let HoldOutcome::Held { expires_at, .. } = outcome else {
        panic!("{outcome:?}")
    };
    let extended = house
        .twice(ReservationActivities::extend, code.clone())
        .await;
    let later = expires_at + TimeDelta::minutes(15);
    assert_eq!(extended, ExtendOutcome::Extended { expires_at: later });
    assert_eq!(house.reservation(&code).await.expires_at, Some(later));

    // Another wish is another question, with another answer.
    let info = temporalio_sdk::testing::TestActivityInfoOptions::builder()
        .activity_id("another".to_owned())
        .build();
    let env = temporalio_sdk::testing::ActivityEnvironment::builder_with_default()
        .info(info)
        .register_activities(ReservationActivities::new(&house.world))
        .build();
    let again = env.run(ReservationActivities::extend, code).await.unwrap();
    assert_eq!(again, ExtendOutcome::AlreadyExtended);
}

#[tokio::test]
async fn what_has_no_workflow_is_not_extended() {
    let house = House::open().await;
    let code = house.held().await;
    let outcome = house.twice(ReservationActivities::extend, code).await;
    assert_eq!(outcome, ExtendOutcome::NotPossible);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_worker_a_reservation_is_asked_for_again() {
    let house = House::open().await;
    let input = house.input(None, nights(10, 3));
    let failure = house
        .fails(ReservationActivities::open, input.clone())
        .await;
    assert!(!failure.permanent, "{failure:?}");
    let _work = house.work();
    let outcome = house.run_again(ReservationActivities::open, input).await;
    assert!(matches!(outcome, HoldOutcome::Held { .. }), "{outcome:?}");
}

fn change(house: &House, code: &ReservationCode, stay: Stay) -> ChangeRequest {
    ChangeRequest {
        code: code.clone(),
        by: Actor::Guest,
        stay,
        quote: quote(stay),
        check_in_at: house.cabin.check_in_at(stay.check_in()),
        check_out_at: house.cabin.check_out_at(stay.check_out()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dates_are_changed_once_and_the_answer_stays_the_same() {
    let house = House::open().await;
    let _work = house.work();
    let (code, _outcome) = house.opened().await;
    let stay = nights(12, 4);
    let outcome = house
        .twice(
            ReservationActivities::change_dates,
            change(&house, &code, stay),
        )
        .await;
    assert_eq!(
        outcome,
        ChangeOutcome::Changed {
            refund: Money::ZERO
        }
    );
    let moved = house.reservation(&code).await;
    assert_eq!((moved.stay, moved.quote), (stay, quote(stay)));
}

#[tokio::test]
async fn what_has_no_workflow_is_not_moved() {
    let house = House::open().await;
    let code = house.held().await;
    house.run(InventoryActivities::expire, code.clone()).await;
    let outcome = house
        .twice(
            ReservationActivities::change_dates,
            change(&house, &code, nights(12, 4)),
        )
        .await;
    let expired = ReservationStatus::Expired;
    assert_eq!(outcome, ChangeOutcome::NotPossible { status: expired });
    let unknown = house.hold_request(None, nights(10, 3)).code;
    let outcome = house
        .twice(
            ReservationActivities::change_dates,
            change(&house, &unknown, nights(12, 4)),
        )
        .await;
    assert_eq!(outcome, ChangeOutcome::Unknown);
}
