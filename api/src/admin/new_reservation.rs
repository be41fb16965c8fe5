//! A reservation that somebody takes by hand: the price first, then the guest.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::Utc;
use database::{accommodations, availability::inventory_around};
use domain::{AccommodationId, Party, Stay};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    access::{SignedIn, Staff},
    chrome::{Fields, Section, Shell, page, refused},
    quotes::{QuoteLine, line},
    words::texts,
};
use crate::{
    app::App,
    error::Error,
    extract::Query,
    reservations::{HoldBody, IdempotencyKey, place_by_hand},
    wish::whole_date,
};

texts! {
    /// What is said around a new reservation, in one language.
    NewWords {
        title: "Nueva reserva", "New reservation";
        lead: "Para quien llama o pasa por la puerta: primero el precio, después quién es.", "For whoever calls or comes by: the price first, then who it is.";
        price: "Precio", "Price";
        who: "Quién reserva", "Who books";
        name: "Nombre", "Name";
        phone_hint: "Con teléfono, el enlace de pago le llega por WhatsApp.", "With a phone number, the link to pay reaches them by WhatsApp.";
        phone_invalid: "Ese teléfono no parece válido: con + y país, o como se escribe acá.", "That phone number does not look valid: with + and country.";
        name_needed: "Escribí a nombre de quién.", "Write in whose name.";
        hold: "Guardar las noches", "Hold the nights";
        hold_hint: "Queda como pre-reserva con su plazo. Si ya te pagó, confirmala en la página que sigue.", "It becomes a hold with its time. If they have paid you, confirm it on the page that follows.";
        busy: "Alguien está pidiendo esas noches ahora mismo. Probá de nuevo en unos segundos.", "Somebody is asking for those nights right now. Try again in a few seconds.";
        price_changed: "El precio cambió desde que lo viste. Es este.", "The price has changed since you saw it. This is it.";
    }
}

#[derive(Template)]
#[template(path = "admin/reservation_new.html")]
struct NewPage {
    shell: Shell,
    w: &'static NewWords,
    places: Vec<(String, String)>,
    wish: Wish,
    quoted: Option<Quoted>,
    refusal: Option<String>,
    problem: Option<String>,
}

struct Quoted {
    lines: Vec<QuoteLine>,
    total: String,
    deposit: String,
    /// The total in centavos: what is held must cost what was seen.
    seen: i64,
}

/// Nights for somebody, as the form says it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    key: String,
    accommodation: String,
    check_in: String,
    check_out: String,
    guests: String,
    pets: String,
    name: String,
    phone: String,
    seen: String,
}

impl Wish {
    fn is_empty(&self) -> bool {
        self.check_in.is_empty() || self.check_out.is_empty()
    }

    fn people(&self) -> u8 {
        self.guests.parse().unwrap_or(2)
    }

    fn read(&self) -> Option<(AccommodationId, Stay, Party)> {
        let stay = Stay::new(whole_date(&self.check_in)?, whole_date(&self.check_out)?).ok()?;
        let party = Party::new(self.people(), 0, !self.pets.is_empty()).ok()?;
        Some((self.accommodation.parse().ok()?, stay, party))
    }
}

/// Asks for the nights, and shows what they cost.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn show(
    Staff(me): Staff,
    State(app): State<App>,
    Query(mut wish): Query<Wish>,
) -> Result<Response, Error> {
    wish.key = Uuid::new_v4().simple().to_string();
    page(&load(&app, me, wish, None).await?)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    wish: Wish,
    problem: Option<String>,
) -> Result<NewPage, Error> {
    let database = app.database()?;
    let shell = Shell::new(&database, me, Section::Reservations).await?;
    let (t, format) = (shell.t, shell.format());
    let (mut quoted, mut refusal) = (None, None);
    match wish.read() {
        None if wish.is_empty() => {}
        None => refusal = Some(t.preview_invalid.to_owned()),
        Some((id, stay, party)) => {
            let inventory = inventory_around(&database, Utc::now(), stay).await?;
            match inventory.accommodation(id) {
                None => refusal = Some(t.preview_invalid.to_owned()),
                Some(place) => match inventory.offer(place, stay, party) {
                    Err(why) => refusal = Some(format!("{} {}", t.not_for_sale, t.refusal(&why))),
                    Ok(offer) => {
                        quoted = Some(Quoted {
                            lines: offer
                                .quote
                                .lines
                                .iter()
                                .map(|it| line(&shell, it))
                                .collect(),
                            total: format.money(offer.quote.total),
                            deposit: format.money(offer.quote.deposit),
                            seen: offer.quote.total.centavos,
                        });
                    }
                },
            }
        }
    }
    let places = accommodations::all(&database).await?;
    let places = places.into_iter().filter(|it| it.active);
    Ok(NewPage {
        w: NewWords::of(t),
        places: places
            .map(|it| (it.accommodation.id.to_string(), it.accommodation.name))
            .collect(),
        shell,
        wish,
        quoted,
        refusal,
        problem,
    })
}

/// Holds the nights. Sent twice it is one reservation; sent with anything else it is another.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn create(
    Staff(me): Staff,
    State(app): State<App>,
    Fields(wish): Fields<Wish>,
) -> Result<Response, Error> {
    let (t, w) = (me.words(), NewWords::of(me.words()));
    let drawn = load(&app, Arc::clone(&me), wish.clone(), None).await?;
    if let Some(quoted) = &drawn.quoted
        && quoted.seen.to_string() != wish.seen
    {
        let problem = Some(w.price_changed.to_owned());
        return refused(&NewPage { problem, ..drawn });
    }
    let parts = [
        wish.accommodation.as_str(),
        &wish.check_in,
        &wish.check_out,
        &wish.guests,
        &wish.pets,
        &wish.name,
        &wish.phone,
    ];
    let key = IdempotencyKey::of_form(&wish.key, &parts);
    let asked = json!({
        "accommodation": wish.accommodation, "check_in": wish.check_in, "check_out": wish.check_out,
        "guests": wish.people(),
    });
    me.asks(&app, "reservation.place", wish.accommodation.clone(), asked)
        .await?;
    let body = HoldBody::by_hand(
        (&wish.accommodation, &wish.check_in, &wish.check_out),
        (wish.people().into(), !wish.pets.is_empty()),
        (wish.name.trim(), wish.phone.trim()),
    );
    let problem = match place_by_hand(&app, key, body).await {
        Ok((code, is_held)) => {
            let done = if is_held { "held" } else { "asked" };
            let there = if is_held {
                format!("/admin/reservations/{code}?done={done}")
            } else {
                format!("/admin/calendar?from={}&done={done}", wish.check_in)
            };
            return Ok(Redirect::to(&there).into_response());
        }
        Err(Error::InProgress) => w.busy.to_owned(),
        Err(Error::Invalid { field, .. }) => match field.as_str() {
            "guest.name" => w.name_needed.to_owned(),
            "guest.phone" => w.phone_invalid.to_owned(),
            _ => t.preview_invalid.to_owned(),
        },
        Err(error) => t.why_not(error)?,
    };
    refused(&NewPage {
        problem: Some(problem),
        ..drawn
    })
}
