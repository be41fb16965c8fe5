//! Feeds that the owner thinks of adding.

use ::calendars::{Channel, Settings};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{AccommodationId, FeedId};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use uuid::Uuid;

use super::feeds::NewFeed;
use crate::{Database, Error, row};

/// A preview that nobody came back for is forgotten, with the secret in it.
const KEPT: TimeDelta = TimeDelta::hours(1);

/// A feed to be looked at.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Its name; not that of a feed.
    pub id: FeedId,
    /// For which accommodation.
    pub accommodation_id: AccommodationId,
    /// Whose calendar.
    pub channel: Channel,
    /// Where it is read. A secret.
    pub url: SecretString,
    /// How it would be read.
    pub settings: Settings,
    /// What the channel answered, once it has.
    pub outcome: Option<Value>,
}

#[derive(FromQueryResult)]
struct PreviewRow {
    id: Uuid,
    accommodation_id: Uuid,
    channel: String,
    url: String,
    settings: Value,
    outcome: Option<Value>,
}

/// Writes down what is to be looked at.
///
/// # Errors
/// [`Error::Conflict`] with `calendar_previews_accommodation_fkey` when there is no such accommodation.
pub async fn ask_preview(db: &Database, feed: &NewFeed) -> Result<(), Error> {
    let (id, accommodation_id) = (feed.id.uuid(), feed.accommodation_id.uuid());
    let (channel, url) = (feed.channel.as_str(), feed.url.expose_secret());
    let settings = row::to_document(&feed.settings)?;
    let at = feed.at;
    let asked = raw_sql!(
        Postgres,
        r"INSERT INTO calendar_previews (id, accommodation_id, channel, url, settings, created_at)
          VALUES ({id}, {accommodation_id}, {channel}, {url}, {settings}, {at})"
    );
    db.pool().execute_raw(asked).await?;
    Ok(())
}

/// One of them.
///
/// # Errors
/// See [`Error`].
pub async fn preview(db: &Database, id: FeedId) -> Result<Option<Preview>, Error> {
    let id = id.uuid();
    let found = PreviewRow::find_by_statement(raw_sql!(
        Postgres,
        "SELECT id, accommodation_id, channel, url, settings, outcome FROM calendar_previews WHERE id = {id}"
    ));
    let Some(found) = found.one(db.pool()).await? else {
        return Ok(None);
    };
    Ok(Some(Preview {
        id: FeedId::from_uuid(found.id),
        accommodation_id: AccommodationId::from_uuid(found.accommodation_id),
        channel: row::word(&found.channel)?,
        url: found.url.into(),
        settings: row::document(found.settings)?,
        outcome: found.outcome,
    }))
}

/// Writes down what the channel answered: the first answer stays.
///
/// # Errors
/// See [`Error`].
pub async fn answer_preview(db: &Database, id: FeedId, outcome: &Value) -> Result<(), Error> {
    let (id, outcome) = (id.uuid(), outcome.clone());
    let answered = raw_sql!(
        Postgres,
        "UPDATE calendar_previews SET outcome = {outcome} WHERE id = {id} AND outcome IS NULL"
    );
    db.pool().execute_raw(answered).await?;
    Ok(())
}

/// Forgets those that nobody came back for. Idempotent.
///
/// # Errors
/// See [`Error`].
pub async fn forget_previews(db: &Database, now: DateTime<Utc>) -> Result<u64, Error> {
    let before = now - KEPT;
    let forgetting = raw_sql!(
        Postgres,
        "DELETE FROM calendar_previews WHERE created_at < {before}"
    );
    let forgotten = db.pool().execute_raw(forgetting).await?;
    Ok(forgotten.rows_affected())
}

/// Forgets one. Idempotent.
///
/// # Errors
/// See [`Error`].
pub async fn forget_preview(db: &Database, id: FeedId) -> Result<(), Error> {
    let id = id.uuid();
    let forgetting = raw_sql!(Postgres, "DELETE FROM calendar_previews WHERE id = {id}");
    db.pool().execute_raw(forgetting).await?;
    Ok(())
}
