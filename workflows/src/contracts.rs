//! What workflows may ask of the world.
//!
//! Each contract belongs to the workflows that need it; the `activities` crate fulfils them. No provider's
//! type and no database type crosses a contract, and no personal data: guests and messages go by their ids.

pub mod calendars;
pub mod conversation;
pub mod housekeeping;
pub mod inventory;
pub mod messaging;
pub mod payments;
pub mod reservations;
pub mod speech;
pub mod waiting_list;
pub mod webhooks;

/// How a contract says that an activity failed; the body of a contract is never run.
pub(crate) use temporalio_common::ActivityError;
