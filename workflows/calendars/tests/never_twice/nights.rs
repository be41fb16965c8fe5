//! Nights of the world as bits, and as the product has them.

use calendars::{NightSet, Nights};
use chrono::{Days, NaiveDate};

/// How many nights there are.
const SEASON: u8 = 2;

/// A set of nights: bit `n` is the `n`th.
pub(crate) type Bits = u8;

pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 1, 4).unwrap()
}

fn date(night: u8) -> NaiveDate {
    today() + Days::new(u64::from(night))
}

/// Each night of a set, as a set of its own.
pub(crate) fn each(bits: Bits) -> impl Iterator<Item = Bits> {
    (0..SEASON)
        .map(|night| 1 << night)
        .filter(move |night| bits & night != 0)
}

/// The unbroken parts of a set.
pub(crate) fn parts(bits: Bits) -> Vec<Nights> {
    as_set(bits).ranges().to_vec()
}

pub(crate) fn as_set(bits: Bits) -> NightSet {
    (0..SEASON)
        .filter(|night| bits & (1 << night) != 0)
        .filter_map(|night| Nights::new(date(night), date(night + 1)))
        .collect()
}

pub(crate) fn bits_of(nights: Nights) -> Bits {
    (0..SEASON)
        .filter(|night| nights.from() <= date(*night) && date(*night) < nights.to())
        .fold(0, |bits, night| bits | (1 << night))
}
