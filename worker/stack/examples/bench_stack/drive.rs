//! Load: so many clients as fast as they are answered, or so many requests a second whether they are or not.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use futures::future;
use tokio::task::JoinSet;

/// What was measured of one kind of request.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) took: Vec<Duration>,
    pub(crate) failed: u64,
    pub(crate) lasted: Duration,
}

impl Measured {
    pub(crate) fn per_second(&self) -> f64 {
        let count = u32::try_from(self.took.len()).unwrap_or(u32::MAX);
        f64::from(count) / self.lasted.as_secs_f64()
    }

    /// The duration below which so many of a thousand stayed.
    pub(crate) fn part(&self, of_a_thousand: usize) -> Result<Duration> {
        let mut took = self.took.clone();
        took.sort_unstable();
        let last = took.len().checked_sub(1).context("nothing was answered")?;
        took.get(last * of_a_thousand / 1_000)
            .copied()
            .context("a part")
    }

    fn count(&mut self, answered: Result<Duration>) {
        match answered {
            Ok(took) => self.took.push(took),
            Err(_) => self.failed += 1,
        }
    }
}

/// So many clients, each asking again as soon as it is answered.
pub(crate) async fn closed<F>(
    clients: usize,
    lasts: Duration,
    ask: impl Fn(u64) -> F,
) -> Result<Measured>
where
    F: Future<Output = Result<()>>,
{
    let began = Instant::now();
    let next = AtomicU64::new(0);
    let client = async || {
        let mut measured = Measured::default();
        while began.elapsed() < lasts {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let asked = Instant::now();
            let answered = ask(number).await;
            measured.count(answered.map(|()| asked.elapsed()));
        }
        measured
    };
    let all = future::join_all((0..clients).map(|_| client())).await;
    let mut whole = Measured {
        lasted: began.elapsed(),
        ..Measured::default()
    };
    for one in all {
        whole.took.extend(one.took);
        whole.failed += one.failed;
    }
    Ok(whole)
}

/// So many requests a second, each at its time, however long the others take: whoever is late waits in line, and
/// the line counts.
pub(crate) async fn open<F>(
    per_second: u32,
    lasts: Duration,
    ask: impl Fn(u64) -> F,
) -> Result<Measured>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let began = Instant::now();
    let pause = Duration::from_secs(1) / per_second;
    let mut asked = JoinSet::new();
    let count = u64::from(per_second) * lasts.as_secs();
    for number in 0..count {
        let due = began + pause * u32::try_from(number)?;
        tokio::time::sleep_until(due.into()).await;
        let asking = ask(number);
        asked.spawn(async move { asking.await.map(|()| due.elapsed()) });
    }
    let mut measured = Measured::default();
    while let Some(answered) = asked.join_next().await {
        measured.count(answered?);
    }
    measured.lasted = began.elapsed();
    Ok(measured)
}
