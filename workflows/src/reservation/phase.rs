//! Where a reservation stands, and how that is shown to the people who look.

use chrono::{DateTime, Utc};
use domain::{ReservationStatus, settlement::Account};
use serde::{Deserialize, Serialize};
use temporalio_common::Timestamp;
use temporalio_workflow::WorkflowContext;

use super::Reservation;
use crate::names;

/// Where the story stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", content = "detail", rename_all = "snake_case")]
pub enum Phase {
    /// It is not known yet whether the nights can be had.
    Placing,
    /// The nights are kept.
    Held {
        /// Until then.
        expires_at: DateTime<Utc>,
        /// The one extension was used.
        extended: bool,
    },
    /// The deposit is paid.
    Confirmed,
    /// The story is over.
    Ended(ReservationOutcome),
}

/// How a reservation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReservationOutcome {
    /// The guest stayed.
    Completed,
    /// Nobody paid in time.
    Expired,
    /// Given up by the guest or the owner.
    Cancelled,
    /// The nights were somebody else's.
    Refused,
    /// The guest never came.
    NoShow,
}

/// Where a reservation's workflow stands, for those who ask it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationView {
    /// Its phase.
    pub phase: Phase,
    /// What it costs and what is paid.
    pub account: Account,
}

impl ReservationOutcome {
    pub(super) const fn status(self) -> ReservationStatus {
        match self {
            Self::Completed => ReservationStatus::Completed,
            Self::Expired => ReservationStatus::Expired,
            Self::Cancelled | Self::Refused => ReservationStatus::Cancelled,
            Self::NoShow => ReservationStatus::NoShow,
        }
    }
}

impl Phase {
    /// The phase of a reservation that Postgres knows to be in this status.
    pub(super) const fn of(status: ReservationStatus) -> Self {
        match status {
            ReservationStatus::Confirmed => Self::Confirmed,
            ReservationStatus::Completed => Self::Ended(ReservationOutcome::Completed),
            ReservationStatus::NoShow => Self::Ended(ReservationOutcome::NoShow),
            ReservationStatus::PreReserved | ReservationStatus::Expired => {
                Self::Ended(ReservationOutcome::Expired)
            }
            ReservationStatus::Cancelled | ReservationStatus::Blocked => {
                Self::Ended(ReservationOutcome::Cancelled)
            }
        }
    }

    pub(super) const fn status(&self) -> ReservationStatus {
        match self {
            Self::Placing | Self::Held { .. } => ReservationStatus::PreReserved,
            Self::Confirmed => ReservationStatus::Confirmed,
            Self::Ended(outcome) => outcome.status(),
        }
    }
}

impl Reservation {
    /// Makes the workflow findable.
    pub(super) fn introduce(ctx: &WorkflowContext<Self>) {
        let input = ctx.state(|s| s.input.clone());
        ctx.upsert_search_attributes([
            names::RESERVATION_CODE.value_set(input.code.to_string()),
            names::ACCOMMODATION_ID.value_set(input.accommodation_id.to_string()),
            names::CHECK_IN.value_set(Timestamp::new(input.check_in_at.timestamp(), 0)),
            names::CHANNEL.value_set(input.channel.to_string()),
            names::RESERVATION_STATUS.value_set(ReservationStatus::PreReserved.to_string()),
        ]);
    }

    /// Records the phase, and shows it to the people who look.
    pub(super) fn enter(ctx: &WorkflowContext<Self>, phase: &Phase) {
        let status = phase.status();
        let changed = ctx.state(|s| s.phase.status() != status);
        ctx.state_mut(|s| s.phase = phase.clone());
        if changed {
            ctx.upsert_search_attributes([names::RESERVATION_STATUS.value_set(status.to_string())]);
        }
        Self::show(ctx);
    }

    /// Shows how things stand to the people who look.
    pub(super) fn show(ctx: &WorkflowContext<Self>) {
        ctx.set_current_details(ctx.state(Self::details));
    }

    fn details(&self) -> String {
        let state = match &self.phase {
            Phase::Placing => "asking for the nights".to_owned(),
            Phase::Held { expires_at, .. } => {
                format!(
                    "held until {} UTC, waiting for the deposit",
                    expires_at.format("%F %T")
                )
            }
            Phase::Confirmed => "confirmed".to_owned(),
            Phase::Ended(outcome) => format!("over: {}", outcome.status()),
        };
        format!(
            "{state}; paid {} of {}",
            self.account.paid, self.account.total
        )
    }
}
