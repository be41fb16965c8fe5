//! Dates, times and durations as they are written.
//!
//! Nothing is rounded: a 30 February is not a date.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// A date or a time, before its zone is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    Date(NaiveDate),
    Utc(NaiveDateTime),
    /// A wall clock's time, in a zone of the feed or at the accommodation.
    Local(NaiveDateTime, ZoneName),
}

/// Names the zone of a wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ZoneName {
    /// None is given: the accommodation's.
    Floating,
    /// The TZID with this number.
    Named(usize),
}

impl Moment {
    /// Reads a value; `zone` is what its TZID names, `VALUE=DATE` makes a date of a date-time.
    pub(super) fn read(text: &str, zone: ZoneName, as_date: bool) -> Option<Self> {
        let (date, time) = match text.split_once(['T', 't']) {
            Some((date, time)) => (read_date(date)?, Some(time)),
            None => (read_date(text)?, None),
        };
        let Some(time) = time else {
            return Some(Self::Date(date));
        };
        let (time, is_utc) = match time.strip_suffix(['Z', 'z']) {
            Some(time) => (time, true),
            None => (time, false),
        };
        let clock = date.and_time(read_time(time)?);
        Some(match (as_date, is_utc) {
            (true, _) => Self::Date(date),
            (false, true) => Self::Utc(clock),
            (false, false) => Self::Local(clock, zone),
        })
    }

    /// The date as it is written, whatever the zone.
    pub(super) fn written_date(self) -> NaiveDate {
        match self {
            Self::Date(date) => date,
            Self::Utc(clock) | Self::Local(clock, _) => clock.date(),
        }
    }

    pub(super) const fn is_date(self) -> bool {
        matches!(self, Self::Date(_))
    }
}

/// `20261210` or `2026-12-10`.
fn read_date(text: &str) -> Option<NaiveDate> {
    let (year, month, day) = match text.len() {
        8 => (text.get(..4)?, text.get(4..6)?, text.get(6..)?),
        10 => {
            let mut parts = text.split('-');
            let parts = (parts.next()?, parts.next()?, parts.next()?);
            if (parts.0.len(), parts.1.len(), parts.2.len()) != (4, 2, 2) {
                return None;
            }
            parts
        }
        _ => return None,
    };
    let year: u16 = digits(year)?;
    if year == 0 {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::from(year), digits(month)?, digits(day)?)
}

/// `180000`, `1800`, `18:00:00` or `18:00`.
fn read_time(text: &str) -> Option<NaiveTime> {
    let (hour, minute, second) = match text.len() {
        4 => (text.get(..2)?, text.get(2..)?, "00"),
        6 => (text.get(..2)?, text.get(2..4)?, text.get(4..)?),
        5 | 8 => {
            let mut parts = text.split(':');
            let parts = (parts.next()?, parts.next()?, parts.next().unwrap_or("00"));
            if (parts.0.len(), parts.1.len(), parts.2.len()) != (2, 2, 2) {
                return None;
            }
            parts
        }
        _ => return None,
    };
    let second: u32 = digits(second)?;
    // A leap second is a second that most clocks do not have.
    let second = if second == 60 { 59 } else { second };
    NaiveTime::from_hms_opt(digits(hour)?, digits(minute)?, second)
}

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    // `parse` alone would accept a sign.
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

/// The longest duration that is believed.
const LONGEST_DAYS: i64 = 1_100;

/// How long something takes: days of the calendar, and then time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) days: u32,
    pub(super) seconds: u32,
}

impl Span {
    /// Reads `P1W`, `P4D`, `PT20H`, `P1DT12H30M`. Nothing when it is negative, or longer than 1,100 days.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.strip_prefix('+').unwrap_or(text);
        let text = text.strip_prefix(['P', 'p'])?;
        let (date, time) = match text.split_once(['T', 't']) {
            Some((_, "")) => return None,
            Some((date, time)) => (date, time),
            None => (text, ""),
        };
        if date.is_empty() && time.is_empty() {
            return None;
        }
        let days = added(date, [('W', 7), ('D', 1)])?;
        let seconds = added(time, [('H', 3600), ('M', 60), ('S', 1)])?;
        let whole = days.checked_mul(86_400)?.checked_add(seconds)?;
        if whole > LONGEST_DAYS.checked_mul(86_400)? {
            return None;
        }
        Some(Self {
            days: u32::try_from(days).ok()?,
            seconds: u32::try_from(seconds).ok()?,
        })
    }

    /// So much later by a wall clock for the days; the time is added separately, to the instant.
    pub(super) fn days_after(self, clock: NaiveDateTime) -> Option<NaiveDateTime> {
        clock.checked_add_days(Days::new(u64::from(self.days)))
    }

    pub(super) fn time(self) -> TimeDelta {
        TimeDelta::try_seconds(i64::from(self.seconds)).unwrap_or_default()
    }
}

/// Adds up numbers with units, which come in the given order, each once at most.
fn added<const N: usize>(text: &str, units: [(char, i64); N]) -> Option<i64> {
    let mut rest = text;
    let mut sum: i64 = 0;
    let mut units = units.into_iter();
    while !rest.is_empty() {
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, tail) = rest.split_at_checked(length)?;
        let mut tail = tail.chars();
        let unit = tail.next()?.to_ascii_uppercase();
        let (_, weight) = units.find(|(name, _)| *name == unit)?;
        let number: i64 = digits(number)?;
        sum = sum.checked_add(number.checked_mul(weight)?)?;
        rest = tail.as_str();
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Moment> {
        Moment::read(text, ZoneName::Floating, false)
    }

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a date")
    }

    #[test]
    fn dates_are_read_in_both_forms() {
        let day = Some(Moment::Date(date(2026, 12, 10)));
        assert_eq!(read("20261210"), day);
        assert_eq!(read("2026-12-10"), day);
        assert_eq!(
            Moment::read("20261210T235900Z", ZoneName::Floating, true),
            day
        );
    }

    #[test]
    fn times_are_read_with_and_without_seconds_and_punctuation() {
        let clock = date(2026, 12, 10).and_hms_opt(18, 5, 0).expect("a time");
        for text in [
            "20261210T180500Z",
            "20261210t1805z",
            "2026-12-10T18:05:00Z",
            "2026-12-10T18:05Z",
        ] {
            assert_eq!(read(text), Some(Moment::Utc(clock)), "{text}");
        }
        assert_eq!(
            read("20261210T180500"),
            Some(Moment::Local(clock, ZoneName::Floating))
        );
    }

    #[test]
    fn nothing_is_rounded() {
        for text in [
            "",
            "2026121",
            "202612100",
            "20261310",
            "20270230",
            "20261200",
            "00000101",
            "+0261210",
            "2026-2-10",
            "2026-1-100",
            "20261210T",
            "20261210T25",
            "20261210T250000",
            "20261210T126000",
            "20261210T120061",
            "20261210T1:0000",
            "20261210T+1+2+3",
            "20261210 1200",
            "2026/12/10",
            "tomorrow",
            "\u{662}\u{660}261210",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn spans_are_read_within_reason() {
        let span = |days, seconds| Some(Span { days, seconds });
        assert_eq!(Span::read("P4D"), span(4, 0));
        assert_eq!(Span::read("P1W"), span(7, 0));
        assert_eq!(Span::read("+PT20H"), span(0, 72_000));
        assert_eq!(Span::read("P1DT2H3M4S"), span(1, 7_384));
        assert_eq!(Span::read("P0D"), span(0, 0));
        assert_eq!(Span::read("P1100D"), span(1_100, 0));
        for text in [
            "",
            "P",
            "PT",
            "P1DT",
            "4D",
            "P1101D",
            "P1100DT1S",
            "-P1D",
            "P-1D",
            "P1D1W",
            "P1D1D",
            "P1M",
            "P1Y",
            "P1.5D",
            "PD",
            "P99999999999999999999D",
            "PT99999999999999999H",
            "P9223372036854775807W",
        ] {
            assert_eq!(Span::read(text), None, "{text}");
        }
    }
}
