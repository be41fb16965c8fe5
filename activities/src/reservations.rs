//! What a conversation asks of a reservation's workflow.

use std::sync::Arc;

use database::{Database, reservations};
use domain::ReservationCode;
use front_desk::FrontDesk;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::{
    contracts::{
        inventory::HoldOutcome,
        reservations::{
            BalanceOutcome, CancelOutcome, CancelRequest, CancelReservation, ChangeOutcome,
            ChangeRequest, ChangeReservation, ExtendHold, ExtendOutcome, ExtendRequest,
            OfferBalance, Open, RevokeOutcome, RevokePurchase, RevokeRequest,
        },
    },
    reservation::ReservationInput,
};

use crate::{
    World,
    failure::{of_database, of_front_desk},
    inventory::outcome,
};

/// Fulfils the reservations contract: one workflow asks another, and waits for the answer.
#[derive(Debug)]
pub struct ReservationActivities {
    front_desk: FrontDesk,
    database: Database,
}

impl ReservationActivities {
    /// Activities in this world.
    #[must_use]
    pub fn new(world: &World) -> Self {
        Self {
            front_desk: world.front_desk.clone(),
            database: world.database.clone(),
        }
    }
}

impl ReservationActivities {
    /// What became of a hold, as Postgres knows it: one that was refused has left nothing.
    async fn remembered(&self, code: &ReservationCode) -> Result<HoldOutcome, ActivityError> {
        let found = reservations::by_code(&self.database, code)
            .await
            .map_err(of_database)?;
        Ok(found.map_or(HoldOutcome::Taken, outcome))
    }
}

#[activities]
impl ReservationActivities {
    /// Idempotent on the code.
    #[activity(definition = Open)]
    pub async fn open(
        self: Arc<Self>,
        _ctx: ActivityContext,
        input: ReservationInput,
    ) -> Result<HoldOutcome, ActivityError> {
        let code = input.code.clone();
        match self.front_desk.open_reservation(input, code.as_str()).await {
            // The story is over and its answer is forgotten.
            Err(front_desk::Error::NotRunning) => self.remembered(&code).await,
            answer => answer.map_err(of_front_desk),
        }
    }

    /// Idempotent on the code.
    #[activity(definition = CancelReservation)]
    pub async fn cancel(
        self: Arc<Self>,
        _ctx: ActivityContext,
        request: CancelRequest,
    ) -> Result<CancelOutcome, ActivityError> {
        let code = request.code.clone();
        if let Some(outcome) = self
            .front_desk
            .cancel(request, &format!("cancel/{code}"))
            .await
            .map_err(of_front_desk)?
        {
            return Ok(outcome);
        }
        let found = reservations::by_code(&self.database, &code)
            .await
            .map_err(of_database)?;
        Ok(
            found.map_or(CancelOutcome::Unknown, |found| CancelOutcome::NotPossible {
                status: found.status,
            }),
        )
    }

    /// Idempotent on the code.
    #[activity(definition = RevokePurchase)]
    pub async fn revoke(
        self: Arc<Self>,
        _ctx: ActivityContext,
        request: RevokeRequest,
    ) -> Result<RevokeOutcome, ActivityError> {
        let code = request.code.clone();
        if let Some(outcome) = self
            .front_desk
            .revoke(request, &format!("revoke/{code}"))
            .await
            .map_err(of_front_desk)?
        {
            return Ok(outcome);
        }
        let found = reservations::by_code(&self.database, &code)
            .await
            .map_err(of_database)?;
        Ok(
            found.map_or(RevokeOutcome::Unknown, |found| RevokeOutcome::NotPossible {
                status: found.status,
            }),
        )
    }

    /// Idempotent: one link is open at a time, and a call asks once.
    #[activity(definition = OfferBalance)]
    pub async fn offer_balance(
        self: Arc<Self>,
        ctx: ActivityContext,
        code: ReservationCode,
    ) -> Result<BalanceOutcome, ActivityError> {
        let outcome = self
            .front_desk
            .offer_balance(&code, &one_call("balance", &ctx))
            .await
            .map_err(of_front_desk)?;
        Ok(outcome.unwrap_or(BalanceOutcome::NotPossible))
    }

    /// Idempotent on the code: there is only one extension.
    #[activity(definition = ExtendHold)]
    pub async fn extend(
        self: Arc<Self>,
        ctx: ActivityContext,
        code: ReservationCode,
    ) -> Result<ExtendOutcome, ActivityError> {
        let silently = ExtendRequest { tell_guest: false };
        let outcome = self
            .front_desk
            .extend(&code, silently, &one_call("extend", &ctx))
            .await
            .map_err(of_front_desk)?;
        Ok(outcome.unwrap_or(ExtendOutcome::NotPossible))
    }

    /// Idempotent on the call: asking again for the same dates changes nothing.
    #[activity(definition = ChangeReservation)]
    pub async fn change_dates(
        self: Arc<Self>,
        ctx: ActivityContext,
        request: ChangeRequest,
    ) -> Result<ChangeOutcome, ActivityError> {
        let code = request.code.clone();
        let key = one_call("change-dates", &ctx);
        if let Some(outcome) = self
            .front_desk
            .change_dates(request, &key)
            .await
            .map_err(of_front_desk)?
        {
            return Ok(outcome);
        }
        let found = reservations::by_code(&self.database, &code)
            .await
            .map_err(of_database)?;
        Ok(
            found.map_or(ChangeOutcome::Unknown, |found| ChangeOutcome::NotPossible {
                status: found.status,
            }),
        )
    }
}

/// One key a call: asking a second time is another question, with another answer.
fn one_call(what: &str, ctx: &ActivityContext) -> String {
    let info = ctx.info();
    let run = info.workflow_run_id.as_deref().unwrap_or_default();
    format!("{what}/{run}/{}", info.activity_id)
}
