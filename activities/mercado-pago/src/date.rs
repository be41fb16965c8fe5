//! The provider's dates: written one way, read in any way it has been seen to write them.
//!
//! Requests carry milliseconds and Argentina's offset, the only form the documentation promises to
//! accept. Answers mix `-04:00`, `-03:00` and `Z` within one object, so what comes out is always an
//! instant and never a local time.

use chrono::{DateTime, FixedOffset, Utc};

/// Argentina keeps UTC−3 all year.
const ARGENTINA_SECONDS_WEST: i32 = 3 * 3600;

/// Writes an instant as `2026-12-12T10:00:00.000-03:00`.
#[must_use]
pub fn format(instant: DateTime<Utc>) -> String {
    const PATTERN: &str = "%Y-%m-%dT%H:%M:%S%.3f%:z";
    match FixedOffset::west_opt(ARGENTINA_SECONDS_WEST) {
        Some(offset) => instant.with_timezone(&offset).format(PATTERN).to_string(),
        // The constant is within a day, so this arm is never taken; UTC would be right as well.
        None => instant.format(PATTERN).to_string(),
    }
}

/// Reads a date with an offset, with or without milliseconds and colon; `None` if it is not one.
///
/// A date without an offset is not an instant and is refused.
#[must_use]
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .map(|date| date.to_utc())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_with_milliseconds_and_argentinas_offset() {
        let instant = parse("2026-12-12T13:00:00Z").unwrap();
        assert_eq!(format(instant), "2026-12-12T10:00:00.000-03:00");
    }

    #[test]
    fn one_instant_is_read_from_every_form_seen() {
        let expected = parse("2026-12-10T18:04:12Z");
        assert!(expected.is_some());
        for text in [
            "2026-12-10T15:04:12.000-03:00",
            "2026-12-10T14:04:12.000-04:00",
            "2026-12-10T15:04:12-03:00",
            "2026-12-10T14:04:12.000-0400",
            "2026-12-10T18:04:12.000Z",
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn a_date_without_an_offset_is_not_an_instant() {
        assert_eq!(parse("2026-12-10T15:04:12.000"), None);
        assert_eq!(parse("2026-12-10"), None);
        assert_eq!(parse(""), None);
    }
}
