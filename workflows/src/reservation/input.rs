//! What a reservation's workflow is told at its start.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use domain::{
    AccommodationId, Channel, GuestId, Money, Party, Quote, ReservationCode, Stay,
    cancellation::revocable_until,
    policy::{HoldPolicy, Policies},
    settlement::Account,
};
use serde::{Deserialize, Serialize};

use crate::contracts::payments::RefundRequest;

/// Everything a reservation waits for and promises, fixed at its start.
///
/// Later changes of prices and policies never touch a story, not even one that late money starts again. Only its
/// guest or the owner change its dates, and then its price. It holds no personal data.
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
    /// How often its dates were changed before this run.
    #[serde(default)]
    pub changes: u32,
    /// Whether it is an offer from the waiting list.
    #[serde(default)]
    pub offered: bool,
    /// What it takes over, when it is begun anew because the workflow that was at it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumed: Option<Resumed>,
}

/// What a story that is begun anew takes over from the one that is gone, as Postgres knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    /// The one extension of its hold was used.
    pub extended: bool,
    /// Money that was on its way back and has not arrived.
    pub refunds: Vec<RefundRequest>,
}

impl ReservationInput {
    /// One line for the people who look at the workflow.
    #[must_use]
    pub fn summary(&self) -> String {
        format!("{}: {}, {}", self.code, self.accommodation_name, self.stay)
    }

    /// Until when the guest can revoke the purchase.
    pub(super) fn revocable_until(&self) -> DateTime<Utc> {
        let purchased_at = self.booked_at.with_timezone(&self.offset());
        revocable_until(&purchased_at, self.check_in_at)
    }

    /// How far the clocks at the accommodation are ahead of UTC, as its check-in shows.
    fn offset(&self) -> FixedOffset {
        let local = self
            .stay
            .check_in()
            .and_time(self.policies.stay.check_in_from);
        let ahead = local.and_utc().signed_duration_since(self.check_in_at);
        let seconds = i32::try_from(ahead.num_seconds()).ok();
        seconds
            .and_then(FixedOffset::east_opt)
            .unwrap_or_else(|| chrono::Offset::fix(&Utc))
    }

    /// How long its nights are kept without a deposit.
    pub(super) fn hold_policy(&self) -> HoldPolicy {
        self.policies
            .hold
            .for_stay(self.booked_on(), self.stay.check_in())
    }

    /// Whether the deposit can be paid with a voucher when the hold ends then: a short one that moved to nights far
    /// away is still a short one.
    pub(super) fn deposit_takes_vouchers(&self, ends_at: DateTime<Utc>) -> bool {
        let vouchers = self.policies.hold.vouchers;
        vouchers.covers(self.booked_on(), self.stay.check_in())
            && vouchers.fit_in(ends_at - self.booked_at)
    }

    /// Whether what remains can be paid with a voucher.
    pub(super) fn balance_takes_vouchers(&self, now: DateTime<Utc>) -> bool {
        let vouchers = self.policies.hold.vouchers;
        vouchers.covers(self.day_of(now), self.stay.check_in())
    }

    /// By when a hold ends at the latest that moves to other nights; see [`HoldPolicy::ends_by`].
    pub(super) fn ends_by(
        &self,
        ends_at: DateTime<Utc>,
        to: Stay,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let length = ends_at - self.booked_at;
        self.policies
            .hold
            .ends_by(length, self.day_of(now), to.check_in(), now)
    }

    /// Whether its hold cannot be extended: it was, or others wait for what is offered.
    pub(super) fn is_as_long_as_it_gets(&self) -> bool {
        self.offered
            || self
                .resumed
                .as_ref()
                .is_some_and(|earlier| earlier.extended)
    }

    /// The day on which it was made, where the accommodation is.
    fn booked_on(&self) -> NaiveDate {
        self.day_of(self.booked_at)
    }

    /// The day that it is where the accommodation is.
    fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.offset()).date_naive()
    }

    pub(super) fn account(&self) -> Account {
        Account {
            total: self.quote.total,
            deposit: self.quote.deposit,
            paid: Money::ZERO,
        }
    }
}
