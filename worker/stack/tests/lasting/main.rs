//! What only time shows: that nothing grows for ever under a mixed load, and that a worker can be replaced by
//! another build while a thousand reservations are in flight.
//!
//! `make soak MINUTES=10` and `make test-upgrade NEXT_WORKER=path/of/another/worker`.

#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a long run tells how it gets on, and a JSON field that is missing reads as null"
)]

mod soak;
mod town;
mod upgrade;

use anyhow::Result;

/// A whole number from the environment, or the one that is meant without it.
fn asked_for(variable: &str, otherwise: u64) -> u64 {
    let value = std::env::var_os(variable);
    value
        .and_then(|it| it.to_str()?.trim().parse().ok())
        .unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes as long as it is given: `make soak`"]
async fn under_a_mixed_load_nothing_grows_for_ever() -> Result<()> {
    Box::pin(soak::run(asked_for("MINUTES", 10))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes some minutes: `make test-upgrade`"]
async fn with_a_thousand_reservations_in_flight_another_build_takes_over() -> Result<()> {
    Box::pin(upgrade::run(asked_for("RESERVATIONS", 1_000))).await
}
