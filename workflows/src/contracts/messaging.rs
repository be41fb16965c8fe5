//! What guests are told. Texts and numbers stay in Postgres; histories hold ids.

use domain::{GuestId, MessageId, Money, ReservationCode, cancellation::Refund};
use serde::{Deserialize, Serialize};
use temporalio_macros::activity_definitions;

use super::ActivityError;

/// Something a reservation tells its guest by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// The nights are kept, and this is the link to pay with.
    PaymentLink,
    /// Nights that the guest waited for are kept for them.
    Offer,
    /// The nights are kept, and the link will follow.
    HoldWithoutLink,
    /// The hold ends soon.
    HoldReminder,
    /// The hold was extended.
    Extended,
    /// The hold ended.
    HoldExpired,
    /// A payment is on its way.
    PaymentPending,
    /// A payment was refused.
    PaymentRejected,
    /// The stay is confirmed.
    Confirmed,
    /// The stay is confirmed although the payment came late.
    ConfirmedLate,
    /// The payment came too late and is given back.
    TooLate {
        /// What is given back.
        returned: Money,
    },
    /// Another channel sold the nights while they were held.
    Displaced {
        /// What is given back.
        returned: Money,
    },
    /// More was paid than was owed; the rest is given back.
    Overpaid {
        /// What is given back.
        returned: Money,
    },
    /// Cancelled.
    Cancelled {
        /// What is given back, and by which rule.
        refund: Refund,
    },
    /// The reservation has other dates.
    DatesChanged {
        /// What is given back, when more was paid than the new price.
        refund: Money,
    },
    /// Revoked.
    Revoked {
        /// What is given back.
        refund: Refund,
        /// The guest's number for it.
        number: String,
    },
    /// The hold ended before the deposit was complete; what was paid is given back.
    ExpiredShort {
        /// What is given back.
        returned: Money,
    },
    /// Money came in that does not change the status.
    PaymentReceived {
        /// How much of it counts.
        amount: Money,
    },
    /// A link to pay what remains.
    BalanceLink,
    /// The stay begins soon.
    ArrivalReminder,
    /// How to arrive and get in.
    Instructions,
    /// The guest did not come, and the stay is closed.
    NoShow,
    /// Goodbye.
    Thanks,
}

/// A notice to a reservation's guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notify {
    /// Which reservation. A guest that cannot be written to is not an error.
    pub code: ReservationCode,
    /// What to say.
    pub notice: Notice,
    /// Names the step; with the code the idempotency key.
    pub step: String,
}

/// Messages of one answer, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliver {
    /// To whom.
    pub guest_id: GuestId,
    /// Which messages.
    pub messages: Vec<MessageId>,
}

/// The contract.
#[expect(
    missing_debug_implementations,
    reason = "a name for the contract, never built"
)]
pub struct Messaging;

#[activity_definitions]
impl Messaging {
    /// Writes and sends a notice. Idempotent on the code and the step.
    #[activity(name = "messaging.notify")]
    pub fn notify(notify: Notify) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Sends messages that are already written, in order. Idempotent on each message's id.
    #[activity(name = "messaging.deliver")]
    pub fn deliver(deliver: Deliver) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Sends again, in a way that works, a message that WhatsApp first accepted and then could not deliver.
    /// Idempotent on the message.
    #[activity(name = "messaging.recover")]
    pub fn recover(message: MessageId) -> Result<(), ActivityError> {
        unimplemented!()
    }
}

pub use messaging::{Deliver as DeliverMessages, Notify as SendNotice, Recover};
