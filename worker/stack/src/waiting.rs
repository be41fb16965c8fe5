//! Waiting for a fact instead of for a while.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::process::Process;

const GLANCE: Duration = Duration::from_millis(25);

/// How often a process is looked at that is not expected to end.
const WATCH: Duration = Duration::from_millis(200);

/// Asks again and again until there is an answer.
///
/// ```ignore
/// let confirmed = eventually("the reservation is confirmed", Duration::from_secs(5), async || {
///     app.reservation(code).await.filter(|it| it.status == "confirmed")
/// })
/// .await?;
/// ```
///
/// # Errors
///
/// There was no answer within the time; the message says what was waited for.
pub async fn eventually<T>(
    what: &str,
    within: Duration,
    mut answer: impl AsyncFnMut() -> Option<T>,
) -> Result<T> {
    let deadline = Instant::now() + within;
    loop {
        if let Some(answer) = answer().await {
            return Ok(answer);
        }
        if Instant::now() >= deadline {
            bail!("waited {within:?} in vain until {what}");
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// Waits until a process is ready, and no longer than it lives.
pub(crate) async fn ready(
    process: &mut Process,
    within: Duration,
    mut is_ready: impl AsyncFnMut() -> bool,
) -> Result<()> {
    let deadline = Instant::now() + within;
    loop {
        if let Some(status) = process.ended()? {
            bail!(process.obituary(status));
        }
        if is_ready().await {
            return Ok(());
        }
        if Instant::now() >= deadline {
            bail!(
                "{} was not ready within {within:?}. The last lines of its log:\n    {}",
                process.name(),
                process.last_words(15).replace('\n', "\n    ")
            );
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// Waits until one of these processes ends, which none should, and tells how it ended.
pub(crate) async fn first_death<'p>(
    processes: impl IntoIterator<Item = &'p mut Process>,
) -> Result<String> {
    let mut watched: Vec<_> = processes.into_iter().collect();
    loop {
        for process in &mut watched {
            if let Some(status) = process.ended()? {
                return Ok(process.obituary(status));
            }
        }
        tokio::time::sleep(WATCH).await;
    }
}
