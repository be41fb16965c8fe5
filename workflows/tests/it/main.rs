//! The workflows on a real Temporal dev server, with activities scripted at the contract boundary.

mod booking;
mod conversation;
mod history;
mod payment;
mod reconciliation;
mod recorded;
mod reservation;
mod script;
mod stage;
mod world;
