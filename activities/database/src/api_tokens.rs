//! What programs sign in with: shown once, kept as a hash.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ApiTokenId, Scope, UserId};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Database, Error,
    acts::{Actor, NewAct, record_in},
    row, secret_token,
};

/// What our tokens begin with, so that one that lies about is recognised.
pub const PREFIX: &str = "posada_";

/// A token, without what it opens with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its name to us.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// What it may.
    pub scope: Scope,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct TokenRow {
    id: Uuid,
    name: String,
    scope: String,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
}

impl TryFrom<TokenRow> for ApiToken {
    type Error = Error;

    fn try_from(found: TokenRow) -> Result<Self, Error> {
        Ok(Self {
            id: ApiTokenId::from_uuid(found.id),
            name: found.name,
            scope: row::word(&found.scope)?,
            created_at: found.created_at,
            last_used_at: found.last_used_at,
        })
    }
}

/// Makes one. What is answered is shown now or never.
///
/// # Errors
/// See [`Error`].
pub async fn create(
    db: &Database,
    name: &str,
    scope: Scope,
    owner: UserId,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<SecretString, Error> {
    let token = secret_token::generate(PREFIX)?;
    let hash = secret_token::hash(secrecy::ExposeSecret::expose_secret(&token));
    let id = ApiTokenId::generate();
    let (uuid, name, word, owner) = (id.uuid(), name.trim(), scope.as_str(), owner.uuid());
    let turn = db.begin().await?;
    turn.execute_raw(raw_sql!(
        Postgres,
        r"INSERT INTO api_tokens (id, name, token_hash, scope, created_by, created_at)
          VALUES ({uuid}, {name}, {hash}, {word}, {owner}, {at})"
    ))
    .await?;
    let act = NewAct {
        act: "token.create",
        subject: id.to_string(),
        before: Value::Null,
        after: json!({ "name": name, "scope": word }),
    };
    record_in(&turn, by, &act, at).await?;
    turn.commit().await?;
    Ok(token)
}

/// The token that opens with this, unless it was revoked.
///
/// # Errors
/// See [`Error`].
pub async fn find(
    db: &Database,
    token: &str,
    at: DateTime<Utc>,
) -> Result<Option<ApiToken>, Error> {
    if !token.starts_with(PREFIX) {
        return Ok(None);
    }
    let hash = secret_token::hash(token);
    let found = TokenRow::find_by_statement(raw_sql!(
        Postgres,
        "SELECT * FROM api_tokens WHERE token_hash = {hash} AND revoked_at IS NULL"
    ))
    .one(db.pool())
    .await?;
    let Some(found) = found else { return Ok(None) };
    let id = found.id;
    let a_minute_ago = at - TimeDelta::minutes(1);
    if found.last_used_at.is_none_or(|last| last < a_minute_ago) {
        db.pool()
            .execute_raw(raw_sql!(
                Postgres,
                "UPDATE api_tokens SET last_used_at = {at} WHERE id = {id}"
            ))
            .await?;
    }
    found.try_into().map(Some)
}

/// Those that open, the newest first.
///
/// # Errors
/// See [`Error`].
pub async fn all(db: &Database) -> Result<Vec<ApiToken>, Error> {
    let found = TokenRow::find_by_statement(raw_sql!(
        Postgres,
        "SELECT * FROM api_tokens WHERE revoked_at IS NULL ORDER BY created_at DESC, id LIMIT 200"
    ));
    let rows = found.all(db.pool()).await?;
    rows.into_iter().map(ApiToken::try_from).collect()
}

/// Closes one for good.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn revoke(
    db: &Database,
    id: ApiTokenId,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let uuid = id.uuid();
    let turn = db.begin().await?;
    let revoked = turn
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE api_tokens SET revoked_at = coalesce(revoked_at, {at}) WHERE id = {uuid}"
        ))
        .await?;
    if revoked.rows_affected() == 0 {
        return Err(Error::NotFound { what: "token" });
    }
    let act = NewAct {
        act: "token.revoke",
        subject: id.to_string(),
        before: Value::Null,
        after: Value::Null,
    };
    record_in(&turn, by, &act, at).await?;
    Ok(turn.commit().await?)
}
