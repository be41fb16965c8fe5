//! Saying that an activity is alive, so that another worker takes over soon when this one is killed.

use std::{future::Future, time::Duration};

use temporalio_sdk::activities::ActivityContext;

/// How often; a few times within the heartbeat timeout of the options.
const BEAT: Duration = Duration::from_secs(1);

/// Runs `work` and beats the heart meanwhile.
pub(crate) async fn alive<T>(ctx: &ActivityContext, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    let mut beat = tokio::time::interval(BEAT);
    loop {
        tokio::select! {
            done = &mut work => return done,
            _ = beat.tick() => {
                if let Err(error) = ctx.record_heartbeat(()).await {
                    tracing::debug!(%error, "a heartbeat was not recorded");
                }
            }
        }
    }
}
