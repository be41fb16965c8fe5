//! What becomes of a message of ours: sent, delivered, read, or failed, each told by a webhook.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use crate::Sandbox;

use super::{
    books::{Entry, Status, now},
    refusal,
};

/// Takes a message through its life, in the background.
pub(super) fn begin(sandbox: &Arc<Sandbox>, entry: Entry, failure: Option<u32>) {
    let sandbox = Arc::downgrade(sandbox);
    tokio::spawn(async move {
        let steps: &[Status] = match failure {
            Some(_) => &[Status::Failed],
            None => &[Status::Sent, Status::Delivered, Status::Read],
        };
        for status in steps {
            let Some(pause) = sandbox.upgrade().map(|sandbox| sandbox.pause()) else {
                return;
            };
            tokio::time::sleep(pause).await;
            let Some(sandbox) = sandbox.upgrade() else {
                return;
            };
            sandbox.step(&entry, *status, failure);
        }
    });
}

impl Sandbox {
    fn pause(&self) -> Duration {
        Duration::from_millis(self.config.whatsapp.behaviour.status_delay_ms)
    }

    fn step(&self, entry: &Entry, status: Status, code: Option<u32>) {
        let guest = {
            let mut books = self.whatsapp.books();
            // A reset in between has forgotten the message.
            if !books.advance(&entry.id, status, code) {
                return;
            }
            books.guest(&entry.guest).cloned()
        };
        self.whatsapp.changed();
        let Some(guest) = guest else {
            return;
        };
        let mut told = json!({
            "id": entry.id,
            "status": status,
            "timestamp": now().to_string(),
        });
        if let Some(fields) = told.as_object_mut() {
            let mut set = |key: &str, value: Value| fields.insert(key.to_owned(), value);
            if let Some(wa_id) = guest.wa_id() {
                set("recipient_id", wa_id.into());
            }
            if !self.is_legacy() {
                set("recipient_user_id", guest.user_id.clone().into());
            }
            if let Some(data) = entry.raw.get("biz_opaque_callback_data") {
                set("biz_opaque_callback_data", data.clone());
            }
            match code {
                Some(code) => set("errors", json!([error(code)])),
                None => set("pricing", pricing(entry)),
            };
        }
        self.tell_status(&guest, &told);
    }
}

fn error(code: u32) -> Value {
    let title = refusal::title(code);
    let details = if code == 131_047 {
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number."
    } else {
        title
    };
    json!({
        "code": code,
        "title": title,
        "message": title,
        "error_data": { "details": details },
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    })
}

fn pricing(entry: &Entry) -> Value {
    let category = if entry.shown.template.is_some() {
        "utility"
    } else {
        "service"
    };
    json!({ "billable": true, "pricing_model": "PMP", "type": "regular", "category": category })
}
