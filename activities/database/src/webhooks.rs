//! What programs of others are told of reservations and payments: where to, signed with what, and what became of it.
//!
//! Events are written by triggers, as part of what they tell of. Nothing here sends anything, and secrets come and go
//! closed.

mod deliveries;
mod endpoints;
mod secrets;

pub use deliveries::{
    Attempt, Delivery, Errand, Tried, attempts, errand, find, given_up, of_endpoint, resend, tried,
};
pub use endpoints::{
    Change, Endpoint, NewEndpoint, add, all, change, enable, endpoint, remove, stop_sending_to,
};
pub use secrets::{ClosedSecret, purpose, replace_secret};

/// The kinds of events.
pub const KINDS: [&str; 14] = [
    "reservation.held",
    "reservation.confirmed",
    "reservation.extended",
    "reservation.dates_changed",
    "reservation.expired",
    "reservation.cancelled",
    "reservation.completed",
    "reservation.no_show",
    "payment.pending",
    "payment.approved",
    "payment.rejected",
    "payment.cancelled",
    "payment.refunded",
    "payment.charged_back",
];
