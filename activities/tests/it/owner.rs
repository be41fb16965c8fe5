//! The owner's orders in the chat: done once, on record, and only from the owner's number.

use activities::ConversationActivities;
use chrono::Utc;
use database::{Page, acts, bot_pauses, calendars, dialogue, messages, review_queue};
use domain::{GuestId, MessageId};
use whatsapp::webhook::Content;
use workflows::contracts::conversation::{Reply, Turn, TurnEvent};

use crate::{
    calendars::{FEED, calendar, event, feed, reads},
    guest::ANA,
    house::{House, nights},
};

/// A house whose owner writes from Ana's number.
async fn owned() -> House {
    let mut house = House::open().await;
    house.world.owner = Some(format!("+{ANA}").parse().unwrap());
    house
}

impl House {
    async fn obeys(&self, content: Content) -> (GuestId, Reply) {
        let (guest_id, message) = self.hears_at(content, Utc::now()).await;
        (guest_id, self.turn(guest_id, message).await)
    }

    async fn turn(&self, guest_id: GuestId, message: MessageId) -> Reply {
        let event = TurnEvent::Message { message };
        self.twice(ConversationActivities::respond, Turn { guest_id, event })
            .await
    }

    async fn reads(&self, reply: &Reply) -> String {
        let mut told = String::new();
        for id in &reply.messages {
            told.push_str(&self.message(*id).await.content.to_string());
        }
        told
    }

    async fn orders(&self, text: &str) -> String {
        let body = text.to_owned();
        let (_, reply) = self.obeys(Content::Text { body }).await;
        self.reads(&reply).await
    }

    async fn presses(&self, id: &str) -> String {
        let (id, title) = (id.to_owned(), "…".to_owned());
        let (_, reply) = self.obeys(Content::ButtonReply { id, title }).await;
        self.reads(&reply).await
    }

    /// How often something is on the trail as the owner's.
    async fn on_record(&self, act: &str) -> usize {
        let trail = acts::list(&self.db, Page::first(100)).await.unwrap();
        let is_it = |it: &&acts::Act| it.act == act && it.actor_name == "owner by WhatsApp";
        trail.iter().filter(is_it).count()
    }
}

/// The first id in a message that begins like this.
fn id_in(told: &str, start: &str) -> String {
    let from = told
        .find(start)
        .unwrap_or_else(|| panic!("{start} in {told}"));
    told[from..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn nights_are_blocked_once_and_freed_again() {
    let house = owned().await;
    let told = house
        .orders("bloquear la cabaña del bosque del 10 al 12 de marzo")
        .await;
    assert!(told.contains("Bloqueé"), "{told}");
    assert_eq!(
        house.on_record("block.create").await,
        1,
        "a turn that runs twice does it once"
    );

    let told = house
        .orders("bloquear la cabaña del bosque del 11 al 13 de marzo")
        .await;
    assert!(told.contains("No la bloqueé"), "{told}");
    assert_eq!(house.on_record("block.create").await, 1);

    let blocks = house.orders("bloqueos").await;
    let told = house.presses(&id_in(&blocks, "owner/unblock/")).await;
    assert!(told.contains("Liberé"), "{told}");
    assert_eq!(house.on_record("block.remove").await, 1);
    assert!(
        house
            .orders("bloqueos")
            .await
            .contains("No tenés noches bloqueadas")
    );
    assert!(
        house
            .orders("bloquear la cabaña")
            .await
            .contains("en qué fechas")
    );
}

#[tokio::test]
async fn the_owner_says_with_a_press_whether_nights_that_a_calendar_left_out_are_free() {
    let house = owned().await;
    let feed = feed(&house).await;
    let taken = [event("a", nights(10, 3)), event("b", nights(20, 2))];
    let known = async || calendars::by_id(&house.db, feed).await.unwrap().unwrap();
    let blocks = async || {
        let blocks = calendars::blocks(&house.db, feed, Page::first(10)).await;
        blocks.unwrap().len()
    };
    house.provider.publishes(FEED, &calendar(&taken)).await;
    reads(&house, feed, "first").await;
    house.provider.publishes(FEED, &calendar(&[])).await;
    assert_eq!(reads(&house, feed, "second").await.outcome, "held");

    let queue = house.orders("pendientes").await;
    let shown = house.presses(&id_in(&queue, "owner/matter/")).await;
    let free = id_in(&shown, "owner/decide/");
    assert!(free.ends_with("/free"), "{shown}");
    let keep = free.replace("/free", "/keep");
    assert!(shown.contains(&keep), "{shown}");

    // They are still taken: it stays held, and nobody is asked again.
    let told = house.presses(&keep).await;
    assert!(told.contains("saqué de los pendientes"), "{told}");
    assert!(known().await.keep_dropped);
    assert_eq!(reads(&house, feed, "third").await.outcome, "held");
    assert_eq!((blocks().await, house.on_record("feed.drop").await), (2, 1));

    // They come back, and are left out once more: this time they are free.
    house.provider.publishes(FEED, &calendar(&taken)).await;
    reads(&house, feed, "fourth").await;
    house.provider.publishes(FEED, &calendar(&[])).await;
    assert_eq!(reads(&house, feed, "fifth").await.outcome, "held");
    let queue = house.orders("pendientes").await;
    let matter = id_in(&queue, "owner/matter/");
    let free = matter.replace("matter", "decide") + "/free";
    let (_, reply) = house
        .obeys(Content::TemplateButton {
            payload: free.clone(),
            text: "Están libres".to_owned(),
        })
        .await;
    let told = house.reads(&reply).await;
    assert!(told.contains("Liberé esas noches"), "{told}");
    assert_eq!((blocks().await, house.on_record("feed.drop").await), (0, 2));
    let told = house.presses(&free).await;
    assert!(told.contains("ya no está pendiente"), "{told}");
}

#[tokio::test]
async fn a_matter_is_settled_from_the_chat() {
    let house = owned().await;
    let matter = review_queue::NewMatter {
        kind: "message_not_delivered".to_owned(),
        reference: "msg_1".to_owned(),
        reason: "A message did not arrive.".to_owned(),
        details: serde_json::json!({}),
        deadline: None,
    };
    let matter = review_queue::raise(&house.db, &matter).await.unwrap();
    let queue = house.orders("pendientes").await;
    let shown = house.presses(&id_in(&queue, "owner/matter/")).await;
    assert!(shown.contains("A message did not arrive."), "{shown}");
    let settle = id_in(&shown, "owner/decide/");
    assert!(
        house
            .presses(&settle)
            .await
            .contains("saqué de los pendientes")
    );
    let open = review_queue::open(&house.db, Page::first(10))
        .await
        .unwrap();
    assert!(open.iter().all(|it| it.id != matter.id));
    assert_eq!(house.on_record("queue.resolve").await, 1);
    // Once more, from a message that was scrolled back to.
    assert!(
        house
            .presses(&settle)
            .await
            .contains("ya no está pendiente")
    );
    assert_eq!(house.on_record("queue.resolve").await, 1);
}

#[tokio::test]
async fn the_bot_pauses_and_answers_again() {
    let house = owned().await;
    assert!(house.orders("pausar el bot").await.contains("en pausa"));
    house.orders("pausar").await;
    assert!(bot_pauses::since(&house.db).await.unwrap().is_some());
    assert_eq!(
        house.on_record("bot.pause").await,
        1,
        "it was silent already"
    );
    assert!(house.orders("ayuda").await.contains("owner/resume"));
    assert!(house.orders("reanudar").await.contains("responde otra vez"));
    assert_eq!(bot_pauses::since(&house.db).await.unwrap(), None);
    assert_eq!(house.on_record("bot.resume").await, 1);
    assert!(house.orders("hoy").await.contains("Hoy no llega nadie"));
}

#[tokio::test]
async fn from_anybody_else_the_words_and_buttons_mean_nothing() {
    let mut house = owned().await;
    house.world.owner = Some("+54 9 351 000-0000".parse().unwrap());
    for told in [
        house.orders("pausar el bot").await,
        house.presses("owner/pause").await,
        house
            .orders("bloquear la cabaña del bosque del 10 al 12 de marzo")
            .await,
    ] {
        assert!(!told.contains("owner/"), "{told}");
    }
    assert_eq!(bot_pauses::since(&house.db).await.unwrap(), None);
    assert!(
        acts::list(&house.db, Page::first(1))
            .await
            .unwrap()
            .is_empty()
    );
    let blocked = database::reservations::board(
        &house.db,
        Utc::now().date_naive(),
        Utc::now().date_naive() + chrono::Days::new(600),
    );
    assert!(blocked.await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_no_order_is_answered_as_to_any_guest() {
    let house = owned().await;
    let body = "hola, ¿tenés lugar del 15 al 18 de enero para 2?".to_owned();
    let (guest, reply) = house.obeys(Content::Text { body }).await;
    assert!(house.reads(&reply).await.contains("Cabaña del Bosque"));
    assert!(dialogue::state(&house.db, guest).await.unwrap().is_some());
    // An order in between leaves what was talked about as it is.
    let before = dialogue::state(&house.db, guest).await.unwrap();
    house.orders("pendientes").await;
    assert_eq!(dialogue::state(&house.db, guest).await.unwrap(), before);
    let thread = messages::thread(&house.db, guest, Page::first(10))
        .await
        .unwrap();
    assert_eq!(thread.len(), 4, "each is answered once");
}
