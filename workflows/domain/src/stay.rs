//! Stays: half-open ranges of dates.

use std::fmt;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// The longest stay that can be asked for, in nights. Longer ones are a matter for a person.
pub const MAX_NIGHTS: u16 = 90;

/// Nights from check-in to check-out, `[check_in, check_out)`, in the accommodation's calendar.
///
/// The check-out day is not slept in: it can be the next guest's check-in day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Dates", into = "Dates")]
pub struct Stay {
    check_in: NaiveDate,
    check_out: NaiveDate,
}

/// A stay as it is written down, before it is known to be one.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Dates {
    check_in: NaiveDate,
    check_out: NaiveDate,
}

/// Why two dates are not a stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StayError {
    /// The check-out is not after the check-in.
    #[error("check-out must be after check-in")]
    NoNights,
    /// The stay is longer than [`MAX_NIGHTS`].
    #[error("a stay is at most {MAX_NIGHTS} nights")]
    TooLong,
}

impl Stay {
    /// A stay of at least one night and at most [`MAX_NIGHTS`].
    ///
    /// # Errors
    /// When the dates are the same, backwards, or too far apart.
    pub fn new(check_in: NaiveDate, check_out: NaiveDate) -> Result<Self, StayError> {
        let nights = check_out.signed_duration_since(check_in).num_days();
        if nights < 1 {
            Err(StayError::NoNights)
        } else if nights > i64::from(MAX_NIGHTS) {
            Err(StayError::TooLong)
        } else {
            Ok(Self {
                check_in,
                check_out,
            })
        }
    }

    /// A stay of so many nights.
    ///
    /// # Errors
    /// As [`Stay::new`].
    pub fn of_nights(check_in: NaiveDate, nights: u16) -> Result<Self, StayError> {
        let check_out = check_in
            .checked_add_days(Days::new(u64::from(nights)))
            .ok_or(StayError::TooLong)?;
        Self::new(check_in, check_out)
    }

    /// The first night.
    #[must_use]
    pub const fn check_in(self) -> NaiveDate {
        self.check_in
    }

    /// The day the guest leaves.
    #[must_use]
    pub const fn check_out(self) -> NaiveDate {
        self.check_out
    }

    /// How many nights, 1 to [`MAX_NIGHTS`].
    #[must_use]
    pub fn nights(self) -> u16 {
        let days = self
            .check_out
            .signed_duration_since(self.check_in)
            .num_days();
        u16::try_from(days).unwrap_or(MAX_NIGHTS)
    }

    /// Every night, by the date on which it begins.
    pub fn each_night(self) -> impl Iterator<Item = NaiveDate> {
        self.check_in
            .iter_days()
            .take_while(move |night| *night < self.check_out)
    }

    /// Whether the two have a night in common.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.check_in < other.check_out && other.check_in < self.check_out
    }

    /// Whether a date is one of the nights.
    #[must_use]
    pub fn contains(self, night: NaiveDate) -> bool {
        self.check_in <= night && night < self.check_out
    }

    /// The same number of nights, moved by whole days (negative: earlier).
    #[must_use]
    pub fn shifted(self, days: i64) -> Option<Self> {
        let by = chrono::TimeDelta::try_days(days)?;
        Some(Self {
            check_in: self.check_in.checked_add_signed(by)?,
            check_out: self.check_out.checked_add_signed(by)?,
        })
    }

    /// The weekday of the first night.
    #[must_use]
    pub fn check_in_weekday(self) -> Weekday {
        self.check_in.weekday()
    }
}

impl fmt::Display for Stay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.check_in, self.check_out)
    }
}

impl TryFrom<Dates> for Stay {
    type Error = StayError;

    fn try_from(dates: Dates) -> Result<Self, StayError> {
        Self::new(dates.check_in, dates.check_out)
    }
}

impl From<Stay> for Dates {
    fn from(stay: Stay) -> Self {
        Self {
            check_in: stay.check_in,
            check_out: stay.check_out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2027, 1, day).unwrap()
    }

    #[test]
    fn a_guest_can_arrive_on_the_day_another_leaves() {
        let first = Stay::new(day(15), day(18)).unwrap();
        let second = Stay::new(day(18), day(20)).unwrap();
        assert!(!first.overlaps(second));
        assert!(!first.contains(day(18)));
        assert_eq!(first.nights(), 3);
        assert_eq!(first.each_night().count(), 3);
    }

    #[test]
    fn dates_that_are_no_stay_are_refused_also_when_read_from_json() {
        assert_eq!(Stay::new(day(5), day(5)), Err(StayError::NoNights));
        assert_eq!(Stay::new(day(5), day(4)), Err(StayError::NoNights));
        assert_eq!(Stay::of_nights(day(5), 91), Err(StayError::TooLong));
        let backwards = r#"{"check_in":"2027-01-05","check_out":"2027-01-04"}"#;
        assert!(serde_json::from_str::<Stay>(backwards).is_err());
        let stay = r#"{"check_in":"2027-01-04","check_out":"2027-01-05"}"#;
        assert_eq!(
            serde_json::from_str::<Stay>(stay).unwrap(),
            Stay::new(day(4), day(5)).unwrap()
        );
    }

    proptest::proptest! {
        #[test]
        fn overlapping_is_symmetric_and_means_a_night_in_common(
            a in 0_i64..60, a_nights in 1_u16..30, b in 0_i64..60, b_nights in 1_u16..30,
        ) {
            let a = Stay::of_nights(day(1), a_nights).unwrap().shifted(a).unwrap();
            let b = Stay::of_nights(day(1), b_nights).unwrap().shifted(b).unwrap();
            proptest::prop_assert_eq!(a.overlaps(b), b.overlaps(a));
            proptest::prop_assert_eq!(a.overlaps(b), a.each_night().any(|night| b.contains(night)));
        }
    }
}
