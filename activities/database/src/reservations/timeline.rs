//! What happened to a reservation, in order. It is only ever added to.

use chrono::{DateTime, Utc};
use domain::ReservationCode;
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::Value;

use crate::{Database, Error};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// What: a status, or `held`, `extended`, `retaken`, `dates_changed`, or what [`note`] was given.
    pub kind: String,
    /// The particulars.
    pub details: Value,
}

/// Everything that happened to a reservation, the first first.
///
/// # Errors
/// See [`Error`].
pub async fn timeline(db: &Database, code: &ReservationCode) -> Result<Vec<Event>, Error> {
    let code = code.as_str();
    let events = Event::find_by_statement(raw_sql!(
        Postgres,
        "SELECT at, kind, details FROM reservation_events WHERE code = {code} ORDER BY id"
    ));
    Ok(events.all(db.pool()).await?)
}

/// Adds to the timeline what changes no status. Not idempotent: each call is one more event.
///
/// # Errors
/// [`Error::Conflict`] when there is no such reservation.
pub async fn note(
    db: &Database,
    code: &ReservationCode,
    at: DateTime<Utc>,
    kind: &str,
    details: &Value,
) -> Result<(), Error> {
    let code = code.as_str();
    let details = details.clone();
    let added = raw_sql!(
        Postgres,
        "INSERT INTO reservation_events (code, at, kind, details) VALUES ({code}, {at}, {kind}, {details})"
    );
    db.pool().execute_raw(added).await?;
    Ok(())
}

/// Adds to the timeline what is said once for each reservation, and of these nights where the
/// details name some (`stay`). Idempotent on the code, the kind and those nights.
///
/// # Errors
/// [`Error::Conflict`] when there is no such reservation.
pub async fn note_once(
    db: &Database,
    code: &ReservationCode,
    at: DateTime<Utc>,
    kind: &str,
    details: &Value,
) -> Result<(), Error> {
    let code = code.as_str();
    let details = details.clone();
    let added = raw_sql!(
        Postgres,
        r"INSERT INTO reservation_events (code, at, kind, details)
          SELECT {code}, {at}, {kind}, {details}
          WHERE NOT EXISTS (SELECT FROM reservation_events WHERE code = {code} AND kind = {kind}
              AND details -> 'stay' IS NOT DISTINCT FROM {details}::jsonb -> 'stay')"
    );
    db.pool().execute_raw(added).await?;
    Ok(())
}
