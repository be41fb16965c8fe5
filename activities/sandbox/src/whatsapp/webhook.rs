//! Webhooks as Meta writes them: the envelope, the escaped bytes, the signature.

use std::{
    fmt::Write as _,
    sync::{Arc, Weak},
    time::Duration,
};

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use uuid::Uuid;
use whatsapp::signature::{self, Secret};

use crate::{Sandbox, delivery::Parcel};

use super::guest::Guest;

/// How often an unanswered handshake is tried again.
const HANDSHAKE_INTERVAL: Duration = Duration::from_secs(2);

impl Sandbox {
    /// Tells the product of a guest's message.
    pub(super) fn tell_message(&self, guest: &Guest, message: &Value) {
        // A notice about a person comes without the person.
        let is_system = message.get("type").and_then(Value::as_str) == Some("system");
        let contacts = if is_system {
            None
        } else {
            Some(self.contact(guest))
        };
        let value = self.value("messages", message, contacts);
        self.tell(guest.id.as_str(), &self.envelope("messages", &value));
    }

    /// Tells the product of a step of its own message.
    pub(super) fn tell_status(&self, guest: &Guest, status: &Value) {
        let has_contact = !self.is_legacy() && status.get("errors").is_none();
        let contact = has_contact.then(|| self.contact(guest));
        let value = self.value("statuses", status, contact);
        let lane = format!("status/{}", guest.id.as_str());
        self.tell(&lane, &self.envelope("messages", &value));
    }

    /// Tells the product something about the account.
    pub(super) fn tell_account(&self, field: &str, value: &Value) {
        self.tell("account", &self.envelope(field, value));
    }

    /// Posts a body in the order of its lane.
    pub(super) fn tell(&self, lane: &str, body: &Value) {
        let config = &self.config.whatsapp;
        let body = escaped(body).into_bytes();
        let signature = Secret::new(config.app_secret.clone()).sign(&body);
        let parcel = Parcel::new(lane, &config.webhook_url, body)
            .header("user-agent", "facebookexternalua")
            .header(signature::HEADER, signature);
        self.whatsapp_webhooks.post(parcel);
    }

    pub(super) fn is_legacy(&self) -> bool {
        self.config.whatsapp.behaviour.legacy_webhooks
    }

    fn contact(&self, guest: &Guest) -> Value {
        let mut contact = json!({ "profile": { "name": guest.profile_name } });
        if let Some(fields) = contact.as_object_mut() {
            if let Some(wa_id) = guest.wa_id() {
                fields.insert("wa_id".to_owned(), wa_id.into());
            }
            if !self.is_legacy() {
                fields.insert("user_id".to_owned(), guest.user_id.clone().into());
            }
        }
        contact
    }

    fn value(&self, key: &str, item: &Value, contact: Option<Value>) -> Value {
        let config = &self.config.whatsapp;
        let mut value = json!({
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": config.display_phone_number,
                "phone_number_id": config.phone_number_id,
            },
            key: [item],
        });
        if let (Some(fields), Some(contact)) = (value.as_object_mut(), contact) {
            fields.insert("contacts".to_owned(), json!([contact]));
        }
        value
    }

    fn envelope(&self, field: &str, value: &Value) -> Value {
        json!({
            "object": "whatsapp_business_account",
            "entry": [{
                "id": self.config.whatsapp.business_account_id,
                "changes": [{ "field": field, "value": value }],
            }],
        })
    }
}

/// JSON in Meta's rendering: everything beyond ASCII as lowercase escapes, and escaped slashes.
fn escaped(value: &Value) -> String {
    let mut text = String::new();
    for character in value.to_string().chars() {
        match character {
            '/' => text.push_str("\\/"),
            character if character.is_ascii() => text.push(character),
            character => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a String cannot fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text
}

/// Registers the product's webhook: asks it to repeat a challenge until it does.
///
/// Deliveries do not wait for it; a product with another verify token is told in the log.
pub(super) async fn register(sandbox: Weak<Sandbox>) {
    let http = reqwest::Client::new();
    loop {
        let Some(sandbox) = sandbox.upgrade() else {
            return;
        };
        if let Some(registered) = shake_hands(&http, &sandbox).await {
            if registered {
                tracing::info!("the product accepted the webhook handshake");
            } else {
                tracing::warn!(
                    "the product refused the webhook handshake: is WHATSAPP_VERIFY_TOKEN the same on both sides?"
                );
            }
            return;
        }
        drop(sandbox);
        tokio::time::sleep(HANDSHAKE_INTERVAL).await;
    }
}

/// `None` if nobody answered.
async fn shake_hands(http: &reqwest::Client, sandbox: &Arc<Sandbox>) -> Option<bool> {
    let config = &sandbox.config.whatsapp;
    let challenge = Uuid::new_v4().simple().to_string();
    let response = http
        .get(&config.webhook_url)
        .query(&[
            ("hub.mode", "subscribe"),
            ("hub.challenge", &challenge),
            ("hub.verify_token", config.verify_token.expose_secret()),
        ])
        .timeout(HANDSHAKE_INTERVAL)
        .send()
        .await
        .ok()?;
    let answered = response.status().is_success();
    Some(answered && response.text().await.ok()? == challenge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_escaped_as_meta_escapes_them() {
        let value = json!({ "note": "mañana 10hs / cancha 2 🎾" });
        assert_eq!(
            escaped(&value),
            r#"{"note":"ma\u00f1ana 10hs \/ cancha 2 \ud83c\udfbe"}"#
        );
        assert_eq!(
            serde_json::from_str::<Value>(&escaped(&value)).unwrap(),
            value
        );
    }
}
