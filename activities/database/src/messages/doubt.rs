//! What is known of a message whose sending was cut off: the reasons to wait longer before it is sent again, and
//! the reasons not to.

use chrono::{DateTime, Utc};
use domain::MessageId;
use sea_orm::{FromQueryResult, raw_sql};

use crate::{Database, Error};

/// What speaks for and against a message having gone out.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Evidence {
    /// Since when a status that tells of it could have been taken: from the attempt on, and not while Postgres
    /// was away.
    pub listening_since: DateTime<Utc>,
    /// A status that tells of it is in the inbox and not read yet.
    pub told: bool,
    /// Statuses have told of messages that were tried after it.
    pub others_told: bool,
}

/// The evidence about a message that was tried at `since` and not answered.
///
/// # Errors
/// See [`Error`].
pub async fn evidence(
    db: &Database,
    id: MessageId,
    since: DateTime<Utc>,
) -> Result<Evidence, Error> {
    let name = id.to_string();
    // The latest messages are enough, and spare a walk through all there ever were.
    let asked = Evidence::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT greatest({since}, pg_postmaster_start_time()) AS listening_since,
              EXISTS (SELECT FROM inbox
                  WHERE delivered_at IS NULL AND kind = 'status' AND payload ->> 'callback_data' = {name}) AS told,
              EXISTS (SELECT FROM (SELECT status, attempted_at FROM messages ORDER BY seq DESC LIMIT 500) AS latest
                  WHERE attempted_at > {since}
                    AND message_status_rank(status) >= message_status_rank('sent')
                    AND status <> 'failed') AS others_told"
    ));
    asked
        .one(db.pool())
        .await?
        .ok_or_else(|| Error::unexpected("a question of facts answered no row"))
}
