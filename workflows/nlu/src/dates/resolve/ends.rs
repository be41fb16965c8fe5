//! The ends of a stay said one by one, and a length beside them: an arrival, a departure, "3 noches".

use chrono::{Datelike, NaiveDate};

use crate::dates::calendar::{Anchor, Resolved, moved, plus};
use crate::dates::mention::{Day, Mention, Point, Role, Year};
use crate::dates::resolve::lengths::Lengths;
use crate::dates::resolve::stays::weekday_of_some_month;
use crate::dates::resolve::{Talk, When, choice};
use crate::dates::stay::{Outcome, between};
use crate::{Awaiting, DateError, Period, StayChoice};

impl Talk<'_> {
    /// A whole stay and the length said beside it.
    pub(super) fn with_length(&self, outcome: Outcome, window: bool, length: &Lengths) -> When {
        let (check_in, check_out) = match outcome {
            Outcome::Stay(check_in, check_out) => (check_in, check_out),
            Outcome::Choices(choices) => return When::unclear(fitting(choices, length)),
            Outcome::Error(error, choices) => return When::failed(error, choices),
        };
        let between = (check_out - check_in).num_days();
        let agrees = match (length.nights, length.days) {
            (Some(nights), _) => i64::from(nights) == between,
            (None, Some(days)) => i64::from(days) == between || i64::from(days) == between + 1,
            (None, None) => true,
        };
        if agrees {
            return When {
                nights: length.nights.and_then(|n| u16::try_from(n).ok()),
                ..When::stay(check_in, check_out)
            };
        }
        let said = length.nights.or(length.days).unwrap_or_default();
        if window && i64::from(said) < between {
            return When {
                period: Some(Period {
                    first: check_in,
                    last: check_out,
                }),
                ..When::default()
            };
        }
        let mut choices = vec![choice(check_in, Some(check_out))];
        choices.extend(plus(check_in, said).map(|end| choice(check_in, Some(end))));
        When::failed(DateError::NightsMismatch, choices)
    }

    /// Single days: an arrival, a departure, or both.
    pub(super) fn points(&self, mentions: &[Mention], length: &Lengths) -> When {
        let points: Vec<(Point, Role)> = mentions
            .iter()
            .filter_map(|mention| match mention {
                Mention::Point(point, role) => Some((*point, *role)),
                _ => None,
            })
            .collect();
        if points.len() == 1 && weekday_of_some_month(mentions) {
            return When::default();
        }
        let anchor = |point| self.anchor(mentions, point);
        if let [(one, _), (other, _), ..] = points.as_slice()
            && length.unclear
            && one != other
        {
            // "5 noches desde el 3, o 7 desde el 20"
            let points: Vec<Point> = points.iter().map(|(point, _)| *point).collect();
            return self.with_length(self.either(mentions, &points), false, length);
        }
        if let [(one, _), (other, _)] = points.as_slice()
            && let Some(when) = self.replaced(mentions, *one, *other)
        {
            return when;
        }
        if let [(from, Role::Unsaid), (to, Role::Unsaid)] = points.as_slice()
            && from != to
            && self.context.awaiting != Some(Awaiting::Dates)
        {
            // "el 3 llegan ellos y nosotros el 4": two days make a stay only when they are said to.
            return match between(anchor(*from), *from, *to) {
                Outcome::Stay(check_in, check_out) => {
                    When::unclear(vec![choice(check_in, Some(check_out))])
                }
                other => self.with_length(other, false, length),
            };
        }
        match points.as_slice() {
            [] => self.length_alone(length),
            // "desde ayer hasta mañana": the arrival is over.
            [(_, Role::Departure)] if mentions.contains(&Mention::Bygone) => When::default(),
            [(point, role)] => self.one_point(anchor(*point), *point, self.role(*role), length),
            [
                (from, Role::Arrival | Role::Unsaid),
                (to, Role::Departure | Role::Unsaid),
            ]
            // "salimos el viernes 8 y volvemos el domingo 17": they leave home to arrive.
            | [(from, Role::Departure), (to, Role::Departure)]
                if from != to =>  self.with_length(between(anchor(*from), *from, *to), false, length),
            [(to, Role::Departure), (from, Role::Arrival | Role::Unsaid)] => {
                self.with_length(between(anchor(*from), *from, *to), false, length)
            }
            [(first, _), rest @ ..] if rest.iter().all(|(point, _)| point == first) => {
                self.one_point(anchor(*first), *first, Role::Unsaid, length)
            }
            several => {
                let points: Vec<Point> = several.iter().map(|(point, _)| *point).collect();
                self.with_length(self.either(mentions, &points), false, length)
            }
        }
    }

    /// "cambiá el 10 por el 11": of two days, one is an end of the stay talked about, and the
    /// other takes its place.
    fn replaced(&self, mentions: &[Mention], one: Point, other: Point) -> Option<When> {
        let (check_in, check_out) = (self.check_in?, self.check_out?);
        let day = |point| match self.anchor(mentions, point).resolve(point) {
            Ok(Resolved::Day(day)) => Some(day),
            _ => None,
        };
        let (one, other) = (day(one)?, day(other)?);
        let end = |date| date == check_in || date == check_out;
        let (old, new) = match (end(one), end(other)) {
            (true, false) => (one, other),
            (false, true) => (other, one),
            _ => return None,
        };
        // One end as it was and one anew, in order, may be a stay said whole.
        let whole = one == check_in && one < other;
        let stay = if old == check_in {
            (new, check_out)
        } else {
            (check_in, new)
        };
        let choices = [Some(stay), whole.then_some((one, other))]
            .into_iter()
            .flatten()
            .filter(|(check_in, check_out)| check_in < check_out)
            .map(|(check_in, check_out)| choice(check_in, Some(check_out)))
            .collect();
        Some(When::unclear(choices))
    }

    /// What an unsaid role means where a departure was asked for.
    fn role(&self, role: Role) -> Role {
        let asked = matches!(self.context.awaiting, Some(Awaiting::CheckOut));
        if role == Role::Unsaid && asked && self.check_in.is_some() {
            Role::Departure
        } else {
            role
        }
    }

    fn one_point(&self, anchor: Anchor, point: Point, role: Role, length: &Lengths) -> When {
        if role == Role::Departure {
            return self.leaving(anchor, point, length);
        }
        match anchor.resolve(point) {
            Err(error) => When::failed(error, Vec::new()),
            Ok(Resolved::OneOf(days)) => {
                let choices = days
                    .into_iter()
                    .map(|day| choice(day, length.nights.and_then(|nights| plus(day, nights))));
                When::unclear(choices.collect())
            }
            Ok(Resolved::Day(check_in)) => {
                let mut when = Self::arriving(check_in, length);
                let corrected = role == Role::Arrival && length.said().is_none();
                if corrected && self.check_in.is_some() {
                    when.check_out = self.check_out.filter(|check_out| *check_out > check_in);
                }
                when
            }
        }
    }

    fn arriving(check_in: NaiveDate, length: &Lengths) -> When {
        let nights = length.nights.and_then(|nights| plus(check_in, nights));
        let choices = match (length.nights, length.days) {
            (None, Some(days)) => [days.saturating_sub(1), days]
                .into_iter()
                .filter(|nights| *nights > 0)
                .filter_map(|nights| plus(check_in, nights))
                .map(|check_out| choice(check_in, Some(check_out)))
                .collect(),
            _ => Vec::new(),
        };
        When {
            check_in: Some(check_in),
            check_out: nights,
            choices,
            ..When::default()
        }
    }

    fn leaving(&self, anchor: Anchor, point: Point, length: &Lengths) -> When {
        if let Some(check_in) = self.check_in.filter(|_| length.said().is_none()) {
            let from = Point::Day(exactly(check_in));
            return match between(anchor, from, point) {
                Outcome::Stay(check_in, check_out) => When::stay(check_in, check_out),
                Outcome::Error(error, choices) => When::failed(error, choices),
                Outcome::Choices(_) => When::default(),
            };
        }
        match anchor.resolve(point) {
            Err(error) => When::failed(error, Vec::new()),
            Ok(Resolved::OneOf(_)) => When::default(),
            Ok(Resolved::Day(check_out)) => When {
                check_in: length
                    .nights
                    .and_then(|nights| i32::try_from(nights).ok())
                    .and_then(|nights| moved(check_out, -nights)),
                check_out: Some(check_out),
                ..When::default()
            },
        }
    }

    /// A length and no day: it changes or completes the dates talked about.
    fn length_alone(&self, length: &Lengths) -> When {
        if let Some(days) = length.ahead {
            return self.in_some_days(days, length);
        }
        let Some(check_in) = self.check_in else {
            return When::default();
        };
        if let (Some(days), Some(check_out)) = (length.moved, self.check_out) {
            return When {
                check_in: moved(check_in, days),
                check_out: moved(check_out, days),
                ..When::default()
            };
        }
        match (length.change, length.shift, self.check_out) {
            (Some(change), _, Some(check_out)) => When {
                check_in: Some(check_in),
                check_out: moved(check_out, change),
                ..When::default()
            },
            (None, Some((days, role)), Some(check_out)) => {
                shifted(check_in, check_out, days, role, self.today)
            }
            (None, Some((days, Role::Unsaid)), None)
                if days > 0 && self.context.awaiting == Some(Awaiting::CheckOut) =>
            {
                moved(check_in, days).map_or_else(When::default, |end| When::stay(check_in, end))
            }
            (None, None, _) if length.said().is_some() => Self::arriving(check_in, length),
            _ => When::default(),
        }
    }

    /// "en 15 días" is two weeks to some and fifteen days to others.
    fn in_some_days(&self, days: u32, length: &Lengths) -> When {
        let candidates = match days {
            8 | 15 => vec![days - 1, days],
            days => vec![days],
        };
        let days: Vec<NaiveDate> = candidates
            .into_iter()
            .filter_map(|days| plus(self.today, days))
            .collect();
        match days.as_slice() {
            [day] => Self::arriving(*day, length),
            several => When::unclear(several.iter().map(|day| choice(*day, None)).collect()),
        }
    }
}

fn exactly(date: NaiveDate) -> Day {
    Day {
        day: date.day(),
        month: Some(date.month()),
        year: Some(Year::Is(date.year())),
        weekday: None,
    }
}

/// "un día antes": the arrival, the departure, or both.
fn shifted(
    check_in: NaiveDate,
    check_out: NaiveDate,
    days: i32,
    role: Role,
    today: NaiveDate,
) -> When {
    let (Some(arrival), Some(leaving)) = (moved(check_in, days), moved(check_out, days)) else {
        return When::default();
    };
    match role {
        Role::Arrival => When::stay(arrival, check_out),
        Role::Departure => When::stay(check_in, leaving),
        Role::Unsaid => {
            let choices = [
                (arrival, check_out),
                (arrival, leaving),
                (check_in, leaving),
            ];
            When::unclear(
                choices
                    .into_iter()
                    .filter(|(check_in, check_out)| check_in < check_out && *check_in >= today)
                    .map(|(check_in, check_out)| choice(check_in, Some(check_out)))
                    .collect(),
            )
        }
    }
}

/// Choices of the length that was said, when there are any.
fn fitting(choices: Vec<StayChoice>, length: &Lengths) -> Vec<StayChoice> {
    let Some(nights) = length.nights else {
        return choices;
    };
    let fits = |choice: &StayChoice| {
        choice
            .check_out
            .is_some_and(|check_out| (check_out - choice.check_in).num_days() == i64::from(nights))
    };
    if choices.iter().any(fits) {
        choices.into_iter().filter(fits).collect()
    } else {
        choices
            .into_iter()
            .map(|open| choice(open.check_in, plus(open.check_in, nights)))
            .collect()
    }
}
