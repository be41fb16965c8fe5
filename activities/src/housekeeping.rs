//! Seeing to stays that have begun, and letting go of what is kept about guests, when its time has come.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use database::{Database, privacy, reservations, review_queue};
use domain::{
    ReservationCode, Retention,
    arrival::{Arrival, Attention},
};
use front_desk::FrontDesk;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::{
    contracts::housekeeping::{Gone, LetGo, SeeToStays, SeenTo},
    reservation::ARRIVAL_DOUBTFUL,
};

use crate::{
    World,
    alive::alive,
    conversation::reservation_input,
    failure::{of_database, of_front_desk},
};

/// How long the owner has to say whether a guest came.
const OWNER_HAS: TimeDelta = TimeDelta::hours(24);

/// Fulfils the housekeeping contract with Postgres.
#[derive(Debug)]
pub struct HousekeepingActivities {
    database: Database,
    front_desk: FrontDesk,
    retention: Retention,
}

impl HousekeepingActivities {
    /// Activities in this world, by this policy.
    #[must_use]
    pub fn new(world: &World, retention: Retention) -> Self {
        Self {
            database: world.database.clone(),
            front_desk: world.front_desk.clone(),
            retention,
        }
    }

    async fn see_to(&self, now: DateTime<Utc>) -> Result<SeenTo, ActivityError> {
        let settled = "The stay is paid, or over.";
        review_queue::resolve_arrivals(&self.database, ARRIVAL_DOUBTFUL, settled, now)
            .await
            .map_err(of_database)?;
        let mut seen = SeenTo::default();
        let begun = reservations::begun(&self.database, now.date_naive()).await;
        for code in begun.map_err(of_database)? {
            match self.attention(&code, now).await? {
                Attention::None => {}
                Attention::AskOwner => {
                    if self.ask_whether_they_came(&code, now).await? {
                        seen.doubtful += 1;
                    }
                }
                Attention::Overdue => {
                    let input = reservation_input(&self.database, &code).await?;
                    tracing::warn!(reservation.code = %code, "a stay is over and was not closed");
                    let woken = self.front_desk.awaken(input).await;
                    woken.map_err(of_front_desk)?;
                    seen.overdue += 1;
                }
            }
        }
        Ok(seen)
    }

    async fn attention(
        &self,
        code: &ReservationCode,
        now: DateTime<Utc>,
    ) -> Result<Attention, ActivityError> {
        let input = reservation_input(&self.database, code).await?;
        let found = reservations::by_code(&self.database, code).await;
        let Some(found) = found.map_err(of_database)? else {
            return Ok(Attention::None);
        };
        let arrival = Arrival {
            status: found.status,
            check_in_at: input.check_in_at,
            check_out_at: input.check_out_at,
            balance: found.account().balance(),
        };
        Ok(arrival.attention(now))
    }

    /// Once for each stay: who has answered is not asked again. Says whether it was now.
    async fn ask_whether_they_came(
        &self,
        code: &ReservationCode,
        now: DateTime<Utc>,
    ) -> Result<bool, ActivityError> {
        let matter = review_queue::NewMatter {
            kind: ARRIVAL_DOUBTFUL.to_owned(),
            reference: code.to_string(),
            reason: "What was to be paid on arrival is not on record. Record it, or say that the guest did not come."
                .to_owned(),
            details: serde_json::json!({}),
            deadline: Some(now + OWNER_HAS),
        };
        let raised = review_queue::raise_once(&self.database, &matter).await;
        raised.map_err(of_database)
    }
}

#[activities]
impl HousekeepingActivities {
    /// Idempotent: each matter is raised once, and a workflow that runs is left alone.
    #[activity(definition = SeeToStays)]
    pub async fn see_to_stays(
        self: Arc<Self>,
        ctx: ActivityContext,
        _nothing: (),
    ) -> Result<SeenTo, ActivityError> {
        alive(&ctx, self.see_to(Utc::now())).await
    }

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
