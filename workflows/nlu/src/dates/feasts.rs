//! From weekends, feasts and stretches to days. A feast whose days the law or custom leaves open
//! (Christmas, New Year) comes back as choices.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::dates::calendar::{Anchor, Resolved, end_of_month, friday_of, in_next_week, monday_of};
use crate::dates::mention::{Feast, Stretch, Week, Weekend, Year};
use crate::dates::stay::Outcome;
use crate::{DateError, Period, StayChoice, holidays};

/// The stay a weekend means; absent for some weekend or other.
pub(crate) fn weekend(
    anchor: Anchor,
    talked_about: Option<NaiveDate>,
    weekend: Weekend,
) -> Option<Outcome> {
    let friday = match weekend {
        Weekend::Any => return None,
        Weekend::In(week) => return weekend_in(anchor.today, talked_about, week),
        Weekend::Holding(point) => match anchor.resolve(point) {
            Ok(Resolved::Day(day)) if is_of_a_weekend(day) => friday_of(day),
            Ok(Resolved::Day(day)) => return Some(weekend_beside(anchor.today, day)),
            Ok(Resolved::OneOf(_)) => return None,
            Err(error) => return Some(Outcome::Error(error, Vec::new())),
        },
        Weekend::Nth(n, month) => return Some(nth_weekend(anchor, n, month)),
        Weekend::Last(month) => {
            let first = anchor.next_in_month(month, 1).ok()?;
            let last_saturday = last_weekday(end_of_month(first), Weekday::Sat);
            friday_of(last_saturday)
        }
    };
    Some(friday_to_sunday(anchor.today, friday))
}

fn is_of_a_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Fri | Weekday::Sat | Weekday::Sun)
}

/// "el finde del 8 de diciembre", a Tuesday: the long weekend that keeps it, or else the weekend
/// before or after.
fn weekend_beside(today: NaiveDate, day: NaiveDate) -> Outcome {
    match holidays::long_weekend_of(day, today) {
        Some(weekend)
            if weekend.check_in >= today && weekend.check_in <= day && day <= weekend.check_out =>
        {
            Outcome::Stay(weekend.check_in, weekend.check_out)
        }
        _ => {
            let after = friday_of(day);
            either_weekend(today, after - Days::new(7), after)
        }
    }
}

fn weekend_in(today: NaiveDate, talked_about: Option<NaiveDate>, week: Week) -> Option<Outcome> {
    let coming = friday_of(today);
    let later = coming + Days::new(7);
    Some(match week {
        Week::This | Week::Coming if coming <= today => {
            // On Friday "el finde que viene" may skip the one that begins tonight. On Saturday
            // the weekend has begun; on Sunday it is over.
            match (today.weekday(), week) {
                (Weekday::Fri, Week::Coming) => either_weekend(today, coming, later),
                (Weekday::Sun, _) | (Weekday::Sat, Week::Coming) => friday_to_sunday(today, later),
                (Weekday::Sat, _) => Outcome::Stay(today, today + Days::new(1)),
                _ => friday_to_sunday(today, coming),
            }
        }
        Week::This | Week::Coming => friday_to_sunday(today, coming),
        Week::Next => {
            let friday = in_next_week(today, Weekday::Fri);
            friday_to_sunday(today, friday)
        }
        Week::Second => {
            let from = talked_about.map_or(coming, friday_of);
            friday_to_sunday(today, from + Days::new(7))
        }
        Week::Unclear => either_weekend(today, coming, later),
    })
}

fn either_weekend(today: NaiveDate, coming: NaiveDate, later: NaiveDate) -> Outcome {
    Outcome::Choices(
        [coming, later]
            .into_iter()
            .filter(|friday| *friday >= today)
            .map(|friday| stay_choice(friday, friday + Days::new(2)))
            .collect(),
    )
}

fn friday_to_sunday(today: NaiveDate, friday: NaiveDate) -> Outcome {
    if friday < today {
        Outcome::Error(DateError::Past, Vec::new())
    } else {
        Outcome::Stay(friday, friday + Days::new(2))
    }
}

/// The nth Saturday of the next such month. When its Friday is still the month before, the week
/// after may have been meant.
fn nth_weekend(anchor: Anchor, n: u32, month: u32) -> Outcome {
    let first = match anchor.next_in_month(month, 1) {
        Ok(first) if anchor.today.month() == month => anchor.today.with_day(1).unwrap_or(first),
        Ok(first) => first,
        Err(error) => return Outcome::Error(error, Vec::new()),
    };
    let saturday = crate::dates::calendar::next_weekday(first, Weekday::Sat)
        + Days::new(7 * u64::from(n.saturating_sub(1)));
    let friday = friday_of(saturday);
    if friday < anchor.today {
        return Outcome::Error(DateError::Past, Vec::new());
    }
    if n == 1 && friday.month() != month {
        let later = friday + Days::new(7);
        return Outcome::Choices(vec![
            stay_choice(friday, friday + Days::new(2)),
            stay_choice(later, later + Days::new(2)),
        ]);
    }
    Outcome::Stay(friday, friday + Days::new(2))
}

fn last_weekday(from: NaiveDate, weekday: Weekday) -> NaiveDate {
    let days = from.weekday().days_since(weekday);
    from - Days::new(days.into())
}

const fn stay_choice(check_in: NaiveDate, check_out: NaiveDate) -> StayChoice {
    StayChoice {
        check_in,
        check_out: Some(check_out),
    }
}

/// The stay a feast means; absent when the calendar has no such long weekend.
pub(crate) fn feast(anchor: Anchor, feast: Feast, year: Option<Year>) -> Option<Outcome> {
    let today = anchor.today;
    let stay = |check_in: NaiveDate, check_out: NaiveDate| {
        if check_in < today {
            Outcome::Error(DateError::Past, Vec::new())
        } else {
            Outcome::Stay(check_in, check_out)
        }
    };
    let from = match year {
        None => today,
        Some(year) => NaiveDate::from_ymd_opt(anchor.year(year), 1, 1)?,
    };
    let yearly = |first_day: &dyn Fn(i32) -> Option<NaiveDate>| {
        if let Some(year) = year {
            first_day(anchor.year(year))
        } else {
            first_day(today.year())
                .filter(|day| *day >= today)
                .or_else(|| first_day(today.year() + 1))
        }
    };
    match feast {
        Feast::HolyWeek => {
            let thursday = yearly(&|year| holidays::easter(year)?.checked_sub_days(Days::new(3)))?;
            Some(stay(thursday, thursday + Days::new(3)))
        }
        Feast::Carnival => {
            let friday = yearly(&|year| holidays::carnival(year)?.checked_sub_days(Days::new(3)))?;
            Some(stay(friday, friday + Days::new(4)))
        }
        Feast::Christmas => {
            let eve = yearly(&|year| NaiveDate::from_ymd_opt(year, 12, 24))?;
            Some(open_feast(eve))
        }
        Feast::NewYear => {
            let eve = yearly(&|year| NaiveDate::from_ymd_opt(year, 12, 31))?;
            Some(open_feast(eve))
        }
        Feast::LongWeekend => {
            let weekend = holidays::next_long_weekend(from.max(today))?;
            Some(stay(weekend.check_in, weekend.check_out))
        }
        Feast::LongWeekendIn(month) => {
            let weekend = holidays::long_weekend_in_month(month, from.max(today))?;
            // A year without one is asked about, never replaced by another.
            let said = year.is_none_or(|year| weekend.check_out.year() == anchor.year(year));
            let near = weekend.check_in <= today + Months::new(12);
            if !said || (year.is_none() && !near) {
                return None;
            }
            Some(stay(weekend.check_in, weekend.check_out))
        }
        Feast::LongWeekendOf(point) => match anchor.resolve(point) {
            Ok(Resolved::Day(day)) => {
                let weekend = holidays::long_weekend_of(day, today)?;
                Some(stay(weekend.check_in, weekend.check_out))
            }
            Ok(Resolved::OneOf(_)) => None,
            Err(error) => Some(Outcome::Error(error, Vec::new())),
        },
    }
}

/// The stays that a feast's eve usually begins: the night itself, two of them, the long weekend.
fn open_feast(eve: NaiveDate) -> Outcome {
    let mut ends = vec![eve + Days::new(1), eve + Days::new(2)];
    if let Some(weekend) = holidays::long_weekend_of(eve + Days::new(1), eve) {
        ends.push(weekend.check_out);
    }
    ends.dedup();
    Outcome::Choices(ends.into_iter().map(|end| stay_choice(eve, end)).collect())
}

/// The days of a stretch, and the stays it may mean when the whole of it does.
pub(crate) fn stretch(anchor: Anchor, stretch: Stretch) -> Option<(Period, Vec<StayChoice>)> {
    let today = anchor.today;
    match stretch {
        Stretch::Month {
            month,
            year,
            first,
            last,
            whole,
        } => month_part(anchor, month, year, (first, last), whole),
        Stretch::Week(ahead) => {
            let monday = monday_of(today) + Days::new(7 * u64::from(ahead));
            Some((period(monday.max(today), monday + Days::new(6)), Vec::new()))
        }
        Stretch::WeekOf(point) => match anchor.resolve(point) {
            Ok(Resolved::Day(day)) => {
                let monday = monday_of(day);
                Some((period(monday.max(today), monday + Days::new(6)), Vec::new()))
            }
            _ => None,
        },
        Stretch::MonthAhead(ahead) => {
            let first = today.with_day(1)?.checked_add_months(Months::new(ahead))?;
            Some((period(first.max(today), end_of_month(first)), Vec::new()))
        }
        Stretch::Near(point) => match anchor.resolve(point) {
            Ok(Resolved::Day(day)) => {
                let first = (day - Days::new(3)).max(today);
                Some((period(first, day + Days::new(10)), Vec::new()))
            }
            _ => None,
        },
    }
}

fn month_part(
    anchor: Anchor,
    month: u32,
    year: Option<Year>,
    (first, last): (u32, u32),
    whole: bool,
) -> Option<(Period, Vec<StayChoice>)> {
    let today = anchor.today;
    let month_start = match year {
        Some(year) => NaiveDate::from_ymd_opt(anchor.year(year), month, 1)?,
        None if today.month() == month => today.with_day(1)?,
        None => anchor.next_in_month(month, 1).ok()?,
    };
    let month_end = end_of_month(month_start);
    let begin = month_start.with_day(first)?;
    let end = month_start.with_day(last).unwrap_or(month_end);
    if end < today {
        return None;
    }
    let choices = if whole && begin >= today {
        vec![
            stay_choice(begin, end),
            stay_choice(begin, end + Days::new(1)),
        ]
    } else {
        Vec::new()
    };
    Some((period(begin.max(today), end), choices))
}

const fn period(first: NaiveDate, last: NaiveDate) -> Period {
    Period { first, last }
}
