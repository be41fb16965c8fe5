//! Where each kind of notification keeps its topic and its id.
//!
//! Webhooks: `?data.id=…&type=payment` and `{"type", "action", "data": {"id"}}`. IPN:
//! `?id=…&topic=payment` and `{"resource", "topic"}`, where the resource is an address or a bare id
//! and the body may be empty. An id is short and plain; anything else is no id.

use serde_json::Value;

use super::topic::Topic;
use crate::id::PaymentId;
use crate::lenient;

/// Longer than any id the provider has used.
const LONGEST_ID: usize = 64;

/// The parameters that matter; our own ones are skipped.
#[derive(Default)]
pub(super) struct Query {
    data_id: Option<String>,
    kind: Option<String>,
    id: Option<String>,
    topic: Option<String>,
}

impl Query {
    pub(super) fn read(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let field = match name.as_ref() {
                "data.id" => &mut read.data_id,
                "type" => &mut read.kind,
                "id" => &mut read.id,
                "topic" => &mut read.topic,
                _ => continue,
            };
            if !value.is_empty() {
                field.get_or_insert_with(|| value.into_owned());
            }
        }
        read
    }

    /// The id of a webhook. A `topic` makes it an IPN, whatever else it carries.
    pub(super) fn data_id(&self) -> Option<&str> {
        self.data_id
            .as_deref()
            .filter(|id| self.topic.is_none() && is_id(id))
    }
}

/// The body: a JSON object, a bare id, or nothing.
pub(super) struct Body(Value);

impl Body {
    /// `None` if there is a body that cannot be one.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.trim_ascii().is_empty() {
            return Some(Self(Value::Null));
        }
        match serde_json::from_slice(bytes).ok()? {
            Value::Array(_) | Value::Bool(_) => None,
            value => Some(Self(value)),
        }
    }

    /// The id of a webhook, in case the query has none.
    pub(super) fn data_id(&self, query: &Query) -> Option<String> {
        let is_webhook = query.topic.is_none() && self.text("topic").is_none();
        self.id_in_data().filter(|id| is_webhook && is_id(id))
    }

    pub(super) fn notification_id(&self) -> Option<String> {
        self.text("id")
    }

    pub(super) fn user_id(&self) -> Option<String> {
        self.text("user_id")
    }

    /// Chargebacks have a list of actions; the first names the news.
    pub(super) fn action(&self) -> Option<String> {
        self.text("action")
            .or_else(|| lenient::text(self.0.get("actions")?.get(0)?))
    }

    /// The payment a chargeback belongs to.
    pub(super) fn payment_id(&self) -> Option<PaymentId> {
        lenient::text(self.0.get("data")?.get("payment_id")?)?
            .parse()
            .ok()
    }

    fn id_in_data(&self) -> Option<String> {
        lenient::text(self.0.get("data")?.get("id")?)
    }

    fn text(&self, field: &str) -> Option<String> {
        self.0.get(field).and_then(lenient::text)
    }

    /// The address or bare id an IPN points at.
    fn resource(&self) -> Option<String> {
        lenient::text(&self.0).or_else(|| self.text("resource"))
    }
}

/// What it is about, by whoever says so first: query, body, the address of the resource. A hint
/// that does not say is taken for a payment's, the only thing worth a look.
pub(super) fn topic(query: &Query, body: &Body) -> Topic {
    let named = query.topic.clone().or_else(|| query.kind.clone());
    let named = named
        .or_else(|| body.text("topic"))
        .or_else(|| body.text("type"));
    if let Some(word) = named {
        return Topic::from(word.as_str());
    }
    match body.resource() {
        Some(resource) if resource.contains("/merchant_orders/") => Topic::MerchantOrder,
        Some(resource) if resource.contains("/chargebacks/") => Topic::Chargeback,
        _ => Topic::Payment,
    }
}

/// The id of what it is about, wherever it is.
pub(super) fn resource_id(query: &Query, body: &Body) -> Option<String> {
    let named = query.data_id.clone().or_else(|| query.id.clone());
    named
        .or_else(|| body.id_in_data())
        .or_else(|| body.resource().and_then(|resource| last_segment(&resource)))
        .filter(|id| is_id(id))
}

fn last_segment(resource: &str) -> Option<String> {
    let path = resource.split(['?', '#']).next()?;
    path.trim_end_matches('/')
        .rsplit('/')
        .next()
        .map(str::to_owned)
}

/// Plain characters only: nothing that could mean something in a path, a log line or a manifest.
fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.len() <= LONGEST_ID && text.bytes().all(plain)
}
