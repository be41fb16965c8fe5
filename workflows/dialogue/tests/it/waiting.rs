//! Waiting for nights that others have.

use dialogue::{Command, Event, WaitingDecision};
use domain::{Money, ReservationStatus};

use crate::world::{Talk, stay};

/// Every cabin is taken from the 15th to the 18th and around it.
fn full() -> Talk {
    let mut talk = Talk::new();
    for name in ["Calafate", "Arrayán", "Lenga"] {
        talk.take(name, stay("2026-12-01", "2027-03-01"));
    }
    talk
}

fn in_line() -> Talk {
    let mut talk = full();
    talk.writes("tenés lugar del 15 al 18 de enero para 4?")
        .presses("Lista de espera")
        .obeys();
    talk
}

#[test]
fn a_full_house_leads_to_the_list() {
    let mut talk = full();
    talk.writes("tenés lugar del 15 al 18 de enero para 4?")
        .hears("No me queda nada libre");
    assert_eq!(talk.titles()[0], "Lista de espera");
    talk.presses("Lista de espera").hears_nothing();
    assert!(matches!(
        talk.command,
        Some(Command::JoinWaitingList {
            accommodation_id: None,
            ..
        })
    ));
    talk.obeys()
        .hears("te anoté en la lista de espera")
        .hears("cualquier alojamiento, vie 15/01 al lun 18/01, 4 personas");
    assert!(talk.titles().contains(&"Salir de la lista".to_owned()));
}

#[test]
fn one_cabin_can_be_waited_for_while_others_are_free() {
    let mut talk = Talk::new();
    talk.take("Arrayán", stay("2027-01-15", "2027-01-18"));
    talk.writes("está libre la arrayán del 15 al 18 de enero para 4?")
        .hears("está ocupada");
    assert!(talk.titles().contains(&"Casa Lenga".to_owned()));
    talk.presses("Lista de espera")
        .obeys()
        .hears("*Cabaña Arrayán*");
}

#[test]
fn words_lead_into_the_list_and_out_of_it() {
    let mut talk = full();
    talk.writes("tenés lugar del 15 al 18 de enero para 4?")
        .writes("anotame en la lista de espera")
        .obeys()
        .hears("te anoté");
    talk.writes("sacame de la lista de espera").hears_nothing();
    talk.obeys().hears("te saqué de la lista");
    talk.writes("sacame de la lista de espera")
        .hears("No estás en ninguna lista");
}

#[test]
fn who_asks_for_the_list_without_a_stay_is_asked_for_one() {
    let mut talk = full();
    talk.writes("tienen lista de espera?")
        .hears("te anoto en la lista de espera")
        .hears("¿Para qué fechas?");
    talk.writes("del 15 al 18 de enero").writes("4");
    talk.presses("Lista de espera").obeys().hears("te anoté");
}

#[test]
fn what_is_free_needs_no_waiting() {
    let mut talk = Talk::new();
    talk.writes("anotame en la lista de espera para el 15 al 18 de enero, somos 4")
        .hears("Hay lugar");
    assert_eq!(talk.command, None);
    assert!(!talk.options().is_empty());
}

#[test]
fn the_list_is_among_my_reservations() {
    let mut talk = in_line();
    talk.writes("mis reservas")
        .hears("Estás en la lista de espera");
    talk.reserve(
        "Lenga",
        stay("2027-04-01", "2027-04-03"),
        2,
        ReservationStatus::Confirmed,
    );
    talk.writes("mis reservas");
    assert_eq!(
        talk.titles(),
        ["jue 01/04 al sáb 03/04", "vie 15/01 al lun 18/01"]
    );
    talk.presses("vie 15/01 al lun 18/01")
        .presses("Salir de la lista")
        .obeys()
        .hears("te saqué");
}

fn offered() -> Talk {
    let mut talk = in_line();
    talk.taken.clear();
    talk.reserve(
        "Arrayán",
        stay("2027-01-15", "2027-01-18"),
        4,
        ReservationStatus::PreReserved,
    );
    talk.reservations[0].offered = true;
    talk.waiting.clear();
    talk
}

#[test]
fn an_offer_is_declined_by_its_button() {
    let mut talk = offered();
    talk.presses_id("decline/RES261124AAAAA0", "No, gracias")
        .hears_nothing();
    assert!(matches!(talk.command, Some(Command::Cancel { .. })));
}

#[test]
fn an_offer_that_is_paid_is_not_declined_without_telling_the_refund() {
    let mut talk = offered();
    talk.reservations[0].paid = Money::pesos(1_000);
    talk.presses_id("decline/RES261124AAAAA0", "No, gracias");
    assert_eq!(talk.command, None);
    assert!(!talk.options().is_empty());
}

#[test]
fn a_written_no_to_an_offer_is_asked_once_more() {
    let mut talk = offered();
    talk.writes("no gracias").hears("¿Cancelo la reserva");
    talk.writes("sí");
    assert!(matches!(talk.command, Some(Command::Cancel { .. })));
}

#[test]
fn a_place_that_is_gone_leads_on() {
    let mut talk = full();
    for decision in [
        WaitingDecision::Joined { entry: 9 },
        WaitingDecision::Left,
        WaitingDecision::Unavailable,
    ] {
        talk.happens(Event::WaitingDecided { decision });
        assert!(!talk.options().is_empty());
    }
    talk.presses_id("waiting/9/leave", "Salir de la lista")
        .hears("No estás en ninguna");
}
