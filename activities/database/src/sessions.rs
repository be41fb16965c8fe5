//! Who is signed in, from where. A session ends when it is not used, when it is old, and when somebody ends it.

mod attempts;
mod sign_in;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{SessionId, UserId};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Database, Error,
    acts::{Actor, NewAct, record_in},
    secret_token,
    users::{User, by_id},
};

pub use sign_in::{SignIn, SignInAttempt, sign_in};

/// A session that nobody uses for so long is over.
pub const IDLE: TimeDelta = TimeDelta::days(7);

/// However much it is used, a session does not last longer.
pub const LONGEST: TimeDelta = TimeDelta::days(30);

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its name, which does not open it.
    pub id: SessionId,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// The network address it was opened from.
    pub address: String,
    /// What the browser called itself.
    pub agent: String,
}

#[derive(FromQueryResult)]
struct SessionRow {
    id: Uuid,
    user_id: Uuid,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    address: String,
    agent: String,
}

impl From<SessionRow> for Session {
    fn from(found: SessionRow) -> Self {
        Self {
            id: SessionId::from_uuid(found.id),
            created_at: found.created_at,
            last_seen_at: found.last_seen_at,
            address: found.address,
            agent: found.agent,
        }
    }
}

/// The session that this token opens, and whose it is. Nothing for one that is over.
///
/// # Errors
/// See [`Error`].
pub async fn find(
    db: &Database,
    token: &str,
    at: DateTime<Utc>,
) -> Result<Option<(Session, User)>, Error> {
    let hash = secret_token::hash(token);
    let idle_since = at - IDLE;
    let found = SessionRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT sessions.* FROM sessions JOIN users ON users.id = user_id
          WHERE token_hash = {hash} AND revoked_at IS NULL AND expires_at > {at}
            AND last_seen_at > {idle_since} AND disabled_at IS NULL"
    ))
    .one(db.pool())
    .await?;
    let Some(found) = found else { return Ok(None) };
    let user = by_id(db, UserId::from_uuid(found.user_id)).await?;
    if at - found.last_seen_at >= TimeDelta::minutes(1) {
        let id = found.id;
        db.pool()
            .execute_raw(raw_sql!(
                Postgres,
                "UPDATE sessions SET last_seen_at = {at} WHERE id = {id} AND last_seen_at < {at}"
            ))
            .await?;
    }
    Ok(user.map(|user| (found.into(), user)))
}

/// The sessions of a user that are not over, the last used first.
///
/// # Errors
/// See [`Error`].
pub async fn of_user(
    db: &Database,
    user: UserId,
    at: DateTime<Utc>,
) -> Result<Vec<Session>, Error> {
    let (user, idle_since) = (user.uuid(), at - IDLE);
    let found = SessionRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT * FROM sessions
          WHERE user_id = {user} AND revoked_at IS NULL AND expires_at > {at} AND last_seen_at > {idle_since}
          ORDER BY last_seen_at DESC LIMIT 100"
    ));
    let rows = found.all(db.pool()).await?;
    Ok(rows.into_iter().map(Session::from).collect())
}

/// Ends a session of a user. One that is over stays so.
///
/// # Errors
/// [`Error::NotFound`] when it is none of theirs.
pub async fn end(
    db: &Database,
    user: UserId,
    session: SessionId,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let (uuid, owner) = (session.uuid(), user.uuid());
    let turn = db.begin().await?;
    let ended = turn
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE sessions SET revoked_at = coalesce(revoked_at, {at})
              WHERE id = {uuid} AND user_id = {owner}"
        ))
        .await?;
    if ended.rows_affected() == 0 {
        return Err(Error::NotFound { what: "session" });
    }
    let act = NewAct {
        act: "session.end",
        subject: session.to_string(),
        before: Value::Null,
        after: json!({ "user": user }),
    };
    record_in(&turn, by, &act, at).await?;
    Ok(turn.commit().await?)
}

/// Ends all sessions of a user but one.
pub(crate) async fn end_all_in(
    turn: &impl ConnectionTrait,
    user: UserId,
    keep: Option<SessionId>,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let (user, keep) = (user.uuid(), keep.map(SessionId::uuid));
    turn.execute_raw(raw_sql!(
        Postgres,
        r"UPDATE sessions SET revoked_at = {at}
          WHERE user_id = {user} AND revoked_at IS NULL AND id IS DISTINCT FROM {keep}"
    ))
    .await?;
    Ok(())
}
