//! What the platform last said of each template.

use sea_orm::{FromQueryResult, raw_sql};

use crate::{Database, Error};

#[derive(FromQueryResult)]
struct Row {
    template: String,
    told: String,
}

/// Of each template, by its name, a slash and its language, the last that the platform said: `APPROVED`,
/// `REJECTED` and others. What it said long ago is not kept.
///
/// # Errors
/// See [`Error`].
pub async fn told_of_templates(db: &Database) -> Result<Vec<(String, String)>, Error> {
    let rows = Row::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT DISTINCT ON (resource_id) resource_id AS template,
                 payload -> 'raw' -> 'value' ->> 'event' AS told
          FROM inbox
          WHERE provider = 'whatsapp' AND authentic AND resource_id IS NOT NULL
            AND payload -> 'raw' -> 'value' ->> 'event' IS NOT NULL
          ORDER BY resource_id, id DESC"
    ));
    let rows = rows.all(db.pool()).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.template, row.told))
        .collect())
}
