//! Not keeping what serves no purpose any more.

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

/// What is asked of what is kept about guests.
#[expect(
    missing_debug_implementations,
    reason = "a name for the contract, never built"
)]
pub struct Housekeeping;

#[activity_definitions]
impl Housekeeping {
    /// Empties and deletes what has been kept for as long as the operator's policy says. Idempotent: what is
    /// gone stays gone.
    #[activity(name = "housekeeping.let_go")]
    pub fn let_go(nothing: ()) -> Result<Gone, ActivityError> {
        unimplemented!()
    }
}

pub use housekeeping::LetGo;
