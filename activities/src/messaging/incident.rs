//! Trouble that only an operator can mend: sending stops, what is written waits, and the owner hears of it once.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::Utc;
use database::{Database, review_queue};
use whatsapp::Error;

/// While it lasts, one message tries in each of these whether it is over.
const PROBE: Duration = Duration::from_secs(30);

/// What the owner's queue calls it.
const KIND: &str = "whatsapp_stopped";

/// What stands in the way of all sending from this process.
#[derive(Debug, Clone)]
pub(super) struct Incident {
    probe: Duration,
    state: Arc<Mutex<Option<Stopped>>>,
}

#[derive(Debug)]
struct Stopped {
    /// What the matter in the owner's queue is about.
    reference: &'static str,
    /// When the next message tries.
    until: Instant,
}

impl Default for Incident {
    fn default() -> Self {
        Self::probed_every(PROBE)
    }
}

impl Incident {
    /// None yet; when one comes, it is looked after so often.
    pub(super) fn probed_every(probe: Duration) -> Self {
        Self {
            probe,
            state: Arc::default(),
        }
    }

    /// How long sending is stopped. When nothing is left of that, the caller is the one who tries.
    pub(super) fn stops_for(&self) -> Option<Duration> {
        let mut state = self.state();
        let stopped = state.as_mut()?;
        let left = stopped.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            stopped.until = Instant::now() + self.probe;
            return None;
        }
        Some(left)
    }

    /// Stops sending for this refusal, if it is one that concerns every message, and answers for how long.
    pub(super) async fn of(&self, error: &Error, db: &Database) -> Option<Duration> {
        let (reference, reason) = concerns_all(error)?;
        tracing::error!(%error, "sending to WhatsApp is stopped until an operator has mended this");
        *self.state() = Some(Stopped {
            reference,
            until: Instant::now() + self.probe,
        });
        let matter = review_queue::NewMatter {
            kind: KIND.to_owned(),
            reference: reference.to_owned(),
            reason: reason.to_owned(),
            details: serde_json::json!({ "code": error.code() }),
            deadline: Some(Utc::now()),
        };
        if let Err(error) = review_queue::raise(db, &matter).await {
            tracing::warn!(%error, "the owner could not be told that sending is stopped");
        }
        Some(self.probe)
    }

    /// A message went out: whatever it was is over.
    pub(super) async fn is_over(&self, db: &Database) {
        let Some(stopped) = self.state().take() else {
            return;
        };
        tracing::info!("sending to WhatsApp goes on");
        let closed = close(db, stopped.reference).await;
        if let Err(error) = closed {
            tracing::warn!(%error, "a matter that is over stays in the owner's queue");
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, Option<Stopped>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn close(db: &Database, reference: &str) -> Result<(), database::Error> {
    match review_queue::open_about(db, KIND, reference).await? {
        Some(matter) => {
            review_queue::resolve(db, matter.id, "messages go out again", Utc::now()).await
        }
        None => Ok(()),
    }
}

/// What an operator must do, when it is not about one message alone.
fn concerns_all(error: &Error) -> Option<(&'static str, &'static str)> {
    match error {
        Error::Unauthorized => Some((
            "token",
            "WhatsApp does not accept our token, so nothing is sent. Renew it; what guests are to be told waits for a day.",
        )),
        Error::AccountProblem { .. } => Some((
            "account",
            "WhatsApp has stopped our account or number, so nothing is sent. Look at it in Meta's Business Manager; what guests are to be told waits for a day.",
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_tries_when_the_time_is_over_and_the_others_wait_on() {
        let incident = Incident::probed_every(Duration::from_secs(60));
        assert_eq!(incident.stops_for(), None);
        *incident.state() = Some(Stopped {
            reference: "token",
            until: Instant::now(),
        });
        assert_eq!(incident.stops_for(), None, "the one who tries");
        assert!(incident.stops_for().is_some());
    }

    #[test]
    fn what_concerns_one_message_stops_no_other() {
        for error in [
            Error::PairLimited,
            Error::WindowClosed,
            Error::Restricted { code: 131_048 },
            Error::Undeliverable { code: 131_026 },
        ] {
            assert_eq!(concerns_all(&error), None, "{error}");
        }
    }
}
