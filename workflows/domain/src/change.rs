//! Changing the dates of a reservation: until when that can be done.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{ReservationStatus, policy::CancellationPolicy};

/// What keeps the dates of a reservation from being changed, whatever the new ones are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "obstacle", rename_all = "snake_case")]
pub enum Obstacle {
    /// It was given up, or the guest has left.
    #[error("only holds and confirmed stays that are not over can be changed")]
    Over,
    /// A guest changes a confirmed stay for as long as cancelling it would be free.
    #[error("a guest can change a confirmed stay until {hours} hours before it begins")]
    TooLate {
        /// Until so many hours before check-in.
        hours: u32,
    },
}

/// A reservation as far as it matters to whether its dates may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booked {
    /// What it is.
    pub status: ReservationStatus,
    /// The policy it was made under.
    pub policy: CancellationPolicy,
    /// When the guest can arrive.
    pub check_in_at: DateTime<Utc>,
    /// By when the guest leaves.
    pub check_out_at: DateTime<Utc>,
}

impl Booked {
    /// Whether its guest may change the dates at `now`. A hold costs nobody anything yet: it may always.
    ///
    /// # Errors
    /// What keeps them from it.
    pub fn may_be_changed_by_guest(self, now: DateTime<Utc>) -> Result<(), Obstacle> {
        self.may_be_changed(now)?;
        let hours = self.policy.free_until_hours;
        let left = self.check_in_at.signed_duration_since(now);
        if self.status == ReservationStatus::Confirmed && left < TimeDelta::hours(i64::from(hours))
        {
            return Err(Obstacle::TooLate { hours });
        }
        Ok(())
    }

    /// Whether anybody may change the dates at `now`: the owner may also during the stay.
    ///
    /// # Errors
    /// What keeps them from it.
    pub fn may_be_changed(self, now: DateTime<Utc>) -> Result<(), Obstacle> {
        let is_live = matches!(
            self.status,
            ReservationStatus::PreReserved | ReservationStatus::Confirmed
        );
        if is_live && now < self.check_out_at {
            Ok(())
        } else {
            Err(Obstacle::Over)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn booked(status: ReservationStatus) -> Booked {
        Booked {
            status,
            policy: CancellationPolicy::default(),
            check_in_at: at("2027-01-15T18:00:00Z"),
            check_out_at: at("2027-01-18T13:00:00Z"),
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_guest_changes_a_confirmed_stay_for_as_long_as_cancelling_is_free() {
        let stay = booked(ReservationStatus::Confirmed);
        assert_eq!(
            stay.may_be_changed_by_guest(at("2027-01-13T18:00:00Z")),
            Ok(())
        );
        let late = at("2027-01-13T18:00:01Z");
        assert_eq!(
            stay.may_be_changed_by_guest(late),
            Err(Obstacle::TooLate { hours: 48 })
        );
        assert_eq!(stay.may_be_changed(late), Ok(()));
        let hold = booked(ReservationStatus::PreReserved);
        assert_eq!(hold.may_be_changed_by_guest(late), Ok(()));
    }

    #[test]
    fn what_is_over_is_not_changed_by_anybody() {
        let gone = at("2027-01-18T13:00:00Z");
        for (status, now) in [
            (ReservationStatus::Confirmed, gone),
            (ReservationStatus::Cancelled, at("2027-01-01T00:00:00Z")),
            (ReservationStatus::Expired, at("2027-01-01T00:00:00Z")),
        ] {
            assert_eq!(booked(status).may_be_changed(now), Err(Obstacle::Over));
            assert_eq!(
                booked(status).may_be_changed_by_guest(now),
                Err(Obstacle::Over)
            );
        }
    }
}
