//! One logical line as name, parameters and value.
//!
//! The `ical` crate splits name and parameters; the value is everything after them, untouched.

use ical::PropertyParser;

use super::lines::Line;

/// Name and parameters end within so many bytes, or the line is no property.
///
/// Splitting parameters takes quadratic time, and this bounds it.
const LONGEST_HEAD: usize = 4 * 1024;

/// A line up to its value.
pub(super) struct Head<'a> {
    line: &'a Line<'a>,
    colon: usize,
}

/// A line that was split.
pub(super) struct Property<'a> {
    params: Vec<(String, Vec<String>)>,
    /// Without blanks around it.
    pub(super) value: &'a str,
    /// Whether its end is missing.
    pub(super) is_cut: bool,
}

impl<'a> Head<'a> {
    /// Nothing when no value follows.
    pub(super) fn of(line: &'a Line<'a>) -> Option<Self> {
        let bytes = line.text.as_bytes();
        let bytes = bytes.get(..LONGEST_HEAD).unwrap_or(bytes);
        let mut quoted = false;
        let colon = bytes.iter().position(|byte| {
            quoted ^= *byte == b'"';
            *byte == b':' && !quoted
        });
        // A quotation mark that is never closed: take the first colon there is.
        let colon = colon.or_else(|| bytes.iter().position(|byte| *byte == b':'))?;
        (colon > 0).then_some(Self { line, colon })
    }

    /// The name as it stands there.
    pub(super) fn name(&self) -> &'a str {
        let head = self.line.text.get(..self.colon).unwrap_or_default();
        head.split(';').next().unwrap_or_default().trim()
    }

    /// The value, without blanks around it.
    pub(super) fn value(&self) -> &'a str {
        self.line
            .text
            .get(self.colon.saturating_add(1)..)
            .unwrap_or_default()
            .trim()
    }

    /// Nothing when the parameters cannot be read.
    pub(super) fn split(&self) -> Option<Property<'a>> {
        let head = self.line.text.get(..=self.colon)?;
        let property = PropertyParser::from_reader(head.as_bytes()).next()?.ok()?;
        Some(Property {
            params: property.params.unwrap_or_default(),
            value: self.value(),
            is_cut: self.line.is_cut,
        })
    }
}

impl Property<'_> {
    /// The first value of a parameter.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .and_then(|(_, values)| values.first())
            .map(|value| value.trim())
    }

    /// The items of a list. The last one is left out when the line was cut, because half a date can
    /// read like another one.
    pub(super) fn items(&self) -> impl Iterator<Item = &str> {
        let whole = if self.is_cut {
            self.value.rsplit_once(',').map_or("", |(whole, _)| whole)
        } else {
            self.value
        };
        whole
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines::Lines;

    fn value_and_zone(text: &str) -> Option<(String, Option<String>)> {
        let line = Lines::of(text.as_bytes()).next()?;
        let property = super::Head::of(&line)?.split()?;
        let zone = property.param("tzid").map(ToOwned::to_owned);
        Some((property.value.to_owned(), zone))
    }

    #[test]
    fn names_parameters_and_values_are_told_apart() {
        let read = |text| value_and_zone(text).expect("a property");
        assert_eq!(read("UID: a:b ").0, "a:b");
        assert_eq!(
            read("DTSTART;VALUE=DATE;tzid=\"(UTC-03:00) Buenos Aires\":20261210"),
            ("20261210".into(), Some("(UTC-03:00) Buenos Aires".into()))
        );
        assert_eq!(read("X;A=5\" pipe:v").0, "v");
    }

    #[test]
    fn what_cannot_be_split_is_nothing() {
        for text in [
            "this line is not iCalendar",
            ":value",
            "DTSTART;VALUE:20261210",
        ] {
            assert_eq!(value_and_zone(text), None, "{text}");
        }
    }

    #[test]
    fn a_head_without_a_colon_in_its_first_4_kib_is_nothing() {
        let params = ";P=v".repeat(100_000);
        assert_eq!(value_and_zone(&format!("X{params}:v")), None);
    }
}
