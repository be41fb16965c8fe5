//! Telling workflows about payments.

use activities::{InventoryActivities, PaymentActivities};
use domain::{Money, ReservationCode, payment::PaymentReport, settlement::Settlement};
use serde_json::json;
use temporalio_client::{
    UntypedWorkflow, WorkflowTerminateOptions, errors::WorkflowInteractionError,
};
use temporalio_common::protos::temporal::api::enums::v1::EventType;
use workflows::{
    Reservation,
    contracts::payments::{ReconcileWindow, Review, SettlePayment, Truth},
    names,
};

use crate::house::{House, nights};

const AN_HOUR: ReconcileWindow = ReconcileWindow { seconds: 3600 };

impl House {
    /// The signals that the latest run of a workflow has in its history. Nobody works here, so nothing else
    /// happens.
    async fn signals(&self, workflow: String) -> Result<usize, WorkflowInteractionError> {
        let client = self.world.front_desk.client();
        let handle = client.get_workflow_handle::<UntypedWorkflow>(workflow);
        let events = handle
            .fetch_history(Default::default())
            .into_events()
            .await?;
        let signalled = i32::from(EventType::WorkflowExecutionSignaled);
        Ok(events
            .iter()
            .filter(|event| event.event_type == signalled)
            .count())
    }

    async fn reservation_was_told(&self, code: &ReservationCode) -> usize {
        self.signals(names::reservation(code)).await.unwrap()
    }

    async fn approved(&self) -> (ReservationCode, PaymentReport) {
        let (code, payment) = self.paid(json!({ "status": "approved" })).await;
        (code, self.report(&payment).await)
    }
}

#[tokio::test]
async fn a_running_reservation_is_told() {
    let house = House::open().await;
    let (code, report) = house.approved().await;
    house.twice(PaymentActivities::report, report).await;
    assert_eq!(house.reservation_was_told(&code).await, 2);
}

#[tokio::test]
async fn a_reservation_that_is_over_is_started_again() {
    let house = House::open().await;
    let (code, report) = house.approved().await;
    house.run(PaymentActivities::report, report.clone()).await;
    let client = house.world.front_desk.client();
    let handle = client.get_workflow_handle::<Reservation>(names::reservation(&code));
    let first = handle.describe(Default::default()).await.unwrap();
    handle
        .terminate(WorkflowTerminateOptions::default())
        .await
        .unwrap();
    house.run(PaymentActivities::report, report).await;
    assert_eq!(house.reservation_was_told(&code).await, 1);
    let second = handle.describe(Default::default()).await.unwrap();
    assert_ne!(first.run_id(), second.run_id());
}

#[tokio::test]
async fn a_report_of_no_reservation_is_a_bug() {
    let house = House::open().await;
    let (_code, mut report) = house.approved().await;
    report.code = None;
    let failure = house.fails(PaymentActivities::report, report).await;
    assert!(failure.permanent, "{failure:?}");
}

#[tokio::test]
async fn a_payment_whose_notification_was_lost_is_found() {
    let house = House::open().await;
    let unheard = json!({ "status": "approved", "notify": false });
    let (_code, payment) = house.paid(unheard).await;
    let found = house.twice(PaymentActivities::reconcile, AN_HOUR).await;
    assert_eq!(found, 1);
    let told = house.signals(names::payment(&payment)).await;
    assert_eq!(told.unwrap(), 2);
}

/// The owner was asked about it by then, and needs to do nothing.
#[tokio::test]
async fn a_payment_that_was_faster_than_its_hold_is_called_when_the_hold_is_there() {
    let house = House::open().await;
    let hold = house.hold_request(None, nights(20, 3));
    let code = hold.code.clone();
    let early = json!({ "status": "approved", "notify": false, "external_reference": code });
    let (_link_of, payment) = house.paid(early).await;
    let truth = house.run(PaymentActivities::read, payment.clone()).await;
    assert!(matches!(truth, Truth::Misfit { .. }), "{truth:?}");
    let review = Review {
        kind: "unknown_reference".to_owned(),
        reference: payment.to_string(),
        reason: "whose is it?".to_owned(),
    };
    house.run(PaymentActivities::ask_owner, review).await;
    assert_eq!(house.run(PaymentActivities::reconcile, AN_HOUR).await, 0);

    house
        .run(InventoryActivities::place_hold, hold.clone())
        .await;
    let told = house.signals(names::payment(&payment)).await;
    assert_eq!(told.unwrap(), 1);
    // Whoever was called may be gone: it is found again.
    assert_eq!(house.run(PaymentActivities::reconcile, AN_HOUR).await, 1);
    assert_eq!(house.report(&payment).await.code, Some(code));
    assert_eq!(house.owners_queue().await, []);
    house.run(InventoryActivities::place_hold, hold).await;
    let told = house.signals(names::payment(&payment)).await;
    assert_eq!(told.unwrap(), 2, "it is placed, and nobody is called again");
}

#[tokio::test]
async fn a_payment_that_was_written_down_and_not_passed_on_is_found() {
    let house = House::open().await;
    let unheard = json!({ "status": "approved", "notify": false });
    let (_code, payment) = house.paid(unheard).await;
    // It was read, and whoever was to pass it on is gone.
    let report = house.report(&payment).await;
    assert_eq!(house.run(PaymentActivities::reconcile, AN_HOUR).await, 1);
    // To tell the reservation is not enough: it could be gone as well.
    house.run(PaymentActivities::report, report.clone()).await;
    assert_eq!(house.run(PaymentActivities::reconcile, AN_HOUR).await, 1);
    settle(&house, report).await;
    assert_eq!(house.run(PaymentActivities::reconcile, AN_HOUR).await, 0);
}

#[tokio::test]
async fn a_refusal_that_nobody_was_told_of_is_found() {
    let house = House::open().await;
    let unheard = json!({ "status": "rejected", "notify": false });
    let (_code, payment) = house.paid(unheard).await;
    let report = house.report(&payment).await;
    assert_eq!(house.run(PaymentActivities::reconcile, AN_HOUR).await, 1);
    house.twice(PaymentActivities::report, report).await;
    assert_eq!(house.run(PaymentActivities::reconcile, AN_HOUR).await, 0);
}

/// All of it counts for its reservation.
async fn settle(house: &House, report: PaymentReport) {
    let settle = SettlePayment {
        payment_id: report.payment_id,
        code: report.code.unwrap(),
        settlement: Settlement {
            applied: report.amount,
            returned: Money::ZERO,
        },
    };
    house.run(PaymentActivities::settle, settle).await;
}

#[tokio::test]
async fn a_payment_that_is_known_is_left_alone_until_it_changes() {
    let house = House::open().await;
    let unheard = json!({ "status": "approved", "notify": false });
    let (_code, payment) = house.paid(unheard).await;
    settle(&house, house.report(&payment).await).await;
    let found = house.twice(PaymentActivities::reconcile, AN_HOUR).await;
    assert_eq!(found, 0);
    let told = house.signals(names::payment(&payment)).await;
    assert!(told.is_err(), "its workflow was never started");

    let disputed = json!({ "status": "charged_back", "notify": false });
    house.provider.turn(&payment, disputed).await;
    assert_eq!(house.run(PaymentActivities::reconcile, AN_HOUR).await, 1);
}

#[tokio::test]
async fn no_payment_hides_behind_the_first_page() {
    let house = House::open().await;
    let unheard = json!({ "notify": false });
    house.paid(unheard.clone()).await;
    let link = house.provider.link().await;
    for _ in 0..50 {
        house.provider.pay(&link, unheard.clone()).await;
    }
    assert_eq!(house.run(PaymentActivities::reconcile, AN_HOUR).await, 51);
}

#[tokio::test]
async fn reconciliation_waits_for_a_provider_that_is_down() {
    let house = House::open().await;
    house.paid(json!({ "notify": false })).await;
    house
        .provider
        .trouble("mercadopago.api", json!({ "fail": 1, "status": 502 }))
        .await;
    let failure = house.fails(PaymentActivities::reconcile, AN_HOUR).await;
    assert!(!failure.permanent, "{failure:?}");
    assert_eq!(
        house.run_again(PaymentActivities::reconcile, AN_HOUR).await,
        1
    );
}

#[tokio::test]
async fn the_owner_is_asked_once() {
    let house = House::open().await;
    let review = |reason: &str| Review {
        kind: "unknown_reference".to_owned(),
        reference: "90210044871".to_owned(),
        reason: reason.to_owned(),
    };
    house
        .twice(PaymentActivities::ask_owner, review("Whose is it?"))
        .await;
    house
        .run(PaymentActivities::ask_owner, review("Whose is it, again?"))
        .await;
    let matter = ("unknown_reference".to_owned(), "90210044871".to_owned());
    assert_eq!(house.owners_queue().await, [matter]);
}
