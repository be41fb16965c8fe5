//! How long it stays open whether a message whose answer was lost has gone out.
//!
//! Sent again too soon, a guest hears it twice; too late, they wait for nothing. So it is the statuses that decide:
//! while they come for what was sent afterwards, one that is missing tells more than when nobody is told of
//! anything.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use database::messages::Evidence;

/// How soon it is looked again: what others are told shortens the wait.
const LOOKS_AGAIN: TimeDelta = TimeDelta::seconds(4);

/// How long a status may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Doubt {
    /// When no status of a later message has come either.
    pub(super) in_silence: TimeDelta,
    /// When statuses of later messages have come.
    pub(super) among_others: TimeDelta,
}

impl Doubt {
    /// How long to wait before it is asked again; nothing, when the message may be sent again.
    pub(super) fn left(self, evidence: &Evidence, now: DateTime<Utc>) -> Option<Duration> {
        if evidence.told {
            return Some(self.asks_again());
        }
        let patience = if evidence.others_told {
            self.among_others
        } else {
            self.in_silence
        };
        let left = patience - (now - evidence.listening_since);
        (left > TimeDelta::zero()).then(|| positive(left.min(LOOKS_AGAIN)))
    }

    /// When it is to be asked again after an attempt that was cut off just now.
    pub(super) fn asks_again(self) -> Duration {
        positive(self.among_others.min(self.in_silence).min(LOOKS_AGAIN))
    }
}

fn positive(left: TimeDelta) -> Duration {
    left.to_std().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOUBT: Doubt = Doubt {
        in_silence: TimeDelta::seconds(45),
        among_others: TimeDelta::seconds(12),
    };

    fn left(told: bool, others_told: bool, seconds: i64) -> Option<u64> {
        let evidence = Evidence {
            listening_since: DateTime::UNIX_EPOCH,
            told,
            others_told,
        };
        let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        DOUBT.left(&evidence, now).map(|left| left.as_secs())
    }

    #[test]
    fn in_silence_it_is_waited_for_long() {
        let waits = [0, 20, 43, 45].map(|seconds| left(false, false, seconds));
        assert_eq!(waits, [Some(4), Some(4), Some(2), None]);
    }

    #[test]
    fn a_status_that_is_missing_among_others_tells_sooner() {
        let waits = [0, 10, 12].map(|seconds| left(false, true, seconds));
        assert_eq!(waits, [Some(4), Some(2), None]);
    }

    #[test]
    fn what_a_status_tells_of_is_never_sent_again() {
        assert_eq!(left(true, true, 3_600), Some(4));
    }
}
