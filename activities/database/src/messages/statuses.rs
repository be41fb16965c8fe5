//! What the provider says became of a message. Statuses come twice, in any order, and before the answer to
//! the sending itself.

use chrono::{DateTime, Utc};
use domain::MessageId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, raw_sql};

use super::{Delivery, Outbound, SendFailure};
use crate::{
    Database, Error,
    entity::message::{Entity, Model},
    retry::until_settled,
};

/// A status that came in.
#[derive(Debug, Clone)]
pub struct StatusChange {
    /// The provider's name for the message.
    pub wamid: String,
    /// Our name for it, when the status carries it back.
    pub message_id: Option<MessageId>,
    /// What became of it.
    pub status: Delivery,
    /// When, by the provider's clock.
    pub at: DateTime<Utc>,
    /// Why, when it failed.
    pub failure: Option<SendFailure>,
}

/// What a status changed.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "made once a call and taken apart at once"
)]
pub enum StatusOutcome {
    /// The message got further, or failed.
    Advanced(Outbound),
    /// It was there already, or further.
    Unchanged,
    /// No message of ours has this name yet; the status waits for it.
    Waiting,
}

/// Applies a status to its message.
///
/// It moves the message forward or not at all; `failed` ends what has not been delivered. A status that
/// carries our own name for the message also settles a sending that was cut off.
///
/// # Errors
/// See [`Error`].
pub async fn apply_status(db: &Database, change: &StatusChange) -> Result<StatusOutcome, Error> {
    until_settled(|| apply_once(db, change)).await
}

async fn apply_once(db: &Database, change: &StatusChange) -> Result<StatusOutcome, Error> {
    let turn = db.begin().await?;
    stand_in_line(&turn, &change.wamid).await?;
    let outcome = match advance(&turn, change).await? {
        Some(advanced) => StatusOutcome::Advanced(advanced.try_into()?),
        None if is_known(&turn, change).await? => StatusOutcome::Unchanged,
        None => {
            keep_waiting(&turn, change).await?;
            StatusOutcome::Waiting
        }
    };
    turn.commit().await?;
    Ok(outcome)
}

/// One at a time for each name, so that a status and the answer that makes the name known do not miss each
/// other. The lock goes with the transaction.
pub(super) async fn stand_in_line(turn: &DatabaseTransaction, wamid: &str) -> Result<(), Error> {
    let key = format!("wamid/{wamid}");
    turn.execute_raw(raw_sql!(
        Postgres,
        "SELECT pg_advisory_xact_lock(hashtextextended({key}, 0))"
    ))
    .await?;
    Ok(())
}

async fn advance(
    turn: &DatabaseTransaction,
    change: &StatusChange,
) -> Result<Option<Model>, Error> {
    let (wamid, status, at) = (change.wamid.as_str(), change.status.as_str(), change.at);
    let id = change.message_id.map(MessageId::uuid);
    let code = change.failure.as_ref().and_then(|failure| failure.code);
    let text = change.failure.as_ref().map(|failure| failure.text.as_str());
    // `failed` is final once the provider has named the message; a failure that only we assumed is not.
    let advanced = Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            r"UPDATE messages SET
                  status = {status},
                  wamid = coalesce(wamid, {wamid}),
                  accepted_at = coalesce(accepted_at, {at}),
                  error_code = {code},
                  error = {text}
              WHERE direction = 'out' AND (wamid = {wamid} OR (wamid IS NULL AND id = {id}))
                AND (message_status_rank(status) < message_status_rank({status}) OR wamid IS NULL)
                AND NOT (status = 'failed' AND wamid IS NOT NULL)
              RETURNING *"
        ))
        .one(turn)
        .await?;
    Ok(advanced)
}

#[derive(FromQueryResult)]
struct Found {
    found: bool,
}

async fn is_known(turn: &DatabaseTransaction, change: &StatusChange) -> Result<bool, Error> {
    let wamid = change.wamid.as_str();
    let id = change.message_id.map(MessageId::uuid);
    let asked = Found::find_by_statement(raw_sql!(
        Postgres,
        "SELECT EXISTS (SELECT FROM messages WHERE wamid = {wamid} OR id = {id}) AS found"
    ));
    Ok(asked.one(turn).await?.is_some_and(|answer| answer.found))
}

async fn keep_waiting(turn: &DatabaseTransaction, change: &StatusChange) -> Result<(), Error> {
    let (wamid, status, at) = (change.wamid.as_str(), change.status.as_str(), change.at);
    let code = change.failure.as_ref().and_then(|failure| failure.code);
    let text = change.failure.as_ref().map(|failure| failure.text.as_str());
    turn.execute_raw(raw_sql!(
        Postgres,
        r"INSERT INTO message_statuses (wamid, status, at, error_code, error)
          VALUES ({wamid}, {status}, {at}, {code}, {text})
          ON CONFLICT ON CONSTRAINT message_statuses_once DO NOTHING"
    ))
    .await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Waiting {
    status: String,
    at: DateTime<Utc>,
    error_code: Option<i32>,
    error: Option<String>,
}

/// Applies the statuses that waited for a message to get this name, the furthest last, and forgets them.
/// Answers the message if any of them changed it.
pub(super) async fn match_waiting(
    turn: &DatabaseTransaction,
    wamid: &str,
) -> Result<Option<Model>, Error> {
    let waiting = Waiting::find_by_statement(raw_sql!(
        Postgres,
        r"WITH matched AS (DELETE FROM message_statuses WHERE wamid = {wamid} RETURNING *)
          SELECT status, at, error_code, error FROM matched ORDER BY message_status_rank(status)"
    ))
    .all(turn)
    .await?;
    // `failed` is final and must not keep out a `delivered` that waited beside it.
    let furthest = waiting.into_iter().next_back();
    let Some(status) = furthest else {
        return Ok(None);
    };
    let change = StatusChange {
        wamid: wamid.to_owned(),
        message_id: None,
        status: crate::row::word(&status.status)?,
        at: status.at,
        failure: status.error.map(|text| SendFailure {
            code: status.error_code,
            text,
        }),
    };
    advance(turn, &change).await
}
