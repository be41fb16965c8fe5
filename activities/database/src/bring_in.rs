//! What an owner brings along from elsewhere: places, and bookings of them. All of it comes in, or nothing.
//!
//! A preview is the same work, undone at its end: what it says is what would happen.

use chrono::{DateTime, Utc};
use domain::{Accommodation, Money, Party, Quote, ReservationCode, ReservationStatus, Stay};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, raw_sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Database, Error, accommodations,
    acts::{Actor, NewAct, record_in},
    guests::{self, Contact},
    inbox, ledger, row,
};

/// A place that is brought along.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPlace {
    /// Where it is written.
    pub line: u64,
    /// The place; one of the same name is left as it is.
    pub place: Accommodation,
}

/// A booking that is brought along.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBooking {
    /// Where it is written.
    pub line: u64,
    /// The code that its reference always gives: brought along twice, it is there once.
    pub code: ReservationCode,
    /// The name of the place.
    pub place: String,
    /// Its nights.
    pub stay: Stay,
    /// Who sleeps there.
    pub party: Party,
    /// What the whole of it costs.
    pub total: Money,
    /// Who booked.
    pub contact: Contact,
}

/// What keeps a line from coming in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No place has this name.
    UnknownPlace,
    /// More people than sleep there.
    TooMany,
    /// Somebody has one of the nights.
    NightsTaken,
}

/// What came in, or would.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BroughtIn {
    /// Places that are new.
    pub places: u32,
    /// Bookings that are new.
    pub bookings: u32,
    /// Lines that were there already.
    pub known: u32,
    /// Lines of bookings that cannot come in, with the reason. When there is one, nothing came in.
    pub troubles: Vec<(u64, Trouble)>,
    /// What is to be handed to workflows now, or left to the sweep.
    pub begun: Vec<inbox::Event>,
}

#[derive(FromQueryResult)]
struct PlaceRow {
    id: Uuid,
    capacity: i16,
}

/// Brings places and bookings in. Without `keep` nothing stays: it says what would.
///
/// # Errors
/// See [`Error`].
pub async fn bring_in(
    db: &Database,
    (places, bookings): (&[NewPlace], &[NewBooking]),
    keep: bool,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<BroughtIn, Error> {
    let turn = db.begin().await?;
    let mut brought = BroughtIn::default();
    for NewPlace { place, .. } in places {
        if named(&turn, &place.name).await?.is_some() {
            brought.known += 1;
        } else {
            accommodations::insert_in(&turn, place, true).await?;
            brought.places += 1;
        }
    }
    for booking in bookings {
        match take(&turn, booking, at).await? {
            Taken::New => {
                brought.bookings += 1;
                let is_to_come = booking.status(at) == ReservationStatus::Confirmed;
                if is_to_come {
                    let begun = inbox::adopt_in(&turn, &booking.code, at).await?;
                    brought.begun.extend(begun);
                }
            }
            Taken::Known => brought.known += 1,
            Taken::Not(trouble) => brought.troubles.push((booking.line, trouble)),
        }
    }
    if !keep || !brought.troubles.is_empty() {
        turn.rollback().await?;
        brought.begun.clear();
        return Ok(brought);
    }
    let act = NewAct {
        act: "data.import",
        subject: "everything".to_owned(),
        before: Value::Null,
        after: json!({ "accommodations": brought.places, "bookings": brought.bookings }),
    };
    record_in(&turn, by, &act, at).await?;
    turn.commit().await?;
    Ok(brought)
}

enum Taken {
    New,
    Known,
    Not(Trouble),
}

impl NewBooking {
    /// What has been is over; nobody is reminded of it.
    fn status(&self, at: DateTime<Utc>) -> ReservationStatus {
        if self.stay.check_out() <= at.date_naive() {
            ReservationStatus::Completed
        } else {
            ReservationStatus::Confirmed
        }
    }
}

async fn named(turn: &impl ConnectionTrait, name: &str) -> Result<Option<PlaceRow>, Error> {
    let found = PlaceRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT id, capacity FROM accommodations WHERE lower(name) = lower({name})
          ORDER BY created_at LIMIT 1"
    ));
    Ok(found.one(turn).await?)
}

async fn take(
    turn: &DatabaseTransaction,
    booking: &NewBooking,
    at: DateTime<Utc>,
) -> Result<Taken, Error> {
    let Some(place) = named(turn, &booking.place).await? else {
        return Ok(Taken::Not(Trouble::UnknownPlace));
    };
    if i16::from(booking.party.guests()) > place.capacity {
        return Ok(Taken::Not(Trouble::TooMany));
    }
    if is_known(turn, &booking.code).await? {
        return Ok(Taken::Known);
    }
    let guest = guests::of_contact_in(turn, &booking.contact).await?;
    let quote = row::to_document(&Quote {
        lines: Vec::new(),
        total: booking.total,
        deposit: Money::ZERO,
        nights: booking.stay.nights(),
    })?;
    let (code, place, guest) = (booking.code.as_str(), place.id, guest.uuid());
    let (check_in, check_out) = (booking.stay.check_in(), booking.stay.check_out());
    let guests = i16::from(booking.party.guests());
    let children = i16::from(booking.party.children());
    let (total, currency) = (booking.total.centavos, booking.total.currency.code());
    let status = booking.status(at);
    let word = status.as_str();
    let completed = (status == ReservationStatus::Completed).then_some(at);
    let taken = turn
        .execute_raw(raw_sql!(
            Postgres,
            r"WITH taken AS (
                  INSERT INTO reservations (
                      code, accommodation_id, guest_id, check_in, check_out, guests, children, quote,
                      total_centavos, deposit_centavos, currency, reservation_status, channel, created_at,
                      confirmed_at, completed_at, terms)
                  SELECT {code}, {place}, {guest}, {check_in}, {check_out}, {guests}, {children}, {quote},
                      {total}, 0, {currency}, {word}, 'owner', {at}, {at}, {completed}, policies
                  FROM accommodations WHERE id = {place}
                  ON CONFLICT DO NOTHING RETURNING code
              )
              INSERT INTO reservation_events (code, at, kind, details)
              SELECT code, {at}, 'imported', '{}' FROM taken"
        ))
        .await?;
    if taken.rows_affected() == 0 {
        return Ok(Taken::Not(Trouble::NightsTaken));
    }
    ledger::follow_reservation(turn, code, at).await?;
    Ok(Taken::New)
}

/// Whether there is a booking of this code; it may have moved since it was brought along.
async fn is_known(turn: &impl ConnectionTrait, code: &ReservationCode) -> Result<bool, Error> {
    #[derive(FromQueryResult)]
    struct Known {
        known: bool,
    }
    let code = code.as_str();
    let found = Known::find_by_statement(raw_sql!(
        Postgres,
        "SELECT EXISTS (SELECT FROM reservations WHERE code = {code}) AS known"
    ));
    Ok(found.one(turn).await?.is_some_and(|found| found.known))
}
