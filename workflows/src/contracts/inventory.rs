//! Who owns which night. Postgres is the judge; only a reservation's workflow changes its status.

use chrono::{DateTime, Utc};
use domain::{
    AccommodationId, Channel, GuestId, Money, Party, Quote, ReservationCode, ReservationStatus,
    Stay, policy::Policies,
};
use serde::{Deserialize, Serialize};
use temporalio_macros::activity_definitions;

use super::ActivityError;

/// Keep nights without a deposit until `expires_at`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldRequest {
    /// The name of the reservation, and the idempotency key.
    pub code: ReservationCode,
    /// Where.
    pub accommodation_id: AccommodationId,
    /// For whom.
    pub guest_id: Option<GuestId>,
    /// Which nights.
    pub stay: Stay,
    /// Who sleeps there.
    pub party: Party,
    /// The price, frozen here.
    pub quote: Quote,
    /// The policies it is made under, kept for a story that starts again.
    #[serde(default)]
    pub terms: Policies,
    /// Where the reservation came from.
    pub channel: Channel,
    /// When the hold ends.
    pub expires_at: DateTime<Utc>,
}

/// What became of a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum HoldOutcome {
    /// The nights are kept.
    Held {
        /// Until then.
        expires_at: DateTime<Utc>,
        /// Paid so far; more than nothing only when the workflow was restarted.
        paid: Money,
    },
    /// Somebody else has one of the nights.
    Taken,
    /// The code names a reservation that is no hold any more.
    Was {
        /// What it is now.
        status: ReservationStatus,
        /// What has been applied to it.
        paid: Money,
    },
}

/// Keep the nights longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Which hold.
    pub code: ReservationCode,
    /// Its new end.
    pub expires_at: DateTime<Utc>,
}

/// Keep other nights instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDates {
    /// Which reservation.
    pub code: ReservationCode,
    /// Which nights.
    pub stay: Stay,
    /// Who sleeps there.
    pub party: Party,
    /// The price of them, in the place of the one that was frozen.
    pub quote: Quote,
    /// By when a hold ends at the latest, when it may not last as long as it was to.
    #[serde(default)]
    pub ends_by: Option<DateTime<Utc>>,
}

/// What became of a change of dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "moved", rename_all = "snake_case")]
pub enum Moved {
    /// The new nights are kept and the old ones are free, by this call or an earlier one.
    Is {
        /// How often the dates of this reservation have been changed by now.
        changes: u32,
    },
    /// Somebody else has one of the new nights. Nothing has changed.
    Taken,
    /// It is no hold and no confirmed stay.
    Not {
        /// What it is.
        status: ReservationStatus,
    },
}

/// Give the nights back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Which reservation.
    pub code: ReservationCode,
    /// Why, for the record.
    pub reason: String,
}

/// What became of a purchase that a guest revokes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "revocation", rename_all = "snake_case")]
pub enum Revocation {
    /// It is revoked, by this call or an earlier one.
    Is {
        /// The number that the guest gets for it.
        number: String,
    },
    /// It could not be, the reservation is something else.
    Not {
        /// What it is.
        status: ReservationStatus,
    },
}

/// What a change of status found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// It is so now, by this call or an earlier one.
    Is,
    /// It could not be done, the reservation is something else.
    Not {
        /// What it is.
        status: ReservationStatus,
    },
    /// The nights belong to somebody else.
    Taken,
}

/// The contract.
#[expect(
    missing_debug_implementations,
    reason = "a name for the contract, never built"
)]
pub struct Inventory;

#[activity_definitions]
impl Inventory {
    /// Keeps the nights. Idempotent on the code: a second call returns the first hold.
    #[activity(name = "inventory.place_hold")]
    pub fn place_hold(request: HoldRequest) -> Result<HoldOutcome, ActivityError> {
        unimplemented!()
    }

    /// `pre_reserved` → `confirmed`. Idempotent on the code.
    #[activity(name = "inventory.confirm")]
    pub fn confirm(code: ReservationCode) -> Result<Standing, ActivityError> {
        unimplemented!()
    }

    /// Moves the end of a hold, once. Idempotent on the code and the new end.
    #[activity(name = "inventory.extend")]
    pub fn extend(extension: Extension) -> Result<Standing, ActivityError> {
        unimplemented!()
    }

    /// `pre_reserved` → `expired`: the nights are free at once. Idempotent on the code.
    #[activity(name = "inventory.expire")]
    pub fn expire(code: ReservationCode) -> Result<Standing, ActivityError> {
        unimplemented!()
    }

    /// A hold or a confirmed stay → `cancelled`: the nights are free at once. Idempotent on the code.
    #[activity(name = "inventory.cancel")]
    pub fn cancel(release: Release) -> Result<Standing, ActivityError> {
        unimplemented!()
    }

    /// As [`cancel`](Self::cancel), by the right to revoke: the guest gets a number for it. Idempotent on the
    /// code: the first number stays.
    #[activity(name = "inventory.revoke")]
    pub fn revoke(release: Release) -> Result<Revocation, ActivityError> {
        unimplemented!()
    }

    /// `confirmed` → `no_show`: the nights that are left are free at once. Idempotent on the code.
    #[activity(name = "inventory.no_show")]
    pub fn no_show(release: Release) -> Result<Standing, ActivityError> {
        unimplemented!()
    }

    /// `expired` → `confirmed` when the nights are still free: a late payment takes them again. Idempotent on
    /// the code.
    #[activity(name = "inventory.retake")]
    pub fn retake(code: ReservationCode) -> Result<Standing, ActivityError> {
        unimplemented!()
    }

    /// Moves a hold or a confirmed stay to other nights, which keeps its old ones until it has the new ones.
    /// Idempotent on the code and what it moves to.
    #[activity(name = "inventory.change_dates")]
    pub fn change_dates(new: NewDates) -> Result<Moved, ActivityError> {
        unimplemented!()
    }

    /// `confirmed` → `completed`. Idempotent on the code.
    #[activity(name = "inventory.complete")]
    pub fn complete(code: ReservationCode) -> Result<Standing, ActivityError> {
        unimplemented!()
    }
}

pub use inventory::{
    Cancel, ChangeDates, Complete, Confirm, Expire, Extend, NoShow, PlaceHold, Retake, Revoke,
};
