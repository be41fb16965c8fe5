//! The rules of `POST /messages`: what the platform refuses, with its codes.
//!
//! Limits count Unicode scalar values.
//! A text over its limit is a refused request, never a shortened one.

mod interactive;
mod template;

use serde_json::Value;

use super::{
    refusal::Refusal,
    shown::{Location, Media, Shown},
    templates::Catalogue,
};

pub(super) use template::TemplateRules;

const CAPTION: usize = 1024;
const CALLBACK_DATA: usize = 512;

/// Where a message is addressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    Phone(String),
    UserId(String),
}

/// Reads the address; a phone outranks a business-scoped id.
pub(super) fn address(body: &Value) -> Result<Address, Refusal> {
    match body.get("recipient_type").and_then(Value::as_str) {
        None | Some("individual") => {}
        Some(_) => {
            return Err(Refusal::invalid(
                "recipient_type",
                "only individual is known",
            ));
        }
    }
    let id = |key| match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(id)) if !id.is_empty() => Ok(Some(id.as_str())),
        Some(_) => Err(Refusal::malformed(format!("'{key}' must be a string"))),
    };
    let parsed = |id| whatsapp::Recipient::parse(id);
    if let Some(to) = id("to")? {
        return match parsed(to) {
            Ok(whatsapp::Recipient::Phone(phone)) => Ok(Address::Phone(phone)),
            _ => Err(Refusal::invalid("to", "not a phone number")),
        };
    }
    match id("recipient")?.map(parsed) {
        Some(Ok(whatsapp::Recipient::User(id))) => Ok(Address::UserId(id)),
        Some(_) => Err(Refusal::invalid(
            "recipient",
            "not a business-scoped user id",
        )),
        None => Err(Refusal::missing("to")),
    }
}

/// Checks what surrounds the message.
pub(super) fn envelope(body: &Value) -> Result<(), Refusal> {
    if !body.is_object() {
        return Err(Refusal::malformed("The request body is not a JSON object."));
    }
    if body.get("messaging_product").and_then(Value::as_str) != Some("whatsapp") {
        return Err(Refusal::malformed(
            "The parameter messaging_product is required and must be whatsapp.",
        ));
    }
    match body.get("biz_opaque_callback_data") {
        None => Ok(()),
        Some(Value::String(data)) if data.chars().count() <= CALLBACK_DATA => Ok(()),
        Some(_) => Err(Refusal::invalid(
            "biz_opaque_callback_data",
            "not a string of at most 512 characters",
        )),
    }
}

/// Checks the message and draws it.
pub(super) fn message(
    body: &Value,
    catalogue: &Catalogue,
    rules: TemplateRules,
) -> Result<Shown, Refusal> {
    // The platform takes a message without a type for a text.
    let kind = match body.get("type") {
        None => "text",
        Some(Value::String(kind)) => kind,
        Some(_) => return Err(Refusal::malformed("'type' must be a string")),
    };
    let payload = body.get(kind).ok_or_else(|| Refusal::missing(kind))?;
    let mut shown = match kind {
        "text" => text(payload),
        "image" | "video" | "audio" | "document" | "sticker" => medium(kind, payload),
        "location" => location(payload),
        "contacts" => contacts(payload),
        "reaction" => reaction(payload),
        "interactive" => interactive::read(payload),
        "template" => template::read(payload, catalogue, rules),
        _ => Err(Refusal::malformed(format!(
            "'{kind}' is not a message type"
        ))),
    }?;
    kind.clone_into(&mut shown.kind);
    shown.context_id = optional(body, "/context/message_id", 512)?;
    Ok(shown)
}

fn text(payload: &Value) -> Result<Shown, Refusal> {
    if payload
        .get("preview_url")
        .is_some_and(|flag| !flag.is_boolean())
    {
        return Err(Refusal::invalid("preview_url", "not a boolean"));
    }
    Ok(Shown {
        text: Some(required(payload, "/body", 4096)?),
        ..Shown::default()
    })
}

fn medium(kind: &str, payload: &Value) -> Result<Shown, Refusal> {
    let id = optional(payload, "/id", 512)?;
    let link = optional(payload, "/link", 2048)?;
    let url = match (&id, link) {
        (Some(id), None) => format!("/sandbox/media/{id}"),
        (None, Some(link)) => web_address("link", link)?,
        (Some(_), Some(_)) => return Err(Refusal::invalid(kind, "give an id or a link, not both")),
        (None, None) => return Err(Refusal::missing(&format!("{kind}.id or {kind}.link"))),
    };
    let caption = optional(payload, "/caption", CAPTION)?;
    if caption.is_some() && matches!(kind, "audio" | "sticker") {
        return Err(Refusal::invalid("caption", "this type has none"));
    }
    Ok(Shown {
        text: caption,
        media: Some(Media {
            id,
            mime: None,
            filename: optional(payload, "/filename", 240)?,
            url,
        }),
        ..Shown::default()
    })
}

fn location(payload: &Value) -> Result<Shown, Refusal> {
    let degrees = |key: &str, limit: f64| {
        let value = payload.get(key).ok_or_else(|| Refusal::missing(key))?;
        let degrees = value
            .as_f64()
            .or_else(|| value.as_str()?.parse().ok())
            .ok_or_else(|| Refusal::invalid(key, "not a number"))?;
        if degrees.abs() <= limit {
            Ok(degrees)
        } else {
            Err(Refusal::invalid(key, "no such place"))
        }
    };
    Ok(Shown {
        location: Some(Location {
            latitude: degrees("latitude", 90.0)?,
            longitude: degrees("longitude", 180.0)?,
            name: optional(payload, "/name", 1000)?,
            address: optional(payload, "/address", 1000)?,
        }),
        ..Shown::default()
    })
}

fn contacts(payload: &Value) -> Result<Shown, Refusal> {
    let cards = payload
        .as_array()
        .filter(|cards| (1..=5).contains(&cards.len()))
        .ok_or_else(|| Refusal::invalid("contacts", "not an array of 1 to 5 cards"))?;
    let names: Vec<String> = cards
        .iter()
        .map(|card| required(card, "/name/formatted_name", 1000))
        .collect::<Result<_, _>>()?;
    Ok(Shown {
        text: Some(names.join(", ")),
        ..Shown::default()
    })
}

fn reaction(payload: &Value) -> Result<Shown, Refusal> {
    let message_id = required(payload, "/message_id", 512)?;
    let emoji = payload
        .get("emoji")
        .and_then(Value::as_str)
        .ok_or_else(|| Refusal::missing("emoji"))?;
    Ok(Shown {
        emoji: Some(emoji.to_owned()),
        context_id: Some(message_id),
        ..Shown::default()
    })
}

/// A text that must be there and not be blank.
fn required(value: &Value, pointer: &str, max: usize) -> Result<String, Refusal> {
    optional(value, pointer, max)?.ok_or_else(|| Refusal::missing(name_of(pointer)))
}

/// A text that may be missing, but not be blank or too long.
fn optional(value: &Value, pointer: &str, max: usize) -> Result<Option<String>, Refusal> {
    match value.pointer(pointer) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => {
            Err(Refusal::invalid(name_of(pointer), "it is empty"))
        }
        Some(Value::String(text)) => {
            let length = text.chars().count();
            if length > max {
                let reason = format!("it has {length} characters, at most {max} are allowed");
                Err(Refusal::invalid(name_of(pointer), &reason))
            } else {
                Ok(Some(text.clone()))
            }
        }
        Some(_) => Err(Refusal::malformed(format!(
            "'{}' must be a string",
            name_of(pointer)
        ))),
    }
}

fn name_of(pointer: &str) -> &str {
    pointer.trim_start_matches('/')
}

fn web_address(name: &str, address: String) -> Result<String, Refusal> {
    match reqwest::Url::parse(&address) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(address),
        _ => Err(Refusal::invalid(name, "not an http or https address")),
    }
}
