//! What a reservation tells its guest by itself.

use dialogue::{Alternative, Notice, NoticeFacts, Say, notice, template_for, templates};
use domain::{
    Accommodation, Language, Money, Party,
    cancellation::{Refund, RefundBasis},
};

use crate::world::{NOW, TEXTS, Talk, at, code, stay};

fn all() -> Vec<Notice> {
    let talk = Talk::new();
    let amount = Money::pesos(14_400);
    let lenga = talk.place("Lenga");
    let offer = talk.inventory.price(
        &lenga,
        stay("2027-01-16", "2027-01-19"),
        Party::of(4).unwrap(),
    );
    vec![
        Notice::PaymentLink,
        Notice::HoldWithoutLink,
        Notice::Offer { minutes_left: 20 },
        Notice::HoldReminder { minutes_left: 10 },
        Notice::HoldExpired,
        Notice::Extended,
        Notice::Confirmed,
        Notice::ArrivalReminder,
        Notice::Instructions,
        Notice::Thanks,
        Notice::Cancelled {
            refund: Refund {
                amount,
                basis: RefundBasis::Free,
            },
        },
        Notice::Cancelled {
            refund: Refund {
                amount: Money::ZERO,
                basis: RefundBasis::NothingPaid,
            },
        },
        Notice::PaymentRejected,
        Notice::PaymentPending,
        Notice::ConfirmedLate,
        Notice::RefundedLate {
            amount,
            alternatives: vec![Alternative {
                name: lenga.name,
                offer,
            }],
        },
        Notice::RefundedLate {
            amount,
            alternatives: Vec::new(),
        },
        Notice::Displaced {
            amount: Money::ZERO,
            alternatives: Vec::new(),
        },
        Notice::Displaced {
            amount,
            alternatives: Vec::new(),
        },
        Notice::OverpaidReturned { amount },
        Notice::DatesChanged { refund: amount },
        Notice::DatesChanged {
            refund: Money::ZERO,
        },
        Notice::RefundDone { amount },
    ]
}

fn facts<'a>(place: &'a Accommodation, url: Option<&str>) -> NoticeFacts<'a> {
    let talk = Talk::new();
    let (stay, party) = (stay("2027-01-15", "2027-01-18"), Party::of(4).unwrap());
    NoticeFacts {
        code: code("RES261124ABC123"),
        guest_name: Some("Ana Pérez".to_owned()),
        guest_has_phone: true,
        accommodation: place,
        stay,
        party,
        quote: talk.inventory.price(place, stay, party).quote,
        paid: Money::ZERO,
        expires_at: Some(at("2026-11-24T13:30:00Z")),
        payment_url: url.map(str::to_owned),
        now: at(NOW),
    }
}

fn said(what: &Notice, facts: &NoticeFacts<'_>) -> String {
    notice(what, facts, Language::Es, &TEXTS)
        .iter()
        .map(Say::as_plain_text)
        .collect::<Vec<_>>()
        .join("\n---\n")
}

#[test]
fn the_link_comes_with_everything_the_guest_needs() {
    let place = Talk::new().place("Arrayán");
    insta::assert_snapshot!(said(&Notice::PaymentLink, &facts(&place, Some("https://pagos.example/1"))), @"
    ¡Listo, Ana! Te guardé *Cabaña Arrayán*, vie 15/01 al lun 18/01, 4 personas, hasta las 10:30. Código: *RES261124ABC123*.

    Total: $ 48.000. Para confirmar, pagá la seña de $ 14.400 con el botón; apenas se acredita, te aviso.

    Pagar la seña: https://pagos.example/1
    ");
}

#[test]
fn a_link_that_is_not_there_is_not_promised_to_be() {
    let place = Talk::new().place("Arrayán");
    let said = said(&Notice::PaymentLink, &facts(&place, None));
    assert!(said.contains("está tardando un poco"), "{said}");
}

#[test]
fn the_address_and_access_are_told_with_the_instructions_only() {
    let place = Talk::new().place("Arrayán");
    for what in all() {
        let said = said(&what, &facts(&place, Some("https://pagos.example/1")));
        let told = said.contains(&place.location.address) || said.contains(&place.access);
        assert_eq!(told, what == Notice::Instructions, "{said}");
    }
}

#[test]
fn a_confirmation_says_what_is_paid_and_what_is_left() {
    let place = Talk::new().place("Arrayán");
    let mut facts = facts(&place, None);
    facts.paid = Money::pesos(14_400);
    facts.expires_at = None;
    insta::assert_snapshot!(said(&Notice::Confirmed, &facts), @"
    ✅ ¡Reserva confirmada, Ana!

    🏡 *Cabaña Arrayán*
    📅 vie 15/01 desde las 15:00, al lun 18/01 hasta las 10:00
    👥 4 personas
    💰 Pagado: $ 14.400 · Al llegar: $ 33.600

    Código: *RES261124ABC123*. El día antes de tu llegada te mando la dirección y cómo entrar.

    1. Ver mi reserva
    2. Hablar con alguien
    ");
}

#[test]
fn whoever_hides_their_number_is_asked_for_it_once_the_stay_is_theirs() {
    let place = Talk::new().place("Arrayán");
    let hidden = NoticeFacts {
        guest_has_phone: false,
        ..facts(&place, Some("https://pagos.example/1"))
    };
    let asks = |what: &Notice, facts: &NoticeFacts<'_>| {
        notice(what, facts, Language::Es, &TEXTS)
            .iter()
            .any(|say| matches!(say, Say::NumberRequest { .. }))
    };
    assert!(asks(&Notice::Confirmed, &hidden));
    assert!(!asks(&Notice::PaymentLink, &hidden));
    assert!(!asks(&Notice::Confirmed, &facts(&place, None)));
}

#[test]
fn no_notice_leaks_a_word_of_the_program_in_any_language() {
    let place = Talk::new().place("Arrayán");
    for url in [None, Some("https://pagos.example/1")] {
        for language in [Language::Es, Language::Pt, Language::En] {
            for what in all() {
                let facts = facts(&place, url);
                let says = notice(&what, &facts, language, &TEXTS);
                assert!(!says.is_empty(), "{what:?}");
                let text = says.iter().map(Say::as_plain_text).collect::<String>();
                for word in ["none", "undefined", "{{", "acc_", "_late", "pre_reserved"] {
                    assert!(!text.contains(word), "{word} in {what:?}:\n{text}");
                }
                let template = template_for(&what, &facts, language, &TEXTS);
                assert!(
                    template
                        .params
                        .iter()
                        .all(|(_, value)| !value.is_empty() && !value.contains('\n'))
                );
            }
        }
    }
}

#[test]
fn every_notice_has_an_approved_template_with_the_parameters_it_was_approved_with() {
    let place = Talk::new().place("Arrayán");
    let approved = templates(&TEXTS);
    for language in [Language::Es, Language::Pt, Language::En] {
        for what in all() {
            let filled = template_for(
                &what,
                &facts(&place, Some("https://pagos.example/1")),
                language,
                &TEXTS,
            );
            let found = approved
                .iter()
                .find(|template| {
                    template.name == filled.name && template.language == filled.language
                })
                .unwrap();
            let names = |params: &[(String, String)]| {
                params
                    .iter()
                    .map(|(name, _)| name.clone())
                    .collect::<Vec<_>>()
            };
            assert_eq!(names(&found.examples), names(&filled.params), "{what:?}");
        }
    }
}

#[test]
fn a_guest_without_a_name_is_still_addressed() {
    let place = Talk::new().place("Arrayán");
    let mut facts = facts(&place, None);
    facts.guest_name = Some("🌸".to_owned());
    let template = template_for(&Notice::Thanks, &facts, Language::Es, &TEXTS);
    assert_eq!(
        template.params[0],
        ("guest".to_owned(), "huésped".to_owned())
    );
}
