//! Holding nights: cheap checks first, then the locks, then the workflow. Postgres decides.
//!
//! Of a crowd that wants the same nights at the same moment one gets through to the workflow; the others are
//! turned away before they cost anything.

use chrono::{DateTime, Days, Utc};
use database::{
    Database, availability, guests,
    guests::Contact,
    idempotency::{self, Claim},
    reservations,
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

/// How far around a stay others matter: what is offered instead is near.
const AROUND_DAYS: u64 = 60;

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
    let now = Utc::now();
    let inventory = availability::inventory_around(&database, now, wish.stay).await?;
    let offer = wish.offer(&inventory)?;
    if let Err(refusal) = offer
        && refusal != Refusal::Taken
    {
        return Err(wish.refused(refusal, &inventory));
    }
    let name = Name::choose(&database, wish.accommodation(&inventory)?, now, request).await?;
    if name.known
        && let Some(held) = view::load(&database, &name.code).await?
    {
        return Ok(Placed::Held(Box::new(held)));
    }
    offer.map_err(|taken| wish.refused(taken, &inventory))?;
    let placed = guarded(app, &database, &wish, inventory, name.code.clone()).await;
    match placed {
        // Perhaps by the same request, which was sent twice at once.
        Err(Error::DatesTaken { .. }) if name.known => {
            let ours = view::load(&database, &name.code).await?;
            ours.map_or(placed, |held| Ok(Placed::Held(Box::new(held))))
        }
        placed => placed,
    }
}

/// Asks under the locks of the nights, so that a crowd does not start a workflow each.
async fn guarded(
    app: &App,
    database: &Database,
    wish: &PlaceHold,
    inventory: Inventory,
    code: ReservationCode,
) -> Result<Placed, Error> {
    let owner = code.to_string();
    let (place, stay) = (wish.accommodation_id, wish.stay);
    let locked = app.locks.acquire(place, stay, &owner).await;
    let placed = locked_or_not(app, database, wish, inventory, code, locked).await;
    if locked == Locked::Acquired {
        app.locks.release(place, stay, &owner).await;
    }
    placed
}

async fn locked_or_not(
    app: &App,
    database: &Database,
    wish: &PlaceHold,
    inventory: Inventory,
    code: ReservationCode,
    locked: Locked,
) -> Result<Placed, Error> {
    let inventory = renewed(database, inventory, wish.stay).await?;
    match wish.offer(&inventory)? {
        Err(refusal) => Err(wish.refused(refusal, &inventory)),
        Ok(_) if locked == Locked::Busy => Err(Error::InProgress),
        Ok(offer) => open(app, database, wish, &inventory, offer, code).await,
    }
}

/// The inventory with what was taken since it was read: somebody may have been faster by a moment.
async fn renewed(
    database: &Database,
    inventory: Inventory,
    stay: Stay,
) -> Result<Inventory, Error> {
    let around = Days::new(AROUND_DAYS);
    let (check_in, check_out) = (stay.check_in(), stay.check_out());
    let from = check_in.checked_sub_days(around).unwrap_or(check_in);
    let to = check_out.checked_add_days(around).unwrap_or(check_out);
    let occupied = reservations::occupied(database, from, to).await?;
    Ok(Inventory {
        occupied: occupied.into_iter().collect(),
        ..inventory
    })
}

async fn open(
    app: &App,
    database: &Database,
    wish: &PlaceHold,
    inventory: &Inventory,
    offer: Offer,
    code: ReservationCode,
) -> Result<Placed, Error> {
    let desk = app.desk()?;
    let guest_id = match &wish.contact {
        Some(contact) => Some(guests::of_contact(database, contact).await?),
        None => None,
    };
    let accommodation = wish.accommodation(inventory)?;
    let input = input(wish, accommodation, offer, code.clone(), guest_id);
    match desk.open_reservation(input, code.as_str()).await {
        Ok(HoldOutcome::Held { .. } | HoldOutcome::Was { .. }) => {
            let held = view::load(database, &code).await?;
            let held =
                held.ok_or_else(|| Error::unexpected("a hold was placed and is not there"))?;
            Ok(Placed::Held(Box::new(held)))
        }
        Ok(HoldOutcome::Taken) => Err(wish.refused(Refusal::Taken, inventory)),
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
        changes: 0,
        offered: false,
        resumed: None,
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
        now: DateTime<Utc>,
        request: Option<KeyedRequest>,
    ) -> Result<Self, Error> {
        let today = accommodation.today(now);
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
    fn accommodation<'a>(&self, inventory: &'a Inventory) -> Result<&'a Accommodation, Error> {
        inventory
            .accommodation(self.accommodation_id)
            .ok_or_else(wish::unknown_accommodation)
    }

    /// What it costs, or the rule that refuses it.
    fn offer(&self, inventory: &Inventory) -> Result<Result<Offer, Refusal>, Error> {
        let accommodation = self.accommodation(inventory)?;
        Ok(inventory.offer(accommodation, self.stay, self.party))
    }

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
}
