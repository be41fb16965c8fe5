//! The rules of the contract, example by example, and what holds for all feeds.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that finds something missing has found out enough"
)]

mod conflicts;
mod echoes;
mod feed;
mod loops;
mod occupation;
mod properties;
mod sequence;
mod snapshots;
