//! How many unsigned notifications are taken seriously: anybody can make them up, and each may cost a
//! question to the provider.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

/// What hints are counted over.
const WINDOW: Duration = Duration::from_secs(60);

/// So many in a window; the twins of real notifications stay far below, and what is dropped is found by
/// the reconciliation.
const CAP: u32 = 120;

/// The count of this process.
#[derive(Debug, Default)]
pub(crate) struct Hints(Mutex<Option<Counted>>);

#[derive(Debug, Clone, Copy)]
struct Counted {
    since: Instant,
    hints: u32,
}

impl Hints {
    /// Counts one more and says whether to take it seriously.
    pub(crate) fn admit(&self, now: Instant) -> bool {
        let Ok(mut counted) = self.0.lock() else {
            return false;
        };
        let current = counted
            .filter(|counted| now.duration_since(counted.since) < WINDOW)
            .unwrap_or(Counted {
                since: now,
                hints: 0,
            });
        let hints = current.hints.saturating_add(1);
        *counted = Some(Counted { hints, ..current });
        hints <= CAP
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_hints_is_cut_off_and_the_next_minute_is_a_new_one() {
        let hints = Hints::default();
        let start = Instant::now();
        let taken = (0..CAP * 2).filter(|_| hints.admit(start)).count();
        assert_eq!(u32::try_from(taken).unwrap(), CAP);
        assert!(!hints.admit(start + WINDOW / 2));
        assert!(hints.admit(start + WINDOW));
    }
}
