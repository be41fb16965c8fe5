//! Who may use the admin pages. What is changed here is in the audit trail.

pub(crate) mod password;

use chrono::{DateTime, Utc};
use domain::{Language, Role, UserId};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Database, Error,
    acts::{Actor, NewAct, record_in},
    row, sessions,
};

pub use password::{LONGEST as LONGEST_PASSWORD, SHORTEST as SHORTEST_PASSWORD};

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// What they sign in with.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// What they may.
    pub role: Role,
    /// The language of their pages.
    pub language: Language,
    /// Whether a code is asked for as well.
    pub has_second_factor: bool,
    /// Since when they may not sign in any more.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Since when they are here.
    pub created_at: DateTime<Utc>,
}

/// Somebody new. Their password is no argument of the trail.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// What they sign in with.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// What they may.
    pub role: Role,
    /// The language of their pages: Spanish or English.
    pub language: Language,
    /// From [`SHORTEST_PASSWORD`] to [`LONGEST_PASSWORD`] characters: whoever asks for it checks.
    pub password: SecretString,
}

#[derive(FromQueryResult)]
pub(crate) struct UserRow {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    language: String,
    totp_secret: Option<Vec<u8>>,
    disabled_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl TryFrom<UserRow> for User {
    type Error = Error;

    fn try_from(found: UserRow) -> Result<Self, Error> {
        Ok(Self {
            id: UserId::from_uuid(found.id),
            email: found.email,
            name: found.name,
            role: row::word(&found.role)?,
            language: row::word(&found.language)?,
            has_second_factor: found.totp_secret.is_some(),
            disabled_at: found.disabled_at,
            created_at: found.created_at,
        })
    }
}

/// How mail addresses are compared.
#[must_use]
pub fn normalized(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Adds somebody.
///
/// # Errors
/// [`Error::Conflict`] with the rule `users_email_key` when the address is taken, `users_email` when it is none.
pub async fn create(
    db: &Database,
    new: &NewUser,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<User, Error> {
    let id = UserId::generate();
    let (uuid, email, name) = (id.uuid(), normalized(&new.email), new.name.trim());
    let (role, language) = (new.role.as_str(), new.language.code());
    let hash = password::hash(&new.password).await?;
    let turn = db.begin().await?;
    turn.execute_raw(raw_sql!(
        Postgres,
        r"INSERT INTO users (id, email, name, role, language, password_hash, created_at)
          VALUES ({uuid}, {email}, {name}, {role}, {language}, {hash}, {at})"
    ))
    .await?;
    let act = NewAct {
        act: "user.create",
        subject: id.to_string(),
        before: Value::Null,
        after: json!({ "role": role }),
    };
    record_in(&turn, by, &act, at).await?;
    turn.commit().await?;
    by_id(db, id).await?.ok_or(Error::NotFound { what: "user" })
}

/// One of them.
///
/// # Errors
/// See [`Error`].
pub async fn by_id(db: &Database, id: UserId) -> Result<Option<User>, Error> {
    let id = id.uuid();
    let found =
        UserRow::find_by_statement(raw_sql!(Postgres, "SELECT * FROM users WHERE id = {id}"));
    found.one(db.pool()).await?.map(User::try_from).transpose()
}

/// All of them, those who may sign in first.
///
/// # Errors
/// See [`Error`].
pub async fn all(db: &Database) -> Result<Vec<User>, Error> {
    let found = UserRow::find_by_statement(raw_sql!(
        Postgres,
        "SELECT * FROM users ORDER BY disabled_at IS NOT NULL, name, id LIMIT 200"
    ));
    let rows = found.all(db.pool()).await?;
    rows.into_iter().map(User::try_from).collect()
}

/// Gives somebody another role. Their sessions end: what they see must be what they may.
///
/// # Errors
/// [`Error::Conflict`] with the rule `users_last_owner` when nobody would be left who may settle this;
/// [`Error::NotFound`].
pub async fn set_role(
    db: &Database,
    id: UserId,
    role: Role,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let (uuid, word) = (id.uuid(), role.as_str());
    let change = raw_sql!(
        Postgres,
        "UPDATE users SET role = {word} WHERE id = {uuid} AND role <> {word}"
    );
    change_access(db, id, change, "user.role", by, at).await
}

/// Keeps somebody out from now on, or lets them in again.
///
/// # Errors
/// As [`set_role`].
pub async fn set_disabled(
    db: &Database,
    id: UserId,
    disabled: bool,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let (uuid, since) = (id.uuid(), disabled.then_some(at));
    let change = raw_sql!(
        Postgres,
        r"UPDATE users SET disabled_at = {since}
          WHERE id = {uuid} AND (disabled_at IS NOT NULL) <> {disabled}"
    );
    let act = if disabled {
        "user.disable"
    } else {
        "user.enable"
    };
    change_access(db, id, change, act, by, at).await
}

async fn change_access(
    db: &Database,
    id: UserId,
    change: sea_orm::Statement,
    act: &'static str,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let turn = db.begin().await?;
    // One at a time: two owners who demote each other must not both succeed.
    turn.execute_unprepared("SELECT pg_advisory_xact_lock(hashtextextended('posada/users', 0))")
        .await?;
    let before = access(&turn, id).await?;
    if turn.execute_raw(change).await?.rows_affected() == 0 {
        return Ok(());
    }
    let owners = turn
        .query_one_raw(raw_sql!(
            Postgres,
            "SELECT 1 FROM users WHERE role = 'owner' AND disabled_at IS NULL LIMIT 1"
        ))
        .await?;
    if owners.is_none() {
        return Err(Error::conflict("users_last_owner"));
    }
    sessions::end_all_in(&turn, id, None, at).await?;
    let after = access(&turn, id).await?;
    // Only owners make tokens, and a token outlives every session.
    let uuid = id.uuid();
    turn.execute_raw(raw_sql!(
        Postgres,
        r"UPDATE api_tokens SET revoked_at = {at}
          WHERE created_by = {uuid} AND revoked_at IS NULL AND NOT EXISTS (
              SELECT FROM users WHERE id = {uuid} AND role = 'owner' AND disabled_at IS NULL)"
    ))
    .await?;
    let act = NewAct {
        act,
        subject: id.to_string(),
        before,
        after,
    };
    record_in(&turn, by, &act, at).await?;
    Ok(turn.commit().await?)
}

async fn access(turn: &impl ConnectionTrait, id: UserId) -> Result<Value, Error> {
    let id = id.uuid();
    let found =
        UserRow::find_by_statement(raw_sql!(Postgres, "SELECT * FROM users WHERE id = {id}"))
            .one(turn)
            .await?
            .ok_or(Error::NotFound { what: "user" })?;
    Ok(json!({ "role": found.role, "disabled": found.disabled_at.is_some() }))
}

/// Gives somebody another password. Their other sessions end; `keep` is the one it is done in.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn set_password(
    db: &Database,
    id: UserId,
    password: &SecretString,
    keep: Option<domain::SessionId>,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let uuid = id.uuid();
    let hash = password::hash(password).await?;
    let turn = db.begin().await?;
    let changed = turn
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE users SET password_hash = {hash} WHERE id = {uuid}"
        ))
        .await?;
    if changed.rows_affected() == 0 {
        return Err(Error::NotFound { what: "user" });
    }
    sessions::end_all_in(&turn, id, keep, at).await?;
    let act = NewAct {
        act: "user.password",
        subject: id.to_string(),
        before: Value::Null,
        after: Value::Null,
    };
    record_in(&turn, by, &act, at).await?;
    Ok(turn.commit().await?)
}

#[derive(FromQueryResult)]
struct Hash {
    password_hash: String,
}

/// Whether it is this user's password, who is signed in and asked again.
///
/// # Errors
/// See [`Error`].
pub async fn has_password(
    db: &Database,
    id: UserId,
    password: &SecretString,
) -> Result<bool, Error> {
    let id = id.uuid();
    let found = Hash::find_by_statement(raw_sql!(
        Postgres,
        "SELECT password_hash FROM users WHERE id = {id}"
    ))
    .one(db.pool())
    .await?;
    password::fits(
        password,
        found.as_ref().map(|found| found.password_hash.as_str()),
    )
    .await
}

/// Chooses the language of somebody's pages.
///
/// # Errors
/// [`Error::Conflict`] when there are no pages in it.
pub async fn set_language(
    db: &Database,
    id: UserId,
    language: Language,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let (uuid, language) = (id.uuid(), language.code());
    let turn = db.begin().await?;
    turn.execute_raw(raw_sql!(
        Postgres,
        "UPDATE users SET language = {language} WHERE id = {uuid}"
    ))
    .await?;
    let act = NewAct {
        act: "user.language",
        subject: id.to_string(),
        before: Value::Null,
        after: json!({ "language": language }),
    };
    record_in(&turn, by, &act, at).await?;
    Ok(turn.commit().await?)
}
