//! Doing several things at once, in an order that is the same on every replay.

use std::{
    convert::Infallible,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::{Context, Poll},
};

/// Runs `beside` for as long as the story lasts. The story always goes first.
pub(crate) async fn accompanied<T>(
    story: impl Future<Output = T>,
    beside: impl Future<Output = Infallible>,
) -> T {
    let mut story = pin!(story);
    let mut beside = pin!(beside);
    poll_fn(move |polled| {
        if let Poll::Ready(end) = story.as_mut().poll(polled) {
            return Poll::Ready(end);
        }
        match beside.as_mut().poll(polled) {
            Poll::Ready(never) => match never {},
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Things under way at once, polled in the order in which they began.
pub(crate) struct UnderWay<'a>(Vec<Pin<Box<dyn Future<Output = ()> + 'a>>>);

impl<'a> UnderWay<'a> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn begin(&mut self, what: impl Future<Output = ()> + 'a) {
        self.0.push(Box::pin(what));
    }

    /// Lets each go on as far as it can, and forgets those that are done.
    pub(crate) fn go_on(&mut self, polled: &mut Context<'_>) {
        self.0
            .retain_mut(|what| what.as_mut().poll(polled).is_pending());
    }
}
