//! Who waits for nights, and who is next.

use activities::{InventoryActivities, WaitingActivities};
use chrono::Utc;
use database::waiting_list;
use domain::{GuestId, Stay};
use workflows::contracts::{
    inventory::HoldOutcome,
    waiting_list::{Leaving, Offered, PassedOver, Wish},
};

use crate::house::{House, nights};

impl House {
    async fn waits(&self, guest_id: GuestId, stay: Stay) -> i64 {
        let wish = Wish {
            guest_id,
            accommodation_id: Some(self.cabin.id),
            stay,
            party: domain::Party::of(4).unwrap(),
        };
        self.twice(WaitingActivities::join, wish).await
    }

    async fn is_next(&self) -> Option<workflows::contracts::waiting_list::Offer> {
        self.run(WaitingActivities::next, PassedOver::default())
            .await
    }

    async fn waiting_for(&self, guest: GuestId) -> usize {
        let yesterday = Utc::now().date_naive().pred_opt().unwrap();
        let found = waiting_list::of_guest(&self.db, guest, yesterday).await;
        found.unwrap().len()
    }
}

#[tokio::test]
async fn the_first_in_line_is_offered_what_comes_free_and_the_next_when_they_do_not_want_it() {
    let house = House::open().await;
    let (ana, bea) = (house.ana().await, house.nameless().await);
    let code = house.held().await;
    let stay = house.reservation(&code).await.stay;
    let first = house.waits(ana, stay).await;
    let second = house.waits(bea, stay).await;
    assert_eq!(house.is_next().await, None, "nothing is free");

    house.run(InventoryActivities::expire, code.clone()).await;
    let offer = house.is_next().await.expect("an offer");
    assert_eq!(offer.entry, first);
    assert!(offer.input.offered);
    assert_eq!(offer.input.policies.hold.seconds, 20 * 60);
    // Until it is known how it went, it is the same one under the same name.
    let again = house.is_next().await.expect("the same offer");
    assert_eq!(again.input.code, offer.input.code);

    let mut request = house.hold_request(Some(ana), stay);
    request.code = offer.input.code.clone();
    let held = house.run(InventoryActivities::place_hold, request).await;
    assert!(matches!(held, HoldOutcome::Held { .. }), "{held:?}");
    let (entry, code) = (offer.entry, offer.input.code.clone());
    let offered = Offered {
        entry,
        code,
        held: true,
    };
    house.twice(WaitingActivities::record, offered).await;
    assert_eq!(house.waiting_for(ana).await, 0);
    assert_eq!(house.is_next().await, None, "nobody can have it meanwhile");

    house
        .run(InventoryActivities::expire, offer.input.code.clone())
        .await;
    let next = house.is_next().await.expect("an offer for the next");
    assert_eq!(next.entry, second);
}

#[tokio::test]
async fn who_was_too_late_keeps_their_place() {
    let house = House::open().await;
    let ana = house.ana().await;
    let entry = house.waits(ana, nights(10, 3)).await;
    let code = house.is_next().await.expect("an offer").input.code.clone();
    let offered = |code| Offered {
        entry,
        code,
        held: false,
    };
    house
        .twice(WaitingActivities::record, offered(code.clone()))
        .await;
    assert_eq!(house.waiting_for(ana).await, 1);
    // What is said late of an offer that is over does not touch the next one.
    let next = house
        .is_next()
        .await
        .expect("another offer")
        .input
        .code
        .clone();
    assert_ne!(next, code);
    house.twice(WaitingActivities::record, offered(code)).await;
    let still = house.is_next().await.expect("the same offer");
    assert_eq!(still.input.code, next);
}

#[tokio::test]
async fn who_leaves_while_they_are_offered_something_is_offered_nothing_more() {
    let house = House::open().await;
    let ana = house.ana().await;
    let entry = house.waits(ana, nights(10, 3)).await;
    let code = house.is_next().await.expect("an offer").input.code.clone();
    let guest_id = ana;
    house
        .twice(WaitingActivities::leave, Leaving { guest_id, entry })
        .await;
    let offered = Offered {
        entry,
        code,
        held: false,
    };
    house.twice(WaitingActivities::record, offered).await;
    assert_eq!(house.is_next().await, None);
}

#[tokio::test]
async fn who_has_left_is_offered_nothing() {
    let house = House::open().await;
    let ana = house.ana().await;
    let entry = house.waits(ana, nights(10, 3)).await;
    let guest_id = GuestId::generate();
    house
        .twice(WaitingActivities::leave, Leaving { guest_id, entry })
        .await;
    assert_eq!(
        house.waiting_for(ana).await,
        1,
        "a place is its guest's own"
    );
    let guest_id = ana;
    house
        .twice(WaitingActivities::leave, Leaving { guest_id, entry })
        .await;
    assert_eq!(house.is_next().await, None);
}

#[tokio::test]
async fn who_wants_to_hear_nothing_is_passed_over() {
    let house = House::open().await;
    let (ana, bea) = (house.ana().await, house.nameless().await);
    house.waits(ana, nights(10, 3)).await;
    let second = house.waits(bea, nights(10, 3)).await;
    database::guests::opt_out(&house.db, ana, Utc::now())
        .await
        .unwrap();
    let offer = house.is_next().await.expect("an offer");
    assert_eq!(offer.entry, second);
}
