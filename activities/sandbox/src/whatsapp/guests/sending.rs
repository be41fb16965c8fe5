//! A guest sends: from a few fields to the platform's message object, the thread, and the webhook.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{Sandbox, problem::Problem};

use super::GuestId;
use crate::whatsapp::{
    books::{Books, Entry, Offered, Side, Written, message_id, now},
    guest::Guest,
    shelf::Medium,
    shown::{Answer, Location, Media, Shown},
};

/// What a guest sends; exactly one of the contents.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    text: Option<String>,
    /// Id of a button, of a list's row, or payload of a template's button.
    #[serde(alias = "row")]
    button: Option<String>,
    /// Base64.
    audio: Option<String>,
    /// Base64.
    image: Option<String>,
    location: Option<Place>,
    /// Any message object, completed with what it lacks; or a whole webhook, posted as it is.
    raw: Option<Map<String, Value>>,

    /// Type of the audio or image.
    mime: Option<String>,
    caption: Option<String>,
    /// The message that this one quotes.
    context_id: Option<String>,
    profile_name: Option<String>,
    message_id: Option<String>,
    timestamp: Option<Time>,
}

#[derive(Deserialize)]
struct Place {
    latitude: f64,
    longitude: f64,
    name: Option<String>,
    address: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Time {
    Number(i64),
    Text(String),
}

impl Time {
    fn seconds(self) -> Result<i64, Problem> {
        match self {
            Self::Number(seconds) => Ok(seconds),
            Self::Text(text) => text.parse().map_err(|_not_a_number| {
                Problem::unprocessable("timestamp is a number of Unix seconds")
            }),
        }
    }
}

/// A message under construction: the platform's object and its look.
struct Draft {
    object: Map<String, Value>,
    shown: Shown,
}

/// `POST /sandbox/guests/{wa_id}/messages`.
pub(super) async fn send(
    State(sandbox): State<Arc<Sandbox>>,
    Path(wa_id): Path<String>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let id = GuestId::parse(&wa_id)?;
    let mut sent: Sent =
        serde_json::from_slice(&body).map_err(|error| Problem::unprocessable(error.to_string()))?;
    if let Some(webhook) = sent.raw.take_if(|raw| raw.contains_key("entry")) {
        sandbox.tell(id.as_str(), &Value::Object(webhook));
        return Ok((StatusCode::CREATED, Json(json!({ "message_id": null }))));
    }
    let (guest, entry) = write(&sandbox, &id, sent)?;
    sandbox.tell_message(&guest, &entry.raw);
    sandbox.whatsapp.changed();
    let answer = json!({ "message_id": entry.id, "seq": entry.seq });
    Ok((StatusCode::CREATED, Json(answer)))
}

fn write(sandbox: &Sandbox, id: &GuestId, mut sent: Sent) -> Result<(Guest, Entry), Problem> {
    let timestamp = sent.timestamp.take().map(Time::seconds).transpose()?;
    let profile_name = sent.profile_name.take();
    let given_id = sent.message_id.take();
    let mut books = sandbox.whatsapp.books();
    let mut draft = sent.draft(&mut books, id)?;
    let guest = books.meet(id);
    if let Some(name) = profile_name {
        guest.profile_name = name;
    }
    complete(
        &mut draft.object,
        guest,
        sandbox.is_legacy(),
        given_id,
        timestamp,
    );
    let text = |key| match draft.object.get(key) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let timestamp = text("timestamp")
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(now);
    guest.last_wrote = guest.last_wrote.max(Some(timestamp));
    let guest = guest.clone();
    let written = Written {
        id: text("id").unwrap_or_else(message_id),
        timestamp,
        raw: Value::Object(draft.object),
        shown: draft.shown,
    };
    let entry = books.write(id, Side::Guest, written);
    Ok((guest, entry))
}

/// Adds what every message object has, unless a raw one says otherwise; what it gives as null is left
/// out.
fn complete(
    object: &mut Map<String, Value>,
    guest: &Guest,
    legacy: bool,
    given_id: Option<String>,
    timestamp: Option<i64>,
) {
    let mut add = |key: &str, value: Value| {
        object.entry(key.to_owned()).or_insert(value);
    };
    add("id", given_id.unwrap_or_else(message_id).into());
    add(
        "timestamp",
        timestamp.unwrap_or_else(now).to_string().into(),
    );
    if let Some(wa_id) = guest.wa_id() {
        add("from", wa_id.into());
    }
    if !legacy {
        add("from_user_id", guest.user_id.clone().into());
    }
    object.retain(|_, value| !value.is_null());
}

impl Sent {
    fn draft(self, books: &mut Books, guest: &GuestId) -> Result<Draft, Problem> {
        let contents = [
            self.text.is_some(),
            self.button.is_some(),
            self.audio.is_some(),
            self.image.is_some(),
            self.location.is_some(),
            self.raw.is_some(),
        ];
        if contents.iter().filter(|given| **given).count() != 1 {
            return Err(Problem::unprocessable(
                "a guest sends exactly one of text, button, audio, image, location or raw",
            ));
        }
        let context_id = self.context_id.clone();
        let mut draft = if let Some(text) = self.text {
            Draft::text(text)
        } else if let Some(id) = self.button {
            Draft::tap(books, guest, &id)
        } else if let Some(audio) = self.audio {
            let mime = self
                .mime
                .unwrap_or_else(|| "audio/ogg; codecs=opus".to_owned());
            Draft::medium(books, "audio", &audio, mime, None)?
        } else if let Some(image) = self.image {
            let mime = self.mime.unwrap_or_else(|| "image/jpeg".to_owned());
            Draft::medium(books, "image", &image, mime, self.caption)?
        } else if let Some(place) = self.location {
            Draft::location(place)
        } else {
            Draft::raw(self.raw.unwrap_or_default())
        };
        if let Some(context_id) = context_id {
            draft.quote(context_id);
        }
        Ok(draft)
    }
}

impl Draft {
    fn new(kind: &str, payload: Value, shown: Shown) -> Self {
        let mut object = Map::new();
        object.insert("type".to_owned(), kind.into());
        object.insert(kind.to_owned(), payload);
        Self {
            object,
            shown: Shown {
                kind: kind.to_owned(),
                ..shown
            },
        }
    }

    fn text(body: String) -> Self {
        let payload = json!({ "body": body });
        let shown = Shown {
            text: Some(body),
            ..Shown::default()
        };
        Self::new("text", payload, shown)
    }

    /// A tap on what the latest message with such an answer offers.
    ///
    /// An id that no message offers is sent as a button all the same: what a phone answers is beyond the
    /// business' control.
    fn tap(books: &Books, guest: &GuestId, id: &str) -> Self {
        let offer = books.offer(guest, id);
        let answer = offer.as_ref().map_or_else(
            || Answer {
                id: id.to_owned(),
                title: id.to_owned(),
            },
            |offer| offer.answer.clone(),
        );
        let mut shown = Shown {
            text: Some(answer.title.clone()),
            reply: Some(answer.clone()),
            ..Shown::default()
        };
        let offered = offer.as_ref().map_or(Offered::Button, |offer| offer.of);
        let mut draft = match offered {
            Offered::TemplateButton => {
                let payload = json!({ "payload": answer.id, "text": answer.title });
                Self::new("button", payload, shown)
            }
            Offered::Button => {
                shown.interactive_type = Some("button_reply".to_owned());
                let payload = json!({ "type": "button_reply", "button_reply": answer });
                Self::new("interactive", payload, shown)
            }
            Offered::Row => {
                shown.interactive_type = Some("list_reply".to_owned());
                let mut reply = json!(answer);
                let description = offer.as_ref().and_then(|offer| offer.description.clone());
                if let (Some(fields), Some(text)) = (reply.as_object_mut(), description) {
                    fields.insert("description".to_owned(), text.into());
                }
                let payload = json!({ "type": "list_reply", "list_reply": reply });
                Self::new("interactive", payload, shown)
            }
        };
        if let Some(offer) = offer {
            draft.quote(offer.message_id);
        }
        draft
    }

    fn medium(
        books: &mut Books,
        kind: &str,
        base64: &str,
        mime: String,
        caption: Option<String>,
    ) -> Result<Self, Problem> {
        let bytes = BASE64_STANDARD
            .decode(base64.trim())
            .map_err(|_undecodable| Problem::unprocessable(format!("{kind} is not base64")))?;
        let medium = Medium {
            mime: mime.clone(),
            bytes: bytes.into(),
        };
        let sha256 = BASE64_STANDARD.encode(medium.sha256());
        let id = books.media.keep(medium);
        let mut payload = json!({ "id": id, "mime_type": mime, "sha256": sha256 });
        if let Some(fields) = payload.as_object_mut() {
            if kind == "audio" {
                fields.insert("voice".to_owned(), true.into());
            }
            if let Some(caption) = &caption {
                fields.insert("caption".to_owned(), caption.clone().into());
            }
        }
        let shown = Shown {
            text: caption,
            media: Some(Media {
                url: format!("/sandbox/media/{id}"),
                id: Some(id),
                mime: Some(mime),
                filename: None,
            }),
            ..Shown::default()
        };
        Ok(Self::new(kind, payload, shown))
    }

    fn location(place: Place) -> Self {
        let location = Location {
            latitude: place.latitude,
            longitude: place.longitude,
            name: place.name,
            address: place.address,
        };
        let payload = json!(location);
        let shown = Shown {
            location: Some(location),
            ..Shown::default()
        };
        Self::new("location", payload, shown)
    }

    fn raw(object: Map<String, Value>) -> Self {
        let text = |pointer: [&str; 2]| {
            let [outer, inner] = pointer;
            object
                .get(outer)?
                .get(inner)?
                .as_str()
                .map(ToOwned::to_owned)
        };
        let kind = object
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let shown = Shown {
            text: text(["text", "body"]).or_else(|| text(["system", "body"])),
            emoji: text(["reaction", "emoji"]),
            ..Shown::of_kind(kind)
        };
        Self { object, shown }
    }

    fn quote(&mut self, message_id: String) {
        self.object
            .insert("context".to_owned(), json!({ "id": message_id }));
        self.shown.context_id = Some(message_id);
    }
}
