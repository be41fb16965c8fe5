//! From one status to the next, each as one conditional statement. The reservation's workflow is their only
//! author; what the condition guards against is that workflow repeating itself.

use chrono::{DateTime, Utc};
use domain::{ReservationCode, ReservationStatus};
use sea_orm::{ConnectionTrait, EntityTrait, raw_sql};
use serde_json::{Value, json};

use super::{Reservation, by_code};
use crate::{Database, Error, entity::reservation::Entity, ledger, retry::until_settled};

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// Made by this call.
    Done(Reservation),
    /// Made by an earlier one.
    Already(Reservation),
    /// Not possible from the status it has.
    Not(Reservation),
}

/// Confirms a hold.
///
/// # Errors
/// [`Error::NotFound`] when there is no such reservation.
pub async fn confirm(
    db: &Database,
    code: &ReservationCode,
    at: DateTime<Utc>,
) -> Result<Transition, Error> {
    Change::new(code, ReservationStatus::Confirmed, at)
        .make(db)
        .await
}

/// Ends a hold that nobody paid. Its nights are free at once.
///
/// # Errors
/// [`Error::NotFound`] when there is no such reservation.
pub async fn expire(
    db: &Database,
    code: &ReservationCode,
    at: DateTime<Utc>,
) -> Result<Transition, Error> {
    Change::new(code, ReservationStatus::Expired, at)
        .make(db)
        .await
}

/// Gives up a hold, a reservation or a block. Its nights are free at once.
///
/// # Errors
/// [`Error::NotFound`] when there is no such reservation.
pub async fn cancel(
    db: &Database,
    code: &ReservationCode,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<Transition, Error> {
    let mut change = Change::new(code, ReservationStatus::Cancelled, at);
    change.cancel_reason = Some(reason);
    change.details = json!({ "reason": reason });
    change.make(db).await
}

/// Closes a reservation after the stay.
///
/// # Errors
/// [`Error::NotFound`] when there is no such reservation.
pub async fn complete(
    db: &Database,
    code: &ReservationCode,
    at: DateTime<Utc>,
) -> Result<Transition, Error> {
    Change::new(code, ReservationStatus::Completed, at)
        .make(db)
        .await
}

/// Closes a reservation whose guest never arrived.
///
/// # Errors
/// [`Error::NotFound`] when there is no such reservation.
pub async fn no_show(
    db: &Database,
    code: &ReservationCode,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<Transition, Error> {
    let mut change = Change::new(code, ReservationStatus::NoShow, at);
    change.details = json!({ "reason": reason });
    change.make(db).await
}

/// Gives a hold its one extension. A hold that had it already answers [`Transition::Already`], with the end
/// it has.
///
/// # Errors
/// [`Error::NotFound`] when there is no such reservation.
pub async fn extend(
    db: &Database,
    code: &ReservationCode,
    expires_at: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<Transition, Error> {
    let changed = until_settled(|| extend_once(db, code, expires_at, at)).await?;
    settle(db, code, changed, |found| {
        found.extended && found.status == ReservationStatus::PreReserved
    })
    .await
}

/// The statuses from which a change of this kind is made.
///
/// [`ReservationStatus::may_become`], but for the way back from expired: that takes the nights anew and is
/// not a matter of the status alone.
fn from_statuses(to: ReservationStatus) -> Vec<&'static str> {
    use ReservationStatus as S;
    [S::PreReserved, S::Confirmed, S::Blocked]
        .into_iter()
        .filter(|from| from.may_become(to))
        .map(S::as_str)
        .collect()
}

/// A change of status.
struct Change<'a> {
    code: &'a ReservationCode,
    to: ReservationStatus,
    at: DateTime<Utc>,
    cancel_reason: Option<&'a str>,
    details: Value,
}

impl<'a> Change<'a> {
    fn new(code: &'a ReservationCode, to: ReservationStatus, at: DateTime<Utc>) -> Self {
        Self {
            code,
            to,
            at,
            cancel_reason: None,
            details: json!({}),
        }
    }

    async fn make(&self, db: &Database) -> Result<Transition, Error> {
        let changed = until_settled(|| self.update(db)).await?;
        settle(db, self.code, changed, |found| found.status == self.to).await
    }

    async fn update(&self, db: &Database) -> Result<Option<Reservation>, Error> {
        let (code, to, at) = (self.code.as_str(), self.to.as_str(), self.at);
        let from = from_statuses(self.to);
        let cancel_reason = self.cancel_reason;
        let details = self.details.clone();
        let turn = db.begin().await?;
        if !self.to.occupies_nights() {
            // The trigger `reservations_stand_in_line` would do it later, with the row locked already: what
            // changes dates locks in this order, and the two would wait for each other.
            turn.execute_raw(raw_sql!(
                Postgres,
                "SELECT lock_nights(accommodation_id) FROM reservations WHERE code = {code}"
            ))
            .await?;
        }
        let changed = Entity::find()
            .from_raw_sql(raw_sql!(
                Postgres,
                r"WITH changed AS (
                      UPDATE reservations SET
                          reservation_status = {to},
                          confirmed_at = CASE WHEN {to} = 'confirmed' THEN {at} ELSE confirmed_at END,
                          expired_at = CASE WHEN {to} = 'expired' THEN {at} ELSE expired_at END,
                          cancelled_at = CASE WHEN {to} = 'cancelled' THEN {at} ELSE cancelled_at END,
                          completed_at =
                              CASE WHEN {to} IN ('completed', 'no_show') THEN {at} ELSE completed_at END,
                          cancel_reason = coalesce({cancel_reason}, cancel_reason)
                      WHERE code = {code} AND reservation_status IN ({..from})
                      RETURNING *
                  ), logged AS (
                      INSERT INTO reservation_events (code, at, kind, details)
                      SELECT code, {at}, {to}, {details} FROM changed
                  )
                  SELECT * FROM changed"
            ))
            .one(&turn)
            .await?;
        if changed.is_some() {
            ledger::follow_reservation(&turn, code, at).await?;
        }
        turn.commit().await?;
        changed.map(Reservation::try_from).transpose()
    }
}

async fn extend_once(
    db: &Database,
    code: &ReservationCode,
    expires_at: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<Option<Reservation>, Error> {
    let code = code.as_str();
    let details = json!({ "expires_at": expires_at });
    let extended = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            r"WITH changed AS (
                  UPDATE reservations SET expires_at = {expires_at}, extended = true
                  WHERE code = {code} AND reservation_status = 'pre_reserved' AND NOT extended
                  RETURNING *
              ), logged AS (
                  INSERT INTO reservation_events (code, at, kind, details)
                  SELECT code, {at}, 'extended', {details} FROM changed
              )
              SELECT * FROM changed"
        ))
        .one(db.pool())
        .await?;
    extended.map(Reservation::try_from).transpose()
}

/// Says what became of a change: when nothing was changed, what is there tells why.
async fn settle(
    db: &Database,
    code: &ReservationCode,
    changed: Option<Reservation>,
    is_as_wanted: impl Fn(&Reservation) -> bool + Send,
) -> Result<Transition, Error> {
    if let Some(changed) = changed {
        return Ok(Transition::Done(changed));
    }
    let found = by_code(db, code).await?.ok_or(Error::NotFound {
        what: "reservation",
    })?;
    Ok(if is_as_wanted(&found) {
        Transition::Already(found)
    } else {
        Transition::Not(found)
    })
}
