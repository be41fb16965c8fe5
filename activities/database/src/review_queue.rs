//! What only a person can decide, each with a deadline. Nothing here decides anything.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::{Value, json};

use crate::{
    Database, Error, Page,
    acts::{Actor, NewAct, record_in},
};

/// A matter for the owner.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMatter {
    /// What it is, such as `unknown_reference`.
    pub kind: String,
    /// What it is about, such as a payment's id. A matter of one kind about one thing is open once.
    pub reference: String,
    /// Why a person is needed, in a sentence.
    pub reason: String,
    /// The particulars.
    pub details: Value,
    /// By when it must be decided.
    pub deadline: Option<DateTime<Utc>>,
}

/// A matter in the queue.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Matter {
    /// Its number.
    pub id: i64,
    /// What it is.
    pub kind: String,
    /// What it is about.
    pub reference: String,
    /// Why a person is needed.
    pub reason: String,
    /// The particulars.
    pub details: Value,
    /// By when it must be decided.
    pub deadline: Option<DateTime<Utc>>,
    /// When it was raised.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub resolved_at: Option<DateTime<Utc>>,
    /// How.
    pub resolution: Option<String>,
}

/// Raises a matter, unless the same is open; answers the one that is open.
///
/// # Errors
/// See [`Error`].
pub async fn raise(db: &Database, matter: &NewMatter) -> Result<Matter, Error> {
    raise_in(db.pool(), matter).await
}

/// Raises a matter, unless it ever was, open or closed. Says whether it did.
///
/// # Errors
/// See [`Error`].
pub async fn raise_once(db: &Database, matter: &NewMatter) -> Result<bool, Error> {
    let NewMatter {
        kind,
        reference,
        reason,
        details,
        deadline,
    } = matter.clone();
    let raised = db
        .pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"INSERT INTO review_queue (kind, reference, reason, details, deadline)
              SELECT {kind}, {reference}, {reason}, {details}, {deadline}
              WHERE NOT EXISTS (SELECT FROM review_queue WHERE kind = {kind} AND reference = {reference})
              ON CONFLICT (kind, reference) WHERE resolved_at IS NULL DO NOTHING"
        ))
        .await?;
    Ok(raised.rows_affected() > 0)
}

/// As [`raise`], with whatever raises it or not at all.
pub(crate) async fn raise_in(
    turn: &impl ConnectionTrait,
    matter: &NewMatter,
) -> Result<Matter, Error> {
    let NewMatter {
        kind,
        reference,
        reason,
        details,
        deadline,
    } = matter.clone();
    // The update changes nothing but makes the open row come back.
    let open = Matter::find_by_statement(raw_sql!(
        Postgres,
        r"INSERT INTO review_queue (kind, reference, reason, details, deadline)
          VALUES ({kind}, {reference}, {reason}, {details}, {deadline})
          ON CONFLICT (kind, reference) WHERE resolved_at IS NULL DO UPDATE SET kind = EXCLUDED.kind
          RETURNING *"
    ));
    open.one(turn)
        .await?
        .ok_or_else(|| Error::unexpected("an upsert answered no row"))
}

/// As [`raise_in`]; the owner's phone is told, also of a matter that is open already.
pub(crate) async fn raise_and_call_in(
    turn: &impl ConnectionTrait,
    matter: &NewMatter,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let id = raise_in(turn, matter).await?.id;
    turn.execute_raw(raw_sql!(
        Postgres,
        "UPDATE review_queue SET call_due = {at} WHERE id = {id}"
    ))
    .await?;
    Ok(())
}

/// A matter that the owner's phone is to be told of.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Call {
    /// The matter's number.
    pub id: i64,
    /// What it is.
    pub kind: String,
    /// The particulars.
    pub details: Value,
    /// Since when; with the number it names the call.
    pub call_due: DateTime<Utc>,
}

/// What the owner's phone is to be told of and was not, the oldest first. What is older than `since` is no news any
/// more.
///
/// # Errors
/// See [`Error`].
pub async fn to_call(db: &Database, since: DateTime<Utc>) -> Result<Vec<Call>, Error> {
    let calls = Call::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT id, kind, details, call_due FROM review_queue
          WHERE resolved_at IS NULL AND call_due >= {since} ORDER BY call_due, id LIMIT 50"
    ));
    Ok(calls.all(db.pool()).await?)
}

/// Writes down that the owner's phone is being told. A call that fell due meanwhile stays due.
///
/// # Errors
/// See [`Error`].
pub async fn called(db: &Database, call: &Call) -> Result<(), Error> {
    let (id, due) = (call.id, call.call_due);
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE review_queue SET call_due = NULL WHERE id = {id} AND call_due = {due}"
        ))
        .await?;
    Ok(())
}

/// Closes a matter. One that is closed stays as it was closed first.
///
/// # Errors
/// See [`Error`].
pub async fn resolve(
    db: &Database,
    id: i64,
    resolution: &str,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE review_queue SET resolved_at = {at}, resolution = {resolution}
              WHERE id = {id} AND resolved_at IS NULL"
        ))
        .await?;
    Ok(())
}

/// Closes a matter at somebody's word. One that is closed stays as it was closed first.
///
/// # Errors
/// [`Error::NotFound`] when there is no such matter.
pub async fn resolve_by(
    db: &Database,
    id: i64,
    resolution: &str,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let turn = db.begin().await?;
    let found = Matter::find_by_statement(raw_sql!(
        Postgres,
        "SELECT * FROM review_queue WHERE id = {id} FOR UPDATE"
    ));
    let found = found
        .one(&turn)
        .await?
        .ok_or(Error::NotFound { what: "matter" })?;
    if found.resolved_at.is_some() {
        return Ok(());
    }
    turn.execute_raw(raw_sql!(
        Postgres,
        r"UPDATE review_queue SET resolved_at = {at}, resolution = {resolution} WHERE id = {id}"
    ))
    .await?;
    let act = NewAct {
        act: "queue.resolve",
        subject: found.reference,
        before: json!({ "matter": id, "kind": found.kind }),
        after: json!({ "resolution": resolution }),
    };
    record_in(&turn, by, &act, at).await?;
    Ok(turn.commit().await?)
}

/// Closes whatever is open of a kind about something. Closing what is closed, or was never raised, changes
/// nothing.
///
/// # Errors
/// See [`Error`].
pub async fn resolve_about(
    db: &Database,
    kind: &str,
    reference: &str,
    resolution: &str,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    resolve_about_in(db.pool(), kind, reference, resolution, at).await
}

/// As [`resolve_about`], with whatever closes it or not at all.
pub(crate) async fn resolve_about_in(
    turn: &impl ConnectionTrait,
    kind: &str,
    reference: &str,
    resolution: &str,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    turn.execute_raw(raw_sql!(
        Postgres,
        r"UPDATE review_queue SET resolved_at = {at}, resolution = {resolution}
          WHERE kind = {kind} AND reference = {reference} AND resolved_at IS NULL"
    ))
    .await?;
    Ok(())
}

/// Closes what is open of a kind about stays that are paid by now, or not confirmed any more.
///
/// # Errors
/// See [`Error`].
pub async fn resolve_arrivals(
    db: &Database,
    kind: &str,
    resolution: &str,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    db.pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"UPDATE review_queue SET resolved_at = {at}, resolution = {resolution}
              FROM reservations
              WHERE kind = {kind} AND resolved_at IS NULL AND code = reference
                  AND (reservation_status <> 'confirmed' OR paid_centavos >= total_centavos)"
        ))
        .await?;
    Ok(())
}

/// The matters that wait for a decision, the most urgent first.
///
/// # Errors
/// See [`Error`].
pub async fn open(db: &Database, page: Page) -> Result<Vec<Matter>, Error> {
    let (limit, offset) = (page.limit(), page.offset());
    let matters = Matter::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT * FROM review_queue WHERE resolved_at IS NULL
          ORDER BY deadline NULLS LAST, id LIMIT {limit} OFFSET {offset}"
    ));
    Ok(matters.all(db.pool()).await?)
}

/// How many matters of a kind wait.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Waiting {
    /// What they are.
    pub kind: String,
    /// How many.
    pub open: i64,
    /// How many of them are past their deadline.
    pub overdue: i64,
}

/// How many matters wait for a decision, kind by kind.
///
/// # Errors
/// See [`Error`].
pub async fn waiting(db: &Database, now: DateTime<Utc>) -> Result<Vec<Waiting>, Error> {
    let waiting = Waiting::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT kind, count(*) AS open, count(*) FILTER (WHERE deadline < {now}) AS overdue
          FROM review_queue WHERE resolved_at IS NULL GROUP BY kind ORDER BY kind"
    ));
    Ok(waiting.all(db.pool()).await?)
}

/// The open matter of a kind about something, if there is one.
///
/// # Errors
/// See [`Error`].
pub async fn open_about(
    db: &Database,
    kind: &str,
    reference: &str,
) -> Result<Option<Matter>, Error> {
    let found = Matter::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT * FROM review_queue
          WHERE kind = {kind} AND reference = {reference} AND resolved_at IS NULL"
    ));
    Ok(found.one(db.pool()).await?)
}
