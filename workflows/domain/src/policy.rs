//! What an owner decides per accommodation: how long a hold lasts, what must be paid, what a guest may do.
//!
//! Every duration a reservation waits for comes from here.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{BasisPoints, Money};

/// All policies of one accommodation. Absent parts are the house rules of product section 4 and 5.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policies {
    /// How long nights are kept without a deposit.
    pub hold: HoldPolicy,
    /// What must be paid to confirm.
    pub deposit: DepositPolicy,
    /// What is given back on cancelling.
    pub cancellation: CancellationPolicy,
    /// Which stays are taken at all.
    pub stay: StayPolicy,
    /// When a confirmed guest hears from us.
    pub notices: NoticePolicy,
}

/// How long nights are kept without a deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HoldPolicy {
    /// From the hold to its end, in seconds.
    pub seconds: u32,
    /// What one extension adds, in seconds; there is only one.
    pub extension_seconds: u32,
    /// How long before the end the guest is reminded, in seconds.
    pub reminder_seconds: u32,
}

impl Default for HoldPolicy {
    fn default() -> Self {
        Self {
            seconds: 30 * 60,
            extension_seconds: 15 * 60,
            reminder_seconds: 10 * 60,
        }
    }
}

impl HoldPolicy {
    /// When a hold placed at `now` ends.
    #[must_use]
    pub fn ends_at(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + TimeDelta::seconds(i64::from(self.seconds))
    }

    /// The end of a hold after its extension.
    #[must_use]
    pub fn extended(self, ends_at: DateTime<Utc>) -> DateTime<Utc> {
        ends_at + TimeDelta::seconds(i64::from(self.extension_seconds))
    }

    /// When the guest is reminded that a hold ends.
    #[must_use]
    pub fn reminds_at(self, ends_at: DateTime<Utc>) -> DateTime<Utc> {
        ends_at - TimeDelta::seconds(i64::from(self.reminder_seconds))
    }
}

/// What must be paid to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DepositPolicy {
    /// The deposit as a share of the total.
    pub share: BasisPoints,
    /// The whole price is asked for when the stay starts within so many days.
    pub whole_within_days: u16,
}

impl Default for DepositPolicy {
    fn default() -> Self {
        Self {
            share: BasisPoints(3_000),
            whole_within_days: 3,
        }
    }
}

impl DepositPolicy {
    /// What confirms a stay of this price that begins on `check_in`.
    #[must_use]
    pub fn deposit(self, total: Money, today: NaiveDate, check_in: NaiveDate) -> Money {
        let days_ahead = check_in.signed_duration_since(today).num_days();
        if days_ahead <= i64::from(self.whole_within_days) {
            total
        } else {
            total.share(self.share)
        }
    }
}

/// What is given back on cancelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CancellationPolicy {
    /// Until so many hours before check-in everything paid is given back.
    pub free_until_hours: u32,
    /// After that, this share of what was paid.
    pub late_share: BasisPoints,
}

impl Default for CancellationPolicy {
    fn default() -> Self {
        Self {
            free_until_hours: 48,
            late_share: BasisPoints(5_000),
        }
    }
}

/// Which stays are taken at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StayPolicy {
    /// The fewest nights outside a season that says otherwise.
    pub minimum_nights: u16,
    /// A stay must begin at least so many days from today; 0 allows today.
    pub notice_days: u16,
    /// A stay must end within so many days from today.
    pub horizon_days: u16,
    /// Days kept free between two stays.
    pub preparation_days: u16,
    /// Whether animals are welcome.
    pub pets_allowed: bool,
    /// From when guests can arrive, local time.
    pub check_in_from: NaiveTime,
    /// By when guests leave, local time.
    pub check_out_by: NaiveTime,
}

impl Default for StayPolicy {
    fn default() -> Self {
        Self {
            minimum_nights: 1,
            notice_days: 0,
            horizon_days: 540,
            preparation_days: 0,
            pets_allowed: false,
            check_in_from: hour(15),
            check_out_by: hour(10),
        }
    }
}

/// When a confirmed guest hears from us, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NoticePolicy {
    /// The reminder, before check-in.
    pub reminder_seconds: u32,
    /// How to arrive and get in, before check-in. The address and access are told only now.
    pub instructions_seconds: u32,
    /// The thank-you, after check-out.
    pub thanks_seconds: u32,
}

impl Default for NoticePolicy {
    fn default() -> Self {
        Self {
            reminder_seconds: 48 * 3600,
            instructions_seconds: 24 * 3600,
            thanks_seconds: 3600,
        }
    }
}

/// Seconds of a policy as a duration.
#[must_use]
pub const fn seconds(seconds: u32) -> Duration {
    // Widening is lossless and `u64::from` is not const.
    #[expect(clippy::as_conversions, reason = "u32 to u64 in a const function")]
    Duration::from_secs(seconds as u64)
}

fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}
