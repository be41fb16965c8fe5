//! What a message was read as. Absent means "not said", never "none".

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::Language;

/// One message, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// The wish to answer first.
    pub intent: Intent,
    /// Every wish in the message in the order to answer them, `intent` first. Empty when the
    /// intent is unknown or follows from the dates and party alone.
    pub wishes: Vec<Intent>,
    /// Arrival; never before today.
    pub check_in: Option<NaiveDate>,
    /// Departure; always after `check_in`.
    pub check_out: Option<NaiveDate>,
    /// A length of stay that was said, with or without dates.
    pub nights: Option<u16>,
    /// Everybody who sleeps there, children included.
    pub guests: Option<u8>,
    /// How many of `guests` are children.
    pub children: Option<u8>,
    /// Whether pets come along.
    pub pets: Option<bool>,
    /// The id, from the context, of the accommodation that was named.
    pub accommodation: Option<String>,
    /// A reservation code in its canonical form, `RES260115ABC123`.
    pub reservation_code: Option<String>,
    /// Why the dates cannot be a stay. The dates are then absent: ask again, book nothing.
    pub date_error: Option<DateError>,
    /// What unclear dates may have meant, likeliest first, at most three. The dates that are in
    /// doubt are then absent.
    pub choices: Vec<StayChoice>,
    /// A stretch of the calendar that was named without a stay in it ("en febrero").
    pub period: Option<Period>,
    /// The language of the message, or of the conversation when the message does not show it.
    pub language: Language,
}

/// What a guest wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Is it free? Also what dates or a party alone mean.
    Availability,
    /// What does it cost?
    Price,
    /// Hold or book it.
    Book,
    /// What does it have, what may one do there?
    Amenities,
    /// May an animal come?
    Pets,
    /// Show it.
    Photos,
    /// Where is it, how does one get there?
    Location,
    /// Arrival and departure times, keys.
    CheckinInfo,
    /// Ways to pay, the link, a receipt.
    Payment,
    /// How does my reservation stand?
    Status,
    /// Change a reservation.
    Modify,
    /// Cancel a reservation.
    Cancel,
    /// A person, please.
    Human,
    /// Something is wrong.
    Complaint,
    /// No more messages.
    OptOut,
    /// Hello.
    Greeting,
    /// Thank you.
    Thanks,
    /// Yes.
    Affirm,
    /// No.
    Deny,
    /// The menu or help. See [`Intent::fold`].
    Menu,
    /// More time to pay a hold. See [`Intent::fold`].
    Extend,
    /// A place on the waiting list. See [`Intent::fold`].
    Waitlist,
    /// What cancelling would cost. See [`Intent::fold`].
    CancellationPolicy,
    /// Not understood.
    #[default]
    Unknown,
}

impl Intent {
    /// The same wish in the vocabulary of the public interface, which is coarser.
    #[must_use]
    pub const fn fold(self) -> Self {
        match self {
            Self::Menu => Self::Greeting,
            Self::Extend => Self::Payment,
            Self::Waitlist => Self::Availability,
            Self::CancellationPolicy => Self::Cancel,
            other => other,
        }
    }
}

/// Why dates cannot be a stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateError {
    /// The calendar has no such day: 31/4, 12/25.
    NoSuchDay,
    /// The arrival is over.
    Past,
    /// The departure is not after the arrival.
    Backwards,
    /// The weekday and the day of the month do not go together.
    WeekdayMismatch,
    /// The nights that were said do not fit between the dates that were said.
    NightsMismatch,
}

/// One thing that unclear dates may have meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StayChoice {
    /// Arrival.
    pub check_in: NaiveDate,
    /// Departure, when that was said too.
    pub check_out: Option<NaiveDate>,
}

/// A stretch of the calendar, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    /// Its first day.
    pub first: NaiveDate,
    /// Its last day.
    pub last: NaiveDate,
}
