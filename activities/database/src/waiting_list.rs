//! Guests who wait for nights that others have, in the order in which they came.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{AccommodationId, GuestId, Party, ReservationCode, Stay};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use uuid::Uuid;

use crate::{Database, Error, row};

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Who waits.
    pub guest_id: GuestId,
    /// Where; anywhere, when it does not matter.
    pub accommodation_id: Option<AccommodationId>,
    /// Which nights.
    pub stay: Stay,
    /// How many.
    pub party: Party,
}

/// A place in line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The lower, the earlier.
    pub id: i64,
    /// What is waited for.
    pub wish: Wish,
    /// The reservation as which it is being offered.
    pub code: Option<ReservationCode>,
}

/// How an offer went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// The nights are held for the guest.
    Held,
    /// Somebody was faster: the guest keeps their place.
    Taken,
}

/// Puts a guest in line and answers their place; the one that they have already, when they wait for the same.
///
/// # Errors
/// See [`Error`].
pub async fn join(db: &Database, wish: &Wish, at: DateTime<Utc>) -> Result<i64, Error> {
    let guest = wish.guest_id.uuid();
    let place = wish.accommodation_id.map(AccommodationId::uuid);
    let (check_in, check_out) = (wish.stay.check_in(), wish.stay.check_out());
    let guests = i16::from(wish.party.guests());
    let children = i16::from(wish.party.children());
    let pets = wish.party.pets();
    let found = Id::find_by_statement(raw_sql!(
        Postgres,
        r"INSERT INTO waiting_list
              (guest_id, accommodation_id, check_in, check_out, guests, children, pets, created_at)
          VALUES ({guest}, {place}, {check_in}, {check_out}, {guests}, {children}, {pets}, {at})
          ON CONFLICT (guest_id, accommodation_id, check_in, check_out) WHERE ended_at IS NULL
          DO UPDATE SET guests = excluded.guests, children = excluded.children, pets = excluded.pets
          RETURNING id"
    ));
    let found = found.one(db.pool()).await?;
    found.map(|found| found.id).ok_or(Error::NotFound {
        what: "place in line",
    })
}

/// Takes a guest out of the line, also one who is just being offered something; nothing happens when they are not
/// in it.
///
/// # Errors
/// See [`Error`].
pub async fn leave(
    db: &Database,
    guest: GuestId,
    entry: i64,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let guest = guest.uuid();
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE waiting_list SET outcome = 'left', ended_at = {at}
              WHERE id = {entry} AND guest_id = {guest} AND ended_at IS NULL"
        ))
        .await?;
    Ok(())
}

/// What a guest waits for, the first arrival first.
///
/// # Errors
/// See [`Error`].
pub async fn of_guest(
    db: &Database,
    guest: GuestId,
    today: NaiveDate,
) -> Result<Vec<Entry>, Error> {
    let guest = guest.uuid();
    let found = Row::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT * FROM waiting_list
          WHERE guest_id = {guest} AND ended_at IS NULL AND code IS NULL AND check_in >= {today}
          ORDER BY check_in, id"
    ));
    entries(found.all(db.pool()).await?)
}

/// Whether anybody waits for nights from `today` on.
///
/// # Errors
/// See [`Error`].
pub async fn is_waited_for(db: &Database, today: NaiveDate) -> Result<bool, Error> {
    let found = Id::find_by_statement(raw_sql!(
        Postgres,
        "SELECT id FROM waiting_list WHERE ended_at IS NULL AND check_in >= {today} LIMIT 1"
    ));
    Ok(found.one(db.pool()).await?.is_some())
}

/// Everybody in line, whoever is being offered something first. Not those who want to hear nothing, and those
/// who have got a stay in these nights meanwhile.
///
/// # Errors
/// See [`Error`].
pub async fn line(db: &Database, today: NaiveDate) -> Result<Vec<Entry>, Error> {
    let found = Row::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT waiting_list.* FROM waiting_list JOIN guests ON guests.id = guest_id
          WHERE ended_at IS NULL AND (waiting_list.code IS NOT NULL OR (
              check_in >= {today} AND opted_out_at IS NULL AND NOT EXISTS (
                  SELECT FROM reservations
                  WHERE reservations.guest_id = waiting_list.guest_id
                    AND reservation_status IN ('pre_reserved', 'confirmed')
                    AND period && daterange(waiting_list.check_in, waiting_list.check_out, '[)'))))
          ORDER BY waiting_list.code IS NULL, waiting_list.id"
    ));
    entries(found.all(db.pool()).await?)
}

/// Writes down as which reservation an entry is offered, and answers it: the first code stays. `None` when the
/// guest has left the line.
///
/// # Errors
/// See [`Error`].
pub async fn offer(
    db: &Database,
    entry: i64,
    code: &ReservationCode,
) -> Result<Option<ReservationCode>, Error> {
    let code = code.as_str();
    let found = Code::find_by_statement(raw_sql!(
        Postgres,
        r"UPDATE waiting_list SET code = coalesce(code, {code})
          WHERE id = {entry} AND outcome IS NULL AND ended_at IS NULL RETURNING code"
    ));
    let found = found.one(db.pool()).await?;
    found.map(|found| row::word(&found.code)).transpose()
}

/// Writes down how the offer of this code went; nothing happens when it is not the one that is being made.
///
/// # Errors
/// See [`Error`].
pub async fn offered(
    db: &Database,
    entry: i64,
    code: &ReservationCode,
    offered: Offered,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let code = code.as_str();
    let statement = match offered {
        Offered::Held => raw_sql!(
            Postgres,
            r"UPDATE waiting_list SET outcome = 'offered', ended_at = {at}
              WHERE id = {entry} AND ended_at IS NULL AND code = {code}"
        ),
        Offered::Taken => raw_sql!(
            Postgres,
            r"UPDATE waiting_list SET code = NULL
              WHERE id = {entry} AND ended_at IS NULL AND code = {code}"
        ),
    };
    db.pool().execute_raw(statement).await?;
    Ok(())
}

/// Whether a reservation is an offer from the list.
///
/// # Errors
/// See [`Error`].
pub async fn is_offer(db: &Database, code: &ReservationCode) -> Result<bool, Error> {
    let code = code.as_str();
    let found = Id::find_by_statement(raw_sql!(
        Postgres,
        "SELECT id FROM waiting_list WHERE code = {code}"
    ));
    Ok(found.one(db.pool()).await?.is_some())
}

/// Ends the waiting for nights that have begun before `today`.
///
/// # Errors
/// See [`Error`].
pub async fn lapse(db: &Database, today: NaiveDate, at: DateTime<Utc>) -> Result<u64, Error> {
    let ended = db
        .pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE waiting_list SET outcome = 'lapsed', ended_at = {at}
              WHERE ended_at IS NULL AND code IS NULL AND check_in < {today}"
        ))
        .await?;
    Ok(ended.rows_affected())
}

#[derive(FromQueryResult)]
struct Id {
    id: i64,
}

#[derive(FromQueryResult)]
struct Code {
    code: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    guest_id: Uuid,
    accommodation_id: Option<Uuid>,
    check_in: NaiveDate,
    check_out: NaiveDate,
    guests: i16,
    children: i16,
    pets: bool,
    code: Option<String>,
}

fn entries(rows: Vec<Row>) -> Result<Vec<Entry>, Error> {
    rows.into_iter().map(Entry::try_from).collect()
}

impl TryFrom<Row> for Entry {
    type Error = Error;

    fn try_from(found: Row) -> Result<Self, Error> {
        let party = Party::new(
            row::count(found.guests)?,
            row::count(found.children)?,
            found.pets,
        );
        Ok(Self {
            id: found.id,
            wish: Wish {
                guest_id: GuestId::from_uuid(found.guest_id),
                accommodation_id: found.accommodation_id.map(AccommodationId::from_uuid),
                stay: Stay::new(found.check_in, found.check_out).map_err(Error::unexpected)?,
                party: party.map_err(Error::unexpected)?,
            },
            code: found.code.as_deref().map(row::word).transpose()?,
        })
    }
}
