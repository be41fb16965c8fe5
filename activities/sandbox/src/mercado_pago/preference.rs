//! A payment link: what was sent, what it means, and how it is shown.

use chrono::{DateTime, Utc};
use mercado_pago::date;
use reqwest::Url;
use serde_json::{Map, Value, json};

use super::refusal::Refusal;

mod rules;

pub(super) use rules::Terms;

/// One payment link.
#[derive(Clone)]
pub(super) struct Preference {
    pub(super) id: String,
    pub(super) order_id: i64,
    pub(super) date_created: DateTime<Utc>,
    pub(super) terms: Terms,
    /// As sent, without the return addresses that were dropped.
    sent: Map<String, Value>,
}

/// Whether a payer can use a link now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Availability {
    Open,
    NotYet,
    Over,
}

impl Preference {
    /// A new link.
    pub(super) fn new(
        id: String,
        order_id: i64,
        sent: Map<String, Value>,
        local_addresses: bool,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let (sent, terms) = rules::read(sent, local_addresses)?;
        if terms.closes_at.is_some_and(|closes_at| closes_at <= now) {
            let message = "expiration_date_to invalid. It must be in the future";
            return Err(Refusal::preference("invalid_expiration_date_to", message));
        }
        Ok(Self {
            id,
            order_id,
            date_created: now,
            terms,
            sent,
        })
    }

    /// The link with some fields sent anew. Its end may move into the past, which closes it.
    pub(super) fn changed(
        &self,
        change: Map<String, Value>,
        local_addresses: bool,
    ) -> Result<Self, Refusal> {
        let mut sent = self.sent.clone();
        sent.extend(change);
        let (sent, terms) = rules::read(sent, local_addresses)?;
        Ok(Self {
            terms,
            sent,
            ..self.clone()
        })
    }

    pub(super) fn availability(&self, now: DateTime<Utc>) -> Availability {
        if self.terms.closes_at.is_some_and(|end| end <= now) {
            Availability::Over
        } else if self.terms.opens_at.is_some_and(|start| start > now) {
            Availability::NotYet
        } else {
            Availability::Open
        }
    }

    /// As the API shows it: what was sent, and what the provider added.
    pub(super) fn document(&self, public_url: &str, collector_id: u64) -> Value {
        let mut document = self.sent.clone();
        let page = format!("{public_url}/checkout/v1/redirect?pref_id={}", self.id);
        let added = json!({
            "id": self.id,
            "init_point": page,
            "sandbox_init_point": page,
            "collector_id": collector_id,
            "client_id": "6295877106812064",
            "site_id": "MLA",
            "operation_type": "regular_payment",
            "marketplace": "NONE",
            "date_created": date::format(self.date_created),
            "expires": self.sent.get("expires").unwrap_or(&Value::Bool(false)),
            "metadata": self.terms.metadata,
        });
        if let Value::Object(added) = added {
            document.extend(added);
        }
        Value::Object(document)
    }
}

/// Where the browser goes afterwards.
#[derive(Clone, Default)]
pub(super) struct BackUrls {
    pub(super) success: Option<Url>,
    pub(super) pending: Option<Url>,
    pub(super) failure: Option<Url>,
}
