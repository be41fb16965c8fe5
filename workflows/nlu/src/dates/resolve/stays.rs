//! The whole stays of a message: ranges, weekends, feasts, lists of days.

use chrono::Datelike;

use crate::DateError;
use crate::dates::calendar::{Anchor, Resolved, plus};
use crate::dates::feasts;
use crate::dates::mention::{Day, Mention, Point, Stretch, Weekend};
use crate::dates::resolve::{Talk, choice};
use crate::dates::stay::{Outcome, between};

impl Talk<'_> {
    /// The whole stays in a message. A range says more than the weekend or feast it lies in.
    pub(super) fn stays(&self, mentions: &[Mention]) -> Vec<Outcome> {
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
            Mention::Moved { from, to } => {
                let to_day = self.anchor(mentions, *to).resolve(*to);
                match (between(self.anchor(mentions, *from), *from, *to), to_day) {
                    (Outcome::Stay(check_in, check_out), Ok(Resolved::Day(day))) => {
                        Some(Outcome::Choices(vec![
                            choice(check_in, Some(check_out)),
                            choice(day, None),
                        ]))
                    }
                    (outcome, _) => Some(outcome),
                }
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
            Mention::PairOrDate(first, second) => {
                Some(self.pair_or_date(mentions, *first, *second))
            }
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

    /// "5-7": both readings, unless the month was said apart from it.
    fn pair_or_date(&self, mentions: &[Mention], first: u32, second: u32) -> Outcome {
        let pair = between(
            self.days(mentions),
            Point::Day(Day::bare(first)),
            Point::Day(Day::bare(second)),
        );
        let date = self.days(mentions).next_in_month(second, first);
        match (pair, date) {
            (Outcome::Stay(check_in, check_out), Ok(date)) => {
                Outcome::Choices(vec![choice(check_in, Some(check_out)), choice(date, None)])
            }
            (pair, _) => pair,
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

    pub(super) fn either(&self, mentions: &[Mention], points: &[Point]) -> Outcome {
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
}

/// Weekdays beside a month name some week of that month, not the coming one.
fn month_of_weekdays(mentions: &[Mention], from: Point, to: Point) -> bool {
    matches!((from, to), (Point::Weekday(..), Point::Weekday(..))) && names_a_month(mentions)
}

pub(super) fn weekday_of_some_month(mentions: &[Mention]) -> bool {
    names_a_month(mentions)
        && mentions
            .iter()
            .any(|mention| matches!(mention, Mention::Point(Point::Weekday(..), _)))
}

pub(super) fn names_a_month(mentions: &[Mention]) -> bool {
    mentions.iter().any(|mention| {
        matches!(
            mention,
            Mention::Period(Stretch::Month { .. } | Stretch::MonthAhead(_))
        )
    })
}
