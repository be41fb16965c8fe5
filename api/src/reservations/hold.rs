//! Holding nights: cheap checks first, then the locks, then the workflow. Postgres decides.
//!
//! Of a crowd that wants the same nights at the same moment one gets through to the workflow; the others are
//! turned away before they cost anything.

use chrono::Utc;
use database::{
    Database, availability, guests,
    guests::Contact,
    idempotency::{self, Claim},
};
use domain::{
    Accommodation, AccommodationId, Channel, GuestId, Party, ReservationCode, Stay,
    availability::{Inventory, Offer, Refusal},
};
use night_locks::Locked;
use workflows::{contracts::inventory::HoldOutcome, reservation::ReservationInput};

use super::{
    key::KeyedRequest,
    view::{self, Shown},
};
use crate::{app::App, availability::instead, error::Error, views::OfferView, wish};

/// Nights that somebody wants to have held.
#[derive(Debug, Clone)]
pub(crate) struct PlaceHold {
    pub(crate) accommodation_id: AccommodationId,
    pub(crate) stay: Stay,
    pub(crate) party: Party,
    pub(crate) contact: Option<Contact>,
}

/// What became of it.
#[derive(Debug)]
pub(crate) enum Placed {
    /// The nights are kept, by this request or an earlier one with the same key.
    Held(Box<Shown>),
    /// The workflow has started and has not decided yet.
    Undecided(ReservationCode),
}

/// The code that the reservation gets, and whether an earlier request chose it.
struct Name {
    code: ReservationCode,
    known: bool,
}

/// Holds the nights.
///
/// # Errors
/// What keeps the nights from being held, as the client should hear it.
pub(crate) async fn place(
    app: &App,
    wish: PlaceHold,
    request: Option<KeyedRequest>,
) -> Result<Placed, Error> {
    let database = app.database()?;
    let inventory = availability::inventory_around(&database, Utc::now(), wish.stay).await?;
    let accommodation = inventory
        .accommodation(wish.accommodation_id)
        .ok_or_else(wish::unknown_accommodation)?;
    let offer = inventory.offer(accommodation, wish.stay, wish.party);
    if let Err(refusal) = offer
        && refusal != Refusal::Taken
    {
        return Err(wish.refused(refusal, &inventory));
    }
    let name = Name::choose(&database, accommodation, &inventory, request).await?;
    if name.known
        && let Some(held) = view::load(&database, &name.code).await?
    {
        return Ok(Placed::Held(Box::new(held)));
    }
    let offer = offer.map_err(|taken| wish.refused(taken, &inventory))?;
    guarded(app, &database, &wish, accommodation, offer, name.code).await
}

/// Asks the workflow under the locks of the nights.
async fn guarded(
    app: &App,
    database: &Database,
    wish: &PlaceHold,
    accommodation: &Accommodation,
    offer: Offer,
    code: ReservationCode,
) -> Result<Placed, Error> {
    let owner = code.to_string();
    match app
        .locks
        .acquire(wish.accommodation_id, wish.stay, &owner)
        .await
    {
        Locked::Acquired | Locked::Unguarded => {}
        Locked::Busy => return Err(wish.crowded_out(database).await),
    }
    let placed = open(app, database, wish, accommodation, offer, code).await;
    app.locks
        .release(wish.accommodation_id, wish.stay, &owner)
        .await;
    placed
}

async fn open(
    app: &App,
    database: &Database,
    wish: &PlaceHold,
    accommodation: &Accommodation,
    offer: Offer,
    code: ReservationCode,
) -> Result<Placed, Error> {
    let desk = app.desk()?;
    let guest_id = match &wish.contact {
        Some(contact) => Some(guests::of_contact(database, contact).await?),
        None => None,
    };
    let input = input(wish, accommodation, offer, code.clone(), guest_id);
    match desk.open_reservation(input, code.as_str()).await {
        Ok(HoldOutcome::Held { .. } | HoldOutcome::Was { .. }) => {
            let held = view::load(database, &code).await?;
            let held =
                held.ok_or_else(|| Error::unexpected("a hold was placed and is not there"))?;
            Ok(Placed::Held(Box::new(held)))
        }
        Ok(HoldOutcome::Taken) => Err(wish.taken(database).await),
        Err(front_desk::Error::NoAnswer) => Ok(Placed::Undecided(code)),
        Err(error) => Err(error.into()),
    }
}

/// What the workflow needs to know: all of it fixed now.
fn input(
    wish: &PlaceHold,
    accommodation: &Accommodation,
    offer: Offer,
    code: ReservationCode,
    guest_id: Option<GuestId>,
) -> ReservationInput {
    ReservationInput {
        code,
        accommodation_id: accommodation.id,
        accommodation_name: accommodation.name.clone(),
        guest_id,
        stay: offer.stay,
        party: wish.party,
        quote: offer.quote,
        channel: Channel::Direct,
        policies: accommodation.policies.clone(),
        check_in_at: accommodation.check_in_at(offer.stay.check_in()),
        check_out_at: accommodation.check_out_at(offer.stay.check_out()),
        booked_at: Utc::now(),
    }
}

/// How a hold is counted.
pub(crate) const fn outcome(placed: &Result<Placed, Error>) -> &'static str {
    match placed {
        Ok(Placed::Held(_)) => "held",
        Ok(Placed::Undecided(_)) => "undecided",
        Err(Error::DatesTaken { .. }) => "taken",
        Err(Error::InProgress) => "in_progress",
        Err(Error::Refused { .. }) => "refused",
        Err(Error::Unavailable { .. } | Error::Unexpected(_)) => "failed",
        Err(_) => "invalid",
    }
}

impl Name {
    async fn choose(
        database: &Database,
        accommodation: &Accommodation,
        inventory: &Inventory,
        request: Option<KeyedRequest>,
    ) -> Result<Self, Error> {
        let today = accommodation.today(inventory.now);
        let code = ReservationCode::generate(today).map_err(Error::unexpected)?;
        let Some(request) = request else {
            return Ok(Self { code, known: false });
        };
        match idempotency::claim(database, &request.key, &request.request_hash, &code).await? {
            Claim::Fresh => Ok(Self { code, known: false }),
            Claim::Known(code) => Ok(Self { code, known: true }),
            Claim::Mismatch => Err(Error::KeyReused),
        }
    }
}

impl PlaceHold {
    /// The answer to a stay that a rule refuses, or that somebody has, with what would fit instead.
    fn refused(&self, refusal: Refusal, inventory: &Inventory) -> Error {
        let preferred = Some(self.accommodation_id);
        let fitting = instead(inventory, preferred, self.stay, self.party, [refusal]);
        let alternatives = OfferView::all(&fitting, inventory);
        match refusal {
            Refusal::Taken => Error::DatesTaken { alternatives },
            refusal => Error::Refused {
                refusal,
                alternatives,
            },
        }
    }

    /// The answer when Postgres gave the nights to somebody else.
    async fn taken(&self, database: &Database) -> Error {
        match availability::inventory_around(database, Utc::now(), self.stay).await {
            Ok(inventory) => self.refused(Refusal::Taken, &inventory),
            Err(error) => error.into(),
        }
    }

    /// The answer when somebody else is asking for the nights: taken, if they have them by now.
    async fn crowded_out(&self, database: &Database) -> Error {
        let inventory = match availability::inventory_around(database, Utc::now(), self.stay).await
        {
            Ok(inventory) => inventory,
            Err(error) => return error.into(),
        };
        let offer = inventory
            .accommodation(self.accommodation_id)
            .map(|accommodation| inventory.offer(accommodation, self.stay, self.party));
        match offer {
            Some(Err(refusal)) => self.refused(refusal, &inventory),
            Some(Ok(_)) | None => Error::InProgress,
        }
    }
}
