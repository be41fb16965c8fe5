//! What a guest owes for a stay.

use super::{Account, Entry, Kind, Posted};
use crate::ReservationStatus;

/// A stay and its price, as they are now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// What the reservation is.
    pub status: ReservationStatus,
    /// Its price.
    pub total: i64,
    /// What of the payments applied to it is not given back, disputed or not.
    pub kept: i64,
}

impl Charge {
    /// What is owed for the stay, whether paid or not, when so much was owed until now.
    ///
    /// A hold owes nothing: nobody has to pay it. A stay that ended before its time, or that the guest never
    /// came to, owes what we keep of what was paid, and owes it still when the payer disputes that; it only ever
    /// falls, so that a refund that fails leaves us in the guest's debt.
    #[must_use]
    pub fn owed(&self, until_now: i64) -> i64 {
        use ReservationStatus as S;
        match self.status {
            S::PreReserved | S::Blocked => 0,
            S::Confirmed | S::Completed => self.total,
            S::Expired | S::Cancelled | S::NoShow => until_now.min(self.kept),
        }
    }

    /// What is to be written: one entry at most.
    #[must_use]
    pub fn entries(&self, posted: &Posted) -> Vec<Entry> {
        let before = posted.balance(Account::Guest);
        let owed = self.owed(before);
        let kind = if self.status.occupies_nights() || self.status == ReservationStatus::Completed {
            if before == 0 {
                Kind::Charged
            } else {
                Kind::ChargeChanged
            }
        } else {
            Kind::ChargeReleased
        };
        let difference = owed.saturating_sub(before);
        Entry::transfer(kind, Account::Revenue, Account::Guest, difference)
            .into_iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use ReservationStatus as S;
    use proptest::prelude::*;

    use super::*;

    fn charge(status: S, total: i64, kept: i64) -> Charge {
        Charge {
            status,
            total,
            kept,
        }
    }

    /// Writes what is to be written, and says what it was and what is owed now.
    fn after(posted: &mut Posted, charge: Charge) -> (Option<Kind>, i64) {
        let entries = charge.entries(posted);
        for entry in &entries {
            assert_eq!(entry.imbalance(), 0);
            posted.enter(entry);
        }
        (
            entries.first().map(|entry| entry.kind),
            posted.balance(Account::Guest),
        )
    }

    #[test]
    fn a_stay_is_owed_when_it_is_confirmed_and_what_is_kept_of_it_when_it_is_cancelled() {
        let mut posted = Posted::default();
        assert_eq!(
            after(&mut posted, charge(S::PreReserved, 300, 0)),
            (None, 0)
        );
        assert_eq!(
            after(&mut posted, charge(S::PreReserved, 300, 45)),
            (None, 0)
        );
        assert_eq!(
            after(&mut posted, charge(S::Confirmed, 300, 90)),
            (Some(Kind::Charged), 300)
        );
        assert_eq!(
            after(&mut posted, charge(S::Confirmed, 300, 90)),
            (None, 300)
        );
        assert_eq!(
            after(&mut posted, charge(S::Confirmed, 250, 90)),
            (Some(Kind::ChargeChanged), 250)
        );
        assert_eq!(
            after(&mut posted, charge(S::Cancelled, 250, 90)),
            (Some(Kind::ChargeReleased), 90)
        );
        assert_eq!(
            after(&mut posted, charge(S::Cancelled, 250, 45)),
            (Some(Kind::ChargeReleased), 45)
        );
    }

    #[test]
    fn a_refund_that_fails_after_a_cancellation_leaves_us_in_the_guests_debt() {
        let mut posted = Posted::from_iter([(Account::Guest, 45), (Account::Revenue, -45)]);
        assert_eq!(
            after(&mut posted, charge(S::Cancelled, 300, 90)),
            (None, 45)
        );
    }

    #[test]
    fn a_hold_that_expires_and_is_taken_again_is_owed_then() {
        let mut posted = Posted::default();
        assert_eq!(after(&mut posted, charge(S::Expired, 300, 0)), (None, 0));
        assert_eq!(
            after(&mut posted, charge(S::Confirmed, 300, 90)),
            (Some(Kind::Charged), 300)
        );
        assert_eq!(
            after(&mut posted, charge(S::Completed, 300, 300)),
            (None, 300)
        );
    }

    fn statuses() -> impl Strategy<Value = S> {
        prop::sample::select(vec![
            S::PreReserved,
            S::Confirmed,
            S::Completed,
            S::Expired,
            S::Cancelled,
            S::NoShow,
            S::Blocked,
        ])
    }

    proptest! {
        #[test]
        fn whatever_happens_nobody_owes_more_than_the_price_and_a_repeat_writes_nothing(
            total in 0_i64..1_000,
            history in prop::collection::vec((statuses(), 0_i64..1_000), 1..12),
        ) {
            let mut posted = Posted::default();
            for (status, kept) in history {
                let now = charge(status, total, kept);
                let (_, owed) = after(&mut posted, now);
                prop_assert!((0..=total).contains(&owed));
                prop_assert_eq!(owed, -posted.balance(Account::Revenue));
                prop_assert!(now.entries(&posted).is_empty());
            }
        }
    }
}
