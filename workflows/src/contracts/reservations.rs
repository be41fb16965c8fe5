//! What a conversation may ask of a reservation's workflow.

use chrono::{DateTime, Utc};
use domain::{
    Money, Quote, ReservationCode, ReservationStatus, Stay, cancellation::Refund, change::Obstacle,
};
use serde::{Deserialize, Serialize};
use temporalio_macros::activity_definitions;

use super::{ActivityError, inventory::HoldOutcome};
use crate::reservation::ReservationInput;

/// Who cancels, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelRequest {
    /// Which reservation.
    pub code: ReservationCode,
    /// Who asks: it decides what is given back.
    pub by: Actor,
    /// Why, for the record.
    #[serde(default)]
    pub reason: String,
    /// Only while it has these nights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay: Option<Stay>,
}

/// Who asks for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The guest: the policy applies.
    Guest,
    /// The owner or staff: everything paid is given back.
    Operator,
    /// Another channel sold the nights: a hold gives way, everything paid is given back, and a confirmed stay
    /// stays.
    Calendar,
    /// The owner, because a channel sold the same nights: everything paid is given back, with an apology.
    Apology,
    /// The owner, because the guest did not come: by the policy nothing is given back.
    Absence,
}

/// What became of a cancellation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum CancelOutcome {
    /// Cancelled; the nights are free and the refund is on its way.
    Cancelled {
        /// What is given back.
        refund: Refund,
    },
    /// It is not something that can be cancelled.
    NotPossible {
        /// What it is.
        status: ReservationStatus,
    },
    /// There is no such reservation.
    Unknown,
}

/// A guest who revokes their purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokeRequest {
    /// Which reservation.
    pub code: ReservationCode,
    /// Where they said so, for the record.
    #[serde(default)]
    pub reason: String,
}

/// What became of a revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum RevokeOutcome {
    /// Revoked; the nights are free and everything paid is on its way back.
    Revoked {
        /// The guest's number for it.
        number: String,
        /// What is given back.
        refund: Refund,
    },
    /// The time to revoke is over; it can still be cancelled.
    TooLate {
        /// When it ended.
        until: DateTime<Utc>,
    },
    /// It is nothing that can be revoked.
    NotPossible {
        /// What it is.
        status: ReservationStatus,
    },
    /// There is no such reservation.
    Unknown,
}

/// How an extension is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtendRequest {
    /// Whether the reservation tells its guest. The chat answers for itself.
    #[serde(default)]
    pub tell_guest: bool,
}

/// Other dates for a reservation, at the price that was agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRequest {
    /// Which reservation.
    pub code: ReservationCode,
    /// Who asks: a guest is held to the policy.
    pub by: Actor,
    /// The new dates.
    pub stay: Stay,
    /// Their price.
    pub quote: Quote,
    /// When the guest can arrive.
    pub check_in_at: DateTime<Utc>,
    /// By when the guest leaves.
    pub check_out_at: DateTime<Utc>,
}

/// What became of a change of dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ChangeOutcome {
    /// The reservation has the new dates, and the guest is being told.
    Changed {
        /// What is given back, when more was paid than the new price.
        refund: Money,
    },
    /// Somebody else has one of the nights. Nothing has changed.
    Taken,
    /// The guest may not change it any more.
    NotAllowed {
        /// Why.
        obstacle: Obstacle,
    },
    /// It is not something that can be changed.
    NotPossible {
        /// What it is.
        status: ReservationStatus,
    },
    /// There is no such reservation.
    Unknown,
}

/// What became of a wish to pay what remains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum BalanceOutcome {
    /// The guest gets a link.
    Coming {
        /// Over so much.
        due: Money,
    },
    /// Everything is paid.
    NothingDue,
    /// It is no confirmed stay.
    NotPossible,
}

/// What became of an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ExtendOutcome {
    /// The hold lasts longer.
    Extended {
        /// Until then.
        expires_at: DateTime<Utc>,
    },
    /// It was extended before, and can only be once.
    AlreadyExtended,
    /// It is no hold any more.
    NotPossible,
}

/// The contract.
#[expect(
    missing_debug_implementations,
    reason = "a name for the contract, never built"
)]
pub struct Reservations;

#[activity_definitions]
impl Reservations {
    /// Starts a reservation's workflow and returns what became of the hold. Idempotent on the code.
    #[activity(name = "reservations.open")]
    pub fn open(input: ReservationInput) -> Result<HoldOutcome, ActivityError> {
        unimplemented!()
    }

    /// Asks a reservation's workflow to cancel. Idempotent on the code.
    #[activity(name = "reservations.cancel")]
    pub fn cancel(request: CancelRequest) -> Result<CancelOutcome, ActivityError> {
        unimplemented!()
    }

    /// Asks a reservation's workflow to revoke the purchase. Idempotent on the code.
    #[activity(name = "reservations.revoke")]
    pub fn revoke(request: RevokeRequest) -> Result<RevokeOutcome, ActivityError> {
        unimplemented!()
    }

    /// Asks a reservation's workflow for a link over what remains. Idempotent: one link is open at a time.
    #[activity(name = "reservations.offer_balance")]
    pub fn offer_balance(code: ReservationCode) -> Result<BalanceOutcome, ActivityError> {
        unimplemented!()
    }

    /// Asks a reservation's workflow to extend its hold. Idempotent on the code: there is only one extension.
    #[activity(name = "reservations.extend")]
    pub fn extend(code: ReservationCode) -> Result<ExtendOutcome, ActivityError> {
        unimplemented!()
    }

    /// Asks a reservation's workflow to change its dates. Idempotent on the call: asking again for the same
    /// dates changes nothing.
    #[activity(name = "reservations.change_dates")]
    pub fn change_dates(request: ChangeRequest) -> Result<ChangeOutcome, ActivityError> {
        unimplemented!()
    }
}

pub use reservations::{
    Cancel as CancelReservation, ChangeDates as ChangeReservation, Extend as ExtendHold,
    OfferBalance, Open, Revoke as RevokePurchase,
};
