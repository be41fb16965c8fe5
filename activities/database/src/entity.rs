//! The tables as rows. Private: callers get domain types.

pub(crate) mod accommodation;
pub(crate) mod guest;
pub(crate) mod message;
pub(crate) mod payment;
pub(crate) mod payment_link;
pub(crate) mod refund;
pub(crate) mod reservation;
