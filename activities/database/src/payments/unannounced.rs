//! Money that came in without anybody telling us.

use chrono::{DateTime, Utc};
use sea_orm::{FromQueryResult, raw_sql};

use crate::{Database, Error};

#[derive(FromQueryResult)]
struct Newest {
    at: Option<DateTime<Utc>>,
}

/// When the newest of the payments was approved or changed that are ours to know, changed between two instants,
/// and of which no notification has come that was signed. `None` when each was announced.
///
/// # Errors
/// See [`Error`].
pub async fn unannounced(
    db: &Database,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Error> {
    let newest = Newest::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT max(provider_updated_at) AS at FROM payments
          WHERE status = 'approved' AND provider_updated_at BETWEEN {from} AND {to}
              AND id NOT LIKE 'by-hand:%'
              AND NOT EXISTS (
                  SELECT 1 FROM inbox
                  WHERE provider = 'mercadopago' AND resource_id = payments.id AND authentic)"
    ));
    Ok(newest.one(db.pool()).await?.and_then(|newest| newest.at))
}
