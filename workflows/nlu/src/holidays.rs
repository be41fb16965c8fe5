//! Argentina's public holidays, moved ones and bridge days included, and the long weekends they
//! make. Fixed and moved holidays follow Ley 27.399; bridge days are decided year by year and so
//! are data, [`SPECIAL_DAYS`], to be corrected when the government announces others.
//!
//! The calendar here serves understanding ("el finde largo de agosto"), never prices.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// A stretch of free days with the evening before it: what "finde largo" means to a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LongWeekend {
    /// The evening before the first free day.
    pub(crate) check_in: NaiveDate,
    /// The last free day.
    pub(crate) check_out: NaiveDate,
}

/// Holidays that stay where they are: day, month.
const FIXED: &[(u32, u32)] = &[
    (1, 1),
    (24, 3),
    (2, 4),
    (1, 5),
    (25, 5),
    (20, 6),
    (9, 7),
    (8, 12),
    (25, 12),
];

/// Holidays that move to a Monday: from Tuesday and Wednesday to the one before, from Thursday and
/// Friday to the one after (Ley 27.399, article 6).
const MOVABLE: &[(u32, u32)] = &[(17, 6), (17, 8), (12, 10), (20, 11)];

/// Days that are free in one year only, as year, month, day.
///
/// 2026 is Resolución 164/2025 and the holiday of Decreto 1103/2026. For 2027 and 2028 nothing is
/// decreed yet: the days are the bridges that the calendar asks for, between a holiday on a Tuesday
/// or Thursday and the weekend. Correct them here when the resolution comes out.
const SPECIAL_DAYS: &[(i32, u32, u32)] = &[
    (2026, 3, 23),
    (2026, 7, 10),
    (2026, 11, 9),
    (2026, 12, 7),
    (2027, 5, 24),
    (2028, 5, 26),
    (2028, 6, 19),
];

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876).
pub(crate) fn easter(year: i32) -> Option<NaiveDate> {
    let a = year % 19;
    let (b, c) = (year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

/// Monday of carnival, 48 days before Easter; Tuesday is free too.
pub(crate) fn carnival(year: i32) -> Option<NaiveDate> {
    easter(year)?.checked_sub_days(Days::new(48))
}

/// Where the movable holiday of a nominal date is kept.
fn moved(nominal: NaiveDate) -> Option<NaiveDate> {
    match nominal.weekday() {
        Weekday::Tue => nominal.checked_sub_days(Days::new(1)),
        Weekday::Wed => nominal.checked_sub_days(Days::new(2)),
        Weekday::Thu => nominal.checked_add_days(Days::new(4)),
        // 17 June on a Friday would land on 20 June, itself a holiday; it then stays.
        Weekday::Fri if nominal.month() == 6 => Some(nominal),
        Weekday::Fri => nominal.checked_add_days(Days::new(3)),
        Weekday::Sat | Weekday::Sun | Weekday::Mon => Some(nominal),
    }
}

/// Whether the law makes this a free day, weekends apart.
pub(crate) fn is_holiday(date: NaiveDate) -> bool {
    let year = date.year();
    let fixed = FIXED.contains(&(date.day(), date.month()));
    let special = SPECIAL_DAYS.contains(&(year, date.month(), date.day()));
    let moved = MOVABLE.iter().any(|(day, month)| {
        NaiveDate::from_ymd_opt(year, *month, *day).and_then(moved) == Some(date)
    });
    let days_to_easter = easter(year).map(|easter| (easter - date).num_days());
    // Carnival's Monday and Tuesday, Maundy Thursday and Good Friday.
    let church = matches!(days_to_easter, Some(48 | 47 | 3 | 2));
    fixed || special || moved || church
}

fn is_free(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun) || is_holiday(date)
}

/// The first long weekend whose evening of arrival is `from` or later.
pub(crate) fn next_long_weekend(from: NaiveDate) -> Option<LongWeekend> {
    // Never more than half a year apart; two years are a safe end of the search.
    from.iter_days()
        .take(730)
        .filter(|day| !is_free(*day))
        .find_map(long_weekend_after)
}

/// The long weekend that begins the day after a working day, if one does.
fn long_weekend_after(eve: NaiveDate) -> Option<LongWeekend> {
    let free: Vec<NaiveDate> = eve
        .iter_days()
        .skip(1)
        .take_while(|day| is_free(*day))
        .collect();
    (free.len() >= 3).then_some(LongWeekend {
        check_in: eve,
        check_out: *free.last()?,
    })
}

/// The next long weekend with a free day in this month.
pub(crate) fn long_weekend_in_month(month: u32, from: NaiveDate) -> Option<LongWeekend> {
    long_weekends(from)
        .find(|weekend| weekend.check_out.month() == month || first_free(*weekend).month() == month)
}

/// The next long weekend that keeps the holiday of a date, even when the holiday was moved.
pub(crate) fn long_weekend_of(date: NaiveDate, from: NaiveDate) -> Option<LongWeekend> {
    let kept = if MOVABLE.contains(&(date.day(), date.month())) {
        moved(date)?
    } else {
        date
    };
    long_weekends(from)
        .take_while(|weekend| weekend.check_in <= kept)
        .find(|weekend| weekend.check_in <= kept && kept <= weekend.check_out)
}

/// The long weekends of the next two years or so, in order.
fn long_weekends(from: NaiveDate) -> impl Iterator<Item = LongWeekend> {
    std::iter::successors(next_long_weekend(from), |last| {
        next_long_weekend(last.check_out)
    })
    .take(30)
}

fn first_free(weekend: LongWeekend) -> NaiveDate {
    weekend.check_in.succ_opt().unwrap_or(weekend.check_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn easter_falls_where_the_church_says() {
        for (year, sunday) in [
            (2026, "2026-04-05"),
            (2027, "2027-03-28"),
            (2028, "2028-04-16"),
        ] {
            assert_eq!(easter(year), Some(day(sunday)));
        }
        assert_eq!(carnival(2027), Some(day("2027-02-08")));
    }

    #[test]
    fn movable_holidays_go_to_a_monday() {
        assert!(is_holiday(day("2026-06-15")), "17 June 2026 is a Wednesday");
        assert!(
            is_holiday(day("2026-11-23")),
            "20 November 2026 is a Friday"
        );
        assert!(is_holiday(day("2027-06-21")), "17 June 2027 is a Thursday");
        assert!(!is_holiday(day("2026-11-20")));
        assert!(is_holiday(day("2026-08-17")), "already a Monday");
    }

    #[test]
    fn a_long_weekend_begins_the_evening_before() {
        let weekends: Vec<_> = long_weekends(day("2026-11-24"))
            .take(4)
            .map(|weekend| (weekend.check_in.to_string(), weekend.check_out.to_string()))
            .collect();
        let expected = [
            ("2026-12-04", "2026-12-08"),
            ("2026-12-24", "2026-12-27"),
            ("2026-12-31", "2027-01-03"),
            ("2027-02-05", "2027-02-09"),
        ];
        assert_eq!(
            weekends,
            expected.map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
    }

    #[test]
    fn a_moved_holiday_is_found_by_its_name_day() {
        let weekend = long_weekend_of(day("2027-08-17"), day("2026-11-24")).unwrap();
        assert_eq!(weekend.check_in, day("2027-08-13"));
        assert_eq!(weekend.check_out, day("2027-08-16"));
    }
}
