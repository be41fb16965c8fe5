//! The waiting list: who stands in line, and who is next when nights come free.

use domain::{AccommodationId, GuestId, Party, ReservationCode, Stay};
use serde::{Deserialize, Serialize};
use temporalio_macros::activity_definitions;

use super::ActivityError;
use crate::reservation::ReservationInput;

/// What a guest waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Who waits.
    pub guest_id: GuestId,
    /// Where; anywhere, when it does not matter.
    pub accommodation_id: Option<AccommodationId>,
    /// Which nights.
    pub stay: Stay,
    /// How many.
    pub party: Party,
}

/// A guest who does not want to wait any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    /// Who.
    pub guest_id: GuestId,
    /// Their place.
    pub entry: i64,
}

/// Who is not to be asked again in this round.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// Their places.
    pub entries: Vec<i64>,
}

/// Nights that came free, for the first who waits for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Whose turn it is.
    pub entry: i64,
    /// The hold that they are offered.
    pub input: Box<ReservationInput>,
}

/// How an offer went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Whose turn it was.
    pub entry: i64,
    /// As which reservation it was made.
    pub code: ReservationCode,
    /// Whether the nights could be held; if not, they keep their place.
    pub held: bool,
}

/// The contract.
#[expect(
    missing_debug_implementations,
    reason = "a name for the contract, never built"
)]
pub struct Waiting;

#[activity_definitions]
impl Waiting {
    /// Puts a guest in line, and answers their place. Idempotent on who waits for what.
    #[activity(name = "waiting_list.join")]
    pub fn join(wish: Wish) -> Result<i64, ActivityError> {
        unimplemented!()
    }

    /// Takes a guest out of the line. Idempotent on the place.
    #[activity(name = "waiting_list.leave")]
    pub fn leave(leaving: Leaving) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// The first in line whose nights are free, with the hold that they are to be offered. Idempotent: until it is
    /// written down how an offer went, it is the same one.
    #[activity(name = "waiting_list.next")]
    pub fn next(passed_over: PassedOver) -> Result<Option<Offer>, ActivityError> {
        unimplemented!()
    }

    /// Writes down how an offer went. Idempotent on the place.
    #[activity(name = "waiting_list.record")]
    pub fn record(offered: Offered) -> Result<(), ActivityError> {
        unimplemented!()
    }
}

pub use waiting::{Join, Leave, Next, Record};
