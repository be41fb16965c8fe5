//! Rate plans: the rules that give the price of a night.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::{BasisPoints, Money, holiday::Holidays};

/// The rules that price the nights of one accommodation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatePlan {
    /// A night outside every season.
    pub nightly: Money,
    /// What a weekend night costs, as a share of the nightly rate: 15 000 is one and a half times.
    #[serde(default = "whole")]
    pub weekend_multiplier: BasisPoints,
    /// The nights that are weekend nights, by the day on which they begin. Friday and Saturday unless told.
    #[serde(default = "friday_and_saturday")]
    pub weekend_nights: Vec<Weekday>,
    /// What a holiday night costs, as a share of the nightly rate. Where it is set it replaces the weekend's.
    #[serde(default)]
    pub holiday_multiplier: Option<BasisPoints>,
    /// Times of the year with a rate of their own. The first that holds a night prices it.
    #[serde(default)]
    pub seasons: Vec<Season>,
    /// How many guests the nightly rate covers; all of them when absent.
    #[serde(default)]
    pub included_guests: Option<u8>,
    /// For each guest above those included, a night.
    #[serde(default)]
    pub extra_guest: Option<Money>,
    /// For animals, a stay.
    #[serde(default)]
    pub pets: Option<Money>,
    /// For cleaning, a stay.
    #[serde(default)]
    pub cleaning: Option<Money>,
    /// Discounts for long stays; the one for the most nights that the stay reaches is given.
    #[serde(default)]
    pub length_discounts: Vec<LengthDiscount>,
    /// Tax on the sum of everything above; included in the prices when absent.
    #[serde(default)]
    pub tax: Option<BasisPoints>,
}

/// A time of the year with its own rate and rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Season {
    /// What the owner calls it.
    pub name: String,
    /// The first night.
    pub from: NaiveDate,
    /// The night after the last.
    pub to: NaiveDate,
    /// The rate of a night; the plan's when absent.
    #[serde(default)]
    pub nightly: Option<Money>,
    /// The fewest nights of a stay that begins in the season; the policy's when absent.
    #[serde(default)]
    pub minimum_nights: Option<u16>,
    /// Nobody can stay.
    #[serde(default)]
    pub closed: bool,
}

impl Season {
    /// Whether the night that begins on this date is in the season.
    #[must_use]
    pub fn holds(&self, night: NaiveDate) -> bool {
        self.from <= night && night < self.to
    }
}

/// A discount for staying at least so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LengthDiscount {
    /// The fewest nights for it.
    pub nights: u16,
    /// The share of the nights' price taken off.
    pub share: BasisPoints,
}

/// What sets the price of a night.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NightKind {
    /// The plain nightly rate.
    Weekday,
    /// A weekend night.
    Weekend,
    /// A holiday or its eve.
    Holiday,
}

/// The price rule of one night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NightRate<'a> {
    /// What makes it cost what it costs.
    pub kind: NightKind,
    /// The season it lies in.
    pub season: Option<&'a Season>,
    /// The rate before the multiplier.
    pub nightly: Money,
    /// The multiplier of its kind.
    pub multiplier: BasisPoints,
}

impl RatePlan {
    /// A plan with one rate for every night.
    #[must_use]
    pub fn flat(nightly: Money) -> Self {
        Self {
            nightly,
            weekend_multiplier: BasisPoints::WHOLE,
            weekend_nights: friday_and_saturday(),
            holiday_multiplier: None,
            seasons: Vec::new(),
            included_guests: None,
            extra_guest: None,
            pets: None,
            cleaning: None,
            length_discounts: Vec::new(),
            tax: None,
        }
    }

    /// The season that holds a night.
    #[must_use]
    pub fn season(&self, night: NaiveDate) -> Option<&Season> {
        self.seasons.iter().find(|season| season.holds(night))
    }

    /// What prices one night.
    #[must_use]
    pub fn night(&self, night: NaiveDate, holidays: &Holidays) -> NightRate<'_> {
        let season = self.season(night);
        let nightly = season.and_then(|s| s.nightly).unwrap_or(self.nightly);
        let (kind, multiplier) = match self.holiday_multiplier {
            Some(multiplier) if holidays.is_holiday_night(night) => {
                (NightKind::Holiday, multiplier)
            }
            _ if self.weekend_nights.contains(&night.weekday()) => {
                (NightKind::Weekend, self.weekend_multiplier)
            }
            _ => (NightKind::Weekday, BasisPoints::WHOLE),
        };
        NightRate {
            kind,
            season,
            nightly,
            multiplier,
        }
    }

    /// The discount that a stay of so many nights earns.
    #[must_use]
    pub fn length_discount(&self, nights: u16) -> Option<LengthDiscount> {
        self.length_discounts
            .iter()
            .filter(|discount| discount.nights <= nights)
            .max_by_key(|discount| discount.nights)
            .copied()
    }
}

const fn whole() -> BasisPoints {
    BasisPoints::WHOLE
}

fn friday_and_saturday() -> Vec<Weekday> {
    vec![Weekday::Fri, Weekday::Sat]
}
