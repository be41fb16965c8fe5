//! What guests send beside words and buttons, and what they see while they wait.

use activities::ConversationActivities;
use chrono::Utc;
use database::guests;
use domain::{GuestId, MessageId};
use serde_json::Value;
use stack::eventually;
use whatsapp::webhook::{ContactCard, Content};
use workflows::contracts::conversation::{Reply, Turn, TurnEvent};

use crate::{guest::ANA, house::House};

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

fn text(body: &str) -> Content {
    Content::Text {
        body: body.to_owned(),
    }
}

impl House {
    async fn respond(&self, guest_id: GuestId, message: MessageId) -> Reply {
        let event = TurnEvent::Message { message };
        self.twice(ConversationActivities::respond, Turn { guest_id, event })
            .await
    }

    async fn answer_to(&self, content: Content) -> Reply {
        let (guest, message) = self.hears_at(content, Utc::now()).await;
        self.respond(guest, message).await
    }

    async fn words(&self, reply: &Reply) -> String {
        let mut words = String::new();
        for id in &reply.messages {
            let say = &self.message(*id).await.content["say"];
            words.push_str(say["body"].as_str().unwrap_or_default());
        }
        words
    }

    /// An edit of what Ana wrote in this message.
    async fn edits(&self, message: MessageId, body: &str) -> Reply {
        let wamid = database::messages::inbound(&self.db, message)
            .await
            .unwrap()
            .unwrap()
            .wamid;
        self.answer_to(Content::Edit {
            original_message_id: wamid,
            text: Some(body.to_owned()),
        })
        .await
    }
}

#[tokio::test]
async fn an_edit_of_the_last_words_corrects_them_and_an_older_one_says_nothing() {
    let house = House::open().await;
    let (guest, first) = house.hears("Hola").await;
    house.respond(guest, first).await;
    let (guest, last) = house.hears("para 2 personas").await;
    house.respond(guest, last).await;

    let silence = house.edits(first, "para 3 personas").await;
    assert_eq!(silence, Reply::default());
    let corrected = house.edits(last, "tienen wifi?").await;
    let words = house.words(&corrected).await;
    assert!(words.contains("wifi"), "{words}");
}

#[tokio::test]
async fn a_question_under_a_picture_is_answered_and_a_remark_is_not_taken_for_one() {
    let house = House::open().await;
    let picture = |caption: &str| Content::Image {
        media_id: "1".to_owned(),
        mime: "image/jpeg".to_owned(),
        caption: Some(caption.to_owned()),
    };
    let reply = house.answer_to(picture("¿tiene wifi como acá?")).await;
    let words = house.words(&reply).await;
    assert!(words.contains("wifi"), "{words}");
    let (guest, message) = house
        .hears_at(picture("te paso el comprobante"), Utc::now())
        .await;
    let reply = house.respond(guest, message).await;
    let words = house.words(&reply).await;
    assert!(words.contains("no puedo ver imágenes"), "{words}");
}

#[tokio::test]
async fn a_number_that_was_asked_for_is_the_guests_and_any_other_card_is_not() {
    let house = House::open().await;
    let card = |phone: &str, requested| Content::Contacts {
        cards: vec![ContactCard {
            name: Some("Ana".to_owned()),
            phones: vec![phone.to_owned()],
            requested,
        }],
    };
    let (guest, hello) = house.hears_hidden(text("Hola")).await;
    house.respond(guest, hello).await;
    let (guest, shared) = house.hears_hidden(card("+54 9 11 9999-9999", false)).await;
    house.respond(guest, shared).await;
    let known = || async { guests::by_id(&house.db, guest).await.unwrap().unwrap() };
    assert_eq!(known().await.phone_e164, None);

    let (guest, own) = house.hears_hidden(card("+54 9 11 2233-4455", true)).await;
    let reply = house.respond(guest, own).await;
    let words = house.words(&reply).await;
    assert!(words.contains("anoté tu teléfono"), "{words}");
    let known = known().await;
    assert_eq!(known.phone_e164, Some(format!("+{ANA}")));
    assert_eq!(known.wa_id, None, "answers go where she writes from");
}

#[tokio::test]
async fn a_name_is_kept_whatever_else_is_asked_for_with_it() {
    let house = House::open().await;
    let reply = house
        .answer_to(text("me llamo Juana, quiero hablar con una persona"))
        .await;
    assert!(!reply.messages.is_empty());
    let (guest, _message) = house.hears("…").await;
    let known = guests::by_id(&house.db, guest).await.unwrap().unwrap();
    assert_eq!(known.name.as_deref(), Some("Juana"));
    assert_eq!(house.owners_queue().await.len(), 1);
}

#[tokio::test]
async fn a_guest_sees_that_their_message_is_read_and_being_answered() {
    let house = House::open().await;
    let wamid = house.provider.guest_writes(ANA, "Hola").await;
    let (guest, message) = house.hears_as(&wamid, text("Hola")).await;
    house.respond(guest, message).await;
    let read = eventually("the message is read", PATIENCE, async || {
        let thread = house.provider.thread(ANA).await;
        let theirs = thread.into_iter().find(|it| it["id"] == wamid.as_str())?;
        (theirs["status"] == "read").then_some(())
    });
    read.await.unwrap();
    let guests = house.provider.guests().await;
    assert_eq!(guests[0]["business_is_typing"], Value::Bool(true));
}

#[tokio::test]
async fn an_answer_does_not_wait_for_a_platform_that_is_away() {
    let house = House::open().await;
    let away = serde_json::json!({ "status": 503 });
    house.provider.trouble("whatsapp.send", away).await;
    let reply = house.answer_to(text("Hola")).await;
    assert!(!reply.messages.is_empty());
}
