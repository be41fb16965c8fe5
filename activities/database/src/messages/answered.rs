//! How long guests waited for an answer.

use domain::MessageId;
use sea_orm::{FromQueryResult, raw_sql};

use super::Outbound;
use crate::{Database, Error};

/// A guest's message that has its first answer now.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Answered {
    /// What kind of message it was.
    pub kind: String,
    /// How long it waited, from the moment it was durable.
    pub seconds: f64,
}

/// The message of a guest that `answer`, which the provider has just taken, is the first answer to; nothing
/// when it had one before, or nobody asked.
///
/// # Errors
/// See [`Error`].
pub async fn first_answered(db: &Database, answer: &Outbound) -> Result<Option<Answered>, Error> {
    // Steps of answers begin with the message that they answer.
    let question = answer.step.split('/').next().unwrap_or_default();
    let Ok(question) = question.parse::<MessageId>() else {
        return Ok(None);
    };
    let (id, prefix) = (answer.id.uuid(), format!("{question}/"));
    let question = question.uuid();
    let asked = raw_sql!(
        Postgres,
        r"SELECT question.kind,
              greatest(extract(epoch FROM answer.accepted_at - question.created_at), 0)::float8 AS seconds
          FROM messages AS answer, messages AS question
          WHERE answer.id = {id} AND answer.accepted_at IS NOT NULL
              AND question.id = {question} AND question.direction = 'in'
              AND NOT EXISTS (
                  SELECT FROM messages AS earlier
                  WHERE earlier.guest_id = answer.guest_id
                      AND earlier.seq > question.seq AND earlier.seq < answer.seq
                      AND earlier.direction = 'out' AND earlier.accepted_at IS NOT NULL
                      AND starts_with(earlier.step, {prefix}))"
    );
    Ok(Answered::find_by_statement(asked).one(db.pool()).await?)
}
