//! Every clip of the fixtures, through the models that `make setup` puts in place.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers fail a test by panicking"
)]

mod clips;
mod engine;
mod models;
