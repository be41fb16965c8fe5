//! Telling the product, in both of the provider's ways.
//!
//! The webhook is signed over the id in its query; the older notification (IPN) follows with a
//! signature made by a key nobody has, as observed.
//! What a notification says is never more than "look at this payment".

use chrono::{SecondsFormat, Utc};
use mercado_pago::notification::sign;
use reqwest::Url;
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{payment::Payment, switches::SignatureKind};
use crate::{Sandbox, delivery::Parcel};

/// A payment was made: `payment.created`, and `payment.updated` as well if it was decided at once.
pub(super) fn created(sandbox: &Sandbox, payment: &Payment) {
    webhook(sandbox, payment, "payment.created");
    let pairs = sandbox.mercado_pago.ledger().switches.pairs;
    if pairs && payment.updated == payment.created && payment.approved.is_some() {
        webhook(sandbox, payment, "payment.updated");
    }
    older(sandbox, payment);
}

/// A payment changed.
pub(super) fn changed(sandbox: &Sandbox, payment: &Payment) {
    webhook(sandbox, payment, "payment.updated");
    older(sandbox, payment);
}

/// A card dispute was opened or decided. Its body differs from all the others.
pub(super) fn disputed(sandbox: &Sandbox, payment: &Payment) {
    let dispute = dispute_id(payment);
    let mut body = body(sandbox, payment, "topic_chargebacks_wh");
    if let Some(fields) = body.as_object_mut() {
        fields.insert("actions".to_owned(), json!(["changed_case_status"]));
        let data = json!({ "id": dispute, "payment_id": payment.id });
        fields.insert("data".to_owned(), data);
    }
    post(sandbox, payment, &dispute, "topic_chargebacks_wh", &body);
}

/// The dispute of a payment, of which there is at most one.
pub(super) fn dispute_id(payment: &Payment) -> String {
    format!("217{}", payment.id)
}

fn webhook(sandbox: &Sandbox, payment: &Payment, action: &str) {
    let id = payment.id.to_string();
    let mut body = body(sandbox, payment, "payment");
    if let Some(fields) = body.as_object_mut() {
        fields.insert("action".to_owned(), json!(action));
        fields.insert("data".to_owned(), json!({ "id": id }));
    }
    post(sandbox, payment, &id, "payment", &body);
}

/// What all webhooks say.
fn body(sandbox: &Sandbox, payment: &Payment, topic: &str) -> Value {
    json!({
        "api_version": "v1",
        "date_created": payment.created.to_rfc3339_opts(SecondsFormat::Secs, true),
        "id": Uuid::new_v4().as_u64_pair().0 >> 16,
        "live_mode": true,
        "type": topic,
        "user_id": sandbox.config.mercado_pago.collector_id.to_string(),
    })
}

fn post(sandbox: &Sandbox, payment: &Payment, id: &str, topic: &str, body: &Value) {
    let Some(url) = address(sandbox, payment, &[("data.id", id), ("type", topic)]) else {
        return;
    };
    let switches = sandbox.mercado_pago.ledger().switches.clone();
    let secret = &sandbox.config.mercado_pago.webhook_secret;
    let request_id = Uuid::new_v4().to_string();
    let now = Utc::now();
    let ts = if switches.ts_in_milliseconds {
        now.timestamp_millis()
    } else {
        now.timestamp()
    };
    let sign = |secret| sign(secret, Some(id), Some(&request_id), &ts.to_string());
    let parcel = parcel(payment, &url, body).header("x-request-id", request_id.as_str());
    let parcel = match switches.signature {
        SignatureKind::Right => parcel.header("x-signature", sign(secret)),
        SignatureKind::Wrong => parcel.header("x-signature", sign(&unknown_secret())),
        SignatureKind::Missing => parcel,
    };
    sandbox.mercado_pago_webhooks.post(parcel);
}

/// The twin that cannot be verified.
fn older(sandbox: &Sandbox, payment: &Payment) {
    if !sandbox.mercado_pago.ledger().switches.ipn {
        return;
    }
    let id = payment.id.to_string();
    let Some(url) = address(sandbox, payment, &[("id", &id), ("topic", "payment")]) else {
        return;
    };
    let request_id = Uuid::new_v4().to_string();
    let ts = Utc::now().timestamp().to_string();
    let signature = sign(&unknown_secret(), Some(&id), Some(&request_id), &ts);
    let resource = format!("https://api.mercadolibre.com/collections/notifications/{id}");
    let body = json!({ "resource": resource, "topic": "payment" });
    let parcel = parcel(payment, &url, &body)
        .header("x-request-id", request_id)
        .header("x-signature", signature);
    sandbox.mercado_pago_webhooks.post(parcel);
}

fn parcel(payment: &Payment, url: &Url, body: &Value) -> Parcel {
    Parcel::new(
        format!("payment/{}", payment.id),
        url.as_str(),
        body.to_string().into_bytes(),
    )
    .header("x-socket-timeout", "22000")
}

/// Where a payment's notifications go, with the provider's parameters after our own.
fn address(sandbox: &Sandbox, payment: &Payment, parameters: &[(&str, &str)]) -> Option<Url> {
    match Url::parse(&payment.notification_url) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(parameters);
            Some(url)
        }
        Err(error) => {
            let configured = &sandbox.config.mercado_pago.webhook_url;
            tracing::warn!(%error, configured, "a payment cannot be told to anybody");
            None
        }
    }
}

/// A key that nobody knows.
fn unknown_secret() -> SecretString {
    Uuid::new_v4().to_string().into()
}
