//! What a reservation's workflow is told at its start.

use chrono::{DateTime, Utc};
use domain::{
    AccommodationId, Channel, GuestId, Money, Party, Quote, ReservationCode, Stay,
    policy::Policies, settlement::Account,
};
use serde::{Deserialize, Serialize};

/// Everything a reservation waits for and promises, fixed at its start.
///
/// Later changes of prices and policies never touch a story that runs. One that late money starts again keeps
/// its price and takes the policies of that day. It holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationInput {
    /// The reservation's name.
    pub code: ReservationCode,
    /// Where.
    pub accommodation_id: AccommodationId,
    /// What guests know it as, for the people who look at the workflow.
    pub accommodation_name: String,
    /// Whose it is.
    #[serde(default)]
    pub guest_id: Option<GuestId>,
    /// Which nights.
    pub stay: Stay,
    /// Who sleeps there.
    pub party: Party,
    /// The price.
    pub quote: Quote,
    /// Where it came from.
    pub channel: Channel,
    /// Every duration it waits for.
    pub policies: Policies,
    /// When the guest can arrive.
    pub check_in_at: DateTime<Utc>,
    /// By when the guest leaves.
    pub check_out_at: DateTime<Utc>,
    /// When it was made.
    pub booked_at: DateTime<Utc>,
}

impl ReservationInput {
    /// One line for the people who look at the workflow.
    #[must_use]
    pub fn summary(&self) -> String {
        format!("{}: {}, {}", self.code, self.accommodation_name, self.stay)
    }

    pub(super) fn account(&self) -> Account {
        Account {
            total: self.quote.total,
            deposit: self.quote.deposit,
            paid: Money::ZERO,
        }
    }
}
