//! Every contract, fulfilled by the [`World`].

use std::sync::Arc;

use domain::{
    AccommodationId, FeedId, MessageId, Money, ReservationCode, ReservationStatus,
    WebhookDeliveryId,
    cancellation::{Refund, RefundBasis},
    payment::{PaymentId, PaymentReport},
};
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::{
    contracts::{
        calendars::{self, Displacement, FeedRun, ReadFeed},
        conversation::{self, Reply, Turn, TurnEvent},
        housekeeping::{self, Gone, SeenTo},
        inventory::{
            self, Extension, HoldOutcome, HoldRequest, Moved, NewDates, Release, Revocation,
            Standing,
        },
        messaging::{self, Deliver, Notify},
        payments::{
            self, GiveBack, LinkName, LinkOutcome, LinkRequest, ReconcileWindow, RefundRequest,
            Review, SettlePayment, Settled, SettledItself, Truth,
        },
        reservations::{
            self, BalanceOutcome, CancelOutcome, CancelRequest, ChangeOutcome, ChangeRequest,
            ExtendOutcome, RevokeOutcome, RevokeRequest,
        },
        waiting_list::{self, Leaving, Offer, Offered, PassedOver, Wish},
        webhooks::{self, Tried},
    },
    reservation::ReservationInput,
};

use crate::world::World;

pub(crate) struct Script(pub(crate) Arc<World>);

const CONFIRMED: ReservationStatus = ReservationStatus::Confirmed;
const HELD: ReservationStatus = ReservationStatus::PreReserved;

#[temporalio_macros::activities]
impl Script {
    #[activity(definition = inventory::PlaceHold)]
    pub(crate) async fn place_hold(
        self: Arc<Self>,
        ctx: ActivityContext,
        request: HoldRequest,
    ) -> Result<HoldOutcome, ActivityError> {
        self.0.perform(&ctx, "inventory.place_hold", "", |facts| {
            facts.place_hold(request.expires_at)
        })
    }

    #[activity(definition = inventory::Confirm)]
    pub(crate) async fn confirm(
        self: Arc<Self>,
        ctx: ActivityContext,
        _code: ReservationCode,
    ) -> Result<Standing, ActivityError> {
        self.0.perform(&ctx, "inventory.confirm", "", |facts| {
            facts.become_from(&[HELD], CONFIRMED)
        })
    }

    #[activity(definition = inventory::Extend)]
    pub(crate) async fn extend(
        self: Arc<Self>,
        ctx: ActivityContext,
        extension: Extension,
    ) -> Result<Standing, ActivityError> {
        self.0.perform(&ctx, "inventory.extend", "", |facts| {
            facts.expires_at = Some(extension.expires_at);
            facts.become_from(&[], HELD)
        })
    }

    #[activity(definition = inventory::Expire)]
    pub(crate) async fn expire(
        self: Arc<Self>,
        ctx: ActivityContext,
        _code: ReservationCode,
    ) -> Result<Standing, ActivityError> {
        self.0.perform(&ctx, "inventory.expire", "", |facts| {
            facts.become_from(&[HELD], ReservationStatus::Expired)
        })
    }

    #[activity(definition = inventory::Cancel)]
    pub(crate) async fn give_up(
        self: Arc<Self>,
        ctx: ActivityContext,
        _release: Release,
    ) -> Result<Standing, ActivityError> {
        self.0.perform(&ctx, "inventory.cancel", "", |facts| {
            facts.become_from(&[HELD, CONFIRMED], ReservationStatus::Cancelled)
        })
    }

    #[activity(definition = inventory::Revoke)]
    pub(crate) async fn revoke(
        self: Arc<Self>,
        ctx: ActivityContext,
        _release: Release,
    ) -> Result<Revocation, ActivityError> {
        self.0.perform(&ctx, "inventory.revoke", "", |facts| {
            match facts.become_from(&[HELD, CONFIRMED], ReservationStatus::Cancelled) {
                Standing::Not { status } => Revocation::Not { status },
                Standing::Is | Standing::Taken => Revocation::Is {
                    number: "REV270115ABC123".to_owned(),
                },
            }
        })
    }

    #[activity(definition = inventory::Retake)]
    pub(crate) async fn retake(
        self: Arc<Self>,
        ctx: ActivityContext,
        _code: ReservationCode,
    ) -> Result<Standing, ActivityError> {
        self.0
            .perform(&ctx, "inventory.retake", "", |facts| facts.retake())
    }

    #[activity(definition = inventory::ChangeDates)]
    pub(crate) async fn change_dates(
        self: Arc<Self>,
        ctx: ActivityContext,
        new: NewDates,
    ) -> Result<Moved, ActivityError> {
        let detail = new.stay.check_in().to_string();
        self.0
            .perform(&ctx, "inventory.change_dates", detail, |facts| {
                if let Some(ends_by) = new.ends_by {
                    facts.expires_at = facts.expires_at.map(|at| at.min(ends_by));
                }
                facts.change_dates(new.stay)
            })
    }

    #[activity(definition = inventory::Complete)]
    pub(crate) async fn complete(
        self: Arc<Self>,
        ctx: ActivityContext,
        _code: ReservationCode,
    ) -> Result<Standing, ActivityError> {
        self.0.perform(&ctx, "inventory.complete", "", |facts| {
            facts.become_from(&[CONFIRMED], ReservationStatus::Completed)
        })
    }

    #[activity(definition = inventory::NoShow)]
    pub(crate) async fn no_show(
        self: Arc<Self>,
        ctx: ActivityContext,
        _release: Release,
    ) -> Result<Standing, ActivityError> {
        self.0.perform(&ctx, "inventory.no_show", "", |facts| {
            facts.become_from(&[CONFIRMED], ReservationStatus::NoShow)
        })
    }

    #[activity(definition = messaging::SendNotice)]
    pub(crate) async fn notify(
        self: Arc<Self>,
        ctx: ActivityContext,
        notify: Notify,
    ) -> Result<(), ActivityError> {
        self.0
            .perform(&ctx, "messaging.notify", notify.step, |_| ())
    }

    #[activity(definition = messaging::DeliverMessages)]
    pub(crate) async fn deliver(
        self: Arc<Self>,
        ctx: ActivityContext,
        deliver: Deliver,
    ) -> Result<(), ActivityError> {
        let messages: Vec<_> = deliver.messages.iter().map(MessageId::to_string).collect();
        self.0
            .perform(&ctx, "messaging.deliver", messages.join(" "), |_| ())
    }

    #[activity(definition = messaging::Recover)]
    pub(crate) async fn recover(
        self: Arc<Self>,
        ctx: ActivityContext,
        message: MessageId,
    ) -> Result<(), ActivityError> {
        self.0
            .perform(&ctx, "messaging.recover", message.to_string(), |_| ())
    }

    #[activity(definition = payments::CreateLink)]
    pub(crate) async fn create_link(
        self: Arc<Self>,
        ctx: ActivityContext,
        request: LinkRequest,
    ) -> Result<LinkOutcome, ActivityError> {
        let later = if request.vouchers {
            ", also with a voucher"
        } else {
            ""
        };
        let detail = format!("{}{later}", request.amount);
        self.0
            .perform(&ctx, "payments.create_link", detail, |_| LinkOutcome::Made)
    }

    #[activity(definition = payments::CloseLink)]
    pub(crate) async fn close_link(
        self: Arc<Self>,
        ctx: ActivityContext,
        link: LinkName,
    ) -> Result<(), ActivityError> {
        let detail = format!("{:?}", link.purpose).to_lowercase();
        self.0.perform(&ctx, "payments.close_link", detail, |_| ())
    }

    #[activity(definition = payments::LookUp)]
    pub(crate) async fn look_up(
        self: Arc<Self>,
        ctx: ActivityContext,
        _code: ReservationCode,
    ) -> Result<Vec<PaymentReport>, ActivityError> {
        self.0
            .perform(&ctx, "payments.look_up", "", |facts| facts.found.clone())
    }

    #[activity(definition = payments::TakeBack)]
    pub(crate) async fn take_back(
        self: Arc<Self>,
        ctx: ActivityContext,
        settled: SettledItself,
    ) -> Result<(), ActivityError> {
        let detail = format!("{} {}", settled.kind, settled.reference);
        self.0.perform(&ctx, "payments.take_back", detail, |_| ())
    }

    #[activity(definition = payments::ExtendLink)]
    pub(crate) async fn extend_link(
        self: Arc<Self>,
        ctx: ActivityContext,
        _request: LinkRequest,
    ) -> Result<(), ActivityError> {
        self.0.perform(&ctx, "payments.extend_link", "", |_| ())
    }

    #[activity(definition = payments::Read)]
    pub(crate) async fn read(
        self: Arc<Self>,
        ctx: ActivityContext,
        _payment: PaymentId,
    ) -> Result<Truth, ActivityError> {
        self.0.perform(&ctx, "payments.read", "", |facts| {
            let last = facts.truths.len() == 1;
            let truth = if last {
                facts.truths.front().cloned()
            } else {
                facts.truths.pop_front()
            };
            truth.unwrap_or(Truth::Unknown)
        })
    }

    #[activity(definition = payments::Report)]
    pub(crate) async fn report(
        self: Arc<Self>,
        ctx: ActivityContext,
        report: PaymentReport,
    ) -> Result<(), ActivityError> {
        self.0
            .perform(&ctx, "payments.report", report.status.as_str(), |_| ())
    }

    #[activity(definition = payments::Settle)]
    pub(crate) async fn settle(
        self: Arc<Self>,
        ctx: ActivityContext,
        settle: SettlePayment,
    ) -> Result<Settled, ActivityError> {
        let SettlePayment {
            payment_id,
            settlement,
            ..
        } = settle;
        let detail = format!(
            "{payment_id} applied {}, returned {}",
            settlement.applied, settlement.returned
        );
        self.0.perform(&ctx, "payments.settle", detail, |facts| {
            facts.settle(payment_id, settlement)
        })
    }

    #[activity(definition = payments::Refund)]
    pub(crate) async fn refund(
        self: Arc<Self>,
        ctx: ActivityContext,
        request: RefundRequest,
    ) -> Result<(), ActivityError> {
        let detail = format!("{} {}", request.payment_id, request.amount);
        self.0.perform(&ctx, "payments.refund", detail, |_| ())
    }

    #[activity(definition = payments::PlanRefunds)]
    pub(crate) async fn plan_refunds(
        self: Arc<Self>,
        ctx: ActivityContext,
        give_back: GiveBack,
    ) -> Result<Vec<RefundRequest>, ActivityError> {
        let detail = format!("{} {}", give_back.step, give_back.amount);
        self.0
            .perform(&ctx, "payments.plan_refunds", detail, |facts| {
                facts.plan_refunds(give_back)
            })
    }

    #[activity(definition = payments::AskOwner)]
    pub(crate) async fn ask_owner(
        self: Arc<Self>,
        ctx: ActivityContext,
        review: Review,
    ) -> Result<(), ActivityError> {
        let detail = format!("{} {}", review.kind, review.reference);
        self.0.perform(&ctx, "payments.ask_owner", detail, |_| ())
    }

    #[activity(definition = housekeeping::SeeToStays)]
    pub(crate) async fn see_to_stays(
        self: Arc<Self>,
        ctx: ActivityContext,
        _nothing: (),
    ) -> Result<SeenTo, ActivityError> {
        self.0
            .perform(&ctx, "housekeeping.see_to_stays", String::new(), |_| {
                SeenTo::default()
            })
    }

    #[activity(definition = housekeeping::LetGo)]
    pub(crate) async fn let_go(
        self: Arc<Self>,
        ctx: ActivityContext,
        _nothing: (),
    ) -> Result<Gone, ActivityError> {
        self.0
            .perform(&ctx, "housekeeping.let_go", String::new(), |_| Gone {
                rows: 7,
                guests: 1,
            })
    }

    #[activity(definition = payments::Reconcile)]
    pub(crate) async fn reconcile(
        self: Arc<Self>,
        ctx: ActivityContext,
        window: ReconcileWindow,
    ) -> Result<u32, ActivityError> {
        self.0.perform(
            &ctx,
            "payments.reconcile",
            window.seconds.to_string(),
            |_| 2,
        )
    }

    #[activity(definition = conversation::Respond)]
    pub(crate) async fn respond(
        self: Arc<Self>,
        ctx: ActivityContext,
        turn: Turn,
    ) -> Result<Reply, ActivityError> {
        let (message, detail) = match turn.event {
            TurnEvent::Message { message } => (Some(message), message.to_string()),
            TurnEvent::Done { message, result } => (None, format!("{message} {result:?}")),
        };
        self.0
            .perform(&ctx, "conversation.respond", detail, |facts| {
                let scripted = message.and_then(|message| facts.replies.get(&message).cloned());
                scripted.unwrap_or_default()
            })
    }

    #[activity(definition = reservations::Open)]
    pub(crate) async fn open(
        self: Arc<Self>,
        ctx: ActivityContext,
        input: ReservationInput,
    ) -> Result<HoldOutcome, ActivityError> {
        self.0
            .perform(&ctx, "reservations.open", input.code.to_string(), |facts| {
                facts.hold.clone().unwrap_or(HoldOutcome::Taken)
            })
    }

    #[activity(definition = reservations::CancelReservation)]
    pub(crate) async fn cancel_reservation(
        self: Arc<Self>,
        ctx: ActivityContext,
        request: CancelRequest,
    ) -> Result<CancelOutcome, ActivityError> {
        self.0.perform(
            &ctx,
            "reservations.cancel",
            format!("by {:?}", request.by),
            |facts| facts.cancellation.clone().unwrap_or(CancelOutcome::Unknown),
        )
    }

    #[activity(definition = reservations::RevokePurchase)]
    pub(crate) async fn revoke_purchase(
        self: Arc<Self>,
        ctx: ActivityContext,
        _request: RevokeRequest,
    ) -> Result<RevokeOutcome, ActivityError> {
        self.0.perform(&ctx, "reservations.revoke", "", |_| {
            RevokeOutcome::Revoked {
                number: "REV270115ABC123".to_owned(),
                refund: Refund {
                    amount: Money::ZERO,
                    basis: RefundBasis::NothingPaid,
                },
            }
        })
    }

    #[activity(definition = reservations::OfferBalance)]
    pub(crate) async fn offer_balance(
        self: Arc<Self>,
        ctx: ActivityContext,
        _code: ReservationCode,
    ) -> Result<BalanceOutcome, ActivityError> {
        self.0.perform(&ctx, "reservations.offer_balance", "", |_| {
            BalanceOutcome::NothingDue
        })
    }

    #[activity(definition = reservations::ExtendHold)]
    pub(crate) async fn extend_hold(
        self: Arc<Self>,
        ctx: ActivityContext,
        _code: ReservationCode,
    ) -> Result<ExtendOutcome, ActivityError> {
        self.0.perform(&ctx, "reservations.extend", "", |facts| {
            facts
                .extension
                .clone()
                .unwrap_or(ExtendOutcome::NotPossible)
        })
    }

    #[activity(definition = calendars::FetchAndApply)]
    pub(crate) async fn fetch_and_apply(
        self: Arc<Self>,
        ctx: ActivityContext,
        read: ReadFeed,
    ) -> Result<FeedRun, ActivityError> {
        let detail = if read.asked { "asked" } else { "by the clock" };
        self.0
            .perform(&ctx, "calendars.fetch_and_apply", detail, |facts| {
                facts.feed_run.clone().unwrap_or(FeedRun::Removed)
            })
    }

    #[activity(definition = calendars::Displace)]
    pub(crate) async fn displace(
        self: Arc<Self>,
        ctx: ActivityContext,
        displacement: Displacement,
    ) -> Result<CancelOutcome, ActivityError> {
        let code = displacement.hold.code.to_string();
        self.0.perform(&ctx, "calendars.displace", code, |facts| {
            facts.cancellation.clone().unwrap_or(CancelOutcome::Unknown)
        })
    }

    #[activity(definition = calendars::Recheck)]
    pub(crate) async fn recheck(
        self: Arc<Self>,
        ctx: ActivityContext,
        _accommodation: AccommodationId,
    ) -> Result<Vec<calendars::Displaced>, ActivityError> {
        self.0.perform(&ctx, "calendars.recheck", "", |facts| {
            facts.still_displaced.pop().unwrap_or_default()
        })
    }

    #[activity(definition = calendars::PreviewFeed)]
    pub(crate) async fn preview_feed(
        self: Arc<Self>,
        ctx: ActivityContext,
        _preview: FeedId,
    ) -> Result<(), ActivityError> {
        self.0.perform(&ctx, "calendars.preview", "", |_| ())
    }

    #[activity(definition = calendars::LevelSchedules)]
    pub(crate) async fn level_schedules(
        self: Arc<Self>,
        ctx: ActivityContext,
    ) -> Result<usize, ActivityError> {
        self.0.perform(&ctx, "calendars.level_schedules", "", |_| 3)
    }

    #[activity(definition = waiting_list::Join)]
    pub(crate) async fn join_waiting_list(
        self: Arc<Self>,
        ctx: ActivityContext,
        wish: Wish,
    ) -> Result<i64, ActivityError> {
        let stay = wish.stay.to_string();
        self.0.perform(&ctx, "waiting_list.join", stay, |_| 1)
    }

    #[activity(definition = waiting_list::Leave)]
    pub(crate) async fn leave_waiting_list(
        self: Arc<Self>,
        ctx: ActivityContext,
        leaving: Leaving,
    ) -> Result<(), ActivityError> {
        let entry = leaving.entry.to_string();
        self.0.perform(&ctx, "waiting_list.leave", entry, |_| ())
    }

    #[activity(definition = waiting_list::Next)]
    pub(crate) async fn next_in_line(
        self: Arc<Self>,
        ctx: ActivityContext,
        passed_over: PassedOver,
    ) -> Result<Option<Offer>, ActivityError> {
        let detail = format!("{:?}", passed_over.entries);
        self.0.perform(&ctx, "waiting_list.next", detail, |facts| {
            let is_asked = |offer: &&Offer| !passed_over.entries.contains(&offer.entry);
            facts.line.iter().find(is_asked).cloned()
        })
    }

    #[activity(definition = waiting_list::Record)]
    pub(crate) async fn record_offer(
        self: Arc<Self>,
        ctx: ActivityContext,
        offered: Offered,
    ) -> Result<(), ActivityError> {
        let detail = format!("{} {}", offered.entry, offered.held);
        self.0
            .perform(&ctx, "waiting_list.record", detail, |facts| {
                facts
                    .line
                    .retain(|offer| !offered.held || offer.entry != offered.entry);
            })
    }

    #[activity(definition = reservations::ChangeReservation)]
    pub(crate) async fn change_reservation(
        self: Arc<Self>,
        ctx: ActivityContext,
        request: ChangeRequest,
    ) -> Result<ChangeOutcome, ActivityError> {
        self.0.perform(
            &ctx,
            "reservations.change_dates",
            format!("by {:?}", request.by),
            |facts| facts.change.unwrap_or(ChangeOutcome::Unknown),
        )
    }

    #[activity(definition = webhooks::TryOnce)]
    pub(crate) async fn try_webhook(
        self: Arc<Self>,
        ctx: ActivityContext,
        _delivery: WebhookDeliveryId,
    ) -> Result<Tried, ActivityError> {
        self.0.perform(&ctx, "webhooks.try", "", |facts| {
            facts.tries.pop_front().unwrap_or(Tried::Taken)
        })
    }

    #[activity(definition = webhooks::GiveUp)]
    pub(crate) async fn give_up_webhook(
        self: Arc<Self>,
        ctx: ActivityContext,
        _delivery: WebhookDeliveryId,
    ) -> Result<(), ActivityError> {
        self.0.perform(&ctx, "webhooks.give_up", "", |_facts| ())
    }
}
