//! What is given back when a reservation is cancelled.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Money,
    policy::CancellationPolicy,
    reservation::{NoEntropy, spell},
};

/// The right to revoke: calendar days from the purchase (Argentina, Ley 24.240 art. 34).
const REVOCATION_DAYS: Days = Days::new(10);

/// The right to revoke ends so many hours before check-in.
const REVOCATION_HOURS_BEFORE: i64 = 24;

/// The number that a guest gets for revoking, to prove it: `REV` + yymmdd + 6 characters like those of a
/// reservation's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationNumber(String);

/// The text is not the number of a revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the number of a revocation begins with REV")]
pub struct InvalidNumber;

impl RevocationNumber {
    /// A fresh number of the day, from the system's secure source.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn generate(today: NaiveDate) -> Result<Self, NoEntropy> {
        spell("REV", today).map(Self)
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for RevocationNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for RevocationNumber {
    type Err = InvalidNumber;

    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        if text.starts_with("REV") {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidNumber)
        }
    }
}

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

/// What has been paid, until when it can be revoked, and when the stay begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purchase {
    /// What the guest has paid and not got back.
    pub paid: Money,
    /// Until when the guest can revoke it, see [`revocable_until`].
    pub revocable_until: DateTime<Utc>,
    /// When the guest could arrive.
    pub check_in_at: DateTime<Utc>,
}

/// What a guest who cancels at `now` gets back: the best that a rule gives them.
#[must_use]
pub fn refund(policy: CancellationPolicy, purchase: Purchase, now: DateTime<Utc>) -> Refund {
    let Purchase {
        paid,
        revocable_until,
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
    } else if now <= revocable_until {
        give(paid, RefundBasis::Revocation)
    } else {
        give(paid.share(policy.late_share), RefundBasis::Late)
    }
}

/// Until when the guest can revoke the purchase and get everything back: the end of the tenth calendar day
/// after it, where the accommodation is, and a day before check-in at the latest.
#[must_use]
pub fn revocable_until<Tz: TimeZone>(
    purchased_at: &DateTime<Tz>,
    check_in_at: DateTime<Utc>,
) -> DateTime<Utc> {
    let last_day = purchased_at.date_naive().checked_add_days(REVOCATION_DAYS);
    let midnight = last_day
        .and_then(|day| day.checked_add_days(Days::new(1)))
        .map(|day| day.and_time(NaiveTime::MIN));
    let ends = midnight
        .and_then(|local| {
            purchased_at
                .timezone()
                .from_local_datetime(&local)
                .earliest()
        })
        .map_or(DateTime::<Utc>::MAX_UTC, |at| {
            at.to_utc() - TimeDelta::seconds(1)
        });
    ends.min(check_in_at - TimeDelta::hours(REVOCATION_HOURS_BEFORE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn in_argentina(text: &str) -> DateTime<chrono_tz::Tz> {
        at(text).with_timezone(&chrono_tz::America::Argentina::Buenos_Aires)
    }

    fn on_cancelling_at(now: &str, bought: &str) -> Refund {
        let purchase = Purchase {
            paid: Money::pesos(10_001),
            revocable_until: revocable_until(&in_argentina(bought), at("2027-01-15T18:00:00Z")),
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
    fn the_days_to_revoke_are_calendar_days_where_the_cabin_is() {
        let check_in = at("2027-03-01T18:00:00Z");
        // The evening of 10 January there, when it is the 11th in London.
        let until = revocable_until(&in_argentina("2027-01-11T01:00:00Z"), check_in);
        assert_eq!(until, at("2027-01-21T02:59:59Z"));
        let until = revocable_until(&in_argentina("2027-01-11T03:00:00Z"), check_in);
        assert_eq!(until, at("2027-01-22T02:59:59Z"));
    }

    #[test]
    fn the_right_to_revoke_ends_a_day_before_check_in() {
        let check_in = at("2027-01-15T18:00:00Z");
        let until = revocable_until(&in_argentina("2027-01-10T12:00:00Z"), check_in);
        assert_eq!(until, at("2027-01-14T18:00:00Z"));
    }

    proptest::proptest! {
        #[test]
        fn nobody_gets_more_than_they_paid_and_waiting_never_pays(
            paid in 0_i64..10_000_000,
            free_until_hours in 0_u32..400,
            late_share in 0_u32..=10_000,
            bought_hours_before in 0_i64..2_000,
            hours_before in proptest::collection::vec(-100_i64..2_000, 2..6),
        ) {
            let policy = CancellationPolicy { free_until_hours, late_share: crate::BasisPoints(late_share) };
            let check_in_at = at("2027-06-15T18:00:00Z");
            let bought = (check_in_at - TimeDelta::hours(bought_hours_before))
                .with_timezone(&chrono_tz::America::Argentina::Buenos_Aires);
            let purchase = Purchase {
                paid: Money::ars(paid),
                revocable_until: revocable_until(&bought, check_in_at),
                check_in_at,
            };
            let mut hours_before = hours_before;
            hours_before.sort_unstable();
            let mut soonest_first: Vec<_> = hours_before
                .into_iter()
                .map(|hours| refund(policy, purchase, check_in_at - TimeDelta::hours(hours)))
                .collect();
            for refund in &soonest_first {
                proptest::prop_assert!((0..=paid).contains(&refund.amount.centavos), "{refund:?}");
            }
            // The later one cancels, the less is given back, or the same.
            soonest_first.reverse();
            for pair in soonest_first.windows(2) {
                proptest::prop_assert!(pair[0].amount.centavos >= pair[1].amount.centavos, "{pair:?}");
            }
        }

        #[test]
        fn whoever_can_revoke_gets_everything_back(
            paid in 1_i64..10_000_000,
            hours_before in 24_i64..240,
        ) {
            let policy = CancellationPolicy { free_until_hours: 100_000, late_share: crate::BasisPoints(0) };
            let check_in_at = at("2027-06-15T18:00:00Z");
            let now = check_in_at - TimeDelta::hours(hours_before);
            let bought = (now - TimeDelta::days(9)).with_timezone(&Utc);
            let revocable_until = revocable_until(&bought, check_in_at);
            let given = refund(policy, Purchase { paid: Money::ars(paid), revocable_until, check_in_at }, now);
            proptest::prop_assert_eq!(given, Refund { amount: Money::ars(paid), basis: RefundBasis::Revocation });
        }
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
