//! What providers tell us: verified, written down, acknowledged, and then handed to its workflow at once.
//!
//! There is no third way: what could not be written down is answered 503, and the provider sends it again.

pub(crate) mod mercado_pago;
pub(crate) mod whatsapp;

use std::time::{Duration, Instant};

use database::inbox::{self, Accepted, NewEvent};
use serde_json::Value;

use crate::{app::App, dispatch, error::Error};

/// The least patient sender listens for five seconds.
const DURABLE_WITHIN: Duration = Duration::from_secs(4);

const NUL: char = '\0';

/// Writes events down and lets their workflows know. When this has returned, the webhook may be acknowledged.
///
/// # Errors
/// [`Error::Unavailable`] when they could not be written down.
async fn take_in(
    app: &App,
    provider: &'static str,
    mut events: Vec<NewEvent>,
) -> Result<(), Error> {
    let started = Instant::now();
    events.iter_mut().for_each(make_keepable);
    let _waiting = app.acknowledging.one();
    let accepted = match app.database() {
        Ok(database) => durably(inbox::accept(&database, &events)).await,
        Err(away) => Err(away),
    };
    let accepted = accepted.inspect_err(|_lost| app.metrics.webhook(provider, "not_stored"))?;
    let new = accepted.iter().filter(|event| event.new).count();
    app.metrics
        .webhook(provider, if new > 0 { "accepted" } else { "repeated" });
    tracing::info!(
        webhook.provider = provider,
        webhook.events = accepted.len(),
        webhook.new = new,
        milliseconds = started.elapsed().as_millis(),
        "a webhook is in the inbox"
    );
    dispatch::at_once(app, only_new(events, accepted));
    Ok(())
}

/// What is not durable in time is for its sender to send again: it may be written all the same, and a repeat is
/// harmless.
async fn durably<T>(writing: impl Future<Output = Result<T, database::Error>>) -> Result<T, Error> {
    match tokio::time::timeout(DURABLE_WITHIN, writing).await {
        Ok(written) => Ok(written?),
        Err(_elapsed) => Err(Error::away("the database")),
    }
}

/// What came for the first time, with its place in the inbox. Repeats were handed over before, or will be by
/// the sweep.
fn only_new(events: Vec<NewEvent>, accepted: Vec<Accepted>) -> Vec<inbox::Event> {
    events
        .into_iter()
        .zip(accepted)
        .filter(|(_, accepted)| accepted.new)
        .map(|(event, accepted)| inbox::Event {
            id: accepted.inbox_id,
            provider: event.provider,
            event_id: event.event_id,
            kind: event.kind,
            guest_id: accepted.guest_id,
            message_id: accepted.message_id,
            resource_id: event.resource_id,
            authentic: event.authentic,
            payload: event.payload,
            received_at: event.received_at,
            delivered_at: None,
            attempts: 0,
        })
        .collect()
}

/// Takes out the one character that Postgres keeps in no text: who sends it must be heard all the same.
fn make_keepable(event: &mut NewEvent) {
    without_nul(&mut event.event_id);
    event.resource_id.iter_mut().for_each(without_nul);
    nowhere_nul(&mut event.payload);
    if let Some(message) = &mut event.message {
        without_nul(&mut message.wamid);
        without_nul(&mut message.kind);
        nowhere_nul(&mut message.content);
    }
    if let Some(guest) = &mut event.guest {
        let texts = [&mut guest.bsuid, &mut guest.wa_id, &mut guest.profile_name];
        texts.into_iter().flatten().for_each(without_nul);
    }
}

fn nowhere_nul(value: &mut Value) {
    match value {
        Value::String(text) => without_nul(text),
        Value::Array(values) => values.iter_mut().for_each(nowhere_nul),
        Value::Object(fields) => {
            if fields.keys().any(|name| name.contains(NUL)) {
                let named = std::mem::take(fields).into_iter();
                *fields = named
                    .map(|(name, value)| (name.replace(NUL, ""), value))
                    .collect();
            }
            fields.values_mut().for_each(nowhere_nul);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn without_nul(text: &mut String) {
    if text.contains(NUL) {
        *text = text.replace(NUL, "");
    }
}
