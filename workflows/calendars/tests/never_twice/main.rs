//! Never two families at one door, shown on every order in which things can happen.
//!
//! Three guests hold, pay, move, leave and pay late, and two channels sell the same nights, while their calendars are
//! read: a small world (`world.rs`), explored whole. What is decided is decided by the product's own rules
//! (`ReservationStatus::may_become`, `Account::settle`, `calendars::occupy`); what Postgres promises (a transaction
//! happens at once or not at all, the constraint, the lock) is part of the world, and taken away again to
//! show that the proof would notice.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "guests and channels are numbers, and there are as many of them"
)]

mod nights;
mod world;

use stateright::{Checker, HasDiscoveries, Model as _};

use crate::{
    nights::Bits,
    world::{CHANNELS, Promises, Town},
};

/// Both channels sell the night that two guests want, or each sells another.
const OFFERS: [[Bits; CHANNELS]; 2] = [[0b10, 0b10], [0b10, 0b01]];

#[test]
fn every_order_of_events_keeps_every_promise() {
    for offers in OFFERS {
        let promises = Promises::KEPT;
        let explored = Town { promises, offers }
            .checker()
            .threads(2)
            .spawn_bfs()
            .join();
        explored.assert_properties();
        assert!(
            explored.unique_state_count() > 500_000,
            "a world of {} states shows nothing",
            explored.unique_state_count()
        );
    }
}

/// What is found to go wrong without one of the promises.
fn failure(promises: Promises) -> impl Checker<Town> {
    let [offers, _] = OFFERS;
    Town { promises, offers }
        .checker()
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join()
}

#[test]
fn without_the_line_nights_that_a_channel_sold_are_free() {
    let found = failure(Promises {
        line: false,
        ..Promises::KEPT
    });
    assert!(found.discovery(world::NOT_FREE).is_some());
}

#[test]
fn without_the_constraint_a_night_is_sold_twice() {
    let found = failure(Promises {
        constraint: false,
        ..Promises::KEPT
    });
    assert!(found.discovery(world::SOLD_ONCE).is_some());
}
