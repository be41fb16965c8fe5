//! From an address and a password to a session.

use chrono::{DateTime, Utc};
use domain::{SessionId, UserId};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{LONGEST, attempts};
use crate::{
    Database, Error,
    acts::{Actor, NewAct, record_in},
    second_factors, secret_token,
    users::{normalized, password},
};

/// Browsers may call themselves anything; so much of it is kept.
const LONGEST_AGENT: usize = 200;

/// Somebody at the door.
#[derive(Debug, Clone)]
pub struct SignInAttempt {
    /// Who they say they are.
    pub email: String,
    /// What they know.
    pub password: SecretString,
    /// What their phone says, or their paper; empty when they say nothing.
    pub code: SecretString,
    /// The network address they come from.
    pub address: String,
    /// What their browser calls itself.
    pub agent: String,
}

/// What became of it.
#[derive(Debug)]
pub enum SignIn {
    /// They are in. The token is theirs alone: only its hash is kept.
    In {
        /// What opens the session.
        token: SecretString,
        /// Who they are.
        user: UserId,
    },
    /// No such user, another password or code, or somebody who may not sign in any more: nobody is told which.
    Wrong,
    /// The password is right, and a code is asked for that was not given.
    CodeWanted,
    /// Too many failures.
    Wait {
        /// Until when nothing is tried.
        until: DateTime<Utc>,
    },
}

#[derive(FromQueryResult)]
struct Candidate {
    id: Uuid,
    name: String,
    password_hash: String,
    has_second_factor: bool,
}

/// Lets somebody in, or not.
///
/// # Errors
/// See [`Error`].
pub async fn sign_in(
    db: &Database,
    attempt: &SignInAttempt,
    at: DateTime<Utc>,
) -> Result<SignIn, Error> {
    let email = normalized(&attempt.email);
    let counted = attempts::counted(&email, &attempt.address);
    for it in &counted {
        if let Some(until) = attempts::begin(db, it, at).await? {
            return Ok(SignIn::Wait { until });
        }
    }
    let candidate = Candidate::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT id, name, password_hash, totp_secret IS NOT NULL AS has_second_factor
          FROM users WHERE email = {email} AND disabled_at IS NULL"
    ))
    .one(db.pool())
    .await?;
    let hash = candidate.as_ref().map(|it| it.password_hash.as_str());
    let fits = password::fits(&attempt.password, hash).await?;
    let Some(candidate) = candidate.filter(|_| fits) else {
        return Ok(SignIn::Wrong);
    };
    // It counts as a failure until it is in: whoever has the password does not get to guess at codes.
    if candidate.has_second_factor && attempt.code.expose_secret().trim().is_empty() {
        return Ok(SignIn::CodeWanted);
    }
    open(db, attempt, candidate, &counted, at).await
}

async fn open(
    db: &Database,
    attempt: &SignInAttempt,
    candidate: Candidate,
    counted: &[attempts::Counted],
    at: DateTime<Utc>,
) -> Result<SignIn, Error> {
    let (user, session) = (UserId::from_uuid(candidate.id), SessionId::generate());
    let token = secret_token::generate("")?;
    let hash = secret_token::hash(token.expose_secret());
    let (id, user_id, expires_at) = (session.uuid(), candidate.id, at + LONGEST);
    let address = attempt.address.as_str();
    let agent: String = attempt.agent.chars().take(LONGEST_AGENT).collect();
    let turn = db.begin().await?;
    let code = attempt.code.expose_secret();
    if candidate.has_second_factor && !second_factors::take_in(&turn, user, code, at).await? {
        return Ok(SignIn::Wrong);
    }
    turn.execute_raw(raw_sql!(
        Postgres,
        r"INSERT INTO sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, address, agent)
          VALUES ({id}, {hash}, {user_id}, {at}, {at}, {expires_at}, {address}, {agent})"
    ))
    .await?;
    attempts::clear(&turn, counted).await?;
    let by = Actor::User {
        id: user,
        name: candidate.name,
    };
    let act = NewAct {
        act: "session.begin",
        subject: session.to_string(),
        before: Value::Null,
        after: json!({ "address": address }),
    };
    record_in(&turn, &by, &act, at).await?;
    turn.commit().await?;
    Ok(SignIn::In { token, user })
}
