//! What callers of the crate rely on: the wire format in both directions, and a fake platform per answer.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, also in its helpers"
)]

mod client;
mod message;
mod platform;
mod webhook;
