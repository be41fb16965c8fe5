//! What a message says: every kind of the contract, and room for those to come.
//!
//! A known type whose payload is missing or unreadable is [`Content::Unknown`]; reading never fails.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::read::{at, filled, list, number};

/// The content of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the fields are the platform's own, by their own names"
)]
pub enum Content {
    /// Written words.
    Text { body: String },
    /// A sound; `voice` tells a voice note from a music file.
    Audio {
        media_id: String,
        /// By prefix: `audio/ogg; codecs=opus` has a parameter.
        mime: String,
        voice: bool,
    },
    /// A picture.
    Image {
        media_id: String,
        mime: String,
        caption: Option<String>,
    },
    /// A film.
    Video {
        media_id: String,
        mime: String,
        caption: Option<String>,
    },
    /// A file; its name is untrusted.
    Document {
        media_id: String,
        mime: String,
        filename: Option<String>,
        caption: Option<String>,
    },
    /// A sticker.
    Sticker { media_id: String, mime: String },
    /// A pin on the map.
    Location {
        latitude: f64,
        longitude: f64,
        name: Option<String>,
        address: Option<String>,
    },
    /// Shared contact cards.
    Contacts { cards: Vec<ContactCard> },
    /// A tap on a reply button; old buttons stay tappable for ever.
    ButtonReply { id: String, title: String },
    /// A choice from a list.
    ListReply {
        id: String,
        title: String,
        description: Option<String>,
    },
    /// A tap on a template's quick reply.
    TemplateButton { payload: String, text: String },
    /// A filled-in form; `response` is the JSON inside its string, if it is JSON.
    Flow {
        name: Option<String>,
        response: Option<Value>,
    },
    /// An emoji on a message; `None` takes it back.
    Reaction {
        message_id: String,
        emoji: Option<String>,
    },
    /// A cart from a catalogue.
    Order {
        catalog_id: Option<String>,
        text: Option<String>,
    },
    /// A notice about the person, such as a new number.
    System {
        kind: String,
        body: Option<String>,
        new_wa_id: Option<String>,
        new_user_id: Option<String>,
    },
    /// An earlier message was changed; `text` is its new wording, if it is a text.
    Edit {
        original_message_id: String,
        text: Option<String>,
    },
    /// An earlier message was taken back.
    Revoke { original_message_id: String },
    /// The chat was opened for the first time.
    RequestWelcome,
    /// The platform itself cannot pass it on (polls, view-once pictures).
    Unsupported { kind: Option<String> },
    /// A type that this crate does not know, or one without its payload.
    Unknown { kind: String },
}

/// A shared contact card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactCard {
    /// The name on it.
    pub name: Option<String>,
    /// The numbers on it, as written.
    pub phones: Vec<String>,
    /// Whether it answers our request for the sender's own number; any other card may be anybody's.
    pub requested: bool,
}

impl Content {
    /// Reads the content of a message object.
    pub(super) fn read(message: &Value) -> Self {
        let kind = filled(message, "/type").unwrap_or_default();
        let payload = message.get(&kind).unwrap_or(&Value::Null);
        Self::of_kind(&kind, payload).unwrap_or(Self::Unknown { kind })
    }

    fn of_kind(kind: &str, payload: &Value) -> Option<Self> {
        let text = |pointer| filled(payload, pointer);
        let content = match kind {
            "text" => Self::Text {
                body: text("/body")?,
            },
            "audio" => Self::Audio {
                media_id: text("/id")?,
                mime: mime(payload),
                voice: flag(payload, "/voice"),
            },
            "image" => Self::Image {
                media_id: text("/id")?,
                mime: mime(payload),
                caption: text("/caption"),
            },
            "video" => Self::Video {
                media_id: text("/id")?,
                mime: mime(payload),
                caption: text("/caption"),
            },
            "document" => Self::Document {
                media_id: text("/id")?,
                mime: mime(payload),
                filename: text("/filename"),
                caption: text("/caption"),
            },
            "sticker" => Self::Sticker {
                media_id: text("/id")?,
                mime: mime(payload),
            },
            "location" => Self::Location {
                latitude: coordinate(payload, "/latitude")?,
                longitude: coordinate(payload, "/longitude")?,
                name: text("/name"),
                address: text("/address"),
            },
            "contacts" => Self::Contacts {
                cards: payload.as_array()?.iter().map(ContactCard::read).collect(),
            },
            "interactive" => return Self::interactive(payload),
            "button" => Self::button(payload)?,
            "reaction" => Self::Reaction {
                message_id: text("/message_id")?,
                emoji: text("/emoji"),
            },
            "order" => Self::Order {
                catalog_id: payload.is_object().then(|| text("/catalog_id"))?,
                text: text("/text"),
            },
            "system" => Self::System {
                kind: text("/type")?,
                body: text("/body"),
                new_wa_id: text("/wa_id"),
                new_user_id: text("/user_id"),
            },
            "edit" => Self::Edit {
                original_message_id: text("/original_message_id")?,
                text: text("/message/text/body"),
            },
            "revoke" => Self::Revoke {
                original_message_id: text("/original_message_id")?,
            },
            "request_welcome" => Self::RequestWelcome,
            "unsupported" | "unknown" => Self::Unsupported {
                kind: text("/type"),
            },
            _ => return None,
        };
        Some(content)
    }

    fn interactive(payload: &Value) -> Option<Self> {
        let text = |pointer| filled(payload, pointer);
        let kind = text("/type")?;
        let content = match kind.as_str() {
            "button_reply" => Self::ButtonReply {
                id: text("/button_reply/id")?,
                title: text("/button_reply/title").unwrap_or_default(),
            },
            "list_reply" => Self::ListReply {
                id: text("/list_reply/id")?,
                title: text("/list_reply/title").unwrap_or_default(),
                description: text("/list_reply/description"),
            },
            "nfm_reply" => Self::Flow {
                name: text("/nfm_reply/name"),
                response: text("/nfm_reply/response_json")
                    .and_then(|json| serde_json::from_str(&json).ok()),
            },
            other => Self::Unknown {
                kind: format!("interactive/{other}"),
            },
        };
        Some(content)
    }

    /// A template button that was sent without a payload answers with its label, and the other way round
    /// we are as lenient.
    fn button(payload: &Value) -> Option<Self> {
        let label = filled(payload, "/text");
        let answer = filled(payload, "/payload").or_else(|| label.clone())?;
        Some(Self::TemplateButton {
            text: label.unwrap_or_else(|| answer.clone()),
            payload: answer,
        })
    }
}

impl ContactCard {
    fn read(card: &Value) -> Self {
        Self {
            name: filled(card, "/name/formatted_name").or_else(|| filled(card, "/name/first_name")),
            phones: list(card, "/phones")
                .filter_map(|phone| filled(phone, "/phone").or_else(|| filled(phone, "/wa_id")))
                .collect(),
            requested: filled(card, "/origin").as_deref() == Some("contact_request"),
        }
    }
}

fn mime(payload: &Value) -> String {
    filled(payload, "/mime_type").unwrap_or_else(|| "application/octet-stream".to_owned())
}

fn flag(payload: &Value, pointer: &str) -> bool {
    at(payload, pointer).and_then(Value::as_bool) == Some(true)
}

fn coordinate(payload: &Value, pointer: &str) -> Option<f64> {
    at(payload, pointer).and_then(number)
}
