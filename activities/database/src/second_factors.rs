//! The second factor of whoever wants one: codes of a phone, each good once, and codes on paper for when it is gone.

use chrono::{DateTime, Utc};
use domain::{SessionId, UserId};
use rand::{TryRngCore as _, rngs::OsRng};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use secrecy::SecretString;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret, Totp};

use crate::{
    Database, Error,
    acts::{Actor, NewAct, record_in},
    secret_token, sessions,
};

/// How many codes on paper there are.
const RECOVERY_CODES: usize = 10;

/// The secret of a phone, in bytes: what RFC 4226 recommends.
const SECRET_BYTES: usize = 20;

/// A code on paper, in bytes: too many to try, so that a fast hash is enough.
const RECOVERY_BYTES: usize = 10;

#[derive(FromQueryResult)]
struct Factor {
    totp_secret: Option<Vec<u8>>,
    totp_offered: Option<Vec<u8>>,
}

/// A secret for somebody's phone. It is asked for once a code has come from it; until then each call makes another.
///
/// # Errors
/// [`Error::Conflict`] with the rule `second_factor_there` when they have one already.
pub async fn offer(db: &Database, user: UserId) -> Result<SecretString, Error> {
    let (id, secret) = (user.uuid(), random::<SECRET_BYTES>()?.to_vec());
    let shown = Secret::from(secret.clone()).to_base32();
    let kept = db
        .pool()
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE users SET totp_offered = {secret} WHERE id = {id} AND totp_secret IS NULL"
        ))
        .await?;
    if kept.rows_affected() == 0 {
        return Err(Error::conflict("second_factor_there"));
    }
    Ok(shown.into())
}

/// The secret that was offered and waits for its first code.
///
/// # Errors
/// See [`Error`].
pub async fn offered(db: &Database, user: UserId) -> Result<Option<SecretString>, Error> {
    let found = factor(db.pool(), user).await?;
    let offered = found.and_then(|it| it.totp_offered);
    Ok(offered.map(|secret| Secret::from(secret).to_base32().into()))
}

/// Asks for codes from now on, when this one is of the secret that was offered. Answers the codes on paper, this
/// once. Other sessions end: they began without it.
///
/// # Errors
/// See [`Error`].
pub async fn begin(
    db: &Database,
    (user, keep): (UserId, SessionId),
    code: &str,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<Option<Vec<SecretString>>, Error> {
    let (id, turn) = (user.uuid(), db.begin().await?);
    let offered = factor(&turn, user).await?.and_then(|it| it.totp_offered);
    let Some(offered) = offered else {
        return Ok(None);
    };
    let Some(step) = step(&offered, code, at)? else {
        return Ok(None);
    };
    turn.execute_raw(raw_sql!(
        Postgres,
        r"UPDATE users SET totp_secret = {offered}, totp_offered = NULL, totp_used = {step} WHERE id = {id}"
    ))
    .await?;
    forget_codes(&turn, user).await?;
    let mut shown = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let code = Secret::from(random::<RECOVERY_BYTES>()?.to_vec()).to_base32();
        let hash = secret_token::hash(&code);
        turn.execute_raw(raw_sql!(
            Postgres,
            "INSERT INTO recovery_codes (user_id, code_hash) VALUES ({id}, {hash})"
        ))
        .await?;
        shown.push(in_groups(&code).into());
    }
    sessions::end_all_in(&turn, user, Some(keep), at).await?;
    record_in(&turn, by, &act("user.second_factor", user, true), at).await?;
    turn.commit().await?;
    Ok(Some(shown))
}

/// Asks for no codes any more. Whether there was one to remove.
///
/// # Errors
/// See [`Error`].
pub async fn remove(
    db: &Database,
    user: UserId,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    let (id, turn) = (user.uuid(), db.begin().await?);
    let removed = turn
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE users SET totp_secret = NULL, totp_offered = NULL, totp_used = NULL
              WHERE id = {id} AND totp_secret IS NOT NULL"
        ))
        .await?;
    if removed.rows_affected() == 0 {
        return Ok(false);
    }
    forget_codes(&turn, user).await?;
    record_in(&turn, by, &act("user.second_factor", user, false), at).await?;
    turn.commit().await?;
    Ok(true)
}

/// How many codes on paper somebody has left.
///
/// # Errors
/// See [`Error`].
pub async fn left(db: &Database, user: UserId) -> Result<i64, Error> {
    #[derive(FromQueryResult)]
    struct Left {
        codes: i64,
    }
    let id = user.uuid();
    let found = Left::find_by_statement(raw_sql!(
        Postgres,
        "SELECT count(*) AS codes FROM recovery_codes WHERE user_id = {id} AND used_at IS NULL"
    ));
    Ok(found.one(db.pool()).await?.map_or(0, |it| it.codes))
}

/// Whether somebody has this code now. A code that was good is good no more, however many ask at once.
///
/// # Errors
/// See [`Error`].
pub async fn take(
    db: &Database,
    user: UserId,
    code: &str,
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    let turn = db.begin().await?;
    let taken = take_in(&turn, user, code, at).await?;
    turn.commit().await?;
    Ok(taken)
}

/// [`take`] as part of what it opens.
pub(crate) async fn take_in(
    turn: &impl ConnectionTrait,
    user: UserId,
    code: &str,
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    let (id, code) = (user.uuid(), plain(code));
    let Some(secret) = factor(turn, user).await?.and_then(|it| it.totp_secret) else {
        return Ok(false);
    };
    let used = if let Some(step) = step(&secret, &code, at)? {
        turn.execute_raw(raw_sql!(
            Postgres,
            r"UPDATE users SET totp_used = {step}
              WHERE id = {id} AND totp_secret = {secret} AND (totp_used IS NULL OR totp_used < {step})"
        ))
        .await?
    } else {
        let hash = secret_token::hash(&code);
        turn.execute_raw(raw_sql!(
            Postgres,
            r"UPDATE recovery_codes SET used_at = {at}
              WHERE user_id = {id} AND code_hash = {hash} AND used_at IS NULL"
        ))
        .await?
    };
    Ok(used.rows_affected() == 1)
}

async fn factor(turn: &impl ConnectionTrait, user: UserId) -> Result<Option<Factor>, Error> {
    let id = user.uuid();
    let found = Factor::find_by_statement(raw_sql!(
        Postgres,
        "SELECT totp_secret, totp_offered FROM users WHERE id = {id}"
    ));
    Ok(found.one(turn).await?)
}

async fn forget_codes(turn: &impl ConnectionTrait, user: UserId) -> Result<(), Error> {
    let id = user.uuid();
    turn.execute_raw(raw_sql!(
        Postgres,
        "DELETE FROM recovery_codes WHERE user_id = {id}"
    ))
    .await?;
    Ok(())
}

fn act(act: &'static str, user: UserId, on: bool) -> NewAct {
    NewAct {
        act,
        subject: user.to_string(),
        before: Value::Null,
        after: json!({ "on": on }),
    }
}

/// The interval that a code is of, if it is of one about now.
fn step(secret: &[u8], code: &str, at: DateTime<Utc>) -> Result<Option<i64>, Error> {
    let code = plain(code);
    let is_code = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    let Some(now) = u64::try_from(at.timestamp()).ok().filter(|_| is_code) else {
        return Ok(None);
    };
    let step = phone(secret)?.check(&code, now);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn phone(secret: &[u8]) -> Result<Totp, Error> {
    Builder::new()
        .with_secret(secret.to_vec())
        .build()
        .map_err(Error::unexpected)
}

/// A code however it was typed.
fn plain(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .take(64)
        .collect()
}

/// `ABCD-EFGH-IJKL-MNOP`.
fn in_groups(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|it| it.iter().collect()).collect();
    groups.join("-")
}

fn random<const BYTES: usize>() -> Result<[u8; BYTES], Error> {
    let mut bytes = [0_u8; BYTES];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(Error::unexpected)?;
    Ok(bytes)
}
