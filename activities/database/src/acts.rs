//! The audit trail: who did what, when, and how it was before and after. It is only ever added to.
//!
//! What this crate changes at somebody's wish is written here in the same transaction.

use chrono::{DateTime, Utc};
use domain::{ApiTokenId, UserId};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::Value;

use crate::{Database, Error, Page};

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who is signed in.
    User {
        /// Who.
        id: UserId,
        /// What they are called at the time.
        name: String,
    },
    /// A program with a token of its own.
    Token {
        /// Which token.
        id: ApiTokenId,
        /// What it is called.
        name: String,
    },
    /// A program of ours, or one with the token of the configuration.
    Program(&'static str),
}

/// Something that was done, or asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAct {
    /// What, such as `user.disable`.
    pub act: &'static str,
    /// What it was done to: a code or an id.
    pub subject: String,
    /// How it was before.
    pub before: Value,
    /// How it is now, or what was asked for.
    pub after: Value,
}

/// An entry of the trail.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Act {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// `user`, `token` or `program`.
    pub actor_kind: String,
    /// Who.
    pub actor_id: String,
    /// What they were called.
    pub actor_name: String,
    /// What.
    pub act: String,
    /// To what.
    pub subject: String,
    /// How it was before.
    pub before: Value,
    /// How it was after.
    pub after: Value,
}

impl Actor {
    fn columns(&self) -> (&'static str, String, &str) {
        match self {
            Self::User { id, name } => ("user", id.to_string(), name),
            Self::Token { id, name } => ("token", id.to_string(), name),
            Self::Program(name) => ("program", (*name).to_owned(), name),
        }
    }
}

/// Writes down what was done. Not idempotent: each call is one more entry.
///
/// # Errors
/// See [`Error`].
pub async fn record(
    db: &Database,
    by: &Actor,
    act: &NewAct,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    record_in(db.pool(), by, act, at).await
}

/// [`record`] as part of what is done.
pub(crate) async fn record_in(
    turn: &impl ConnectionTrait,
    by: &Actor,
    act: &NewAct,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let (kind, actor, name) = by.columns();
    let (subject, before, after) = (act.subject.as_str(), act.before.clone(), act.after.clone());
    let act = act.act;
    turn.execute_raw(raw_sql!(
        Postgres,
        r"INSERT INTO acts (at, actor_kind, actor_id, actor_name, act, subject, before, after)
          VALUES ({at}, {kind}, {actor}, {name}, {act}, {subject}, {before}, {after})"
    ))
    .await?;
    Ok(())
}

/// The trail, the newest first.
///
/// # Errors
/// See [`Error`].
pub async fn list(db: &Database, page: Page) -> Result<Vec<Act>, Error> {
    let (limit, offset) = (page.limit(), page.offset());
    let found = Act::find_by_statement(raw_sql!(
        Postgres,
        "SELECT * FROM acts ORDER BY id DESC LIMIT {limit} OFFSET {offset}"
    ));
    Ok(found.all(db.pool()).await?)
}

/// Which entries somebody looks for. What is `None` is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Part of the name of who did it.
    pub who: Option<String>,
    /// What was done, or what its name begins with.
    pub act: Option<String>,
    /// To what.
    pub subject: Option<String>,
    /// From when on.
    pub from: Option<DateTime<Utc>>,
    /// Before when.
    pub to: Option<DateTime<Utc>>,
    /// Older than this entry.
    pub before: Option<i64>,
}

/// The entries that somebody looks for, the newest first, at most so many.
///
/// # Errors
/// See [`Error`].
pub async fn search(db: &Database, sought: &Sought, page: Page) -> Result<Vec<Act>, Error> {
    let (limit, offset) = (page.limit(), page.offset());
    let (who, act, subject) = (
        sought.who.as_deref(),
        sought.act.as_deref(),
        sought.subject.as_deref(),
    );
    let (from, to, before) = (sought.from, sought.to, sought.before);
    let found = Act::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT * FROM acts
          WHERE ({who}::text IS NULL OR strpos(lower(actor_name), lower({who}::text)) > 0)
            AND ({act}::text IS NULL OR starts_with(act, {act}::text))
            AND ({subject}::text IS NULL OR subject = {subject}::text)
            AND ({from}::timestamptz IS NULL OR at >= {from}::timestamptz)
            AND ({to}::timestamptz IS NULL OR at < {to}::timestamptz)
            AND ({before}::bigint IS NULL OR id < {before}::bigint)
          ORDER BY id DESC LIMIT {limit} OFFSET {offset}"
    ));
    Ok(found.all(db.pool()).await?)
}

/// What was done to one thing, the newest first.
///
/// # Errors
/// See [`Error`].
pub async fn about(db: &Database, subject: &str, page: Page) -> Result<Vec<Act>, Error> {
    let (limit, offset) = (page.limit(), page.offset());
    let found = Act::find_by_statement(raw_sql!(
        Postgres,
        "SELECT * FROM acts WHERE subject = {subject} ORDER BY id DESC LIMIT {limit} OFFSET {offset}"
    ));
    Ok(found.all(db.pool()).await?)
}
