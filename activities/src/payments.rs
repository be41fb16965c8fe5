//! Money: links, the truth about payments, settlements and refunds.

mod link;
mod refund;
mod truth;
mod unheard;

use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use database::{Database, payments, review_queue};
use domain::{
    ReservationCode,
    payment::{PaymentId, PaymentReport},
};
use front_desk::FrontDesk;
use mercado_pago::Client;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::contracts::payments::{
    AskOwner, CloseLink, CreateLink, ExtendLink, GiveBack, LinkName, LinkOutcome, LinkRequest,
    LookUp, PlanRefunds, Read, Reconcile, ReconcileWindow, Refund, RefundRequest, Report, Review,
    Settle, SettlePayment, Settled, SettledItself, TakeBack, Truth,
};

use crate::{
    World,
    alive::alive,
    conversation::reservation_input,
    failure::{missing, of_database, of_front_desk},
};

/// Whose money it is, and where the provider reports.
#[derive(Debug, Clone)]
pub struct PaymentSettings {
    /// The provider's id of the account that payments must go to.
    pub collector_id: String,
    /// Where the provider sends its notifications.
    pub notification_url: String,
    /// What the payer reads on the statement, at most 13 characters.
    pub statement_descriptor: String,
    /// How long a payment's notification may take before its absence is noticed.
    pub webhook_patience: TimeDelta,
}

/// How long the owner has for what only they can settle.
const OWNER_HAS: TimeDelta = TimeDelta::hours(24);

/// Fulfils the payments contract with Mercado Pago and Postgres.
#[derive(Debug)]
pub struct PaymentActivities {
    database: Database,
    provider: Client,
    front_desk: FrontDesk,
    settings: PaymentSettings,
}

impl PaymentActivities {
    /// Activities in this world.
    #[must_use]
    pub fn new(world: &World) -> Self {
        Self {
            database: world.database.clone(),
            provider: world.mercado_pago.clone(),
            front_desk: world.front_desk.clone(),
            settings: world.payments.clone(),
        }
    }
}

#[activities]
impl PaymentActivities {
    /// Idempotent on the reservation and the purpose: the first link stays.
    #[activity(definition = CreateLink)]
    pub async fn create_link(
        self: Arc<Self>,
        ctx: ActivityContext,
        request: LinkRequest,
    ) -> Result<LinkOutcome, ActivityError> {
        let first_try = ctx.info().attempt <= 1;
        alive(
            &ctx,
            link::create(
                &self.database,
                &self.provider,
                &self.settings,
                request,
                first_try,
            ),
        )
        .await
    }

    /// Idempotent on the link's name.
    #[activity(definition = CloseLink)]
    pub async fn close_link(
        self: Arc<Self>,
        ctx: ActivityContext,
        name: LinkName,
    ) -> Result<(), ActivityError> {
        alive(&ctx, link::close(&self.database, &self.provider, name)).await
    }

    /// Idempotent on the link's name and its new end.
    #[activity(definition = ExtendLink)]
    pub async fn extend_link(
        self: Arc<Self>,
        ctx: ActivityContext,
        request: LinkRequest,
    ) -> Result<(), ActivityError> {
        alive(&ctx, link::extend(&self.database, &self.provider, request)).await
    }

    /// Idempotent: an older answer never undoes a newer one.
    #[activity(definition = Read)]
    pub async fn read(
        self: Arc<Self>,
        ctx: ActivityContext,
        payment: PaymentId,
    ) -> Result<Truth, ActivityError> {
        alive(
            &ctx,
            truth::read(&self.database, &self.provider, &self.settings, &payment),
        )
        .await
    }

    /// Idempotent: it only asks.
    #[activity(definition = LookUp)]
    pub async fn look_up(
        self: Arc<Self>,
        ctx: ActivityContext,
        code: ReservationCode,
    ) -> Result<Vec<PaymentReport>, ActivityError> {
        alive(&ctx, self.reports_of(&code)).await
    }

    /// Idempotent: the workflow knows what it has already heard.
    #[activity(definition = Report)]
    pub async fn report(
        self: Arc<Self>,
        _ctx: ActivityContext,
        report: PaymentReport,
    ) -> Result<(), ActivityError> {
        let code = report.code.clone().ok_or_else(|| missing("reservation"))?;
        let input = reservation_input(&self.database, &code).await?;
        let (payment, status) = (report.payment_id.clone(), report.status);
        let told = self.front_desk.payment_reported(input, report).await;
        told.map_err(of_front_desk)?;
        payments::mark_reported(&self.database, &payment, status)
            .await
            .map_err(of_database)
    }

    /// Idempotent on the payment: the first settlement stays.
    #[activity(definition = Settle)]
    pub async fn settle(
        self: Arc<Self>,
        _ctx: ActivityContext,
        settle: SettlePayment,
    ) -> Result<Settled, ActivityError> {
        if settle.payment_id.is_by_hand() {
            truth::record_by_hand(&self.database, &settle).await?;
        }
        let SettlePayment {
            payment_id,
            code,
            settlement,
        } = settle;
        let settled = payments::settle(&self.database, &payment_id, &code, settlement).await;
        let settled = settled.map_err(of_database)?;
        Ok(Settled {
            settlement: settled.record.settlement,
            paid: settled.paid,
        })
    }

    /// Idempotent on the key, in Postgres and at the provider.
    #[activity(definition = Refund)]
    pub async fn refund(
        self: Arc<Self>,
        ctx: ActivityContext,
        request: RefundRequest,
    ) -> Result<(), ActivityError> {
        alive(
            &ctx,
            refund::refund(&self.database, &self.provider, request),
        )
        .await
    }

    /// Idempotent on the reservation and the step.
    #[activity(definition = PlanRefunds)]
    pub async fn plan_refunds(
        self: Arc<Self>,
        _ctx: ActivityContext,
        give_back: GiveBack,
    ) -> Result<Vec<RefundRequest>, ActivityError> {
        refund::plan(&self.database, give_back).await
    }

    /// Idempotent on the kind and the reference.
    #[activity(definition = AskOwner)]
    pub async fn ask_owner(
        self: Arc<Self>,
        _ctx: ActivityContext,
        review: Review,
    ) -> Result<(), ActivityError> {
        let matter = review_queue::NewMatter {
            kind: review.kind,
            reference: review.reference,
            reason: review.reason,
            details: serde_json::json!({}),
            deadline: Some(Utc::now() + OWNER_HAS),
        };
        review_queue::raise(&self.database, &matter)
            .await
            .map_err(of_database)?;
        Ok(())
    }

    /// Idempotent on the kind and the reference.
    #[activity(definition = TakeBack)]
    pub async fn take_back(
        self: Arc<Self>,
        _ctx: ActivityContext,
        settled: SettledItself,
    ) -> Result<(), ActivityError> {
        let SettledItself {
            kind,
            reference,
            resolution,
        } = settled;
        let now = Utc::now();
        review_queue::resolve_about(&self.database, &kind, &reference, &resolution, now)
            .await
            .map_err(of_database)
    }

    /// Idempotent: a payment whose state is known is left alone.
    #[activity(definition = Reconcile)]
    pub async fn reconcile(
        self: Arc<Self>,
        ctx: ActivityContext,
        window: ReconcileWindow,
    ) -> Result<u32, ActivityError> {
        alive(&ctx, self.hand_over_unknown(window)).await
    }
}
