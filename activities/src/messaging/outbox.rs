//! Sending what is written, once.
//!
//! The platform has no idempotency key. What was attempted and not answered is in doubt: it is settled by a
//! status that carries the message's id, and sent again only when none has come for a while.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use database::{
    Database, guests,
    guests::Guest,
    messages::{self, Attempt, Delivery, Outbound},
    review_queue,
};
use dialogue::Template;
use domain::{GuestId, MessageId};
use pace::{Pace, Turn, Urgency};
use telemetry::metrics;
use temporalio_sdk::activities::ActivityError;
use tokio::time::{Instant, sleep};
use whatsapp::{
    Class, Client, Error, classify,
    message::{Invalid, Message, Recipient},
};

use super::{
    doubt::Doubt,
    incident::Incident,
    trouble::{self, Trouble},
    wire,
    written::{Outside, Written},
};
use crate::failure::{again_in, missing, of_database, permanent};

/// The platform lets us write freely for 24 hours after the guest did; it is left early, since a message may
/// wait in line.
const WINDOW: TimeDelta = TimeDelta::minutes(24 * 60 - 10);

/// The platform's code for a window that is closed, which is known here before it is asked.
const WINDOW_CLOSED: i32 = 131_047;

/// A turn that comes within this is waited for here; for a later one the message comes back.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// How long the owner has to write or call.
const OWNER_HAS: TimeDelta = TimeDelta::hours(4);

/// What the steps that send a message another way end with.
const ANOTHER_WAY: &str = "/recover";

/// Why a message failed whose guest has no address that we can use.
const NOWHERE: &str = "the guest has no WhatsApp id";

#[derive(Debug, thiserror::Error)]
enum NotSent {
    #[error("it is not known yet whether the message went out")]
    InDoubt,
    #[error("it is not the message's turn yet")]
    NotItsTurn,
    #[error("sending is stopped until an operator has mended what stopped it")]
    Stopped,
}

/// The way out for one attempt of an activity.
pub(super) struct Outbox<'a> {
    pub(super) db: &'a Database,
    pub(super) client: &'a Client,
    pub(super) pace: &'a Pace,
    pub(super) incident: &'a Incident,
    pub(super) urgency: Urgency,
    /// How long a status may take to tell that a message whose answer was lost did go out.
    pub(super) doubt: Doubt,
    /// Which attempt it is; the first is 1.
    pub(super) attempt: u32,
}

/// What can be done with a message.
enum Way {
    /// This goes out.
    Send(Message),
    /// Nothing needs to.
    LeaveOut,
    /// Only a person can do more.
    Owner,
}

impl Outbox<'_> {
    /// Sends one message, unless it went out before.
    pub(super) async fn send(&self, guest: GuestId, id: MessageId) -> Result<(), ActivityError> {
        let message = self.message(id).await?;
        if message.delivery.is_settled() {
            return Ok(());
        }
        let guest = self.guest(guest).await?;
        let Some(to) = recipient(&guest) else {
            return self.fail(id, None, NOWHERE).await;
        };
        let Written { say, outside } = Written::read(&message)?;
        let way = if is_in_window(&guest) {
            wire::message(&say).map(Way::Send)
        } else {
            outside.way()
        };
        let content = match way.map_err(invalid)? {
            Way::Send(content) => content,
            Way::LeaveOut => return self.leave_out(id).await,
            Way::Owner => return self.fail(id, Some(WINDOW_CLOSED), "too late").await,
        };
        self.wait_for_turn(guest.id).await?;
        if self.begin(id).await?.is_none() {
            return Ok(());
        }
        match (self.transmit(&guest, &to, id, &content).await?, &outside) {
            (Sent::Gone, _) => {
                self.measure_answer(&message).await;
                Ok(())
            }
            (Sent::Refused(Error::WindowClosed), Outside::Template(template)) => {
                self.send_template(&guest, &to, id, template).await
            }
            (Sent::Refused(Error::WindowClosed), Outside::Nothing) => self.leave_out(id).await,
            (Sent::Refused(error), _) => self.give_up(id, &error).await,
        }
    }

    /// Sends another way what the platform took and then could not deliver: as a template what came too late,
    /// once more what met trouble at the platform. Everything else, and what fails again, goes to the owner.
    pub(super) async fn recover(&self, id: MessageId) -> Result<(), ActivityError> {
        let failed = self.message(id).await?;
        if failed.delivery != Delivery::Failed {
            return Ok(());
        }
        let class = class(&failed);
        if class.is_some_and(needs_operator) && self.attempt == 1 {
            let code = failed.failure.as_ref().and_then(|failure| failure.code);
            let code = code.and_then(|code| u32::try_from(code).ok());
            let error = Error::AccountProblem {
                code: code.unwrap_or_default(),
            };
            return Err(self.stopped_by(error).await);
        }
        let content = match another_way(&failed, class)? {
            Way::Send(content) => content,
            Way::LeaveOut => return Ok(()),
            Way::Owner => {
                let code = failed.failure.and_then(|failure| failure.code);
                return self.tell_owner(id, code).await;
            }
        };
        let again = self.compose_again(&failed).await?;
        if self.message(again).await?.delivery.is_settled() {
            return Ok(());
        }
        let guest = self.guest(failed.guest_id).await?;
        let Some(to) = recipient(&guest) else {
            return self.fail(again, None, NOWHERE).await;
        };
        self.wait_for_turn(guest.id).await?;
        if self.begin(again).await?.is_none() {
            return Ok(());
        }
        match self.transmit(&guest, &to, again, &content).await? {
            Sent::Gone => Ok(()),
            Sent::Refused(error) => self.give_up(again, &error).await,
        }
    }

    async fn message(&self, id: MessageId) -> Result<Outbound, ActivityError> {
        let found = messages::outbound(self.db, id).await.map_err(of_database)?;
        found.ok_or_else(|| missing("message"))
    }

    async fn guest(&self, id: GuestId) -> Result<Guest, ActivityError> {
        let guest = guests::by_id(self.db, id).await.map_err(of_database)?;
        guest.ok_or_else(|| missing("guest"))
    }

    /// Writes the second message down; its name follows from the first one's.
    async fn compose_again(&self, failed: &Outbound) -> Result<MessageId, ActivityError> {
        let step = format!("{}{ANOTHER_WAY}", failed.id);
        let id = MessageId::for_step(&step);
        let again = messages::NewOutbound {
            id,
            guest_id: failed.guest_id,
            step,
            kind: failed.kind.clone(),
            content: failed.content.clone(),
        };
        messages::compose(self.db, &[again])
            .await
            .map_err(of_database)?;
        Ok(id)
    }

    /// Waits until the platform's limits leave room for a message to this guest. Nothing is attempted before, so
    /// that a message which is cut off here is in no doubt.
    async fn wait_for_turn(&self, guest: GuestId) -> Result<(), ActivityError> {
        let patience = Instant::now() + LONGEST_WAIT;
        let guest = guest.to_string();
        loop {
            match self.pace.take(&guest, self.urgency).await {
                Turn::Now | Turn::Unpaced => break,
                Turn::In(wait) if Instant::now() + wait > patience => {
                    return Err(again_in(wait, "NotItsTurn", NotSent::NotItsTurn));
                }
                Turn::In(wait) => sleep(wait).await,
            }
        }
        match self.incident.stops_for() {
            Some(left) => Err(again_in(left, "SendingStopped", NotSent::Stopped)),
            None => Ok(()),
        }
    }

    /// Asks for the right to send; nothing, when there is nothing to send any more.
    async fn begin(&self, id: MessageId) -> Result<Option<Outbound>, ActivityError> {
        match self.try_begin(id).await? {
            Attempt::Settled(_) => Ok(None),
            Attempt::Fresh(message) => Ok(Some(message)),
            Attempt::InDoubt { since, .. } => {
                self.wait_out_doubt(id, since).await?;
                // No status has told of it: it did not go out, and the next attempt has a doubt of its own.
                let again = messages::begin_again(self.db, id, since, Utc::now()).await;
                match again.map_err(of_database)? {
                    Attempt::Settled(_) => Ok(None),
                    Attempt::Fresh(message) => Ok(Some(message)),
                    Attempt::InDoubt { .. } => {
                        Err(in_doubt(self.doubt.asks_again(), NotSent::InDoubt))
                    }
                }
            }
        }
    }

    async fn try_begin(&self, id: MessageId) -> Result<Attempt, ActivityError> {
        messages::begin_attempt(self.db, id, Utc::now())
            .await
            .map_err(of_database)
    }

    async fn wait_out_doubt(
        &self,
        id: MessageId,
        since: DateTime<Utc>,
    ) -> Result<(), ActivityError> {
        let evidence = messages::evidence(self.db, id, since).await;
        let evidence = evidence.map_err(of_database)?;
        match self.doubt.left(&evidence, Utc::now()) {
            Some(left) => Err(in_doubt(left, NotSent::InDoubt)),
            None => Ok(()),
        }
    }

    async fn send_template(
        &self,
        guest: &Guest,
        to: &Recipient,
        id: MessageId,
        template: &Template,
    ) -> Result<(), ActivityError> {
        let content = wire::template(template).map_err(invalid)?;
        match self.transmit(guest, to, id, &content).await? {
            Sent::Gone => Ok(()),
            Sent::Refused(error) => self.give_up(id, &error).await,
        }
    }

    /// One call to the platform, and what its answer means.
    async fn transmit(
        &self,
        guest: &Guest,
        to: &Recipient,
        id: MessageId,
        content: &Message,
    ) -> Result<Sent, ActivityError> {
        let error = match self.client.send(to, content, &id.to_string()).await {
            Ok(accepted) => {
                self.incident.is_over(self.db).await;
                self.count("accepted");
                messages::mark_accepted(self.db, id, &accepted.message_id, Utc::now())
                    .await
                    .map_err(of_database)?;
                self.learn_number(guest, accepted.wa_id.as_deref()).await?;
                return Ok(Sent::Gone);
            }
            Err(error) => error,
        };
        let trouble = trouble::of(&error, self.attempt);
        self.count(match trouble {
            Trouble::InDoubt => "in_doubt",
            Trouble::Refused => "refused",
            Trouble::ForNow { .. } => "later",
        });
        match trouble {
            Trouble::InDoubt => Err(in_doubt(self.doubt.asks_again(), error)),
            Trouble::Refused => Ok(Sent::Refused(error)),
            Trouble::ForNow { pause } => {
                // Nothing went out: the next attempt is a fresh one.
                messages::mark_refused(self.db, id, trouble::code(&error), &error.to_string())
                    .await
                    .map_err(of_database)?;
                Err(match pause {
                    Some(pause) => again_in(pause, "RateLimited", error),
                    None => self.stopped_by(error).await,
                })
            }
        }
    }

    fn count(&self, outcome: &str) {
        let purpose = match self.urgency {
            Urgency::Answer => "answer",
            Urgency::Notice => "notice",
        };
        metrics::MESSAGES_SENT.inc(&[purpose, outcome]);
    }

    /// A number that is not had holds up no message.
    async fn measure_answer(&self, message: &Outbound) {
        match messages::first_answered(self.db, message).await {
            Ok(Some(answered)) => {
                let kind = metrics::message_kind(&answered.kind);
                metrics::ANSWER_SECONDS.observe(&[kind], answered.seconds);
            }
            Ok(None) => {}
            Err(error) => tracing::debug!(%error, "how long a guest waited is not known"),
        }
    }

    /// The platform names the WhatsApp number of somebody whom we wrote to at a number they gave elsewhere.
    async fn learn_number(&self, guest: &Guest, named: Option<&str>) -> Result<(), ActivityError> {
        match named {
            Some(wa_id) if guest.wa_id.is_none() => guests::learn_number(self.db, guest.id, wa_id)
                .await
                .map_err(of_database),
            _ => Ok(()),
        }
    }

    /// The failure that an error is; one that concerns every message stops all sending.
    async fn stopped_by(&self, error: Error) -> ActivityError {
        match self.incident.of(&error, self.db).await {
            Some(pause) => again_in(pause, "SendingStopped", error),
            None => error.into(),
        }
    }

    async fn give_up(&self, id: MessageId, error: &Error) -> Result<(), ActivityError> {
        self.fail(id, trouble::code(error), &error.to_string())
            .await
    }

    /// A message whose words are said by another one.
    async fn leave_out(&self, id: MessageId) -> Result<(), ActivityError> {
        let why = "left out: a template says it";
        messages::mark_failed(self.db, id, Some(WINDOW_CLOSED), why)
            .await
            .map_err(of_database)
    }

    /// A message that cannot go out is failed for good, and the owner hears of it.
    async fn fail(&self, id: MessageId, code: Option<i32>, why: &str) -> Result<(), ActivityError> {
        // The platform's words may repeat the guest's number: they are kept with the message, not in the log.
        tracing::warn!(message.id = %id, whatsapp.code = code, "a message to a guest could not be sent");
        messages::mark_failed(self.db, id, code, why)
            .await
            .map_err(of_database)?;
        self.tell_owner(id, code).await
    }

    async fn tell_owner(&self, id: MessageId, code: Option<i32>) -> Result<(), ActivityError> {
        let matter = review_queue::NewMatter {
            kind: "message_not_delivered".to_owned(),
            reference: id.to_string(),
            reason: "A message did not reach the guest. Write or call them.".to_owned(),
            details: serde_json::json!({ "code": code }),
            deadline: Some(Utc::now() + OWNER_HAS),
        };
        review_queue::raise(self.db, &matter)
            .await
            .map_err(of_database)?;
        Ok(())
    }
}

fn in_doubt(
    asks_again: Duration,
    error: impl std::error::Error + Send + Sync + 'static,
) -> ActivityError {
    again_in(asks_again, "InDoubt", error)
}

/// What became of one call.
enum Sent {
    /// The platform has it.
    Gone,
    /// It will not take it, however often it is asked.
    Refused(Error),
}

impl Outside {
    /// What goes out when the window is closed.
    fn way(&self) -> Result<Way, Invalid> {
        Ok(match self {
            Self::Template(template) => Way::Send(wire::template(template)?),
            Self::Nothing => Way::LeaveOut,
            Self::Owner => Way::Owner,
        })
    }
}

/// Where a guest can be written to, if anywhere.
pub(super) fn recipient(guest: &Guest) -> Option<Recipient> {
    [&guest.wa_id, &guest.bsuid, &guest.phone_e164]
        .into_iter()
        .flatten()
        .find_map(|id| Recipient::parse(id).ok())
}

fn is_in_window(guest: &Guest) -> bool {
    guest
        .last_inbound_at
        .is_some_and(|at| Utc::now() - at < WINDOW)
}

/// What the failure of a message asks of us, if its code is known.
fn class(failed: &Outbound) -> Option<Class> {
    let code = failed.failure.as_ref()?.code?;
    classify(u32::try_from(code).ok()?)
}

const fn needs_operator(class: Class) -> bool {
    matches!(class, Class::Unauthorized | Class::AccountProblem)
}

/// What is sent instead of a message that failed.
fn another_way(failed: &Outbound, class: Option<Class>) -> Result<Way, ActivityError> {
    let Some(class) = class.filter(|_| !failed.step.ends_with(ANOTHER_WAY)) else {
        return Ok(Way::Owner);
    };
    let written = Written::read(failed)?;
    let once_more = class.is_retryable() || class == Class::MediaFailed || needs_operator(class);
    match class {
        Class::WindowClosed => written.outside.way(),
        _ if once_more => wire::message(&written.say).map(Way::Send),
        _ => Ok(Way::Owner),
    }
    .map_err(invalid)
}

fn invalid(error: Invalid) -> ActivityError {
    permanent("InvalidMessage", error)
}
