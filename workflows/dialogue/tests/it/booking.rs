//! From the first word to a hold.

use chrono::TimeDelta;
use dialogue::{Command, Event, HoldDecision, Say};
use domain::{Money, Party, ReservationStatus, availability::Refusal};

use crate::world::{Talk, at, cabins, stay};

fn january() -> domain::Stay {
    stay("2027-01-15", "2027-01-18")
}

/// A guest who has been read back Cabaña Arrayán for four, 15 to 18 of January.
fn read_back() -> Talk {
    let mut talk = Talk::new();
    talk.writes("Hola, ¿tenés lugar del 15 al 18 de enero para 4?")
        .presses("Cabaña Arrayán");
    talk
}

#[test]
fn a_guest_gets_from_hello_to_a_hold() {
    let mut talk = Talk::new();
    talk.writes("Hola, ¿tenés lugar del 15 al 18 de enero para 4?");
    assert_eq!(talk.say.len(), 1);
    insta::assert_snapshot!(talk.heard(), @"
    ¡Hola, Ana! 👋

    Del vie 15/01 al lun 18/01 (3 noches, 4 personas) tengo libre:

    *Cabaña Arrayán* (hasta 4): $ 48.000
    2 noches de fin de semana a $ 18.000 + 1 noche a $ 12.000

    *Casa Lenga* (hasta 6): $ 85.000
    2 noches de fin de semana a $ 30.000 + 1 noche a $ 20.000 + Limpieza $ 5.000

    ¿Cuál te gusta? Elegila y te muestro el detalle.

    1. Cabaña Arrayán ($ 48.000 · 3 noches)
    2. Casa Lenga ($ 85.000 · 3 noches)
    3. Otras fechas
    ");
    talk.presses("Cabaña Arrayán");
    assert_eq!(talk.say.len(), 1);
    insta::assert_snapshot!(talk.heard(), @"
    Así quedaría tu reserva:

    🏡 *Cabaña Arrayán*
    📅 Llegada: vie 15/01, desde las 15:00
    📅 Salida: lun 18/01, hasta las 10:00
    🌙 3 noches · 👥 4 personas

    2 noches de fin de semana a $ 18.000: $ 36.000
    1 noche a $ 12.000: $ 12.000
    *Total: $ 48.000*
    Seña para confirmar: $ 14.400 (el resto, $ 33.600, al llegar)

    Si confirmás, te la guardo 30 minutos y te mando el link de pago. ¿Confirmás?

    1. Confirmar
    2. Cambiar
    3. Cancelar
    ");
    assert_eq!(talk.command, None);
    talk.presses("Confirmar").hears_nothing();
    let Some(Command::PlaceHold {
        accommodation_id,
        stay,
        party,
        quote,
    }) = talk.command.clone()
    else {
        panic!("no hold: {:?}", talk.command);
    };
    assert_eq!(accommodation_id, talk.place("Arrayán").id);
    assert_eq!((stay, party), (january(), Party::of(4).unwrap()));
    assert_eq!(
        (quote.total, quote.deposit),
        (Money::pesos(48_000), Money::pesos(14_400))
    );
    // The link is the answer, and the reservation sends it.
    talk.obeys().hears_nothing();
}

#[test]
fn a_bare_yes_confirms_what_was_read_back() {
    for yes in ["sí", "dale", "confirmo"] {
        let mut talk = read_back();
        talk.writes(yes);
        assert!(
            matches!(talk.command, Some(Command::PlaceHold { .. })),
            "{yes}: {}",
            talk.heard()
        );
    }
}

#[test]
fn only_what_is_missing_is_asked_for() {
    let mut talk = Talk::new();
    talk.writes("quiero reservar").hears("¿Para qué fechas?");
    talk.writes("del 15 al 18 de enero")
        .hears("¿Para cuántas personas");
    talk.writes("4")
        .hears("Cabaña Arrayán")
        .hears("Casa Lenga")
        .does_not_hear("Calafate");
}

#[test]
fn a_guest_can_book_with_buttons_alone() {
    let mut talk = Talk::new();
    talk.writes("hola")
        .presses("Disponibilidad y precios")
        .presses("vie 04/12 al dom 06/12")
        .presses("2 personas");
    talk.presses("Cabaña Calafate").presses("Confirmar");
    assert!(matches!(talk.command, Some(Command::PlaceHold { .. })));
}

#[test]
fn an_offer_can_be_picked_by_number_and_by_name() {
    for (words, name) in [
        ("2", "Casa Lenga"),
        ("la lenga", "Casa Lenga"),
        ("la primera", "Cabaña Arrayán"),
    ] {
        let mut talk = Talk::new();
        talk.writes("del 15 al 18 de enero para 4")
            .writes(words)
            .hears("Así quedaría tu reserva")
            .hears(name);
    }
}

#[test]
fn when_one_fits_it_is_offered_with_buttons() {
    let mut talk = Talk::new();
    talk.writes("del 15 al 18 de enero, somos 6");
    assert_eq!(talk.titles(), ["Reservar", "Fotos", "Otras fechas"]);
    talk.writes("dale")
        .hears("Así quedaría tu reserva")
        .hears("Casa Lenga");
    assert_eq!(talk.command, None);
}

#[test]
fn a_correction_is_read_back_again_before_anything_is_held() {
    let mut talk = read_back();
    talk.writes("mejor del 16 al 19")
        .hears("sáb 16/01")
        .hears("mar 19/01")
        .hears("Cabaña Arrayán");
    talk.writes("somos 2, no 4")
        .hears("2 personas")
        .hears("sáb 16/01");
    talk.writes("una noche más").hears("mié 20/01");
    assert_eq!(talk.command, None);
    talk.writes("sí");
    let Some(Command::PlaceHold {
        stay: held, party, ..
    }) = talk.command
    else {
        panic!()
    };
    assert_eq!(
        (held, party.guests()),
        (stay("2027-01-16", "2027-01-20"), 2)
    );
}

#[test]
fn a_full_house_offers_the_nearest_that_is_free() {
    let mut talk = Talk::new();
    for name in ["Arrayán", "Lenga"] {
        talk.take(name, january());
    }
    talk.writes("del 15 al 18 de enero para 4")
        .hears("No me queda nada libre")
        .hears("lun 18/01 al jue 21/01");
    let nearest = talk.titles()[0].clone();
    talk.presses(&nearest).hears("Así quedaría tu reserva");
}

#[test]
fn a_cabin_that_is_taken_leads_to_the_others_first() {
    let mut talk = Talk::new();
    talk.take("Arrayán", january());
    talk.writes("la Arrayán del 15 al 18 de enero para 4")
        .hears("*Cabaña Arrayán* está ocupada");
    assert_eq!(talk.titles()[0], "Casa Lenga");
}

#[test]
fn each_rule_is_explained_and_something_that_fits_is_offered() {
    let refused = |change: fn(&mut domain::Accommodation), words: &str| {
        let mut cabins = cabins();
        cabins.iter_mut().for_each(change);
        let mut talk = Talk::in_house_of(cabins);
        talk.writes(words);
        assert!(!talk.options().is_empty(), "{}", talk.heard());
        talk.heard()
    };
    let short = refused(
        |place| place.policies.stay.minimum_nights = 3,
        "del 15 al 16 de enero para 2",
    );
    assert!(
        short.contains("estadía mínima es de 3 noches") && short.contains("vie 15/01 al lun 18/01"),
        "{short}"
    );
    let soon = refused(
        |place| place.policies.stay.notice_days = 2,
        "mañana una noche para 2",
    );
    assert!(
        soon.contains("2 días de anticipación") && soon.contains("jue 26/11"),
        "{soon}"
    );
    let far = refused(
        |place| place.policies.stay.horizon_days = 30,
        "del 15 al 18 de enero para 2",
    );
    assert!(far.contains("llego hasta 30 días"), "{far}");
    let many = refused(|_| (), "del 15 al 18 de enero, somos 9");
    assert!(many.contains("La más grande es para 6 personas"), "{many}");
    let crowd = refused(|_| (), "del 15 al 18 de enero, somos 45");
    assert!(
        crowd.contains("hasta 30 personas") || crowd.contains("¿Para cuántas personas"),
        "{crowd}"
    );
}

#[test]
fn pets_that_fit_nowhere_can_stay_at_home() {
    let refused = || {
        let mut places = cabins();
        for place in &mut places {
            place.policies.stay.pets_allowed = false;
        }
        let mut talk = Talk::in_house_of(places);
        talk.writes("somos 6 con un perro, del 15 al 18 de enero de 2027");
        talk
    };
    assert_eq!(
        refused().titles(),
        ["Otras fechas", "Sin mascotas", "Hablar con alguien"]
    );
    let (mut pressed, mut typed) = (refused(), refused());
    pressed.presses("Sin mascotas").hears("6 personas");
    typed.writes("bueno, sin el perro entonces");
    assert_eq!(pressed.say, typed.say);
}

#[test]
fn pets_lead_to_the_cabin_that_takes_them_and_cost_what_they_cost() {
    let mut talk = Talk::new();
    talk.writes("del 15 al 18 de enero, somos 2 con un perro")
        .hears("Casa Lenga")
        .hears("con mascotas");
    talk.presses("Reservar").hears("Mascotas: $ 3.000");
}

#[test]
fn dates_that_cannot_be_are_said_back_and_asked_again() {
    let mut talk = Talk::new();
    talk.writes("del 31/4 al 2/5 para 4")
        .hears("Ese día no existe")
        .hears("¿Para qué fechas?");
    talk.writes("del 20 al 10 de enero")
        .hears("salida tiene que ser después");
    talk.writes("del 15 al 18 de enero")
        .hears("¿Para cuántas personas");
}

#[test]
fn pressing_confirm_twice_holds_once_and_sends_the_link_again() {
    let mut talk = read_back();
    let confirm = talk.id_of("Confirmar");
    talk.presses_id(&confirm, "Confirmar").obeys();
    assert_eq!(talk.reservations.len(), 1);
    talk.presses_id(&confirm, "Confirmar")
        .hears("Ya tenés guardada")
        .hears("https://pagos.example/");
    assert_eq!(talk.command, None);
}

#[test]
fn a_double_press_before_the_decision_holds_once() {
    let mut talk = read_back();
    let confirm = talk.id_of("Confirmar");
    talk.presses_id(&confirm, "Confirmar");
    assert!(talk.command.is_some());
    talk.presses_id(&confirm, "Confirmar");
    assert_eq!(talk.command, None);
}

#[test]
fn an_old_confirmation_is_read_back_before_it_counts() {
    let mut talk = read_back();
    let old = talk.id_of("Confirmar");
    talk.presses("Cambiar")
        .presses("Otras fechas")
        .writes("del 1 al 3 de febrero")
        .hears("lun 01/02");
    talk.presses_id(&old, "Confirmar")
        .hears("Antes de reservar")
        .hears("vie 15/01");
    assert_eq!(talk.command, None);
    talk.presses("Confirmar");
    let Some(Command::PlaceHold { stay, .. }) = talk.command else {
        panic!()
    };
    assert_eq!(stay, january());
}

#[test]
fn a_guest_who_answers_three_days_later_is_read_back_again() {
    let mut talk = read_back();
    talk.later(TimeDelta::days(3))
        .writes("sí")
        .hears("Antes de reservar")
        .hears("vie 15/01");
    assert_eq!(talk.command, None);
    talk.writes("sí");
    assert!(matches!(talk.command, Some(Command::PlaceHold { .. })));
}

#[test]
fn a_price_that_changed_is_told_before_anything_is_held() {
    let mut talk = read_back();
    talk.inventory.accommodations[1].rates.nightly = Money::pesos(13_000);
    talk.presses("Confirmar")
        .hears("El precio cambió")
        .hears("Total: $ 52.000");
    assert_eq!(talk.command, None);
    talk.presses("Confirmar");
    let Some(Command::PlaceHold { quote, .. }) = talk.command else {
        panic!()
    };
    assert_eq!(quote.total, Money::pesos(52_000));
}

#[test]
fn somebody_who_was_faster_leads_to_alternatives() {
    let mut talk = read_back();
    talk.presses("Confirmar").take("Arrayán", january());
    talk.obeys().hears("Justo se ocupó *Cabaña Arrayán*");
    assert_eq!(talk.titles()[0], "Casa Lenga");
}

#[test]
fn facts_older_than_the_decision_do_not_offer_the_same_stay_again() {
    let mut talk = read_back();
    talk.presses("Confirmar").happens(Event::HoldDecided {
        decision: HoldDecision::Taken,
    });
    talk.hears("Justo se ocupó");
    assert_eq!(talk.titles()[0], "Casa Lenga");
}

#[test]
fn a_refusal_of_the_hold_is_explained() {
    let mut talk = read_back();
    let decision = HoldDecision::Refused {
        refusal: Refusal::Closed,
    };
    talk.presses("Confirmar")
        .happens(Event::HoldDecided { decision })
        .hears("está cerrado");
}

#[test]
fn when_nothing_can_be_decided_the_guest_can_try_again() {
    let mut talk = read_back();
    talk.presses("Confirmar").happens(Event::HoldDecided {
        decision: HoldDecision::Unavailable,
    });
    talk.hears("No se te cobró nada").presses("Probar de nuevo");
    assert!(matches!(talk.command, Some(Command::PlaceHold { .. })));
}

#[test]
fn a_question_in_between_is_answered_and_the_confirmation_asked_for_again() {
    let mut talk = read_back();
    talk.writes("tiene wifi?")
        .hears("wifi, parrilla")
        .hears("¿Confirmamos *Cabaña Arrayán*");
    assert_eq!(talk.say.len(), 1);
    talk.writes("sí");
    assert!(matches!(talk.command, Some(Command::PlaceHold { .. })));
}

#[test]
fn a_no_books_nothing_and_leads_on() {
    let mut talk = read_back();
    talk.writes("no").hears("no reservé nada");
    talk.writes("sí");
    assert_eq!(talk.command, None);
}

#[test]
fn an_expired_hold_does_not_keep_the_guest_from_booking_the_same_again() {
    let mut talk = read_back();
    let confirm = talk.id_of("Confirmar");
    talk.presses_id(&confirm, "Confirmar").obeys();
    talk.reservations[0].status = ReservationStatus::Expired;
    talk.taken.clear();
    talk.later(TimeDelta::hours(1))
        .presses_id(&confirm, "Confirmar")
        .hears("Antes de reservar");
    talk.presses("Confirmar");
    assert!(matches!(talk.command, Some(Command::PlaceHold { .. })));
}

#[test]
fn today_is_the_day_at_the_cabin() {
    let mut talk = Talk::new();
    talk.now = at("2026-11-25T01:30:00Z");
    talk.writes("para hoy, una noche, para 2")
        .hears("mar 24/11 al mié 25/11");
}

#[test]
fn the_whole_price_is_named_when_it_is_due_at_once() {
    let mut talk = Talk::new();
    talk.writes("para mañana una noche para 2")
        .presses("Cabaña Calafate")
        .hears("Se paga todo ahora");
}

#[test]
fn portuguese_and_english_reach_the_same_hold() {
    let mut talk = Talk::new();
    talk.writes("Olá, tem disponibilidade de 15 a 18 de janeiro para 4 pessoas?")
        .hears("tenho livre");
    talk.presses("Cabaña Arrayán")
        .hears("sex 15/01")
        .presses("Confirmar");
    assert!(matches!(talk.command, Some(Command::PlaceHold { .. })));
    let mut talk = Talk::new();
    talk.writes("Hi, is it available from January 15 to January 18 for 4 people?")
        .hears("these are free");
    talk.presses("Cabaña Arrayán")
        .hears("Fri 15/01")
        .presses("Confirm");
    assert!(matches!(talk.command, Some(Command::PlaceHold { .. })));
}

#[test]
fn the_offers_name_each_cabin_with_its_total_and_price_lines() {
    let mut talk = Talk::new();
    talk.writes("cuánto sale del 15 al 18 de enero para 4?");
    talk.hears("*Cabaña Arrayán* (hasta 4): $ 48.000")
        .hears("2 noches de fin de semana a $ 18.000");
    let [Say::List { rows, .. }] = talk.say.as_slice() else {
        panic!()
    };
    assert_eq!(
        rows[0].description.as_ref().unwrap().as_str(),
        "$ 48.000 · 3 noches"
    );
}
