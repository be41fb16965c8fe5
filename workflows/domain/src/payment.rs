//! Payments as the provider reports them, in our words.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Money, ReservationCode, settlement::Purpose};

/// The provider's name of a payment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PaymentId(pub String);

/// What the names of payments recorded by hand begin with; the provider's are digits.
const BY_HAND: &str = "by-hand:";

/// How money came that the owner recorded by hand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandMethod {
    /// Banknotes.
    Cash,
    /// To the owner's bank account.
    #[default]
    Transfer,
}

impl HandMethod {
    /// The word in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Transfer => "transfer",
        }
    }
}

impl PaymentId {
    /// Names a payment that the owner saw elsewhere and recorded at this moment.
    #[must_use]
    pub fn by_hand(code: &ReservationCode, recorded_at: DateTime<Utc>, method: HandMethod) -> Self {
        Self(format!(
            "{BY_HAND}{code}:{}:{}",
            recorded_at.timestamp_millis(),
            method.as_str()
        ))
    }

    /// How it was paid, when the owner recorded it.
    #[must_use]
    pub fn hand_method(&self) -> Option<HandMethod> {
        let named = self.0.strip_prefix(BY_HAND)?;
        let cash = named.ends_with(":cash");
        Some(if cash {
            HandMethod::Cash
        } else {
            HandMethod::Transfer
        })
    }

    /// Whether the owner recorded it: the provider knows nothing of it and cannot give it back.
    #[must_use]
    pub fn is_by_hand(&self) -> bool {
        self.0.starts_with(BY_HAND)
    }
}

impl std::fmt::Display for PaymentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// The payer has not finished, or the provider is looking at it.
    Pending,
    /// The money is ours.
    Approved,
    /// Refused; the payer may try again with a new payment.
    Rejected,
    /// Given up or run out.
    Cancelled,
    /// Given back in full.
    Refunded,
    /// The payer disputes it.
    ChargedBack,
}

impl PaymentStatus {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
            Self::ChargedBack => "charged_back",
        }
    }

    /// How far along it is. A report of a lower rank is old news and changes nothing.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Rejected | Self::Cancelled => 1,
            Self::Approved => 2,
            Self::Refunded | Self::ChargedBack => 3,
        }
    }

    /// Whether the provider will not change it by itself any more.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Pending)
    }
}

/// What the provider says of one payment. The truth is always fetched, never taken from a notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentReport {
    /// The payment.
    pub payment_id: PaymentId,
    /// The reservation it names; absent when it names none of ours.
    pub code: Option<ReservationCode>,
    /// What its link asked for.
    pub purpose: Purpose,
    /// Where it stands.
    pub status: PaymentStatus,
    /// What was paid.
    pub amount: Money,
    /// What has been given back of it so far, by whomever.
    pub refunded: Money,
    /// What we gave back ourselves, or are giving back.
    pub refunded_by_us: Money,
    /// Whether it was decided before what becomes of it: that decision stands.
    #[serde(default)]
    pub decided: bool,
    /// When the provider last changed it.
    pub updated_at: DateTime<Utc>,
}

impl PaymentReport {
    /// What was paid and not given back.
    #[must_use]
    pub fn net(&self) -> Money {
        self.amount.less(self.refunded)
    }

    /// What was given back at the provider without our asking.
    #[must_use]
    pub fn refunded_elsewhere(&self) -> Money {
        self.refunded.less(self.refunded_by_us)
    }
}

/// Why a payment cannot be settled without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Misfit {
    /// It went to somebody else's account.
    WrongCollector,
    /// It is not in the currency of our prices.
    WrongCurrency,
    /// It names no reservation of ours.
    UnknownReference,
}

impl Misfit {
    /// The word in the owner's queue.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WrongCollector => "wrong_collector",
            Self::WrongCurrency => "wrong_currency",
            Self::UnknownReference => "unknown_reference",
        }
    }
}
