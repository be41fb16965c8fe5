//! Forgetting a guest. What is left is money under our own ids, and the proof.

use chrono::{DateTime, Utc};
use domain::GuestId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, Statement, raw_sql};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::records;
use crate::{Database, Error, retry::until_settled};

/// Why a guest is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// They asked for it.
    Request,
    /// We have kept it for as long as it served.
    Retention,
}

/// What is left of somebody of whom nothing else is.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Proof {
    /// Its number.
    pub id: i64,
    /// Our id of the guest.
    pub guest_id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// `request` or `retention`.
    pub cause: String,
    /// How many rows of each table were emptied or deleted.
    pub counts: Value,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erased {
    /// Erased by this call.
    Done(Proof),
    /// Erased by an earlier one.
    Already(Proof),
    /// Not while something is under way: these reservations stand or their money is on its way, or a message
    /// waits to be answered.
    UnderWay(Vec<String>),
}

/// Each with the records of the guest at `$1`, as an array. Order matters: what names others goes last.
const STEPS: [(&str, &str); 12] = [
    (
        "message_statuses",
        "DELETE FROM message_statuses WHERE wamid IN (SELECT wamid FROM messages WHERE guest_id = ANY ($1::text::uuid[]))",
    ),
    (
        "status_webhooks",
        r"UPDATE inbox SET payload = '{}', event_id = 'erased:' || encode(sha256(event_id::bytea), 'hex')
          WHERE guest_id IS NULL AND provider = 'whatsapp' AND payload <> '{}' AND delivered_at IS NOT NULL AND EXISTS (
              SELECT FROM guests, LATERAL (VALUES (wa_id), (bsuid), (ltrim(phone_e164, '+'))) AS known (address)
              WHERE guests.id = ANY ($1::text::uuid[]) AND length(address) > 5 AND position(address IN payload::text) > 0)",
    ),
    (
        "inbox",
        r"UPDATE inbox SET payload = '{}', event_id = 'erased:' || encode(sha256(event_id::bytea), 'hex')
          WHERE guest_id = ANY ($1::text::uuid[]) AND event_id NOT LIKE 'erased:%'",
    ),
    (
        "messages",
        r"UPDATE messages SET content = '{}', hearing = NULL, error = NULL,
              wamid = CASE WHEN wamid LIKE 'erased:%' THEN wamid
                  ELSE 'erased:' || encode(sha256(wamid::bytea), 'hex') END
          WHERE guest_id = ANY ($1::text::uuid[])",
    ),
    (
        "dialogue_states",
        "DELETE FROM dialogue_states WHERE guest_id = ANY ($1::text::uuid[])",
    ),
    (
        "dialogue_turns",
        "DELETE FROM dialogue_turns WHERE guest_id = ANY ($1::text::uuid[])",
    ),
    (
        "waiting_list",
        "DELETE FROM waiting_list WHERE guest_id = ANY ($1::text::uuid[])",
    ),
    (
        "guest_aliases",
        "DELETE FROM guest_aliases WHERE guest_id = ANY ($1::text::uuid[])",
    ),
    (
        "reservation_events",
        r"UPDATE reservation_events SET details = details - 'reason'
          WHERE code IN (SELECT code FROM reservations WHERE guest_id = ANY ($1::text::uuid[])) AND details ? 'reason'",
    ),
    (
        "reservations",
        "UPDATE reservations SET cancel_reason = NULL WHERE guest_id = ANY ($1::text::uuid[]) AND cancel_reason IS NOT NULL",
    ),
    (
        "payments",
        r"UPDATE payments SET snapshot = '{}'
          WHERE code IN (SELECT code FROM reservations WHERE guest_id = ANY ($1::text::uuid[])) AND snapshot <> '{}'",
    ),
    (
        "guests",
        r"UPDATE guests SET bsuid = NULL, wa_id = NULL, phone_e164 = NULL, profile_name = NULL, name = NULL,
              email = NULL, erased_at = coalesce(erased_at, now()) WHERE id = ANY ($1::text::uuid[])",
    ),
];

/// Erases a guest in one transaction. Idempotent: there is one proof a guest.
///
/// What an answer that was under way has written since is erased by asking again.
///
/// # Errors
/// [`Error::NotFound`] when there is no such guest.
pub async fn erase(
    db: &Database,
    guest: GuestId,
    cause: Cause,
    at: DateTime<Utc>,
) -> Result<Erased, Error> {
    until_settled(|| erase_once(db, guest.uuid(), cause, at)).await
}

async fn erase_once(
    db: &Database,
    guest: Uuid,
    cause: Cause,
    at: DateTime<Utc>,
) -> Result<Erased, Error> {
    let turn = db.begin().await?;
    // Whoever writes about the guest at this moment waits, or is waited for.
    let locked = raw_sql!(
        Postgres,
        "SELECT id FROM guests WHERE id = {guest} FOR UPDATE"
    );
    if turn.query_one_raw(locked).await?.is_none() {
        return Err(Error::NotFound { what: "guest" });
    }
    let earlier = proof(&turn, guest).await?;
    let ids = records(&turn, guest).await?;
    let under_way = under_way(&turn, &ids).await?;
    if !under_way.is_empty() {
        return Ok(Erased::UnderWay(under_way));
    }
    // As Postgres writes an array down.
    let array = ids.iter().map(Uuid::to_string).collect::<Vec<_>>();
    let array = format!("{{{}}}", array.join(","));
    let mut counts = Map::new();
    for (name, sql) in STEPS {
        let backend = sea_orm::DbBackend::Postgres;
        let step = Statement::from_sql_and_values(backend, sql, [array.clone().into()]);
        let done = turn.execute_raw(step).await?;
        counts.insert(name.to_owned(), done.rows_affected().into());
    }
    if let Some(proof) = earlier {
        turn.commit().await?;
        return Ok(Erased::Already(proof));
    }
    let counts = Value::Object(counts);
    let cause = cause.as_str();
    let written = raw_sql!(
        Postgres,
        "INSERT INTO erasures (guest_id, at, cause, counts) VALUES ({guest}, {at}, {cause}, {counts})"
    );
    turn.execute_raw(written).await?;
    let proof = proof(&turn, guest).await?;
    turn.commit().await?;
    proof
        .map(Erased::Done)
        .ok_or(Error::NotFound { what: "proof" })
}

async fn proof(turn: &DatabaseTransaction, guest: Uuid) -> Result<Option<Proof>, Error> {
    let asked = raw_sql!(
        Postgres,
        "SELECT id, guest_id, at, cause, counts FROM erasures WHERE guest_id = {guest}"
    );
    Ok(Proof::find_by_statement(asked).one(turn).await?)
}

#[derive(FromQueryResult)]
struct UnderWay {
    what: String,
}

/// What stands or is on its way.
async fn under_way(turn: &DatabaseTransaction, ids: &[Uuid]) -> Result<Vec<String>, Error> {
    let ids = ids.to_vec();
    let asked = raw_sql!(
        Postgres,
        r"SELECT code AS what FROM reservations
          WHERE guest_id IN ({..ids}) AND reservation_status IN ('pre_reserved', 'confirmed')
          UNION SELECT reservations.code FROM refunds JOIN reservations USING (code)
          WHERE guest_id IN ({..ids}) AND refunds.status IN ('intended', 'in_process')
          UNION SELECT 'a message that waits to be answered' FROM inbox
          WHERE guest_id IN ({..ids}) AND delivered_at IS NULL
          UNION SELECT 'a notice of the platform that waits' FROM inbox
          WHERE guest_id IS NULL AND provider = 'whatsapp' AND delivered_at IS NULL AND EXISTS (
              SELECT FROM guests, LATERAL (VALUES (wa_id), (bsuid), (ltrim(phone_e164, '+'))) AS known (address)
              WHERE guests.id IN ({..ids}) AND length(address) > 5 AND position(address IN payload::text) > 0)
          UNION SELECT 'a message that waits to be sent' FROM messages
          WHERE guest_id IN ({..ids}) AND direction = 'out' AND status IN ('composed', 'attempted')
          ORDER BY what"
    );
    let found = UnderWay::find_by_statement(asked).all(turn).await?;
    Ok(found.into_iter().map(|found| found.what).collect())
}

impl Cause {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Retention => "retention",
        }
    }
}
