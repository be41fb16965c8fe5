//! The rules of interactive messages: how many, how long, and which must differ.

use std::collections::HashSet;

use serde_json::Value;

use super::{optional, required, web_address};
use crate::whatsapp::{
    refusal::Refusal,
    shown::{Answer, Link, Row, Shown},
};

const BODY: usize = 1024;
const LINE: usize = 60;
const LABEL: usize = 20;
const BUTTONS: usize = 3;
const BUTTON_ID: usize = 256;
const ROWS: usize = 10;
const ROW_ID: usize = 200;
const ROW_TITLE: usize = 24;
const ROW_DESCRIPTION: usize = 72;

/// Checks an `interactive` object and draws it.
pub(super) fn read(interactive: &Value) -> Result<Shown, Refusal> {
    let kind = required(interactive, "/type", LINE)?;
    let action = interactive
        .get("action")
        .filter(|action| action.is_object())
        .ok_or_else(|| Refusal::missing("action"))?;
    let mut shown = match kind.as_str() {
        "button" => buttons(action),
        "list" => list(action),
        "cta_url" => link(action),
        "location_request_message" => named(action, "send_location"),
        "request_contact_info" => named(action, "request_contact_info"),
        "flow" => named(action, "flow"),
        _ => Err(Refusal::invalid("interactive.type", "not a known type")),
    }?;
    shown.text = Some(required(interactive, "/body/text", BODY)?);
    shown.header = header(interactive, &kind)?;
    shown.footer = optional(interactive, "/footer/text", LINE)?;
    shown.interactive_type = Some(kind);
    Ok(shown)
}

fn header(interactive: &Value, kind: &str) -> Result<Option<String>, Refusal> {
    let Some(header) = interactive.get("header") else {
        return Ok(None);
    };
    match header.get("type").and_then(Value::as_str) {
        Some("text") => required(header, "/text", LINE).map(Some),
        Some("image" | "video" | "document") if kind != "list" => Ok(None),
        Some(_) => Err(Refusal::invalid("header.type", "not allowed here")),
        None => Err(Refusal::missing("header.type")),
    }
}

fn buttons(action: &Value) -> Result<Shown, Refusal> {
    let buttons = counted(action, "buttons", BUTTONS)?
        .iter()
        .map(|button| {
            if button.get("type").and_then(Value::as_str) != Some("reply") {
                return Err(Refusal::invalid("buttons.type", "must be reply"));
            }
            let id = required(button, "/reply/id", BUTTON_ID)?;
            if id.trim() != id {
                return Err(Refusal::invalid(
                    "reply.id",
                    "it begins or ends with a space",
                ));
            }
            let title = required(button, "/reply/title", LABEL)?;
            Ok(Answer { id, title })
        })
        .collect::<Result<Vec<_>, _>>()?;
    distinct("reply.id", buttons.iter().map(|button| &button.id))?;
    distinct("reply.title", buttons.iter().map(|button| &button.title))?;
    Ok(Shown {
        buttons,
        ..Shown::default()
    })
}

fn list(action: &Value) -> Result<Shown, Refusal> {
    let sections = counted(action, "sections", ROWS)?;
    let mut rows = Vec::new();
    for section in sections {
        let heading = optional(section, "/title", ROW_TITLE)?;
        if heading.is_none() && sections.len() > 1 {
            return Err(Refusal::missing("section.title"));
        }
        for row in counted(section, "rows", ROWS)? {
            rows.push(Row {
                id: required(row, "/id", ROW_ID)?,
                title: required(row, "/title", ROW_TITLE)?,
                description: optional(row, "/description", ROW_DESCRIPTION)?,
                section: heading.clone(),
            });
        }
    }
    if rows.len() > ROWS {
        return Err(Refusal::invalid(
            "rows",
            "more than 10 in all sections together",
        ));
    }
    distinct("row.id", rows.iter().map(|row| &row.id))?;
    Ok(Shown {
        rows,
        list_button: Some(required(action, "/button", LABEL)?),
        ..Shown::default()
    })
}

fn link(action: &Value) -> Result<Shown, Refusal> {
    named(action, "cta_url")?;
    let title = required(action, "/parameters/display_text", LABEL)?;
    let url = required(action, "/parameters/url", 2048)?;
    Ok(Shown {
        link: Some(Link {
            title,
            url: web_address("parameters.url", url)?,
        }),
        ..Shown::default()
    })
}

fn named(action: &Value, name: &str) -> Result<Shown, Refusal> {
    match action.get("name").and_then(Value::as_str) {
        Some(given) if given == name => Ok(Shown::default()),
        Some(_) => Err(Refusal::invalid("action.name", "not the one of this type")),
        None => Err(Refusal::missing("action.name")),
    }
}

/// The elements of an array that must have 1 to `max` of them.
fn counted<'a>(value: &'a Value, key: &str, max: usize) -> Result<&'a [Value], Refusal> {
    match value.get(key) {
        None => Err(Refusal::missing(key)),
        Some(Value::Array(items)) if (1..=max).contains(&items.len()) => Ok(items),
        Some(_) => {
            let reason = format!("not an array of 1 to {max}");
            Err(Refusal::invalid(key, &reason))
        }
    }
}

fn distinct<'a>(name: &str, mut texts: impl Iterator<Item = &'a String>) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    if texts.all(|text| seen.insert(text)) {
        Ok(())
    } else {
        Err(Refusal::invalid(name, "given twice"))
    }
}
