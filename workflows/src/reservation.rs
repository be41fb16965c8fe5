//! The story of one reservation.

mod absence;
mod balance;
mod change;
mod ending;
mod errands;
mod hold;
mod input;
mod money;
mod outward;
mod phase;
mod reports;
mod requests;
mod resume;
mod stay;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    Money,
    payment::PaymentReport,
    settlement::{Account, Purpose},
};
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{
    SyncWorkflowContext, WorkflowContext, WorkflowContextView, WorkflowResult,
};

pub use self::{
    absence::ARRIVAL_DOUBTFUL,
    input::{ReservationInput, Resumed},
    money::REFUND_ENDED,
    phase::{Phase, ReservationOutcome, ReservationView},
    requests::{ConfirmByHand, ConfirmOutcome, RecordOutcome, RecordPayment},
};
use self::{errands::Errands, reports::Reports, requests::Requests};
use crate::{
    beside::accompanied,
    clock::known,
    contracts::{
        inventory::HoldOutcome,
        reservations::{
            BalanceOutcome, CancelOutcome, CancelRequest, ChangeOutcome, ChangeRequest,
            ExtendOutcome, ExtendRequest, RevokeOutcome, RevokeRequest,
        },
    },
};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Keeps the nights of one guest until the deposit is paid, and accompanies the stay to its end. It always
/// ends in one outcome, and the guest always knows which.
///
/// ```text
///  place hold ──taken──────────────────────────────────────────▶ refused
///      │
///     held ──deposit paid──▶ confirmed ──checked out──▶ completed
///      │  └──cancelled──┐       │
///      │                ▼       ▼
///      │             cancelled ◀─
///  hold ends
///      └──▶ expired ──paid late, nights still free──▶ confirmed
/// ```
///
/// A guest who never came ends a confirmed stay as a no-show, when the owner says so.
///
/// Other dates change neither the phase nor, while the nights are held, the end of the hold, except that one that
/// lasts for vouchers is shortened when it moves to nights too near for them.
///
/// Money that comes when the story is over starts it again under the same id, and is applied or given back.
/// Asking the workflow itself to cancel is the owner's cancellation.
/// After a restore it is begun anew from what Postgres knows, in whatever phase that is.
#[workflow]
#[derive(Debug)]
pub struct Reservation {
    input: ReservationInput,
    phase: Phase,
    hold: Option<HoldOutcome>,
    account: Account,
    link_until: Option<DateTime<Utc>>,
    balance_links: u32,
    closed_links: BTreeSet<Purpose>,
    /// The last change of dates that the guest was told of.
    told_change: u32,
    /// Whether the guest was told that this is what they waited for.
    told_offer: bool,
    reports: Reports,
    requests: Requests,
    errands: Errands,
}

#[workflow_methods]
impl Reservation {
    #[init]
    fn new(_ctx: &WorkflowContextView, input: ReservationInput) -> Self {
        Self {
            phase: Phase::Placing,
            hold: None,
            account: input.account(),
            link_until: None,
            balance_links: 0,
            closed_links: BTreeSet::new(),
            told_change: input.changes,
            told_offer: false,
            reports: Reports::default(),
            requests: Requests::default(),
            errands: Errands::default(),
            input,
        }
    }

    /// The story, and beside it what must not hold it up.
    #[run(name = "Reservation")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<ReservationOutcome> {
        accompanied(Self::story(ctx), Self::run_errands(ctx)).await
    }

    /// What the provider says of a payment. Heard once per payment and status, however often it comes.
    #[signal]
    pub fn payment_reported(
        &mut self,
        _ctx: &mut SyncWorkflowContext<Self>,
        report: PaymentReport,
    ) {
        self.reports.hear(report);
    }

    /// Answers as soon as it is known whether the nights are held.
    #[update]
    pub async fn await_hold(ctx: &mut WorkflowContext<Self>) -> Result<HoldOutcome, BoxError> {
        known(ctx, |reservation| reservation.hold.is_some()).await;
        ctx.state(|reservation| reservation.hold.clone())
            .ok_or_else(|| "the hold was decided and is gone".into())
    }

    /// Cancels: the nights are free when this answers, and the refund is on its way.
    #[update]
    pub async fn cancel(
        ctx: &mut WorkflowContext<Self>,
        request: CancelRequest,
    ) -> Result<CancelOutcome, BoxError> {
        let ticket = ctx.state_mut(|reservation| reservation.requests.cancel.ask(request));
        known(ctx, move |reservation| {
            reservation.requests.cancel.is_answered(ticket)
        })
        .await;
        ctx.state_mut(|reservation| reservation.requests.cancel.collect(ticket))
            .ok_or_else(|| "the cancellation was answered and the answer is gone".into())
    }

    #[update_validator(cancel)]
    fn validate_cancel(
        &self,
        _ctx: &WorkflowContextView,
        request: &CancelRequest,
    ) -> Result<(), BoxError> {
        if request.code == self.input.code {
            Ok(())
        } else {
            Err("this workflow is of another reservation".into())
        }
    }

    /// Extends the hold, once.
    #[update]
    pub async fn extend(
        ctx: &mut WorkflowContext<Self>,
        request: ExtendRequest,
    ) -> Result<ExtendOutcome, BoxError> {
        let ticket = ctx.state_mut(|reservation| reservation.requests.extend.ask(request));
        known(ctx, move |reservation| {
            reservation.requests.extend.is_answered(ticket)
        })
        .await;
        ctx.state_mut(|reservation| reservation.requests.extend.collect(ticket))
            .ok_or_else(|| "the extension was answered and the answer is gone".into())
    }

    /// Moves the reservation to other dates, at the price that was agreed on. When this answers, the old nights
    /// are free and the new ones are kept.
    #[update]
    pub async fn change_dates(
        ctx: &mut WorkflowContext<Self>,
        request: ChangeRequest,
    ) -> Result<ChangeOutcome, BoxError> {
        let ticket = ctx.state_mut(|reservation| reservation.requests.change.ask(request));
        known(ctx, move |reservation| {
            reservation.requests.change.is_answered(ticket)
        })
        .await;
        ctx.state_mut(|reservation| reservation.requests.change.collect(ticket))
            .ok_or_else(|| "the change was answered and the answer is gone".into())
    }

    #[update_validator(change_dates)]
    fn validate_change_dates(
        &self,
        _ctx: &WorkflowContextView,
        request: &ChangeRequest,
    ) -> Result<(), BoxError> {
        if request.code != self.input.code {
            Err("this workflow is of another reservation".into())
        } else if request.quote.total.currency != self.account.total.currency {
            Err("the price is not in the currency of the quote".into())
        } else {
            Ok(())
        }
    }

    /// Confirms by hand what was paid outside the provider, a bank transfer for example.
    #[update]
    pub async fn confirm(
        ctx: &mut WorkflowContext<Self>,
        request: ConfirmByHand,
    ) -> Result<ConfirmOutcome, BoxError> {
        let ticket = ctx.state_mut(|reservation| reservation.requests.confirm.ask(request));
        known(ctx, move |reservation| {
            reservation.requests.confirm.is_answered(ticket)
        })
        .await;
        ctx.state_mut(|reservation| reservation.requests.confirm.collect(ticket))
            .ok_or_else(|| "the confirmation was answered and the answer is gone".into())
    }

    #[update_validator(confirm)]
    fn validate_confirm(
        &self,
        _ctx: &WorkflowContextView,
        request: &ConfirmByHand,
    ) -> Result<(), BoxError> {
        self.check_amount(request.amount)
    }

    /// Revokes the purchase: the guest has their number and the nights are free when this answers, and all of
    /// the money is on its way.
    #[update]
    pub async fn revoke(
        ctx: &mut WorkflowContext<Self>,
        request: RevokeRequest,
    ) -> Result<RevokeOutcome, BoxError> {
        let ticket = ctx.state_mut(|reservation| reservation.requests.revoke.ask(request));
        known(ctx, move |reservation| {
            reservation.requests.revoke.is_answered(ticket)
        })
        .await;
        ctx.state_mut(|reservation| reservation.requests.revoke.collect(ticket))
            .ok_or_else(|| "the revocation was answered and the answer is gone".into())
    }

    /// Records money that the owner took outside the provider, never more than is owed.
    #[update]
    pub async fn record_payment(
        ctx: &mut WorkflowContext<Self>,
        request: RecordPayment,
    ) -> Result<RecordOutcome, BoxError> {
        let ticket = ctx.state_mut(|reservation| reservation.requests.record.ask(request));
        known(ctx, move |reservation| {
            reservation.requests.record.is_answered(ticket)
        })
        .await;
        ctx.state_mut(|reservation| reservation.requests.record.collect(ticket))
            .ok_or_else(|| "the payment was recorded and the answer is gone".into())
    }

    #[update_validator(record_payment)]
    fn validate_record_payment(
        &self,
        _ctx: &WorkflowContextView,
        request: &RecordPayment,
    ) -> Result<(), BoxError> {
        self.check_amount(request.amount)
    }

    /// Sends the guest a link over what remains.
    #[update]
    pub async fn offer_balance(
        ctx: &mut WorkflowContext<Self>,
    ) -> Result<BalanceOutcome, BoxError> {
        let ticket = ctx.state_mut(|reservation| reservation.requests.balance.ask(()));
        known(ctx, move |reservation| {
            reservation.requests.balance.is_answered(ticket)
        })
        .await;
        ctx.state_mut(|reservation| reservation.requests.balance.collect(ticket))
            .ok_or_else(|| "the balance was offered and the answer is gone".into())
    }

    /// Where the story stands.
    #[query]
    pub fn view(&self, _ctx: &WorkflowContextView) -> ReservationView {
        ReservationView {
            phase: self.phase.clone(),
            account: self.account,
        }
    }
}

impl Reservation {
    fn check_amount(&self, amount: Money) -> Result<(), BoxError> {
        if !amount.is_positive() {
            Err("the amount must be more than nothing".into())
        } else if amount.currency != self.account.total.currency {
            Err("the amount is not in the currency of the quote".into())
        } else {
            Ok(())
        }
    }

    /// The table of contents: each phase tells which one follows.
    async fn story(ctx: &WorkflowContext<Self>) -> WorkflowResult<ReservationOutcome> {
        Self::introduce(ctx);
        let mut phase = Self::place_hold(ctx).await?;
        Self::resume(ctx, &phase);
        loop {
            Self::enter(ctx, &phase);
            phase = match phase {
                Phase::Placing => Self::place_hold(ctx).await?,
                Phase::Held { .. } => Self::await_deposit(ctx).await?,
                Phase::Confirmed => Self::accompany_stay(ctx).await?,
                Phase::Ended(outcome) => match Self::settle_late_money(ctx, outcome).await? {
                    Some(revived) => revived,
                    None => return Ok(outcome),
                },
            };
        }
    }
}
