//! Time zones: by their IANA name, by the name Windows gives them, or as the feed defines them.

use std::{collections::HashMap, rc::Rc};

use chrono::{Days, LocalResult, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::{budget::Budget, event::unescaped, recurrence, windows_zones};
use crate::{ReadError, Window};

/// Turns a wall clock's time into an instant and back. Instants are in UTC.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    Known(Tz),
    /// Defined by the feed itself.
    Defined(Rc<Definition>),
}

impl Zone {
    pub(super) const UTC: Self = Self::Known(Tz::UTC);

    /// A time that a clock change skips moves forward by the gap; one that occurs twice is the first.
    pub(super) fn instant(&self, clock: NaiveDateTime) -> Option<NaiveDateTime> {
        match self {
            Self::Known(zone) => instant(*zone, clock),
            Self::Defined(definition) => definition.instant(clock),
        }
    }

    /// What the wall clock shows.
    pub(super) fn clock(&self, instant: NaiveDateTime) -> NaiveDateTime {
        match self {
            Self::Known(zone) => zone.from_utc_datetime(&instant).naive_local(),
            Self::Defined(definition) => definition.clock(instant),
        }
    }
}

fn instant(zone: Tz, clock: NaiveDateTime) -> Option<NaiveDateTime> {
    match zone.from_local_datetime(&clock) {
        LocalResult::Single(found) | LocalResult::Ambiguous(found, _) => Some(found.naive_utc()),
        // Skipped: the offset of before still tells which instant is meant. The longest gap there has
        // been is a day.
        LocalResult::None => (1..=26).find_map(|hours| {
            let before = clock.checked_sub_signed(TimeDelta::try_hours(hours)?)?;
            let offset = zone.from_local_datetime(&before).latest()?.offset().fix();
            clock.checked_sub_offset(offset)
        }),
    }
}

/// A zone's changes as the feed gives them, in order.
#[derive(Debug)]
pub(super) struct Definition {
    /// Seconds east of UTC before the first change.
    first: TimeDelta,
    /// From which instant, so many seconds.
    changes: Vec<(NaiveDateTime, TimeDelta)>,
}

impl Definition {
    fn offset_at(&self, instant: NaiveDateTime) -> TimeDelta {
        let after = self.changes.partition_point(|(from, _)| *from <= instant);
        after
            .checked_sub(1)
            .and_then(|index| self.changes.get(index))
            .map_or(self.first, |(_, offset)| *offset)
    }

    fn clock(&self, instant: NaiveDateTime) -> NaiveDateTime {
        instant
            .checked_add_signed(self.offset_at(instant))
            .unwrap_or(instant)
    }

    fn instant(&self, clock: NaiveDateTime) -> Option<NaiveDateTime> {
        // Offsets are less than a day, so that only the changes around the clock's time matter.
        let early = clock.checked_sub_days(Days::new(2))?;
        let late = clock.checked_add_days(Days::new(2))?;
        let from = self.changes.partition_point(|(change, _)| *change < early);
        let near = self
            .changes
            .iter()
            .skip(from)
            .take_while(|(change, _)| *change < late);
        let mut offset = self.offset_at(early);
        for (change, next) in near {
            let candidate = clock.checked_sub_signed(offset)?;
            if candidate < *change {
                return Some(candidate);
            }
            // The clock shows this time neither before the change nor after it: it was skipped.
            if clock.checked_sub_signed(*next)? < *change {
                return Some(candidate);
            }
            offset = *next;
        }
        clock.checked_sub_signed(offset)
    }
}

/// A VTIMEZONE as it is collected.
#[derive(Debug, Default)]
pub(super) struct RawZone {
    pub(super) name: Option<String>,
    pub(super) observances: Vec<Observance>,
}

/// STANDARD or DAYLIGHT.
#[derive(Debug, Default)]
pub(super) struct Observance {
    pub(super) start: Option<NaiveDateTime>,
    pub(super) from: Option<TimeDelta>,
    pub(super) to: Option<TimeDelta>,
    pub(super) rules: Vec<String>,
    pub(super) dates: Vec<NaiveDateTime>,
}

impl RawZone {
    /// Its own name is text with escapes, and where it is used it is a parameter without.
    fn is_named(&self, name: &str) -> bool {
        let own = self.name.as_deref();
        own.is_some_and(|own| own == name || unescaped(own).eq(name.chars()))
    }

    /// Nothing when no change in it can be read.
    fn defined(
        &self,
        window: Window,
        budget: &mut Budget,
    ) -> Result<Option<Definition>, ReadError> {
        let mut changes = Vec::new();
        for observance in &self.observances {
            let (Some(start), Some(from), Some(to)) =
                (observance.start, observance.from, observance.to)
            else {
                continue;
            };
            let mut onsets = vec![start];
            onsets.extend(&observance.dates);
            for rule in &observance.rules {
                let until = |instant: NaiveDateTime| instant.checked_add_signed(from);
                recurrence::onsets(rule, start, window, until, budget, &mut onsets)?;
            }
            changes.extend(
                onsets
                    .into_iter()
                    .filter_map(|onset| Some((onset.checked_sub_signed(from)?, from, to))),
            );
        }
        changes.sort_unstable();
        changes.dedup();
        let Some(first) = changes.first().map(|(_, from, _)| *from) else {
            return Ok(None);
        };
        let changes = changes.into_iter().map(|(at, _, to)| (at, to)).collect();
        Ok(Some(Definition { first, changes }))
    }
}

/// `-0300`, `+0530` or `+013045`, as seconds east of UTC.
pub(super) fn read_offset(text: &str) -> Option<TimeDelta> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |range| {
        digits
            .get(range)
            .map_or(Some(0), |part: &str| part.parse::<i64>().ok())
    };
    let (hours, minutes, seconds) = (part(0..2)?, part(2..4)?, part(4..6)?);
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    TimeDelta::try_seconds(sign * (hours * 3600 + minutes * 60 + seconds))
}

/// Finds the zones that a feed names, each once.
pub(super) struct Zones {
    home: Tz,
    window: Window,
    /// The TZIDs of the feed by their number.
    names: Vec<String>,
    numbers: HashMap<String, usize>,
    /// What the feed defines, the first of each name.
    defined: Vec<RawZone>,
    /// What was found so far; `None` is a zone that nobody knows.
    found: HashMap<usize, Option<Zone>>,
}

impl Zones {
    pub(super) fn new(home: Tz, window: Window) -> Self {
        Self {
            home,
            window,
            names: Vec::new(),
            numbers: HashMap::new(),
            defined: Vec::new(),
            found: HashMap::new(),
        }
    }

    /// The number of a TZID.
    pub(super) fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len();
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// Takes up a definition, wherever in the feed it stands.
    pub(super) fn define(&mut self, zone: RawZone) {
        self.defined.push(zone);
    }

    pub(super) const fn home(&self) -> Zone {
        Zone::Known(self.home)
    }

    /// The zone of a TZID, or nothing when nobody knows it.
    pub(super) fn find(
        &mut self,
        number: usize,
        budget: &mut Budget,
    ) -> Result<Option<Zone>, ReadError> {
        if let Some(found) = self.found.get(&number) {
            return Ok(found.clone());
        }
        let name = self.names.get(number).map_or("", String::as_str);
        let mut zone = known(name).map(Zone::Known);
        if zone.is_none() {
            for raw in &self.defined {
                if raw.is_named(name)
                    && let Some(definition) = raw.defined(self.window, budget)?
                {
                    zone = Some(Zone::Defined(Rc::new(definition)));
                    break;
                }
            }
        }
        self.found.insert(number, zone.clone());
        Ok(zone)
    }
}

/// An IANA name, a path that ends in one, or a name of Windows.
fn known(name: &str) -> Option<Tz> {
    by_iana_name(name)
        .or_else(|| {
            name.match_indices('/')
                .filter_map(|(at, _)| name.get(at.saturating_add(1)..))
                .find_map(by_iana_name)
        })
        .or_else(|| windows_zones::zone(name))
}

fn by_iana_name(name: &str) -> Option<Tz> {
    name.parse().ok().or_else(|| {
        TZ_VARIANTS
            .into_iter()
            .find(|zone| zone.name().eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::NaiveDate;

    use super::*;

    fn parse(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a time")
    }

    fn window() -> Window {
        Window::around(NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date"))
    }

    fn hours(hours: i64) -> Option<TimeDelta> {
        TimeDelta::try_hours(hours)
    }

    /// Madrid, as a feed would define it.
    fn defined() -> Zone {
        let observance = |start, from, to, month| Observance {
            start: Some(parse(start)),
            from: hours(from),
            to: hours(to),
            rules: vec![format!("FREQ=YEARLY;BYMONTH={month};BYDAY=-1SU")],
            dates: Vec::new(),
        };
        let raw = RawZone {
            name: Some("Customized Time Zone".into()),
            observances: vec![
                observance("1970-03-29 02:00", 1, 2, 3),
                observance("1970-10-25 03:00", 2, 1, 10),
            ],
        };
        let mut zones = Zones::new(Tz::America__Argentina__Buenos_Aires, window());
        zones.define(raw);
        let number = zones.number("Customized Time Zone");
        let mut budget = Budget::of(Duration::from_secs(5));
        zones
            .find(number, &mut budget)
            .expect("within the budget")
            .expect("a zone")
    }

    #[test]
    fn both_kinds_of_zone_treat_gaps_and_repeated_hours_alike() {
        for zone in [Zone::Known(Tz::Europe__Madrid), defined()] {
            for (clock, utc) in [
                ("2027-01-10 02:00", "2027-01-10 01:00"),
                ("2027-07-10 02:00", "2027-07-10 00:00"),
                // Skipped: half past two is half past three.
                ("2027-03-28 02:30", "2027-03-28 01:30"),
                ("2027-03-28 01:59", "2027-03-28 00:59"),
                ("2027-03-28 03:00", "2027-03-28 01:00"),
                // Twice: the first.
                ("2027-10-31 02:30", "2027-10-31 00:30"),
                ("2027-10-31 03:00", "2027-10-31 02:00"),
                ("1975-01-01 12:00", "1975-01-01 11:00"),
            ] {
                assert_eq!(
                    zone.instant(parse(clock)),
                    Some(parse(utc)),
                    "{clock} {zone:?}"
                );
            }
            assert_eq!(
                zone.clock(parse("2027-03-28 01:30")),
                parse("2027-03-28 03:30")
            );
        }
    }

    #[test]
    fn a_day_that_was_skipped_moves_forward_by_a_day() {
        let apia = Zone::Known(Tz::Pacific__Apia);
        assert_eq!(
            apia.instant(parse("2011-12-30 12:00")),
            Some(parse("2011-12-30 22:00"))
        );
    }

    #[test]
    fn names_are_resolved_in_the_order_of_the_contract() {
        assert_eq!(known("Europe/Madrid"), Some(Tz::Europe__Madrid));
        assert_eq!(known("europe/madrid"), Some(Tz::Europe__Madrid));
        assert_eq!(
            known("/freeassociation.sourceforge.net/Europe/London"),
            Some(Tz::Europe__London)
        );
        assert_eq!(
            known("/example.org/Tzfile/America/Argentina/Ushuaia"),
            Some(Tz::America__Argentina__Ushuaia)
        );
        assert_eq!(
            known("Argentina Standard Time"),
            Some(Tz::America__Buenos_Aires)
        );
        assert_eq!(known("tzone://Microsoft/Utc"), Some(Tz::UTC));
        for name in [
            "",
            "Customized Time Zone",
            "tzone://Microsoft/Custom",
            "/",
            "Nowhere/City",
        ] {
            assert_eq!(known(name), None, "{name}");
        }
    }

    #[test]
    fn offsets_are_read_strictly() {
        assert_eq!(read_offset("-0300"), hours(-3));
        assert_eq!(read_offset("+013045"), TimeDelta::try_seconds(5445));
        for text in ["", "0300", "-03", "-3:00", "+2400", "+0060", "\u{2212}0300"] {
            assert_eq!(read_offset(text), None, "{text}");
        }
    }
}
