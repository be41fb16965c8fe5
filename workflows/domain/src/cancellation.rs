//! What is given back when a reservation is cancelled.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{Money, policy::CancellationPolicy};

/// The right to revoke: calendar days from the purchase (Argentina, Ley 24.240 art. 34).
const REVOCATION_DAYS: i64 = 10;

/// The right to revoke ends so many hours before check-in.
const REVOCATION_HOURS_BEFORE: i64 = 24;

/// Why an amount is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundBasis {
    /// Nothing was paid.
    NothingPaid,
    /// Early enough to be free.
    Free,
    /// The right to revoke.
    Revocation,
    /// Late: the policy's share.
    Late,
    /// After check-in.
    NoShow,
    /// The owner cancelled.
    OwnerCancelled,
}

/// What is given back, told to the guest before they confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The amount.
    pub amount: Money,
    /// The rule that gives it.
    pub basis: RefundBasis,
}

/// What has been paid and when, and when the stay begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purchase {
    /// What the guest has paid and not got back.
    pub paid: Money,
    /// When the reservation was made.
    pub at: DateTime<Utc>,
    /// When the guest could arrive.
    pub check_in_at: DateTime<Utc>,
}

/// What a guest who cancels at `now` gets back: the best that a rule gives them.
#[must_use]
pub fn refund(policy: CancellationPolicy, purchase: Purchase, now: DateTime<Utc>) -> Refund {
    let Purchase {
        paid,
        at,
        check_in_at,
    } = purchase;
    let left = check_in_at.signed_duration_since(now);
    let give = |amount, basis| Refund { amount, basis };
    if !paid.is_positive() {
        give(
            Money {
                centavos: 0,
                ..paid
            },
            RefundBasis::NothingPaid,
        )
    } else if left <= TimeDelta::zero() {
        give(
            Money {
                centavos: 0,
                ..paid
            },
            RefundBasis::NoShow,
        )
    } else if left >= TimeDelta::hours(i64::from(policy.free_until_hours)) {
        give(paid, RefundBasis::Free)
    } else if can_revoke(at, check_in_at, now) {
        give(paid, RefundBasis::Revocation)
    } else {
        give(paid.share(policy.late_share), RefundBasis::Late)
    }
}

/// Whether the guest can still revoke the purchase and get everything back.
#[must_use]
pub fn can_revoke(
    purchased_at: DateTime<Utc>,
    check_in_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> bool {
    now.signed_duration_since(purchased_at) <= TimeDelta::days(REVOCATION_DAYS)
        && check_in_at.signed_duration_since(now) >= TimeDelta::hours(REVOCATION_HOURS_BEFORE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn on_cancelling_at(now: &str, bought: &str) -> Refund {
        let purchase = Purchase {
            paid: Money::pesos(10_001),
            at: at(bought),
            check_in_at: at("2027-01-15T18:00:00Z"),
        };
        refund(CancellationPolicy::default(), purchase, at(now))
    }

    #[test]
    fn everything_is_given_back_until_forty_eight_hours_before_check_in() {
        let refund = on_cancelling_at("2027-01-13T18:00:00Z", "2026-11-24T12:00:00Z");
        assert_eq!(
            refund,
            Refund {
                amount: Money::pesos(10_001),
                basis: RefundBasis::Free
            }
        );
    }

    #[test]
    fn half_is_given_back_after_that() {
        let refund = on_cancelling_at("2027-01-13T18:00:01Z", "2026-11-24T12:00:00Z");
        assert_eq!(
            refund,
            Refund {
                amount: Money::ars(500_050),
                basis: RefundBasis::Late
            }
        );
    }

    #[test]
    fn a_recent_purchase_can_be_revoked_until_a_day_before_check_in() {
        let refund = on_cancelling_at("2027-01-14T17:00:00Z", "2027-01-10T12:00:00Z");
        assert_eq!(refund.basis, RefundBasis::Revocation);
        let refund = on_cancelling_at("2027-01-14T18:30:00Z", "2027-01-10T12:00:00Z");
        assert_eq!(refund.basis, RefundBasis::Late);
    }

    #[test]
    fn nothing_is_given_back_once_the_stay_has_begun() {
        let refund = on_cancelling_at("2027-01-15T18:00:00Z", "2027-01-14T12:00:00Z");
        assert_eq!(
            refund,
            Refund {
                amount: Money::ZERO,
                basis: RefundBasis::NoShow
            }
        );
    }
}
