//! The units: what guests are told of them, what they cost, and what a stay would cost, line by line.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::Utc;
use database::{
    accommodations::{self, Editable, Edited},
    availability::inventory_around,
};
use domain::{
    Accommodation, AccommodationId, BasisPoints, Money, Party, Role, Stay, availability::Refusal,
};
use serde::Deserialize;

use super::{
    access::{Owner, ReadOnly, SignedIn},
    chrome::{Fields, Section, Shell, page, refused},
    format::{percent, pesos, read_hundredths, read_pesos},
    quotes::{QuoteLine, line},
    words::Words,
};
use crate::{app::App, error::Error, extract::Query, wish::whole_date};

#[derive(Template)]
#[template(path = "admin/accommodations.html")]
struct ListPage {
    shell: Shell,
    places: Vec<Card>,
}

struct Card {
    id: String,
    name: String,
    photo: Option<String>,
    capacity: String,
    nightly: String,
    area: String,
}

#[derive(Template)]
#[template(path = "admin/accommodation.html")]
struct PlacePage {
    shell: Shell,
    card: Card,
    description: String,
    amenities: Vec<String>,
    access: String,
    seasons: Vec<SeasonRow>,
    facts: Vec<(&'static str, String)>,
    form: Rates,
    problem: Option<&'static str>,
    preview: Wish,
    quoted: Option<Quoted>,
    refusal: Option<String>,
}

struct SeasonRow {
    name: String,
    dates: String,
    rate: String,
}

struct Quoted {
    lines: Vec<QuoteLine>,
    total: String,
    deposit: String,
}

/// A stay whose price somebody wants to see.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    check_in: String,
    check_out: String,
    guests: String,
    pets: String,
    done: String,
}

/// The rates, as the form says them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Rates {
    /// Which state of the place the form was made from.
    version: String,
    nightly: String,
    weekend: String,
    cleaning: String,
    pets: String,
    extra_guest: String,
    minimum_nights: String,
}

impl PlacePage {
    fn may_change(&self) -> bool {
        self.shell.may(Role::Owner)
    }
}

/// Shows them.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn list(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
) -> Result<Response, Error> {
    let database = app.database()?;
    let found = accommodations::active(&database).await?;
    let shell = Shell::new(&database, me, Section::Accommodations).await?;
    page(&ListPage {
        places: found.iter().map(|it| card(&app, &shell, it)).collect(),
        shell,
    })
}

fn card(app: &App, shell: &Shell, place: &Accommodation) -> Card {
    let format = shell.format();
    Card {
        id: place.id.to_string(),
        name: place.name.clone(),
        // Only ours: the pages load nothing from elsewhere.
        photo: place
            .photos
            .first()
            .and_then(|photo| of_ours(&photo.url, &app.public_url)),
        capacity: shell.t.people(place.capacity),
        nightly: format.money(place.rates.nightly),
        area: place.location.area.clone(),
    }
}

/// The path of a picture that we serve ourselves, at our own address or as the demo was seeded.
fn of_ours(url: &str, public_url: &str) -> Option<String> {
    const SEEDED: [&str; 2] = ["http://localhost:8000", "http://127.0.0.1:8000"];
    let name = std::iter::once(public_url.trim_end_matches('/'))
        .chain(SEEDED)
        .find_map(|base| url.strip_prefix(base)?.strip_prefix("/photos/"))?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (!name.is_empty() && name.bytes().all(is_plain)).then(|| format!("/photos/{name}"))
}

/// Shows one, and what a stay in it would cost.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn show(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(wish): Query<Wish>,
) -> Result<Response, Error> {
    let place = find(&app, &id).await?;
    let form = Rates::of(&place);
    page(&load(&app, me, &place.accommodation, wish, form, None).await?)
}

async fn find(app: &App, id: &str) -> Result<Editable, Error> {
    let missing = || Error::NotFound("accommodation");
    let id: AccommodationId = id.parse().map_err(|_no_id| missing())?;
    let found = accommodations::editable(&app.database()?, id).await?;
    found.ok_or_else(missing)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    place: &Accommodation,
    preview: Wish,
    form: Rates,
    problem: Option<&'static str>,
) -> Result<PlacePage, Error> {
    let database = app.database()?;
    let shell = Shell::new(&database, me, Section::Accommodations)
        .await?
        .saying(&preview.done);
    let (quoted, refusal) = match preview.read() {
        None if preview.is_empty() => (None, None),
        None => (None, Some(shell.t.preview_invalid.to_owned())),
        Some((stay, party)) => {
            let inventory = inventory_around(&database, Utc::now(), stay).await?;
            let refusal = inventory
                .offer(place, stay, party)
                .err()
                .map(|refusal| shell.t.refusal(&refusal));
            let quote = inventory.price(place, stay, party).quote;
            let format = shell.format();
            let quoted = Quoted {
                lines: quote.lines.iter().map(|it| line(&shell, it)).collect(),
                total: format.money(quote.total),
                deposit: format.money(quote.deposit),
            };
            (Some(quoted), refusal)
        }
    };
    Ok(PlacePage {
        card: card(app, &shell, place),
        description: place.description.clone(),
        amenities: place.amenities.clone(),
        access: place.access.clone(),
        seasons: seasons(&shell, place),
        facts: facts(&shell, place),
        form,
        problem,
        preview,
        quoted,
        refusal,
        shell,
    })
}

fn seasons(shell: &Shell, place: &Accommodation) -> Vec<SeasonRow> {
    let format = shell.format();
    let row = |season: &domain::rate::Season| SeasonRow {
        name: season.name.clone(),
        dates: format!(
            "{} → {}",
            format.full_day(season.from),
            format.full_day(season.to)
        ),
        rate: if season.closed {
            shell.t.closed_season.to_owned()
        } else {
            format.money(season.nightly.unwrap_or(place.rates.nightly))
        },
    };
    place.rates.seasons.iter().map(row).collect()
}

fn facts(shell: &Shell, place: &Accommodation) -> Vec<(&'static str, String)> {
    let (t, policies) = (shell.t, &place.policies);
    let percent = |share: BasisPoints| format!("{} %", percent(share));
    vec![
        (t.deposit, percent(policies.deposit.share)),
        (
            t.hold_lasts,
            shell
                .format()
                .length(chrono::TimeDelta::seconds(policies.hold.seconds.into())),
        ),
        (
            t.free_until,
            format!("{} h", policies.cancellation.free_until_hours),
        ),
        (t.given_back_late, percent(policies.cancellation.late_share)),
        (
            t.check_in_from,
            policies.stay.check_in_from.format("%H:%M").to_string(),
        ),
        (
            t.check_out_by,
            policies.stay.check_out_by.format("%H:%M").to_string(),
        ),
    ]
}

impl Wish {
    fn is_empty(&self) -> bool {
        self.check_in.is_empty() && self.check_out.is_empty()
    }

    fn read(&self) -> Option<(Stay, Party)> {
        let stay = Stay::new(whole_date(&self.check_in)?, whole_date(&self.check_out)?).ok()?;
        let guests = self.guests.parse().unwrap_or(2);
        let party = Party::new(guests, 0, !self.pets.is_empty()).ok()?;
        Some((stay, party))
    }
}

impl Rates {
    fn of(found: &Editable) -> Self {
        let place = &found.accommodation;
        let optional = |amount: Option<Money>| amount.map(pesos).unwrap_or_default();
        Self {
            version: found.version.to_string(),
            nightly: pesos(place.rates.nightly),
            weekend: percent(place.rates.weekend_multiplier),
            cleaning: optional(place.rates.cleaning),
            pets: optional(place.rates.pets),
            extra_guest: optional(place.rates.extra_guest),
            minimum_nights: place.policies.stay.minimum_nights.to_string(),
        }
    }

    /// Gives a place these rates.
    ///
    /// # Errors
    /// What cannot be read.
    fn apply(&self, place: &mut Accommodation, t: &'static Words) -> Result<(), &'static str> {
        let amount = |text: &str| read_pesos(text).ok_or(t.amount_invalid);
        let optional = |text: &str| {
            if text.trim().is_empty() {
                Ok(None)
            } else {
                amount(text).map(Some)
            }
        };
        let rates = &mut place.rates;
        rates.nightly = amount(&self.nightly)?;
        if !rates.nightly.is_positive() {
            return Err(t.amount_invalid);
        }
        let weekend = read_hundredths(&self.weekend).filter(|it| (5_000..=50_000).contains(it));
        rates.weekend_multiplier = BasisPoints(weekend.ok_or(t.percent_invalid)?);
        rates.cleaning = optional(&self.cleaning)?;
        rates.pets = optional(&self.pets)?;
        rates.extra_guest = optional(&self.extra_guest)?;
        let nights: u16 = self
            .minimum_nights
            .trim()
            .parse()
            .map_err(|_none| t.minimum_invalid)?;
        if !(1..=30).contains(&nights) {
            return Err(t.minimum_invalid);
        }
        place.policies.stay.minimum_nights = nights;
        Ok(())
    }
}

/// Changes what it costs from now on. What is held or booked keeps its price.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn set_rates(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(form): Fields<Rates>,
) -> Result<Response, Error> {
    let place = find(&app, &id).await?;
    let (database, now, t) = (app.database()?, Utc::now(), me.words());
    let shown = (
        place.accommodation.id,
        form.version.parse().unwrap_or_default(),
    );
    let change = |place: &mut Accommodation, _active: &mut bool| form.apply(place, t);
    let edited = accommodations::edit(&database, shown, &me.actor(), now, change).await?;
    let problem = match edited {
        Edited::Done => {
            let there = format!(
                "/admin/accommodations/{}?done=saved",
                place.accommodation.id
            );
            return Ok(Redirect::to(&there).into_response());
        }
        Edited::Stale => t.changed_meanwhile,
        Edited::Refused(problem) => problem,
    };
    // What was typed stays; what it is compared with is what there is now.
    let form = Rates {
        version: place.version.to_string(),
        ..form
    };
    refused(
        &load(
            &app,
            me,
            &place.accommodation,
            Wish::default(),
            form,
            Some(problem),
        )
        .await?,
    )
}

impl Words {
    /// Why something was not done to a reservation, in a sentence. Other errors are not this page's to tell.
    pub(super) fn why_not(&self, error: Error) -> Result<String, Error> {
        match error {
            Error::NotPossible { .. } => Ok(self.not_possible.to_owned()),
            Error::Invalid { detail, .. } => Ok(detail),
            Error::Unavailable { .. } => Ok(self.not_answered.to_owned()),
            Error::DatesTaken { .. } => Ok(self.block_taken.to_owned()),
            Error::Refused { refusal, .. } => {
                Ok(format!("{} {}", self.not_for_sale, self.refusal(&refusal)))
            }
            error => Err(error),
        }
    }

    /// Why a stay would not be taken.
    pub(super) fn refusal(&self, refusal: &Refusal) -> String {
        match refusal {
            Refusal::Past => self.refused_past.to_owned(),
            Refusal::TooSoon { .. } => self.refused_too_soon.to_owned(),
            Refusal::TooFarAhead { .. } => self.refused_too_far.to_owned(),
            Refusal::TooShort { minimum_nights } => {
                format!(
                    "{} {}",
                    self.refused_too_short,
                    self.nights(*minimum_nights)
                )
            }
            Refusal::Closed => self.refused_closed.to_owned(),
            Refusal::TooManyGuests { capacity } => {
                format!("{} {}", self.refused_too_many, self.people(*capacity))
            }
            Refusal::NoPets => self.refused_pets.to_owned(),
            Refusal::Taken => self.refused_taken.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_of_ours_are_shown() {
        let shown = |url| of_ours(url, "https://posada.example/");
        for ours in [
            "https://posada.example/photos/a-1.jpg",
            "http://localhost:8000/photos/a-1.jpg",
        ] {
            assert_eq!(shown(ours).as_deref(), Some("/photos/a-1.jpg"), "{ours}");
        }
        for other in [
            "https://evil.example/?://localhost/photos/a-1.jpg",
            "https://posada.example.evil/photos/a-1.jpg",
            "https://posada.example/photos/../admin",
            "https://posada.example/photos/",
            "https://posada.example/other/photos/a-1.jpg",
        ] {
            assert_eq!(shown(other), None, "{other}");
        }
    }
}
