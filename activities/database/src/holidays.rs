//! Public holidays, which the owner can correct.

use chrono::NaiveDate;
use domain::holiday::Holidays;
use sea_orm::{FromQueryResult, raw_sql};

use crate::{Database, Error};

#[derive(FromQueryResult)]
struct Row {
    date: NaiveDate,
}

/// All of them.
///
/// # Errors
/// See [`Error`].
pub async fn all(db: &Database) -> Result<Holidays, Error> {
    let rows = Row::find_by_statement(raw_sql!(Postgres, "SELECT date FROM holidays"))
        .all(db.pool())
        .await?;
    Ok(rows.into_iter().map(|row| row.date).collect())
}
