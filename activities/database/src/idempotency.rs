//! The keys with which clients make a request safe to repeat.

use chrono::{DateTime, Utc};
use domain::ReservationCode;
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};

use crate::{Database, Error, row};

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// This request's: it was not used before.
    Fresh,
    /// This request's, from an earlier time, which made this reservation.
    Known(ReservationCode),
    /// Another request's.
    Mismatch,
}

#[derive(FromQueryResult)]
struct Row {
    request_hash: String,
    code: String,
}

/// Claims a key for a request that is about to make the reservation `code`.
///
/// # Errors
/// See [`Error`].
pub async fn claim(
    db: &Database,
    key: &str,
    request_hash: &str,
    code: &ReservationCode,
) -> Result<Claim, Error> {
    let code = code.as_str();
    let inserted = db
        .pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"INSERT INTO idempotency_keys (key, request_hash, code) VALUES ({key}, {request_hash}, {code})
              ON CONFLICT (key) DO NOTHING"
        ))
        .await?;
    if inserted.rows_affected() == 1 {
        return Ok(Claim::Fresh);
    }
    let earlier = Row::find_by_statement(raw_sql!(
        Postgres,
        "SELECT request_hash, code FROM idempotency_keys WHERE key = {key}"
    ))
    .one(db.pool())
    .await?;
    match earlier {
        Some(earlier) if earlier.request_hash == request_hash => {
            Ok(Claim::Known(row::word(&earlier.code)?))
        }
        Some(_) => Ok(Claim::Mismatch),
        None => Err(Error::Unavailable("the key was forgotten meanwhile".into())),
    }
}

/// Forgets the keys from before an instant. Answers how many.
///
/// # Errors
/// See [`Error`].
pub async fn forget_before(db: &Database, instant: DateTime<Utc>) -> Result<u64, Error> {
    let forgotten = db
        .pool()
        .execute_raw(raw_sql!(
            Postgres,
            "DELETE FROM idempotency_keys WHERE created_at < {instant}"
        ))
        .await?;
    Ok(forgotten.rows_affected())
}
