//! The activities against a real Postgres, Redis and Temporal and the real sandbox, each called twice.
//!
//! `stack services -- cargo test -p activities` starts what they need.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failed assumption of a test is its failure"
)]

mod answers;
mod calendars;
mod guest;
mod heard;
mod hearing;
mod heart;
mod holds;
mod house;
mod links;
mod messages;
mod notices;
mod owner;
mod payments;
mod provider;
mod refunds;
mod reports;
mod requests;
mod sending;
mod settlements;
mod stays;
mod transitions;
mod waiting;
mod webhooks;
