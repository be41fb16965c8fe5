//! The platform's rate limits, as one theoretical arrival time per limit.

use std::time::Duration;

use tokio::time::Instant;

/// Allows a burst, then one event per interval.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    interval: Duration,
    tolerance: Duration,
    /// When the next event would be due if they came evenly.
    due: Option<Instant>,
}

impl Limit {
    /// `burst` events at once, regained one per `interval`.
    pub(super) fn new(burst: u32, interval: Duration) -> Self {
        Self {
            interval,
            tolerance: interval.saturating_mul(burst.saturating_sub(1)),
            due: None,
        }
    }

    /// `count` events per second, as evenly or unevenly as they like.
    pub(super) fn per_second(count: u32) -> Self {
        let count = count.max(1);
        let interval = Duration::from_secs(1).checked_div(count);
        Self::new(count, interval.unwrap_or_default())
    }

    /// Takes one event if it is allowed at `now`.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let due = self.due.unwrap_or(now).max(now);
        if due.duration_since(now) > self.tolerance {
            return false;
        }
        self.due = Some(due + self.interval);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_borrowed_from_the_future() {
        let mut limit = Limit::new(3, Duration::from_secs(6));
        let now = Instant::now();
        let taken = |limit: &mut Limit, at: u64| limit.take(now + Duration::from_secs(at));
        assert_eq!(
            [0, 0, 0, 0].map(|at| taken(&mut limit, at)),
            [true, true, true, false]
        );
        assert_eq!(
            [5, 6, 6, 12].map(|at| taken(&mut limit, at)),
            [false, true, false, true]
        );
    }
}
