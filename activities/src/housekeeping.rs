//! Letting go of what is kept about guests, when its time has come.

use std::sync::Arc;

use chrono::Utc;
use database::{Database, privacy};
use domain::Retention;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::contracts::housekeeping::{Gone, LetGo};

use crate::{World, alive::alive, failure::of_database};

/// Fulfils the housekeeping contract with Postgres.
#[derive(Debug)]
pub struct HousekeepingActivities {
    database: Database,
    retention: Retention,
}

impl HousekeepingActivities {
    /// Activities in this world, by this policy.
    #[must_use]
    pub fn new(world: &World, retention: Retention) -> Self {
        Self {
            database: world.database.clone(),
            retention,
        }
    }
}

#[activities]
impl HousekeepingActivities {
    /// Idempotent: what is gone stays gone.
    #[activity(definition = LetGo)]
    pub async fn let_go(
        self: Arc<Self>,
        ctx: ActivityContext,
        _nothing: (),
    ) -> Result<Gone, ActivityError> {
        let forgetting = privacy::forget(&self.database, &self.retention, Utc::now());
        let forgotten = alive(&ctx, forgetting).await.map_err(of_database)?;
        Ok(Gone {
            rows: forgotten.rows,
            guests: forgotten.guests,
        })
    }
}
