//! What holds whatever happens.

use chrono::TimeDelta;
use dialogue::{
    Attachment, CancelDecision, ChangeDecision, Command, Event, ExtendDecision, HoldDecision, Mode,
    Say, Unheard, WaitingDecision,
};
use domain::{
    Language, Money, Party, ReservationStatus,
    availability::Refusal,
    cancellation::{Refund, RefundBasis},
    change::Obstacle,
};
use proptest::prelude::*;

use crate::world::{Talk, code, stay};

/// Something that can happen in a conversation.
#[derive(Debug, Clone)]
enum Move {
    /// The guest writes one of [`PHRASES`].
    Write(usize),
    /// The guest says one of [`PHRASES`], of which part may be lost.
    Talk(usize, bool),
    /// The guest says something that cannot be heard.
    Mumble(usize),
    /// The guest presses an option of the last message.
    Press(usize),
    /// The guest presses something they were offered at any time.
    PressOld(usize),
    /// The guest says yes.
    Yes,
    Send(Attachment),
    /// The system carries out the command.
    Obey,
    /// The system decides without having been asked, or otherwise than asked.
    Decide(usize),
    /// A reservation ends, is paid or is refunded behind the conversation's back.
    Turn(usize),
    TakeOver,
    HandBack,
    Wait(i64),
    Stale,
    /// Everything is taken.
    Fill,
    Reprice,
}

const PHRASES: &[&str] = &[
    "hola",
    "Hola, ¿tenés lugar del 15 al 18 de enero para 4?",
    "del 15 al 18 de enero",
    "15/01 al 17/01 para 2 con un perro",
    "mejor del 16 al 19",
    "una noche más",
    "somos 3",
    "4",
    "2",
    "la arrayán",
    "casa lenga",
    "no",
    "no gracias",
    "reservala",
    "quiero reservar",
    "cuánto sale?",
    "del 31/4 al 2/5",
    "del 20 al 10 de enero",
    "somos 25",
    "tiene wifi?",
    "fotos",
    "dónde queda?",
    "a qué hora se entra?",
    "aceptan mascotas?",
    "cómo se paga?",
    "me pasás el link?",
    "mis reservas",
    "cancelar",
    "cambiar la fecha de mi reserva",
    "quiero cambiar la reserva del 10 al 12",
    "quiero pasar mi reserva al 20 de enero",
    "correr la reserva un día",
    "necesito más tiempo para pagar",
    "RES261124AAAAA0",
    "quiero hablar con una persona",
    "menu",
    "esto es un desastre, quiero quejarme",
    "BAJA",
    "ALTA",
    "gracias",
    "me llamo {{ name }}",
    "lista de espera",
    "anotame en la lista de espera para el 15 al 18 de enero, somos 4",
    "sacame de la lista de espera",
    "asdf",
    "",
    "is it available from January 15 to 18 for 2?",
    "tem disponibilidade de 15 a 18 de janeiro para 4 pessoas?",
    "en febrero",
    "desde el 18/12",
    "cuál es la política de cancelación?",
];

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        8 => (0..PHRASES.len()).prop_map(Move::Write),
        3 => ((0..PHRASES.len()), any::<bool>()).prop_map(|(phrase, damaged)| Move::Talk(phrase, damaged)),
        1 => (0_usize..5).prop_map(Move::Mumble),
        8 => (0_usize..10).prop_map(Move::Press),
        3 => (0_usize..200).prop_map(Move::PressOld),
        3 => Just(Move::Yes),
        5 => Just(Move::Obey),
        1 => prop_oneof![
            Just(Attachment::Image), Just(Attachment::Audio), Just(Attachment::Sticker), Just(Attachment::Reaction),
            Just(Attachment::Location), Just(Attachment::Unsupported),
        ].prop_map(Move::Send),
        1 => (0_usize..15).prop_map(Move::Decide),
        1 => (0_usize..5).prop_map(Move::Turn),
        1 => Just(Move::TakeOver),
        2 => Just(Move::HandBack),
        2 => (1_i64..5_000).prop_map(Move::Wait),
        1 => Just(Move::Stale),
        1 => Just(Move::Fill),
        1 => Just(Move::Reprice),
    ]
}

/// The text of a read-back of exactly this, as the guest must have seen it.
fn was_read_back(seen: &str, talk: &Talk, command: &Command) -> bool {
    let (accommodation_id, stay, party, quote) = match command {
        Command::PlaceHold {
            accommodation_id,
            stay,
            party,
            quote,
        } => (accommodation_id, stay, party, quote),
        Command::ChangeDates { code, stay, quote } => {
            let own = talk.reservations.iter().find(|own| own.code == *code);
            let Some(own) = own else { return false };
            let excess = own.paid.less(quote.total);
            if excess.is_positive() && !seen.contains(&excess.to_string()) {
                return false;
            }
            (&own.accommodation_id, stay, &own.party, quote)
        }
        _ => return true,
    };
    let name = &talk
        .inventory
        .accommodation(*accommodation_id)
        .unwrap()
        .name;
    let day = |date: chrono::NaiveDate| date.format("%d/%m").to_string();
    [
        name.clone(),
        day(stay.check_in()),
        day(stay.check_out()),
        party.guests().to_string(),
        quote.total.to_string(),
    ]
    .iter()
    .all(|part| seen.contains(part.as_str()))
}

fn decision(which: usize) -> Event {
    let code = code("RES261124AAAAA0");
    let expires_at = crate::world::at("2026-11-24T13:30:00Z");
    let refund = Refund {
        amount: Money::ZERO,
        basis: RefundBasis::NothingPaid,
    };
    match which {
        0 => Event::HoldDecided {
            decision: HoldDecision::Taken,
        },
        1 => Event::HoldDecided {
            decision: HoldDecision::Refused {
                refusal: Refusal::NoPets,
            },
        },
        2 => Event::HoldDecided {
            decision: HoldDecision::Unavailable,
        },
        3 => Event::CancelDecided {
            decision: CancelDecision::NotPossible {
                status: ReservationStatus::Expired,
            },
        },
        4 => Event::CancelDecided {
            decision: CancelDecision::Cancelled { code, refund },
        },
        5 => Event::CancelDecided {
            decision: CancelDecision::Unavailable,
        },
        6 => Event::ExtendDecided {
            decision: ExtendDecision::NotPossible,
        },
        7 => Event::ExtendDecided {
            decision: ExtendDecision::Extended { code, expires_at },
        },
        8 => Event::ChangeDecided {
            decision: ChangeDecision::Taken,
        },
        9 => Event::ChangeDecided {
            decision: ChangeDecision::NotAllowed {
                obstacle: Obstacle::TooLate { hours: 48 },
            },
        },
        10 => Event::ChangeDecided {
            decision: ChangeDecision::Unavailable,
        },
        11 => Event::ChangeDecided {
            decision: ChangeDecision::Changed { code },
        },
        12 => Event::WaitingDecided {
            decision: WaitingDecision::Joined { entry: 1 },
        },
        13 => Event::WaitingDecided {
            decision: WaitingDecision::Left,
        },
        _ => Event::WaitingDecided {
            decision: WaitingDecision::Unavailable,
        },
    }
}

fn check_limits(say: &Say) -> Result<(), TestCaseError> {
    let count = |text: &str| text.chars().count();
    match say {
        Say::Text { body } => prop_assert!((1..=4096).contains(&count(body))),
        Say::Buttons { body, buttons } => {
            prop_assert!((1..=1024).contains(&count(body)));
            prop_assert!((1..=3).contains(&buttons.len()));
            for button in buttons.iter() {
                prop_assert!(
                    (1..=20).contains(&count(&button.title))
                        && (1..=200).contains(&count(&button.id))
                );
            }
            for (position, button) in buttons.iter().enumerate() {
                let others = &buttons[position + 1..];
                prop_assert!(
                    others
                        .iter()
                        .all(|other| other.id != button.id && other.title != button.title)
                );
            }
        }
        Say::List { body, button, rows } => {
            prop_assert!((1..=1024).contains(&count(body)) && (1..=20).contains(&count(button)));
            prop_assert!((1..=10).contains(&rows.len()));
            for (position, row) in rows.iter().enumerate() {
                prop_assert!(
                    (1..=24).contains(&count(&row.title)) && (1..=200).contains(&count(&row.id))
                );
                prop_assert!(
                    row.description
                        .as_ref()
                        .is_none_or(|text| (1..=72).contains(&count(text)))
                );
                prop_assert!(rows[position + 1..].iter().all(|other| other.id != row.id));
            }
        }
        Say::Link { body, label, url } => {
            prop_assert!((1..=1024).contains(&count(body)) && (1..=20).contains(&count(label)));
            prop_assert!(url.starts_with("https://"));
        }
        Say::NumberRequest { body } => prop_assert!((1..=1024).contains(&count(body))),
        Say::Image { caption, .. } => {
            prop_assert!(caption.as_ref().is_none_or(|text| count(text) <= 1024))
        }
        Say::Location { name, address, .. } => {
            prop_assert!(!name.is_empty() && !address.is_empty())
        }
    }
    Ok(())
}

/// A message that leaves the guest with something to do: an option, a link, or a text that says how to go on.
fn leads_on(says: &[Say]) -> bool {
    match says.last() {
        Some(Say::Buttons { .. } | Say::List { .. } | Say::Link { .. }) => true,
        Some(Say::Text { body }) => ["?", "scribí", "screva", "write", "De nada", "welcome"]
            .iter()
            .any(|words| body.contains(words)),
        Some(Say::NumberRequest { .. } | Say::Image { .. } | Say::Location { .. }) | None => false,
    }
}

proptest! {
    #[test]
    fn no_conversation_ends_dead_holds_unasked_or_breaks_a_limit(
        moves in prop::collection::vec(moves(), 1..40), language in 0_usize..3, reserved in any::<bool>(),
    ) {
        let mut talk = Talk::new();
        talk.guest.language = [Language::Es, Language::Pt, Language::En][language];
        if reserved {
            talk.reserve("Calafate", stay("2026-12-10", "2026-12-12"), 2, ReservationStatus::Confirmed);
        }
        let mut offered: Vec<(String, String, String)> = Vec::new();
        let mut seen = String::new();
        for step in moves {
            let asked_by_guest = matches!(step, Move::Write(_) | Move::Talk(..) | Move::Mumble(_) | Move::Press(_) | Move::PressOld(_) | Move::Yes | Move::Stale);
            let mode = talk.state.mode();
            let before = talk.command.clone();
            let heard_before = talk.heard();
            talk.delay = TimeDelta::zero();
            let mut pressed = None;
            let mut confirmation = false;
            match step {
                Move::Write(phrase) => { talk.writes(PHRASES[phrase]); confirmation = true; }
                Move::Talk(phrase, damaged) => { talk.is_heard(PHRASES[phrase], damaged); confirmation = !damaged; }
                Move::Mumble(why) => {
                    let why = [
                        Unheard::NoSpeech, Unheard::Unclear, Unheard::TooLong, Unheard::NoNote, Unheard::Unavailable,
                    ][why];
                    talk.happens(Event::Unheard { why });
                }
                Move::Yes => { talk.writes("sí"); confirmation = true; }
                Move::Press(option) => {
                    let options = talk.options();
                    let Some((id, title)) = options.get(option % options.len().max(1)) else { continue };
                    pressed = Some((id.clone(), seen.clone()));
                    talk.presses_id(id, title);
                }
                Move::PressOld(option) => {
                    let Some((id, title, text)) = offered.get(option % offered.len().max(1)).cloned() else { continue };
                    pressed = Some((id.clone(), text));
                    talk.presses_id(&id, &title);
                }
                Move::Stale => { talk.delay = TimeDelta::days(2); talk.writes("sí"); }
                Move::Send(attachment) => { talk.sends(attachment); }
                Move::Obey => { talk.obeys(); }
                Move::Decide(which) => { talk.happens(decision(which)); }
                Move::Turn(which) => {
                    if let Some(own) = talk.reservations.last_mut() {
                        own.status = [
                            ReservationStatus::Expired, ReservationStatus::Confirmed, ReservationStatus::Cancelled,
                            ReservationStatus::Completed, ReservationStatus::NoShow,
                        ][which];
                        own.payment_url = None;
                    }
                    continue;
                }
                Move::TakeOver => { talk.happens(Event::TakenOver); }
                Move::HandBack => { talk.happens(Event::HandedBack); }
                Move::Wait(minutes) => { talk.later(TimeDelta::minutes(minutes)); continue; }
                Move::Fill => {
                    for name in ["Calafate", "Arrayán", "Lenga"] {
                        talk.take(name, stay("2027-01-10", "2027-01-20"));
                    }
                    continue;
                }
                Move::Reprice => {
                    for place in &mut talk.inventory.accommodations {
                        place.rates.nightly = place.rates.nightly + Money::pesos(100);
                    }
                    continue;
                }
            }
            for say in &talk.say {
                check_limits(say)?;
            }
            let text = talk.heard();
            for word in ["undefined", "none", "None", "acc_0", "pre_reserved", "{%"] {
                prop_assert!(!text.contains(word), "{word} in:\n{text}");
            }
            if asked_by_guest {
                let silent = talk.say.is_empty();
                let person = matches!(mode, Mode::Person { .. });
                let waiting = talk.command.as_ref().is_some_and(Command::is_answered);
                let ignored = mode == Mode::OptedOut;
                prop_assert!(!silent || person || waiting || ignored, "no answer in {mode:?}");
                prop_assert!(silent || leads_on(&talk.say), "a dead end:\n{text}");
            }
            if let Some(command @ (Command::PlaceHold { .. } | Command::ChangeDates { .. })) = &talk.command
                && (before.as_ref() != Some(command) || asked_by_guest)
            {
                // A button confirms the message that it was in, words confirm the last one.
                let confirmed = match &pressed {
                    Some((id, text)) if id.starts_with("hold/") || id.starts_with("change/") => Some(text),
                    Some(_) => None,
                    None => confirmation.then_some(&seen),
                };
                prop_assert!(confirmed.is_some(), "held without being asked");
                prop_assert!(mode != Mode::OptedOut);
                let read_back = confirmed.is_some_and(|text| was_read_back(text, &talk, command));
                prop_assert!(read_back, "held {command:?} after\n{heard_before}");
                prop_assert!(talk.say.is_empty());
            }
            if let Some(Command::LeaveWaitingList { entry }) = &talk.command {
                prop_assert!(talk.waiting.iter().any(|waiting| waiting.entry == *entry));
            }
            if let Some(Command::Cancel { code }) = &talk.command {
                prop_assert!(talk.reservations.iter().any(|own| own.code == *code));
            }
            if !talk.say.is_empty() {
                offered.extend(talk.options().into_iter().map(|(id, title)| (id, title, text.clone())));
                seen = text;
            }
        }
    }

    #[test]
    fn a_party_of_any_size_is_answered(guests in 0_u8..=255) {
        let mut talk = Talk::new();
        talk.presses_id(&format!("guests/{guests}"), "");
        prop_assert!(!talk.options().is_empty());
        talk.presses_id("dates/2027-01-15/2027-01-18", "");
        prop_assert!(!talk.options().is_empty());
        prop_assert_eq!(Party::of(guests).is_ok(), (1..=30).contains(&guests));
    }
}
