//! What a conversation remembers, and what it has answered. Both are opaque here.

use domain::GuestId;
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::Value;

use crate::{
    Database, Error,
    messages::{NewOutbound, compose_in},
    retry::until_settled,
};

/// A turn of a conversation, to be remembered all at once.
#[derive(Debug, Clone)]
pub struct NewTurn {
    /// Names the turn: what makes it safe to repeat.
    pub key: String,
    /// Whose conversation.
    pub guest_id: GuestId,
    /// What was remembered when it began; nothing of a guest who was new.
    pub before: Option<Value>,
    /// What is remembered from now on.
    pub state: Value,
    /// What was decided.
    pub reply: Value,
    /// What is said, still to be sent.
    pub messages: Vec<NewOutbound>,
}

#[derive(FromQueryResult)]
struct State {
    state: Value,
}

#[derive(FromQueryResult)]
struct Reply {
    reply: Value,
}

/// What is remembered of a guest; nothing when they are new.
///
/// # Errors
/// See [`Error`].
pub async fn state(db: &Database, guest: GuestId) -> Result<Option<Value>, Error> {
    let guest = guest.uuid();
    let found = State::find_by_statement(raw_sql!(
        Postgres,
        "SELECT state FROM dialogue_states WHERE guest_id = {guest}"
    ));
    Ok(found.one(db.pool()).await?.map(|row| row.state))
}

/// What was decided in a turn, if it has been run before.
///
/// # Errors
/// See [`Error`].
pub async fn reply(db: &Database, key: &str) -> Result<Option<Value>, Error> {
    reply_in(db.pool(), key).await
}

async fn reply_in(turn: &impl ConnectionTrait, key: &str) -> Result<Option<Value>, Error> {
    let found = Reply::find_by_statement(raw_sql!(
        Postgres,
        "SELECT reply FROM dialogue_turns WHERE key = {key}"
    ));
    Ok(found.one(turn).await?.map(|row| row.reply))
}

/// Remembers a turn: its decision, what is known of the guest now, and what is to be said.
///
/// Idempotent on the key: the first decision stays and is returned. Who answers the guest may have been decided by a
/// person while the turn was made, and then that stands; only a guest who wants no messages is not overruled.
///
/// # Errors
/// [`Error::Conflict`] when there is no such guest.
pub async fn record(db: &Database, new: &NewTurn) -> Result<Value, Error> {
    until_settled(|| record_once(db, new)).await
}

async fn record_once(db: &Database, new: &NewTurn) -> Result<Value, Error> {
    let (key, guest) = (new.key.as_str(), new.guest_id.uuid());
    let (state, reply) = (new.state.clone(), new.reply.clone());
    let mode_before = new.before.as_ref().and_then(|state| state.get("mode"));
    let mode_before = mode_before.cloned();
    let turn = db.begin().await?;
    let inserted = turn
        .execute_raw(raw_sql!(
            Postgres,
            r"INSERT INTO dialogue_turns (key, guest_id, reply) VALUES ({key}, {guest}, {reply})
              ON CONFLICT (key) DO NOTHING"
        ))
        .await?;
    if inserted.rows_affected() == 0 {
        let earlier = reply_in(&turn, key).await?;
        return earlier.ok_or(Error::NotFound { what: "turn" });
    }
    turn.execute_raw(raw_sql!(
        Postgres,
        r"INSERT INTO dialogue_states (guest_id, state) VALUES ({guest}, {state})
          ON CONFLICT (guest_id) DO UPDATE SET updated_at = now(), state = CASE
              WHEN dialogue_states.state->'mode' IS NOT DISTINCT FROM {mode_before}::jsonb
                  OR EXCLUDED.state->'mode'->>'mode' = 'opted_out' THEN EXCLUDED.state
              ELSE jsonb_set(EXCLUDED.state, ARRAY['mode'], dialogue_states.state->'mode') END"
    ))
    .await?;
    compose_in(&turn, &new.messages).await?;
    turn.commit().await?;
    Ok(new.reply.clone())
}
