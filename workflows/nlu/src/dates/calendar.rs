//! From days as they were said to days that are: which year, which month, which week. Every
//! function looks forward from today, and says so when the calendar has no such day.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::DateError;
use crate::dates::mention::{Day, Point, Week, Year};

/// What a bare day or weekday is seen from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchor {
    pub(crate) today: NaiveDate,
    /// Where to begin looking: today, or the month or weekend already talked about.
    pub(crate) from: NaiveDate,
}

/// A day, or several that it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resolved {
    Day(NaiveDate),
    OneOf(Vec<NaiveDate>),
}

impl Anchor {
    pub(crate) const fn today(today: NaiveDate) -> Self {
        Self { today, from: today }
    }

    /// The day a point means when nothing else bounds it.
    pub(crate) fn resolve(self, point: Point) -> Result<Resolved, DateError> {
        match point {
            Point::Day(day) => self.day(day).map(Resolved::Day),
            Point::Weekday(weekday, week) => Ok(self.weekday(weekday, week)),
            Point::Ahead(days) => plus(self.today, days)
                .map(Resolved::Day)
                .ok_or(DateError::NoSuchDay),
        }
    }

    fn day(self, day: Day) -> Result<NaiveDate, DateError> {
        let date = match (day.month, day.year) {
            (Some(month), Some(year)) => exact(self.year(year), month, day.day)?,
            (Some(month), None) => self.next_in_month(month, day.day)?,
            (None, _) => return self.bare(day),
        };
        if date < self.today {
            return Err(DateError::Past);
        }
        match day.weekday {
            Some(weekday) if weekday != date.weekday() => Err(DateError::WeekdayMismatch),
            _ => Ok(date),
        }
    }

    pub(crate) fn year(self, year: Year) -> i32 {
        match year {
            Year::Is(year) => year,
            Year::Ahead(years) => self.today.year() + years,
        }
    }

    /// The next such day of a month from today on.
    pub(crate) fn next_in_month(self, month: u32, day: u32) -> Result<NaiveDate, DateError> {
        let year = self.today.year();
        let this_year = exact(year, month, day);
        match this_year {
            Ok(date) if date >= self.today => Ok(date),
            // 29 February is asked about in the year it has, never moved to a leap year.
            _ => exact(year + 1, month, day),
        }
    }

    /// The next such day of any month; with a weekday, of a month where the two agree.
    fn bare(self, day: Day) -> Result<NaiveDate, DateError> {
        /// Months looked through for a weekday and a day that agree: beyond that, one is a slip.
        const AHEAD: u32 = 4;
        let fitting =
            |date: &NaiveDate| day.weekday.is_none_or(|weekday| weekday == date.weekday());
        let found = self
            .days_of_months(day.day)
            .take(AHEAD.try_into().unwrap_or(4))
            .find(fitting);
        found.ok_or(if day.weekday.is_some() {
            DateError::WeekdayMismatch
        } else {
            DateError::NoSuchDay
        })
    }

    /// This day of each month ahead that has it.
    pub(crate) fn days_of_months(self, day: u32) -> impl Iterator<Item = NaiveDate> {
        let first = self.from.with_day(1).unwrap_or(self.from);
        let from = self.from.max(self.today);
        (0..14)
            .filter_map(move |months| first.checked_add_months(Months::new(months)))
            .filter_map(move |month| month.with_day(day))
            .filter(move |date| *date >= from)
    }

    fn weekday(self, weekday: Weekday, week: Week) -> Resolved {
        let coming = next_weekday(self.from, weekday);
        let in_a_week = coming + Days::new(7);
        match week {
            Week::Coming if self.from == self.today && coming == self.today => {
                Resolved::OneOf(vec![coming, in_a_week])
            }
            Week::This => Resolved::Day(next_weekday(self.today, weekday)),
            Week::Coming => Resolved::Day(coming),
            Week::Next => Resolved::Day(in_next_week(self.today, weekday)),
            Week::Second => Resolved::Day(in_a_week),
            Week::Unclear => Resolved::OneOf(vec![coming, in_a_week]),
        }
    }
}

/// A day of the calendar, or why there is none.
pub(crate) fn exact(year: i32, month: u32, day: u32) -> Result<NaiveDate, DateError> {
    NaiveDate::from_ymd_opt(year, month, day).ok_or(DateError::NoSuchDay)
}

pub(crate) fn plus(date: NaiveDate, days: u32) -> Option<NaiveDate> {
    // A stay a century long is no stay: this bounds what a typed number can do.
    (days < 36_525)
        .then(|| date.checked_add_days(Days::new(days.into())))
        .flatten()
}

/// `date` moved by a signed number of days.
pub(crate) fn moved(date: NaiveDate, days: i32) -> Option<NaiveDate> {
    let count = Days::new(days.unsigned_abs().into());
    if days < 0 {
        date.checked_sub_days(count)
    } else {
        date.checked_add_days(count)
    }
}

/// The first such weekday on or after a day.
pub(crate) fn next_weekday(from: NaiveDate, weekday: Weekday) -> NaiveDate {
    let days = weekday.days_since(from.weekday());
    from + Days::new(days.into())
}

/// The Monday that begins the calendar week of a day.
pub(crate) fn monday_of(date: NaiveDate) -> NaiveDate {
    date - Days::new(date.weekday().num_days_from_monday().into())
}

/// A weekday of the calendar week after this one.
pub(crate) fn in_next_week(today: NaiveDate, weekday: Weekday) -> NaiveDate {
    monday_of(today) + Days::new(7 + u64::from(weekday.num_days_from_monday()))
}

/// The Friday of the weekend that holds a day: for Monday to Thursday, the one that follows.
pub(crate) fn friday_of(date: NaiveDate) -> NaiveDate {
    match date.weekday() {
        Weekday::Sat => date - Days::new(1),
        Weekday::Sun => date - Days::new(2),
        _ => next_weekday(date, Weekday::Fri),
    }
}

/// The last day of a day's month.
pub(crate) fn end_of_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1)
        .and_then(|first| first.checked_add_months(Months::new(1)))
        .and_then(|next| next.pred_opt())
        .unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn anchor() -> Anchor {
        Anchor::today(day("2026-11-24"))
    }

    #[test]
    fn a_day_without_a_year_is_the_next_one() {
        assert_eq!(anchor().next_in_month(1, 5), Ok(day("2027-01-05")));
        assert_eq!(anchor().next_in_month(11, 24), Ok(day("2026-11-24")));
        assert_eq!(anchor().next_in_month(4, 31), Err(DateError::NoSuchDay));
    }

    #[test]
    fn a_bare_day_skips_months_without_it() {
        let next = anchor().resolve(Point::Day(Day::bare(31)));
        assert_eq!(next, Ok(Resolved::Day(day("2026-12-31"))));
    }

    #[test]
    fn a_weekday_helps_to_find_the_month() {
        let friday_15 = Day {
            weekday: Some(Weekday::Fri),
            ..Day::bare(15)
        };
        let next = anchor().resolve(Point::Day(friday_15));
        assert_eq!(next, Ok(Resolved::Day(day("2027-01-15"))));
    }

    #[test]
    fn a_weekend_holds_its_days() {
        for date in ["2026-12-18", "2026-12-19", "2026-12-20"] {
            assert_eq!(friday_of(day(date)), day("2026-12-18"));
        }
    }
}
