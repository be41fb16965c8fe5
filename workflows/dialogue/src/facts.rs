//! What is true when an event is answered. The engine knows nothing else: no clock, no database.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    Accommodation, AccommodationId, Language, Money, Party, Quote, ReservationCode,
    ReservationStatus, Stay,
    availability::Inventory,
    cancellation::Refund,
    change::{Booked, Obstacle},
    policy::Policies,
    settlement::Account,
};
use serde::{Deserialize, Serialize};

/// The facts that one event is answered with.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The moment of answering.
    pub now: DateTime<Utc>,
    /// When the guest sent the message that is answered; for decisions, the message that asked for them.
    pub sent_at: DateTime<Utc>,
    /// Whether the owner has silenced the bot: whoever writes gets a person.
    pub paused: bool,
    /// What can be booked and what is taken.
    pub inventory: &'a Inventory,
    /// The guest.
    pub guest: GuestFacts,
    /// The guest's own reservations, in any order. Nobody else's: they are shown and acted upon.
    pub reservations: Vec<ReservationFacts>,
    /// What the guest waits for, the first arrival first. Nobody else's, and nothing that is over.
    pub waiting: Vec<WaitingFacts>,
}

/// What is known about the guest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestFacts {
    /// Their name, as given by themselves or their profile. Untrusted: it is cleaned before it is shown.
    pub name: Option<String>,
    /// The language on record, spoken until a message shows another.
    #[serde(default)]
    pub language: Language,
}

/// Nights that the guest waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingFacts {
    /// The place in line.
    pub entry: i64,
    /// Where; anywhere, when it does not matter.
    pub accommodation_id: Option<AccommodationId>,
    /// Which nights.
    pub stay: Stay,
    /// Who.
    pub party: Party,
}

/// One of the guest's reservations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationFacts {
    /// Its code.
    pub code: ReservationCode,
    /// What it is now.
    pub status: ReservationStatus,
    /// Where.
    pub accommodation_id: AccommodationId,
    /// When.
    pub stay: Stay,
    /// Who.
    pub party: Party,
    /// The price that was frozen in it.
    pub quote: Quote,
    /// The policies it was made under.
    pub terms: Policies,
    /// What has been paid and not given back.
    pub paid: Money,
    /// When the hold ends; only while it is one.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether the one extension has been used.
    pub extended: bool,
    /// Whether it is an offer from the waiting list.
    pub offered: bool,
    /// Where the deposit (of a hold) or the balance (of a confirmed stay) can be paid now.
    pub payment_url: Option<String>,
    /// Until when its purchase can be revoked.
    pub revocable_until: DateTime<Utc>,
    /// What would be given back if it were cancelled at [`Facts::now`].
    pub refund_if_cancelled_now: Refund,
}

impl ReservationFacts {
    /// A hold that has not ended.
    #[must_use]
    pub fn is_live_hold(&self, now: DateTime<Utc>) -> bool {
        self.status == ReservationStatus::PreReserved && self.expires_at.is_none_or(|end| now < end)
    }

    /// What it costs and what has been applied to it.
    pub(crate) const fn account(&self) -> Account {
        Account {
            total: self.quote.total,
            deposit: self.quote.deposit,
            paid: self.paid,
        }
    }

    /// A hold that has not ended, or a confirmed stay that has not.
    #[must_use]
    pub fn is_live(&self, now: DateTime<Utc>, today: NaiveDate) -> bool {
        self.is_live_hold(now)
            || (self.status == ReservationStatus::Confirmed && today <= self.stay.check_out())
    }
}

impl Facts<'_> {
    /// The date where the accommodations are.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        let first = self.inventory.accommodations.first();
        first.map_or_else(|| self.now.date_naive(), |place| place.today(self.now))
    }

    pub(crate) fn place(&self, id: AccommodationId) -> Option<&Accommodation> {
        self.inventory.accommodation(id)
    }

    /// Where a reservation is, under the policies it was made under.
    pub(crate) fn place_of(&self, own: &ReservationFacts) -> Option<Accommodation> {
        let place = self.place(own.accommodation_id)?;
        Some(place.under(own.terms.clone()))
    }

    /// Whether the guest may change the dates of a reservation.
    pub(crate) fn may_change(&self, own: &ReservationFacts) -> Result<(), Obstacle> {
        let place = self.place_of(own).ok_or(Obstacle::Over)?;
        if own.status == ReservationStatus::PreReserved && !own.is_live_hold(self.now) {
            return Err(Obstacle::Over);
        }
        let booked = Booked {
            status: own.status,
            policy: own.terms.cancellation,
            check_in_at: place.check_in_at(own.stay.check_in()),
            check_out_at: place.check_out_at(own.stay.check_out()),
        };
        booked.may_be_changed_by_guest(self.now)
    }

    /// The reservations that can still be acted upon, the next arrival first.
    pub(crate) fn live(&self) -> Vec<&ReservationFacts> {
        let today = self.today();
        let mut live: Vec<_> = self
            .reservations
            .iter()
            .filter(|reservation| reservation.is_live(self.now, today))
            .collect();
        live.sort_by_key(|reservation| (reservation.stay, reservation.code.clone()));
        live
    }

    pub(crate) fn reservation(&self, code: &ReservationCode) -> Option<&ReservationFacts> {
        self.reservations
            .iter()
            .find(|reservation| reservation.code == *code)
    }
}
