//! Where the real service is known to differ from itself, a switch chooses.
//!
//! The defaults are what a demo needs and what is seen most; `POST /sandbox/reset` restores them.

use mercado_pago::Amount;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How the pretend provider behaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Switches {
    /// Takes http and loopback addresses for returns and notifications.
    ///
    /// The real service drops such return addresses silently; a demo has no others.
    pub(super) local_addresses: bool,
    /// Writes amounts as strings, as some official samples do.
    pub(super) amounts_as_strings: bool,
    /// The shape of a payment's `order`.
    pub(super) order: OrderShape,
    /// The shape of `cause` in refusals.
    pub(super) cause: CauseShape,
    /// How webhooks are signed.
    pub(super) signature: SignatureKind,
    /// Writes `ts` in milliseconds instead of seconds.
    pub(super) ts_in_milliseconds: bool,
    /// Sends the older notification next to each webhook.
    pub(super) ipn: bool,
    /// Sends `payment.updated` right after `payment.created` for payments decided at once.
    pub(super) pairs: bool,
    /// Milliseconds during which a new payment answers 404.
    pub(super) unknown_for_ms: u32,
    /// Milliseconds after which a new payment shows up in searches.
    pub(super) search_lag_ms: u32,
    /// Milliseconds a refund is in flight, its key locked.
    pub(super) refund_takes_ms: u32,
    /// What new refunds come to; `in_process` ones are decided with `PATCH /sandbox/refunds/{id}`.
    pub(super) refunds: RefundOutcome,
    /// What the seller can pay refunds from; without limit if absent.
    pub(super) balance: Option<Amount>,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            local_addresses: true,
            amounts_as_strings: false,
            order: OrderShape::Object,
            cause: CauseShape::Usual,
            signature: SignatureKind::Right,
            ts_in_milliseconds: false,
            ipn: true,
            pairs: true,
            unknown_for_ms: 0,
            search_lag_ms: 0,
            refund_takes_ms: 0,
            refunds: RefundOutcome::Approved,
            balance: None,
        }
    }
}

impl Switches {
    /// An amount as a number, or as a string if the switch says so.
    pub(super) fn money(&self, amount: Amount) -> Value {
        if self.amounts_as_strings {
            Value::String(amount.to_string())
        } else {
            json!(amount)
        }
    }
}

/// The shapes `order` has been seen in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OrderShape {
    Object,
    Array,
    Absent,
}

/// The shapes `cause` has been seen in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CauseShape {
    /// Null for links, an array for payments.
    Usual,
    Empty,
    Null,
    Absent,
}

/// What the `x-signature` of a webhook is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SignatureKind {
    Right,
    Wrong,
    Missing,
}

/// What becomes of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RefundOutcome {
    Approved,
    InProcess,
    Rejected,
}
