//! Turns of a conversation: read, decided, and written down once.

use activities::{ConversationActivities, Listeners, MessagingActivities};
use chrono::Utc;
use database::{
    acts::Actor,
    guests,
    own_texts::{self, OwnText},
};
use domain::{GuestId, Language, MessageId, Stay};
use whatsapp::webhook::Content;
use workflows::{
    contracts::{
        conversation::{Reply, Task, TaskResult, Turn, TurnEvent},
        inventory::HoldOutcome,
        messaging::Deliver,
        speech::Patience,
    },
    reservation::ReservationInput,
};

use crate::{
    guest::ANA,
    house::{House, in_minutes, nights},
};

impl House {
    /// Ana writes, and is answered.
    async fn answers(&self, text: &str) -> Reply {
        let (guest, message) = self.hears(text).await;
        self.answer(guest, message).await
    }

    /// Ana presses a button of ours.
    async fn answers_press(&self, id: &str) -> (MessageId, Reply) {
        let content = Content::ButtonReply {
            id: id.to_owned(),
            title: "…".to_owned(),
        };
        let (guest, message) = self.hears_at(content, Utc::now()).await;
        (message, self.answer(guest, message).await)
    }

    async fn answer(&self, guest_id: GuestId, message: MessageId) -> Reply {
        let event = TurnEvent::Message { message };
        self.twice(ConversationActivities::respond, Turn { guest_id, event })
            .await
    }

    /// What an answer says, as plain words and the ids that can be pressed.
    async fn said(&self, reply: &Reply) -> (String, Vec<String>) {
        let (mut words, mut ids) = (String::new(), Vec::new());
        for id in &reply.messages {
            let say = self.message(*id).await.content["say"].clone();
            words.push_str(say["body"].as_str().unwrap_or_default());
            for options in ["buttons", "rows"] {
                let options = say[options].as_array().cloned().unwrap_or_default();
                ids.extend(
                    options
                        .iter()
                        .map(|it| it["id"].as_str().unwrap().to_owned()),
                );
            }
        }
        (words, ids)
    }

    /// Ana picks the cabin for these nights and confirms: what the conversation wants done.
    async fn confirms(&self, stay: Stay) -> (MessageId, ReservationInput) {
        let (from, to) = (stay.check_in(), stay.check_out());
        let text = format!(
            "Hola, ¿tenés lugar del {} al {} para 4?",
            from.format("%d/%m/%Y"),
            to.format("%d/%m/%Y")
        );
        let offered = self.answers(&text).await;
        let mut last = offered;
        // Whatever is asked in between, the first option goes on; the last one is to confirm.
        for _ in 0..3 {
            let (_words, ids) = self.said(&last).await;
            let first = ids.first().expect("there is a way on").clone();
            let (message, reply) = self.answers_press(&first).await;
            if let Some(Task::PlaceHold { input }) = reply.task {
                return (message, *input);
            }
            last = reply;
        }
        panic!("nothing was booked: {:?}", self.said(&last).await);
    }
}

#[tokio::test]
async fn a_question_is_answered_once() {
    let house = House::open().await;
    let reply = house.answers("Hola").await;
    assert_eq!(reply.task, None);
    let guest = house.hears("…").await.0;
    let written = house.written_to(guest).await;
    let ids: Vec<_> = written.iter().map(|message| message.id).collect();
    assert_eq!(ids, reply.messages, "each message is written down once");
    assert!(!ids.is_empty());
}

#[tokio::test]
async fn what_was_answered_can_be_sent() {
    let house = House::open().await;
    let guest = house.ana().await;
    let reply = house.answers("¿Tenés lugar para 4?").await;
    let deliver = Deliver {
        guest_id: guest,
        messages: reply.messages.clone(),
    };
    house.twice(MessagingActivities::deliver, deliver).await;
    assert_eq!(house.provider.phone(ANA).await.len(), reply.messages.len());
}

#[tokio::test]
async fn what_the_guest_said_is_remembered_in_the_next_turn() {
    let house = House::open().await;
    house.answers("Somos 4").await;
    let stay = nights(20, 3);
    let dates = format!(
        "del {} al {}",
        stay.check_in().format("%d/%m/%Y"),
        stay.check_out().format("%d/%m/%Y")
    );
    let reply = house.answers(&dates).await;
    let (words, ids) = house.said(&reply).await;
    assert!(!ids.is_empty(), "offers can be picked: {words}");
}

#[tokio::test]
async fn a_confirmed_wish_becomes_a_hold_under_one_code() {
    let house = House::open().await;
    let stay = nights(20, 3);
    // Both calls of `answer` give the same task, or `twice` would not have been satisfied.
    let (_message, input) = house.confirms(stay).await;
    assert_eq!(input.accommodation_id, house.cabin.id);
    assert_eq!((input.stay, input.party.guests()), (stay, 4));
    assert_eq!(input.quote.total, domain::Money::pesos(300_000));
    let guest = house.hears("…").await.0;
    assert_eq!(input.guest_id, Some(guest));
}

#[tokio::test]
async fn nights_that_somebody_else_got_are_told_with_a_next_step() {
    let house = House::open().await;
    let (message, input) = house.confirms(nights(20, 3)).await;
    let rival = house.hold_request(None, nights(20, 3));
    house
        .run(activities::InventoryActivities::place_hold, rival)
        .await;
    let reply = house
        .hold_decided(message, &input, HoldOutcome::Taken)
        .await;
    let (words, ids) = house.said(&reply).await;
    assert!(!words.is_empty() && !ids.is_empty(), "{words}");
}

#[tokio::test]
async fn a_hold_that_was_placed_is_told_by_its_notice() {
    let house = House::open().await;
    let (message, input) = house.confirms(nights(20, 3)).await;
    let held = HoldOutcome::Held {
        expires_at: in_minutes(30),
        paid: domain::Money::ZERO,
    };
    let reply = house.hold_decided(message, &input, held).await;
    assert_eq!(reply, Reply::default());
}

impl House {
    async fn hold_decided(
        &self,
        message: MessageId,
        input: &ReservationInput,
        outcome: HoldOutcome,
    ) -> Reply {
        let result = TaskResult::Hold {
            code: input.code.clone(),
            outcome,
        };
        let turn = Turn {
            guest_id: input.guest_id.unwrap(),
            event: TurnEvent::Done { message, result },
        };
        self.twice(ConversationActivities::respond, turn).await
    }
}

#[tokio::test]
async fn whatever_is_sent_gets_a_fitting_answer_or_none() {
    let house = House::open().await;
    let media = || ("1".to_owned(), "image/jpeg".to_owned());
    let answered = [
        Content::Image {
            media_id: media().0,
            mime: media().1,
            caption: None,
        },
        Content::Audio {
            media_id: media().0,
            mime: "audio/ogg".to_owned(),
            voice: true,
        },
        Content::ButtonReply {
            id: "an-old-button".to_owned(),
            title: "Reservar".to_owned(),
        },
        Content::Unsupported { kind: None },
    ];
    for content in answered {
        let name = format!("{content:?}");
        let (guest, message) = house.hears_at(content, Utc::now()).await;
        let reply = house.answer(guest, message).await;
        assert!(!reply.messages.is_empty(), "{name}");
    }
    let silent = [
        Content::Reaction {
            message_id: "wamid.1".to_owned(),
            emoji: Some("👍".to_owned()),
        },
        Content::RequestWelcome,
        Content::System {
            kind: "user_changed_number".to_owned(),
            body: None,
            new_wa_id: None,
            new_user_id: None,
        },
    ];
    for content in silent {
        let name = format!("{content:?}");
        let (guest, message) = house.hears_at(content, Utc::now()).await;
        let reply = house.answer(guest, message).await;
        assert_eq!(reply, Reply::default(), "{name}");
    }
}

#[tokio::test]
async fn who_asks_for_a_person_waits_for_the_owner() {
    let house = House::open().await;
    let reply = house.answers("Quiero hablar con una persona").await;
    assert!(!reply.messages.is_empty());
    let guest = house.hears("…").await.0;
    let matter = ("guest_wants_a_person".to_owned(), guest.to_string());
    assert_eq!(house.owners_queue().await, [matter]);
}

#[tokio::test]
async fn who_goes_back_to_the_bot_needs_no_person_any_more() {
    let house = House::open().await;
    house.answers("Quiero hablar con una persona").await;
    house.answers_press("resume").await;
    assert!(house.owners_queue().await.is_empty());
}

#[tokio::test]
async fn baja_and_alta_are_remembered_with_the_guest() {
    let house = House::open().await;
    house.answers("BAJA").await;
    let guest = house.hears("…").await.0;
    let opted_out = || async {
        let found = guests::by_id(&house.db, guest).await.unwrap();
        found.unwrap().opted_out_at.is_some()
    };
    assert!(opted_out().await);
    house.answers("ALTA").await;
    assert!(!opted_out().await);
}

#[tokio::test]
async fn the_language_of_the_chat_is_kept_for_what_is_told_later() {
    let house = House::open().await;
    house
        .answers("Hello, do you have a cabin for 4 people?")
        .await;
    let guest = house.hears("…").await.0;
    let found = guests::by_id(&house.db, guest).await.unwrap();
    assert_eq!(found.unwrap().language, Some(Language::En));
}

#[tokio::test]
async fn a_recording_is_listened_to_where_somebody_can_and_answered_where_nobody_does() {
    let patience = Patience {
        begin_within_seconds: 45,
        end_within_seconds: 120,
    };
    let mut house = House::open().await;
    // No worker asks for recordings on this queue.
    for (listeners, listens) in [
        (Listeners::Here(patience), true),
        (Listeners::Elsewhere(patience), false),
        (Listeners::Nobody, false),
    ] {
        house.world.listeners = listeners;
        let recording = Content::Audio {
            media_id: "1".to_owned(),
            mime: "audio/ogg; codecs=opus".to_owned(),
            voice: true,
        };
        let (guest, message) = house.hears_at(recording, Utc::now()).await;
        let reply = house.answer(guest, message).await;
        let is_to_be_heard = matches!(reply.task, Some(Task::Listen { .. }));
        assert_eq!(is_to_be_heard, listens, "{listeners:?}");
        assert_eq!(reply.messages.is_empty(), listens, "{listeners:?}");
    }
}

#[tokio::test]
async fn the_guests_own_reservations_are_known() {
    let house = House::open().await;
    let (guest, _message) = house.hears("Hola").await;
    let code = house.held_for(Some(guest)).await;
    let reply = house.answers("¿Cómo va mi reserva?").await;
    let (words, ids) = house.said(&reply).await;
    let told = format!("{words} {ids:?}");
    assert!(told.contains(code.as_str()), "{told}");
}

#[tokio::test]
async fn what_is_stored_and_cannot_be_read_tells_nobody_what_it_said() {
    let house = House::open().await;
    let (guest_id, message) = house.hears("Soy Ana, mi teléfono es 1122334455").await;
    let garbled = serde_json::json!({ "mode": 7, "wish": "Soy Ana" });
    let turn = database::dialogue::NewTurn {
        key: message.to_string(),
        guest_id,
        before: None,
        state: serde_json::json!({}),
        reply: garbled,
        messages: Vec::new(),
    };
    database::dialogue::record(&house.db, &turn).await.unwrap();
    let event = TurnEvent::Message { message };
    let failure = house
        .fails(ConversationActivities::respond, Turn { guest_id, event })
        .await;
    assert_eq!(
        (failure.kind.as_str(), failure.permanent),
        ("Garbled", true)
    );
    assert!(!failure.text.contains("Ana"), "{failure:?}");
}

#[tokio::test]
async fn a_message_that_never_came_is_no_reason_to_try_again() {
    let house = House::open().await;
    let (guest_id, _message) = house.hears("Hola").await;
    let event = TurnEvent::Message {
        message: MessageId::for_step("never"),
    };
    let failure = house
        .fails(ConversationActivities::respond, Turn { guest_id, event })
        .await;
    assert_eq!(
        (failure.kind.as_str(), failure.permanent),
        ("NotFound", true)
    );
}

#[tokio::test]
async fn a_text_of_the_owners_is_said_from_the_next_message_on() {
    let house = House::open().await;
    let ours = house.answers("gracias").await;
    let (ours, _) = house.said(&ours).await;
    let own = OwnText {
        language: Language::Es,
        key: "thanks".to_owned(),
        source: "De nada, che.".to_owned(),
    };
    let by = Actor::Program("tests");
    own_texts::set(&house.db, &own, &by, Utc::now())
        .await
        .unwrap();
    // One that is wrong by now is left out, and keeps none of the others from being said.
    let wrong = OwnText {
        key: "hello".to_owned(),
        source: "{{ nobody }}".to_owned(),
        ..own.clone()
    };
    own_texts::set(&house.db, &wrong, &by, Utc::now())
        .await
        .unwrap();
    let theirs = house.answers("gracias").await;
    let (theirs, _) = house.said(&theirs).await;
    assert!(theirs.contains("De nada, che."), "{theirs}");
    assert!(!ours.contains("De nada, che."), "{ours}");
    let text = (Language::Es, "thanks");
    own_texts::remove(&house.db, text, &by, Utc::now())
        .await
        .unwrap();
    let again = house.answers("gracias").await;
    // Who is greeted already is not greeted again.
    let (again, _) = house.said(&again).await;
    assert!(ours.ends_with(&again) && !again.is_empty(), "{again}");
}
