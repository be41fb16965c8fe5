//! What a reservation does beside its story, so that neither a slow provider nor a lost network connection
//! keeps a hold from ending, a payment from being heard, or an owner from being answered.

use std::{
    collections::VecDeque,
    convert::Infallible,
    future::{pending, poll_fn},
    task::Poll,
};

use domain::{policy::seconds, settlement::Purpose};
use temporalio_workflow::{WorkflowContext, join};

use super::{Phase, Reservation};
use crate::{
    beside::UnderWay,
    clock::{known, wait_for},
    contracts::{
        messaging::{self, Notice, Notify},
        payments::{self, LinkName, LinkRequest, RefundRequest},
        reservations::{Actor, CancelRequest},
    },
    options::{courtesy_call, message, patient_call},
};

/// One thing to do beside the story.
#[derive(Debug)]
pub(super) enum Errand {
    /// Give money back, for as long as it takes.
    Refund(RefundRequest),
    /// Move the end of the deposit's link.
    ExtendLink(LinkRequest),
    /// Make a link stop working. A payment on a link that could not be closed is settled like any other.
    CloseLink(Purpose),
    /// Make a link over what remains.
    OfferRemainder {
        /// The step that tells the guest, when they are to hear of it.
        step: Option<String>,
    },
    /// Ask the provider for payments that nobody told us about.
    LookUp {
        /// So much later.
        after_seconds: u32,
    },
}

/// What is to be done and not done yet.
#[derive(Debug, Default)]
pub(super) struct Errands {
    notices: VecDeque<(Notice, String)>,
    waiting: VecDeque<Errand>,
    open: usize,
}

impl Errands {
    /// Sees to it that the guest hears something, after what they hear first.
    pub(super) fn tell(&mut self, notice: Notice, step: &str) {
        self.open += 1;
        self.notices.push_back((notice, step.to_owned()));
    }

    pub(super) fn send(&mut self, errand: Errand) {
        self.open += 1;
        self.waiting.push_back(errand);
    }

    pub(super) const fn are_done(&self) -> bool {
        self.open == 0
    }

    const fn done(&mut self) {
        self.open -= 1;
    }
}

impl Reservation {
    /// Runs errands for as long as the story lasts: notices one after the other, everything else at once.
    pub(super) async fn run_errands(ctx: &WorkflowContext<Self>) -> Infallible {
        let (never, _, _) = join!(
            Self::tell_in_order(ctx),
            Self::do_at_once(ctx),
            Self::heed_cancellation(ctx),
        );
        never
    }

    /// Somebody asked the workflow itself to cancel: that is the owner's cancellation.
    async fn heed_cancellation(ctx: &WorkflowContext<Self>) -> Infallible {
        let reason = ctx.cancelled().await.unwrap_or_default();
        ctx.state_mut(|s| {
            let request = CancelRequest {
                code: s.input.code.clone(),
                by: Actor::Operator,
                reason,
                stay: None,
            };
            s.requests.cancel.ask(request);
        });
        pending().await
    }

    async fn tell_in_order(ctx: &WorkflowContext<Self>) -> Infallible {
        loop {
            known(ctx, |s| !s.errands.notices.is_empty()).await;
            if let Some((notice, step)) = ctx.state_mut(|s| s.errands.notices.pop_front()) {
                if ctx.state(|s| s.still_matters(&notice)) {
                    Self::send_notice(ctx, notice, &step).await;
                }
                ctx.state_mut(|s| s.errands.done());
            }
        }
    }

    /// Whether a notice that had to wait still says something true.
    fn still_matters(&self, notice: &Notice) -> bool {
        match notice {
            Notice::PaymentLink
            | Notice::Offer
            | Notice::HoldWithoutLink
            | Notice::HoldReminder
            | Notice::Extended => {
                matches!(self.phase, Phase::Held { .. })
            }
            Notice::BalanceLink | Notice::ArrivalReminder | Notice::Instructions => {
                self.phase == Phase::Confirmed
            }
            Notice::DatesChanged { .. } => {
                matches!(self.phase, Phase::Held { .. } | Phase::Confirmed)
            }
            Notice::HoldExpired
            | Notice::PaymentPending
            | Notice::PaymentRejected
            | Notice::Confirmed
            | Notice::ConfirmedLate
            | Notice::TooLate { .. }
            | Notice::Displaced { .. }
            | Notice::Overpaid { .. }
            | Notice::Cancelled { .. }
            | Notice::Revoked { .. }
            | Notice::ExpiredShort { .. }
            | Notice::PaymentReceived { .. }
            | Notice::NoShow
            | Notice::Thanks => true,
        }
    }

    /// A notice that could not be sent for a whole day is put to the owner.
    async fn send_notice(ctx: &WorkflowContext<Self>, notice: Notice, step: &str) {
        let code = ctx.state(|s| s.input.code.clone());
        let notify = Notify {
            code: code.clone(),
            notice,
            step: step.to_owned(),
        };
        let sending = message(&format!("tell the guest: {step}"));
        let sent = ctx
            .execute_activity(messaging::SendNotice, notify, sending)
            .await;
        if sent.is_err() {
            Self::ask_owner(
                ctx,
                "notice_not_sent",
                &format!("{code}/{step}"),
                "A message to the guest could not be sent. Write or call them.",
            )
            .await;
        }
    }

    async fn do_at_once(ctx: &WorkflowContext<Self>) -> Infallible {
        let mut under_way = UnderWay::new();
        poll_fn(|polled| {
            // Changing the state makes the workflow poll again, so it is only changed when there is something.
            while !ctx.state(|s| s.errands.waiting.is_empty()) {
                if let Some(errand) = ctx.state_mut(|s| s.errands.waiting.pop_front()) {
                    under_way.begin(Self::do_errand(ctx, errand));
                }
            }
            under_way.go_on(polled);
            Poll::Pending
        })
        .await
    }

    async fn do_errand(ctx: &WorkflowContext<Self>, errand: Errand) {
        match errand {
            Errand::Refund(request) => Self::refund(ctx, request).await,
            Errand::ExtendLink(link) => {
                let moving = patient_call("extend the payment link");
                drop(
                    ctx.execute_activity(payments::ExtendLink, link, moving)
                        .await,
                );
            }
            Errand::CloseLink(purpose) => {
                let link = LinkName {
                    code: ctx.state(|s| s.input.code.clone()),
                    purpose,
                };
                let closing = patient_call("close the payment link");
                drop(
                    ctx.execute_activity(payments::CloseLink, link, closing)
                        .await,
                );
            }
            Errand::OfferRemainder { step } => Self::make_balance_link(ctx, step).await,
            Errand::LookUp { after_seconds } => Self::look_up(ctx, after_seconds).await,
        }
        ctx.state_mut(|s| s.errands.done());
    }

    /// Hears what the provider knows of this reservation's payments, so that none depends on a notification
    /// alone. What this finds is heard like any report; what it does not find, the sweep does.
    async fn look_up(ctx: &WorkflowContext<Self>, after_seconds: u32) {
        if after_seconds > 0 {
            wait_for(
                ctx,
                seconds(after_seconds),
                "look for late payments",
                |_| false,
            )
            .await;
        }
        let code = ctx.state(|s| s.input.code.clone());
        let asking = courtesy_call("look for payments");
        if let Ok(found) = ctx.execute_activity(payments::LookUp, code, asking).await {
            ctx.state_mut(|s| found.into_iter().for_each(|report| s.reports.hear(report)));
        }
    }

    /// Has the provider asked, so much later, for payments that nobody told us about: whoever opened the checkout
    /// just before the end may be paying now. Nobody can have paid without a link.
    pub(super) fn look_up_after(ctx: &WorkflowContext<Self>, after_seconds: u32) {
        ctx.state_mut(|s| {
            if s.link_until.is_some() {
                s.errands.send(Errand::LookUp { after_seconds });
            }
        });
    }
}
