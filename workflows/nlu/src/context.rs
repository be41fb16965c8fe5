//! What the dialogue already knows when a message arrives. Everything is optional: an empty
//! context reads a first message.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::Language;

/// The dialogue state that a message is read in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Context {
    /// What the guest was last asked.
    pub awaiting: Option<Awaiting>,
    /// The arrival talked about so far.
    pub check_in: Option<NaiveDate>,
    /// The departure talked about so far.
    pub check_out: Option<NaiveDate>,
    /// The party talked about so far, children included.
    pub guests: Option<u8>,
    /// The accommodations that a guest may name.
    pub accommodations: Vec<AccommodationName>,
    /// The language of the conversation, used when a message gives no hint of its own.
    pub language: Option<Language>,
}

/// What the guest was asked, so that a bare "seis" or "sí" has a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Awaiting {
    /// Arrival and departure.
    Dates,
    /// Arrival alone.
    CheckIn,
    /// Departure alone.
    CheckOut,
    /// How many nights.
    Nights,
    /// How many sleep there.
    Guests,
    /// How many of them are children.
    Children,
    /// Whether pets come along.
    Pets,
    /// Which accommodation.
    Accommodation,
    /// Yes or no.
    Confirmation,
    /// Which reservation.
    ReservationCode,
    /// Anything that does not change how a message is read.
    #[serde(other)]
    Other,
}

/// An accommodation and the names that guests use for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccommodationName {
    /// What [`Reading::accommodation`](crate::Reading::accommodation) answers.
    pub id: String,
    /// Its full name and any nicknames, as people write them.
    #[serde(default)]
    pub names: Vec<String>,
}
