//! What was heard in recordings.

use domain::MessageId;
use sea_orm::{EntityTrait, raw_sql};
use serde_json::Value;

use crate::{Database, Error, entity::message::Entity};

/// Keeps what was heard in a guest's recording, and answers what is kept. Idempotent on the message: what was
/// heard first stays.
///
/// # Errors
/// [`Error::NotFound`] when the guest sent no such message.
pub async fn record_hearing(db: &Database, id: MessageId, hearing: Value) -> Result<Value, Error> {
    let uuid = id.uuid();
    let kept = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            r"UPDATE messages SET hearing = COALESCE(hearing, {hearing})
              WHERE id = {uuid} AND direction = 'in' RETURNING *"
        ))
        .one(db.pool())
        .await?;
    kept.and_then(|message| message.hearing)
        .ok_or(Error::NotFound { what: "message" })
}
