//! What a conversation remembers between two messages.
//!
//! It is kept as JSON for months, so every part has a default, and a part that a later version no longer
//! understands is forgotten rather than refused. It remembers nothing about reservations: those are facts.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AccommodationId, Language, Money, Party, ReservationCode, Stay, availability::Inventory,
};
use nlu::{AccommodationName, Awaiting, Context, Reading};
use serde::{Deserialize, Deserializer, Serialize, de::IgnoredAny};

/// The state of one guest's conversation. The default is a guest who has never written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    #[serde(deserialize_with = "or_default")]
    pub(crate) mode: Mode,
    #[serde(deserialize_with = "or_default")]
    pub(crate) language: Option<Language>,
    /// Another language that the last message was read in.
    #[serde(deserialize_with = "or_default")]
    pub(crate) next_language: Option<Language>,
    pub(crate) greeted: bool,
    #[serde(deserialize_with = "or_default")]
    pub(crate) wish: Wish,
    #[serde(deserialize_with = "or_default")]
    pub(crate) asked: Asked,
    /// When that was asked.
    #[serde(deserialize_with = "or_default")]
    pub(crate) asked_at: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) read_back: Option<ReadBack>,
    /// The stay whose hold is being decided.
    #[serde(deserialize_with = "or_default")]
    pub(crate) placing: Option<Proposal>,
    /// A change of dates as it was read back.
    #[serde(deserialize_with = "or_default")]
    pub(crate) move_read_back: Option<MoveReadBack>,
    /// The change of dates that is being decided.
    #[serde(deserialize_with = "or_default")]
    pub(crate) moving: Option<Move>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) options: Vec<Choice>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) pace: Pace,
}

/// Who answers the guest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Mode {
    /// The bot.
    #[default]
    Bot,
    /// A person; the bot is silent.
    Person {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// Nobody: the guest wants no messages.
    OptedOut,
}

/// The stay that the guest is talking about, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    pub(crate) check_in: Option<NaiveDate>,
    pub(crate) check_out: Option<NaiveDate>,
    /// A length said before the dates were.
    pub(crate) nights: Option<u16>,
    pub(crate) guests: Option<u8>,
    pub(crate) children: u8,
    pub(crate) pets: bool,
    pub(crate) accommodation: Option<AccommodationId>,
}

/// What the guest was asked last, so that a bare "sí" or "4" has a meaning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "asked", rename_all = "snake_case")]
pub(crate) enum Asked {
    Dates,
    Nights,
    Guests,
    Accommodation,
    /// To confirm the stay in [`State::read_back`].
    Confirmation,
    /// To confirm a cancellation after being told the refund.
    Cancellation {
        code: ReservationCode,
        refund: Money,
    },
    Reservation,
    /// The new dates of a reservation that has these.
    NewDates {
        code: ReservationCode,
        stay: Stay,
    },
    /// To confirm the change in [`State::move_read_back`].
    Move,
    /// Yes or no to something harmless: yes is the same as pressing this id.
    Suggestion {
        yes: String,
    },
    #[default]
    #[serde(other)]
    Nothing,
}

/// A stay with its price, as read back to the guest. Only this can be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadBack {
    pub(crate) proposal: Proposal,
    pub(crate) at: DateTime<Utc>,
}

/// A change of dates as it was read back to the guest. Only this can be confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MoveReadBack {
    pub(crate) change: Move,
    pub(crate) at: DateTime<Utc>,
}

/// Other dates for a reservation, and what they mean for its money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Move {
    pub(crate) code: ReservationCode,
    pub(crate) stay: Stay,
    pub(crate) total: Money,
    pub(crate) deposit: Money,
    /// What is given back, when more is paid than the new price.
    pub(crate) refund: Money,
}

/// What a confirmation confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Proposal {
    pub(crate) accommodation_id: AccommodationId,
    pub(crate) stay: Stay,
    pub(crate) party: Party,
    pub(crate) total: Money,
    pub(crate) deposit: Money,
}

/// An option of the last message, which can also be typed: by its number or its title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Choice {
    pub(crate) id: String,
    pub(crate) title: String,
}

/// How fast the guest writes and how often the bot repeats itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Pace {
    /// When the last turns were.
    pub(crate) turns: Vec<DateTime<Utc>>,
    /// A fingerprint of the last answer.
    pub(crate) answer: u32,
    /// How often it was given in a row.
    pub(crate) repeats: u8,
    /// How many messages in a row were not understood.
    pub(crate) puzzled: u8,
    /// When the last thing came that is not text.
    pub(crate) attached: Option<DateTime<Utc>>,
}

impl State {
    /// The language the guest was last answered in, to be kept with the guest; none before the first answer.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        self.language
    }

    /// Who answers the guest.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The dates that are being changed right now, from which "one night more" counts.
    pub(crate) fn stay_in_change(&self) -> Option<Stay> {
        match &self.asked {
            Asked::NewDates { stay, .. } => Some(*stay),
            Asked::Move => Some(self.move_read_back.as_ref()?.change.stay),
            _ => None,
        }
    }

    /// Whether the guest is being asked about a stay that is not booked yet.
    pub(crate) fn is_booking(&self) -> bool {
        self.read_back.is_some()
            || (self.wish.check_in.is_some()
                && matches!(
                    self.asked,
                    Asked::Dates | Asked::Nights | Asked::Guests | Asked::Accommodation
                ))
            || matches!(&self.asked, Asked::Suggestion { yes } if yes.starts_with("pick/"))
    }
}

impl Wish {
    /// The party, once its size is known.
    pub(crate) fn party(&self) -> Option<Party> {
        let guests = self.guests?;
        Party::new(guests, self.children.min(guests), self.pets).ok()
    }

    /// Adds what a message says, in place of what was said before.
    pub(crate) fn add(&mut self, reading: &Reading, inventory: &Inventory) {
        self.add_dates(reading);
        if let Some(guests) = reading.guests {
            self.guests = Some(guests);
            self.children = reading.children.unwrap_or(0);
        } else if let Some(children) = reading.children {
            self.children = children;
        }
        if let Some(pets) = reading.pets {
            self.pets = pets;
        }
        let named = reading
            .accommodation
            .as_ref()
            .and_then(|id| id.parse().ok());
        if let Some(id) = named.filter(|id| inventory.accommodation(*id).is_some()) {
            self.accommodation = Some(id);
        }
    }

    fn add_dates(&mut self, reading: &Reading) {
        match (reading.check_in, reading.check_out) {
            (Some(check_in), Some(check_out)) => self.set_dates(check_in, Some(check_out)),
            (Some(check_in), None) => {
                self.nights = reading.nights.or(self.nights);
                self.set_dates(check_in, None);
            }
            (None, Some(check_out)) => {
                self.check_out = Some(check_out);
                self.check_in = self.check_in.filter(|check_in| *check_in < check_out);
            }
            (None, None) => {
                if let Some(nights) = reading.nights {
                    self.nights = Some(nights);
                    if let Some(check_in) = self.check_in {
                        self.set_dates(check_in, None);
                    }
                }
            }
        }
    }

    /// Sets the dates; a departure that is missing follows from the nights, if those are known.
    pub(crate) fn set_dates(&mut self, check_in: NaiveDate, check_out: Option<NaiveDate>) {
        let of_nights = |nights| Stay::of_nights(check_in, nights).ok().map(Stay::check_out);
        self.check_in = Some(check_in);
        self.check_out = check_out.or_else(|| self.nights.and_then(of_nights));
        if self.check_out.is_some() {
            self.nights = None;
        }
    }

    pub(crate) fn forget_dates(&mut self) {
        self.check_in = None;
        self.check_out = None;
        self.nights = None;
    }

    pub(crate) fn set_party(&mut self, party: Party) {
        self.guests = Some(party.guests());
        self.children = party.children();
        self.pets = party.pets();
    }
}

/// The context that the guest's next message is read in by [`nlu::read`].
#[must_use]
pub fn reading_context(state: &State, inventory: &Inventory) -> Context {
    let awaiting = match state.asked {
        Asked::Nothing => None,
        Asked::Dates | Asked::NewDates { .. } => Some(Awaiting::Dates),
        Asked::Nights => Some(Awaiting::Nights),
        Asked::Guests => Some(Awaiting::Guests),
        Asked::Accommodation => Some(Awaiting::Accommodation),
        Asked::Confirmation
        | Asked::Cancellation { .. }
        | Asked::Move
        | Asked::Suggestion { .. } => Some(Awaiting::Confirmation),
        Asked::Reservation => Some(Awaiting::ReservationCode),
    };
    let names = |place: &domain::Accommodation| AccommodationName {
        id: place.id.to_string(),
        names: std::iter::once(&place.name)
            .chain(&place.aliases)
            .cloned()
            .collect(),
    };
    let (check_in, check_out) = match state.stay_in_change() {
        Some(stay) => (Some(stay.check_in()), Some(stay.check_out())),
        None => (state.wish.check_in, state.wish.check_out),
    };
    Context {
        awaiting,
        check_in,
        check_out,
        guests: state.wish.guests,
        accommodations: inventory.accommodations.iter().map(names).collect(),
        language: state.language.map(to_nlu),
    }
}

pub(crate) fn to_nlu(language: Language) -> nlu::Language {
    match language {
        Language::Es => nlu::Language::Es,
        Language::Pt => nlu::Language::Pt,
        Language::En => nlu::Language::En,
    }
}

pub(crate) fn from_nlu(language: nlu::Language) -> Language {
    match language {
        nlu::Language::Es => Language::Es,
        nlu::Language::Pt => Language::Pt,
        nlu::Language::En => Language::En,
    }
}

/// Reads a part of an old state, or forgets it.
fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Lenient<T> {
        Known(T),
        Unknown(IgnoredAny),
    }
    Ok(match Lenient::deserialize(deserializer)? {
        Lenient::Known(value) => value,
        Lenient::Unknown(_) => T::default(),
    })
}
