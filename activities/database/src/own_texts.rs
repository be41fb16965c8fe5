//! Texts of the owner's in the place of ours. Whether one can be used is for who saves it to know.

use chrono::{DateTime, Utc};
use domain::Language;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, FromQueryResult, raw_sql};
use serde_json::{Value, json};

use crate::{
    Database, Error,
    acts::{Actor, NewAct, record_in},
};

/// A text of the owner's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnText {
    /// Of which language.
    pub language: Language,
    /// In place of which text.
    pub key: String,
    /// How it is written.
    pub source: String,
}

#[derive(FromQueryResult)]
struct Row {
    language: String,
    key: String,
    source: String,
}

/// All of them, in the order of their names.
///
/// # Errors
/// See [`Error`].
pub async fn all(db: &Database) -> Result<Vec<OwnText>, Error> {
    let rows = Row::find_by_statement(raw_sql!(
        Postgres,
        "SELECT language, key, source FROM own_texts ORDER BY language, key"
    ));
    let rows = rows.all(db.pool()).await?;
    // A language that this version does not speak is for the one that does.
    let known = rows.into_iter().filter_map(|row| {
        Some(OwnText {
            language: row.language.parse().ok()?,
            key: row.key,
            source: row.source,
        })
    });
    Ok(known.collect())
}

/// Puts one in the place of ours, or of the one before.
///
/// # Errors
/// See [`Error`].
pub async fn set(
    db: &Database,
    text: &OwnText,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let turn = db.begin().await?;
    let before = current(&turn, text.language, &text.key).await?;
    if before.as_deref() == Some(&text.source) {
        return Ok(());
    }
    let (language, key, source) = (text.language.code(), &text.key, &text.source);
    turn.execute_raw(raw_sql!(
        Postgres,
        r"INSERT INTO own_texts (language, key, source, changed_at)
          VALUES ({language}, {key}, {source}, {at})
          ON CONFLICT (language, key) DO UPDATE
          SET source = excluded.source, changed_at = excluded.changed_at"
    ))
    .await?;
    let told = act(
        "text.change",
        (text.language, &text.key),
        before,
        Some(&text.source),
    );
    record_in(&turn, by, &told, at).await?;
    Ok(turn.commit().await?)
}

/// Lets ours speak again. A text that is ours stays so.
///
/// # Errors
/// See [`Error`].
pub async fn remove(
    db: &Database,
    (language, key): (Language, &str),
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let turn = db.begin().await?;
    let Some(before) = current(&turn, language, key).await? else {
        return Ok(());
    };
    let code = language.code();
    turn.execute_raw(raw_sql!(
        Postgres,
        "DELETE FROM own_texts WHERE language = {code} AND key = {key}"
    ))
    .await?;
    let told = act("text.restore", (language, key), Some(before), None);
    record_in(&turn, by, &told, at).await?;
    Ok(turn.commit().await?)
}

async fn current(
    turn: &DatabaseTransaction,
    language: Language,
    key: &str,
) -> Result<Option<String>, Error> {
    let language = language.code();
    let found = Row::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT language, key, source FROM own_texts
          WHERE language = {language} AND key = {key} FOR UPDATE"
    ));
    Ok(found.one(turn).await?.map(|row| row.source))
}

fn act(
    act: &'static str,
    (language, key): (Language, &str),
    before: Option<String>,
    after: Option<&String>,
) -> NewAct {
    let told = |text: Value| {
        if text.is_null() {
            text
        } else {
            json!({ "text": text })
        }
    };
    NewAct {
        act,
        subject: format!("{}/{key}", language.code()),
        before: told(json!(before)),
        after: told(json!(after)),
    }
}
