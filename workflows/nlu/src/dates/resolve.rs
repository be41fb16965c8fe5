//! From everything said about dates to what the reading says about them. The order of the rules
//! is the order of certainty: whole stays, then ends of a stay, then lengths, then stretches.

mod ends;
mod lengths;
mod stays;

use chrono::{Datelike, Days, NaiveDate};

use crate::dates::calendar::{Anchor, Resolved, monday_of};
use crate::dates::feasts;
use crate::dates::mention::{Length, Mention, Point, Role, Stretch};
use crate::dates::resolve::lengths::Lengths;
use crate::dates::resolve::stays::names_a_month;
use crate::dates::select::{count, share_month};
use crate::dates::stay::Outcome;
use crate::grammar::Found;
use crate::tokens::Token;
use crate::{Context, DateError, Period, StayChoice};

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
    share_month(&mut mentions, today);
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

    /// The same stay as a question.
    pub(crate) fn asked(self) -> Self {
        match self.check_in {
            Some(check_in) if self.choices.is_empty() => Self {
                check_in: None,
                check_out: None,
                choices: vec![choice(check_in, self.check_out)],
                ..self
            },
            _ => Self {
                check_in: None,
                check_out: None,
                ..self
            },
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

/// A stay beside a feast may begin this many days before it.
const DAYS_AROUND_A_FEAST: u64 = 9;

/// Something with a name, and where it begins.
#[derive(Clone, Copy)]
enum Named {
    Feast(NaiveDate),
    Stretch(NaiveDate),
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

    /// Bare days are looked for from the month already talked about, or from the feast or the
    /// stretch that the message names beside them ("navidad, del 24 al 26").
    fn days(&self, mentions: &[Mention]) -> Anchor {
        let named = self.named_from(mentions).map(|from| match from {
            Named::Feast(eve) => eve - Days::new(DAYS_AROUND_A_FEAST),
            Named::Stretch(first) => first,
        });
        let talked = || self.check_in.and_then(|date| date.with_day(1));
        let from = named.or_else(talked);
        Anchor {
            today: self.today,
            from: from.map_or(self.today, |from| from.max(self.today)),
        }
    }

    /// Weekdays are looked for from the week already talked about, or from the weekend, feast or
    /// week that the message names beside them.
    fn weekdays(&self, mentions: &[Mention]) -> Anchor {
        let named = self
            .named_from(mentions)
            .filter(|_| !names_a_month(mentions))
            .map(|from| match from {
                Named::Feast(first) | Named::Stretch(first) => first,
            });
        let from = named.or(self.check_in).map(monday_of);
        Anchor {
            today: self.today,
            from: from.map_or(self.today, |from| from.max(self.today)),
        }
    }

    /// Where what the message names begins: a weekend, a feast, a week, a month ahead.
    fn named_from(&self, mentions: &[Mention]) -> Option<Named> {
        let today = Anchor::today(self.today);
        mentions.iter().find_map(|mention| match mention {
            Mention::Weekend(weekend) => match feasts::weekend(today, self.check_in, *weekend)? {
                Outcome::Stay(check_in, _) => Some(Named::Feast(check_in)),
                _ => None,
            },
            Mention::Feast(feast, year) => match feasts::feast(today, *feast, *year)? {
                Outcome::Stay(check_in, _) => Some(Named::Feast(check_in)),
                Outcome::Choices(choices) => {
                    choices.first().map(|choice| Named::Feast(choice.check_in))
                }
                Outcome::Error(..) => None,
            },
            Mention::Period(stretch @ (Stretch::Week(_) | Stretch::WeekOf(_))) => {
                feasts::stretch(today, *stretch).map(|(period, _)| Named::Stretch(period.first))
            }
            Mention::Period(stretch @ Stretch::MonthAhead(_)) => {
                feasts::stretch(today, *stretch).map(|(period, _)| Named::Stretch(period.first))
            }
            _ => None,
        })
    }

    fn anchor(&self, mentions: &[Mention], point: Point) -> Anchor {
        match point {
            Point::Weekday(..) => self.weekdays(mentions),
            Point::Day(_) | Point::Ahead(_) => self.days(mentions),
        }
    }

    fn read(&self, mentions: &[Mention], length: &Lengths) -> When {
        let stays: Vec<Outcome> = self
            .stays(mentions)
            .into_iter()
            .map(|outcome| told(mentions, outcome))
            .collect();
        let mut when = match stays.as_slice() {
            [] => self.points(mentions, length),
            [outcome] if self.contradicted(mentions, outcome) => When::unclear(offered(outcome)),
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

    /// "mi cumple es el 14 de enero, queremos del 13 al 15": a day said beside a stay that does not
    /// hold it casts doubt on it.
    fn contradicted(&self, mentions: &[Mention], outcome: &Outcome) -> bool {
        let Outcome::Stay(check_in, check_out) = outcome else {
            return false;
        };
        mentions.iter().any(|mention| match mention {
            Mention::Point(Point::Day(day), role) if day.month.is_none() => match role {
                Role::Arrival => day.day != check_in.day(),
                Role::Departure => day.day != check_out.day(),
                Role::Unsaid => false,
            },
            Mention::Point(point @ Point::Day(_), role) => {
                let day = self.anchor(mentions, *point).resolve(*point);
                let Ok(Resolved::Day(day)) = day else {
                    return false;
                };
                match role {
                    Role::Unsaid => day != *check_in && day != *check_out,
                    Role::Arrival => day != *check_in,
                    Role::Departure => day != *check_out,
                }
            }
            _ => false,
        })
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

/// "el 15 y 16, nos vamos el 17": of several stays, the one that ends as it is said to.
fn told(mentions: &[Mention], outcome: Outcome) -> Outcome {
    let Outcome::Choices(choices) = &outcome else {
        return outcome;
    };
    let fits = |choice: &StayChoice| {
        mentions.iter().all(|mention| match mention {
            Mention::Point(Point::Day(day), Role::Departure) => {
                choice.check_out.is_some_and(|out| {
                    out.day() == day.day && day.month.is_none_or(|month| month == out.month())
                })
            }
            _ => true,
        })
    };
    let departs = mentions
        .iter()
        .any(|mention| matches!(mention, Mention::Point(Point::Day(_), Role::Departure)));
    let mut fitting = choices.iter().filter(|choice| departs && fits(choice));
    match (fitting.next(), fitting.next()) {
        (
            Some(StayChoice {
                check_in,
                check_out: Some(check_out),
            }),
            None,
        ) => Outcome::Stay(*check_in, *check_out),
        _ => outcome,
    }
}

const fn choice(check_in: NaiveDate, check_out: Option<NaiveDate>) -> StayChoice {
    StayChoice {
        check_in,
        check_out,
    }
}

/// The stays an outcome offers when there are several.
fn offered(outcome: &Outcome) -> Vec<StayChoice> {
    match outcome {
        Outcome::Stay(check_in, check_out) => vec![choice(*check_in, Some(*check_out))],
        Outcome::Choices(choices) | Outcome::Error(_, choices) => choices.clone(),
    }
}

fn window(mentions: &[Mention]) -> bool {
    mentions
        .iter()
        .any(|mention| matches!(mention, Mention::Range { window: true, .. }))
}
