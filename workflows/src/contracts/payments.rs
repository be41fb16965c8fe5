//! Money: links to pay with, what the provider says of a payment, and giving money back.

use chrono::{DateTime, Utc};
use domain::{
    Money, ReservationCode,
    payment::{Misfit, PaymentId, PaymentReport},
    settlement::{Purpose, Settlement},
};
use serde::{Deserialize, Serialize};
use temporalio_macros::activity_definitions;

use super::ActivityError;

/// A link to pay with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRequest {
    /// For which reservation.
    pub code: ReservationCode,
    /// What it asks for.
    pub purpose: Purpose,
    /// How much.
    pub amount: Money,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
    /// Whether it can also be paid later at a shop, with a voucher, or by a transfer that takes its time.
    #[serde(default)]
    pub vouchers: bool,
}

/// Names a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkName {
    /// For which reservation.
    pub code: ReservationCode,
    /// What it asks for.
    pub purpose: Purpose,
}

/// What became of a link that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkOutcome {
    /// It can be paid on.
    Made,
    /// The reservation is past it: what was made is closed again.
    NotWanted,
}

/// The provider's answer about a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "truth", rename_all = "snake_case")]
pub enum Truth {
    /// It fits a reservation of ours.
    Ours {
        /// What the provider says.
        report: PaymentReport,
    },
    /// It exists, and needs a person.
    Misfit {
        /// What the provider says.
        report: PaymentReport,
        /// What does not fit.
        misfit: Misfit,
    },
    /// The provider knows no such payment.
    Unknown,
}

/// The record of what became of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettlePayment {
    /// Which payment, and the idempotency key.
    pub payment_id: PaymentId,
    /// Of which reservation.
    pub code: ReservationCode,
    /// What becomes of it.
    pub settlement: Settlement,
}

/// What became of a payment, and what the reservation has now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// What became of it; the first decision, when there was one before.
    pub settlement: Settlement,
    /// The sum of what is applied to the reservation and not given back.
    pub paid: Money,
}

/// Money to give back, always to the payment it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRequest {
    /// The idempotency key, ours and the provider's: `refund:{code}:{payment}:{step}`.
    pub key: String,
    /// The payment it came from.
    pub payment_id: PaymentId,
    /// The reservation it was for.
    pub code: ReservationCode,
    /// How much.
    pub amount: Money,
    /// Why, for the record.
    pub reason: String,
}

/// How much to give back of what was applied to a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiveBack {
    /// Which reservation.
    pub code: ReservationCode,
    /// How much in all.
    pub amount: Money,
    /// Names the step that gives it back.
    pub step: String,
    /// Why, for the record.
    pub reason: String,
}

/// Something only a person can settle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// What kind of trouble; with `reference` the idempotency key.
    pub kind: String,
    /// What it is about: a payment or a reservation.
    pub reference: String,
    /// What happened and what to do, in a sentence.
    pub reason: String,
}

/// Something that no person needs to settle any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledItself {
    /// What kind of trouble it was.
    pub kind: String,
    /// What it was about.
    pub reference: String,
    /// How it ended, in a sentence.
    pub resolution: String,
}

/// The contract.
#[expect(
    missing_debug_implementations,
    reason = "a name for the contract, never built"
)]
pub struct Payments;

#[activity_definitions]
impl Payments {
    /// Makes a link at the provider. Idempotent on the reservation, the purpose and the amount: the first link
    /// stays, and one over another amount or for other dates is closed first. There is never a link for a reservation that is
    /// past it.
    #[activity(name = "payments.create_link")]
    pub fn create_link(request: LinkRequest) -> Result<LinkOutcome, ActivityError> {
        unimplemented!()
    }

    /// Makes a link stop working, and every other that an attempt left behind at the provider. Idempotent on
    /// its name.
    #[activity(name = "payments.close_link")]
    pub fn close_link(link: LinkName) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Moves the end of a link, at the provider and with us; one that was closed meanwhile stays closed.
    /// Idempotent on its name and the new end.
    #[activity(name = "payments.extend_link")]
    pub fn extend_link(request: LinkRequest) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Asks the provider for the truth about a payment and records it. Idempotent: an older answer never
    /// undoes a newer one.
    #[activity(name = "payments.read")]
    pub fn read(payment_id: PaymentId) -> Result<Truth, ActivityError> {
        unimplemented!()
    }

    /// Asks the provider which payments name a reservation, and records what it says of each. Those that nobody
    /// has told us about are also handed to their workflows. Returns what it says of those that fit.
    /// Idempotent: it only asks.
    #[activity(name = "payments.look_up")]
    pub fn look_up(code: ReservationCode) -> Result<Vec<PaymentReport>, ActivityError> {
        unimplemented!()
    }

    /// Tells a reservation's workflow about a payment, starting it again when it has ended. Idempotent: the
    /// workflow knows what it has already heard.
    #[activity(name = "payments.report")]
    pub fn report(report: PaymentReport) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Records what becomes of a payment. Idempotent on the payment: the first settlement stays and is
    /// returned.
    #[activity(name = "payments.settle")]
    pub fn settle(settle: SettlePayment) -> Result<Settled, ActivityError> {
        unimplemented!()
    }

    /// Gives money back. Idempotent on the key, here and at the provider.
    #[activity(name = "payments.refund")]
    pub fn refund(request: RefundRequest) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Says which payments an amount goes back to, the latest first. Idempotent on the reservation and the
    /// step.
    #[activity(name = "payments.plan_refunds")]
    pub fn plan_refunds(give_back: GiveBack) -> Result<Vec<RefundRequest>, ActivityError> {
        unimplemented!()
    }

    /// Puts something in the owner's queue. Idempotent on its kind and reference.
    #[activity(name = "payments.ask_owner")]
    pub fn ask_owner(review: Review) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Takes something out of the owner's queue that has settled itself. Idempotent on its kind and reference.
    #[activity(name = "payments.take_back")]
    pub fn take_back(settled: SettledItself) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Finds payments that the provider changed lately and that we have not heard of, and hands them to their
    /// workflows. Returns how many. Idempotent: a payment that is already known is left alone.
    #[activity(name = "payments.reconcile")]
    pub fn reconcile(window: ReconcileWindow) -> Result<u32, ActivityError> {
        unimplemented!()
    }
}

/// How far back reconciliation looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconcileWindow {
    /// Seconds before now.
    pub seconds: u32,
}

pub use payments::{
    AskOwner, CloseLink, CreateLink, ExtendLink, LookUp, PlanRefunds, Read, Reconcile, Refund,
    Report, Settle, TakeBack,
};
