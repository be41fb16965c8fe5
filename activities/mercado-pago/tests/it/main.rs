//! The client against an HTTP server that answers whatever the test says.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is its failure"
)]

mod errors;
mod payments;
mod preferences;
mod provider;
mod refunds;
