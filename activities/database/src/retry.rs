//! Trying again what lost a race inside Postgres. It retries nothing else: an outage is the caller's to wait out.

use std::{future::Future, time::Duration};

use crate::Error;

/// How often one call is made before the caller hears of it.
const ATTEMPTS: u32 = 6;

/// Runs `work`, which must undo itself when it fails, until it no longer loses to others.
pub(crate) async fn until_settled<T, F, W>(mut work: W) -> Result<T, Error>
where
    W: FnMut() -> F,
    F: Future<Output = Result<T, Error>>,
{
    let mut attempt = 1;
    loop {
        match work().await {
            Err(error) if error.lost_a_race() && attempt < ATTEMPTS => {
                tracing::debug!(database.attempt = attempt, "lost a race, trying again");
                tokio::time::sleep(pause(attempt)).await;
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Longer each time, and never the same for two who collided.
fn pause(attempt: u32) -> Duration {
    Duration::from_millis(rand::random_range(1..=8_u64) << attempt)
}
