//! A payment as the provider last told it.
//!
//! What decides about money (id, status, amount, currency, time of the last change) must be there
//! and readable; everything else is optional and forgiving. The payer is left out on purpose:
//! nothing here is personal data.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

use crate::amount::Amount;
use crate::id::PaymentId;
use crate::lenient;
use crate::refund::Refund;
use crate::wire_enum::wire_enum;

wire_enum! {
    /// Where a payment stands. There is no `partially_refunded`: that is `Approved` with
    /// [`Payment::transaction_amount_refunded`] above zero.
    PaymentStatus {
        /// The buyer has not finished: a cash voucher, a transfer on its way.
        Pending => "pending",
        /// Under review, up to two business days.
        InProcess => "in_process",
        /// Reserved on the card, not captured.
        Authorized => "authorized",
        /// Credited.
        Approved => "approved",
        /// Refused. Another attempt on the same link is another payment.
        Rejected => "rejected",
        /// Ended by a party or by its deadline.
        Cancelled => "cancelled",
        /// Returned in full.
        Refunded => "refunded",
        /// Disputed through the card; the detail `reimbursed` means the seller got it back.
        ChargedBack => "charged_back",
        /// The buyer opened a claim.
        InMediation => "in_mediation",
    }
}

wire_enum! {
    /// The kind of means a payment was made with.
    PaymentType {
        /// Balance of a Mercado Pago account. Cannot be excluded.
        AccountMoney => "account_money",
        /// Cash voucher: Rapipago, Pago Fácil.
        Ticket => "ticket",
        /// Bank transfer.
        BankTransfer => "bank_transfer",
        /// Cash machine.
        Atm => "atm",
        /// Credit card.
        CreditCard => "credit_card",
        /// Debit card.
        DebitCard => "debit_card",
        /// Prepaid card.
        PrepaidCard => "prepaid_card",
        /// Digital currency.
        DigitalCurrency => "digital_currency",
        /// Another wallet.
        DigitalWallet => "digital_wallet",
        /// Voucher card.
        VoucherCard => "voucher_card",
        /// Crypto transfer.
        CryptoTransfer => "crypto_transfer",
    }
}

/// A snapshot of one payment. Order snapshots by `date_last_updated` and keep the newest.
#[derive(Debug, Clone, PartialEq)]
pub struct Payment {
    /// The provider's number.
    pub id: PaymentId,
    /// Where it stands.
    pub status: PaymentStatus,
    /// Why, in the provider's words, such as `accredited` or `cc_rejected_bad_filled_security_code`.
    pub status_detail: Option<String>,
    /// What was charged, before any refund.
    pub transaction_amount: Amount,
    /// What has been returned so far.
    pub transaction_amount_refunded: Amount,
    /// ISO 4217, `ARS` for anything we asked for.
    pub currency_id: String,
    /// Our key, as set on the preference.
    pub external_reference: Option<String>,
    /// The seller who was paid.
    pub collector_id: Option<String>,
    /// When the buyer started it.
    pub date_created: Option<DateTime<Utc>>,
    /// When it was credited.
    pub date_approved: Option<DateTime<Utc>>,
    /// When this snapshot became true; the creation time where the provider sends none.
    pub date_last_updated: DateTime<Utc>,
    /// Until when a cash voucher can be paid.
    pub date_of_expiration: Option<DateTime<Utc>>,
    /// `visa`, `rapipago`, `account_money` and the like.
    pub payment_method_id: Option<String>,
    /// The kind of means.
    pub payment_type_id: Option<PaymentType>,
    /// The merchant order this payment belongs to.
    pub order_id: Option<String>,
    /// What the provider keeps.
    pub fees: Vec<Fee>,
    /// What reaches the seller.
    pub net_received_amount: Option<Amount>,
    /// The voucher to print, for cash.
    pub external_resource_url: Option<String>,
    /// Refunds of this payment.
    pub refunds: Vec<Refund>,
    /// The preference's metadata, keys in `snake_case`.
    pub metadata: Map<String, Value>,
}

impl Payment {
    /// What the seller still has of it: charged minus returned. Says nothing about the status.
    #[must_use]
    pub const fn remaining(&self) -> Amount {
        self.transaction_amount
            .minus(self.transaction_amount_refunded)
    }

    /// What the provider keeps of what was paid to the seller; what the payer pays on top is not in it.
    #[must_use]
    pub fn fee(&self) -> Amount {
        let ours = self.fees.iter().filter(|fee| !fee.is_borne_by_payer());
        Amount::from_centavos(ours.map(|fee| fee.amount.centavos()).sum())
    }
}

/// One part the provider keeps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Fee {
    /// `mercadopago_fee`, `financing_fee` and the like.
    #[serde(rename = "type")]
    pub kind: String,
    /// How much.
    pub amount: Amount,
    /// Who bears it: `collector` or `payer`.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub fee_payer: String,
}

impl Fee {
    fn is_borne_by_payer(&self) -> bool {
        self.fee_payer == "payer"
    }
}

/// A payment that a search found. Searches lag behind, so it carries just enough to decide whether
/// to read the payment itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FoundPayment {
    /// The provider's number.
    pub id: PaymentId,
    /// Where it stood when the search index last heard of it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub status: Option<PaymentStatus>,
    /// Our key.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub external_reference: Option<String>,
    /// Its last change known to the index.
    #[serde(default, deserialize_with = "lenient::instant")]
    pub date_last_updated: Option<DateTime<Utc>>,
}

/// The answer's own shape.
#[derive(Deserialize)]
struct Wire {
    id: PaymentId,
    status: PaymentStatus,
    #[serde(default, deserialize_with = "lenient::or_default")]
    status_detail: Option<String>,
    transaction_amount: Amount,
    #[serde(default)]
    transaction_amount_refunded: Option<Amount>,
    currency_id: String,
    #[serde(default, deserialize_with = "lenient::id")]
    external_reference: Option<String>,
    #[serde(default, deserialize_with = "lenient::id")]
    collector_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::instant")]
    date_created: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "lenient::instant")]
    date_approved: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "lenient::instant")]
    date_last_updated: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "lenient::instant")]
    date_of_expiration: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    payment_method_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    payment_type_id: Option<PaymentType>,
    #[serde(default)]
    order: Value,
    #[serde(default, deserialize_with = "lenient::items")]
    fee_details: Vec<Fee>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    transaction_details: TransactionDetails,
    #[serde(default, deserialize_with = "lenient::items")]
    refunds: Vec<Refund>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    metadata: Map<String, Value>,
}

#[derive(Deserialize, Default)]
struct TransactionDetails {
    #[serde(default, deserialize_with = "lenient::or_default")]
    net_received_amount: Option<Amount>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    external_resource_url: Option<String>,
}

impl<'de> Deserialize<'de> for Payment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        let date_last_updated = wire
            .date_last_updated
            .or(wire.date_created)
            .ok_or_else(|| de::Error::custom("the payment has no date to order it by"))?;
        Ok(Self {
            id: wire.id,
            status: wire.status,
            status_detail: wire.status_detail,
            transaction_amount: wire.transaction_amount,
            transaction_amount_refunded: wire.transaction_amount_refunded.unwrap_or_default(),
            currency_id: wire.currency_id,
            external_reference: wire.external_reference,
            collector_id: wire.collector_id,
            date_created: wire.date_created,
            date_approved: wire.date_approved,
            date_last_updated,
            date_of_expiration: wire.date_of_expiration,
            payment_method_id: wire.payment_method_id,
            payment_type_id: wire.payment_type_id,
            order_id: order_id(&wire.order),
            fees: wire.fee_details,
            net_received_amount: wire.transaction_details.net_received_amount,
            external_resource_url: wire.transaction_details.external_resource_url,
            refunds: wire.refunds,
            metadata: wire.metadata,
        })
    }
}

/// The order has been seen as an object, as an array of them, and absent.
fn order_id(order: &Value) -> Option<String> {
    let order = order
        .as_array()
        .and_then(|orders| orders.first())
        .unwrap_or(order);
    order.get("id").and_then(lenient::text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = include_str!("../tests/fixtures/payment_approved.json");

    #[test]
    fn the_documented_payment_is_read() {
        let payment: Payment = serde_json::from_str(FULL).unwrap();
        assert_eq!(payment.id.get(), 90_210_044_871);
        assert_eq!(payment.status, PaymentStatus::Approved);
        assert_eq!(payment.transaction_amount.centavos(), 500_000);
        assert_eq!(payment.currency_id, "ARS");
        assert_eq!(
            payment.external_reference.as_deref(),
            Some("res_01JEXAMPLE7Q2")
        );
        assert_eq!(payment.collector_id.as_deref(), Some("724484980"));
        assert_eq!(payment.payment_type_id, Some(PaymentType::CreditCard));
        assert_eq!(payment.order_id.as_deref(), Some("29900492508"));
        assert_eq!(
            payment.net_received_amount,
            Some(Amount::from_centavos(468_950))
        );
        assert_eq!(payment.fees.len(), 1);
        assert_eq!(payment.fee(), Amount::from_centavos(31_050));
        assert_eq!(payment.date_of_expiration, None);
        assert_eq!(
            payment.metadata.get("tenant"),
            Some(&Value::from("club-sur"))
        );
        assert_eq!(
            date(payment.date_last_updated),
            "2026-12-10T15:04:12.000-03:00"
        );
    }

    #[test]
    fn the_optional_parts_may_be_odd_without_hiding_the_payment() {
        let payment: Payment = serde_json::from_str(
            r#"{"id":"7","status":"under_the_moon","transaction_amount":"24.50","currency_id":"ARS",
                "date_created":"2026-12-10T18:04:11Z","date_last_updated":null,"order":[{"id":9}],
                "fee_details":[{"type":"odd","amount":0.005},{"type":"fee","amount":1}],
                "transaction_details":null,"refunds":{},"metadata":[],"collector_id":5}"#,
        )
        .unwrap();
        assert_eq!(
            payment.status,
            PaymentStatus::Unknown("under_the_moon".to_owned())
        );
        assert_eq!(payment.transaction_amount.centavos(), 2_450);
        assert_eq!(payment.order_id.as_deref(), Some("9"));
        assert_eq!(payment.collector_id.as_deref(), Some("5"));
        assert_eq!(payment.fees.len(), 1);
        assert_eq!(Some(payment.date_last_updated), payment.date_created);
    }

    #[test]
    fn a_payment_whose_amount_cannot_be_read_exactly_is_not_read_at_all() {
        let odd = FULL.replace(
            "\"transaction_amount\": 5000,",
            "\"transaction_amount\": 5000.005,",
        );
        assert_ne!(odd, FULL);
        assert!(serde_json::from_str::<Payment>(&odd).is_err());
    }

    #[test]
    fn what_remains_is_what_was_charged_minus_what_was_returned() {
        let partly = FULL.replace(
            "\"transaction_amount_refunded\": 0",
            "\"transaction_amount_refunded\": 1500.5",
        );
        let payment: Payment = serde_json::from_str(&partly).unwrap();
        assert_eq!(payment.remaining().centavos(), 349_950);
    }

    #[test]
    fn a_fee_that_the_payer_bears_is_none_of_ours() {
        let financed = FULL.replace("\"fee_payer\": \"collector\"", "\"fee_payer\": \"payer\"");
        assert_ne!(financed, FULL);
        let payment: Payment = serde_json::from_str(&financed).unwrap();
        assert_eq!((payment.fees.len(), payment.fee()), (1, Amount::ZERO));
    }

    fn date(instant: DateTime<Utc>) -> String {
        crate::date::format(instant)
    }
}
