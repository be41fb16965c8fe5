//! Everything that occupies nights: holds, reservations, the owner's blocks, bookings of other channels.
//!
//! A status changes only from the status it must have, and the timeline is written in the same statement.
//! Nothing here decides whether a stay is allowed or what it costs.

mod dates;
mod entries;
mod hold;
mod read;
mod timeline;
mod transition;

use chrono::{DateTime, Utc};
use domain::{
    AccommodationId, Channel, GuestId, Money, Party, Quote, ReservationCode, ReservationStatus,
    Stay, policy::Policies, settlement::Account,
};

use crate::{Error, entity::reservation::Model, row};

pub(crate) use dates::stand_in_line;
pub use dates::{Claim, NewDates, change_dates, changes, retake_expired};
pub use entries::{Entry, Search, Sort, arriving, board, entry, holds, leaving, search, staying};
pub use hold::{HoldPlaced, NewBlock, NewHold, block, place_hold};
pub use read::{Filter, begun, by_code, list, occupied, of_guest};
pub use timeline::{Event, note, note_once, timeline};
pub use transition::{Transition, cancel, complete, confirm, expire, extend, no_show};

/// What is stored of one reservation.
///
/// Blocks and imported bookings are reservations too: of nobody, for a party of one, with an empty quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Its name.
    pub code: ReservationCode,
    /// Where.
    pub accommodation_id: AccommodationId,
    /// Who, when it is a guest of ours.
    pub guest_id: Option<GuestId>,
    /// When.
    pub stay: Stay,
    /// How many.
    pub party: Party,
    /// The price as it was when the nights were held, or as it was agreed on when they were changed.
    pub quote: Quote,
    /// The policies it was made under, where they are on record.
    pub terms: Option<Policies>,
    /// Everything that is applied to it and not given back.
    pub paid: Money,
    /// What it is at the moment.
    pub status: ReservationStatus,
    /// Where it came from.
    pub channel: Channel,
    /// When a hold ends; stays what it was once the hold is over.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether the hold had its one extension.
    pub extended: bool,
    /// Why it was cancelled, in the words of whoever did it.
    pub cancel_reason: Option<String>,
    /// The feed it was imported from, and its name there.
    pub imported: Option<Imported>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// When it was cancelled.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// When the stay was over, or the guest was found missing.
    pub completed_at: Option<DateTime<Utc>>,
    /// When the hold ended without a deposit.
    pub expired_at: Option<DateTime<Utc>>,
}

/// Where an imported booking came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The feed.
    pub source: String,
    /// The booking's name in the feed.
    pub external_key: String,
}

impl Reservation {
    /// What it costs and what has been applied to it.
    #[must_use]
    pub const fn account(&self) -> Account {
        Account {
            total: self.quote.total,
            deposit: self.quote.deposit,
            paid: self.paid,
        }
    }
}

impl TryFrom<Model> for Reservation {
    type Error = Error;

    fn try_from(found: Model) -> Result<Self, Error> {
        let party = Party::new(
            row::count(found.guests)?,
            row::count(found.children)?,
            found.pets,
        );
        Ok(Self {
            code: row::word(&found.code)?,
            accommodation_id: AccommodationId::from_uuid(found.accommodation_id),
            guest_id: found.guest_id.map(GuestId::from_uuid),
            stay: Stay::new(found.check_in, found.check_out).map_err(Error::unexpected)?,
            party: party.map_err(Error::unexpected)?,
            quote: row::document(found.quote)?,
            terms: found.terms.map(row::document).transpose()?,
            paid: row::money(found.paid_centavos, &found.currency)?,
            status: row::word(&found.reservation_status)?,
            channel: row::word(&found.channel)?,
            expires_at: found.expires_at,
            extended: found.extended,
            cancel_reason: found.cancel_reason,
            imported: found
                .source
                .zip(found.external_key)
                .map(|(source, external_key)| Imported {
                    source,
                    external_key,
                }),
            created_at: found.created_at,
            confirmed_at: found.confirmed_at,
            cancelled_at: found.cancelled_at,
            completed_at: found.completed_at,
            expired_at: found.expired_at,
        })
    }
}
