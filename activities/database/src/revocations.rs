//! Purchases that guests revoked, each under the number that the guest got for it.

use chrono::{DateTime, Utc};
use domain::{ReservationCode, cancellation::RevocationNumber};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};

use crate::{Database, Error, row};

#[derive(FromQueryResult)]
struct Row {
    number: String,
}

/// Writes a revocation down under a number, and answers the number that it has: the first stays.
///
/// # Errors
/// [`Error::NotFound`] when there is no such reservation.
pub async fn record(
    db: &Database,
    code: &ReservationCode,
    number: &RevocationNumber,
    at: DateTime<Utc>,
) -> Result<RevocationNumber, Error> {
    let (name, number) = (code.as_str(), number.as_str());
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"INSERT INTO revocations (number, code, revoked_at)
              SELECT {number}, code, {at} FROM reservations WHERE code = {name}
              ON CONFLICT (code) DO NOTHING"
        ))
        .await?;
    of_reservation(db, code).await?.ok_or(Error::NotFound {
        what: "reservation",
    })
}

/// The number under which a purchase was revoked.
///
/// # Errors
/// See [`Error`].
pub async fn of_reservation(
    db: &Database,
    code: &ReservationCode,
) -> Result<Option<RevocationNumber>, Error> {
    let code = code.as_str();
    let found = Row::find_by_statement(raw_sql!(
        Postgres,
        "SELECT number FROM revocations WHERE code = {code}"
    ));
    let found = found.one(db.pool()).await?;
    found.map(|found| row::word(&found.number)).transpose()
}
