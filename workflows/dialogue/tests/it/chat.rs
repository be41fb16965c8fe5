//! Everything that is not about a stay.

use chrono::TimeDelta;
use dialogue::{Attachment, Command, Event, HandOverReason, Mode};
use domain::ReservationStatus;

use crate::world::{Talk, stay};

#[test]
fn a_greeting_brings_the_menu_and_the_guests_name() {
    let mut talk = Talk::new();
    talk.writes("hola");
    insta::assert_snapshot!(talk.heard(), @"
    ¡Hola, Ana! 👋

    Soy el asistente de reservas: te digo qué hay libre y cuánto sale, te guardo las fechas y te paso el link de pago.

    ¿Qué querés hacer? Elegí una opción o escribime, por ejemplo: «del 15 al 18 de enero para 4».

    1. Disponibilidad y precios
    2. Fotos
    3. Servicios
    4. Ubicación
    5. Horarios
    6. Mascotas
    7. Pagos y cancelación
    8. Hablar con alguien
    ");
}

#[test]
fn a_name_is_data_and_never_a_template() {
    let mut talk = Talk::new();
    talk.guest.name = Some("{{code}}\u{202e}\n{%".to_owned());
    talk.writes("hola").hears("¡Hola, {{code}}!");
}

#[test]
fn a_corrected_name_is_kept() {
    let mut talk = Talk::new();
    talk.writes("mi nombre es Juana");
    assert_eq!(talk.asides, [named("Juana")]);
    talk.hears("¡Anotado, Juana!");
}

#[test]
fn a_name_is_kept_whatever_else_the_message_asks_for() {
    let mut talk = Talk::new();
    talk.writes("me llamo Juana, quiero hablar con una persona");
    assert_eq!(talk.asides, [named("Juana")]);
    assert!(matches!(talk.command, Some(Command::HandOver { .. })));

    let mut talk = Talk::new();
    talk.writes("del 15 al 18 de enero para 4")
        .presses("Cabaña Arrayán")
        .writes("sí, reservala. Me llamo Juana");
    assert_eq!(talk.asides, [named("Juana")]);
    assert!(matches!(talk.command, Some(Command::PlaceHold { .. })));
}

fn named(name: &str) -> Command {
    Command::SetName {
        name: name.to_owned(),
    }
}

#[test]
fn a_person_takes_over_and_the_bot_is_silent_until_called() {
    let mut talk = Talk::new();
    talk.reserve(
        "Arrayán",
        stay("2027-01-15", "2027-01-18"),
        4,
        ReservationStatus::PreReserved,
    );
    talk.writes("quiero hablar con una persona")
        .hears("sigue guardada hasta las 10:30");
    assert_eq!(
        talk.command,
        Some(Command::HandOver {
            reason: HandOverReason::Asked
        })
    );
    talk.writes("están ahí?").hears_nothing();
    talk.presses_id("availability", "Ver disponibilidad")
        .hears("te está atendiendo una persona");
    talk.presses("Seguir con el bot")
        .hears("Acá estoy de nuevo");
    assert_eq!(talk.command, Some(Command::HandBack));
    assert_eq!(talk.state.mode(), Mode::Bot);
}

#[test]
fn a_yes_from_before_a_person_came_is_asked_for_again() {
    let mut talk = Talk::new();
    talk.writes("del 15 al 18 de enero para 4")
        .presses("Cabaña Arrayán");
    talk.happens(Event::TakenOver)
        .writes("me hacen precio?")
        .hears_nothing();
    talk.happens(Event::HandedBack)
        .writes("sí")
        .hears("Así quedaría tu reserva");
    assert_eq!(talk.command, None);
    talk.writes("sí");
    assert!(matches!(talk.command, Some(Command::PlaceHold { .. })));
}

#[test]
fn who_comes_back_from_a_person_finds_the_question_that_was_open() {
    let mut talk = Talk::new();
    talk.writes("del 15 al 18 de enero para 4")
        .presses("Cabaña Arrayán");
    talk.writes("quiero hablar con una persona")
        .presses("Seguir con el bot");
    talk.hears("Acá estoy de nuevo")
        .hears("Así quedaría tu reserva");
}

#[test]
fn a_person_who_never_came_gives_way_to_the_bot() {
    let mut talk = Talk::new();
    talk.writes("quiero hablar con una persona")
        .later(TimeDelta::hours(13));
    talk.writes("del 15 al 18 de enero para 4")
        .hears("Cabaña Arrayán");
    assert_eq!(talk.asides, [Command::HandBack]);
}

#[test]
fn a_complaint_is_met_with_an_apology_and_a_person() {
    let mut talk = Talk::new();
    talk.writes("la calefacción no funcionaba, muy mala atención")
        .hears("Lamento mucho");
    assert_eq!(
        talk.command,
        Some(Command::HandOver {
            reason: HandOverReason::Complaint
        })
    );
}

#[test]
fn who_opts_out_is_left_alone_and_can_come_back() {
    let mut talk = Talk::new();
    talk.writes("BAJA").hears("no te escribo más");
    assert_eq!(talk.command, Some(Command::OptOut));
    talk.writes("hola").hears("ALTA");
    talk.writes("ALTA").hears("volviste");
    assert_eq!(talk.command, Some(Command::OptIn));
}

#[test]
fn a_receipt_moves_nothing() {
    let mut talk = Talk::new();
    talk.reserve(
        "Arrayán",
        stay("2027-01-15", "2027-01-18"),
        4,
        ReservationStatus::PreReserved,
    );
    talk.sends(Attachment::Image)
        .hears("se confirma sola cuando Mercado Pago");
    assert_eq!(talk.command, None);
    assert!(!talk.options().is_empty());
}

#[test]
fn what_cannot_be_read_is_answered_and_reactions_are_not() {
    let mut talk = Talk::new();
    for attachment in [
        Attachment::Audio,
        Attachment::Video,
        Attachment::Contact,
        Attachment::Unsupported,
    ] {
        talk.later(TimeDelta::minutes(1)).sends(attachment);
        assert!(!talk.options().is_empty(), "{attachment:?}");
    }
    talk.sends(Attachment::Reaction).hears_nothing();
    talk.sends(Attachment::Sticker).hears_nothing();
}

#[test]
fn an_old_message_is_not_acted_upon() {
    let mut talk = Talk::new();
    talk.writes("del 15 al 18 de enero para 4")
        .presses("Cabaña Arrayán");
    talk.delay = TimeDelta::days(2);
    talk.presses("Confirmar").hears("de hace más de un día");
    assert_eq!(talk.command, None);
    assert!(!talk.options().is_empty());
}

#[test]
fn a_yes_that_took_hours_is_asked_for_again_and_a_question_is_answered() {
    let mut talk = Talk::new();
    talk.delay = TimeDelta::hours(3);
    talk.writes("del 15 al 18 de enero para 4")
        .hears("Recién ahora veo tu mensaje")
        .hears("tengo libre");
    talk.delay = TimeDelta::zero();
    talk.presses("Cabaña Arrayán");
    talk.delay = TimeDelta::hours(3);
    talk.presses("Confirmar")
        .hears("Recién ahora veo tu mensaje")
        .hears("Así quedaría tu reserva");
    assert_eq!(talk.command, None);
    talk.delay = TimeDelta::zero();
    talk.presses("Confirmar");
    assert!(matches!(talk.command, Some(Command::PlaceHold { .. })));
}

#[test]
fn nothing_is_cancelled_for_a_yes_that_took_hours() {
    let mut talk = Talk::new();
    talk.reserve(
        "Arrayán",
        stay("2027-01-15", "2027-01-18"),
        4,
        ReservationStatus::Confirmed,
    );
    talk.writes("quiero cancelar");
    talk.delay = TimeDelta::hours(3);
    talk.presses("Sí, cancelar").hears("cancel");
    assert_eq!(talk.command, None);
    talk.delay = TimeDelta::zero();
    talk.presses("Sí, cancelar");
    assert!(matches!(talk.command, Some(Command::Cancel { .. })));
}

#[test]
fn a_yes_from_before_the_question_answers_another_one() {
    let mut talk = Talk::new();
    talk.writes("del 15 al 18 de enero para 4")
        .later(TimeDelta::minutes(2))
        .presses("Cabaña Arrayán");
    // Written a minute before the read-back, and only now brought by the platform.
    talk.delay = TimeDelta::minutes(1);
    talk.writes("sí").hears("¿Confirmamos");
    assert_eq!(talk.command, None);
    talk.delay = TimeDelta::zero();
    talk.writes("sí");
    assert!(matches!(talk.command, Some(Command::PlaceHold { .. })));
}

#[test]
fn a_shared_number_is_thanked_for() {
    let mut talk = Talk::new();
    talk.writes("hola")
        .sends(Attachment::OwnNumber)
        .hears("Ya anoté tu teléfono");
}

#[test]
fn an_album_is_answered_once() {
    let mut talk = Talk::new();
    talk.writes("hola")
        .sends(Attachment::Image)
        .hears("no puedo ver imágenes");
    for attachment in [Attachment::Image, Attachment::Video, Attachment::Image] {
        talk.later(TimeDelta::seconds(1))
            .sends(attachment)
            .hears_nothing();
    }
    talk.later(TimeDelta::minutes(5))
        .sends(Attachment::Image)
        .hears("no puedo ver imágenes");
}

#[test]
fn a_button_that_is_not_ours_leads_to_the_menu() {
    let mut talk = Talk::new();
    talk.presses_id("menu_availability", "Disponibilidad")
        .hears("mensaje viejo")
        .presses("Disponibilidad y precios");
    talk.hears("¿Para qué fechas?");
}

#[test]
fn what_is_not_understood_offers_what_can_be_done_and_then_a_person() {
    let mut talk = Talk::new();
    talk.writes("hola")
        .writes("cuál es la capital de Francia")
        .hears("no te entendí");
    talk.writes("asdf")
        .writes("qwer")
        .hears("¿Querés que te responda una persona?")
        .writes("sí");
    assert_eq!(
        talk.command,
        Some(Command::HandOver {
            reason: HandOverReason::Asked
        })
    );
}

#[test]
fn an_answer_that_is_not_understood_is_asked_for_in_other_words() {
    let mut talk = Talk::new();
    talk.writes("quiero reservar")
        .writes("eeeh nose")
        .hears("No llegué a entender las fechas");
}

#[test]
fn the_same_answer_again_and_again_calls_a_person() {
    let mut talk = Talk::new();
    talk.writes("hola");
    let calls = |talk: &Talk| {
        matches!(
            talk.command,
            Some(Command::HandOver {
                reason: HandOverReason::Loop
            })
        )
    };
    let turns = (0..10).find(|_| calls(talk.writes("hola")));
    assert_eq!(turns, Some(3), "{}", talk.heard());
    talk.hears("no nos estamos entendiendo");
    talk.writes("hola").hears_nothing();
}

#[test]
fn a_flood_calls_a_person_and_then_meets_silence() {
    let mut talk = Talk::new();
    for turn in 0..30 {
        let words = if turn % 2 == 0 {
            "hola"
        } else {
            "cómo se paga?"
        };
        talk.later(TimeDelta::seconds(1)).writes(words);
        assert!(!talk.say.is_empty());
    }
    talk.later(TimeDelta::seconds(1)).writes("hola");
    assert_eq!(
        talk.command,
        Some(Command::HandOver {
            reason: HandOverReason::Flood
        })
    );
    talk.writes("hola").hears_nothing();
}

#[test]
fn a_slow_guest_is_never_a_flood() {
    let mut talk = Talk::new();
    for turn in 0..100 {
        let words = if turn % 2 == 0 {
            "hola"
        } else {
            "cómo se paga?"
        };
        talk.later(TimeDelta::minutes(1)).writes(words);
        assert_eq!(talk.command, None);
    }
}

#[test]
fn thanks_are_answered_and_need_nothing_more() {
    let mut talk = Talk::new();
    talk.writes("hola").writes("gracias!").hears("¡De nada!");
}

#[test]
fn a_few_words_in_another_language_do_not_change_the_conversations() {
    let mut talk = Talk::new();
    talk.writes("Olá, tem disponibilidade de 15 a 18 de janeiro para 4 pessoas?")
        .hears("tenho livre");
    talk.writes("ok gracias").hears("De nada");
    talk.writes("Hi, do you have anything from February 1 to 3 for 2 people?")
        .hears("these are free");
    talk.writes("hola")
        .writes("hola")
        .hears("¿Qué querés hacer?");
}
