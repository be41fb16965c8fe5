//! While the nights are held: asking for them, offering a link, watching the clock.

use std::{convert::Infallible, future::pending};

use chrono::{DateTime, Utc};
use domain::{ReservationStatus, payment::HandMethod, settlement::Purpose};
use temporalio_workflow::{
    ActivityExecutionError, TimerOptions, WorkflowCancellationToken, WorkflowContext,
    WorkflowResult, join,
};

use super::{
    ConfirmByHand, ConfirmOutcome, Phase, RecordPayment, Reservation, ReservationOutcome,
    errands::Errand, money::Effect,
};
use crate::{
    beside::accompanied,
    clock::{Woken, known_before, now, wait_until},
    contracts::{
        inventory::{self, Extension, HoldOutcome, HoldRequest, Standing},
        messaging::Notice,
        payments::{self, LinkOutcome, LinkRequest},
        reservations::{ExtendOutcome, ExtendRequest},
    },
    options::{database_call, link_making},
};

/// A guest is told that the link will follow when the provider has been out of reach for so long.
const LINK_PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// What a hold is waiting for by the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// The guest is reminded.
    Reminder,
    /// The provider is asked for payments whose notification got lost, before the hold ends.
    LookUp {
        /// The end it comes before: an extended hold is looked after once more.
        before: DateTime<Utc>,
    },
    /// The nights are let go.
    End,
}

impl Moment {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Reminder => "remind of the hold",
            Self::LookUp { .. } => "look for payments",
            Self::End => "hold ends",
        }
    }
}

/// Which of them are behind us.
#[derive(Debug, Clone, Copy, Default)]
struct Past {
    reminded: bool,
    looked_before: Option<DateTime<Utc>>,
}

impl Reservation {
    /// Asks for the nights. Postgres decides.
    pub(super) async fn place_hold(ctx: &WorkflowContext<Self>) -> WorkflowResult<Phase> {
        let input = ctx.state(|s| s.input.clone());
        let expires_at = input.hold_policy().ends_at(now(ctx));
        let request = HoldRequest {
            code: input.code,
            accommodation_id: input.accommodation_id,
            guest_id: input.guest_id,
            stay: input.stay,
            party: input.party,
            quote: input.quote,
            terms: input.policies.clone(),
            channel: input.channel,
            expires_at,
        };
        let hold = ctx
            .execute_activity(
                inventory::PlaceHold,
                request,
                database_call("hold the nights"),
            )
            .await?;
        let phase = match &hold {
            HoldOutcome::Held { expires_at, .. } => Phase::Held {
                expires_at: *expires_at,
                extended: ctx.state(|s| s.input.is_as_long_as_it_gets()),
            },
            HoldOutcome::Taken => Phase::Ended(ReservationOutcome::Refused),
            HoldOutcome::Was { status, .. } => Phase::of(*status),
        };
        ctx.state_mut(|s| {
            if let HoldOutcome::Held { paid, .. } | HoldOutcome::Was { paid, .. } = &hold {
                s.account.paid = *paid;
            }
            s.hold = Some(hold);
        });
        Ok(phase)
    }

    /// Offers a link, and watches the hold until it is paid, cancelled, or over.
    pub(super) async fn await_deposit(ctx: &WorkflowContext<Self>) -> WorkflowResult<Phase> {
        if ctx.state(|s| s.account.deposit_is_paid()) {
            return Self::confirm_stay(ctx, Notice::Confirmed).await;
        }
        let offering = WorkflowCancellationToken::new();
        let ((), next) = join!(
            Self::offer_link(ctx, offering.clone()),
            Self::watch_hold(ctx, offering),
        );
        // Whatever was being made is made or given up by now: nothing is left open behind this.
        Self::close_link(ctx, Purpose::Deposit);
        next
    }

    /// Sees to it that there is one link, for the dates as they are, and that the guest has it. The hold's clock
    /// does not wait for the provider.
    async fn offer_link(ctx: &WorkflowContext<Self>, offering: WorkflowCancellationToken) {
        loop {
            let changes = ctx.state(|s| s.input.changes);
            let Some(link) = ctx.state(Self::deposit_link) else {
                return;
            };
            let made = Self::make_link(ctx, &link, &offering).await;
            if offering.is_cancelled() {
                return;
            }
            // When the dates were changed while it was made, it is replaced before anybody sees it.
            if ctx.state(|s| s.input.changes == changes) {
                match made {
                    Ok(LinkOutcome::Made) => Self::send_link(ctx, &link),
                    Ok(LinkOutcome::NotWanted) => Self::tell_dates(ctx),
                    Err(_) => Self::do_without_link(ctx).await,
                }
            }
            if !known_before(ctx, &offering, |s| s.input.changes != changes).await {
                return;
            }
        }
    }

    /// Makes a link, in the place of one that was made for other dates, and tells the guest when that takes
    /// long.
    async fn make_link(
        ctx: &WorkflowContext<Self>,
        link: &LinkRequest,
        offering: &WorkflowCancellationToken,
    ) -> Result<LinkOutcome, ActivityExecutionError> {
        let patience = offering.child_token();
        let making = link_making("make the payment link", offering);
        let made = accompanied(
            ctx.execute_activity(payments::CreateLink, link.clone(), making),
            Self::warn_when_slow(ctx, &patience),
        )
        .await;
        patience.cancel();
        made
    }

    async fn warn_when_slow(
        ctx: &WorkflowContext<Self>,
        patience: &WorkflowCancellationToken,
    ) -> Infallible {
        let timer = TimerOptions::builder(LINK_PATIENCE)
            .summary("provider is slow".to_owned())
            .cancellation_token(patience.clone())
            .build();
        ctx.timer(timer).await;
        if !patience.is_cancelled() {
            if ctx.state(|s| s.told_change < s.input.changes) {
                Self::tell_dates(ctx);
            } else {
                Self::tell_of_hold(ctx, Notice::HoldWithoutLink, "hold-without-link");
            }
        }
        pending().await
    }

    /// The guest gets the link with the new dates when there are some, and by itself otherwise.
    fn send_link(ctx: &WorkflowContext<Self>, link: &LinkRequest) {
        ctx.state_mut(|s| s.link_until = Some(link.expires_at));
        if ctx.state(|s| s.told_change < s.input.changes) {
            Self::tell_dates(ctx);
        } else {
            let step = ctx.state(|s| s.step_of_dates("payment-link"));
            Self::tell_of_hold(ctx, Notice::PaymentLink, &step);
        }
        Self::extend_link(ctx);
    }

    /// Tells the guest that the nights are kept: who waited for them hears first that they came free.
    fn tell_of_hold(ctx: &WorkflowContext<Self>, otherwise: Notice, step: &str) {
        if ctx.state(|s| s.input.offered && !s.told_offer) {
            ctx.state_mut(|s| s.told_offer = true);
            Self::tell(ctx, Notice::Offer, "offer");
        } else {
            Self::tell(ctx, otherwise, step);
        }
    }

    /// The provider refuses for good to make a link: how to pay is for the owner to say.
    async fn do_without_link(ctx: &WorkflowContext<Self>) {
        if ctx.state(|s| s.told_change < s.input.changes) {
            Self::tell_dates(ctx);
        } else {
            Self::tell_of_hold(ctx, Notice::HoldWithoutLink, "hold-without-link");
        }
        let code = ctx.state(|s| s.input.code.to_string());
        Self::ask_owner(
            ctx,
            "no_link",
            &code,
            "The provider refused to make a payment link. Tell the guest another way to pay.",
        )
        .await;
    }

    fn deposit_link(&self) -> Option<LinkRequest> {
        let Phase::Held { expires_at, .. } = self.phase else {
            return None;
        };
        Some(LinkRequest {
            code: self.input.code.clone(),
            purpose: Purpose::Deposit,
            amount: self.account.deposit.less(self.account.paid),
            expires_at,
            vouchers: self.input.deposit_takes_vouchers(expires_at),
        })
    }

    /// Waits for the deposit, reminds once, and lets go when the time is over.
    async fn watch_hold(
        ctx: &WorkflowContext<Self>,
        offering: WorkflowCancellationToken,
    ) -> WorkflowResult<Phase> {
        let mut past = Past::default();
        let next = loop {
            let (at, moment) = ctx.state(|s| s.next_moment(past, now(ctx)));
            match wait_until(ctx, at, moment.as_str(), Self::has_news).await {
                Woken::ByFact => {
                    if let Some(next) = Self::hear_while_held(ctx).await? {
                        break next;
                    }
                }
                Woken::ByTime => match moment {
                    Moment::Reminder => {
                        past.reminded = true;
                        Self::tell(ctx, Notice::HoldReminder, "hold-reminder");
                    }
                    Moment::LookUp { before } => {
                        past.looked_before = Some(before);
                        Self::look_up_after(ctx, 0);
                    }
                    Moment::End => break Self::expire(ctx).await?,
                },
            }
        };
        offering.cancel();
        Ok(next)
    }

    /// What comes next by the clock. A reminder whose time has passed is not sent late.
    fn next_moment(&self, past: Past, now: DateTime<Utc>) -> (DateTime<Utc>, Moment) {
        let Phase::Held { expires_at, .. } = self.phase else {
            return (DateTime::UNIX_EPOCH, Moment::End);
        };
        let policy = self.input.hold_policy();
        let remind_at = policy.reminds_at(expires_at);
        let look_at = policy.looks_at(expires_at);
        let reminder = (!past.reminded && now < remind_at).then_some((remind_at, Moment::Reminder));
        let before = expires_at;
        let look =
            (past.looked_before != Some(before)).then_some((look_at, Moment::LookUp { before }));
        [reminder, look]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
            .unwrap_or((expires_at, Moment::End))
    }

    /// Does one thing that was asked or reported while the nights are held.
    async fn hear_while_held(ctx: &WorkflowContext<Self>) -> WorkflowResult<Option<Phase>> {
        if let Some(report) = ctx.state_mut(|s| s.reports.next()) {
            return match Self::settle(ctx, report).await? {
                Effect::DepositPaid => Self::confirm_stay(ctx, Notice::Confirmed).await.map(Some),
                Effect::None => Ok(None),
            };
        }
        if let Some(request) = ctx.state_mut(|s| s.requests.cancel.take()) {
            return Self::cancel_stay(ctx, request).await;
        }
        if let Some(request) = ctx.state_mut(|s| s.requests.extend.take()) {
            Self::extend_hold(ctx, request).await?;
            return Ok(None);
        }
        if let Some(request) = ctx.state_mut(|s| s.requests.change.take()) {
            return Self::change_stay(ctx, request).await;
        }
        if let Some(request) = ctx.state_mut(|s| s.requests.confirm.take()) {
            return Self::confirm_by_hand(ctx, request).await;
        }
        if let Some(request) = ctx.state_mut(|s| s.requests.revoke.take()) {
            return Self::revoke_stay(ctx, request).await;
        }
        if let Some(request) = ctx.state_mut(|s| s.requests.record.take()) {
            return Self::record_while_held(ctx, &request).await;
        }
        if ctx.state_mut(|s| s.requests.balance.take()).is_some() {
            Self::answer_balance(ctx);
        }
        Ok(None)
    }

    /// Keeps the nights longer, once.
    async fn extend_hold(
        ctx: &WorkflowContext<Self>,
        request: ExtendRequest,
    ) -> WorkflowResult<()> {
        let (phase, code, policy) =
            ctx.state(|s| (s.phase.clone(), s.input.code.clone(), s.input.policies.hold));
        let outcome = match phase {
            Phase::Held { extended: true, .. } => ExtendOutcome::AlreadyExtended,
            Phase::Held {
                expires_at,
                extended: false,
            } => {
                let expires_at = policy.extended(expires_at);
                let extension = Extension { code, expires_at };
                let standing = ctx
                    .execute_activity(
                        inventory::Extend,
                        extension,
                        database_call("extend the hold"),
                    )
                    .await?;
                if standing == Standing::Is {
                    Self::enter(
                        ctx,
                        &Phase::Held {
                            expires_at,
                            extended: true,
                        },
                    );
                    if request.tell_guest {
                        Self::tell(ctx, Notice::Extended, "extended");
                    }
                    ExtendOutcome::Extended { expires_at }
                } else {
                    ExtendOutcome::NotPossible
                }
            }
            _ => ExtendOutcome::NotPossible,
        };
        ctx.state_mut(|s| s.requests.extend.reply(outcome));
        Self::extend_link(ctx);
        Ok(())
    }

    /// The link lasts as long as the hold: one that was made for a shorter hold is moved.
    fn extend_link(ctx: &WorkflowContext<Self>) {
        let Some(link) = ctx.state(Self::deposit_link) else {
            return;
        };
        ctx.state_mut(|s| {
            if s.link_until.is_some_and(|until| until < link.expires_at) {
                s.link_until = Some(link.expires_at);
                s.errands.send(Errand::ExtendLink(link));
            }
        });
    }

    /// Nobody paid: the nights are free at once, and the guest is told.
    async fn expire(ctx: &WorkflowContext<Self>) -> WorkflowResult<Phase> {
        let code = ctx.state(|s| s.input.code.clone());
        let standing = ctx
            .execute_activity(inventory::Expire, code, database_call("let the nights go"))
            .await?;
        if let Standing::Not { status } = standing {
            return Self::accept(ctx, status).await;
        }
        let expired = Phase::Ended(ReservationOutcome::Expired);
        Self::enter(ctx, &expired);
        let paid = ctx.state(|s| s.account.paid);
        let ended = if paid.is_positive() {
            Notice::ExpiredShort { returned: paid }
        } else {
            Notice::HoldExpired
        };
        Self::tell(ctx, ended, "hold-expired");
        let later = ctx.state(|s| s.input.policies.hold.look_after_seconds);
        Self::look_up_after(ctx, later);
        let why = "the hold ended before the deposit was complete";
        Self::give_back(ctx, paid, "expired", why).await?;
        Ok(expired)
    }

    /// The deposit is there: the stay is the guest's.
    pub(super) async fn confirm_stay(
        ctx: &WorkflowContext<Self>,
        notice: Notice,
    ) -> WorkflowResult<Phase> {
        let code = ctx.state(|s| s.input.code.clone());
        let standing = ctx
            .execute_activity(inventory::Confirm, code, database_call("confirm the stay"))
            .await?;
        match standing {
            Standing::Is => {
                Self::enter(ctx, &Phase::Confirmed);
                Self::tell(ctx, notice, "confirmed");
                Ok(Phase::Confirmed)
            }
            Standing::Not { status } => Self::accept(ctx, status).await,
            Standing::Taken => Self::accept(ctx, ReservationStatus::Expired).await,
        }
    }

    /// The owner saw the money elsewhere.
    async fn confirm_by_hand(
        ctx: &WorkflowContext<Self>,
        request: ConfirmByHand,
    ) -> WorkflowResult<Option<Phase>> {
        let due = ctx.state(|s| s.account.balance());
        if request.amount.centavos > due.centavos {
            ctx.state_mut(|s| s.requests.confirm.reply(ConfirmOutcome::TooMuch { due }));
            return Ok(None);
        }
        let payment = Self::record_by_hand(ctx, request.amount, HandMethod::Transfer).await?;
        let account = ctx.state(|s| s.account);
        if !account.deposit_is_paid() {
            Self::tell_received(ctx, &payment, request.amount);
            let missing = account.deposit.less(account.paid);
            ctx.state_mut(|s| s.requests.confirm.reply(ConfirmOutcome::Short { missing }));
            return Ok(None);
        }
        let phase = Self::confirm_stay(ctx, Notice::Confirmed).await?;
        let answer = match phase.status() {
            ReservationStatus::Confirmed => ConfirmOutcome::Confirmed,
            status => ConfirmOutcome::NotPossible { status },
        };
        ctx.state_mut(|s| s.requests.confirm.reply(answer));
        Ok(Some(phase))
    }

    /// The owner took money for a hold: with the deposit complete it is confirmed.
    async fn record_while_held(
        ctx: &WorkflowContext<Self>,
        request: &RecordPayment,
    ) -> WorkflowResult<Option<Phase>> {
        if !Self::record_payment_by_hand(ctx, request).await? {
            return Ok(None);
        }
        let mut next = None;
        if ctx.state(|s| s.account.deposit_is_paid()) {
            next = Some(Self::confirm_stay(ctx, Notice::Confirmed).await?);
        }
        Self::answer_recorded(ctx);
        Ok(next)
    }
}
