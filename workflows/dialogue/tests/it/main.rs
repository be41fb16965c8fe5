//! Conversations from the first word to the last, through the public interface alone.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests may fail like tests"
)]

mod booking;
mod browse;
mod changing;
mod chat;
mod notices;
mod own;
mod owner;
mod properties;
mod spoken;
mod state;
mod texts;
mod waiting;
mod world;
