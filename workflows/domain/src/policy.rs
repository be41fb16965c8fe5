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
    /// For how long money that is to go back is tried to be given back.
    pub refund: RefundPolicy,
    /// Which stays are taken at all.
    pub stay: StayPolicy,
    /// When a confirmed guest hears from us.
    pub notices: NoticePolicy,
    /// How what remains after the deposit is paid.
    pub balance: BalancePolicy,
    /// What those who wait for nights are offered.
    pub waiting_list: WaitingListPolicy,
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
    /// How long before the end the provider is asked for payments that nobody told us about, in seconds.
    pub look_before_seconds: u32,
    /// How long after the end it is asked once more: whoever opened the checkout in the last minute may still
    /// pay. In seconds.
    pub look_after_seconds: u32,
    /// Whether guests may pay with a voucher at a shop, and what that takes.
    pub vouchers: VoucherPolicy,
}

/// Cash vouchers: paid whenever the guest walks past a shop, and credited hours later. Such a hold lasts longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VoucherPolicy {
    /// Whether the owner allows them. Unless they do, nothing that is paid later can be chosen.
    pub allowed: bool,
    /// From a hold that can be paid with one to its end, in seconds.
    pub seconds: u32,
    /// Only for stays that begin at least so many days from today.
    pub days_ahead: u16,
}

impl Default for VoucherPolicy {
    fn default() -> Self {
        Self {
            allowed: false,
            seconds: 72 * 3600,
            days_ahead: 7,
        }
    }
}

impl VoucherPolicy {
    /// Whether a stay that begins on `check_in` can be paid with a voucher.
    #[must_use]
    pub fn covers(self, today: NaiveDate, check_in: NaiveDate) -> bool {
        let days_ahead = check_in.signed_duration_since(today).num_days();
        self.allowed && days_ahead >= i64::from(self.days_ahead)
    }

    /// Whether a hold that lasts so long leaves the time that a voucher takes.
    #[must_use]
    pub fn fit_in(self, length: TimeDelta) -> bool {
        self.allowed && length >= TimeDelta::seconds(i64::from(self.seconds))
    }
}

impl Default for HoldPolicy {
    fn default() -> Self {
        Self {
            seconds: 30 * 60,
            extension_seconds: 15 * 60,
            reminder_seconds: 10 * 60,
            look_before_seconds: 20,
            look_after_seconds: 2 * 60,
            vouchers: VoucherPolicy::default(),
        }
    }
}

impl HoldPolicy {
    /// The policy for a stay that begins on `check_in`: one that can be paid with a voucher is held for as long
    /// as that takes.
    #[must_use]
    pub fn for_stay(self, today: NaiveDate, check_in: NaiveDate) -> Self {
        if self.vouchers.covers(today, check_in) {
            Self {
                seconds: self.vouchers.seconds.max(self.seconds),
                ..self
            }
        } else {
            self
        }
    }

    /// When a hold placed at `now` ends.
    #[must_use]
    pub fn ends_at(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + TimeDelta::seconds(i64::from(self.seconds))
    }

    /// By when a hold of such a length ends that moves to a stay that begins on `check_in`: one that was to be paid
    /// with a voucher, and cannot any more, lasts from now on as long as any other. `None` when its end stays.
    #[must_use]
    pub fn ends_by(
        self,
        length: TimeDelta,
        today: NaiveDate,
        check_in: NaiveDate,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        (self.vouchers.fit_in(length) && !self.vouchers.covers(today, check_in))
            .then(|| self.ends_at(now))
    }

    /// The end of a hold after its extension.
    #[must_use]
    pub fn extended(self, ends_at: DateTime<Utc>) -> DateTime<Utc> {
        ends_at + TimeDelta::seconds(i64::from(self.extension_seconds))
    }

    /// When the provider is asked, before a hold ends, for payments that nobody told us about: late enough to
    /// find nearly all, early enough for an answer. A very short hold is looked after in its last third.
    #[must_use]
    pub fn looks_at(self, ends_at: DateTime<Utc>) -> DateTime<Utc> {
        let before = self.look_before_seconds.min(self.seconds / 3);
        ends_at - TimeDelta::seconds(i64::from(before))
    }

    /// When the guest is reminded that a hold ends.
    #[must_use]
    pub fn reminds_at(self, ends_at: DateTime<Utc>) -> DateTime<Utc> {
        ends_at - TimeDelta::seconds(i64::from(self.reminder_seconds))
    }
}

/// What those who wait for nights are offered when they come free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WaitingListPolicy {
    /// How long the first in line has the nights to themselves, in seconds.
    pub offer_seconds: u32,
}

impl Default for WaitingListPolicy {
    fn default() -> Self {
        Self {
            offer_seconds: 20 * 60,
        }
    }
}

impl Policies {
    /// The policies of an offer from the waiting list: those of any hold, for as long as the offer lasts.
    #[must_use]
    pub fn of_offer(&self) -> Self {
        Self {
            hold: HoldPolicy {
                seconds: self.waiting_list.offer_seconds,
                vouchers: VoucherPolicy::default(),
                ..self.hold
            },
            ..self.clone()
        }
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

/// For how long money that is to go back is tried to be given back, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RefundPolicy {
    /// The owner hears of a refund that has not gone through after so long.
    pub late_seconds: u32,
    /// After so long it is the owner's matter alone.
    pub given_up_seconds: u32,
}

impl Default for RefundPolicy {
    fn default() -> Self {
        Self {
            late_seconds: 3600,
            given_up_seconds: 7 * 24 * 3600,
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

/// How what remains after the deposit is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BalancePolicy {
    /// On arrival, or by a link before it. A guest who asks for a link gets one either way.
    pub due: BalanceDue,
    /// How long before check-in the link is sent, in seconds.
    pub link_seconds: u32,
}

/// When what remains after the deposit is due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BalanceDue {
    /// When the guest arrives.
    #[default]
    OnArrival,
    /// Before that, by a link that is sent in time.
    ByLink,
}

impl Default for BalancePolicy {
    fn default() -> Self {
        Self {
            due: BalanceDue::OnArrival,
            link_seconds: 7 * 24 * 3600,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hold_lasts_three_days_where_vouchers_are_allowed_and_the_stay_is_a_week_away() {
        let day = |day| NaiveDate::from_ymd_opt(2027, 1, day).unwrap();
        let vouchers = VoucherPolicy {
            allowed: true,
            ..VoucherPolicy::default()
        };
        let allowing = HoldPolicy {
            vouchers,
            ..HoldPolicy::default()
        };
        assert_eq!(allowing.for_stay(day(1), day(8)).seconds, 72 * 3600);
        assert_eq!(allowing.for_stay(day(1), day(7)).seconds, 30 * 60);
        let usual = HoldPolicy::default();
        assert_eq!(usual.for_stay(day(1), day(31)), usual);
    }

    #[test]
    fn only_a_hold_for_vouchers_that_moves_near_ends_sooner() {
        let day = |day| NaiveDate::from_ymd_opt(2027, 1, day).unwrap();
        let now = DateTime::UNIX_EPOCH;
        let policy = |allowed| HoldPolicy {
            vouchers: VoucherPolicy {
                allowed,
                ..VoucherPolicy::default()
            },
            ..HoldPolicy::default()
        };
        let (long, short) = (TimeDelta::hours(72), TimeDelta::minutes(30));
        let ends_by =
            |allowed, length, check_in| policy(allowed).ends_by(length, day(1), day(check_in), now);
        assert_eq!(ends_by(true, long, 7), Some(now + short));
        assert_eq!(ends_by(true, long, 8), None);
        assert_eq!(ends_by(true, short, 7), None);
        assert_eq!(ends_by(true, short, 20), None);
        assert_eq!(ends_by(false, long, 7), None);
    }

    proptest! {
        #[test]
        fn a_deposit_is_never_more_than_the_price(
            total in 0_i64..1_000_000_000, share in 0_u32..=10_000, whole_within_days in 0_u16..400, days in 0_i64..700,
        ) {
            let policy = DepositPolicy { share: BasisPoints(share), whole_within_days };
            let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
            let check_in = today + TimeDelta::days(days);
            let deposit = policy.deposit(Money::ars(total), today, check_in);
            prop_assert!((0..=total).contains(&deposit.centavos));
            if days <= i64::from(whole_within_days) {
                prop_assert_eq!(deposit, Money::ars(total));
            }
        }

        #[test]
        fn a_dearer_stay_or_a_larger_share_never_asks_for_less(
            total in 0_i64..1_000_000_000, more in 0_i64..1_000_000, share in 0_u32..=9_999,
        ) {
            let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
            let far = today + TimeDelta::days(100);
            let asks = |share, total| {
                let policy = DepositPolicy { share: BasisPoints(share), whole_within_days: 3 };
                policy.deposit(Money::ars(total), today, far).centavos
            };
            prop_assert!(asks(share, total + more) >= asks(share, total));
            prop_assert!(asks(share + 1, total) >= asks(share, total));
        }

        #[test]
        fn only_what_can_be_paid_with_a_voucher_is_held_longer_and_nothing_is_held_shorter(
            allowed: bool, seconds in 1_u32..1_000_000, voucher_seconds in 1_u32..1_000_000, days_ahead in 0_u16..60,
            days in 0_i64..90,
        ) {
            let vouchers = VoucherPolicy { allowed, seconds: voucher_seconds, days_ahead };
            let policy = HoldPolicy { seconds, vouchers, ..HoldPolicy::default() };
            let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
            let check_in = today + TimeDelta::days(days);
            let held = policy.for_stay(today, check_in);
            prop_assert!(held.seconds >= seconds);
            prop_assert_eq!(vouchers.covers(today, check_in), allowed && days >= i64::from(days_ahead));
            if !vouchers.covers(today, check_in) {
                prop_assert_eq!(held, policy);
            }
        }

        #[test]
        fn the_provider_is_asked_before_a_hold_ends_and_after_it_began(
            seconds in 1_u32..1_000_000, look_before_seconds in 0_u32..1_000_000,
        ) {
            let policy = HoldPolicy { seconds, look_before_seconds, ..HoldPolicy::default() };
            let now = DateTime::UNIX_EPOCH;
            let ends_at = policy.ends_at(now);
            let looks_at = policy.looks_at(ends_at);
            prop_assert!(now < looks_at && looks_at <= ends_at);
        }
    }
}
