//! A connection that may not be there yet.
//!
//! The process serves from its first moment: what needs a store that is away is refused with a 503, and
//! everything else works.

use std::future::Future;

use tokio::sync::watch;

/// Something that is being made in the background. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Slot<T>(watch::Receiver<Option<T>>);

impl<T: Clone + Send + Sync + 'static> Slot<T> {
    /// Fills the slot with what `make` ends with; a `None` leaves it empty for ever.
    pub(crate) fn fill(make: impl Future<Output = Option<T>> + Send + 'static) -> Self {
        let (filled, slot) = watch::channel(None);
        tokio::spawn(async move {
            let made = make.await;
            filled.send_replace(made);
        });
        Self(slot)
    }

    /// What is in it, if it is there yet.
    pub(crate) fn get(&self) -> Option<T> {
        self.0.borrow().clone()
    }
}
