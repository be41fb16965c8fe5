//! Webhooks on their way to the product: at least once, in order within a lane, retried for as long as
//! the sandbox lives.
//!
//! A lane is one guest or one payment.
//! Within it nothing overtakes (unless the `reorder` fault says so), and lanes do not wait for each
//! other.
//! Silence and server errors concern the receiver, so the lane waits; a refusal concerns that one
//! webhook, which is put aside and offered again later while the lane goes on.
//! Nothing is ever given up, which stands in for the providers' days of retries.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::http::StatusCode;
use tokio::{sync::Notify, task::AbortHandle, time::Instant};
use uuid::Uuid;

use crate::faults::{Fate, Faults, Target};

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The wait before the second retry; the first follows at once.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// How long a webhook that is to be overtaken waits for another.
const OVERTAKING: Duration = Duration::from_millis(250);
/// An answer later than this counts as none; the strictest of the providers' published limits that
/// still lets a debugger be attached.
const PATIENCE: Duration = Duration::from_secs(10);

/// One webhook: where to, with which headers, and its exact bytes.
#[derive(Debug)]
pub(crate) struct Parcel {
    lane: String,
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    posted: Instant,
    attempts: u32,
}

impl Parcel {
    /// A webhook to `url`, in order with the others of `lane`.
    pub(crate) fn new(lane: impl Into<String>, url: impl Into<String>, body: Vec<u8>) -> Self {
        Self {
            lane: lane.into(),
            url: url.into(),
            headers: vec![("content-type", "application/json".to_owned())],
            body,
            posted: Instant::now(),
            attempts: 0,
        }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// What one attempt came to.
enum Outcome {
    Accepted,
    /// The receiver answered and did not want this webhook.
    Refused,
    /// The receiver is down, in trouble, or was not reached.
    Unreached,
}

/// Delivers the webhooks of one provider.
#[derive(Clone)]
pub(crate) struct Courier(Arc<Inner>);

struct Inner {
    target: Target,
    faults: Faults,
    http: reqwest::Client,
    lanes: Mutex<HashMap<String, Lane>>,
    /// Rung on every success and every new webhook: a receiver that is back is told everything at once.
    bell: Notify,
}

struct Lane {
    /// Tells a lane from an earlier one of the same name that a reset ended.
    id: Uuid,
    waiting: VecDeque<Parcel>,
    task: AbortHandle,
}

impl Courier {
    /// A courier that suffers the faults of `target`.
    pub(crate) fn new(target: Target, faults: Faults) -> Self {
        Self(Arc::new(Inner {
            target,
            faults,
            http: reqwest::Client::new(),
            lanes: Mutex::default(),
            bell: Notify::new(),
        }))
    }

    /// Takes a webhook; it is delivered in the background.
    pub(crate) fn post(&self, parcel: Parcel) {
        let mut lanes = self.lanes();
        if let Some(lane) = lanes.get_mut(&parcel.lane) {
            lane.waiting.push_back(parcel);
        } else {
            let (name, id) = (parcel.lane.clone(), Uuid::new_v4());
            let work = self.clone().work(name.clone(), id);
            let lane = Lane {
                id,
                waiting: VecDeque::from([parcel]),
                task: tokio::spawn(work).abort_handle(),
            };
            lanes.insert(name, lane);
        }
        drop(lanes);
        self.0.bell.notify_waiters();
    }

    /// Drops everything not yet delivered.
    pub(crate) fn forget(&self) {
        for (_, lane) in self.lanes().drain() {
            lane.task.abort();
        }
    }

    /// Works one lane until it is empty.
    async fn work(self, name: String, id: Uuid) {
        loop {
            if self.0.faults.reorders(self.0.target) && self.waiting_in(&name) < 2 {
                tokio::time::sleep(OVERTAKING).await;
            }
            let Some(parcel) = self.next(&name, id) else {
                return;
            };
            self.deliver(parcel).await;
        }
    }

    fn waiting_in(&self, name: &str) -> usize {
        self.lanes().get(name).map_or(0, |lane| lane.waiting.len())
    }

    /// The webhook to deliver now, or `None` once the lane is empty and therefore closed.
    fn next(&self, name: &str, id: Uuid) -> Option<Parcel> {
        let mut lanes = self.lanes();
        let lane = lanes.get_mut(name).filter(|lane| lane.id == id)?;
        let parcel = if self.0.faults.reorders(self.0.target) {
            lane.waiting.pop_back()
        } else {
            lane.waiting.pop_front()
        };
        if parcel.is_none() {
            lanes.remove(name);
        }
        parcel
    }

    /// Offers one webhook until it is accepted or refused.
    async fn deliver(&self, mut parcel: Parcel) {
        let leaves = parcel.posted + self.0.faults.delay(self.0.target);
        tokio::time::sleep_until(leaves).await;
        self.wait_before(parcel.attempts).await;
        loop {
            let outcome = self.attempt(&parcel).await;
            parcel.attempts = parcel.attempts.saturating_add(1);
            match outcome {
                Outcome::Accepted => return self.0.bell.notify_waiters(),
                Outcome::Refused => return self.put_aside(parcel),
                Outcome::Unreached => self.wait_before(parcel.attempts).await,
            }
        }
    }

    /// A refused webhook goes on by itself and no longer holds up the others.
    fn put_aside(&self, mut parcel: Parcel) {
        parcel.lane = format!("refused/{}", Uuid::new_v4());
        self.post(parcel);
    }

    async fn attempt(&self, parcel: &Parcel) -> Outcome {
        match self.0.faults.fate(self.0.target) {
            Fate::Lost => Outcome::Unreached,
            Fate::Delivered => self.send(parcel).await,
            Fate::DeliveredTwice => {
                self.send(parcel).await;
                self.send(parcel).await
            }
        }
    }

    async fn send(&self, parcel: &Parcel) -> Outcome {
        let mut request = self
            .0
            .http
            .post(&parcel.url)
            .timeout(PATIENCE)
            .header("x-retry", parcel.attempts.to_string())
            .body(parcel.body.clone());
        for (name, value) in &parcel.headers {
            request = request.header(*name, value);
        }
        match request.send().await {
            Ok(response) => self.judge(response.status()),
            Err(error) => {
                tracing::debug!(error = %error.without_url(), attempts = parcel.attempts, "a webhook was not answered");
                Outcome::Unreached
            }
        }
    }

    fn judge(&self, status: StatusCode) -> Outcome {
        let accepted = match self.0.target {
            // Meta takes nothing but 200 for an acknowledgement.
            Target::WhatsAppWebhook => status == StatusCode::OK,
            _ => status == StatusCode::OK || status == StatusCode::CREATED,
        };
        if accepted {
            Outcome::Accepted
        } else if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS {
            tracing::warn!(status = status.as_u16(), "a webhook was refused");
            Outcome::Refused
        } else {
            Outcome::Unreached
        }
    }

    /// Waits as long as the number of failed attempts asks for, or until the receiver is known to answer.
    async fn wait_before(&self, attempts: u32) {
        let wait = wait_after(attempts);
        // The bell shortens long waits only, or one failing lane would be tried at every success.
        tokio::time::sleep(wait.min(FIRST_WAIT)).await;
        let rest = wait.saturating_sub(FIRST_WAIT);
        if !rest.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                () = self.0.bell.notified() => {}
            }
        }
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<String, Lane>> {
        self.0.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pause after so many failed attempts: none, none, then 1 s doubling up to a minute.
fn wait_after(attempts: u32) -> Duration {
    match attempts {
        0 | 1 => Duration::ZERO,
        n => FIRST_WAIT
            .saturating_mul(2_u32.saturating_pow(n.saturating_sub(2)))
            .min(LONGEST_WAIT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_come_at_once_then_at_growing_intervals_up_to_a_minute() {
        let waits: Vec<u64> = (0..10).map(|n| wait_after(n).as_secs()).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
    }
}
