//! Changing the dates of a reservation.

use chrono::TimeDelta;
use dialogue::{ChangeDecision, Command, Event};
use domain::{Money, ReservationStatus, change::Obstacle};

use crate::world::{Talk, stay};

/// Three nights in Arrayán, from a Friday: 48.000.
fn confirmed() -> Talk {
    let mut talk = Talk::new();
    talk.reserve(
        "Arrayán",
        stay("2027-01-15", "2027-01-18"),
        4,
        ReservationStatus::Confirmed,
    );
    talk
}

fn held() -> Talk {
    let mut talk = Talk::new();
    talk.reserve(
        "Arrayán",
        stay("2027-01-15", "2027-01-18"),
        4,
        ReservationStatus::PreReserved,
    );
    talk
}

#[track_caller]
fn moves_to(talk: &Talk, to: domain::Stay) {
    match &talk.command {
        Some(Command::ChangeDates { stay, .. }) => assert_eq!(*stay, to),
        other => panic!("{other:?} after:\n{}", talk.heard()),
    }
}

#[test]
fn from_the_button_to_the_new_dates() {
    let mut talk = confirmed();
    talk.writes("mis reservas")
        .presses("Cambiar fechas")
        .hears("vie 15/01 al lun 18/01")
        .hears("¿A qué fechas la pasamos?");
    assert_eq!(
        talk.titles(),
        ["Una noche más", "Dejarla como está", "Hablar con alguien"]
    );
    talk.writes("del 20 al 22 de enero")
        .hears("Antes: vie 15/01 al lun 18/01 ($ 48.000)")
        .hears("Ahora: mié 20/01 desde las 15:00, al vie 22/01")
        .hears("Total nuevo: $ 24.000")
        .hears("Ya pagaste $ 14.400")
        .hears("Saldo al llegar: $ 9.600");
    assert_eq!(talk.command, None);
    talk.presses("Sí, cambiar").hears_nothing();
    moves_to(&talk, stay("2027-01-20", "2027-01-22"));
    // The reservation itself says what became of it.
    talk.obeys().hears_nothing();
    talk.writes("mis reservas").hears("mié 20/01 al vie 22/01");
}

#[test]
fn one_night_more_counts_from_the_reservation() {
    for words in [
        "una noche más",
        "quiero quedarme una noche más",
        "podemos agregar una noche a la reserva? una noche más",
    ] {
        let mut talk = confirmed();
        talk.writes(words)
            .hears("al mar 19/01")
            .hears("Total nuevo: $ 60.000");
        talk.writes("sí");
        moves_to(&talk, stay("2027-01-15", "2027-01-19"));
    }
}

#[test]
fn a_stay_is_moved_by_a_day() {
    let mut talk = confirmed();
    talk.writes("necesito correr la reserva un día")
        .hears("Ahora: sáb 16/01")
        .hears("al mar 19/01");
    talk.writes("dale");
    moves_to(&talk, stay("2027-01-16", "2027-01-19"));
}

#[test]
fn the_dates_it_has_name_the_reservation() {
    let mut talk = confirmed();
    talk.reserve(
        "Lenga",
        stay("2027-02-01", "2027-02-03"),
        2,
        ReservationStatus::Confirmed,
    );
    talk.writes("quiero cambiar la reserva del 15 al 18 de enero")
        .hears("Cabaña Arrayán")
        .hears("¿A qué fechas");
    talk.writes("quiero cambiar mi reserva").hears("¿Con cuál");
    talk.writes("la segunda")
        .hears("Casa Lenga")
        .hears("¿A qué fechas");
}

#[test]
fn dates_that_can_mean_two_things_are_asked() {
    let mut talk = confirmed();
    talk.writes("quiero cambiar la reserva del 15 al 20 de enero")
        .hears("¿Cuál de estas?");
    assert_eq!(talk.titles(), ["15/01 al 20/01", "20/01 al 23/01"]);
    talk.writes("la segunda").hears("Ahora: mié 20/01");
    talk.writes("sí");
    moves_to(&talk, stay("2027-01-20", "2027-01-23"));
}

#[test]
fn a_read_back_is_corrected() {
    let mut talk = confirmed();
    talk.writes("quiero cambiar la fecha de mi reserva")
        .writes("del 20 al 22 de enero")
        .writes("mejor del 21 al 23")
        .hears("Ahora: jue 21/01")
        .writes("una noche más")
        .hears("al dom 24/01");
    talk.writes("sí");
    moves_to(&talk, stay("2027-01-21", "2027-01-24"));
}

#[test]
fn no_leaves_everything_as_it_is() {
    let mut talk = confirmed();
    talk.writes("una noche más")
        .writes("no")
        .hears("queda como estaba");
    talk.writes("sí");
    assert_eq!(talk.command, None);
}

#[test]
fn what_was_paid_too_much_is_told_before() {
    let mut talk = confirmed();
    talk.reservations[0].paid = Money::pesos(48_000);
    talk.writes("quiero cambiar mi reserva")
        .writes("del 20 al 22 de enero")
        .hears("Te devolvemos $ 24.000")
        .does_not_hear("Saldo");
}

#[test]
fn a_hold_keeps_its_end_and_gets_another_deposit() {
    let mut talk = held();
    talk.writes("mis reservas")
        .presses("Cambiar fechas")
        .writes("una noche más")
        .hears("Seña para confirmar: $ 18.000")
        .hears("hasta las 10:30");
    talk.presses("Sí, cambiar");
    moves_to(&talk, stay("2027-01-15", "2027-01-19"));
}

#[test]
fn a_hold_is_confirmed_when_enough_is_paid_for_the_new_dates() {
    let mut talk = held();
    talk.reservations[0].paid = Money::pesos(10_000);
    talk.writes("cambiar la fecha de mi reserva")
        .writes("del 20 al 22 de enero")
        .hears("Con lo que ya pagaste queda confirmada");
}

#[test]
fn taken_nights_are_refused_with_near_ones() {
    let mut talk = confirmed();
    talk.take("Arrayán", stay("2027-01-18", "2027-01-25"));
    talk.writes("una noche más")
        .hears("queda como está")
        .hears("está ocupada");
    assert!(
        talk.titles().contains(&"jue 14/01 al lun 18/01".to_owned()),
        "{:?}",
        talk.titles()
    );
    talk.presses("jue 14/01 al lun 18/01")
        .hears("Ahora: jue 14/01");
    // Somebody is faster by a moment.
    talk.presses("Sí, cambiar");
    talk.take("Arrayán", stay("2027-01-13", "2027-01-15"));
    talk.obeys().hears("queda como está").hears("está ocupada");
    assert!(talk.titles().len() > 2);
}

#[test]
fn the_policy_of_the_reservation_says_until_when() {
    let mut talk = confirmed();
    talk.later(TimeDelta::days(51)).writes("una noche más");
    talk.hears("hasta 48 horas antes de la llegada")
        .writes("sí");
    assert!(matches!(talk.command, Some(Command::HandOver { .. })));
    let mut talk = confirmed();
    talk.reservations[0].terms.cancellation.free_until_hours = 12;
    talk.later(TimeDelta::days(51))
        .writes("una noche más")
        .hears("Total nuevo");
}

#[test]
fn a_price_that_changed_is_read_back_again() {
    let mut talk = confirmed();
    talk.writes("una noche más");
    for place in &mut talk.inventory.accommodations {
        place.rates.nightly = Money::pesos(14_000);
    }
    talk.presses("Sí, cambiar")
        .hears("El precio cambió")
        .hears("Total nuevo: $ 70.000");
    assert_eq!(talk.command, None);
    talk.presses("Sí, cambiar");
    assert!(matches!(talk.command, Some(Command::ChangeDates { .. })));
}

#[test]
fn an_older_button_is_read_back_again() {
    let mut talk = confirmed();
    talk.writes("una noche más");
    let yes = talk.id_of("Sí, cambiar");
    talk.writes("del 20 al 22 de enero");
    talk.presses_id(&yes, "Sí, cambiar")
        .hears("Antes de cambiarla")
        .hears("al mar 19/01");
    assert_eq!(talk.command, None);
}

#[test]
fn a_decision_that_nobody_waits_for_leads_on() {
    for decision in [
        ChangeDecision::Taken,
        ChangeDecision::Unavailable,
        ChangeDecision::NotAllowed {
            obstacle: Obstacle::Over,
        },
    ] {
        let mut talk = confirmed();
        talk.happens(Event::ChangeDecided { decision });
        assert!(!talk.options().is_empty());
    }
}

#[test]
fn who_has_nothing_to_change_is_told_so() {
    let mut talk = Talk::new();
    talk.writes("quiero cambiar la fecha de mi reserva")
        .hears("No encuentro ninguna reserva para cambiar");
    assert!(!talk.options().is_empty());
}

#[test]
fn a_stay_that_is_only_talked_about_is_changed_as_before() {
    let mut talk = confirmed();
    talk.writes("tenés del 1 al 3 de febrero para 2?")
        .presses("Casa Lenga")
        .hears("Así quedaría tu reserva");
    talk.writes("una noche más").hears("jue 04/02");
    talk.presses("Confirmar");
    assert!(matches!(talk.command, Some(Command::PlaceHold { .. })));
}
