//! What is done once a day: seeing to the stays that have begun, and not keeping what serves no purpose any more.

use serde::{Deserialize, Serialize};
use temporalio_macros::activity_definitions;

use super::ActivityError;

/// What was let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// Rows that were emptied or deleted.
    pub rows: u64,
    /// Guests that were erased.
    pub guests: u64,
}

/// What was seen to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenTo {
    /// Stays of which only the owner knows whether the guest came.
    pub doubtful: u32,
    /// Stays that were over and not closed.
    pub overdue: u32,
}

/// What is asked once a day.
#[expect(
    missing_debug_implementations,
    reason = "a name for the contract, never built"
)]
pub struct Housekeeping;

#[activity_definitions]
impl Housekeeping {
    /// Asks the owner whether the guests came who were to pay on arrival and have not, takes back what has settled
    /// itself, and wakes the workflows of stays that are over and not closed. Idempotent: each matter is open once,
    /// and a workflow that runs is left alone.
    #[activity(name = "housekeeping.see_to_stays")]
    pub fn see_to_stays(nothing: ()) -> Result<SeenTo, ActivityError> {
        unimplemented!()
    }

    /// Empties and deletes what has been kept for as long as the operator's policy says. Idempotent: what is
    /// gone stays gone.
    #[activity(name = "housekeeping.let_go")]
    pub fn let_go(nothing: ()) -> Result<Gone, ActivityError> {
        unimplemented!()
    }
}

pub use housekeeping::{LetGo, SeeToStays};
