//! Sending what is written, once.
//!
//! The platform has no idempotency key. What was attempted and not answered is in doubt: it is settled by a
//! status that carries the message's id, and sent again only when none has come for a while.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use database::{
    Database, guests,
    guests::Guest,
    messages::{self, Attempt, Outbound},
    review_queue,
};
use domain::{GuestId, MessageId};
use temporalio_sdk::activities::ActivityError;
use whatsapp::{Client, Error, message::{Message, Recipient}};

use super::{Written, wire};
use crate::failure::{missing, again_in, of_database, permanent};

/// How long a status may take to tell that a message whose answer was lost did go out.
const DOUBT: TimeDelta = TimeDelta::seconds(45);

/// The platform lets us write freely for 24 hours after the guest did; it is left early, since a message may
/// wait in line.
const WINDOW: TimeDelta = TimeDelta::minutes(24 * 60 - 10);

/// How long the owner has to write or call.
const OWNER_HAS: TimeDelta = TimeDelta::hours(4);

#[derive(Debug, thiserror::Error)]
enum NotSent {
    #[error("it is not known yet whether the message went out")]
    InDoubt,
}

/// Sends one message, unless it went out before.
pub(super) async fn send(
    db: &Database,
    client: &Client,
    guest_id: GuestId,
    id: MessageId,
    attempt: u32,
) -> Result<(), ActivityError> {
    let guest = guests::by_id(db, guest_id).await.map_err(of_database)?.ok_or_else(|| missing("guest"))?;
    let Some(recipient) = recipient(&guest) else {
        return give_up(db, id, None, "the guest has no WhatsApp id").await;
    };
    let message = match messages::begin_attempt(db, id, Utc::now()).await.map_err(of_database)? {
        Attempt::Settled(_) => return Ok(()),
        Attempt::InDoubt { message, since } => {
            wait_out_doubt(since)?;
            message
        }
        Attempt::Fresh(message) => message,
    };
    let written = read(&message)?;
    let in_window = guest.last_inbound_at.is_some_and(|at| Utc::now() - at < WINDOW);
    let content = match (&written.template, in_window) {
        (Some(template), false) => wire::template(template),
        (None, _) | (Some(_), true) => wire::message(&written.say),
    };
    let content = content.map_err(|error| permanent("InvalidMessage", error))?;
    transmit(db, client, &recipient, id, &content, attempt).await
}

/// Sends again as a template what the platform took and then could not deliver; what has no template, or
/// failed as one, goes to the owner.
pub(super) async fn recover(
    db: &Database,
    client: &Client,
    id: MessageId,
    attempt: u32,
) -> Result<(), ActivityError> {
    let failed = messages::outbound(db, id).await.map_err(of_database)?.ok_or_else(|| missing("message"))?;
    let written = read(&failed)?;
    let retry = MessageId::for_step(&format!("{id}/recover"));
    let Some(template) = written.template else {
        return tell_owner(db, id, failed.failure.and_then(|failure| failure.code)).await;
    };
    let again = messages::NewOutbound {
        id: retry,
        guest_id: failed.guest_id,
        step: format!("{id}/recover"),
        kind: "template".to_owned(),
        content: failed.content.clone(),
    };
    if failed.step.ends_with("/recover") {
        return tell_owner(db, id, failed.failure.and_then(|failure| failure.code)).await;
    }
    messages::compose(db, &[again]).await.map_err(of_database)?;
    let guest = guests::by_id(db, failed.guest_id).await.map_err(of_database)?.ok_or_else(|| missing("guest"))?;
    let Some(recipient) = recipient(&guest) else {
        return give_up(db, retry, None, "the guest has no WhatsApp id").await;
    };
    match messages::begin_attempt(db, retry, Utc::now()).await.map_err(of_database)? {
        Attempt::Settled(_) => return Ok(()),
        Attempt::InDoubt { since, .. } => wait_out_doubt(since)?,
        Attempt::Fresh(_) => {}
    }
    let content = wire::template(&template).map_err(|error| permanent("InvalidMessage", error))?;
    transmit(db, client, &recipient, retry, &content, attempt).await
}

/// One call to the platform, and what its answer means.
async fn transmit(
    db: &Database,
    client: &Client,
    recipient: &Recipient,
    id: MessageId,
    content: &Message,
    attempt: u32,
) -> Result<(), ActivityError> {
    match client.send(recipient, content, &id.to_string()).await {
        Ok(accepted) => {
            let marked = messages::mark_accepted(db, id, &accepted.message_id, Utc::now()).await;
            marked.map(drop).map_err(of_database)
        }
        Err(error @ Error::InDoubt(_)) => Err(again_in(doubt(), "InDoubt", error)),
        Err(error) if error.is_retryable() || needs_operator(&error) => {
            // Nothing went out: the next attempt is a fresh one.
            messages::mark_refused(db, id, code(&error), &error.to_string()).await.map_err(of_database)?;
            Err(match pause(&error, attempt) {
                Some(pause) => again_in(pause, "RateLimited", error),
                None => error.into(),
            })
        }
        Err(error) => {
            let reason = error.to_string();
            give_up(db, id, code(&error), &reason).await
        }
    }
}

/// Whether an operator can mend it, so that the message still goes out.
const fn needs_operator(error: &Error) -> bool {
    matches!(error, Error::Unauthorized | Error::AccountProblem { .. } | Error::Restricted { .. })
}

/// How long the platform wants us to wait: it doubles twice with every message too many to one guest.
fn pause(error: &Error, attempt: u32) -> Option<Duration> {
    match error {
        Error::PairLimited => Some(Duration::from_secs(1 << (2 * attempt.saturating_sub(1)).min(8))),
        Error::RateLimited { retry_after } => *retry_after,
        _ => None,
    }
}

fn wait_out_doubt(since: DateTime<Utc>) -> Result<(), ActivityError> {
    let left = DOUBT - (Utc::now() - since);
    match left.to_std() {
        Ok(left) if !left.is_zero() => Err(again_in(left, "InDoubt", NotSent::InDoubt)),
        _ => Ok(()),
    }
}

fn doubt() -> Duration {
    DOUBT.to_std().unwrap_or_default()
}

/// A message that cannot go out this way is failed for good, and the owner hears of it.
async fn give_up(db: &Database, id: MessageId, code: Option<i32>, reason: &str) -> Result<(), ActivityError> {
    tracing::warn!(message.id = %id, code, reason, "a message to a guest could not be sent");
    messages::mark_failed(db, id, code, reason).await.map_err(of_database)?;
    tell_owner(db, id, code).await
}

async fn tell_owner(db: &Database, id: MessageId, code: Option<i32>) -> Result<(), ActivityError> {
    let matter = review_queue::NewMatter {
        kind: "message_not_delivered".to_owned(),
        reference: id.to_string(),
        reason: "A message did not reach the guest. Write or call them.".to_owned(),
        details: serde_json::json!({ "code": code }),
        deadline: Some(Utc::now() + OWNER_HAS),
    };
    review_queue::raise(db, &matter).await.map_err(of_database)?;
    Ok(())
}

fn read(message: &Outbound) -> Result<Written, ActivityError> {
    serde_json::from_value(message.content.clone()).map_err(|error| permanent("InvalidMessage", error))
}

fn recipient(guest: &Guest) -> Option<Recipient> {
    let id = guest.wa_id.as_deref().or(guest.bsuid.as_deref()).or(guest.phone_e164.as_deref())?;
    Recipient::parse(id).ok()
}

fn code(error: &Error) -> Option<i32> {
    error.code().and_then(|code| i32::try_from(code).ok())
}
