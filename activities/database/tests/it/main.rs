//! The queries against a real Postgres. Each test has a database of its own, cloned from a migrated template.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed assumption of a test is its failure"
)]

mod accommodations;
mod audit;
mod calendars;
mod changes;
mod dialogue;
mod exports;
mod guests;
mod holds;
mod inbox;
mod ledger;
mod messages;
mod migrations;
mod money;
mod owner;
mod privacy;
mod refunds;
mod restores;
mod support;
mod take_out;
mod users;
mod vitals;
