//! A guest, as the webhook would have made them known.

use chrono::{DateTime, TimeDelta, Utc};
use database::{
    guests::{self, Identity},
    inbox::{self, NewEvent, NewInbound},
    messages::{self, Message, Outbound},
};
use domain::{GuestId, MessageId};
use whatsapp::webhook::Content;

use crate::house::House;

/// Ana's number; it belongs in no failure and no history.
pub(crate) const ANA: &str = "5491122334455";

fn new_wamid() -> String {
    format!("wamid.{}", uuid::Uuid::new_v4().simple())
}

impl House {
    /// Ana, who wrote a moment ago.
    pub(crate) async fn ana(&self) -> GuestId {
        self.provider.guest_writes(ANA, "Hola").await;
        self.hears("Hola").await.0
    }

    /// Ana, who has not written for two days.
    pub(crate) async fn quiet_ana(&self) -> GuestId {
        let content = Content::Text {
            body: "Hola".to_owned(),
        };
        self.hears_at(content, Utc::now() - TimeDelta::days(2))
            .await
            .0
    }

    /// A guest who was never written to, and cannot be.
    pub(crate) async fn nameless(&self) -> GuestId {
        let contact = guests::Contact {
            name: Some("Berta".to_owned()),
            ..guests::Contact::default()
        };
        guests::of_contact(&self.db, &contact).await.unwrap()
    }

    /// A text of Ana's that the webhook brought.
    pub(crate) async fn hears(&self, text: &str) -> (GuestId, MessageId) {
        let content = Content::Text {
            body: text.to_owned(),
        };
        self.hears_at(content, Utc::now()).await
    }

    /// Anything of Ana's that the webhook brought.
    pub(crate) async fn hears_at(
        &self,
        content: Content,
        at: DateTime<Utc>,
    ) -> (GuestId, MessageId) {
        let ana = Identity {
            bsuid: None,
            wa_id: Some(ANA.to_owned()),
            profile_name: Some("Ana".to_owned()),
        };
        self.takes_in(&new_wamid(), ana, content, at).await
    }

    /// The same under a name that the platform knows.
    pub(crate) async fn hears_as(&self, wamid: &str, content: Content) -> (GuestId, MessageId) {
        let ana = Identity {
            bsuid: None,
            wa_id: Some(ANA.to_owned()),
            profile_name: Some("Ana".to_owned()),
        };
        self.takes_in(wamid, ana, content, Utc::now()).await
    }

    /// Something of Inés', who hides her number.
    pub(crate) async fn hears_hidden(&self, content: Content) -> (GuestId, MessageId) {
        let ines = Identity {
            bsuid: Some("AR.13491208655302741918".to_owned()),
            wa_id: None,
            profile_name: Some("Inés".to_owned()),
        };
        self.takes_in(&new_wamid(), ines, content, Utc::now()).await
    }

    async fn takes_in(
        &self,
        wamid: &str,
        guest: Identity,
        content: Content,
        at: DateTime<Utc>,
    ) -> (GuestId, MessageId) {
        let content = serde_json::to_value(content).unwrap();
        let event = NewEvent {
            provider: "whatsapp".to_owned(),
            event_id: wamid.to_owned(),
            kind: "message".to_owned(),
            guest: Some(guest),
            message: Some(NewInbound {
                wamid: wamid.to_owned(),
                kind: content["type"].as_str().unwrap().to_owned(),
                content,
                at,
            }),
            resource_id: None,
            authentic: true,
            payload: serde_json::json!({}),
            received_at: at,
        };
        let accepted = inbox::accept(&self.db, &[event]).await.unwrap().remove(0);
        (accepted.guest_id.unwrap(), accepted.message_id.unwrap())
    }

    /// What was written to a guest, the first first.
    pub(crate) async fn written_to(&self, guest: GuestId) -> Vec<Outbound> {
        let page = database::Page::first(50);
        let mut thread = messages::thread(&self.db, guest, page).await.unwrap();
        thread.reverse();
        let outbound = |message| match message {
            Message::Out(outbound) => Some(outbound),
            Message::In(_) => None,
        };
        thread.into_iter().filter_map(outbound).collect()
    }

    pub(crate) async fn message(&self, id: MessageId) -> Outbound {
        messages::outbound(&self.db, id)
            .await
            .unwrap()
            .expect("the message is there")
    }
}
