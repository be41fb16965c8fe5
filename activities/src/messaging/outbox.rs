//! Sending what is written, once.
//!
//! The platform has no idempotency key. What was attempted and not answered is in doubt: it is settled by a
//! status that carries the message's id, and sent again only when none has come for a while.

use chrono::{DateTime, TimeDelta, Utc};
use database::{
    Database, guests,
    guests::Guest,
    messages::{self, Attempt, Delivery, Outbound},
    review_queue,
};
use dialogue::Template;
use domain::{GuestId, MessageId};
use temporalio_sdk::activities::ActivityError;
use whatsapp::{
    Class, Client, Error, classify,
    message::{Message, Recipient},
};

use super::{
    Written,
    trouble::{self, Trouble},
    wire,
};
use crate::failure::{again_in, garbled, missing, of_database, permanent};

/// The platform lets us write freely for 24 hours after the guest did; it is left early, since a message may
/// wait in line.
const WINDOW: TimeDelta = TimeDelta::minutes(24 * 60 - 10);

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
}

/// The way out for one attempt of an activity.
pub(super) struct Outbox<'a> {
    pub(super) db: &'a Database,
    pub(super) client: &'a Client,
    /// How long a status may take to tell that a message whose answer was lost did go out.
    pub(super) doubt: TimeDelta,
    /// Which attempt it is; the first is 1.
    pub(super) attempt: u32,
}

impl Outbox<'_> {
    /// Sends one message, unless it went out before.
    pub(super) async fn send(&self, guest: GuestId, id: MessageId) -> Result<(), ActivityError> {
        let guest = self.guest(guest).await?;
        let Some(to) = recipient(&guest) else {
            return self.fail(id, None, NOWHERE).await;
        };
        let Some(message) = self.begin(id).await? else {
            return Ok(());
        };
        let written = read(&message)?;
        if let (Some(template), false) = (&written.template, is_in_window(&guest)) {
            return self.send_template(&to, id, template).await;
        }
        let content =
            wire::message(&written.say).map_err(|error| permanent("InvalidMessage", error))?;
        match (self.transmit(&to, id, &content).await?, &written.template) {
            (Sent::Gone, _) => Ok(()),
            (Sent::Refused(Error::WindowClosed), Some(template)) => {
                self.send_template(&to, id, template).await
            }
            (Sent::Refused(error), _) => self.give_up(id, &error).await,
        }
    }

    /// Sends another way what the platform took and then could not deliver: as a template what came too late,
    /// once more what met trouble at the platform. Everything else, and what fails again, goes to the owner.
    pub(super) async fn recover(&self, id: MessageId) -> Result<(), ActivityError> {
        let failed = messages::outbound(self.db, id).await.map_err(of_database)?;
        let failed = failed.ok_or_else(|| missing("message"))?;
        if failed.delivery != Delivery::Failed {
            return Ok(());
        }
        let written = read(&failed)?;
        let code = failed.failure.as_ref().and_then(|failure| failure.code);
        let Some(content) = another_way(&failed, &written, code)? else {
            return self.tell_owner(id, code).await;
        };
        let again = self.compose_again(&failed).await?;
        let guest = self.guest(failed.guest_id).await?;
        let Some(to) = recipient(&guest) else {
            return self.fail(again, None, NOWHERE).await;
        };
        if self.begin(again).await?.is_none() {
            return Ok(());
        }
        match self.transmit(&to, again, &content).await? {
            Sent::Gone => Ok(()),
            Sent::Refused(error) => self.give_up(again, &error).await,
        }
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

    /// Asks for the right to send; nothing, when there is nothing to send any more.
    async fn begin(&self, id: MessageId) -> Result<Option<Outbound>, ActivityError> {
        match self.try_begin(id).await? {
            Attempt::Settled(_) => Ok(None),
            Attempt::Fresh(message) => Ok(Some(message)),
            Attempt::InDoubt { since, .. } => {
                self.wait_out_doubt(since)?;
                // No status has told of it: it did not go out, and the next attempt has a doubt of its own.
                messages::mark_refused(self.db, id, None, "no status told of it")
                    .await
                    .map_err(of_database)?;
                match self.try_begin(id).await? {
                    Attempt::Settled(_) => Ok(None),
                    Attempt::Fresh(message) => Ok(Some(message)),
                    Attempt::InDoubt { .. } => Err(self.in_doubt(self.doubt, NotSent::InDoubt)),
                }
            }
        }
    }

    async fn try_begin(&self, id: MessageId) -> Result<Attempt, ActivityError> {
        messages::begin_attempt(self.db, id, Utc::now())
            .await
            .map_err(of_database)
    }

    fn wait_out_doubt(&self, since: DateTime<Utc>) -> Result<(), ActivityError> {
        let left = self.doubt - (Utc::now() - since);
        if left > TimeDelta::zero() {
            return Err(self.in_doubt(left, NotSent::InDoubt));
        }
        Ok(())
    }

    fn in_doubt(
        &self,
        left: TimeDelta,
        error: impl std::error::Error + Send + Sync + 'static,
    ) -> ActivityError {
        again_in(left.to_std().unwrap_or_default(), "InDoubt", error)
    }

    async fn send_template(
        &self,
        to: &Recipient,
        id: MessageId,
        template: &Template,
    ) -> Result<(), ActivityError> {
        let content =
            wire::template(template).map_err(|error| permanent("InvalidMessage", error))?;
        match self.transmit(to, id, &content).await? {
            Sent::Gone => Ok(()),
            Sent::Refused(error) => self.give_up(id, &error).await,
        }
    }

    /// One call to the platform, and what its answer means.
    async fn transmit(
        &self,
        to: &Recipient,
        id: MessageId,
        content: &Message,
    ) -> Result<Sent, ActivityError> {
        let error = match self.client.send(to, content, &id.to_string()).await {
            Ok(accepted) => {
                let marked =
                    messages::mark_accepted(self.db, id, &accepted.message_id, Utc::now()).await;
                return marked.map(|_message| Sent::Gone).map_err(of_database);
            }
            Err(error) => error,
        };
        match trouble::of(&error, self.attempt) {
            Trouble::InDoubt => Err(self.in_doubt(self.doubt, error)),
            Trouble::Refused => Ok(Sent::Refused(error)),
            Trouble::ForNow { pause } => {
                // Nothing went out: the next attempt is a fresh one.
                messages::mark_refused(self.db, id, trouble::code(&error), &error.to_string())
                    .await
                    .map_err(of_database)?;
                Err(match pause {
                    Some(pause) => again_in(pause, "RateLimited", error),
                    None => error.into(),
                })
            }
        }
    }

    async fn give_up(&self, id: MessageId, error: &Error) -> Result<(), ActivityError> {
        self.fail(id, trouble::code(error), &error.to_string())
            .await
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

/// What became of one call.
enum Sent {
    /// The platform has it.
    Gone,
    /// It will not take it, however often it is asked.
    Refused(Error),
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

/// What is sent instead of a message that failed; nothing, when only a person can do more.
fn another_way(
    failed: &Outbound,
    written: &Written,
    code: Option<i32>,
) -> Result<Option<Message>, ActivityError> {
    if failed.step.ends_with(ANOTHER_WAY) {
        return Ok(None);
    }
    let class = code
        .and_then(|code| u32::try_from(code).ok())
        .and_then(classify);
    match (class, &written.template) {
        (Some(Class::WindowClosed), Some(template)) => wire::template(template).map(Some),
        (Some(class), _) if class.is_retryable() => wire::message(&written.say).map(Some),
        _ => Ok(None),
    }
    .map_err(|error| permanent("InvalidMessage", error))
}

fn read(message: &Outbound) -> Result<Written, ActivityError> {
    serde_json::from_value(message.content.clone())
        .map_err(|_unreadable| garbled("a message to a guest"))
}
