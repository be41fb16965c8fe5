//! What the platform remembers: guests, their threads, media and templates.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE};
use chrono::Utc;
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use crate::config::WhatsAppBehaviour;

use super::{
    guest::{Guest, GuestId},
    limits::Limit,
    shelf::Shelf,
    shown::{Answer, Shown},
    templates::Catalogue,
};

/// How long the business is seen typing after it said so.
const TYPING: Duration = Duration::from_secs(25);

/// Everything, behind one lock.
pub(super) struct Books {
    behaviour: WhatsAppBehaviour,
    guests: BTreeMap<GuestId, Guest>,
    /// Both sides of every thread, in the order in which they happened.
    entries: Vec<Entry>,
    by_message: HashMap<String, usize>,
    throughput: Limit,
    pub(super) media: Shelf,
    pub(super) templates: Catalogue,
}

/// A message of a thread.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Entry {
    /// Position in the whole sandbox, from 1; the control API pages by it.
    pub(super) seq: u64,
    pub(super) id: String,
    pub(super) from: Side,
    #[serde(skip)]
    pub(super) guest: GuestId,
    /// Unix seconds.
    pub(super) timestamp: i64,
    #[serde(flatten)]
    pub(super) shown: Shown,
    pub(super) status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error_code: Option<u32>,
    /// The platform's JSON: the guest's message object, or the request that sent ours.
    pub(super) raw: Value,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Side {
    Guest,
    Business,
}

/// How far a message came; a guest's is `sent` until the business marks it as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Accepted,
    Sent,
    Delivered,
    Read,
    Failed,
}

/// A limit that was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exceeded {
    Pair,
    Throughput,
}

impl Books {
    pub(super) fn new(behaviour: &WhatsAppBehaviour, templates: Catalogue) -> Self {
        Self {
            behaviour: behaviour.clone(),
            guests: BTreeMap::new(),
            entries: Vec::new(),
            by_message: HashMap::new(),
            throughput: Limit::per_second(behaviour.throughput_per_second),
            media: Shelf::default(),
            templates,
        }
    }

    pub(super) fn guests(&self) -> impl Iterator<Item = &Guest> {
        self.guests.values()
    }

    pub(super) fn guest(&self, id: &GuestId) -> Option<&Guest> {
        self.guests.get(id)
    }

    /// The guest, who exists from now on.
    pub(super) fn meet(&mut self, id: &GuestId) -> &mut Guest {
        let behaviour = &self.behaviour;
        self.guests
            .entry(id.clone())
            .or_insert_with(|| Guest::new(id.clone(), behaviour))
    }

    /// The guest of a business-scoped id that the platform has told us.
    pub(super) fn guest_of_user_id(&self, user_id: &str) -> Option<&Guest> {
        self.guests.values().find(|guest| guest.user_id == user_id)
    }

    /// Both sides of one thread after `seq`, in order.
    pub(super) fn thread(&self, guest: &GuestId, after: u64) -> Vec<Entry> {
        self.entries
            .iter()
            .filter(|entry| entry.seq > after && entry.guest == *guest)
            .cloned()
            .collect()
    }

    pub(super) fn entry(&self, message_id: &str) -> Option<&Entry> {
        self.by_message
            .get(message_id)
            .and_then(|index| self.entries.get(*index))
    }

    /// Writes a message of either side down; one with a known id is not written twice.
    pub(super) fn write(&mut self, guest: &GuestId, from: Side, message: Written) -> Entry {
        if let Some(known) = self.entry(&message.id) {
            return known.clone();
        }
        let index = self.entries.len();
        let entry = Entry {
            seq: u64::try_from(index).unwrap_or(u64::MAX).saturating_add(1),
            id: message.id,
            from,
            guest: guest.clone(),
            timestamp: message.timestamp,
            shown: message.shown,
            status: match from {
                Side::Guest => Status::Sent,
                Side::Business => Status::Accepted,
            },
            error_code: None,
            raw: message.raw,
        };
        self.by_message.insert(entry.id.clone(), index);
        self.entries.push(entry.clone());
        if from == Side::Business {
            self.meet(guest).typing_until = None;
        }
        entry
    }

    /// Takes a message of ours a step further, never back; `false` if it is gone or already there.
    pub(super) fn advance(&mut self, message_id: &str, status: Status, code: Option<u32>) -> bool {
        let Some(entry) = self.entry_mut(message_id) else {
            return false;
        };
        if entry.status >= status {
            return false;
        }
        entry.status = status;
        entry.error_code = code;
        true
    }

    /// The business has read a guest's message and all before it; `false` if there is no such message.
    pub(super) fn mark_read(&mut self, message_id: &str, typing: bool) -> bool {
        let Some(entry) = self.entry(message_id).cloned() else {
            return false;
        };
        if entry.from != Side::Guest {
            return false;
        }
        for earlier in &mut self.entries {
            if earlier.seq <= entry.seq
                && earlier.guest == entry.guest
                && earlier.from == Side::Guest
            {
                earlier.status = Status::Read;
            }
        }
        if typing {
            self.meet(&entry.guest).typing_until = Some(Instant::now() + TYPING);
        }
        true
    }

    /// Counts one send against the limits.
    pub(super) fn spend(&mut self, guest: &GuestId) -> Result<(), Exceeded> {
        let now = Instant::now();
        if !self.throughput.take(now) {
            return Err(Exceeded::Throughput);
        }
        if !self.meet(guest).pair.take(now) {
            return Err(Exceeded::Pair);
        }
        Ok(())
    }

    /// The latest message of ours in a thread that offers an answer of this id, and its kind.
    pub(super) fn offer(&self, guest: &GuestId, id: &str) -> Option<Offer> {
        self.entries
            .iter()
            .rev()
            .filter(|entry| entry.guest == *guest && entry.from == Side::Business)
            .find_map(|entry| Offer::find(entry, id))
    }

    fn entry_mut(&mut self, message_id: &str) -> Option<&mut Entry> {
        self.by_message
            .get(message_id)
            .and_then(|index| self.entries.get_mut(*index))
    }
}

/// A message about to be written down.
pub(super) struct Written {
    pub(super) id: String,
    pub(super) timestamp: i64,
    pub(super) shown: Shown,
    pub(super) raw: Value,
}

/// An answer that a message of ours offers.
pub(super) struct Offer {
    pub(super) message_id: String,
    pub(super) answer: Answer,
    pub(super) description: Option<String>,
    pub(super) of: Offered,
}

/// What kind of thing is tapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offered {
    Button,
    Row,
    TemplateButton,
}

impl Offer {
    fn find(entry: &Entry, id: &str) -> Option<Self> {
        let shown = &entry.shown;
        let button = shown.buttons.iter().find(|button| button.id == id);
        let row = shown.rows.iter().find(|row| row.id == id);
        let (answer, description, of) = match (button, row) {
            (Some(button), _) if shown.template.is_some() => {
                (button.clone(), None, Offered::TemplateButton)
            }
            (Some(button), _) => (button.clone(), None, Offered::Button),
            (None, Some(row)) => {
                let answer = Answer {
                    id: row.id.clone(),
                    title: row.title.clone(),
                };
                (answer, row.description.clone(), Offered::Row)
            }
            (None, None) => return None,
        };
        Some(Self {
            message_id: entry.id.clone(),
            answer,
            description,
            of,
        })
    }
}

/// A fresh message id, opaque as the platform's are.
pub(super) fn message_id() -> String {
    let random = BASE64_URL_SAFE.encode(Uuid::new_v4().as_bytes());
    format!("wamid.HBgN{random}")
}

/// Now, in Unix seconds.
pub(super) fn now() -> i64 {
    Utc::now().timestamp()
}
