//! Whether what follows from a payment was done. What was written down and not passed on, because whoever was
//! to pass it on is gone, must be found again.

use chrono::{DateTime, Utc};
use domain::{
    ReservationCode,
    payment::{PaymentId, PaymentStatus},
};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::{Value, json};

use crate::{Database, Error};

/// Remembers that a reservation was told what a payment is.
///
/// # Errors
/// See [`Error`].
pub async fn mark_reported(
    db: &Database,
    id: &PaymentId,
    status: PaymentStatus,
) -> Result<(), Error> {
    let (id, status) = (id.0.as_str(), status.as_str());
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE payments SET reported_status = {status} WHERE id = {id}"
        ))
        .await?;
    Ok(())
}

/// Whether nothing is left to be done about a payment, as far as the provider had told by a moment. Of a
/// payment that we do not know, everything is.
///
/// # Errors
/// See [`Error`].
pub async fn is_followed_up(
    db: &Database,
    id: &PaymentId,
    told_at: Option<DateTime<Utc>>,
) -> Result<bool, Error> {
    let id = id.0.as_str();
    let found = db
        .pool()
        .query_one_raw(raw_sql!(
            Postgres,
            r"SELECT 1 FROM payments
              WHERE id = {id} AND provider_updated_at >= coalesce({told_at}, provider_updated_at)
                AND payment_is_followed_up(payments)"
        ))
        .await?;
    Ok(found.is_some())
}

/// Those of many payments of which something is left to be done, as [`is_followed_up`] says of one: the provider may
/// have told of thousands.
///
/// # Errors
/// See [`Error`].
pub async fn left_undone(
    db: &Database,
    told: &[(PaymentId, Option<DateTime<Utc>>)],
) -> Result<Vec<PaymentId>, Error> {
    let told: Value = told
        .iter()
        .map(|(id, at)| json!({ "id": id.0, "told_at": at }))
        .collect();
    let found = Found::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT told.id FROM jsonb_to_recordset({told}) AS told (id text, told_at timestamptz)
          LEFT JOIN payments ON payments.id = told.id
              AND provider_updated_at >= coalesce(told_at, provider_updated_at)
          WHERE payments.id IS NULL OR NOT payment_is_followed_up(payments)"
    ));
    let found = found.all(db.pool()).await?;
    Ok(found.into_iter().map(|row| PaymentId(row.id)).collect())
}

#[derive(FromQueryResult)]
struct Found {
    id: String,
}

/// The payments that name a reservation and came before it was there.
///
/// # Errors
/// See [`Error`].
pub async fn unplaced(db: &Database, code: &ReservationCode) -> Result<Vec<PaymentId>, Error> {
    let code = code.as_str();
    let found = Found::find_by_statement(raw_sql!(
        Postgres,
        "SELECT id FROM payments WHERE code IS NULL AND external_reference = {code} ORDER BY created_at"
    ));
    let found = found.all(db.pool()).await?;
    Ok(found.into_iter().map(|row| PaymentId(row.id)).collect())
}

/// So many are handed over at once; the next come in their turn.
const IN_A_TURN: i32 = 100;

/// The payments that something was left undone about, and that were last heard of before a moment: whoever was
/// at them would have done it by now. However long ago the provider told of them.
///
/// A hundred at most, and those that were longest not answered here: the ones that stay adrift whatever is done
/// never keep others waiting.
///
/// # Errors
/// See [`Error`].
pub async fn adrift(
    db: &Database,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<PaymentId>, Error> {
    let found = Found::find_by_statement(raw_sql!(
        Postgres,
        r"UPDATE payments SET woken_at = {now} WHERE id IN (
              SELECT id FROM payments
              WHERE updated_at < {before} AND NOT payment_is_followed_up(payments)
              ORDER BY woken_at NULLS FIRST, updated_at LIMIT {IN_A_TURN} FOR NO KEY UPDATE SKIP LOCKED)
          RETURNING id"
    ));
    let found = found.all(db.pool()).await?;
    Ok(found.into_iter().map(|row| PaymentId(row.id)).collect())
}
