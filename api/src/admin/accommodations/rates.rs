//! What nights cost from now on. What is held or booked keeps its price.

use chrono::Weekday;
use domain::{Accommodation, BasisPoints, Money, rate::LengthDiscount};
use serde::Deserialize;

use super::{Change, Forms, words::PlaceWords};
use crate::admin::{
    format::{percent, pesos, read_hundredths, read_pesos},
    words::Words,
};

/// The rates, as the form says them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Rates {
    version: String,
    pub(super) nightly: String,
    pub(super) weekend: String,
    /// The days on which weekend nights begin: `fri sat`.
    pub(super) thu: String,
    pub(super) fri: String,
    pub(super) sat: String,
    pub(super) sun: String,
    pub(super) holiday: String,
    pub(super) cleaning: String,
    pub(super) pets: String,
    pub(super) included_guests: String,
    pub(super) extra_guest: String,
    pub(super) minimum_nights: String,
    pub(super) tax: String,
    /// One a line: nights and percent.
    pub(super) discounts: String,
}

impl Rates {
    pub(super) fn of(place: &Accommodation) -> Self {
        let rates = &place.rates;
        let optional = |amount: Option<Money>| amount.map(pesos).unwrap_or_default();
        let on = |day| {
            if rates.weekend_nights.contains(&day) {
                "yes"
            } else {
                ""
            }
            .to_owned()
        };
        Self {
            version: String::new(),
            nightly: pesos(rates.nightly),
            weekend: percent(rates.weekend_multiplier),
            thu: on(Weekday::Thu),
            fri: on(Weekday::Fri),
            sat: on(Weekday::Sat),
            sun: on(Weekday::Sun),
            holiday: rates.holiday_multiplier.map(percent).unwrap_or_default(),
            cleaning: optional(rates.cleaning),
            pets: optional(rates.pets),
            included_guests: rates
                .included_guests
                .map(|it| it.to_string())
                .unwrap_or_default(),
            extra_guest: optional(rates.extra_guest),
            minimum_nights: place.policies.stay.minimum_nights.to_string(),
            tax: rates.tax.map(percent).unwrap_or_default(),
            discounts: rates
                .length_discounts
                .iter()
                .map(|it| format!("{} {}", it.nights, percent(it.share)))
                .collect::<Vec<_>>()
                .join("\n"),
        }
    }
}

impl Change for Rates {
    fn version(&self) -> &str {
        &self.version
    }

    fn apply(
        &self,
        place: &mut Accommodation,
        _active: &mut bool,
        w: &'static PlaceWords,
        t: &'static Words,
    ) -> Result<(), &'static str> {
        let optional = |text: &str| match text.trim() {
            "" => Ok(None),
            text => read_pesos(text).map(Some).ok_or(t.amount_invalid),
        };
        let share = |text: &str| {
            read_hundredths(text)
                .filter(|it| (5_000..=50_000).contains(it))
                .map(BasisPoints)
                .ok_or(t.percent_invalid)
        };
        let rates = &mut place.rates;
        rates.nightly = read_pesos(&self.nightly)
            .filter(|it| it.is_positive())
            .ok_or(t.amount_invalid)?;
        rates.weekend_multiplier = share(&self.weekend)?;
        // Days that the form does not offer stay as they are.
        let offered = [
            (Weekday::Thu, &self.thu),
            (Weekday::Fri, &self.fri),
            (Weekday::Sat, &self.sat),
            (Weekday::Sun, &self.sun),
        ];
        for (day, chosen) in offered {
            if chosen.is_empty() {
                rates.weekend_nights.retain(|it| *it != day);
            } else if !rates.weekend_nights.contains(&day) {
                rates.weekend_nights.push(day);
            }
        }
        rates.holiday_multiplier = match self.holiday.trim() {
            "" => None,
            text => Some(share(text)?),
        };
        rates.cleaning = optional(&self.cleaning)?;
        rates.pets = optional(&self.pets)?;
        rates.extra_guest = optional(&self.extra_guest)?;
        rates.included_guests = match self.included_guests.trim() {
            "" => None,
            text => Some(
                text.parse()
                    .ok()
                    .filter(|it| (1..=place.capacity).contains(it))
                    .ok_or(w.included_invalid)?,
            ),
        };
        rates.tax = match self.tax.trim() {
            "" => None,
            text => Some(
                read_hundredths(text)
                    .filter(|it| *it <= 5_000)
                    .map(BasisPoints)
                    .ok_or(w.tax_invalid)?,
            ),
        };
        rates.length_discounts = self
            .discounts
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(discount)
            .collect::<Option<_>>()
            .ok_or(w.discounts_invalid)?;
        place.policies.stay.minimum_nights = self
            .minimum_nights
            .trim()
            .parse()
            .ok()
            .filter(|it| (1..=30).contains(it))
            .ok_or(t.minimum_invalid)?;
        Ok(())
    }

    fn keep(self, forms: &mut Forms) {
        forms.rates = self;
    }
}

/// `7 10`: ten percent off from seven nights on.
fn discount(line: &str) -> Option<LengthDiscount> {
    let (nights, share) = line.trim().split_once(char::is_whitespace)?;
    let nights = nights.trim_end_matches(':').parse().ok();
    Some(LengthDiscount {
        nights: nights.filter(|it| (2..=90).contains(it))?,
        share: read_hundredths(share)
            .filter(|it| (100..=9_000).contains(it))
            .map(BasisPoints)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discount_is_nights_and_a_share() {
        let read = |line| discount(line).map(|it| (it.nights, it.share.0));
        assert_eq!(read("7 10"), Some((7, 1_000)));
        assert_eq!(read(" 28:  22,5 % "), Some((28, 2_250)));
        for wrong in ["7", "1 10", "7 0", "7 95", "91 10", "siete 10", "7 10 5"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
