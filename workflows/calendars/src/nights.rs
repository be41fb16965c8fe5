//! Sets of nights, and how Postgres writes them.

use std::{fmt, str::FromStr};

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// Nights in a row, `[from, to)`: from check-in to check-out. Unlike a stay they can be many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Nights {
    from: NaiveDate,
    to: NaiveDate,
}

/// Any nights: ranges in order that neither overlap nor touch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NightSet(Vec<Nights>);

/// The text is no set of nights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a set of nights such as {{[2026-12-05,2026-12-09)}}")]
pub struct NotNights;

impl Nights {
    /// At least one night, or nothing.
    #[must_use]
    pub fn new(from: NaiveDate, to: NaiveDate) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// The first night.
    #[must_use]
    pub const fn from(self) -> NaiveDate {
        self.from
    }

    /// The day after the last night.
    #[must_use]
    pub const fn to(self) -> NaiveDate {
        self.to
    }

    /// How many nights.
    #[must_use]
    pub fn count(self) -> u64 {
        u64::try_from((self.to - self.from).num_days()).unwrap_or(0)
    }

    fn and(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to))
    }

    /// In pieces of at most so many nights.
    pub fn pieces(self, most: u64) -> impl Iterator<Item = Self> {
        let mut from = self.from;
        std::iter::from_fn(move || {
            let to = from
                .checked_add_days(Days::new(most))
                .unwrap_or(self.to)
                .min(self.to);
            let piece = Self::new(from, to)?;
            from = to;
            Some(piece)
        })
    }
}

impl NightSet {
    /// No night.
    pub const EMPTY: Self = Self(Vec::new());

    /// The nights of all these ranges, whatever their order.
    #[must_use]
    pub fn of(ranges: impl IntoIterator<Item = Nights>) -> Self {
        let mut ranges: Vec<Nights> = ranges.into_iter().collect();
        ranges.sort_unstable();
        let mut merged: Vec<Nights> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match merged.last_mut() {
                Some(last) if range.from <= last.to => last.to = last.to.max(range.to),
                _ => merged.push(range),
            }
        }
        Self(merged)
    }

    /// From one date on, for ever.
    #[must_use]
    pub fn since(from: NaiveDate) -> Self {
        Self::of(Nights::new(from, NaiveDate::MAX))
    }

    /// The ranges, in order.
    #[must_use]
    pub fn ranges(&self) -> &[Nights] {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first night.
    #[must_use]
    pub fn start(&self) -> Option<NaiveDate> {
        self.0.first().map(|range| range.from)
    }

    /// The last check-out.
    #[must_use]
    pub fn end(&self) -> Option<NaiveDate> {
        self.0.last().map(|range| range.to)
    }

    /// How many nights.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().map(|range| range.count()).sum()
    }

    /// The nights of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::of(self.0.iter().chain(&other.0).copied())
    }

    /// The nights of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut shared = Vec::new();
        for range in &self.0 {
            let first = other.0.partition_point(|theirs| theirs.to <= range.from);
            let meeting = other.0.iter().skip(first);
            shared.extend(
                meeting
                    .take_while(|theirs| theirs.from < range.to)
                    .filter_map(|theirs| range.and(*theirs)),
            );
        }
        Self(shared)
    }

    /// How many nights they have in common.
    pub(crate) fn shared(&self, other: &Self) -> u64 {
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut shared = 0;
        while let Some((mine, other)) = ours.peek().zip(theirs.peek()) {
            shared += mine.and(**other).map_or(0, Nights::count);
            if mine.to <= other.to {
                ours.next();
            } else {
                theirs.next();
            }
        }
        shared
    }

    /// The nights of this one that are not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        for range in &self.0 {
            let mut from = range.from;
            let first = other.0.partition_point(|theirs| theirs.to <= range.from);
            for theirs in other.0.iter().skip(first) {
                if theirs.from >= range.to {
                    break;
                }
                left.extend(Nights::new(from, theirs.from));
                from = from.max(theirs.to);
            }
            left.extend(Nights::new(from, range.to));
        }
        Self(left)
    }

    /// Whether every night of the other is in this one.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.without(self).is_empty()
    }

    /// Whether they have a night in common.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        !self.intersection(other).is_empty()
    }

    /// The nights from a date on.
    #[must_use]
    pub fn from_on(&self, from: NaiveDate) -> Self {
        Self(
            self.0
                .iter()
                .filter_map(|range| Nights::new(range.from.max(from), range.to))
                .collect(),
        )
    }
}

impl fmt::Display for Nights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{},{})", self.from, self.to)
    }
}

impl fmt::Display for NightSet {
    /// As Postgres writes a `datemultirange`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (position, range) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(",")?;
            }
            write!(f, "{range}")?;
        }
        f.write_str("}")
    }
}

impl FromStr for NightSet {
    type Err = NotNights;

    /// Reads what Postgres writes for a `datemultirange`.
    fn from_str(text: &str) -> Result<Self, NotNights> {
        let inside = text
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
            .ok_or(NotNights)?;
        if inside.is_empty() {
            return Ok(Self::EMPTY);
        }
        let dates: Vec<NaiveDate> = inside
            .split(',')
            .map(|date| date.trim_matches(['[', ')']).parse())
            .collect::<Result<_, _>>()
            .map_err(|_no_date| NotNights)?;
        let (pairs, []) = dates.as_chunks::<2>() else {
            return Err(NotNights);
        };
        pairs
            .iter()
            .map(|[from, to]| Nights::new(*from, *to).ok_or(NotNights))
            .collect::<Result<Vec<_>, _>>()
            .map(Self::of)
    }
}

impl FromIterator<Nights> for NightSet {
    fn from_iter<I: IntoIterator<Item = Nights>>(ranges: I) -> Self {
        Self::of(ranges)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn day(day: u16) -> NaiveDate {
        NaiveDate::from_ymd_opt(2027, 1, 1).unwrap() + Days::new(day.into())
    }

    fn any_nights() -> impl Strategy<Value = NightSet> {
        prop::collection::vec((0_u16..60, 1_u16..9), 0..6).prop_map(|ranges| {
            ranges
                .into_iter()
                .filter_map(|(from, nights)| Nights::new(day(from), day(from + nights)))
                .collect()
        })
    }

    fn each(nights: &NightSet) -> BTreeSet<NaiveDate> {
        nights
            .ranges()
            .iter()
            .flat_map(|range| range.from.iter_days().take_while(|date| *date < range.to))
            .collect()
    }

    proptest! {
        #[test]
        fn sets_of_nights_are_sets(a in any_nights(), b in any_nights()) {
            prop_assert_eq!(each(&a.union(&b)), &each(&a) | &each(&b));
            prop_assert_eq!(each(&a.intersection(&b)), &each(&a) & &each(&b));
            prop_assert_eq!(each(&a.without(&b)), &each(&a) - &each(&b));
            prop_assert_eq!(a.shared(&b), a.intersection(&b).count());
            prop_assert_eq!(a.covers(&b), each(&b).is_subset(&each(&a)));
            prop_assert_eq!(a.meets(&b), !each(&a).is_disjoint(&each(&b)));
            prop_assert_eq!(a.to_string().parse(), Ok(a.clone()));
            let later = each(&a.from_on(day(30)));
            prop_assert_eq!(later, each(&a).into_iter().filter(|date| *date >= day(30)).collect());
        }

        #[test]
        fn pieces_are_short_and_make_up_the_whole(from in 0_u16..60, nights in 1_u16..400) {
            let range = Nights::new(day(from), day(from + nights)).unwrap();
            let pieces: Vec<_> = range.pieces(90).collect();
            prop_assert!(pieces.iter().all(|piece| piece.count() <= 90));
            prop_assert_eq!(NightSet::of(pieces), NightSet::of([range]));
        }
    }

    #[test]
    fn what_is_no_set_of_nights_is_refused() {
        for text in [
            "",
            "{",
            "[2026-12-05,2026-12-09)",
            "{[2026-12-05)}",
            "{[2026-12-09,2026-12-05)}",
            "{[a,b)}",
        ] {
            assert_eq!(text.parse::<NightSet>(), Err(NotNights), "{text}");
        }
        assert_eq!("{}".parse(), Ok(NightSet::EMPTY));
    }
}
