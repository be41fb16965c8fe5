//! Where events are sent to.

use chrono::{DateTime, TimeDelta, Utc};
use domain::WebhookEndpointId;
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ClosedSecret, secrets};
use crate::{
    Database, Error,
    acts::{Actor, NewAct, record_in},
    review_queue::{NewMatter, raise_in},
};

/// The owner's matter that an endpoint without answers is.
const SILENT: &str = "webhook_endpoint_disabled";

/// How long the owner has to see to it: what was missed is kept for a month.
const OWNER_HAS: TimeDelta = TimeDelta::days(7);

/// An address that events are sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name to us.
    pub id: WebhookEndpointId,
    /// Where.
    pub url: String,
    /// What it is for.
    pub name: String,
    /// Which kinds of events; all of them when none is named.
    pub events: Vec<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it last took an event.
    pub last_success_at: Option<DateTime<Utc>>,
    /// Since when nothing is sent there, and why.
    pub disabled: Option<(DateTime<Utc>, String)>,
}

/// An address to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEndpoint {
    /// Where; it was judged.
    pub url: String,
    /// What it is for.
    pub name: String,
    /// Which of the kinds.
    pub events: Vec<String>,
}

/// What is to be different.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Where; it was judged.
    pub url: Option<String>,
    /// What it is for.
    pub name: Option<String>,
    /// Which of the kinds.
    pub events: Option<Vec<String>>,
}

#[derive(FromQueryResult)]
struct EndpointRow {
    id: Uuid,
    url: String,
    name: String,
    events: Vec<String>,
    created_at: DateTime<Utc>,
    last_success_at: Option<DateTime<Utc>>,
    disabled_at: Option<DateTime<Utc>>,
    disabled_because: Option<String>,
}

impl From<EndpointRow> for Endpoint {
    fn from(row: EndpointRow) -> Self {
        Self {
            id: WebhookEndpointId::from_uuid(row.id),
            url: row.url,
            name: row.name,
            events: row.events,
            created_at: row.created_at,
            last_success_at: row.last_success_at,
            disabled: row.disabled_at.zip(row.disabled_because),
        }
    }
}

/// Adds one, which is told of whatever happens from now on.
///
/// # Errors
/// See [`Error`].
pub async fn add(
    db: &Database,
    id: WebhookEndpointId,
    new: &NewEndpoint,
    secret: &ClosedSecret,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let uuid = id.uuid();
    let NewEndpoint { url, name, events } = new.clone();
    let turn = db.begin().await?;
    turn.execute_raw(raw_sql!(
        Postgres,
        r"INSERT INTO webhook_endpoints (id, url, name, events, created_at)
          VALUES ({uuid}, {url}, {name}, {events}, {at})"
    ))
    .await?;
    secrets::add_in(&turn, uuid, secret, at).await?;
    let after = json!({ "name": new.name, "events": new.events });
    let act = act("webhook.add", id, Value::Null, after);
    record_in(&turn, by, &act, at).await?;
    Ok(turn.commit().await?)
}

/// All of them, the newest first.
///
/// # Errors
/// See [`Error`].
pub async fn all(db: &Database) -> Result<Vec<Endpoint>, Error> {
    let found = EndpointRow::find_by_statement(raw_sql!(
        Postgres,
        "SELECT * FROM webhook_endpoints WHERE removed_at IS NULL ORDER BY created_at DESC, id LIMIT 200"
    ));
    let rows = found.all(db.pool()).await?;
    Ok(rows.into_iter().map(Endpoint::from).collect())
}

/// One of them.
///
/// # Errors
/// See [`Error`].
pub async fn endpoint(db: &Database, id: WebhookEndpointId) -> Result<Option<Endpoint>, Error> {
    let uuid = id.uuid();
    let found = EndpointRow::find_by_statement(raw_sql!(
        Postgres,
        "SELECT * FROM webhook_endpoints WHERE id = {uuid} AND removed_at IS NULL"
    ));
    Ok(found.one(db.pool()).await?.map(Endpoint::from))
}

/// Changes one.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn change(
    db: &Database,
    id: WebhookEndpointId,
    change: &Change,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let uuid = id.uuid();
    let Change { url, name, events } = change.clone();
    let turn = db.begin().await?;
    let changed = turn
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE webhook_endpoints SET url = coalesce({url}, url), name = coalesce({name}, name),
                  events = coalesce({events}, events)
              WHERE id = {uuid} AND removed_at IS NULL"
        ))
        .await?;
    is_there(changed.rows_affected())?;
    let after =
        json!({ "name": change.name, "events": change.events, "address": change.url.is_some() });
    record_in(
        &turn,
        by,
        &act("webhook.change", id, Value::Null, after),
        at,
    )
    .await?;
    Ok(turn.commit().await?)
}

/// Has events sent there again.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn enable(
    db: &Database,
    id: WebhookEndpointId,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let uuid = id.uuid();
    let turn = db.begin().await?;
    let changed = turn
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE webhook_endpoints SET disabled_at = NULL, disabled_because = NULL
              WHERE id = {uuid} AND removed_at IS NULL"
        ))
        .await?;
    is_there(changed.rows_affected())?;
    let act = act("webhook.enable", id, Value::Null, Value::Null);
    record_in(&turn, by, &act, at).await?;
    Ok(turn.commit().await?)
}

/// Forgets one: nothing is sent there any more, and what was under way is given up.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn remove(
    db: &Database,
    id: WebhookEndpointId,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let uuid = id.uuid();
    let turn = db.begin().await?;
    let changed = turn
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE webhook_endpoints SET removed_at = {at} WHERE id = {uuid} AND removed_at IS NULL"
        ))
        .await?;
    is_there(changed.rows_affected())?;
    turn.execute_raw(raw_sql!(
        Postgres,
        "DELETE FROM webhook_secrets WHERE endpoint_id = {uuid}"
    ))
    .await?;
    let act = act("webhook.remove", id, Value::Null, Value::Null);
    record_in(&turn, by, &act, at).await?;
    Ok(turn.commit().await?)
}

/// Stops sending to an endpoint, and has the owner told; nothing happens to one that is stopped already.
///
/// # Errors
/// See [`Error`].
pub async fn stop_sending_to(
    db: &Database,
    id: WebhookEndpointId,
    because: &str,
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    #[derive(FromQueryResult)]
    struct Stopped {
        name: String,
    }
    let uuid = id.uuid();
    let turn = db.begin().await?;
    let stopped = Stopped::find_by_statement(raw_sql!(
        Postgres,
        r"UPDATE webhook_endpoints SET disabled_at = {at}, disabled_because = {because}
          WHERE id = {uuid} AND removed_at IS NULL AND disabled_at IS NULL RETURNING name"
    ))
    .one(&turn)
    .await?;
    let Some(stopped) = stopped else {
        return Ok(false);
    };
    let matter = NewMatter {
        kind: SILENT.to_owned(),
        reference: id.to_string(),
        reason: format!(
            "«{}» took no events for days, so nothing is sent there any more. Have it mended, then switch it on again \
             under Webhooks, where what it missed can be sent once more.",
            stopped.name
        ),
        details: json!({ "name": stopped.name, "because": because }),
        deadline: Some(at + OWNER_HAS),
    };
    raise_in(&turn, &matter).await?;
    turn.commit().await?;
    Ok(true)
}

fn act(act: &'static str, id: WebhookEndpointId, before: Value, after: Value) -> NewAct {
    NewAct {
        act,
        subject: id.to_string(),
        before,
        after,
    }
}

const fn is_there(rows: u64) -> Result<(), Error> {
    if rows == 0 {
        return Err(Error::NotFound {
            what: "webhook endpoint",
        });
    }
    Ok(())
}
