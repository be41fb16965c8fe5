//! Questions about the place.

use dialogue::Say;
use domain::ReservationStatus;

use crate::world::{Talk, stay};

#[test]
fn a_question_about_what_there_is_names_every_cabin() {
    let mut talk = Talk::new();
    talk.writes("qué servicios tienen?")
        .hears("Cabaña Calafate")
        .hears("Casa Lenga")
        .hears("wifi, parrilla");
    assert!(!talk.options().is_empty());
}

#[test]
fn photos_are_pictures_and_end_with_a_next_step() {
    let mut talk = Talk::new();
    talk.writes("me mandás fotos?")
        .hears("¿De cuál querés ver fotos?")
        .presses("Cabaña Arrayán");
    let [
        Say::Image { url, caption },
        Say::Image { .. },
        Say::Buttons { .. },
    ] = talk.say.as_slice()
    else {
        panic!("{}", talk.heard());
    };
    assert_eq!(url, "https://fotos.example/2/1.jpg");
    assert_eq!(caption.as_ref().unwrap().as_str(), "El living");
}

#[test]
fn the_address_is_for_confirmed_guests_only() {
    let mut talk = Talk::new();
    talk.writes("dónde queda?")
        .hears("Villa La Angostura")
        .does_not_hear("Los Arrayanes 200");
    talk.reserve(
        "Arrayán",
        stay("2027-01-15", "2027-01-18"),
        4,
        ReservationStatus::PreReserved,
    );
    talk.writes("dónde queda?")
        .does_not_hear("Los Arrayanes 200");
    talk.reservations[0].status = ReservationStatus::Confirmed;
    talk.writes("dónde queda?").hears("Los Arrayanes 200");
    assert!(matches!(
        talk.say.as_slice(),
        [Say::Location { .. }, Say::Buttons { .. }]
    ));
}

#[test]
fn times_pets_and_policies_are_told_as_the_owner_set_them() {
    let mut talk = Talk::new();
    talk.writes("a qué hora se entra?")
        .hears("egada desde las 15:00, salida hasta las 10:00");
    talk.writes("aceptan mascotas?")
        .hears("Se aceptan mascotas en Casa Lenga")
        .hears("$ 3.000 por estadía");
    talk.presses_id("about/policies", "Pagos y cancelación")
        .hears("hasta 48 horas antes")
        .hears("50 %");
}

#[test]
fn a_price_without_dates_is_a_price_list_and_a_question() {
    let mut talk = Talk::new();
    talk.writes("cuánto sale?")
        .hears("desde $ 12.000 la noche, $ 18.000 en fin de semana")
        .hears("¿Para qué fechas?");
    assert_eq!(talk.say.len(), 1);
}

#[test]
fn how_to_pay_is_explained_to_who_has_nothing_to_pay() {
    let mut talk = Talk::new();
    talk.writes("cómo se paga?")
        .hears("Mercado Pago")
        .hears("seña del 30 %");
    assert!(!talk.options().is_empty());
}
