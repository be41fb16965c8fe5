//! Pictures that were uploaded, by the names that their bytes give them.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait as _, FromQueryResult, raw_sql};

use crate::{Database, Error};

/// A picture that no place shows is kept for so long: whoever uploaded it may be about to add it.
const FORGOTTEN: TimeDelta = TimeDelta::days(1);

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Picture {
    /// Its name, which is made of its bytes.
    pub name: String,
    /// `image/jpeg` or `image/png`.
    pub content_type: String,
    /// What is in the file.
    pub bytes: Vec<u8>,
}

/// Keeps one. Kept again it stays, and is new again.
///
/// # Errors
/// See [`Error`].
pub async fn keep(db: &Database, picture: &Picture, at: DateTime<Utc>) -> Result<(), Error> {
    let Picture {
        name,
        content_type,
        bytes,
    } = picture.clone();
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"INSERT INTO pictures (name, content_type, bytes, uploaded_at)
              VALUES ({name}, {content_type}, {bytes}, {at})
              ON CONFLICT (name) DO UPDATE SET uploaded_at = excluded.uploaded_at"
        ))
        .await?;
    Ok(())
}

/// The picture of this name.
///
/// # Errors
/// See [`Error`].
pub async fn find(db: &Database, name: &str) -> Result<Option<Picture>, Error> {
    let found = Picture::find_by_statement(raw_sql!(
        Postgres,
        "SELECT name, content_type, bytes FROM pictures WHERE name = {name}"
    ));
    Ok(found.one(db.pool()).await?)
}

/// Forgets what no place shows any more.
///
/// # Errors
/// See [`Error`].
pub async fn forget_unused(db: &Database, at: DateTime<Utc>) -> Result<(), Error> {
    let before = at - FORGOTTEN;
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"DELETE FROM pictures WHERE uploaded_at < {before} AND NOT EXISTS (
                  SELECT FROM accommodations WHERE strpos(photos::text, '/photos/' || pictures.name) > 0)"
        ))
        .await?;
    Ok(())
}
