//! Public holidays, which the owner can correct.

use chrono::{DateTime, NaiveDate, Utc};
use domain::holiday::Holidays;
use sea_orm::{ConnectionTrait as _, FromQueryResult, raw_sql};
use serde_json::{Value, json};

use crate::{
    Database, Error,
    acts::{Actor, NewAct, record_in},
};

/// A day with its name.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Holiday {
    /// The day.
    pub date: NaiveDate,
    /// What it is called.
    pub name: String,
}

#[derive(FromQueryResult)]
struct Row {
    date: NaiveDate,
}

/// All of them.
///
/// # Errors
/// See [`Error`].
pub async fn all(db: &Database) -> Result<Holidays, Error> {
    let rows = Row::find_by_statement(raw_sql!(Postgres, "SELECT date FROM holidays"))
        .all(db.pool())
        .await?;
    Ok(rows.into_iter().map(|row| row.date).collect())
}

/// Those from a day on, with their names.
///
/// # Errors
/// See [`Error`].
pub async fn from(db: &Database, first: NaiveDate) -> Result<Vec<Holiday>, Error> {
    let found = Holiday::find_by_statement(raw_sql!(
        Postgres,
        "SELECT date, name FROM holidays WHERE date >= {first} ORDER BY date"
    ));
    Ok(found.all(db.pool()).await?)
}

/// Makes a day a holiday, or gives it another name.
///
/// # Errors
/// See [`Error`].
pub async fn set(
    db: &Database,
    holiday: &Holiday,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let turn = db.begin().await?;
    let (date, name) = (holiday.date, &holiday.name);
    let changed = turn
        .execute_raw(raw_sql!(
            Postgres,
            r"INSERT INTO holidays (date, name) VALUES ({date}, {name})
              ON CONFLICT (date) DO UPDATE SET name = excluded.name
              WHERE holidays.name <> excluded.name"
        ))
        .await?;
    if changed.rows_affected() == 0 {
        return Ok(());
    }
    let told = act("holiday.set", date, Value::Null, json!({ "name": name }));
    record_in(&turn, by, &told, at).await?;
    Ok(turn.commit().await?)
}

/// Makes a day an ordinary one. A day that is one stays so.
///
/// # Errors
/// See [`Error`].
pub async fn remove(
    db: &Database,
    date: NaiveDate,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let turn = db.begin().await?;
    let gone = Holiday::find_by_statement(raw_sql!(
        Postgres,
        "DELETE FROM holidays WHERE date = {date} RETURNING date, name"
    ));
    let Some(Holiday { name, .. }) = gone.one(&turn).await? else {
        return Ok(());
    };
    let told = act("holiday.remove", date, json!({ "name": name }), Value::Null);
    record_in(&turn, by, &told, at).await?;
    Ok(turn.commit().await?)
}

fn act(act: &'static str, date: NaiveDate, before: Value, after: Value) -> NewAct {
    NewAct {
        act,
        subject: date.to_string(),
        before,
        after,
    }
}
