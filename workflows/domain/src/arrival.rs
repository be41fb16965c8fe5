//! Whether a guest came.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{Money, ReservationStatus};

/// Nobody doubts an arrival before so much time has passed since it was possible: guests come late.
const GUESTS_COME_LATE: TimeDelta = TimeDelta::hours(12);

/// A stay is completed at its end by its own workflow. So much later something is wrong with that.
const COMPLETED_WITHIN: TimeDelta = TimeDelta::hours(1);

/// A stay, as far as it tells whether its guest came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// What it is.
    pub status: ReservationStatus,
    /// From when the guest could arrive.
    pub check_in_at: DateTime<Utc>,
    /// By when they leave.
    pub check_out_at: DateTime<Utc>,
    /// What is still to be paid.
    pub balance: Money,
}

/// What is to be done about a stay that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attention {
    /// Nothing.
    None,
    /// Only the owner knows whether the guest came: what they were to pay on arrival is not paid.
    AskOwner,
    /// It is over and nobody has closed it.
    Overdue,
}

impl Arrival {
    /// Whether the owner can say that the guest did not come. Until they could have arrived, nobody knows.
    #[must_use]
    pub fn may_be_missed(&self, now: DateTime<Utc>) -> bool {
        self.status == ReservationStatus::Confirmed && now >= self.check_in_at
    }

    /// What the daily round has to do about it. It never says by itself that a guest did not come.
    #[must_use]
    pub fn attention(&self, now: DateTime<Utc>) -> Attention {
        if self.status != ReservationStatus::Confirmed {
            Attention::None
        } else if now >= self.check_out_at + COMPLETED_WITHIN {
            Attention::Overdue
        } else if self.balance.is_positive() && now >= self.check_in_at + GUESTS_COME_LATE {
            Attention::AskOwner
        } else {
            Attention::None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrival(status: ReservationStatus, balance: i64) -> Arrival {
        Arrival {
            status,
            check_in_at: DateTime::UNIX_EPOCH,
            check_out_at: DateTime::UNIX_EPOCH + TimeDelta::days(2),
            balance: Money::pesos(balance),
        }
    }

    fn after(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    #[test]
    fn nobody_has_missed_a_stay_that_has_not_begun() {
        let confirmed = arrival(ReservationStatus::Confirmed, 100);
        assert!(!confirmed.may_be_missed(after(-1)));
        assert!(confirmed.may_be_missed(after(0)));
        for status in [
            ReservationStatus::PreReserved,
            ReservationStatus::Completed,
            ReservationStatus::Cancelled,
            ReservationStatus::Blocked,
        ] {
            assert!(!arrival(status, 100).may_be_missed(after(1)), "{status}");
        }
    }

    #[test]
    fn the_owner_is_asked_about_what_was_to_be_paid_on_arrival() {
        let owing = arrival(ReservationStatus::Confirmed, 100);
        assert_eq!(owing.attention(after(11)), Attention::None);
        assert_eq!(owing.attention(after(12)), Attention::AskOwner);
        assert_eq!(owing.attention(after(48)), Attention::AskOwner);
        let paid = arrival(ReservationStatus::Confirmed, 0);
        assert_eq!(paid.attention(after(48)), Attention::None);
    }

    #[test]
    fn what_nobody_has_closed_is_overdue() {
        for balance in [0, 100] {
            let confirmed = arrival(ReservationStatus::Confirmed, balance);
            assert_eq!(confirmed.attention(after(49)), Attention::Overdue);
            let missed = arrival(ReservationStatus::NoShow, balance);
            assert_eq!(missed.attention(after(49)), Attention::None);
        }
    }
}
