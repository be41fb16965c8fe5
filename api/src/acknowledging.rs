//! Who waits for an acknowledgement at this moment, so that what can wait lets them go first.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tokio::sync::Notify;

/// So long at most waits what can: under a steady stream of webhooks it is not put off for ever.
const PATIENCE: Duration = Duration::from_millis(250);

/// How many webhooks are being written down.
#[derive(Debug, Default)]
pub(crate) struct Acknowledging {
    waiting: AtomicUsize,
    none_is_left: Notify,
}

impl Acknowledging {
    /// One more waits, for as long as what this answers is kept.
    pub(crate) fn one(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        Waiting(self)
    }

    /// Returns when nobody waits, or after a moment.
    pub(crate) async fn quiet(&self) {
        let quiet = async {
            loop {
                let none_is_left = self.none_is_left.notified();
                if self.waiting.load(Ordering::Acquire) == 0 {
                    return;
                }
                none_is_left.await;
            }
        };
        if tokio::time::timeout(PATIENCE, quiet).await.is_err() {
            tracing::trace!("webhooks come without a pause");
        }
    }
}

/// Somebody who waits.
#[derive(Debug)]
pub(crate) struct Waiting<'a>(&'a Acknowledging);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.0.waiting.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.none_is_left.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn what_can_wait_goes_when_nobody_else_waits() {
        let acknowledging = Acknowledging::default();
        acknowledging.quiet().await;
        let (one, other) = (acknowledging.one(), acknowledging.one());
        let mut quiet = pin!(acknowledging.quiet());
        assert!(poll!(&mut quiet).is_pending());
        drop(one);
        assert!(poll!(&mut quiet).is_pending());
        drop(other);
        assert!(poll!(&mut quiet).is_ready());
    }

    #[tokio::test]
    async fn what_can_wait_is_not_put_off_for_ever() {
        let acknowledging = Acknowledging::default();
        let _stays = acknowledging.one();
        acknowledging.quiet().await;
    }
}
