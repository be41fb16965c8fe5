//! The books against themselves and against the provider's.

mod provider;
mod report;

use anyhow::{Context as _, Result};
use chrono::{TimeDelta, Utc};
use database::{Database, audit};
use mercado_pago::Client;
use secrecy::SecretString;

use self::report::Report;
use crate::command::{AuditOptions, DatabaseOptions};

/// How many connections this program needs.
const CONNECTIONS: u32 = 2;

impl DatabaseOptions {
    /// Where Postgres is.
    pub(crate) fn url(&self) -> Result<&SecretString> {
        self.database_url
            .as_ref()
            .context("set DATABASE_URL, or give --database-url")
    }

    /// A way to Postgres.
    pub(crate) async fn connect(&self) -> Result<Database> {
        Ok(Database::connect(self.url()?, CONNECTIONS).await?)
    }
}

/// Checks everything that can be checked; answers what is to be shown and the exit code.
pub(crate) async fn run(
    database: &DatabaseOptions,
    options: &AuditOptions,
) -> Result<(String, u8)> {
    let now = Utc::now();
    let db = database.connect().await.context("nothing was checked")?;
    let overdue = now - TimeDelta::minutes(options.overdue_minutes.into());
    let ours = audit::make(&db, overdue)
        .await
        .context("our own books cannot be read")?;
    let client = Client::new(
        &options.provider.base_url,
        options.provider.access_token.clone(),
    )?;
    let since = now - TimeDelta::days(options.days.into());
    let theirs = provider::compare(&db, &client, &options.provider.collector_id, since, now).await;
    let report = Report::new(now, ours, theirs);
    let said = if options.json {
        report.json()?
    } else {
        report.table()
    };
    Ok((said, report.exit_code()))
}
