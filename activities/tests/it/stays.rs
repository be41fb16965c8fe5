//! Stays that have begun: who did not come, and what nobody has closed.

use activities::{HousekeepingActivities, InventoryActivities, PaymentActivities};
use chrono::Days;
use database::guests::{self, Identity};
use domain::{
    Money, ReservationCode, ReservationStatus, Stay,
    payment::{HandMethod, PaymentId},
    settlement::Settlement,
};
use temporalio_client::UntypedWorkflow;
use workflows::{
    contracts::{
        housekeeping::SeenTo,
        inventory::{HoldOutcome, Release, Standing},
        payments::SettlePayment,
    },
    names,
};

use crate::house::{House, today};

const NOTHING: SeenTo = SeenTo {
    doubtful: 0,
    overdue: 0,
};

/// A confirmed stay that began so many days ago.
async fn begun(house: &House, days_ago: u64, nights: u16) -> ReservationCode {
    let identity = Identity {
        bsuid: None,
        wa_id: Some("5491150000001".to_owned()),
        profile_name: None,
    };
    let guest = guests::resolve(&house.db, &identity).await.unwrap();
    let stay = Stay::of_nights(today() - Days::new(days_ago), nights).unwrap();
    let request = house.hold_request(Some(guest), stay);
    let code = request.code.clone();
    let held = house.run(InventoryActivities::place_hold, request).await;
    assert!(matches!(held, HoldOutcome::Held { .. }), "{held:?}");
    let confirmed = house.run(InventoryActivities::confirm, code.clone()).await;
    assert_eq!(confirmed, Standing::Is);
    code
}

async fn seen_to(house: &House) -> SeenTo {
    house.run(HousekeepingActivities::see_to_stays, ()).await
}

async fn pays_in_full(house: &House, code: &ReservationCode) {
    let total = house.reservation(code).await.quote.total;
    let settle = SettlePayment {
        payment_id: PaymentId::by_hand(code, chrono::Utc::now(), HandMethod::Cash),
        code: code.clone(),
        settlement: Settlement {
            applied: total,
            returned: Money::ZERO,
        },
    };
    house.run(PaymentActivities::settle, settle).await;
}

#[tokio::test]
async fn a_stay_is_missed_once_and_its_nights_are_free() {
    let house = House::open().await;
    let code = begun(&house, 1, 3).await;
    let release = Release {
        code: code.clone(),
        reason: "nobody came".to_owned(),
    };
    let missed = house.twice(InventoryActivities::no_show, release).await;
    assert_eq!(missed, Standing::Is);
    let reservation = house.reservation(&code).await;
    assert_eq!(reservation.status, ReservationStatus::NoShow);
    let next = house.hold_request(None, reservation.stay);
    let held = house.run(InventoryActivities::place_hold, next).await;
    assert!(matches!(held, HoldOutcome::Held { .. }), "{held:?}");
}

#[tokio::test]
async fn the_owner_is_asked_once_whether_a_guest_came_who_has_not_paid() {
    let house = House::open().await;
    assert_eq!(seen_to(&house).await, NOTHING);
    let code = begun(&house, 2, 4).await;
    let asked = SeenTo {
        doubtful: 1,
        ..NOTHING
    };
    assert_eq!(seen_to(&house).await, asked);
    assert_eq!(seen_to(&house).await, NOTHING);
    let open = [("arrival_doubtful".to_owned(), code.to_string())];
    assert_eq!(house.owners_queue().await, open);
    pays_in_full(&house, &code).await;
    assert_eq!(seen_to(&house).await, NOTHING);
    assert_eq!(house.owners_queue().await, []);
}

#[tokio::test]
async fn a_stay_that_is_over_and_was_not_closed_gets_its_workflow_back() {
    let house = House::open().await;
    let code = begun(&house, 4, 2).await;
    let client = house.world.front_desk.client();
    let story = client.get_workflow_handle::<UntypedWorkflow>(names::reservation(&code));
    assert!(story.describe(Default::default()).await.is_err());
    let overdue = SeenTo {
        overdue: 1,
        ..NOTHING
    };
    assert_eq!(seen_to(&house).await, overdue);
    let first = story.describe(Default::default()).await.unwrap();
    assert_eq!(seen_to(&house).await, overdue);
    let second = story.describe(Default::default()).await.unwrap();
    assert_eq!(
        first.run_id(),
        second.run_id(),
        "one that runs is left alone"
    );
    assert_eq!(house.owners_queue().await, []);
}
