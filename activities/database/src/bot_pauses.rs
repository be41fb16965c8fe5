//! When the owner has silenced the bot.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::{Value, json};

use crate::{
    Database, Error,
    acts::{Actor, NewAct, record_in},
};

/// Since when the bot is silent, if it is.
///
/// # Errors
/// See [`Error`].
pub async fn since(db: &Database) -> Result<Option<DateTime<Utc>>, Error> {
    #[derive(FromQueryResult)]
    struct Since {
        began_at: DateTime<Utc>,
    }
    let open = Since::find_by_statement(raw_sql!(
        Postgres,
        "SELECT began_at FROM bot_pauses WHERE ended_at IS NULL"
    ));
    Ok(open.one(db.pool()).await?.map(|open| open.began_at))
}

/// Silences the bot. A bot that is silent stays so since the first time.
///
/// # Errors
/// See [`Error`].
pub async fn begin(db: &Database, by: &Actor, at: DateTime<Utc>) -> Result<(), Error> {
    let turn = db.begin().await?;
    let begun = turn
        .execute_raw(raw_sql!(
            Postgres,
            r"INSERT INTO bot_pauses (began_at) VALUES ({at})
              ON CONFLICT ((true)) WHERE ended_at IS NULL DO NOTHING"
        ))
        .await?;
    if begun.rows_affected() == 0 {
        return Ok(());
    }
    record_in(&turn, by, &act("bot.pause", at), at).await?;
    Ok(turn.commit().await?)
}

/// Lets the bot answer again. One that answers is left alone.
///
/// # Errors
/// See [`Error`].
pub async fn end(db: &Database, by: &Actor, at: DateTime<Utc>) -> Result<(), Error> {
    let turn = db.begin().await?;
    let ended = turn
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE bot_pauses SET ended_at = {at} WHERE ended_at IS NULL"
        ))
        .await?;
    if ended.rows_affected() == 0 {
        return Ok(());
    }
    record_in(&turn, by, &act("bot.resume", at), at).await?;
    Ok(turn.commit().await?)
}

fn act(act: &'static str, at: DateTime<Utc>) -> NewAct {
    NewAct {
        act,
        subject: "bot".to_owned(),
        before: Value::Null,
        after: json!({ "at": at }),
    }
}
