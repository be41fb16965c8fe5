//! A refund, and the keys that keep it from happening twice.

use chrono::{DateTime, Utc};
use mercado_pago::{Amount, PaymentId, RefundStatus, date};
use serde_json::{Value, json};

use super::switches::Switches;

/// One refund of one payment.
#[derive(Clone)]
pub(super) struct Refund {
    pub(super) id: i64,
    pub(super) payment_id: PaymentId,
    pub(super) amount: Amount,
    pub(super) status: RefundStatus,
    pub(super) created: DateTime<Utc>,
    pub(super) collector_id: u64,
    /// The seller's key; absent where the provider itself returned the money.
    pub(super) key: Option<String>,
}

impl Refund {
    /// Whether its amount is returned or about to be.
    pub(super) fn binds(&self) -> bool {
        matches!(
            self.status,
            RefundStatus::Approved | RefundStatus::InProcess | RefundStatus::Authorized
        )
    }

    /// As the API shows it.
    pub(super) fn document(&self, switches: &Switches) -> Value {
        let source = if self.key.is_some() {
            "collector"
        } else {
            "admin"
        };
        json!({
            "id": self.id,
            "payment_id": self.payment_id,
            "amount": switches.money(self.amount),
            "status": self.status,
            "source": { "id": self.collector_id.to_string(), "name": "Posada", "type": source },
            "date_created": date::format(self.created),
            "refund_mode": "standard",
            "adjustment_amount": 0,
            "unique_sequence_number": null,
            "reason": null,
        })
    }
}

/// What was asked for under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RefundRequest {
    pub(super) payment_id: PaymentId,
    /// The whole remainder if absent.
    pub(super) amount: Option<Amount>,
}

/// What became of a key.
#[derive(Clone)]
pub(super) enum KeyUse {
    InFlight(RefundRequest),
    Done(RefundRequest, Refund),
}

impl KeyUse {
    pub(super) fn request(&self) -> RefundRequest {
        match self {
            Self::InFlight(request) | Self::Done(request, _) => *request,
        }
    }
}
