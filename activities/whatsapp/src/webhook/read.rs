//! From the envelope to events: `entry` × `changes` × (`messages`, `statuses`, `errors`).
//!
//! Works on loose JSON instead of typed structs on purpose: a field of an unexpected kind must read as
//! absent and leave the rest of the batch alone.

use serde_json::Value;

use super::{
    content::Content,
    event::{DeliveryStatus, Event, InboundMessage, Other, Party, Pricing, Problem, StatusUpdate},
};

/// Every event of an envelope.
pub(super) fn events(envelope: &Value) -> Vec<Event> {
    if at(envelope, "/object").and_then(Value::as_str) != Some("whatsapp_business_account") {
        return Vec::new();
    }
    list(envelope, "/entry")
        .flat_map(|entry| {
            let time = timestamp(entry, "/time");
            list(entry, "/changes").flat_map(move |change| Change::new(change, time).events())
        })
        .collect()
}

/// One element of `changes`, with what its events share.
struct Change<'a> {
    change: &'a Value,
    value: &'a Value,
    phone_number_id: Option<String>,
    /// Stands in for a missing timestamp.
    entry_time: Option<i64>,
}

impl<'a> Change<'a> {
    fn new(change: &'a Value, entry_time: Option<i64>) -> Self {
        let value = change.get("value").unwrap_or(&Value::Null);
        Self {
            change,
            value,
            phone_number_id: filled(value, "/metadata/phone_number_id"),
            entry_time,
        }
    }

    fn events(self) -> Vec<Event> {
        let field = filled(self.change, "/field").unwrap_or_default();
        if field != "messages" {
            return vec![self.other(&field, self.change)];
        }
        let messages = list(self.value, "/messages").map(|message| self.message(message));
        let statuses = list(self.value, "/statuses").map(|status| self.status(status));
        let errors = list(self.value, "/errors").map(|error| self.other("errors", error));
        messages.chain(statuses).chain(errors).collect()
    }

    fn message(&self, message: &Value) -> Event {
        let Some(id) = filled(message, "/id") else {
            return self.other("messages", message);
        };
        Event::Message(InboundMessage {
            id,
            timestamp: self.time_of(message),
            sender: self.party(filled(message, "/from"), filled(message, "/from_user_id")),
            phone_number_id: self.phone_number_id.clone(),
            context_id: filled(message, "/context/id"),
            group_id: filled(message, "/group_id"),
            content: Content::read(message),
            problems: problems(message),
            raw: message.clone(),
        })
    }

    fn status(&self, status: &Value) -> Event {
        let (Some(id), Some(word)) = (filled(status, "/id"), filled(status, "/status")) else {
            return self.other("messages", status);
        };
        Event::Status(StatusUpdate {
            id,
            status: DeliveryStatus::from(word),
            timestamp: self.time_of(status),
            recipient: self.party(
                filled(status, "/recipient_id"),
                filled(status, "/recipient_user_id"),
            ),
            phone_number_id: self.phone_number_id.clone(),
            callback_data: filled(status, "/biz_opaque_callback_data"),
            problems: problems(status),
            pricing: pricing(status),
            raw: status.clone(),
        })
    }

    fn other(&self, field: &str, raw: &Value) -> Event {
        Event::Other(Other {
            field: field.to_owned(),
            phone_number_id: self.phone_number_id.clone(),
            raw: raw.clone(),
        })
    }

    /// Completes what the event says about a person with the contact of the same id, wherever it stands
    /// in the list.
    fn party(&self, wa_id: Option<String>, user_id: Option<String>) -> Party {
        let same =
            |ours: &Option<String>, theirs: Option<String>| ours.is_some() && *ours == theirs;
        let contact = list(self.value, "/contacts")
            .find(|contact| same(&user_id, filled(contact, "/user_id")))
            .or_else(|| {
                list(self.value, "/contacts")
                    .find(|contact| same(&wa_id, filled(contact, "/wa_id")))
            });
        let told = |pointer| contact.and_then(|contact| filled(contact, pointer));
        Party {
            wa_id: wa_id.or_else(|| told("/wa_id")),
            user_id: user_id.or_else(|| told("/user_id")),
            profile_name: told("/profile/name"),
        }
    }

    fn time_of(&self, event: &Value) -> i64 {
        timestamp(event, "/timestamp")
            .or(self.entry_time)
            .unwrap_or_default()
    }
}

fn problems(event: &Value) -> Vec<Problem> {
    list(event, "/errors")
        .filter_map(|error| {
            let code = timestamp(error, "/code")?;
            Some(Problem {
                code: u32::try_from(code).ok()?,
                title: filled(error, "/title").or_else(|| filled(error, "/message")),
                details: filled(error, "/error_data/details"),
            })
        })
        .collect()
}

fn pricing(status: &Value) -> Option<Pricing> {
    let pricing = at(status, "/pricing").filter(|pricing| pricing.is_object())?;
    let kind = filled(pricing, "/type");
    Some(Pricing {
        // The flag may be absent; the kind then tells.
        billable: at(pricing, "/billable")
            .and_then(Value::as_bool)
            .unwrap_or(kind.as_deref() == Some("regular")),
        kind,
        category: filled(pricing, "/category"),
    })
}

/// The value at a JSON pointer.
pub(super) fn at<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    value.pointer(pointer)
}

/// The text at a pointer; an empty one counts as absent, and so does anything that is not text.
pub(super) fn filled(value: &Value, pointer: &str) -> Option<String> {
    at(value, pointer)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(ToOwned::to_owned)
}

/// The elements at a pointer; anything but an array has none.
pub(super) fn list<'a>(
    value: &'a Value,
    pointer: &str,
) -> impl Iterator<Item = &'a Value> + use<'a> {
    at(value, pointer)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// A number that may have been sent as text.
pub(super) fn number(value: &Value) -> Option<f64> {
    value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
        .filter(|number| number.is_finite())
}

/// A whole number that may have been sent as text.
fn timestamp(value: &Value, pointer: &str) -> Option<i64> {
    let value = at(value, pointer)?;
    value
        .as_i64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}
