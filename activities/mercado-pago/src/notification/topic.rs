//! What a notification is about. Webhooks and IPN have different words for the same things.

use std::fmt;

/// The kind of thing a notification points at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A payment: read it.
    Payment,
    /// A merchant order: acknowledge.
    MerchantOrder,
    /// A card dispute: alert, stop refunding that payment.
    Chargeback,
    /// A buyer's claim: alert.
    Claim,
    /// A fraud warning about a payment: have somebody review the booking.
    FraudAlert,
    /// A seller linked or unlinked the application.
    Connect,
    /// Anything else: acknowledge and record. The word as received.
    Other(String),
}

impl Topic {
    /// The webhook's word for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Payment => "payment",
            Self::MerchantOrder => "topic_merchant_order_wh",
            Self::Chargeback => "topic_chargebacks_wh",
            Self::Claim => "topic_claims_integration_wh",
            Self::FraudAlert => "stop_delivery_op_wh",
            Self::Connect => "mp-connect",
            Self::Other(word) => word,
        }
    }
}

impl From<&str> for Topic {
    fn from(word: &str) -> Self {
        match word {
            "payment" | "payments" => Self::Payment,
            "topic_merchant_order_wh" | "merchant_order" => Self::MerchantOrder,
            "topic_chargebacks_wh" | "chargebacks" => Self::Chargeback,
            "topic_claims_integration_wh" => Self::Claim,
            "stop_delivery_op_wh" | "delivery_cancellation" => Self::FraudAlert,
            "mp-connect" => Self::Connect,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
