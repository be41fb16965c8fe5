//! Whether events wait in the inbox, so that a new one does not overtake them.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// While there is a backlog, only the sweep hands events over, in order.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    exists: AtomicBool,
    grown: Notify,
}

impl Backlog {
    pub(crate) fn exists(&self) -> bool {
        self.exists.load(Ordering::Acquire)
    }

    /// Something was left for the sweep.
    pub(crate) fn grow(&self) {
        self.exists.store(true, Ordering::Release);
        self.grown.notify_one();
    }

    /// What the sweep has seen.
    pub(crate) fn set(&self, exists: bool) {
        self.exists.store(exists, Ordering::Release);
    }

    /// Returns when something was left for the sweep since the last time.
    pub(crate) async fn grown(&self) {
        self.grown.notified().await;
    }
}
