//! From the inbox to the workflows: who gets which event, and what only changes Postgres.
//!
//! Handing over twice is harmless: workflows know what they have heard, and statuses only move forward.

use chrono::{DateTime, TimeDelta, Utc};
use database::{
    Database, accommodations,
    guests::{self, Identity},
    inbox::{self, Event},
    messages::{Delivery, SendFailure, StatusChange, StatusOutcome, apply_status},
    reservations,
    review_queue::{self, NewMatter},
};
use domain::{GuestId, MessageId, ReservationCode, WebhookDeliveryId, payment::PaymentId};
use front_desk::FrontDesk;
use serde_json::json;
use whatsapp::webhook::{Content, DeliveryStatus, InboundMessage, StatusUpdate};
use workflows::{
    payment::Notification,
    reservation::{ReservationInput, Resumed},
};

use crate::app::App;

/// The words by which the inbox tells events apart.
pub(crate) mod kind {
    use mercado_pago::notification::Topic;

    /// A guest's message: for their conversation.
    pub(crate) const MESSAGE: &str = "message";
    /// What staff wrote to a guest: for whoever sends it.
    pub(crate) const STAFF_MESSAGE: &str = "staff_message";
    /// A step of a message of ours.
    pub(crate) const STATUS: &str = "status";
    /// A guest has another number or account.
    pub(crate) const MOVED: &str = "moved";
    /// A notice about our account at Meta.
    pub(crate) const NOTICE: &str = "notice";
    /// A template of ours may not be sent any more.
    pub(crate) const TEMPLATE: &str = "whatsapp_template";
    /// Something happened to our account at Meta.
    pub(crate) const ACCOUNT: &str = "whatsapp_account";
    /// Meant for another business number.
    pub(crate) const OTHER_NUMBER: &str = "other_number";
    /// Written in a group.
    pub(crate) const GROUP: &str = "group";
    /// From somebody without any id.
    pub(crate) const NOBODY: &str = "nobody";
    /// Something happened to a payment.
    pub(crate) const PAYMENT: &str = "payment";
    /// A payment is disputed.
    pub(crate) const CHARGEBACK: &str = "chargeback";
    /// The provider suspects fraud in a payment.
    pub(crate) const FRAUD_ALERT: &str = "fraud_alert";
    /// A buyer complains.
    pub(crate) const CLAIM: &str = "claim";
    /// A booking that was brought along: it has no workflow yet.
    pub(crate) const ADOPTED: &str = "adopted";
    /// An event for a program of somebody else's.
    pub(crate) const OUTBOUND: &str = "outbound";
    /// Somebody wants one sent once more.
    pub(crate) const OUTBOUND_RESEND: &str = "outbound_resend";
    /// Anything else the provider tells.
    pub(crate) const OTHER: &str = "other";

    pub(crate) const fn of_topic(topic: &Topic) -> &'static str {
        match topic {
            Topic::Payment => PAYMENT,
            Topic::Chargeback => CHARGEBACK,
            Topic::FraudAlert => FRAUD_ALERT,
            Topic::Claim => CLAIM,
            Topic::MerchantOrder | Topic::Connect | Topic::Other(_) => OTHER,
        }
    }
}

/// The owner's matter that a disputed payment is; its reservation raises the same.
const CHARGED_BACK: &str = "charged_back";

/// So many events are handed over at once. It leaves most connections to Postgres to those who write events down.
pub(crate) const AT_ONCE: usize = 6;

/// How long the owner has for what a provider says of our account or of a payment.
const OWNER_HAS: TimeDelta = TimeDelta::hours(24);

/// Who gets an event.
#[derive(Debug, PartialEq)]
enum Errand {
    /// Their conversation: the guest wrote.
    Message(GuestId, MessageId),
    /// Whoever sends it: staff wrote.
    StaffMessage(GuestId, MessageId),
    /// The message it is about, and the conversation when it failed.
    Status(Box<StatusUpdate>),
    /// The guest who has other ids now.
    Moved(Box<Move>),
    /// The payment's workflow.
    Payment(PaymentId, Notification),
    /// The owner; and the payment's workflow, when it names one that can be believed.
    Owner(&'static str, Option<PaymentId>),
    /// The workflow of a booking that was brought along.
    Adopted(ReservationCode),
    /// Whoever sends it to a program of somebody else's.
    Outbound(WebhookDeliveryId),
    /// The same, once more and now.
    OutboundNow(WebhookDeliveryId),
    /// Nobody: it is written down, and that is all.
    Nobody,
}

/// The ids that a guest had and those that they have now.
#[derive(Debug, PartialEq)]
struct Move {
    from: Identity,
    to: Identity,
    at: DateTime<Utc>,
}

impl Move {
    /// Reads the platform's notice; nothing when it names no new id.
    fn read(event: &Event) -> Option<Self> {
        let read = serde_json::from_value(event.payload.clone()).ok()?;
        let whatsapp::webhook::Event::Message(InboundMessage {
            sender,
            timestamp,
            content:
                Content::System {
                    new_wa_id,
                    new_user_id,
                    ..
                },
            ..
        }) = read
        else {
            return None;
        };
        if new_wa_id.is_none() && new_user_id.is_none() {
            return None;
        }
        let identity = |bsuid, wa_id| Identity {
            bsuid,
            wa_id,
            profile_name: None,
        };
        Some(Self {
            from: identity(sender.user_id, sender.wa_id),
            to: identity(new_user_id, new_wa_id),
            at: DateTime::from_timestamp(timestamp, 0)
                .filter(|_| timestamp > 0)
                .unwrap_or(event.received_at),
        })
    }
}

/// Why an event was not handed over.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotDelivered {
    /// Something is away: all others will fare the same.
    #[error("nothing can be handed over at the moment")]
    Away(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// This one waited too long for what somebody else holds; others may not have to.
    #[error("an event had to wait for too long")]
    Held(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// This one cannot be handed over; others may.
    #[error("an event cannot be handed over")]
    Stuck(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Hands new events over in the background, one after another. What fails is left to the sweep.
pub(crate) fn at_once(app: &App, events: Vec<Event>) {
    if events.is_empty() {
        return;
    }
    let app = app.clone();
    tokio::spawn(async move {
        // Whoever wrote before must be heard before.
        if app.backlog.exists() {
            app.backlog.grow();
            return;
        }
        // Whoever waits for an acknowledgement goes first: a burst is handed over by a few at once.
        let turn = app.deliveries.acquire().await;
        app.acknowledging.quiet().await;
        let delivered = all(&app, &events).await;
        drop(turn);
        match delivered {
            Ok(()) => app.metrics.delivery("at_once", "delivered"),
            Err(error) => {
                app.metrics.delivery("at_once", "left");
                app.backlog.grow();
                tracing::debug!(%error, "events are left to the sweep");
            }
        }
    });
}

async fn all(app: &App, events: &[Event]) -> Result<(), NotDelivered> {
    let database = app.database().map_err(away)?;
    let desk = app.desk().map_err(away)?;
    for event in events {
        deliver(&database, &desk, event).await?;
    }
    Ok(())
}

/// Hands one event over and remembers that.
///
/// # Errors
/// When it could not be handed over. Handing it over again does no harm.
pub(crate) async fn deliver(
    database: &Database,
    desk: &FrontDesk,
    event: &Event,
) -> Result<(), NotDelivered> {
    match errand(event) {
        Errand::Message(guest, message) => desk.guest_wrote(guest, message).await?,
        Errand::StaffMessage(guest, message) => desk.staff_wrote(guest, message).await?,
        Errand::Status(status) => follow(database, desk, *status).await?,
        Errand::Moved(moved) => {
            guests::moved(database, &moved.from, &moved.to, moved.at).await?;
        }
        Errand::Payment(payment, notification) => {
            desk.payment_notified(payment, notification).await?
        }
        Errand::Owner(reason, payment) => {
            tell_owner(database, event, reason).await?;
            if let Some(payment) = payment {
                desk.payment_notified(
                    payment,
                    Notification {
                        authentic: event.authentic,
                    },
                )
                .await?;
            }
        }
        Errand::Adopted(code) => adopt(database, desk, &code).await?,
        Errand::Outbound(delivery) => desk.deliver_webhook(delivery).await?,
        Errand::OutboundNow(delivery) => desk.send_webhook_now(delivery).await?,
        Errand::Nobody => {
            tracing::info!(
                inbox.id = event.id,
                inbox.kind = event.kind,
                "an event is for nobody and is only kept"
            );
        }
    }
    inbox::mark_delivered(database, &[event.id], Utc::now()).await?;
    Ok(())
}

fn errand(event: &Event) -> Errand {
    let payment = || {
        let digits = event
            .resource_id
            .as_deref()?
            .parse::<mercado_pago::PaymentId>()
            .ok()?;
        Some(PaymentId(digits.to_string()))
    };
    let notification = Notification {
        authentic: event.authentic,
    };
    let delivery = || event.resource_id.as_deref()?.parse().ok();
    match event.kind.as_str() {
        kind::ADOPTED => {
            let code = event.resource_id.as_deref().and_then(|it| it.parse().ok());
            code.map_or(Errand::Nobody, Errand::Adopted)
        }
        kind::OUTBOUND => delivery().map_or(Errand::Nobody, Errand::Outbound),
        kind::OUTBOUND_RESEND => delivery().map_or(Errand::Nobody, Errand::OutboundNow),
        kind::MESSAGE => match (event.guest_id, event.message_id) {
            (Some(guest), Some(message)) => Errand::Message(guest, message),
            _ => Errand::Nobody,
        },
        kind::STAFF_MESSAGE => match (event.guest_id, event.message_id) {
            (Some(guest), Some(message)) => Errand::StaffMessage(guest, message),
            _ => Errand::Nobody,
        },
        kind::STATUS => match serde_json::from_value(event.payload.clone()) {
            Ok(whatsapp::webhook::Event::Status(status)) => Errand::Status(Box::new(status)),
            _ => Errand::Nobody,
        },
        kind::MOVED => {
            Move::read(event).map_or(Errand::Nobody, |moved| Errand::Moved(Box::new(moved)))
        }
        kind::TEMPLATE => Errand::Owner(
            "WhatsApp no longer lets a template of ours be sent. See why in the WhatsApp Manager; until then its notices go to you.",
            None,
        ),
        kind::ACCOUNT => Errand::Owner(
            "WhatsApp reports something about our account. Look at it in Meta's Business Manager.",
            None,
        ),
        kind::PAYMENT => payment().map_or(Errand::Nobody, |id| Errand::Payment(id, notification)),
        // Anybody can make up an unsigned one, and the owner's time is worth more than that.
        kind::CHARGEBACK | kind::FRAUD_ALERT | kind::CLAIM if !event.authentic => Errand::Nobody,
        kind::CHARGEBACK => Errand::Owner(
            "A payment is disputed. Answer at the provider within its deadline.",
            payment(),
        ),
        kind::FRAUD_ALERT => Errand::Owner(
            "The provider suspects fraud in a payment. Look at its reservation before the guest arrives.",
            payment(),
        ),
        kind::CLAIM => Errand::Owner(
            "A buyer complains at the provider. Answer there within its deadline.",
            None,
        ),
        _ => Errand::Nobody,
    }
}

/// Begins the story of a booking that was brought along, where it stands.
async fn adopt(
    database: &Database,
    desk: &FrontDesk,
    code: &ReservationCode,
) -> Result<(), NotDelivered> {
    let Some(found) = reservations::by_code(database, code).await? else {
        return Ok(());
    };
    let Some(place) = accommodations::by_id(database, found.accommodation_id).await? else {
        return Ok(());
    };
    let input = ReservationInput {
        code: found.code,
        accommodation_id: place.id,
        accommodation_name: place.name.clone(),
        guest_id: found.guest_id,
        stay: found.stay,
        party: found.party,
        quote: found.quote,
        channel: found.channel,
        check_in_at: place.check_in_at(found.stay.check_in()),
        check_out_at: place.check_out_at(found.stay.check_out()),
        policies: found.terms.unwrap_or(place.policies),
        booked_at: found.created_at,
        changes: 0,
        offered: false,
        resumed: Some(Resumed {
            extended: false,
            refunds: Vec::new(),
        }),
    };
    Ok(desk.adopt(input).await?)
}

/// Moves a message of ours forward; a failure also goes to its guest's conversation.
async fn follow(
    database: &Database,
    desk: &FrontDesk,
    status: StatusUpdate,
) -> Result<(), NotDelivered> {
    let Some(change) = change(status) else {
        return Ok(());
    };
    let failed = change.status == Delivery::Failed;
    let outcome = apply_status(database, &change).await?;
    match outcome {
        StatusOutcome::Advanced(message) if failed => {
            Ok(desk.delivery_failed(message.guest_id, message.id).await?)
        }
        // Applied before, and perhaps not told: the conversation has heard it then, or hears it now.
        StatusOutcome::Unchanged if failed => retell(database, desk, &change).await,
        StatusOutcome::Advanced(_) | StatusOutcome::Unchanged | StatusOutcome::Waiting => Ok(()),
    }
}

async fn retell(
    database: &Database,
    desk: &FrontDesk,
    change: &StatusChange,
) -> Result<(), NotDelivered> {
    let Some(id) = change.message_id else {
        return Ok(());
    };
    match database::messages::outbound(database, id).await? {
        Some(message) if message.delivery == Delivery::Failed => {
            Ok(desk.delivery_failed(message.guest_id, message.id).await?)
        }
        Some(_) | None => Ok(()),
    }
}

/// A status in our words; `None` for those that say nothing about delivery.
fn change(status: StatusUpdate) -> Option<StatusChange> {
    let delivery = match status.status {
        DeliveryStatus::Sent => Delivery::Sent,
        DeliveryStatus::Delivered => Delivery::Delivered,
        DeliveryStatus::Read => Delivery::Read,
        DeliveryStatus::Played => Delivery::Played,
        DeliveryStatus::Failed => Delivery::Failed,
        DeliveryStatus::Deleted | DeliveryStatus::Unknown(_) => return None,
    };
    let failure = (delivery == Delivery::Failed).then(|| {
        let problem = status.problems.first();
        SendFailure {
            code: problem.and_then(|problem| i32::try_from(problem.code).ok()),
            text: problem
                .and_then(|problem| problem.details.clone().or_else(|| problem.title.clone()))
                .unwrap_or_else(|| "no reason given".to_owned()),
        }
    });
    Some(StatusChange {
        wamid: status.id,
        message_id: status.callback_data.and_then(|data| data.parse().ok()),
        status: delivery,
        at: DateTime::from_timestamp(status.timestamp, 0)
            .filter(|_| status.timestamp > 0)
            .unwrap_or_else(Utc::now),
        failure,
    })
}

/// Puts a notice of a provider to the owner. A dispute is the same matter whether the provider's notice or the
/// payment itself says so first, so it has one name.
async fn tell_owner(database: &Database, event: &Event, reason: &str) -> Result<(), NotDelivered> {
    let kind = match event.kind.as_str() {
        kind::CHARGEBACK => CHARGED_BACK,
        other => other,
    };
    let matter = NewMatter {
        kind: kind.to_owned(),
        reference: event
            .resource_id
            .clone()
            .unwrap_or_else(|| event.event_id.clone()),
        reason: reason.to_owned(),
        details: json!({ "inbox_id": event.id }),
        deadline: Some(event.received_at + OWNER_HAS),
    };
    review_queue::raise(database, &matter).await?;
    Ok(())
}

fn away(error: crate::error::Error) -> NotDelivered {
    NotDelivered::Away(Box::new(error))
}

impl From<database::Error> for NotDelivered {
    fn from(error: database::Error) -> Self {
        if error.waited_too_long() {
            Self::Held(Box::new(error))
        } else if error.is_retryable() {
            Self::Away(Box::new(error))
        } else {
            Self::Stuck(Box::new(error))
        }
    }
}

impl From<front_desk::Error> for NotDelivered {
    fn from(error: front_desk::Error) -> Self {
        match error {
            front_desk::Error::Away(_) | front_desk::Error::NoAnswer => Self::Away(Box::new(error)),
            front_desk::Error::NotRunning
            | front_desk::Error::Refused(_)
            | front_desk::Error::Unexpected(_) => Self::Stuck(Box::new(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, resource_id: Option<&str>, authentic: bool) -> Event {
        Event {
            id: 1,
            provider: "mercadopago".to_owned(),
            event_id: "1".to_owned(),
            kind: kind.to_owned(),
            guest_id: None,
            message_id: None,
            resource_id: resource_id.map(str::to_owned),
            authentic,
            payload: json!({}),
            received_at: Utc::now(),
            delivered_at: None,
            attempts: 0,
        }
    }

    #[test]
    fn a_payment_goes_to_its_workflow_signed_or_not() {
        for authentic in [true, false] {
            let payment = PaymentId("90210044871".to_owned());
            let expected = Errand::Payment(payment, Notification { authentic });
            assert_eq!(
                errand(&event(kind::PAYMENT, Some("90210044871"), authentic)),
                expected
            );
        }
    }

    #[test]
    fn what_names_no_payment_is_only_kept() {
        assert_eq!(
            errand(&event(kind::PAYMENT, Some("../1"), true)),
            Errand::Nobody
        );
        assert_eq!(errand(&event(kind::PAYMENT, None, true)), Errand::Nobody);
        assert_eq!(
            errand(&event("news of next year", Some("1"), true)),
            Errand::Nobody
        );
    }

    #[test]
    fn an_unsigned_dispute_does_not_reach_the_owner() {
        assert_eq!(
            errand(&event(kind::CHARGEBACK, Some("1"), false)),
            Errand::Nobody
        );
        assert!(matches!(
            errand(&event(kind::CHARGEBACK, Some("1"), true)),
            Errand::Owner(..)
        ));
    }

    #[test]
    fn a_failed_status_carries_the_reason_and_our_name_for_the_message() {
        let id = MessageId::generate();
        let status = json!({ "id": "wamid.1", "status": "failed", "timestamp": 1_767_225_600,
            "recipient": { "wa_id": null, "user_id": null, "profile_name": null }, "phone_number_id": null,
            "callback_data": id.to_string(), "pricing": null, "raw": {},
            "problems": [{ "code": 131_047, "title": "Re-engagement message", "details": null }] });
        let change = change(serde_json::from_value(status).unwrap()).unwrap();
        assert_eq!(change.status, Delivery::Failed);
        assert_eq!(change.message_id, Some(id));
        assert_eq!(change.failure.unwrap().code, Some(131_047));
    }
}
