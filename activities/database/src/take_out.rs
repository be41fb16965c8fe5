//! Everything that is the owner's, table by table, to be taken away: as it was at one moment, a few rows at a time.
//!
//! What opens doors is not in it: passwords, tokens and keys stay here.

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Statement, raw_sql,
};
use serde_json::Value;

use crate::{Database, Error};

/// How many rows are read at once.
const ROWS: u32 = 500;

/// The tables that are taken along, each with the columns that are not.
pub const TABLES: [(&str, &[&str]); 31] = [
    ("accommodations", &[]),
    ("holidays", &[]),
    ("own_texts", &[]),
    ("reservations", &["period"]),
    ("reservation_events", &[]),
    ("guests", &[]),
    ("guest_aliases", &[]),
    ("guest_consents", &[]),
    ("messages", &[]),
    ("message_statuses", &[]),
    ("waiting_list", &[]),
    ("payments", &[]),
    ("payment_links", &[]),
    ("settlements", &[]),
    ("refunds", &[]),
    ("revocations", &[]),
    ("ledger_accounts", &[]),
    ("ledger_transactions", &[]),
    ("ledger_postings", &[]),
    ("review_queue", &[]),
    ("calendar_feeds", &["url"]),
    ("calendar_blocks", &[]),
    ("calendar_conflicts", &[]),
    ("export_links", &["token_digest"]),
    ("users", &["password_hash", "totp_secret", "totp_offered"]),
    ("acts", &[]),
    ("erasures", &[]),
    ("bot_pauses", &[]),
    ("webhook_endpoints", &["url"]),
    ("webhook_events", &[]),
    ("webhook_deliveries", &[]),
];

/// The tables that are not, each with the reason.
pub const LEFT_BEHIND: [(&str, &str); 19] = [
    ("api_tokens", "opens doors"),
    ("calendar_previews", "serves for minutes"),
    (
        "calendar_runs",
        "how calendars were read, not what they said",
    ),
    ("conversations_read", "how far somebody has read"),
    (
        "dialogue_states",
        "what the bot remembers of what is in the messages",
    ),
    ("dialogue_turns", "the same"),
    ("export_fetches", "who read our calendars, for three days"),
    ("export_key", "opens doors"),
    (
        "export_versions",
        "what channels were served, for three days",
    ),
    ("idempotency_keys", "serves for a day"),
    (
        "inbox",
        "on its way; what it brought is in the other tables",
    ),
    (
        "pictures",
        "files, not rows: each is fetched under the address that its accommodation names",
    ),
    ("recovery_codes", "opens doors"),
    ("restores", "about this installation"),
    ("seaql_migrations", "about this installation"),
    ("sessions", "opens doors"),
    ("sign_in_failures", "about strangers"),
    (
        "webhook_attempts",
        "how events were sent, not what they said",
    ),
    ("webhook_secrets", "opens doors"),
];

/// A table, as it is taken along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: &'static str,
    /// Its columns, in their order.
    pub columns: Vec<String>,
}

/// Everything, as it was at one moment.
#[derive(Debug)]
pub struct TakeOut {
    turn: DatabaseTransaction,
}

#[derive(FromQueryResult)]
struct ColumnRow {
    column_name: String,
}

#[derive(FromQueryResult)]
struct LineRow {
    line: Value,
}

impl TakeOut {
    /// Begins to read. Whatever is written from now on is not in it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn begin(db: &Database) -> Result<Self, Error> {
        let turn = db.begin().await?;
        turn.execute_unprepared("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            .await?;
        Ok(Self { turn })
    }

    /// Opens a table; [`TakeOut::rows`] reads it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn open(&self, name: &'static str, hidden: &[&str]) -> Result<Sheet, Error> {
        let found = ColumnRow::find_by_statement(raw_sql!(
            Postgres,
            r"SELECT column_name::text AS column_name FROM information_schema.columns
              WHERE table_schema = 'public' AND table_name = {name} ORDER BY ordinal_position"
        ));
        let columns: Vec<_> = found
            .all(&self.turn)
            .await?
            .into_iter()
            .map(|row| row.column_name)
            .filter(|column| !hidden.contains(&column.as_str()))
            .collect();
        let quoted: Vec<_> = columns
            .iter()
            .map(|column| format!("\"{column}\""))
            .collect();
        let quoted = quoted.join(", ");
        // Names come from the lists above and from the catalogue, never from a request.
        let declared = format!(
            "CLOSE ALL; DECLARE sheet NO SCROLL CURSOR FOR \
             SELECT to_jsonb(t) AS line FROM (SELECT {quoted} FROM {name} ORDER BY 1) AS t"
        );
        self.turn.execute_unprepared(&declared).await?;
        Ok(Sheet { name, columns })
    }

    /// The next rows of the open table, each by column; none when it is at its end.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn rows(&self) -> Result<Vec<Value>, Error> {
        let fetch = format!("FETCH {ROWS} FROM sheet");
        let asked = Statement::from_string(DbBackend::Postgres, fetch);
        let rows = LineRow::find_by_statement(asked).all(&self.turn).await?;
        Ok(rows.into_iter().map(|row| row.line).collect())
    }

    /// Ends.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn end(self) -> Result<(), Error> {
        Ok(self.turn.rollback().await?)
    }
}
