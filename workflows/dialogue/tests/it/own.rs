//! What a guest can do with reservations they have.

use chrono::TimeDelta;
use dialogue::{CancelDecision, Command, Event, ExtendDecision, RevokeDecision, Say};
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
        [
            "Pagar la seña",
            "Necesito más tiempo",
            "Cambiar fechas",
            "Cancelar reserva"
        ]
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
fn a_yes_after_the_hold_is_about_its_deposit() {
    let mut talk = holding();
    talk.writes("dale, confirmo")
        .hears("Seña: $ 14.400. La guardo hasta las 10:30");
    assert!(matches!(talk.say.as_slice(), [Say::Link { .. }]));
    confirmed().writes("dale").does_not_hear("https://");
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
    assert_eq!(
        talk.titles(),
        ["Pagar la seña", "Cambiar fechas", "Cancelar reserva"]
    );
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
fn a_purchase_is_revoked_after_the_guest_was_told_what_that_means() {
    for words in [
        "me arrepentí de la compra",
        "botón de arrepentimiento",
        "quiero revocar la reserva",
        "quero exercer o direito de arrependimento e cancelar a reserva",
        "I want to revoke and cancel my reservation",
    ] {
        let mut talk = confirmed();
        talk.writes(words).hears("$ 14.400");
        assert_eq!(talk.command, None, "{words}");
        let yes = talk.options()[0].0.clone();
        talk.presses_id(&yes, "");
        let wanted = Command::Revoke {
            code: code("RES261124AAAAA0"),
        };
        assert_eq!(talk.command, Some(wanted), "{words}");
        // The reservation itself says so, with the code.
        talk.obeys().hears_nothing();
    }
}

#[test]
fn a_bare_yes_revokes_and_a_no_keeps_the_reservation() {
    let mut talk = confirmed();
    talk.writes("me arrepentí de la compra").writes("no");
    assert_eq!(talk.command, None);
    talk.writes("me arrepentí de la compra").writes("sí");
    assert!(matches!(talk.command, Some(Command::Revoke { .. })));
}

#[test]
fn when_it_is_too_late_to_revoke_cancelling_is_offered() {
    let mut talk = confirmed();
    talk.reservations[0].revocable_until = talk.now - TimeDelta::hours(1);
    talk.writes("me arrepentí de la compra")
        .hears("ya terminó")
        .hears("¿Cancelo la reserva");
    let mut talk = confirmed();
    talk.happens(Event::RevokeDecided {
        decision: RevokeDecision::TooLate {
            code: code("RES261124AAAAA0"),
        },
    })
    .hears("ya terminó")
    .hears("¿Cancelo la reserva");
}

#[test]
fn the_balance_can_be_paid_when_the_guest_wants_to() {
    for words in [
        "quiero pagar el saldo",
        "¿me pasás el link para pagar el resto?",
        "quero pagar o saldo",
        "I want to pay the balance",
    ] {
        let mut talk = confirmed();
        talk.writes(words);
        let wanted = Command::OfferBalance {
            code: code("RES261124AAAAA0"),
        };
        assert_eq!(talk.command, Some(wanted), "{words}: {}", talk.heard());
    }
    let mut talk = confirmed();
    talk.writes("quiero pagar el saldo");
    talk.obeys().hears("$ 33.600");
    talk.reservations[0].payment_url = Some("https://pagos.example/saldo".to_owned());
    talk.writes("quiero pagar el saldo").hears("$ 33.600");
    assert!(matches!(talk.say.as_slice(), [Say::Link { .. }]));
    talk.reservations[0].paid = talk.reservations[0].quote.total;
    talk.writes("quiero pagar el saldo")
        .hears("pagada por completo");
}

#[test]
fn whoever_asks_how_to_pay_a_confirmed_stay_is_offered_to_pay_the_balance() {
    let mut talk = confirmed();
    talk.writes("¿cómo se paga?").presses("Pagar el saldo");
    assert!(matches!(talk.command, Some(Command::OfferBalance { .. })));
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
fn what_is_not_the_dates_is_changed_by_a_person() {
    let mut talk = confirmed();
    talk.writes("en mi reserva somos 3 y no 4, la quiero modificar")
        .hears("una persona del equipo")
        .writes("sí");
    assert!(
        matches!(talk.command, Some(Command::HandOver { .. })),
        "{}",
        talk.heard()
    );
}
