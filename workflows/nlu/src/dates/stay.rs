//! From two days as they were said to a stay: how month and year are shared between them, and
//! when a stay runs backwards. Nothing is repaired: a stay that cannot be is an error, with the
//! stay it may have meant as a choice.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::dates::calendar::{Anchor, Resolved, exact, next_weekday};
use crate::dates::mention::{Day, Point, Week, Year};
use crate::{DateError, StayChoice};

/// What two days make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// One stay and no doubt.
    Stay(NaiveDate, NaiveDate),
    /// One of these.
    Choices(Vec<StayChoice>),
    /// No stay; perhaps one of these was meant.
    Error(DateError, Vec<StayChoice>),
}

/// "del 28 al 3" runs into the next month up to this many nights; "del 20 al 10" is a slip.
const LONGEST_WRAP: i64 = 10;
/// Without years, a departure further away than this is taken for a slip and asked.
const LONGEST_WITHOUT_YEAR: i64 = 180;

/// The stay from one day to another.
pub(crate) fn between(anchor: Anchor, from: Point, to: Point) -> Outcome {
    match (from, to) {
        (Point::Day(from), Point::Day(to)) => days(anchor, from, to),
        (Point::Weekday(weekday, _), Point::Day(to)) => weekday_to_day(anchor, weekday, to),
        (from, Point::Weekday(weekday, week)) => {
            let from = match (from, week) {
                // "del lunes al viernes de la semana que viene" is one week.
                (
                    Point::Weekday(first, Week::Coming),
                    Week::Next | Week::Second | Week::Unclear,
                ) => Point::Weekday(first, week),
                (from, _) => from,
            };
            each_start(anchor, from, |start| {
                Ok(next_weekday(start + Days::new(1), weekday))
            })
        }
        (from, Point::Ahead(_)) => each_start(anchor, from, |_| match anchor.resolve(to)? {
            Resolved::Day(date) => Ok(date),
            Resolved::OneOf(_) => Err(DateError::Backwards),
        }),
        (from, Point::Day(to)) => each_start(anchor, from, |start| departure(anchor, start, to)),
    }
}

/// Tries every day that the arrival may be.
fn each_start(
    anchor: Anchor,
    from: Point,
    end: impl Fn(NaiveDate) -> Result<NaiveDate, DateError>,
) -> Outcome {
    let starts = match anchor.resolve(from) {
        Err(error) => return Outcome::Error(error, Vec::new()),
        Ok(Resolved::Day(start)) => vec![start],
        Ok(Resolved::OneOf(starts)) => starts,
    };
    let unclear = starts.len() > 1;
    let mut choices = Vec::new();
    for start in starts {
        match end(start) {
            Ok(end) if !unclear => return stay(start, end),
            Ok(end) => choices.push(choice(start, end)),
            Err(error) if !unclear => return Outcome::Error(error, Vec::new()),
            Err(_) => {}
        }
    }
    Outcome::Choices(choices)
}

fn stay(start: NaiveDate, end: NaiveDate) -> Outcome {
    if end > start {
        Outcome::Stay(start, end)
    } else {
        Outcome::Error(DateError::Backwards, Vec::new())
    }
}

const fn choice(check_in: NaiveDate, check_out: NaiveDate) -> StayChoice {
    StayChoice {
        check_in,
        check_out: Some(check_out),
    }
}

fn days(anchor: Anchor, from: Day, to: Day) -> Outcome {
    match (from.month, to.month) {
        (None, None) => bare_days(anchor, from, to),
        (None, Some(_)) if to.day <= from.day => shared_month_backwards(anchor, from, to),
        (None, Some(_)) => {
            let from = Day {
                month: to.month,
                year: to.year,
                ..from
            };
            from_day(anchor, from, to)
        }
        (Some(month), to_month) => {
            // A year said once, at the end, counts for both days.
            let year = from.year.or(match (to.year, to_month) {
                (Some(Year::Is(year)), Some(to_month)) if to_month < month => {
                    Some(Year::Is(year - 1))
                }
                (Some(Year::Ahead(years)), Some(to_month)) if to_month < month => {
                    Some(Year::Ahead(years - 1))
                }
                (year, _) => year,
            });
            from_day(anchor, Day { year, ..from }, to)
        }
    }
}

fn from_day(anchor: Anchor, from: Day, to: Day) -> Outcome {
    each_start(anchor, Point::Day(from), |start| {
        departure(anchor, start, to)
    })
}

/// "del 30 al 2 de enero" begins in the month before; "del 20 al 10 de enero" may, but is more
/// likely a slip.
fn shared_month_backwards(anchor: Anchor, from: Day, to: Day) -> Outcome {
    let meant = match anchor.resolve(Point::Day(to)) {
        Ok(Resolved::Day(end)) => end
            .checked_sub_months(Months::new(1))
            .and_then(|month| month.with_day(from.day))
            .filter(|start| {
                *start >= anchor.today && (end - *start).num_days() <= LONGEST_WITHOUT_YEAR
            })
            .map(|start| choice(start, end)),
        _ => None,
    };
    if let Some(stay) = meant
        && let Some(end) = stay.check_out
        && (end - stay.check_in).num_days() <= LONGEST_WRAP
    {
        return Outcome::Stay(stay.check_in, end);
    }
    // A day that no month has is the plainer reason.
    let from = Day {
        month: to.month,
        year: to.year,
        ..from
    };
    match anchor.resolve(Point::Day(from)) {
        Err(DateError::NoSuchDay) if meant.is_none() => {
            Outcome::Error(DateError::NoSuchDay, Vec::new())
        }
        _ => Outcome::Error(DateError::Backwards, meant.into_iter().collect()),
    }
}

/// Two days of no month: the nearest month in which the stay lies ahead.
fn bare_days(anchor: Anchor, from: Day, to: Day) -> Outcome {
    if from.day == to.day {
        return Outcome::Error(DateError::Backwards, Vec::new());
    }
    let fits =
        |date: NaiveDate, day: Day| day.weekday.is_none_or(|weekday| weekday == date.weekday());
    let weekdays_said = from.weekday.is_some() || to.weekday.is_some();
    let mut months = anchor
        .days_of_months(from.day)
        .filter_map(|start| bare_departure(start, to.day).map(|end| (start, end)))
        // Months looked through for weekdays that agree: beyond that, one is a slip.
        .take(if weekdays_said { 4 } else { 1 });
    let found = months.find(|(start, end)| fits(*start, from) && fits(*end, to));
    match found {
        None if weekdays_said => Outcome::Error(DateError::WeekdayMismatch, Vec::new()),
        None => Outcome::Error(DateError::NoSuchDay, Vec::new()),
        Some((start, end)) if to.day < from.day && (end - start).num_days() > LONGEST_WRAP => {
            Outcome::Error(DateError::Backwards, vec![choice(start, end)])
        }
        Some((start, end)) => Outcome::Stay(start, end),
    }
}

/// A bare departure: later in the same month, or in the next.
fn bare_departure(start: NaiveDate, day: u32) -> Option<NaiveDate> {
    if day > start.day() {
        start.with_day(day)
    } else {
        start
            .with_day(1)?
            .checked_add_months(Months::new(1))?
            .with_day(day)
    }
}

fn departure(anchor: Anchor, start: NaiveDate, to: Day) -> Result<NaiveDate, DateError> {
    let end = match (to.month, to.year) {
        (Some(month), Some(year)) => exact(anchor.year(year), month, to.day)?,
        (Some(month), None) => {
            let same_year = exact(start.year(), month, to.day);
            match same_year {
                Ok(date) if date > start => date,
                Ok(date) if date.month() == start.month() => return Err(DateError::Backwards),
                _ => exact(start.year() + 1, month, to.day)?,
            }
        }
        (None, _) => {
            let end = bare_departure(start, to.day).ok_or(DateError::NoSuchDay)?;
            if to.day <= start.day() && (end - start).num_days() > LONGEST_WRAP {
                return Err(DateError::Backwards);
            }
            end
        }
    };
    if to.year.is_none() && (end - start).num_days() > LONGEST_WITHOUT_YEAR {
        return Err(DateError::Backwards);
    }
    match to.weekday {
        Some(weekday) if weekday != end.weekday() => Err(DateError::WeekdayMismatch),
        _ => Ok(end),
    }
}

/// "de viernes al 29": the weekday before the day.
fn weekday_to_day(anchor: Anchor, weekday: Weekday, to: Day) -> Outcome {
    let end = match anchor.resolve(Point::Day(to)) {
        Ok(Resolved::Day(end)) => end,
        Ok(Resolved::OneOf(_)) => return Outcome::Error(DateError::NoSuchDay, Vec::new()),
        Err(error) => return Outcome::Error(error, Vec::new()),
    };
    let start = next_weekday(end - Days::new(7), weekday);
    if start < anchor.today {
        Outcome::Error(DateError::Past, Vec::new())
    } else {
        stay(start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn of(day: u32, month: u32) -> Day {
        Day {
            month: Some(month),
            ..Day::bare(day)
        }
    }

    fn read(from: Day, to: Day) -> Outcome {
        between(
            Anchor::today(day("2026-11-24")),
            Point::Day(from),
            Point::Day(to),
        )
    }

    #[test]
    fn a_stay_crosses_the_new_year() {
        let stay = Outcome::Stay(day("2026-12-28"), day("2027-01-03"));
        assert_eq!(read(of(28, 12), of(3, 1)), stay);
        assert_eq!(read(of(28, 12), Day::bare(3)), stay);
    }

    #[test]
    fn a_bare_pair_lies_in_the_nearest_month_that_has_it() {
        let read = |from, to| read(Day::bare(from), Day::bare(to));
        assert_eq!(
            read(27, 30),
            Outcome::Stay(day("2026-11-27"), day("2026-11-30"))
        );
        assert_eq!(
            read(10, 12),
            Outcome::Stay(day("2026-12-10"), day("2026-12-12"))
        );
        assert_eq!(
            read(28, 31),
            Outcome::Stay(day("2026-12-28"), day("2026-12-31"))
        );
        assert_eq!(
            read(28, 2),
            Outcome::Stay(day("2026-11-28"), day("2026-12-02"))
        );
    }

    #[test]
    fn a_short_stay_runs_into_the_month_of_its_end() {
        assert_eq!(
            read(Day::bare(30), of(2, 1)),
            Outcome::Stay(day("2026-12-30"), day("2027-01-02"))
        );
    }

    #[test]
    fn what_runs_backwards_is_asked_with_what_may_have_been_meant() {
        let Outcome::Error(error, choices) = read(Day::bare(20), of(10, 1)) else {
            panic!("20 to 10 January was repaired");
        };
        assert_eq!(error, DateError::Backwards);
        assert_eq!(choices, [choice(day("2026-12-20"), day("2027-01-10"))]);
        assert_eq!(
            read(of(10, 1), of(5, 1)),
            Outcome::Error(DateError::Backwards, Vec::new())
        );
    }
}
