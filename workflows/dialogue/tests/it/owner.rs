//! The owner in the chat, and what becomes of guests while the bot pauses.

use dialogue::{
    Command, Mode, Say,
    owner::{self, Answer, Decision, Order, Outcome, Passage, Unpaid, Waiting},
};
use domain::{Language, Money};

use crate::world::{TEXTS, Talk, stay};

const LANGUAGES: [Language; 3] = [Language::Es, Language::Pt, Language::En];

fn ordered(text: &str) -> Option<Order> {
    owner::order(text, &Talk::new().inventory)
}

#[test]
fn a_few_words_are_orders_and_everything_else_is_none() {
    for (text, order) in [
        ("Hoy", Order::Today),
        ("¿Quién llega hoy?", Order::Today),
        ("pendientes", Order::Queue),
        ("pausar el bot", Order::Pause),
        ("Reanudar", Order::Resume),
        ("desbloquear", Order::Blocks),
        ("ayuda", Order::Help),
        ("queue", Order::Queue),
        ("retomar o bot", Order::Resume),
    ] {
        assert_eq!(ordered(text), Some(order), "{text}");
    }
    for text in [
        "hola",
        "llego hoy a las 5",
        "quiero bloquear mi tarjeta",
        "no pausar",
        "",
    ] {
        assert_eq!(ordered(text), None, "{text}");
    }
}

#[test]
fn nights_to_keep_are_named_with_their_place_or_asked_for() {
    let talk = Talk::new();
    let lenga = talk
        .inventory
        .accommodations
        .iter()
        .find(|it| it.name.contains("Lenga"));
    let lenga = lenga.map(|place| place.id);
    assert_eq!(
        ordered("bloquear la casa lenga del 15 al 18 de enero"),
        Some(Order::Block(lenga, Some(stay("2027-01-15", "2027-01-18"))))
    );
    assert_eq!(
        ordered("Bloqueá del 15 al 18 de enero"),
        Some(Order::Block(None, Some(stay("2027-01-15", "2027-01-18"))))
    );
    assert_eq!(
        ordered("bloquear la lenga"),
        Some(Order::Block(lenga, None))
    );
    assert_eq!(
        ordered("bloquear el 30 de febrero"),
        Some(Order::Block(None, None))
    );
}

fn answers() -> Vec<Answer> {
    let code: domain::ReservationCode = "RES270115ABC123".parse().unwrap();
    let passage = Passage {
        code: code.clone(),
        accommodation: "Cabaña Arrayán".to_owned(),
        guest: Some("Ana {{ 7 * 7 }}".to_owned()),
        guests: 4,
        balance: Money::ars(1_440_000),
    };
    let hold = Unpaid {
        code: code.clone(),
        accommodation: "Cabaña Arrayán".to_owned(),
        guest: None,
        stay: stay("2027-01-15", "2027-01-18"),
        due: Money::ars(1_440_000),
    };
    let matter = |kind: &str| Waiting {
        id: 7,
        kind: kind.to_owned(),
        reference: code.to_string(),
        reason: "See the conversation.".to_owned(),
        deadline: None,
    };
    let done = |outcome| Answer::Done {
        outcome,
        accommodation: None,
        stay: None,
        code: Some(code.clone()),
    };
    vec![
        Answer::Help { paused: false },
        Answer::Help { paused: true },
        Answer::Today {
            day: "2027-01-15".parse().unwrap(),
            arrivals: vec![passage.clone()],
            departures: Vec::new(),
        },
        Answer::Today {
            day: "2027-01-15".parse().unwrap(),
            arrivals: vec![passage; 40],
            departures: Vec::new(),
        },
        Answer::Queue {
            matters: Vec::new(),
            holds: Vec::new(),
        },
        Answer::Queue {
            matters: vec![matter("guest_wants_a_person"); 9],
            holds: vec![hold.clone(); 9],
        },
        Answer::Matter(matter("calendar_conflict")),
        Answer::Matter(matter("calendar_drop")),
        Answer::Matter(matter("something new")),
        Answer::Transfer(hold),
        Answer::Blocks(Vec::new()),
        Answer::BlockUnclear,
        done(Outcome::Confirmed),
        done(Outcome::Paused),
        done(Outcome::NotPossible),
    ]
}

#[test]
fn every_answer_fits_the_platform_in_every_language() {
    for language in LANGUAGES {
        for answer in answers() {
            let said = owner::say(&answer, language, "2027-01-15".parse().unwrap(), &TEXTS);
            let [said] = said.as_slice() else {
                panic!("{answer:?} is one message")
            };
            let text = said.as_plain_text();
            assert!(!text.trim().is_empty() && !text.contains("49"), "{text}");
            for (id, _) in said.options() {
                assert!(id.parse::<Order>().is_ok(), "{id}");
            }
            if let Say::List { rows, .. } = said {
                assert!(rows.iter().count() <= 10, "{answer:?}");
            }
        }
    }
}

#[test]
fn a_matter_offers_what_can_be_decided_about_it() {
    let offers = |kind: &str| -> Vec<Order> {
        let matter = Waiting {
            id: 7,
            kind: kind.to_owned(),
            reference: "7".to_owned(),
            reason: String::new(),
            deadline: None,
        };
        let today = "2027-01-15".parse().unwrap();
        let said = owner::say(&Answer::Matter(matter), Language::Es, today, &TEXTS);
        said[0]
            .options()
            .into_iter()
            .map(|(id, _)| id.parse().unwrap())
            .collect()
    };
    assert_eq!(
        offers("guest_wants_a_person")[..2],
        [
            Order::Decide(7, Decision::TakeOver),
            Order::Decide(7, Decision::HandBack)
        ]
    );
    assert_eq!(
        offers("give_back_by_hand")[0],
        Order::Decide(7, Decision::Refunded)
    );
    assert_eq!(
        offers("calendar_conflict")[0],
        Order::Decide(7, Decision::Move)
    );
    assert_eq!(offers("anything")[0], Order::Decide(7, Decision::Resolved));
}

#[test]
fn a_guest_who_uses_the_owners_words_and_buttons_gets_nothing_done() {
    for id in [
        "owner/queue",
        "owner/unblock/RES270115ABC123",
        "owner/pause",
    ] {
        let mut talk = Talk::new();
        talk.writes("hola").presses_id(id, "…");
        assert_eq!(talk.command, None, "{id}");
        talk.hears("mensaje viejo");
    }
    for text in ["pendientes", "bloquear la lenga del 15 al 18 de enero"] {
        let mut talk = Talk::new();
        talk.writes("hola").writes(text);
        assert_eq!(talk.command, None, "{text}");
        assert_eq!(talk.state.mode(), Mode::Bot, "{text}");
    }
    // Who wants no bot gets a person; nobody else's bot pauses.
    let mut talk = Talk::new();
    talk.writes("hola").writes("pausar el bot");
    assert!(matches!(talk.command, Some(Command::HandOver { .. })));
}

#[test]
fn while_the_bot_pauses_guests_get_a_person_and_no_way_back() {
    let mut talk = Talk::new();
    talk.paused = true;
    talk.writes("tenés lugar del 15 al 18 de enero para 4?");
    assert!(matches!(talk.command, Some(Command::HandOver { .. })));
    assert!(talk.titles().is_empty());
    talk.writes("¿hola?").hears_nothing();
    talk.writes("menú");
    assert!(!talk.say.is_empty() && talk.titles().is_empty());
    assert!(matches!(talk.state.mode(), Mode::Person { .. }));

    // Back again, the bot goes on where it was asked to.
    talk.paused = false;
    talk.writes("menú").hears("de nuevo");
    assert_eq!(talk.state.mode(), Mode::Bot);
}
