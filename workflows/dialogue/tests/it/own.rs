//! What a guest can do with reservations they have.

use chrono::TimeDelta;
use dialogue::{CancelDecision, Command, Event, ExtendDecision, Say};
use domain::{
    Money, ReservationStatus,
    cancellation::{Refund, RefundBasis},
};

use crate::world::{Talk, code, stay};

fn holding() -> Talk {
    let mut talk = Talk::new();
    talk.reserve(
        "Arrayán",
        stay("2027-01-15", "2027-01-18"),
        4,
        ReservationStatus::PreReserved,
    );
    talk
}

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

#[test]
fn a_hold_is_shown_with_its_end_in_local_time() {
    let mut talk = holding();
    talk.writes("mis reservas")
        .hears("guardada hasta las 10:30")
        .hears("Seña: $ 14.400");
    assert_eq!(
        talk.titles(),
        ["Pagar la seña", "Necesito más tiempo", "Cancelar reserva"]
    );
}

#[test]
fn the_link_is_sent_again_when_asked_for() {
    let mut talk = holding();
    talk.writes("me pasás el link de pago?");
    let [Say::Link { url, label, .. }] = talk.say.as_slice() else {
        panic!("{}", talk.heard())
    };
    assert_eq!(
        (url.as_str(), label.as_str()),
        ("https://pagos.example/RES261124AAAAA0", "Pagar la seña")
    );
}

#[test]
fn a_link_of_an_ended_hold_is_not_sent_again() {
    let mut talk = holding();
    talk.later(TimeDelta::hours(1))
        .writes("me pasás el link de pago?")
        .hears("venció");
    talk.does_not_hear("https://");
    assert_eq!(talk.titles()[0], "Probar de nuevo");
}

#[test]
fn a_hold_is_extended_once() {
    let mut talk = holding();
    talk.writes("necesito más tiempo para pagar")
        .hears_nothing();
    assert!(matches!(talk.command, Some(Command::Extend { .. })));
    talk.obeys().hears("hasta las 10:45");
    talk.writes("mis reservas");
    assert_eq!(talk.titles(), ["Pagar la seña", "Cancelar reserva"]);
    talk.presses_id("extend/RES261124AAAAA0", "Necesito más tiempo")
        .hears("ya fue extendida");
    assert_eq!(talk.command, None);
}

#[test]
fn an_extension_that_cannot_be_leads_on() {
    let mut talk = holding();
    talk.happens(Event::ExtendDecided {
        decision: ExtendDecision::NotPossible,
    });
    assert!(!talk.options().is_empty());
    talk.happens(Event::ExtendDecided {
        decision: ExtendDecision::Unavailable,
    });
    assert!(!talk.options().is_empty());
}

#[test]
fn the_refund_is_told_before_a_cancellation_is_confirmed() {
    let mut talk = confirmed();
    talk.writes("quiero cancelar la reserva")
        .hears("Se te devuelve todo lo que pagaste: $ 14.400");
    assert_eq!(talk.command, None);
    talk.presses("Sí, cancelar");
    assert_eq!(
        talk.command,
        Some(Command::Cancel {
            code: code("RES261124AAAAA0")
        })
    );
    // The reservation itself says that it is cancelled.
    talk.obeys().hears_nothing();
}

#[test]
fn a_bare_yes_confirms_a_cancellation_and_a_no_keeps_the_reservation() {
    let mut talk = confirmed();
    talk.writes("cancelar")
        .writes("no")
        .hears("queda como estaba");
    talk.writes("sí");
    assert_eq!(talk.command, None);
    talk.writes("cancelar").writes("sí");
    assert!(matches!(talk.command, Some(Command::Cancel { .. })));
}

#[test]
fn a_refund_that_changed_is_told_again() {
    let mut talk = confirmed();
    talk.writes("cancelar");
    talk.reservations[0].refund_if_cancelled_now = Refund {
        amount: Money::pesos(7_200),
        basis: RefundBasis::Late,
    };
    talk.presses("Sí, cancelar")
        .hears("La devolución cambió")
        .hears("$ 7.200 de los $ 14.400");
    assert_eq!(talk.command, None);
    talk.presses("Sí, cancelar");
    assert!(matches!(talk.command, Some(Command::Cancel { .. })));
}

#[test]
fn a_cancelled_reservation_is_not_cancelled_twice() {
    let mut talk = confirmed();
    talk.writes("cancelar");
    let yes = talk.id_of("Sí, cancelar");
    talk.presses_id(&yes, "Sí, cancelar").obeys();
    talk.presses_id(&yes, "Sí, cancelar")
        .hears("ya estaba cancelada");
    assert_eq!(talk.command, None);
}

#[test]
fn a_cancellation_that_cannot_be_leads_on() {
    let mut talk = confirmed();
    let decision = CancelDecision::NotPossible {
        status: ReservationStatus::Completed,
    };
    talk.happens(Event::CancelDecided { decision })
        .hears("ya no se puede cancelar");
    assert!(!talk.options().is_empty());
}

#[test]
fn several_reservations_can_be_told_apart() {
    let mut talk = holding();
    talk.reserve(
        "Lenga",
        stay("2027-02-01", "2027-02-03"),
        2,
        ReservationStatus::Confirmed,
    );
    talk.writes("mis reservas");
    assert_eq!(
        talk.titles(),
        ["vie 15/01 al lun 18/01", "lun 01/02 al mié 03/02"]
    );
    talk.writes("la segunda")
        .hears("confirmada")
        .hears("Casa Lenga");
}

#[test]
fn a_code_of_somebody_else_says_nothing_about_it() {
    let mut talk = holding();
    talk.writes("cómo está la reserva RES261124ZZZZZ9?")
        .hears("No encuentro la reserva RES261124ZZZZZ9");
    assert!(talk.titles().contains(&"Hablar con alguien".to_owned()));
}

#[test]
fn a_guest_without_reservations_is_led_to_booking() {
    let mut talk = Talk::new();
    talk.writes("mis reservas")
        .hears("No encuentro reservas")
        .presses("Ver disponibilidad")
        .hears("¿Para qué fechas?");
    talk.writes("quiero cancelar mi reserva")
        .hears("No encuentro ninguna reserva para cancelar");
}

#[test]
fn changing_a_reservation_is_a_matter_for_a_person() {
    let mut talk = confirmed();
    talk.writes("quiero cambiar la fecha de mi reserva")
        .hears("los hace una persona")
        .writes("sí");
    assert!(
        matches!(talk.command, Some(Command::HandOver { .. })),
        "{}",
        talk.heard()
    );
}
