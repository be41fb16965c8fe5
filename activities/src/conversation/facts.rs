//! What is true when a guest is answered.

use chrono::{DateTime, Days, Utc};
use database::{
    Database, accommodations, availability, bot_pauses, guests, guests::Guest, messages::Inbound,
    payment_links, reservations, reservations::Reservation, waiting_list,
};
use dialogue::{Facts, GuestFacts, ReservationFacts, WaitingFacts};
use domain::{
    Accommodation, GuestId, Language, ReservationCode, ReservationStatus,
    availability::Inventory,
    cancellation::{Purchase, Refund, RefundBasis, refund},
    policy::Policies,
    settlement::Purpose,
};
use temporalio_sdk::activities::ActivityError;
use workflows::reservation::ReservationInput;

use crate::{
    failure::{missing, of_database},
    waiting_list::yesterday,
};

/// How far ahead a guest can ask: the longest booking horizon.
const AHEAD: Days = Days::new(600);

/// A reservation that ended less than this ago is still spoken of.
const RECENT: Days = Days::new(60);

/// What was loaded for one turn.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) inventory: Inventory,
    pub(super) guest: Guest,
    reservations: Vec<ReservationFacts>,
    waiting: Vec<WaitingFacts>,
    paused: bool,
    sent_at: DateTime<Utc>,
}

impl Known {
    pub(super) async fn load(
        db: &Database,
        guest: GuestId,
        message: &Inbound,
    ) -> Result<Self, ActivityError> {
        let now = Utc::now();
        let today = now.date_naive();
        let (from, to) = (
            today.checked_sub_days(Days::new(1)).unwrap_or(today),
            today.checked_add_days(AHEAD).unwrap_or(today),
        );
        let inventory = availability::inventory(db, now, from, to)
            .await
            .map_err(of_database)?;
        let guest = guests::by_id(db, guest)
            .await
            .map_err(of_database)?
            .ok_or_else(|| missing("guest"))?;
        let recent = now.checked_sub_days(RECENT).unwrap_or(now);
        let found = reservations::of_guest(db, guest.id, recent)
            .await
            .map_err(of_database)?;
        let mut facts = Vec::with_capacity(found.len());
        for reservation in found {
            facts.push(of_reservation(db, &inventory, reservation, now).await?);
        }
        let waiting = waiting_list::of_guest(db, guest.id, yesterday(now))
            .await
            .map_err(of_database)?;
        let waiting = waiting.into_iter().map(|entry| WaitingFacts {
            entry: entry.id,
            accommodation_id: entry.wish.accommodation_id,
            stay: entry.wish.stay,
            party: entry.wish.party,
        });
        let paused = bot_pauses::since(db).await.map_err(of_database)?;
        Ok(Self {
            paused: paused.is_some(),
            waiting: waiting.collect(),
            inventory,
            guest,
            reservations: facts,
            sent_at: message.at,
        })
    }

    /// Where a reservation of the guest's is, under the policies it was made under.
    pub(super) fn place_of(&self, code: &ReservationCode) -> Option<Accommodation> {
        let own = self.reservations.iter().find(|own| own.code == *code)?;
        let place = self.inventory.accommodation(own.accommodation_id)?;
        Some(place.under(own.terms.clone()))
    }

    pub(super) fn facts(&self) -> Facts<'_> {
        Facts {
            now: self.inventory.now,
            sent_at: self.sent_at,
            paused: self.paused,
            inventory: &self.inventory,
            guest: GuestFacts {
                name: self.guest.display_name().map(ToOwned::to_owned),
                language: self.guest.language.unwrap_or(Language::Es),
            },
            reservations: self.reservations.clone(),
            waiting: self.waiting.clone(),
        }
    }
}

async fn of_reservation(
    db: &Database,
    inventory: &Inventory,
    found: Reservation,
    now: DateTime<Utc>,
) -> Result<ReservationFacts, ActivityError> {
    let due = if found.status == ReservationStatus::Confirmed {
        Purpose::Balance
    } else {
        Purpose::Deposit
    };
    let link = payment_links::payable(db, &found.code, due)
        .await
        .map_err(of_database)?;
    let place = inventory.accommodation(found.accommodation_id);
    let terms = found
        .terms
        .clone()
        .or_else(|| place.map(|place| place.policies.clone()))
        .unwrap_or_default();
    let revocable_until = revocable_until(inventory, &terms, &found);
    let refund_if_cancelled_now = refund_now(inventory, &terms, &found, now);
    let offered = waiting_list::is_offer(db, &found.code)
        .await
        .map_err(of_database)?;
    Ok(ReservationFacts {
        code: found.code,
        status: found.status,
        accommodation_id: found.accommodation_id,
        stay: found.stay,
        party: found.party,
        quote: found.quote,
        terms,
        paid: found.paid,
        expires_at: found.expires_at,
        extended: found.extended || offered,
        offered,
        payment_url: link.map(|link| link.url),
        revocable_until,
        refund_if_cancelled_now,
    })
}

/// Until when a purchase can be revoked; one of a place that is not let any more cannot be told.
fn revocable_until(inventory: &Inventory, terms: &Policies, found: &Reservation) -> DateTime<Utc> {
    let place = inventory.accommodation(found.accommodation_id);
    place.map_or(found.created_at, |place| {
        place
            .under(terms.clone())
            .revocable_until(found.created_at, found.stay.check_in())
    })
}

fn refund_now(
    inventory: &Inventory,
    terms: &Policies,
    found: &Reservation,
    now: DateTime<Utc>,
) -> Refund {
    let Some(place) = inventory.accommodation(found.accommodation_id) else {
        return Refund {
            amount: found.paid,
            basis: RefundBasis::Free,
        };
    };
    let purchase = Purchase {
        paid: found.paid,
        revocable_until: revocable_until(inventory, terms, found),
        check_in_at: place
            .under(terms.clone())
            .check_in_at(found.stay.check_in()),
    };
    refund(terms.cancellation, purchase, now)
}

/// What a reservation's workflow is told at its start, when it starts again.
pub(crate) async fn reservation_input(
    db: &Database,
    code: &ReservationCode,
) -> Result<ReservationInput, ActivityError> {
    let found = reservations::by_code(db, code)
        .await
        .map_err(of_database)?
        .ok_or_else(|| missing("reservation"))?;
    let place = accommodations::by_id(db, found.accommodation_id)
        .await
        .map_err(of_database)?;
    let place = place.ok_or_else(|| missing("accommodation"))?;
    // What was promised when it was made; older rows have only today's.
    let place = match found.terms {
        Some(terms) => place.under(terms),
        None => place,
    };
    let changes = reservations::changes(db, &found.code)
        .await
        .map_err(of_database)?;
    let offered = waiting_list::is_offer(db, &found.code)
        .await
        .map_err(of_database)?;
    Ok(ReservationInput {
        code: found.code,
        accommodation_id: place.id,
        accommodation_name: place.name.clone(),
        guest_id: found.guest_id,
        stay: found.stay,
        party: found.party,
        quote: found.quote,
        channel: found.channel,
        check_in_at: place.check_in_at(found.stay.check_in()),
        check_out_at: place.check_out_at(found.stay.check_out()),
        policies: place.policies,
        booked_at: found.created_at,
        changes,
        offered,
        resumed: None,
    })
}
