//! A payment: its means, the moves it may make, and how it is shown.

use chrono::{DateTime, Utc};
use mercado_pago::{Amount, PaymentId, PaymentStatus, date};
use serde_json::{Map, Value, json};

use super::{
    refund::Refund,
    switches::{OrderShape, Switches},
};

/// A means of payment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Method {
    /// `payment_method_id`.
    pub(super) id: &'static str,
    /// `payment_type_id`.
    pub(super) kind: &'static str,
    /// What the page calls it.
    pub(super) label: &'static str,
}

/// Every means the sandbox knows. The control API also takes a kind for the first of it.
pub(super) const METHODS: [Method; 7] = [
    Method {
        id: "visa",
        kind: "credit_card",
        label: "Tarjeta de crédito",
    },
    Method {
        id: "master",
        kind: "credit_card",
        label: "Tarjeta de crédito",
    },
    Method {
        id: "debvisa",
        kind: "debit_card",
        label: "Tarjeta de débito",
    },
    Method {
        id: "account_money",
        kind: "account_money",
        label: "Dinero en cuenta",
    },
    Method {
        id: "rapipago",
        kind: "ticket",
        label: "Efectivo en Rapipago",
    },
    Method {
        id: "pagofacil",
        kind: "ticket",
        label: "Efectivo en Pago Fácil",
    },
    Method {
        id: "cvu",
        kind: "bank_transfer",
        label: "Transferencia bancaria",
    },
];

impl Method {
    /// By its id, its kind, or the everyday words `card`, `cash` and `transfer`.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        let name = match name {
            "card" => "credit_card",
            "cash" => "ticket",
            "transfer" => "bank_transfer",
            other => other,
        };
        METHODS
            .iter()
            .find(|method| method.id == name || method.kind == name)
    }

    /// Whether money arrives later, at a counter or by a bank.
    pub(super) fn is_offline(&self) -> bool {
        matches!(self.kind, "ticket" | "bank_transfer")
    }
}

/// One payment.
#[derive(Clone)]
pub(super) struct Payment {
    pub(super) id: PaymentId,
    pub(super) preference_id: String,
    pub(super) order_id: i64,
    pub(super) status: PaymentStatus,
    pub(super) status_detail: String,
    pub(super) amount: Amount,
    pub(super) refunded: Amount,
    pub(super) currency_id: String,
    pub(super) collector_id: u64,
    pub(super) external_reference: Option<String>,
    pub(super) method: &'static Method,
    pub(super) created: DateTime<Utc>,
    pub(super) approved: Option<DateTime<Utc>>,
    pub(super) updated: DateTime<Utc>,
    pub(super) voucher_expires: Option<DateTime<Utc>>,
    pub(super) binary_mode: bool,
    pub(super) statement_descriptor: Option<String>,
    pub(super) notification_url: String,
    pub(super) metadata: Map<String, Value>,
}

impl Payment {
    /// What can still be returned.
    pub(super) fn remaining(&self) -> Amount {
        self.amount.minus(self.refunded)
    }

    /// Moves on, at a later instant than the last move.
    pub(super) fn turn(&mut self, status: PaymentStatus, detail: String, now: DateTime<Utc>) {
        let tick = chrono::Duration::milliseconds(1);
        self.updated = now.max(self.updated + tick);
        if status == PaymentStatus::Approved && self.approved.is_none() {
            self.approved = Some(self.updated);
        }
        self.status = status;
        self.status_detail = detail;
    }

    /// What the provider keeps: 6.21 %, rounded down to the centavo.
    fn fee(&self) -> Amount {
        const BASIS_POINTS: i64 = 621;
        let fee = self.amount.centavos().saturating_mul(BASIS_POINTS) / 10_000;
        Amount::from_centavos(if self.approved.is_some() { fee } else { 0 })
    }

    /// As the API shows it.
    pub(super) fn document(&self, refunds: &[Refund], switches: &Switches, page: &str) -> Value {
        let money = |amount: Amount| switches.money(amount);
        let at = |instant: Option<DateTime<Utc>>| instant.map(date::format);
        let voucher = self
            .method
            .is_offline()
            .then(|| format!("{page}?payment_id={}", self.id));
        let mut document = json!({
            "id": self.id,
            "status": self.status,
            "status_detail": self.status_detail,
            "date_created": date::format(self.created),
            "date_approved": at(self.approved),
            "date_last_updated": date::format(self.updated),
            "date_of_expiration": at(self.voucher_expires),
            "money_release_date": at(self.approved),
            "payment_method_id": self.method.id,
            "payment_type_id": self.method.kind,
            "currency_id": self.currency_id,
            "transaction_amount": money(self.amount),
            "transaction_amount_refunded": money(self.refunded),
            "external_reference": self.external_reference,
            "collector_id": self.collector_id,
            "live_mode": true,
            "captured": self.status != PaymentStatus::Authorized,
            "binary_mode": self.binary_mode,
            "installments": 1,
            "statement_descriptor": self.statement_descriptor,
            "notification_url": self.notification_url,
            "payer": {
                "id": "123456789",
                "email": "test_user_123@testuser.com",
                "identification": { "type": "DNI", "number": "12345678" },
                "type": "guest",
            },
            "fee_details": [
                { "type": "mercadopago_fee", "amount": money(self.fee()), "fee_payer": "collector" },
            ],
            "transaction_details": {
                "net_received_amount": money(self.amount.minus(self.fee())),
                "total_paid_amount": money(self.amount),
                "overpaid_amount": money(Amount::ZERO),
                "external_resource_url": voucher,
            },
            "refunds": refunds.iter().map(|refund| refund.document(switches)).collect::<Vec<_>>(),
            "metadata": self.metadata,
        });
        if let (Some(order), Some(fields)) = (self.order(switches.order), document.as_object_mut())
        {
            fields.insert("order".to_owned(), order);
        }
        document
    }

    fn order(&self, shape: OrderShape) -> Option<Value> {
        let order = json!({ "id": self.order_id.to_string(), "type": "mercadopago" });
        match shape {
            OrderShape::Object => Some(order),
            OrderShape::Array => Some(json!([order])),
            OrderShape::Absent => None,
        }
    }
}

/// Whether a payment may begin like this.
pub(super) fn may_begin(status: &PaymentStatus) -> bool {
    matches!(
        status,
        PaymentStatus::Pending
            | PaymentStatus::InProcess
            | PaymentStatus::Authorized
            | PaymentStatus::Approved
            | PaymentStatus::Rejected
    )
}

/// Whether a payment may move like this. A refusal is final: another attempt is another payment.
pub(super) fn may_turn(from: &PaymentStatus, to: &PaymentStatus) -> bool {
    use PaymentStatus as S;
    matches!(
        (from, to),
        (
            S::Pending,
            S::Approved | S::InProcess | S::Cancelled | S::Rejected
        ) | (S::InProcess, S::Approved | S::Rejected | S::Cancelled)
            | (S::Authorized, S::Approved | S::Cancelled)
            | (S::Approved, S::InMediation | S::Refunded | S::ChargedBack)
            | (S::InMediation, S::Approved | S::Refunded | S::ChargedBack)
            | (S::ChargedBack, S::ChargedBack)
    )
}

/// The detail that usually comes with a status.
pub(super) fn usual_detail(status: &PaymentStatus, method: &Method) -> &'static str {
    match status {
        PaymentStatus::Pending if method.kind == "ticket" => "pending_waiting_payment",
        PaymentStatus::Pending if method.kind == "bank_transfer" => "pending_waiting_transfer",
        PaymentStatus::Pending => "pending_challenge",
        PaymentStatus::InProcess => "pending_review_manual",
        PaymentStatus::Authorized => "pending_capture",
        PaymentStatus::Approved => "accredited",
        PaymentStatus::Rejected => "cc_rejected_insufficient_amount",
        PaymentStatus::Cancelled => "expired",
        PaymentStatus::Refunded => "refunded",
        PaymentStatus::ChargedBack => "in_process",
        PaymentStatus::InMediation => "pending",
        PaymentStatus::Unknown(_) => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_cancelled_and_refunded_payments_stay_so() {
        for from in ["rejected", "cancelled", "refunded"].map(PaymentStatus::from) {
            for to in ["approved", "pending", "refunded", "charged_back"].map(PaymentStatus::from) {
                assert!(!may_turn(&from, &to), "{from} became {to}");
            }
        }
    }

    #[test]
    fn a_means_is_found_by_id_by_kind_and_by_everyday_word() {
        for name in ["visa", "credit_card", "card"] {
            assert_eq!(Method::named(name).map(|method| method.id), Some("visa"));
        }
        assert_eq!(
            Method::named("cash").map(|method| method.id),
            Some("rapipago")
        );
        assert_eq!(Method::named("gold"), None);
    }
}
