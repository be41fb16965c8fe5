//! From everything said about dates to what the reading says about them. The order of the rules
//! is the order of certainty: whole stays, then ends of a stay, then lengths, then stretches.

use chrono::{Datelike, NaiveDate};

use crate::dates::calendar::{Anchor, Resolved, monday_of, moved, plus};
use crate::dates::feasts;
use crate::dates::mention::{Length, Mention, Point, Role, Stretch, Weekend};
use crate::dates::select::{count, share_month};
use crate::dates::stay::{Outcome, between};
use crate::grammar::Found;
use crate::tokens::Token;
use crate::{Awaiting, Context, DateError, Period, StayChoice};

/// What a message says about when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct When {
    pub(crate) check_in: Option<NaiveDate>,
    pub(crate) check_out: Option<NaiveDate>,
    pub(crate) nights: Option<u16>,
    pub(crate) error: Option<DateError>,
    pub(crate) choices: Vec<StayChoice>,
    pub(crate) period: Option<Period>,
    /// Something over was told, and nothing ahead.
    pub(crate) bygone: bool,
}

/// The stay in a message, seen from today and from the dates already talked about.
pub(crate) fn resolve(
    tokens: &[Token],
    mentions: Vec<Found<Mention>>,
    lengths: &[Length],
    today: NaiveDate,
    context: &Context,
) -> When {
    let mut mentions = count(tokens, mentions);
    share_month(&mut mentions);
    let talk = Talk::new(today, context);
    let length = Lengths::sum(lengths);
    let mut when = talk.read(&mentions, &length);
    when.bygone = mentions.contains(&Mention::Bygone)
        && when.check_in.is_none()
        && when.check_out.is_none()
        && when.choices.is_empty();
    when.checked(today)
}

impl When {
    fn stay(check_in: NaiveDate, check_out: NaiveDate) -> Self {
        Self {
            check_in: Some(check_in),
            check_out: Some(check_out),
            ..Self::default()
        }
    }

    fn unclear(mut choices: Vec<StayChoice>) -> Self {
        choices.truncate(3);
        Self {
            choices,
            ..Self::default()
        }
    }

    fn failed(error: DateError, choices: Vec<StayChoice>) -> Self {
        Self {
            error: Some(error),
            ..Self::unclear(choices)
        }
    }

    /// The promises of a reading: never a past arrival, never a departure before it.
    fn checked(self, today: NaiveDate) -> Self {
        let past = |date: Option<NaiveDate>| date.is_some_and(|date| date < today);
        let backwards = match (self.check_in, self.check_out) {
            (Some(check_in), Some(check_out)) => check_out <= check_in,
            _ => false,
        };
        let error = if past(self.check_in) || past(self.check_out) {
            Some(DateError::Past)
        } else if backwards {
            Some(DateError::Backwards)
        } else {
            self.error
        };
        match error {
            None => self,
            Some(error) => Self {
                check_in: None,
                check_out: None,
                error: Some(error),
                ..self
            },
        }
    }
}

/// The lengths of a message, added up.
#[derive(Clone, Copy, Debug, Default)]
struct Lengths {
    nights: Option<u32>,
    days: Option<u32>,
    change: Option<i32>,
    shift: Option<(i32, Role)>,
    ahead: Option<u32>,
}

impl Lengths {
    fn sum(lengths: &[Length]) -> Self {
        let mut sum = Self::default();
        let mut unclear = false;
        for length in lengths {
            match *length {
                Length::Nights(n) => {
                    unclear |= sum.nights.is_some_and(|nights| nights != n);
                    sum.nights = Some(n);
                }
                Length::Days(n) => {
                    unclear |= sum.days.is_some_and(|days| days != n);
                    sum.days = Some(n);
                }
                Length::Change(n) => sum.change = Some(n),
                Length::Shift(n, role) => sum.shift = Some((n, role)),
                Length::Ahead(n) => sum.ahead = Some(n),
                Length::Unclear => unclear = true,
            }
        }
        sum.nights = sum.nights.filter(|n| !unclear && (1..=365).contains(n));
        sum.days = sum.days.filter(|n| !unclear && (1..=365).contains(n));
        sum
    }

    /// Nights, or as many as the days that were said.
    fn said(&self) -> Option<u16> {
        self.nights
            .or(self.days)
            .and_then(|n| u16::try_from(n).ok())
    }
}

/// Today and the dates already talked about.
struct Talk<'c> {
    today: NaiveDate,
    context: &'c Context,
    check_in: Option<NaiveDate>,
    check_out: Option<NaiveDate>,
}

impl<'c> Talk<'c> {
    fn new(today: NaiveDate, context: &'c Context) -> Self {
        // Dates of another age come from a broken caller and would overflow the calendar.
        let near = |date: &NaiveDate| (date.year() - today.year()).abs() <= 10;
        Self {
            today,
            context,
            check_in: context.check_in.filter(near).filter(|date| *date >= today),
            check_out: context.check_out.filter(near).filter(|date| *date > today),
        }
    }

    /// Bare days are looked for from the month already talked about.
    fn days(&self) -> Anchor {
        let from = self.check_in.and_then(|date| date.with_day(1));
        Anchor {
            today: self.today,
            from: from.map_or(self.today, |from| from.max(self.today)),
        }
    }

    /// Weekdays are looked for from the week already talked about, or from the weekend, feast or
    /// week that the message names beside them.
    fn weekdays(&self, mentions: &[Mention]) -> Anchor {
        let named = mentions.iter().find_map(|mention| match mention {
            Mention::Weekend(weekend) => {
                match feasts::weekend(Anchor::today(self.today), self.check_in, *weekend)? {
                    Outcome::Stay(check_in, _) => Some(check_in),
                    _ => None,
                }
            }
            Mention::Feast(feast, year) => {
                match feasts::feast(Anchor::today(self.today), *feast, *year)? {
                    Outcome::Stay(check_in, _) => Some(check_in),
                    _ => None,
                }
            }
            Mention::Period(stretch @ (Stretch::Week(_) | Stretch::WeekOf(_))) => {
                feasts::stretch(Anchor::today(self.today), *stretch).map(|(period, _)| period.first)
            }
            _ => None,
        });
        let from = named.or(self.check_in).map(monday_of);
        Anchor {
            today: self.today,
            from: from.map_or(self.today, |from| from.max(self.today)),
        }
    }

    fn anchor(&self, mentions: &[Mention], point: Point) -> Anchor {
        match point {
            Point::Weekday(..) => self.weekdays(mentions),
            Point::Day(_) | Point::Ahead(_) => self.days(),
        }
    }

    fn read(&self, mentions: &[Mention], length: &Lengths) -> When {
        let stays = self.stays(mentions);
        let mut when = match stays.as_slice() {
            [] => self.from_points(mentions, length),
            [outcome] => self.with_length(outcome.clone(), window(mentions), length),
            several => When::unclear(several.iter().flat_map(offered).collect()),
        };
        if when.nights.is_none() {
            when.nights = length.said();
        }
        if when.check_in.is_none() && when.check_out.is_none() && when.error.is_none() {
            self.add_stretch(mentions, &mut when);
        }
        when
    }

    /// The whole stays in a message. A range says more than the weekend or feast it lies in.
    fn stays(&self, mentions: &[Mention]) -> Vec<Outcome> {
        let ranges: Vec<Outcome> = mentions
            .iter()
            .filter_map(|mention| self.range(mentions, mention))
            .collect();
        let points = mentions
            .iter()
            .any(|mention| matches!(mention, Mention::Point(..)));
        let mut stays = if ranges.is_empty() && !points {
            mentions
                .iter()
                .filter_map(|mention| self.named(mentions, mention))
                .collect()
        } else {
            ranges
        };
        stays.dedup();
        stays
    }

    fn range(&self, mentions: &[Mention], mention: &Mention) -> Option<Outcome> {
        match mention {
            Mention::Range { from, to, .. } => {
                if month_of_weekdays(mentions, *from, *to) {
                    return None;
                }
                Some(between(self.anchor(mentions, *from), *from, *to))
            }
            Mention::NightsOf(points) => {
                let (first, last) = (points.first()?, points.last()?);
                Some(self.nights_of(mentions, *first, *last))
            }
            Mention::Both(points) => {
                let (first, last) = (points.first()?, points.last()?);
                Some(self.both(mentions, *first, *last))
            }
            Mention::Either(points) => Some(self.either(mentions, points)),
            _ => None,
        }
    }

    fn named(&self, mentions: &[Mention], mention: &Mention) -> Option<Outcome> {
        match mention {
            Mention::Weekend(weekend) => {
                let outcome = feasts::weekend(Anchor::today(self.today), self.check_in, *weekend)?;
                let vague =
                    matches!(weekend, Weekend::In(_)) && self.another_month(mentions, &outcome);
                (!vague).then_some(outcome)
            }
            Mention::Feast(feast, year) => feasts::feast(Anchor::today(self.today), *feast, *year),
            _ => None,
        }
    }

    /// "el finde ... en enero": not the coming one, when that is in November.
    fn another_month(&self, mentions: &[Mention], outcome: &Outcome) -> bool {
        let Outcome::Stay(check_in, check_out) = outcome else {
            return false;
        };
        mentions.iter().any(|mention| match mention {
            Mention::Period(Stretch::Month { month, .. }) => {
                *month != check_in.month() && *month != check_out.month()
            }
            Mention::Period(Stretch::MonthAhead(ahead)) => *ahead > 0,
            _ => false,
        })
    }

    /// "el 12 y el 13": two nights, or one.
    fn both(&self, mentions: &[Mention], first: Point, last: Point) -> Outcome {
        match between(self.anchor(mentions, first), first, last) {
            Outcome::Stay(check_in, check_out) => {
                let longer = plus(check_out, 1);
                Outcome::Choices(
                    [Some(check_out), longer]
                        .into_iter()
                        .flatten()
                        .map(|check_out| choice(check_in, Some(check_out)))
                        .collect(),
                )
            }
            other => other,
        }
    }

    /// "las noches del 12 y 13": out on the 14th.
    fn nights_of(&self, mentions: &[Mention], first: Point, last: Point) -> Outcome {
        let anchor = self.anchor(mentions, first);
        let nights = if first == last {
            match anchor.resolve(first) {
                Ok(Resolved::Day(day)) => Some((day, day)),
                Ok(Resolved::OneOf(days)) => {
                    return Outcome::Choices(
                        days.into_iter()
                            .map(|day| choice(day, plus(day, 1)))
                            .collect(),
                    );
                }
                Err(error) => return Outcome::Error(error, Vec::new()),
            }
        } else {
            match between(anchor, first, last) {
                Outcome::Stay(first, last) => Some((first, last)),
                other => return other,
            }
        };
        match nights.and_then(|(first, last)| Some((first, plus(last, 1)?))) {
            Some((check_in, check_out)) => Outcome::Stay(check_in, check_out),
            None => Outcome::Error(DateError::NoSuchDay, Vec::new()),
        }
    }

    fn either(&self, mentions: &[Mention], points: &[Point]) -> Outcome {
        // "el 12 o 13 de enero": the month said last counts for all.
        let month = points.iter().rev().find_map(|point| match point {
            Point::Day(day) => day.month.map(|month| (month, day.year)),
            _ => None,
        });
        let mut choices = Vec::new();
        for point in points {
            let point = match (*point, month) {
                (Point::Day(mut day), Some((month, year))) if day.month.is_none() => {
                    day.month = Some(month);
                    day.year = year;
                    Point::Day(day)
                }
                (point, _) => point,
            };
            match self.anchor(mentions, point).resolve(point) {
                Ok(Resolved::Day(day)) => choices.push(choice(day, None)),
                Ok(Resolved::OneOf(days)) => {
                    choices.extend(days.into_iter().map(|day| choice(day, None)));
                }
                Err(error) => return Outcome::Error(error, Vec::new()),
            }
        }
        Outcome::Choices(choices)
    }

    /// A whole stay and the length said beside it.
    fn with_length(&self, outcome: Outcome, window: bool, length: &Lengths) -> When {
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
    fn from_points(&self, mentions: &[Mention], length: &Lengths) -> When {
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
        match points.as_slice() {
            [] => self.from_length(length),
            // "desde ayer hasta mañana": the arrival is over.
            [(_, Role::Departure)] if mentions.contains(&Mention::Bygone) => When::default(),
            [(point, role)] => self.from_one(anchor(*point), *point, self.role(*role), length),
            [
                (from, Role::Arrival | Role::Unsaid),
                (to, Role::Departure | Role::Unsaid),
            ] => self.with_length(between(anchor(*from), *from, *to), false, length),
            [(to, Role::Departure), (from, Role::Arrival | Role::Unsaid)] => {
                self.with_length(between(anchor(*from), *from, *to), false, length)
            }
            [(first, _), rest @ ..] if rest.iter().all(|(point, _)| point == first) => {
                self.from_one(anchor(*first), *first, Role::Unsaid, length)
            }
            several => {
                let points: Vec<Point> = several.iter().map(|(point, _)| *point).collect();
                self.with_length(self.either(mentions, &points), false, length)
            }
        }
    }

    /// What an unsaid role means where a departure was asked for.
    fn role(&self, role: Role) -> Role {
        let leaving = matches!(self.context.awaiting, Some(Awaiting::CheckOut));
        if role == Role::Unsaid && leaving && self.check_in.is_some() {
            Role::Departure
        } else {
            role
        }
    }

    fn from_one(&self, anchor: Anchor, point: Point, role: Role, length: &Lengths) -> When {
        if role == Role::Departure {
            return self.from_departure(anchor, point, length);
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
                let mut when = Self::from_arrival(check_in, length);
                let corrected = role == Role::Arrival && length.said().is_none();
                if corrected && self.check_in.is_some() {
                    when.check_out = self.check_out.filter(|check_out| *check_out > check_in);
                }
                when
            }
        }
    }

    fn from_arrival(check_in: NaiveDate, length: &Lengths) -> When {
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

    fn from_departure(&self, anchor: Anchor, point: Point, length: &Lengths) -> When {
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
    fn from_length(&self, length: &Lengths) -> When {
        if let Some(days) = length.ahead {
            return self.in_some_days(days, length);
        }
        let Some(check_in) = self.check_in else {
            return When::default();
        };
        match (length.change, length.shift, self.check_out) {
            (Some(change), _, Some(check_out)) => When {
                check_in: Some(check_in),
                check_out: moved(check_out, change),
                ..When::default()
            },
            (None, Some((days, role)), Some(check_out)) => {
                shifted(check_in, check_out, days, role, self.today)
            }
            (None, None, _) if length.said().is_some() => Self::from_arrival(check_in, length),
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
            [day] => Self::from_arrival(*day, length),
            several => When::unclear(several.iter().map(|day| choice(*day, None)).collect()),
        }
    }

    fn add_stretch(&self, mentions: &[Mention], when: &mut When) {
        let stretches = mentions.iter().filter_map(|mention| match mention {
            Mention::Period(stretch) => feasts::stretch(Anchor::today(self.today), *stretch),
            _ => None,
        });
        let stretches: Vec<_> = stretches.collect();
        if let [(period, choices)] = stretches.as_slice() {
            when.period = when.period.or(Some(*period));
            if when.choices.is_empty() && when.nights.is_none() {
                when.choices.clone_from(choices);
            }
        }
    }
}

fn exactly(date: NaiveDate) -> crate::dates::mention::Day {
    crate::dates::mention::Day {
        day: date.day(),
        month: Some(date.month()),
        year: Some(crate::dates::mention::Year::Is(date.year())),
        weekday: None,
    }
}

const fn choice(check_in: NaiveDate, check_out: Option<NaiveDate>) -> StayChoice {
    StayChoice {
        check_in,
        check_out,
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

/// The stays an outcome offers when there are several.
fn offered(outcome: &Outcome) -> Vec<StayChoice> {
    match outcome {
        Outcome::Stay(check_in, check_out) => vec![choice(*check_in, Some(*check_out))],
        Outcome::Choices(choices) | Outcome::Error(_, choices) => choices.clone(),
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

fn window(mentions: &[Mention]) -> bool {
    mentions
        .iter()
        .any(|mention| matches!(mention, Mention::Range { window: true, .. }))
}

/// Weekdays beside a month name some week of that month, not the coming one.
fn month_of_weekdays(mentions: &[Mention], from: Point, to: Point) -> bool {
    matches!((from, to), (Point::Weekday(..), Point::Weekday(..))) && names_a_month(mentions)
}

fn weekday_of_some_month(mentions: &[Mention]) -> bool {
    names_a_month(mentions)
        && mentions
            .iter()
            .any(|mention| matches!(mention, Mention::Point(Point::Weekday(..), _)))
}

fn names_a_month(mentions: &[Mention]) -> bool {
    mentions.iter().any(|mention| {
        matches!(
            mention,
            Mention::Period(Stretch::Month { .. } | Stretch::MonthAhead(_))
        )
    })
}
