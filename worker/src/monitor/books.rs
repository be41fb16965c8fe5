//! Auditing the books now and then, so that a difference rings before anybody looks.

use std::{convert::Infallible, time::Duration};

use chrono::{TimeDelta, Utc};
use database::{Database, audit};
use telemetry::metrics;

/// How often.
const EVERY: Duration = Duration::from_secs(600);

/// What has been under way for longer is a difference: reconciliation has looked six times.
const OVERDUE: TimeDelta = TimeDelta::minutes(30);

/// Audits for as long as the worker runs.
pub(super) async fn audit(database: Database) -> Infallible {
    loop {
        match audit::make(&database, Utc::now() - OVERDUE).await {
            Ok(made) => {
                for checked in made {
                    let differences = u32::try_from(checked.differences.len()).unwrap_or(u32::MAX);
                    metrics::BOOKS_DIFFERENCES.set(&[checked.check.name], f64::from(differences));
                }
                let now = u32::try_from(Utc::now().timestamp()).unwrap_or(u32::MAX);
                metrics::BOOKS_AUDITED.set(&[], f64::from(now));
            }
            Err(error) => tracing::warn!(%error, "the books could not be audited"),
        }
        tokio::time::sleep(EVERY).await;
    }
}
