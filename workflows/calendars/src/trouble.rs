//! When a feed that failed is tried again, and when its owner hears of it (contract, section 3).

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What became of a feed, as its owner sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It was not read yet.
    New,
    /// All is well.
    Ok,
    /// The last try failed; what is known stays.
    Failing,
    /// Only a new link helps.
    NeedsAttention,
    /// Too much disappeared at once: nothing is released.
    SuspiciousDrop,
}

crate::block::words!(Status {
    New = "new",
    Ok = "ok",
    Failing = "failing",
    NeedsAttention = "needs_attention",
    SuspiciousDrop = "suspicious_drop",
});

use crate::block::UnknownWord;

/// The most that a channel may make us wait.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(6);

/// What is known of a feed's failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// How many in a row, this one included.
    pub in_a_row: u32,
    /// When the first of them was.
    pub since: DateTime<Utc>,
    /// When the owner was last told.
    pub alerted_at: Option<DateTime<Utc>>,
}

/// When it is worth trying again: after 15, 30, 60, and then 120 minutes, or when the channel says.
#[must_use]
pub fn next_try(
    in_a_row: u32,
    retry_after: Option<TimeDelta>,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    let wait = TimeDelta::minutes(match in_a_row {
        0 | 1 => 15,
        2 => 30,
        3 => 60,
        _ => 120,
    });
    let asked = retry_after.unwrap_or(wait);
    now + asked.clamp(TimeDelta::zero(), LONGEST_WAIT)
}

/// Whether the owner hears of it now: after three failures that span an hour, at once when only they can help,
/// and then daily.
#[must_use]
pub fn alerts(failures: Failures, needs_attention: bool, now: DateTime<Utc>) -> bool {
    let serious =
        needs_attention || (failures.in_a_row >= 3 && now - failures.since >= TimeDelta::hours(1));
    let told_lately = failures
        .alerted_at
        .is_some_and(|told| now - told < TimeDelta::hours(24));
    serious && !told_lately
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    #[test]
    fn it_is_tried_again_ever_more_rarely_or_when_the_channel_says() {
        let waits = [1, 2, 3, 4, 9].map(|failures| next_try(failures, None, at(0)));
        assert_eq!(waits, [15, 30, 60, 120, 120].map(at));
        assert_eq!(next_try(1, Some(TimeDelta::minutes(2)), at(0)), at(2));
        assert_eq!(next_try(1, Some(TimeDelta::days(9)), at(0)), at(360));
    }

    #[test]
    fn the_owner_hears_of_three_failures_that_span_an_hour_and_then_daily() {
        let failures = |in_a_row, alerted_at| Failures {
            in_a_row,
            since: at(0),
            alerted_at,
        };
        assert!(!alerts(failures(2, None), false, at(90)));
        assert!(!alerts(failures(3, None), false, at(45)));
        assert!(alerts(failures(3, None), false, at(60)));
        assert!(alerts(failures(2, None), true, at(1)));
        assert!(!alerts(failures(9, Some(at(60))), false, at(1499)));
        assert!(alerts(failures(9, Some(at(60))), false, at(1500)));
    }
}
