//! The provider's books: every link, payment and refund, and the rules by which they change.
//!
//! Nothing here talks to anybody: whoever changes the books also tells the product.
//! Ids come from the clock, so that they do not repeat after a restart that forgot everything.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use mercado_pago::{Amount, PaymentId, PaymentStatus};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    payment::{self, Method, Payment},
    preference::Preference,
    refund::{KeyUse, Refund},
    refusal::Refusal,
    switches::Switches,
};
use crate::config::MercadoPagoConfig;

mod returns;

/// The books behind their lock.
#[derive(Default)]
pub(crate) struct Books(Mutex<Ledger>);

impl Books {
    /// Forgets every link, payment and refund, and every switch.
    pub(crate) fn clear(&self) {
        let mut ledger = self.ledger();
        *ledger = Ledger {
            last_id: ledger.last_id,
            ..Ledger::default()
        };
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is in the books.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) switches: Switches,
    /// In the order they were made.
    pub(super) preferences: Vec<Preference>,
    pub(super) payments: BTreeMap<PaymentId, Payment>,
    pub(super) refunds: BTreeMap<i64, Refund>,
    keys: HashMap<String, KeyUse>,
    last_id: i64,
}

/// A payment about to be made.
pub(super) struct Attempt {
    pub(super) preference_id: String,
    pub(super) method: &'static Method,
    pub(super) status: PaymentStatus,
    pub(super) status_detail: Option<String>,
    /// What differs from the link, for the mistakes a product has to survive.
    pub(super) instead: Instead,
}

/// Values that replace those of the link.
#[derive(Default)]
pub(super) struct Instead {
    pub(super) amount: Option<Amount>,
    pub(super) currency_id: Option<String>,
    pub(super) collector_id: Option<u64>,
    pub(super) external_reference: Option<String>,
}

/// Why the books do not change.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unmoved {
    #[error("no such {0}")]
    Unknown(&'static str),
    #[error("{0}")]
    Forbidden(String),
}

impl Ledger {
    /// A number never given out before, not even by an earlier run.
    fn new_id(&mut self, now: DateTime<Utc>) -> i64 {
        self.last_id = now.timestamp_millis().max(self.last_id.saturating_add(1));
        self.last_id
    }

    pub(super) fn preference(&self, id: &str) -> Option<&Preference> {
        self.preferences
            .iter()
            .find(|preference| preference.id == id)
    }

    /// Makes a payment link.
    pub(super) fn add_preference(
        &mut self,
        sent: Map<String, Value>,
        collector_id: u64,
        now: DateTime<Utc>,
    ) -> Result<Preference, Refusal> {
        let id = format!("{collector_id}-{}", Uuid::new_v4());
        let order_id = self.new_id(now);
        let local = self.switches.local_addresses;
        let preference = Preference::new(id, order_id, sent, local, now)?;
        self.preferences.push(preference.clone());
        Ok(preference)
    }

    /// Changes some fields of a payment link.
    pub(super) fn change_preference(
        &mut self,
        id: &str,
        change: Map<String, Value>,
    ) -> Result<Preference, Refusal> {
        let local = self.switches.local_addresses;
        let preference = self
            .preferences
            .iter_mut()
            .find(|preference| preference.id == id)
            .ok_or_else(Refusal::preference_not_found)?;
        *preference = preference.changed(change, local)?;
        Ok(preference.clone())
    }

    /// Makes a payment on a link. Whether the link allows it is for the page to ask.
    pub(super) fn pay(
        &mut self,
        attempt: Attempt,
        config: &MercadoPagoConfig,
        now: DateTime<Utc>,
    ) -> Result<Payment, Unmoved> {
        if !payment::may_begin(&attempt.status) {
            let message = format!("a payment does not begin as {}", attempt.status);
            return Err(Unmoved::Forbidden(message));
        }
        let id = self.new_payment_id(now)?;
        let preference = self
            .preference(&attempt.preference_id)
            .ok_or(Unmoved::Unknown("preference"))?;
        let payment = begin(id, preference, attempt, config, now);
        self.payments.insert(id, payment.clone());
        Ok(payment)
    }

    fn new_payment_id(&mut self, now: DateTime<Utc>) -> Result<PaymentId, Unmoved> {
        PaymentId::try_from(self.new_id(now)).map_err(|e| Unmoved::Forbidden(e.to_string()))
    }

    /// Moves a payment on, if such a move exists.
    pub(super) fn turn(
        &mut self,
        id: PaymentId,
        status: PaymentStatus,
        detail: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<Payment, Unmoved> {
        let payment = self
            .payments
            .get_mut(&id)
            .ok_or(Unmoved::Unknown("payment"))?;
        if !payment::may_turn(&payment.status, &status) {
            let message = format!(
                "a payment that is {} does not become {status}",
                payment.status
            );
            return Err(Unmoved::Forbidden(message));
        }
        let usual = || usual_detail(&status, payment);
        let detail = detail.unwrap_or_else(usual);
        payment.turn(status, detail, now);
        Ok(payment.clone())
    }

    /// The payment as the API shows it.
    pub(super) fn payment_document(&self, payment: &Payment, public_url: &str) -> Value {
        let refunds = self.refunds_of(payment.id);
        let page = format!("{public_url}/checkout/v1/result");
        payment.document(&refunds, &self.switches, &page)
    }
}

fn usual_detail(status: &PaymentStatus, payment: &Payment) -> String {
    let partly = payment.refunded > Amount::ZERO && *status == PaymentStatus::Approved;
    if partly {
        return "partially_refunded".to_owned();
    }
    payment::usual_detail(status, payment.method).to_owned()
}

/// A new payment with the values of its link, or those given instead.
fn begin(
    id: PaymentId,
    preference: &Preference,
    attempt: Attempt,
    config: &MercadoPagoConfig,
    now: DateTime<Utc>,
) -> Payment {
    let Attempt {
        method,
        status,
        status_detail,
        instead,
        ..
    } = attempt;
    let terms = &preference.terms;
    let usual = || payment::usual_detail(&status, method).to_owned();
    let address = || config.webhook_url.clone();
    Payment {
        id,
        preference_id: preference.id.clone(),
        order_id: preference.order_id,
        status_detail: status_detail.unwrap_or_else(usual),
        amount: instead.amount.unwrap_or(terms.total),
        refunded: Amount::ZERO,
        currency_id: instead.currency_id.unwrap_or_else(|| "ARS".to_owned()),
        collector_id: instead.collector_id.unwrap_or(config.collector_id),
        external_reference: instead
            .external_reference
            .or_else(|| terms.external_reference.clone()),
        method,
        created: now,
        approved: (status == PaymentStatus::Approved).then_some(now),
        updated: now,
        voucher_expires: method.is_offline().then(|| voucher_end(preference, now)),
        binary_mode: terms.binary_mode,
        statement_descriptor: terms.statement_descriptor.clone(),
        notification_url: terms
            .notification_url
            .as_ref()
            .map_or_else(address, ToString::to_string),
        metadata: terms.metadata.clone(),
        status,
    }
}

/// Vouchers live as long as the link says, three days if it says nothing.
fn voucher_end(preference: &Preference, now: DateTime<Utc>) -> DateTime<Utc> {
    let three_days = chrono::Duration::days(3);
    preference
        .terms
        .vouchers_expire_at
        .unwrap_or(now + three_days)
}
