//! Events on their way to endpoints.

use chrono::{DateTime, Utc};
use domain::{WebhookDeliveryId, WebhookEndpointId, WebhookEventId, WebhookStatus};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ClosedSecret, secrets};
use crate::{
    Database, Error, Page,
    acts::{Actor, NewAct, record_in},
    inbox, row,
};

/// An event on its way to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its name to us.
    pub id: WebhookDeliveryId,
    /// Where to.
    pub endpoint: WebhookEndpointId,
    /// The event.
    pub event: WebhookEventId,
    /// What kind of event.
    pub kind: String,
    /// The code of the reservation or the id of the payment.
    pub subject: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// How far it has come.
    pub status: WebhookStatus,
    /// How often it was tried.
    pub attempts: i64,
    /// What the last attempt was answered.
    pub last: Option<Attempt>,
}

/// One time that it was tried.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Attempt {
    /// When.
    pub at: DateTime<Utc>,
    /// What the endpoint answered.
    pub http_status: Option<i32>,
    /// What kept it from answering.
    pub error: Option<String>,
    /// How long it took.
    pub milliseconds: i32,
}

/// Everything that it takes to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// Where to.
    pub endpoint: WebhookEndpointId,
    /// The address.
    pub url: String,
    /// What it is signed with, the newest first.
    pub secrets: Vec<ClosedSecret>,
    /// What the receiver knows it by, however often it comes.
    pub event: WebhookEventId,
    /// What is sent.
    pub body: String,
    /// What the attempt of this key was answered, if it was made before.
    pub known: Option<Attempt>,
    /// How far it has come.
    pub status: WebhookStatus,
}

#[derive(FromQueryResult)]
struct DeliveryRow {
    id: Uuid,
    endpoint_id: Uuid,
    event_id: Uuid,
    kind: String,
    subject: String,
    at: DateTime<Utc>,
    status: String,
    attempts: i64,
    last_at: Option<DateTime<Utc>>,
    http_status: Option<i32>,
    error: Option<String>,
    milliseconds: Option<i32>,
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = Error;

    fn try_from(found: DeliveryRow) -> Result<Self, Error> {
        let last = found.last_at.zip(found.milliseconds);
        Ok(Self {
            id: WebhookDeliveryId::from_uuid(found.id),
            endpoint: WebhookEndpointId::from_uuid(found.endpoint_id),
            event: WebhookEventId::from_uuid(found.event_id),
            kind: found.kind,
            subject: found.subject,
            at: found.at,
            status: row::word(&found.status)?,
            attempts: found.attempts,
            last: last.map(|(at, milliseconds)| Attempt {
                at,
                http_status: found.http_status,
                error: found.error,
                milliseconds,
            }),
        })
    }
}

/// What was sent to an endpoint, the newest first.
///
/// # Errors
/// See [`Error`].
pub async fn of_endpoint(
    db: &Database,
    endpoint: WebhookEndpointId,
    page: Page,
) -> Result<Vec<Delivery>, Error> {
    let (uuid, limit, offset) = (endpoint.uuid(), page.limit(), page.offset());
    let found = DeliveryRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT d.id, d.endpoint_id, d.event_id, e.kind, e.subject, e.at, d.status,
              (SELECT count(*) FROM webhook_attempts WHERE delivery_id = d.id) AS attempts,
              last.at AS last_at, last.http_status, last.error, last.milliseconds
          FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id
          LEFT JOIN LATERAL (
              SELECT * FROM webhook_attempts WHERE delivery_id = d.id ORDER BY id DESC LIMIT 1) last ON true
          WHERE d.endpoint_id = {uuid} ORDER BY d.seq DESC LIMIT {limit} OFFSET {offset}"
    ));
    let rows = found.all(db.pool()).await?;
    rows.into_iter().map(Delivery::try_from).collect()
}

/// One of them.
///
/// # Errors
/// See [`Error`].
pub async fn find(db: &Database, id: WebhookDeliveryId) -> Result<Option<Delivery>, Error> {
    let uuid = id.uuid();
    let found = DeliveryRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT d.id, d.endpoint_id, d.event_id, e.kind, e.subject, e.at, d.status,
              (SELECT count(*) FROM webhook_attempts WHERE delivery_id = d.id) AS attempts,
              last.at AS last_at, last.http_status, last.error, last.milliseconds
          FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id
          LEFT JOIN LATERAL (
              SELECT * FROM webhook_attempts WHERE delivery_id = d.id ORDER BY id DESC LIMIT 1) last ON true
          WHERE d.id = {uuid}"
    ));
    found
        .one(db.pool())
        .await?
        .map(Delivery::try_from)
        .transpose()
}

/// Every time that it was tried, the first one first.
///
/// # Errors
/// See [`Error`].
pub async fn attempts(db: &Database, id: WebhookDeliveryId) -> Result<Vec<Attempt>, Error> {
    let uuid = id.uuid();
    let found = Attempt::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT at, http_status, error, milliseconds FROM webhook_attempts
          WHERE delivery_id = {uuid} ORDER BY id LIMIT 200"
    ));
    Ok(found.all(db.pool()).await?)
}

/// What it takes to try a delivery; nothing when its endpoint takes no events any more, or it is not there.
///
/// # Errors
/// See [`Error`].
pub async fn errand(
    db: &Database,
    id: WebhookDeliveryId,
    key: &str,
    at: DateTime<Utc>,
) -> Result<Option<Errand>, Error> {
    #[derive(FromQueryResult)]
    struct Found {
        endpoint_id: Uuid,
        url: String,
        event_id: Uuid,
        body: String,
        status: String,
    }
    let uuid = id.uuid();
    let found = Found::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT d.endpoint_id, w.url, d.event_id, e.body, d.status
          FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id
          JOIN webhook_endpoints w ON w.id = d.endpoint_id
          WHERE d.id = {uuid} AND w.removed_at IS NULL AND w.disabled_at IS NULL"
    ));
    let Some(found) = found.one(db.pool()).await? else {
        return Ok(None);
    };
    let known = Attempt::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT at, http_status, error, milliseconds FROM webhook_attempts
          WHERE delivery_id = {uuid} AND key = {key}"
    ));
    Ok(Some(Errand {
        endpoint: WebhookEndpointId::from_uuid(found.endpoint_id),
        url: found.url,
        secrets: secrets::valid(db.pool(), found.endpoint_id, at).await?,
        event: WebhookEventId::from_uuid(found.event_id),
        body: found.body,
        known: known.one(db.pool()).await?,
        status: row::word(&found.status)?,
    }))
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The step that made it: a second record of it changes nothing.
    pub key: String,
    /// What was answered.
    pub attempt: Attempt,
    /// Whether the endpoint has the event now.
    pub taken: bool,
}

/// Writes down that it was tried.
///
/// # Errors
/// See [`Error`].
pub async fn tried(db: &Database, id: WebhookDeliveryId, tried: &Tried) -> Result<(), Error> {
    let uuid = id.uuid();
    let Tried {
        key,
        attempt:
            Attempt {
                at,
                http_status,
                error,
                milliseconds,
            },
        taken,
    } = tried.clone();
    let turn = db.begin().await?;
    turn.execute_raw(raw_sql!(
        Postgres,
        r"INSERT INTO webhook_attempts (delivery_id, key, at, http_status, error, milliseconds)
          VALUES ({uuid}, {key}, {at}, {http_status}, {error}, {milliseconds})
          ON CONFLICT ON CONSTRAINT webhook_attempts_key DO NOTHING"
    ))
    .await?;
    if taken {
        turn.execute_raw(raw_sql!(
            Postgres,
            "UPDATE webhook_deliveries SET status = 'delivered', settled_at = {at} WHERE id = {uuid}"
        ))
        .await?;
        turn.execute_raw(raw_sql!(
            Postgres,
            r"UPDATE webhook_endpoints SET last_success_at = greatest(coalesce(last_success_at, {at}), {at})
              WHERE id = (SELECT endpoint_id FROM webhook_deliveries WHERE id = {uuid})"
        ))
        .await?;
    }
    Ok(turn.commit().await?)
}

/// Gives a delivery up. Answers its endpoint, when that has taken nothing since this one was first tried.
///
/// # Errors
/// See [`Error`].
pub async fn given_up(
    db: &Database,
    id: WebhookDeliveryId,
    at: DateTime<Utc>,
) -> Result<Option<WebhookEndpointId>, Error> {
    #[derive(FromQueryResult)]
    struct Silent {
        endpoint_id: Uuid,
    }
    let uuid = id.uuid();
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE webhook_deliveries SET status = 'failed', settled_at = {at}
              WHERE id = {uuid} AND status = 'pending'"
        ))
        .await?;
    let silent = Silent::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT d.endpoint_id FROM webhook_deliveries d JOIN webhook_endpoints w ON w.id = d.endpoint_id
          WHERE d.id = {uuid} AND d.status = 'failed' AND EXISTS (
              SELECT FROM webhook_attempts WHERE delivery_id = d.id
              HAVING min(at) > coalesce(w.last_success_at, '-infinity'))"
    ));
    let silent = silent.one(db.pool()).await?;
    Ok(silent.map(|found| WebhookEndpointId::from_uuid(found.endpoint_id)))
}

/// Has a delivery tried once more, whatever became of it. `key` names the wish: the same one counts once. Answers
/// what is to be handed over now, or left to the sweep.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn resend(
    db: &Database,
    id: WebhookDeliveryId,
    key: &str,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<Option<inbox::Event>, Error> {
    let uuid = id.uuid();
    let turn = db.begin().await?;
    let found = turn
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE webhook_deliveries SET status = 'pending', settled_at = NULL WHERE id = {uuid}"
        ))
        .await?;
    if found.rows_affected() == 0 {
        return Err(Error::NotFound {
            what: "webhook delivery",
        });
    }
    let Some(event) = inbox::resend_in(&turn, id, key, at).await? else {
        return Ok(None);
    };
    let act = NewAct {
        act: "webhook.resend",
        subject: id.to_string(),
        before: Value::Null,
        after: json!({ "key": key }),
    };
    record_in(&turn, by, &act, at).await?;
    turn.commit().await?;
    Ok(Some(event))
}
