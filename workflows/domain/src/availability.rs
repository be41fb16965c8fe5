//! What is free for a stay, what keeps a stay from being booked, and what would fit instead.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{Accommodation, AccommodationId, Party, Quote, Stay, holiday::Holidays, quote::quote};

/// How far other dates are looked for, in days each way.
const NEARBY_DAYS: i64 = 21;

/// What is on offer and what is taken, at one moment.
#[derive(Debug, Clone)]
pub struct Inventory {
    /// The accommodations that can be booked.
    pub accommodations: Vec<Accommodation>,
    /// The holidays.
    pub holidays: Holidays,
    /// The nights that are taken.
    pub occupied: Occupied,
    /// When this was so.
    pub now: DateTime<Utc>,
}

/// The nights that are taken, by accommodation.
#[derive(Debug, Clone, Default)]
pub struct Occupied(HashMap<AccommodationId, Vec<Stay>>);

/// A stay that can be booked, with its price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Where.
    pub accommodation_id: AccommodationId,
    /// When.
    pub stay: Stay,
    /// How much.
    pub quote: Quote,
}

/// The rule that keeps a stay from being booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Refusal {
    /// Begins before today.
    #[error("the stay begins in the past")]
    Past,
    /// Begins sooner than the notice period allows.
    #[error("the stay must begin at least {notice_days} days from today")]
    TooSoon {
        /// The notice period.
        notice_days: u16,
    },
    /// Ends beyond the booking horizon.
    #[error("stays can be booked {horizon_days} days ahead")]
    TooFarAhead {
        /// The horizon.
        horizon_days: u16,
    },
    /// Fewer nights than asked for.
    #[error("the stay must be at least {minimum_nights} nights")]
    TooShort {
        /// The fewest nights.
        minimum_nights: u16,
    },
    /// A night in a closed season.
    #[error("closed on some of these nights")]
    Closed,
    /// More guests than beds.
    #[error("sleeps {capacity}")]
    TooManyGuests {
        /// How many can sleep there.
        capacity: u8,
    },
    /// Animals are not welcome.
    #[error("pets are not allowed")]
    NoPets,
    /// Somebody has the nights.
    #[error("the nights are taken")]
    Taken,
}

impl Occupied {
    /// Whether any night of the stay is taken, keeping `preparation_days` free around every other stay.
    #[must_use]
    pub fn takes(&self, id: AccommodationId, stay: Stay, preparation_days: u16) -> bool {
        self.takes_beside(id, None, stay, preparation_days)
    }

    /// The same for a stay that takes the place of `own`, which is no obstacle to it.
    fn takes_beside(
        &self,
        id: AccommodationId,
        own: Option<Stay>,
        stay: Stay,
        preparation_days: u16,
    ) -> bool {
        let gap = Days::new(u64::from(preparation_days));
        self.0.get(&id).is_some_and(|stays| {
            let others = stays.iter().filter(|other| Some(**other) != own);
            others.into_iter().any(|other| {
                let free_from = other.check_out().checked_add_days(gap);
                let free_until = other.check_in().checked_sub_days(gap);
                free_from.is_none_or(|from| stay.check_in() < from)
                    && free_until.is_none_or(|until| until < stay.check_out())
            })
        })
    }
}

impl FromIterator<(AccommodationId, Stay)> for Occupied {
    fn from_iter<I: IntoIterator<Item = (AccommodationId, Stay)>>(stays: I) -> Self {
        let mut occupied: HashMap<_, Vec<_>> = HashMap::new();
        for (id, stay) in stays {
            occupied.entry(id).or_default().push(stay);
        }
        Self(occupied)
    }
}

/// The rules of an accommodation that do not depend on what is taken.
///
/// # Errors
/// The first rule that refuses the stay.
pub fn permitted(
    accommodation: &Accommodation,
    stay: Stay,
    party: Party,
    today: NaiveDate,
) -> Result<(), Refusal> {
    arrives_in_time(accommodation, stay, today)?;
    fits(accommodation, stay, party, today)
}

/// The same for a stay that takes the place of `own`: an arrival that stays what it is was in time when it was
/// booked.
fn permitted_instead(
    accommodation: &Accommodation,
    own: Stay,
    stay: Stay,
    party: Party,
    today: NaiveDate,
) -> Result<(), Refusal> {
    if stay.check_in() != own.check_in() {
        arrives_in_time(accommodation, stay, today)?;
    } else if stay.check_out() < today {
        return Err(Refusal::Past);
    }
    fits(accommodation, stay, party, today)
}

fn days_ahead(date: NaiveDate, today: NaiveDate) -> i64 {
    date.signed_duration_since(today).num_days()
}

fn arrives_in_time(
    accommodation: &Accommodation,
    stay: Stay,
    today: NaiveDate,
) -> Result<(), Refusal> {
    let notice_days = accommodation.policies.stay.notice_days;
    match days_ahead(stay.check_in(), today) {
        ..0 => Err(Refusal::Past),
        ahead if ahead < i64::from(notice_days) => Err(Refusal::TooSoon { notice_days }),
        _ => Ok(()),
    }
}

fn fits(
    accommodation: &Accommodation,
    stay: Stay,
    party: Party,
    today: NaiveDate,
) -> Result<(), Refusal> {
    let policy = accommodation.policies.stay;
    if days_ahead(stay.check_out(), today) > i64::from(policy.horizon_days) {
        return Err(Refusal::TooFarAhead {
            horizon_days: policy.horizon_days,
        });
    }
    if party.guests() > accommodation.capacity {
        return Err(Refusal::TooManyGuests {
            capacity: accommodation.capacity,
        });
    }
    if party.pets() && !policy.pets_allowed {
        return Err(Refusal::NoPets);
    }
    let rates = &accommodation.rates;
    if stay
        .each_night()
        .any(|night| rates.season(night).is_some_and(|season| season.closed))
    {
        return Err(Refusal::Closed);
    }
    let minimum_nights = rates
        .season(stay.check_in())
        .and_then(|season| season.minimum_nights)
        .unwrap_or(policy.minimum_nights);
    if stay.nights() < minimum_nights {
        return Err(Refusal::TooShort { minimum_nights });
    }
    Ok(())
}

impl Inventory {
    /// The accommodation of this id.
    #[must_use]
    pub fn accommodation(&self, id: AccommodationId) -> Option<&Accommodation> {
        self.accommodations
            .iter()
            .find(|accommodation| accommodation.id == id)
    }

    /// Prices a stay in one accommodation.
    ///
    /// # Errors
    /// The rule that keeps it from being booked.
    pub fn offer(
        &self,
        accommodation: &Accommodation,
        stay: Stay,
        party: Party,
    ) -> Result<Offer, Refusal> {
        permitted(accommodation, stay, party, accommodation.today(self.now))?;
        let preparation_days = accommodation.policies.stay.preparation_days;
        if self
            .occupied
            .takes(accommodation.id, stay, preparation_days)
        {
            return Err(Refusal::Taken);
        }
        Ok(self.price(accommodation, stay, party))
    }

    /// Prices other dates for a stay that is booked in this accommodation already. Its own nights keep nobody
    /// from staying where they are.
    ///
    /// # Errors
    /// The rule that keeps it from being moved there.
    pub fn offer_instead(
        &self,
        accommodation: &Accommodation,
        own: Stay,
        stay: Stay,
        party: Party,
    ) -> Result<Offer, Refusal> {
        permitted_instead(
            accommodation,
            own,
            stay,
            party,
            accommodation.today(self.now),
        )?;
        let gap = accommodation.policies.stay.preparation_days;
        if self
            .occupied
            .takes_beside(accommodation.id, Some(own), stay, gap)
        {
            return Err(Refusal::Taken);
        }
        Ok(self.price(accommodation, stay, party))
    }

    /// The dates nearest to the wanted ones that a booked stay could be moved to. At most `limit`.
    #[must_use]
    pub fn alternatives_instead(
        &self,
        accommodation: &Accommodation,
        own: Stay,
        wanted: Stay,
        party: Party,
        limit: usize,
    ) -> Vec<Offer> {
        (1..=NEARBY_DAYS)
            .flat_map(|shift| [shift, -shift])
            .filter_map(|days| wanted.shifted(days))
            .filter(|stay| *stay != own)
            .filter_map(|stay| self.offer_instead(accommodation, own, stay, party).ok())
            .take(limit)
            .collect()
    }

    /// Prices a stay whether or not it can be booked.
    #[must_use]
    pub fn price(&self, accommodation: &Accommodation, stay: Stay, party: Party) -> Offer {
        Offer {
            accommodation_id: accommodation.id,
            stay,
            quote: quote(
                &accommodation.rates,
                accommodation.policies.deposit,
                stay,
                party,
                &self.holidays,
                accommodation.today(self.now),
            ),
        }
    }

    /// Everything that is free for the stay and fits the party, the smallest and cheapest first.
    #[must_use]
    pub fn offers(&self, stay: Stay, party: Party) -> Vec<Offer> {
        let mut fitting: Vec<_> = self
            .accommodations
            .iter()
            .filter_map(|accommodation| {
                let offer = self.offer(accommodation, stay, party).ok()?;
                Some((accommodation.capacity, offer))
            })
            .collect();
        fitting.sort_by_key(|(capacity, offer)| (*capacity, offer.quote.total.centavos));
        fitting.into_iter().map(|(_, offer)| offer).collect()
    }

    /// What would fit instead of a stay that cannot be had: the same nights elsewhere first, then the nearest
    /// dates, of `preferred` before others. At most `limit`.
    #[must_use]
    pub fn alternatives(
        &self,
        preferred: Option<AccommodationId>,
        stay: Stay,
        party: Party,
        limit: usize,
    ) -> Vec<Offer> {
        let mut found = self.offers(stay, party);
        let mut shift = 1;
        while found.len() < limit && shift <= NEARBY_DAYS {
            for days in [shift, -shift] {
                let Some(nearby) = stay.shifted(days) else {
                    continue;
                };
                let mut offers = self.offers(nearby, party);
                offers.sort_by_key(|offer| Some(offer.accommodation_id) != preferred);
                found.extend(offers);
            }
            shift += 1;
        }
        found.truncate(limit);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Money,
        accommodation::{Kind, Location},
        policy::Policies,
        rate::{RatePlan, Season},
    };

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn stay(check_in: &str, check_out: &str) -> Stay {
        Stay::new(date(check_in), date(check_out)).unwrap()
    }

    fn cabin(name: &str, capacity: u8, pesos: i64) -> Accommodation {
        Accommodation {
            id: AccommodationId::generate(),
            name: name.to_owned(),
            aliases: Vec::new(),
            kind: Kind::Cabin,
            capacity,
            description: String::new(),
            amenities: Vec::new(),
            photos: Vec::new(),
            location: Location {
                area: String::new(),
                address: String::new(),
                latitude: 0.0,
                longitude: 0.0,
            },
            access: String::new(),
            time_zone: chrono_tz::America::Argentina::Buenos_Aires,
            rates: RatePlan::flat(Money::pesos(pesos)),
            policies: Policies::default(),
        }
    }

    fn inventory(accommodations: Vec<Accommodation>, taken: &[(usize, Stay)]) -> Inventory {
        let occupied = taken
            .iter()
            .map(|(index, stay)| (accommodations[*index].id, *stay))
            .collect();
        Inventory {
            accommodations,
            holidays: Holidays::default(),
            occupied,
            now: "2026-11-24T13:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn the_smallest_that_fits_is_offered_first() {
        let inventory = inventory(
            vec![
                cabin("six", 6, 20),
                cabin("two", 2, 8),
                cabin("four", 4, 15),
            ],
            &[],
        );
        let offers = inventory.offers(stay("2027-01-15", "2027-01-18"), Party::of(3).unwrap());
        let names: Vec<_> = offers
            .iter()
            .map(|offer| {
                inventory
                    .accommodation(offer.accommodation_id)
                    .unwrap()
                    .name
                    .as_str()
            })
            .collect();
        assert_eq!(names, ["four", "six"]);
    }

    #[test]
    fn each_rule_refuses_by_its_name() {
        let mut place = cabin("four", 4, 15);
        place.policies.stay.notice_days = 2;
        place.policies.stay.minimum_nights = 2;
        place.rates.seasons.push(Season {
            name: "invierno".to_owned(),
            from: date("2027-06-01"),
            to: date("2027-07-01"),
            nightly: None,
            minimum_nights: None,
            closed: true,
        });
        let taken = stay("2027-01-15", "2027-01-18");
        let inventory = inventory(vec![place], &[(0, taken)]);
        let refusal = |check_in, check_out, guests, pets| {
            let party = Party::new(guests, 0, pets).unwrap();
            inventory
                .offer(
                    &inventory.accommodations[0],
                    stay(check_in, check_out),
                    party,
                )
                .unwrap_err()
        };
        assert_eq!(refusal("2026-11-23", "2026-11-26", 2, false), Refusal::Past);
        assert_eq!(
            refusal("2026-11-25", "2026-11-28", 2, false),
            Refusal::TooSoon { notice_days: 2 }
        );
        assert_eq!(
            refusal("2028-06-15", "2028-06-18", 2, false),
            Refusal::TooFarAhead { horizon_days: 540 }
        );
        assert_eq!(
            refusal("2027-01-05", "2027-01-06", 2, false),
            Refusal::TooShort { minimum_nights: 2 }
        );
        assert_eq!(
            refusal("2027-05-30", "2027-06-02", 2, false),
            Refusal::Closed
        );
        assert_eq!(
            refusal("2027-01-05", "2027-01-08", 5, false),
            Refusal::TooManyGuests { capacity: 4 }
        );
        assert_eq!(
            refusal("2027-01-05", "2027-01-08", 2, true),
            Refusal::NoPets
        );
        assert_eq!(
            refusal("2027-01-17", "2027-01-19", 2, false),
            Refusal::Taken
        );
    }

    #[test]
    fn preparation_days_keep_a_gap_on_both_sides() {
        let mut place = cabin("four", 4, 15);
        place.policies.stay.preparation_days = 1;
        let inventory = inventory(vec![place], &[(0, stay("2027-01-15", "2027-01-18"))]);
        let free = |check_in, check_out| {
            let party = Party::of(2).unwrap();
            inventory
                .offer(
                    &inventory.accommodations[0],
                    stay(check_in, check_out),
                    party,
                )
                .is_ok()
        };
        assert!(!free("2027-01-18", "2027-01-20"));
        assert!(free("2027-01-19", "2027-01-20"));
        assert!(!free("2027-01-13", "2027-01-15"));
        assert!(free("2027-01-12", "2027-01-14"));
    }

    #[test]
    fn a_booked_stay_is_no_obstacle_to_its_own_change() {
        let own = stay("2026-11-23", "2026-11-26");
        let inventory = inventory(
            vec![cabin("four", 4, 15)],
            &[(0, own), (0, stay("2026-11-28", "2026-11-30"))],
        );
        let place = &inventory.accommodations[0];
        let party = Party::of(2).unwrap();
        let instead = |check_in, check_out| {
            inventory
                .offer_instead(place, own, stay(check_in, check_out), party)
                .map(|offer| offer.quote.nights)
        };
        // The guest arrived yesterday, which is no reason against one night more.
        assert_eq!(instead("2026-11-23", "2026-11-28"), Ok(5));
        assert_eq!(instead("2026-11-23", "2026-11-25"), Ok(2));
        assert_eq!(instead("2026-11-22", "2026-11-26"), Err(Refusal::Past));
        assert_eq!(instead("2026-11-23", "2026-11-29"), Err(Refusal::Taken));
        let found =
            inventory.alternatives_instead(place, own, stay("2026-11-26", "2026-11-29"), party, 2);
        let arrivals: Vec<_> = found.iter().map(|offer| offer.stay.check_in()).collect();
        assert_eq!(arrivals, [date("2026-11-25"), date("2026-11-24")]);
    }

    #[test]
    fn other_cabins_come_before_other_dates_and_the_nearest_dates_first() {
        let wanted = stay("2027-01-15", "2027-01-18");
        let inventory = inventory(
            vec![cabin("a", 4, 15), cabin("b", 4, 20), cabin("c", 4, 10)],
            &[(0, wanted), (1, wanted)],
        );
        let party = Party::of(4).unwrap();
        let preferred = inventory.accommodations[0].id;
        let found = inventory.alternatives(Some(preferred), wanted, party, 3);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].stay, wanted);
        assert_eq!(found[0].accommodation_id, inventory.accommodations[2].id);
        assert_eq!(found[1].stay, wanted.shifted(1).unwrap());
    }
}
