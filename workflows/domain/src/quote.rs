//! Quotes: the price of one stay, fixed at one moment, as lines that explain themselves.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    BasisPoints, Money, Party, Stay,
    holiday::Holidays,
    policy::DepositPolicy,
    rate::{NightKind, NightRate, RatePlan},
};

/// The price of one stay. Frozen in the hold: later changes of the rates never touch it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// What adds up to the total.
    pub lines: Vec<Line>,
    /// The sum of the lines.
    pub total: Money,
    /// What confirms the stay.
    pub deposit: Money,
    /// How many nights it is for.
    pub nights: u16,
}

/// One line of a quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it is for.
    pub item: Item,
    /// How many of them.
    pub quantity: u32,
    /// The price of one, before [`Line::multiplier`].
    pub unit: Money,
    /// What the unit price is multiplied with.
    pub multiplier: BasisPoints,
    /// The amount, rounded half up; negative for a discount.
    pub amount: Money,
}

/// What a line is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Item {
    /// Nights of one kind.
    Nights {
        /// What makes them cost what they cost.
        night: NightKind,
        /// The season they lie in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        season: Option<String>,
    },
    /// Guests above those included, a night each.
    ExtraGuests,
    /// Animals.
    Pets,
    /// Cleaning.
    Cleaning,
    /// The discount of a long stay.
    LengthDiscount,
    /// Tax.
    Tax,
}

impl Line {
    fn new(item: Item, quantity: u32, unit: Money, multiplier: BasisPoints) -> Self {
        Self {
            item,
            quantity,
            unit,
            multiplier,
            amount: unit.times(quantity).share(multiplier),
        }
    }

    fn whole(item: Item, quantity: u32, unit: Money) -> Self {
        Self::new(item, quantity, unit, BasisPoints::WHOLE)
    }
}

/// Prices a stay.
///
/// Each line is rounded half up on its own; the total is the sum of the rounded lines, so that what the
/// guest can add up is what is charged.
#[must_use]
pub fn quote(
    rates: &RatePlan,
    deposit: DepositPolicy,
    stay: Stay,
    party: Party,
    holidays: &Holidays,
    today: NaiveDate,
) -> Quote {
    let mut lines = night_lines(rates, stay, holidays);
    let nights_price: Money = lines.iter().map(|line| line.amount).sum();
    lines.extend(extra_guests(rates, stay, party));
    if let (true, Some(fee)) = (party.pets(), rates.pets) {
        lines.push(Line::whole(Item::Pets, 1, fee));
    }
    if let Some(fee) = rates.cleaning {
        lines.push(Line::whole(Item::Cleaning, 1, fee));
    }
    if let Some(discount) = rates.length_discount(stay.nights()) {
        lines.push(Line::new(
            Item::LengthDiscount,
            1,
            -nights_price,
            discount.share,
        ));
    }
    if let Some(tax) = rates.tax {
        let taxed = lines.iter().map(|line| line.amount).sum();
        lines.push(Line::new(Item::Tax, 1, taxed, tax));
    }
    let total = lines.iter().map(|line| line.amount).sum();
    Quote {
        lines,
        total,
        deposit: deposit.deposit(total, today, stay.check_in()),
        nights: stay.nights(),
    }
}

/// The nights, grouped by what sets their price, in the order in which they first occur.
fn night_lines(rates: &RatePlan, stay: Stay, holidays: &Holidays) -> Vec<Line> {
    let mut groups: BTreeMap<Item, (usize, NightRate<'_>, u32)> = BTreeMap::new();
    for (position, date) in stay.each_night().enumerate() {
        let night = rates.night(date, holidays);
        let item = Item::Nights {
            night: night.kind,
            season: night.season.map(|season| season.name.clone()),
        };
        groups.entry(item).or_insert((position, night, 0)).2 += 1;
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, (first, _, _))| *first);
    groups
        .into_iter()
        .map(|(item, (_, night, nights))| Line::new(item, nights, night.nightly, night.multiplier))
        .collect()
}

fn extra_guests(rates: &RatePlan, stay: Stay, party: Party) -> Option<Line> {
    let extra = party.guests().saturating_sub(rates.included_guests?);
    let fee = rates.extra_guest?;
    (extra > 0).then(|| {
        let guest_nights = u32::from(extra) * u32::from(stay.nights());
        Line::whole(Item::ExtraGuests, guest_nights, fee)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate::{LengthDiscount, Season};

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn stay(check_in: &str, check_out: &str) -> Stay {
        Stay::new(date(check_in), date(check_out)).unwrap()
    }

    fn price(rates: &RatePlan, stay: Stay, party: Party) -> Quote {
        let holidays = [date("2027-02-08"), date("2027-02-09")]
            .into_iter()
            .collect();
        quote(
            rates,
            DepositPolicy::default(),
            stay,
            party,
            &holidays,
            date("2026-11-24"),
        )
    }

    fn weekend_plan() -> RatePlan {
        RatePlan {
            weekend_multiplier: BasisPoints(15_000),
            ..RatePlan::flat(Money::pesos(12_000))
        }
    }

    #[test]
    fn friday_to_monday_at_twelve_thousand_is_forty_eight_thousand() {
        let quote = price(
            &weekend_plan(),
            stay("2027-01-15", "2027-01-18"),
            Party::of(2).unwrap(),
        );
        assert_eq!(quote.total, Money::pesos(48_000));
        assert_eq!(quote.deposit, Money::pesos(14_400));
        assert_eq!(quote.lines.len(), 2);
    }

    #[test]
    fn the_whole_price_is_asked_for_when_the_stay_starts_within_three_days() {
        let quote = price(
            &weekend_plan(),
            stay("2026-11-27", "2026-11-28"),
            Party::of(2).unwrap(),
        );
        assert_eq!(quote.deposit, quote.total);
        let quote = price(
            &weekend_plan(),
            stay("2026-11-28", "2026-11-29"),
            Party::of(2).unwrap(),
        );
        assert_eq!(quote.deposit, Money::pesos(5_400));
    }

    #[test]
    fn a_holiday_rate_replaces_the_weekend_rate_and_counts_the_eve() {
        let rates = RatePlan {
            holiday_multiplier: Some(BasisPoints(20_000)),
            ..weekend_plan()
        };
        // Carnival 2027: Monday 8 and Tuesday 9 of February. Sunday 7 is the eve.
        let quote = price(
            &rates,
            stay("2027-02-06", "2027-02-10"),
            Party::of(2).unwrap(),
        );
        assert_eq!(quote.total, Money::pesos(18_000 + 3 * 24_000));
    }

    #[test]
    fn every_extra_is_a_line_of_its_own() {
        let rates = RatePlan {
            seasons: vec![Season {
                name: "verano".to_owned(),
                from: date("2027-01-01"),
                to: date("2027-03-01"),
                nightly: Some(Money::pesos(20_000)),
                minimum_nights: None,
                closed: false,
            }],
            included_guests: Some(2),
            extra_guest: Some(Money::pesos(1_000)),
            pets: Some(Money::pesos(3_000)),
            cleaning: Some(Money::pesos(5_000)),
            length_discounts: vec![
                LengthDiscount {
                    nights: 3,
                    share: BasisPoints(500),
                },
                LengthDiscount {
                    nights: 7,
                    share: BasisPoints(1_000),
                },
            ],
            tax: Some(BasisPoints(2_100)),
            ..weekend_plan()
        };
        let party = Party::new(4, 1, true).unwrap();
        // Monday to Friday: four nights of season rate.
        let quote = price(&rates, stay("2027-01-11", "2027-01-15"), party);
        let amounts: Vec<i64> = quote
            .lines
            .iter()
            .map(|line| line.amount.centavos / 100)
            .collect();
        assert_eq!(amounts, [80_000, 8_000, 3_000, 5_000, -4_000, 19_320]);
        assert_eq!(quote.total, Money::pesos(111_320));
    }

    proptest::proptest! {
        #[test]
        fn the_total_is_the_sum_of_the_lines_and_covers_the_deposit(
            nightly in 1_i64..100_000_000, weekend in 10_000_u32..30_000, nights in 1_u16..60,
            guests in 1_u8..10, offset in 0_i64..300,
        ) {
            let rates = RatePlan {
                weekend_multiplier: BasisPoints(weekend),
                included_guests: Some(2),
                extra_guest: Some(Money::ars(nightly / 7)),
                length_discounts: vec![LengthDiscount { nights: 7, share: BasisPoints(777) }],
                ..RatePlan::flat(Money::ars(nightly))
            };
            let stay = Stay::of_nights(date("2026-11-24"), nights).unwrap().shifted(offset).unwrap();
            let quote = price(&rates, stay, Party::of(guests).unwrap());
            let sum: Money = quote.lines.iter().map(|line| line.amount).sum();
            proptest::prop_assert_eq!(sum, quote.total);
            proptest::prop_assert!(quote.deposit.centavos <= quote.total.centavos);
            proptest::prop_assert!(quote.deposit.is_positive());
            let priced: u32 = quote.lines.iter()
                .filter(|line| matches!(line.item, Item::Nights { .. }))
                .map(|line| line.quantity).sum();
            proptest::prop_assert_eq!(priced, u32::from(nights));
        }
    }
}
