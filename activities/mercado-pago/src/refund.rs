//! Money on its way back to the payer.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::amount::Amount;
use crate::id::PaymentId;
use crate::lenient;
use crate::wire_enum::wire_enum;

wire_enum! {
    /// Where a refund stands. Only `Approved` is final success; the others have to be asked again.
    RefundStatus {
        /// Returned.
        Approved => "approved",
        /// On its way.
        InProcess => "in_process",
        /// Refused.
        Rejected => "rejected",
        /// Taken back before it happened.
        Cancelled => "cancelled",
        /// Accepted, not executed yet.
        Authorized => "authorized",
    }
}

/// How much to return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundAmount {
    /// Whatever has not been returned yet.
    Remainder,
    /// Exactly this.
    Exactly(Amount),
}

/// One refund of one payment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Refund {
    /// The provider's number, as text.
    #[serde(deserialize_with = "required_id")]
    pub id: String,
    /// The payment it returns.
    pub payment_id: PaymentId,
    /// How much goes back.
    pub amount: Amount,
    /// Where it stands; absent in some answers, which then say nothing about success.
    #[serde(default = "unsaid")]
    pub status: RefundStatus,
    /// When it was asked for.
    #[serde(default, deserialize_with = "lenient::instant")]
    pub date_created: Option<DateTime<Utc>>,
}

fn unsaid() -> RefundStatus {
    RefundStatus::Unknown(String::new())
}

fn required_id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    lenient::id(deserializer)?.ok_or_else(|| serde::de::Error::custom("the refund has no id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_refund_is_read() {
        let refund: Refund = serde_json::from_str(
            r#"{"id":1091618291,"payment_id":90210044871,"amount":1500,"status":"approved",
                "source":[{"id":"724484980","name":"Club Sur","type":"collector"}],
                "date_created":"2026-12-11T09:00:00.000-03:00","refund_mode":"standard",
                "adjustment_amount":0,"unique_sequence_number":null,"reason":null}"#,
        )
        .unwrap();
        assert_eq!(refund.id, "1091618291");
        assert_eq!(refund.amount.centavos(), 150_000);
        assert_eq!(refund.status, RefundStatus::Approved);
        assert!(refund.date_created.is_some());
    }

    #[test]
    fn a_refund_that_does_not_say_its_status_is_not_taken_for_done() {
        let refund: Refund =
            serde_json::from_str(r#"{"id":1,"payment_id":2,"amount":"3.10"}"#).unwrap();
        assert_ne!(refund.status, RefundStatus::Approved);
    }
}
