//! Taking nights for a reservation that is already there: other dates, or the same after it expired.
//!
//! These are updates, which wait for each other and could deadlock; they stand in line at the
//! accommodation's advisory lock first.

use chrono::{DateTime, Utc};
use domain::{AccommodationId, Party, Quote, ReservationCode, ReservationStatus, Stay};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, raw_sql};
use serde_json::json;

use super::{Reservation, by_code};
use crate::{
    Database, Error,
    entity::reservation::{Entity, Model},
    error::nights_are_taken,
    ledger,
    retry::until_settled,
    row,
};

/// What a reservation moves to.
#[derive(Debug, Clone)]
pub struct NewDates {
    /// When.
    pub stay: Stay,
    /// How many.
    pub party: Party,
    /// The price of it, frozen like the first one was.
    pub quote: Quote,
    /// By when a hold ends at the latest, when it may not last as long as it was to.
    pub ends_by: Option<DateTime<Utc>>,
}

/// Whether the nights could be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Taken by this call.
    Done(Reservation),
    /// Taken by an earlier one.
    Already(Reservation),
    /// Somebody else has one of them. Nothing has changed.
    Taken,
    /// Not possible from the status it has.
    Not(Reservation),
}

/// Moves a hold or a reservation to other dates or another party. It keeps its old nights until it has the
/// new ones. A link that was made for the old ones is shown to nobody any more.
///
/// # Errors
/// [`Error::NotFound`] when there is no such reservation.
pub async fn change_dates(
    db: &Database,
    code: &ReservationCode,
    new: &NewDates,
    at: DateTime<Utc>,
) -> Result<Claim, Error> {
    let found = existing(db, code).await?;
    let outcome = until_settled(|| move_once(db, &found, new, at)).await?;
    finish(db, code, outcome, |now| {
        now.stay == new.stay
            && now.party == new.party
            && now.quote == new.quote
            && may_move(now.status)
    })
    .await
}

/// How often the dates of a reservation were changed.
///
/// # Errors
/// See [`Error`].
pub async fn changes(db: &Database, code: &ReservationCode) -> Result<u32, Error> {
    #[derive(FromQueryResult)]
    struct Counted {
        changes: i64,
    }
    let code = code.as_str();
    let counted = Counted::find_by_statement(raw_sql!(
        Postgres,
        "SELECT count(*) AS changes FROM reservation_events WHERE code = {code} AND kind = 'dates_changed'"
    ))
    .one(db.pool())
    .await?;
    counted
        .map_or(Ok(0), |counted| u32::try_from(counted.changes))
        .map_err(Error::unexpected)
}

/// Takes the nights of an expired hold again and confirms it: its payment came late.
///
/// # Errors
/// [`Error::NotFound`] when there is no such reservation.
pub async fn retake_expired(
    db: &Database,
    code: &ReservationCode,
    at: DateTime<Utc>,
) -> Result<Claim, Error> {
    let found = existing(db, code).await?;
    let outcome = until_settled(|| retake_once(db, &found, at)).await?;
    finish(db, code, outcome, |now| {
        now.status == ReservationStatus::Confirmed
    })
    .await
}

/// What one try came to.
enum Try {
    Changed(Box<Reservation>),
    Unchanged,
    Taken,
}

fn may_move(status: ReservationStatus) -> bool {
    matches!(
        status,
        ReservationStatus::PreReserved | ReservationStatus::Confirmed
    )
}

async fn move_once(
    db: &Database,
    found: &Reservation,
    new: &NewDates,
    at: DateTime<Utc>,
) -> Result<Try, Error> {
    let code = found.code.as_str();
    let (check_in, check_out) = (new.stay.check_in(), new.stay.check_out());
    let guests = i16::from(new.party.guests());
    let children = i16::from(new.party.children());
    let pets = new.party.pets();
    let quote = row::to_document(&new.quote)?;
    let (total, deposit) = (new.quote.total.centavos, new.quote.deposit.centavos);
    let ends_by = new.ends_by;
    let details = json!({ "from": found.stay, "to": new.stay, "total": new.quote.total });
    let turn = db.begin().await?;
    stand_in_line(&turn, found.accommodation_id).await?;
    let changed = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            r"WITH changed AS (
                  UPDATE reservations SET
                      check_in = {check_in}, check_out = {check_out}, guests = {guests},
                      children = {children}, pets = {pets}, quote = {quote}, total_centavos = {total},
                      deposit_centavos = {deposit},
                      expires_at = CASE WHEN reservation_status = 'pre_reserved'
                          THEN least(expires_at, {ends_by}) ELSE expires_at END
                  WHERE code = {code} AND reservation_status IN ('pre_reserved', 'confirmed')
                    AND (check_in, check_out, guests, children, pets, quote)
                        IS DISTINCT FROM ({check_in}, {check_out}, {guests}, {children}, {pets}, {quote})
                  RETURNING *
              ), logged AS (
                  INSERT INTO reservation_events (code, at, kind, details)
                  SELECT code, {at}, 'dates_changed', {details} FROM changed
              ), outdated AS (
                  UPDATE payment_links SET outdated = true FROM changed
                  WHERE payment_links.code = changed.code AND payment_links.closed_at IS NULL
              )
              SELECT * FROM changed"
        ))
        .one(&turn)
        .await;
    conclude(turn, changed, at).await
}

async fn retake_once(db: &Database, found: &Reservation, at: DateTime<Utc>) -> Result<Try, Error> {
    let code = found.code.as_str();
    let turn = db.begin().await?;
    stand_in_line(&turn, found.accommodation_id).await?;
    let changed = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            r"WITH changed AS (
                  UPDATE reservations SET reservation_status = 'confirmed', confirmed_at = {at}
                  WHERE code = {code} AND reservation_status = 'expired'
                  RETURNING *
              ), logged AS (
                  INSERT INTO reservation_events (code, at, kind)
                  SELECT code, {at}, 'retaken' FROM changed
              )
              SELECT * FROM changed"
        ))
        .one(&turn)
        .await;
    conclude(turn, changed, at).await
}

/// One date change of an accommodation at a time. The lock goes with the transaction.
pub(crate) async fn stand_in_line(
    turn: &DatabaseTransaction,
    accommodation_id: AccommodationId,
) -> Result<(), Error> {
    let id = accommodation_id.uuid();
    turn.execute_raw(raw_sql!(Postgres, "SELECT lock_nights({id})"))
        .await?;
    Ok(())
}

async fn conclude(
    turn: DatabaseTransaction,
    changed: Result<Option<Model>, DbErr>,
    at: DateTime<Utc>,
) -> Result<Try, Error> {
    match changed {
        Ok(Some(changed)) => {
            ledger::follow_reservation(&turn, &changed.code, at).await?;
            turn.commit().await?;
            Ok(Try::Changed(Box::new(changed.try_into()?)))
        }
        Ok(None) => {
            turn.rollback().await?;
            Ok(Try::Unchanged)
        }
        Err(cause) if nights_are_taken(&cause) => {
            turn.rollback().await?;
            Ok(Try::Taken)
        }
        Err(cause) => Err(cause.into()),
    }
}

async fn finish(
    db: &Database,
    code: &ReservationCode,
    outcome: Try,
    is_as_wanted: impl Fn(&Reservation) -> bool + Send,
) -> Result<Claim, Error> {
    match outcome {
        Try::Changed(changed) => Ok(Claim::Done(*changed)),
        Try::Taken => Ok(Claim::Taken),
        Try::Unchanged => {
            let now = existing(db, code).await?;
            Ok(if is_as_wanted(&now) {
                Claim::Already(now)
            } else {
                Claim::Not(now)
            })
        }
    }
}

async fn existing(db: &Database, code: &ReservationCode) -> Result<Reservation, Error> {
    by_code(db, code).await?.ok_or(Error::NotFound {
        what: "reservation",
    })
}
