//! `POST /{version}/{phone_number_id}/messages`: send, or mark as read.

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Path, State},
};
use serde_json::{Value, json};

use crate::{Sandbox, config::TemplatesApproved, faults::Failure};

use super::{
    books::{Books, Exceeded, Side, Written, message_id, now},
    gate,
    guest::GuestId,
    refusal::Refusal,
    statuses,
    validate::{self, Address, TemplateRules},
};

/// Takes a message or a read receipt.
pub(super) async fn messages(
    State(sandbox): State<Arc<Sandbox>>,
    Path((_version, number)): Path<(String, String)>,
    fails_later: Option<Extension<Failure>>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    gate::of_number(&sandbox, &number)?;
    let body: Value = serde_json::from_slice(&body)
        .map_err(|error| Refusal::malformed(format!("The request body is not JSON: {error}")))?;
    validate::envelope(&body)?;
    if body.get("status").is_some() {
        return mark_read(&sandbox, &body);
    }
    let address = validate::address(&body)?;
    let asked_failure = fails_later.map(|Extension(failure)| failure.code.unwrap_or(131_026));
    send(&sandbox, &address, body, asked_failure)
}

fn send(
    sandbox: &Arc<Sandbox>,
    address: &Address,
    body: Value,
    asked_failure: Option<u32>,
) -> Result<Json<Value>, Refusal> {
    let (entry, failure, answer) = {
        let mut books = sandbox.whatsapp.books();
        let rules = match sandbox.config.whatsapp.behaviour.templates_approved {
            TemplatesApproved::All => TemplateRules::AnyName,
            TemplatesApproved::Listed => TemplateRules::Registered,
        };
        let shown = validate::message(&body, &books.templates, rules)?;
        let is_template = shown.template.is_some();
        if let Some(id) = shown.media.as_ref().and_then(|media| media.id.as_deref())
            && books.media.find(id).is_none()
        {
            return Err(Refusal::malformed(format!("Media '{id}' does not exist.")));
        }
        let guest = recipient(sandbox, &mut books, address)?;
        books.spend(&guest).map_err(|exceeded| match exceeded {
            Exceeded::Pair => Refusal::new(131_056, "Too many messages to the same recipient."),
            Exceeded::Throughput => Refusal::new(130_429, "Too many messages per second."),
        })?;
        let is_open = is_template || books.meet(&guest).window_is_open(now());
        if !is_open && sandbox.config.whatsapp.behaviour.window_sync {
            return Err(Refusal::new(
                131_047,
                "More than 24 hours have passed since the recipient last replied.",
            ));
        }
        let failure = asked_failure.or((!is_open).then_some(131_047));
        let written = Written {
            id: message_id(),
            timestamp: now(),
            shown,
            raw: body,
        };
        let entry = books.write(&guest, Side::Business, written);
        let answer = accepted(address, &guest, &entry.id, is_template);
        (entry, failure, answer)
    };
    sandbox.whatsapp.changed();
    statuses::begin(sandbox, entry, failure);
    Ok(Json(answer))
}

/// Finds the guest; a phone may be new, a business-scoped id has to be known.
fn recipient(sandbox: &Sandbox, books: &mut Books, address: &Address) -> Result<GuestId, Refusal> {
    match address {
        Address::Phone(phone) if *phone == sandbox.config.whatsapp.display_phone_number => Err(
            Refusal::new(131_021, "Recipient and sender are the same number."),
        ),
        Address::Phone(phone)
            if sandbox.config.whatsapp.behaviour.argentina_test_number
                && whatsapp::number::strip_nine(phone) != *phone =>
        {
            Err(Refusal::new(
                131_030,
                "Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again.",
            ))
        }
        Address::Phone(phone) => {
            let id = GuestId::parse(phone)
                .map_err(|_not_a_phone| Refusal::invalid("to", "not a phone number"))?;
            Ok(books.meet(&id).id.clone())
        }
        Address::UserId(user_id) => books
            .guest_of_user_id(user_id)
            .map(|guest| guest.id.clone())
            .ok_or_else(|| Refusal::invalid("recipient", "an unknown business-scoped user id")),
    }
}

fn accepted(address: &Address, guest: &GuestId, message_id: &str, is_template: bool) -> Value {
    let contact = match address {
        Address::Phone(input) => json!({ "input": input, "wa_id": guest.as_str() }),
        Address::UserId(input) => json!({ "input": input, "user_id": input }),
    };
    let message = if is_template {
        json!({ "id": message_id, "message_status": "accepted" })
    } else {
        json!({ "id": message_id })
    };
    json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [message] })
}

fn mark_read(sandbox: &Sandbox, body: &Value) -> Result<Json<Value>, Refusal> {
    if body.get("status").and_then(Value::as_str) != Some("read") {
        return Err(Refusal::invalid("status", "only read is known"));
    }
    let message_id = body
        .get("message_id")
        .and_then(Value::as_str)
        .ok_or_else(|| Refusal::missing("message_id"))?;
    let typing = match body.get("typing_indicator") {
        None => false,
        Some(indicator) if indicator.get("type").and_then(Value::as_str) == Some("text") => true,
        Some(_) => {
            return Err(Refusal::invalid(
                "typing_indicator",
                "its type must be text",
            ));
        }
    };
    let is_known = sandbox.whatsapp.books().mark_read(message_id, typing);
    if !is_known {
        return Err(Refusal::invalid("message_id", "no such message"));
    }
    sandbox.whatsapp.changed();
    Ok(Json(json!({ "success": true })))
}
