//! Recurrence rules, by the `rrule` crate behind guards of our own.
//!
//! A rule runs on wall-clock time written as if it were UTC, so that it never meets a time zone; the zone
//! is put back afterwards. What the crate would panic on, misread or run on for ever is refused before.

use chrono::{Datelike as _, Days, NaiveDateTime, NaiveTime, TimeZone as _};
use rrule::{RRule, RRuleSet, Tz, Unvalidated};

use super::{
    budget::Budget,
    moment::{Moment, ZoneName},
};
use crate::{ReadError, Window};

/// A rule that can be run.
#[derive(Debug)]
pub(super) struct Rule(RRuleSet);

impl Rule {
    /// Reads a rule for a series that starts at `start`; `clock` turns the moment of an UNTIL into the
    /// last wall-clock time that still counts.
    ///
    /// Nothing when it cannot be read, or is none that we run.
    pub(super) fn read(
        text: &str,
        start: NaiveDateTime,
        is_all_day: bool,
        clock: impl Fn(Moment) -> Option<NaiveDateTime>,
    ) -> Option<Self> {
        // A letter beyond these makes the crate panic.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"=;,:+-".contains(&byte);
        if !text.bytes().all(is_plain) {
            return None;
        }
        let mut parts = Vec::new();
        let mut names = Vec::new();
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            let (name, mut value) = (name.to_ascii_uppercase(), value.to_ascii_uppercase());
            if names.contains(&name) {
                return None;
            }
            match name.as_str() {
                "FREQ" => matches!(value.as_str(), "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY"),
                // The crate takes 0 and yields nothing, without a word.
                "INTERVAL" | "COUNT" => value.parse::<u32>().is_ok_and(|number| number > 0),
                // The crate takes any number of letters before the day for no number.
                "BYDAY" => value.split(',').all(is_weekday),
                "UNTIL" => {
                    let until = clock(Moment::read(&value, ZoneName::Floating, false)?)?;
                    value = format!("{}Z", until.format("%Y%m%dT%H%M%S"));
                    until >= start
                }
                // Parts of a day mean nothing to a series of days.
                "BYHOUR" | "BYMINUTE" | "BYSECOND" if is_all_day => {
                    names.push(name);
                    continue;
                }
                _ => true,
            }
            .then_some(())?;
            parts.push(format!("{name}={value}"));
            names.push(name);
        }
        let rule: RRule<Unvalidated> = parts.join(";").parse().ok()?;
        let start = Tz::UTC.from_utc_datetime(&start);
        rule.build(start).ok().map(|rules| Self(rules.limit()))
    }

    /// The wall-clock times of the series in order, up to and with `last`.
    ///
    /// Each is passed to `each`; `generated` counts them over all the rules of an event.
    pub(super) fn run(
        &self,
        last: NaiveDateTime,
        generated: &mut Generated,
        budget: &mut Budget,
        mut each: impl FnMut(NaiveDateTime) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        // The first one may take the crate long.
        budget.check()?;
        for occurrence in &self.0 {
            budget.step()?;
            generated.one_more()?;
            let clock = occurrence.naive_utc();
            if clock > last {
                break;
            }
            each(clock)?;
        }
        budget.check()
    }
}

/// Counts what is generated for one event.
#[derive(Debug)]
pub(super) struct Generated {
    left: usize,
}

impl Generated {
    pub(super) const fn at_most(limit: usize) -> Self {
        Self { left: limit }
    }

    pub(super) fn one_more(&mut self) -> Result<(), ReadError> {
        self.left = self.left.checked_sub(1).ok_or(ReadError::LimitsExceeded)?;
        Ok(())
    }
}

/// `MO`, `-1SU`, `+2TU`.
fn is_weekday(text: &str) -> bool {
    let Some((number, day)) = text
        .len()
        .checked_sub(2)
        .and_then(|at| text.split_at_checked(at))
    else {
        return false;
    };
    let number = number
        .strip_prefix(['+', '-'])
        .map_or_else(|| number.is_empty() || is_number(number), is_number);
    number && matches!(day, "MO" | "TU" | "WE" | "TH" | "FR" | "SA" | "SU")
}

fn is_number(text: &str) -> bool {
    text.parse::<u8>().is_ok_and(|number| number > 0)
        && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// When a rule of a VTIMEZONE takes effect, appended to `onsets`; a rule that cannot be read adds nothing.
pub(super) fn onsets(
    rule: &str,
    start: NaiveDateTime,
    window: Window,
    clock_of: impl Fn(NaiveDateTime) -> Option<NaiveDateTime>,
    budget: &mut Budget,
    onsets: &mut Vec<NaiveDateTime>,
) -> Result<(), ReadError> {
    let clock = |until| match until {
        Moment::Utc(instant) => clock_of(instant),
        other => until_clock(other),
    };
    let Some(rule) = Rule::read(rule, start, false, clock) else {
        return Ok(());
    };
    // Clocks change yearly; what changes them more often than that is no clock.
    let mut generated = Generated::at_most(10_000);
    let last = last_clock(window, 366);
    rule.run(last, &mut generated, budget, |onset| {
        onsets.push(onset);
        Ok(())
    })
}

/// An UNTIL without a zone: a date covers the whole day.
pub(super) fn until_clock(until: Moment) -> Option<NaiveDateTime> {
    match until {
        Moment::Date(date) => Some(date.and_time(NaiveTime::from_hms_opt(23, 59, 59)?)),
        Moment::Utc(clock) | Moment::Local(clock, _) => Some(clock),
    }
}

/// A wall-clock time that lies behind the window in every zone.
pub(super) fn last_clock(window: Window, days: u64) -> NaiveDateTime {
    window
        .until
        .checked_add_days(Days::new(days))
        .filter(|date| date.year() < 10_000)
        .unwrap_or(window.until)
        .and_time(NaiveTime::MIN)
}
