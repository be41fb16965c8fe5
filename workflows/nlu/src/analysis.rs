//! The flat answer of `POST /api/v1/nlu/analyze`: a [`Reading`] for people and tests, without the
//! reasons and choices that only the dialogue needs.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{Intent, Language, Reading};

/// A reading as the public interface shows it. Absent values are null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Analysis {
    /// The wish to answer first, never one of the finer intents that [`Intent::fold`] folds away.
    pub intent: Intent,
    /// Arrival.
    pub check_in: Option<NaiveDate>,
    /// Departure.
    pub check_out: Option<NaiveDate>,
    /// Length of stay.
    pub nights: Option<u16>,
    /// Everybody who sleeps there.
    pub guests: Option<u8>,
    /// How many of them are children.
    pub children: Option<u8>,
    /// Whether pets come along.
    pub pets: Option<bool>,
    /// The id of the accommodation that was named.
    pub accommodation: Option<String>,
    /// The reservation code that was quoted.
    pub reservation_code: Option<String>,
    /// `true` when the dates cannot be a stay, else null.
    pub date_error: Option<bool>,
    /// The language of the message.
    pub language: Language,
}

impl From<Reading> for Analysis {
    fn from(reading: Reading) -> Self {
        Self {
            intent: reading.intent.fold(),
            check_in: reading.check_in,
            check_out: reading.check_out,
            nights: reading.nights,
            guests: reading.guests,
            children: reading.children,
            pets: reading.pets,
            accommodation: reading.accommodation,
            reservation_code: reading.reservation_code,
            date_error: reading.date_error.map(|_| true),
            language: reading.language,
        }
    }
}
