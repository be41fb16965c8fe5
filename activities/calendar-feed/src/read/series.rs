//! One event, with everything that repeats, replaces or excludes it, to ranges of nights.

use std::collections::HashSet;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::{
    budget::Budget,
    event::{Addition, End, Event},
    moment::{Moment, Span, ZoneName},
    recurrence::{self, Generated, Rule},
    zone::{Zone, Zones},
};
use crate::{Nights, ReadError, Settings, WarningCode};

/// What is known while an event becomes nights.
pub(super) struct Reading<'a> {
    pub(super) settings: &'a Settings,
    pub(super) zones: &'a mut Zones,
    pub(super) budget: &'a mut Budget,
    /// What is odd about the event at hand.
    pub(super) odd: Vec<WarningCode>,
}

/// What is taken out of a series: exceptions, and occurrences that other events replace.
#[derive(Debug, Default)]
struct Without {
    dates: HashSet<NaiveDate>,
    instants: HashSet<NaiveDateTime>,
}

/// Where an event starts, in the form its series runs on.
#[derive(Clone, Debug)]
enum Start {
    Day(NaiveDate),
    Clock(NaiveDateTime, Zone),
}

impl Start {
    /// Whether the series starts there; that occurrence is there without any rule.
    fn is_at(&self, other: NaiveDateTime) -> bool {
        match self {
            Self::Day(day) => *day == other.date(),
            Self::Clock(clock, _) => *clock == other,
        }
    }
}

impl Reading<'_> {
    fn warn(&mut self, code: WarningCode) {
        if !self.odd.contains(&code) {
            self.odd.push(code);
        }
    }

    /// The zone of a wall clock.
    fn zone(&mut self, name: ZoneName) -> Result<Zone, ReadError> {
        let ZoneName::Named(number) = name else {
            return Ok(self.zones.home());
        };
        match self.zones.find(number, self.budget)? {
            Some(zone) => Ok(zone),
            None => {
                self.warn(WarningCode::UnknownZone);
                Ok(self.zones.home())
            }
        }
    }

    /// The instant of a moment; a date is midnight at the accommodation.
    pub(super) fn instant(&mut self, moment: Moment) -> Result<Option<NaiveDateTime>, ReadError> {
        Ok(match moment {
            Moment::Utc(instant) => Some(instant),
            Moment::Local(clock, zone) => self.zone(zone)?.instant(clock),
            Moment::Date(date) => self.zones.home().instant(date.and_time(NaiveTime::MIN)),
        })
    }

    fn start(&mut self, moment: Moment) -> Result<Start, ReadError> {
        Ok(match moment {
            Moment::Date(date) => Start::Day(date),
            Moment::Utc(instant) => Start::Clock(instant, Zone::UTC),
            Moment::Local(clock, zone) => Start::Clock(clock, self.zone(zone)?),
        })
    }

    /// Every range of nights that an event takes in the window, in order, equal ones once, not clipped.
    pub(super) fn ranges(
        &mut self,
        event: &Event,
        moment: Moment,
        replaced: impl Iterator<Item = Moment>,
    ) -> Result<Vec<Nights>, ReadError> {
        let mut without = Without::default();
        for exception in replaced.chain(event.exceptions.iter().copied()) {
            self.budget.step()?;
            self.exclude(&mut without, exception, moment.is_date())?;
        }
        let start = self.start(moment)?;
        let mut found = Found {
            window: self.settings.window,
            most: self.settings.limits.occurrences_in_window,
            count: 0,
            nights: Vec::new(),
        };
        let length = self.length(&start, event.end())?;
        let occurrence = |reading: &mut Self, at: &Start, found: &mut Found| {
            if reading.is_without(&without, at) {
                return Ok(());
            }
            match reading.lasting(at, length) {
                Some(nights) => found.add(nights),
                None => Ok(()),
            }
        };
        occurrence(self, &start, &mut found)?;
        let mut generated = Generated::at_most(self.settings.limits.occurrences_generated);
        self.run_rules(event, &start, &mut generated, |reading, at| {
            occurrence(reading, at, &mut found)
        })?;
        if event.has_bad_date {
            self.warn(WarningCode::BadRule);
        }
        for addition in &event.dates {
            self.budget.step()?;
            generated.one_more()?;
            match *addition {
                Addition::At(moment) => {
                    let at = self.additional(&start, moment)?;
                    occurrence(self, &at, &mut found)?;
                }
                Addition::Period(moment, end) => {
                    let at = self.start(moment)?;
                    if !self.is_without(&without, &at)
                        && let Some(nights) = self.nights_of(&at, end)?
                    {
                        found.add(nights)?;
                    }
                }
            }
        }
        found.nights.sort_unstable();
        found.nights.dedup();
        Ok(found.nights)
    }

    /// A series of days looks at the date as it is written. One of times looks at the instant, and at the
    /// day where only that is given.
    fn exclude(
        &mut self,
        without: &mut Without,
        moment: Moment,
        of_days: bool,
    ) -> Result<(), ReadError> {
        if of_days || moment.is_date() {
            without.dates.insert(moment.written_date());
        } else {
            without.instants.extend(self.instant(moment)?);
        }
        Ok(())
    }

    fn run_rules(
        &mut self,
        event: &Event,
        start: &Start,
        generated: &mut Generated,
        mut each: impl FnMut(&mut Self, &Start) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let last = recurrence::last_clock(self.settings.window, 2);
        for text in &event.rules {
            let rule = match start {
                Start::Day(day) => {
                    let clock = |until: Moment| Some(until.written_date().and_time(NaiveTime::MIN));
                    Rule::read(text, day.and_time(NaiveTime::MIN), true, clock)
                }
                Start::Clock(clock, zone) => Rule::read(text, *clock, false, |until| match until {
                    Moment::Utc(instant) => Some(zone.clock(instant)),
                    other => recurrence::until_clock(other),
                }),
            };
            let Some(rule) = rule else {
                self.warn(WarningCode::BadRule);
                continue;
            };
            let mut occurrences = Vec::new();
            rule.run(last, generated, self.budget, |clock| {
                occurrences.push(clock);
                Ok(())
            })?;
            for clock in occurrences {
                self.budget.step()?;
                if start.is_at(clock) {
                    continue;
                }
                let at = match start {
                    Start::Day(_) => Start::Day(clock.date()),
                    Start::Clock(_, zone) => Start::Clock(clock, zone.clone()),
                };
                each(self, &at)?;
            }
        }
        Ok(())
    }

    /// An RDATE of a series of days is a day; a date in one of times is the same time on that day.
    fn additional(&mut self, start: &Start, moment: Moment) -> Result<Start, ReadError> {
        Ok(match (start, moment) {
            (Start::Day(_), moment) => Start::Day(moment.written_date()),
            (Start::Clock(clock, zone), Moment::Date(date)) => {
                Start::Clock(date.and_time(clock.time()), zone.clone())
            }
            (Start::Clock(..), moment) => self.start(moment)?,
        })
    }

    #[expect(clippy::unused_self, reason = "reads like its neighbours")]
    fn is_without(&self, without: &Without, at: &Start) -> bool {
        match at {
            Start::Day(day) => without.dates.contains(day),
            Start::Clock(clock, zone) => {
                without.dates.contains(&clock.date())
                    || (!without.instants.is_empty()
                        && zone
                            .instant(*clock)
                            .is_some_and(|instant| without.instants.contains(&instant)))
            }
        }
    }

    fn nights_of(&mut self, start: &Start, end: End) -> Result<Option<Nights>, ReadError> {
        let length = self.length(start, end)?;
        Ok(self.lasting(start, length))
    }

    /// How long every occurrence takes, as the first one does.
    fn length(&mut self, start: &Start, end: End) -> Result<Length, ReadError> {
        let bad = |reading: &mut Self| {
            reading.warn(WarningCode::BadEnd);
            Length::OneNight
        };
        Ok(match (start, end) {
            (_, End::Missing) => Length::OneNight,
            (_, End::Unreadable) => bad(self),
            (Start::Day(day), End::After(span)) => match days_of(*day, span) {
                Some(days) => Length::Days(days),
                None => bad(self),
            },
            (Start::Clock(clock, zone), End::After(span)) => {
                let exact = span
                    .days_after(*clock)
                    .and_then(|clock| zone.instant(clock))
                    .and_then(|instant| instant.checked_add_signed(span.time()))
                    .zip(zone.instant(*clock))
                    .map(|(end, start)| end.signed_duration_since(start));
                exact.map_or_else(|| bad(self), Length::Exact)
            }
            (Start::Day(day), End::At(moment)) => {
                let last = match self.home_date(moment)? {
                    Some(date) => date.signed_duration_since(*day).num_days(),
                    None => -1,
                };
                u64::try_from(last).map_or_else(|_| bad(self), Length::Days)
            }
            (Start::Clock(clock, zone), End::At(moment)) => {
                let (Some(begin), Some(end)) = (zone.instant(*clock), self.instant(moment)?) else {
                    return Ok(bad(self));
                };
                let exact = end.signed_duration_since(begin);
                // The date of the first day is no time before it.
                let is_first_day = moment.is_date()
                    && self.zones.home().clock(begin).date() == moment.written_date();
                if is_first_day {
                    Length::OneNight
                } else if exact < TimeDelta::zero() {
                    bad(self)
                } else {
                    Length::Exact(exact)
                }
            }
        })
    }

    fn home_date(&mut self, moment: Moment) -> Result<Option<NaiveDate>, ReadError> {
        if let Moment::Date(date) = moment {
            return Ok(Some(date));
        }
        let home = self.zones.home();
        Ok(self
            .instant(moment)?
            .map(|instant| home.clock(instant).date()))
    }

    /// From the date of the start to the date of the end, at the accommodation, and one night at least.
    fn lasting(&self, start: &Start, length: Length) -> Option<Nights> {
        let home = self.zones.home();
        let (check_in, begin) = match start {
            Start::Day(day) => (*day, None),
            Start::Clock(clock, zone) => {
                let instant = zone.instant(*clock)?;
                (home.clock(instant).date(), Some(instant))
            }
        };
        let check_out = match (length, begin) {
            (Length::OneNight, _) => check_in,
            (Length::Days(days), _) => check_in.checked_add_days(Days::new(days))?,
            (Length::Exact(exact), Some(begin)) => {
                home.clock(begin.checked_add_signed(exact)?).date()
            }
            // Only times last exactly so long.
            (Length::Exact(_), None) => check_in,
        };
        Some(Nights {
            check_in,
            check_out: check_out.max(check_in.succ_opt()?),
        })
    }
}

/// How long an occurrence takes.
#[derive(Clone, Copy, Debug)]
enum Length {
    OneNight,
    Days(u64),
    Exact(TimeDelta),
}

fn days_of(day: NaiveDate, span: Span) -> Option<u64> {
    let end = span
        .days_after(day.and_time(NaiveTime::MIN))?
        .checked_add_signed(span.time())?;
    u64::try_from(end.date().signed_duration_since(day).num_days()).ok()
}

/// The ranges of one event that lie in the window.
struct Found {
    window: crate::Window,
    most: usize,
    count: usize,
    nights: Vec<Nights>,
}

impl Found {
    fn add(&mut self, nights: Nights) -> Result<(), ReadError> {
        if nights.check_out <= self.window.from || nights.check_in >= self.window.until {
            return Ok(());
        }
        self.count = self.count.saturating_add(1);
        if self.count > self.most {
            return Err(ReadError::LimitsExceeded);
        }
        self.nights.push(nights);
        Ok(())
    }
}
