//! The workflows on a real Temporal dev server, with activities scripted at the contract boundary.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod booking;
mod calendars;
mod conversation;
mod history;
mod housekeeping;
mod payment;
mod reconciliation;
mod recorded;
mod reservation;
#[expect(
    dead_code,
    reason = "the worker calls activities by the names of their contracts"
)]
mod script;
mod stage;
mod waiting_list;
mod webhook;
mod world;
