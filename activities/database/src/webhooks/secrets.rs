//! What events are signed with. It is kept closed; whoever has the keys opens it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::WebhookEndpointId;
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Database, Error,
    acts::{Actor, NewAct, record_in},
};

/// A secret, closed.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ClosedSecret {
    /// The key that closed it.
    pub key_name: String,
    /// What is closed.
    pub closed: Vec<u8>,
}

/// What the secrets of an endpoint are closed for.
#[must_use]
pub fn purpose(endpoint: WebhookEndpointId) -> String {
    format!("webhook/{endpoint}")
}

/// Adds a secret to an endpoint; the others are valid for `overlap` longer, and no longer than they were.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn replace_secret(
    db: &Database,
    endpoint: WebhookEndpointId,
    secret: &ClosedSecret,
    overlap: TimeDelta,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let (uuid, until) = (endpoint.uuid(), at + overlap);
    let turn = db.begin().await?;
    let found = turn
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE webhook_endpoints SET name = name WHERE id = {uuid} AND removed_at IS NULL"
        ))
        .await?;
    if found.rows_affected() == 0 {
        return Err(Error::NotFound {
            what: "webhook endpoint",
        });
    }
    turn.execute_raw(raw_sql!(
        Postgres,
        r"UPDATE webhook_secrets SET expires_at = least(coalesce(expires_at, {until}), {until})
          WHERE endpoint_id = {uuid}"
    ))
    .await?;
    add_in(&turn, uuid, secret, at).await?;
    let act = NewAct {
        act: "webhook.replace_secret",
        subject: endpoint.to_string(),
        before: Value::Null,
        after: json!({ "old_ones_until": until }),
    };
    record_in(&turn, by, &act, at).await?;
    Ok(turn.commit().await?)
}

pub(super) async fn add_in(
    turn: &impl ConnectionTrait,
    endpoint: Uuid,
    secret: &ClosedSecret,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let ClosedSecret { key_name, closed } = secret.clone();
    turn.execute_raw(raw_sql!(
        Postgres,
        r"INSERT INTO webhook_secrets (endpoint_id, key_name, closed, created_at)
          VALUES ({endpoint}, {key_name}, {closed}, {at})"
    ))
    .await?;
    Ok(())
}

/// Those that are valid, the newest first.
pub(super) async fn valid(
    db: &impl ConnectionTrait,
    endpoint: Uuid,
    at: DateTime<Utc>,
) -> Result<Vec<ClosedSecret>, Error> {
    let found = ClosedSecret::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT key_name, closed FROM webhook_secrets
          WHERE endpoint_id = {endpoint} AND (expires_at IS NULL OR expires_at > {at})
          ORDER BY id DESC"
    ));
    Ok(found.all(db).await?)
}
