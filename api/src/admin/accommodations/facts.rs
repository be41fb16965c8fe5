//! What guests are told of a place, and places that are new.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::Utc;
use database::accommodations;
use domain::{
    Accommodation, AccommodationId, Money,
    accommodation::{Kind, Location},
    party::MAX_GUESTS,
    policy::Policies,
    rate::RatePlan,
};
use serde::Deserialize;

use super::{Change, Forms, words::PlaceWords};
use crate::{
    admin::{
        access::{Owner, SignedIn},
        chrome::{Fields, Section, Shell, page, refused},
        format::read_pesos,
        words::Words,
    },
    app::App,
    error::Error,
};

/// The longest text about a place. `WhatsApp` sends it in one message.
const LONGEST: usize = 1_500;

/// The longest line.
const LONGEST_LINE: usize = 120;

/// The most lines of a list.
const MOST_LINES: usize = 40;

#[derive(Template)]
#[template(path = "admin/accommodation_new.html")]
struct NewPage {
    shell: Shell,
    w: &'static PlaceWords,
    key: String,
    facts: Facts,
    problem: Option<&'static str>,
}

/// What is told of a place, as the form says it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Facts {
    version: String,
    pub(super) name: String,
    pub(super) aliases: String,
    pub(super) kind: String,
    pub(super) capacity: String,
    pub(super) description: String,
    pub(super) amenities: String,
    pub(super) area: String,
    pub(super) address: String,
    pub(super) access: String,
    pub(super) latitude: String,
    pub(super) longitude: String,
    pub(super) active: String,
    /// Only of a new one.
    key: String,
    pub(super) nightly: String,
}

impl Facts {
    pub(super) fn of(place: &Accommodation, active: bool) -> Self {
        Self {
            name: place.name.clone(),
            aliases: place.aliases.join("\n"),
            kind: place.kind.as_str().to_owned(),
            capacity: place.capacity.to_string(),
            description: place.description.clone(),
            amenities: place.amenities.join("\n"),
            area: place.location.area.clone(),
            address: place.location.address.clone(),
            access: place.access.clone(),
            latitude: place.location.latitude.to_string(),
            longitude: place.location.longitude.to_string(),
            active: if active { "yes" } else { "" }.to_owned(),
            ..Self::default()
        }
    }

    /// The kinds of places, each with its word and whether it is this one's.
    pub(super) fn kinds(&self, w: &'static PlaceWords) -> Vec<(&'static str, &'static str, bool)> {
        [
            (Kind::Cabin, w.kind_cabin),
            (Kind::House, w.kind_house),
            (Kind::Apartment, w.kind_apartment),
            (Kind::Room, w.kind_room),
        ]
        .map(|(kind, name)| (kind.as_str(), name, kind.as_str() == self.kind))
        .to_vec()
    }
}

impl Change for Facts {
    fn version(&self) -> &str {
        &self.version
    }

    fn apply(
        &self,
        place: &mut Accommodation,
        active: &mut bool,
        w: &'static PlaceWords,
        t: &'static Words,
    ) -> Result<(), &'static str> {
        place.name = line(&self.name)
            .filter(|it| !it.is_empty())
            .ok_or(t.name_invalid)?;
        place.aliases = lines(&self.aliases).ok_or(w.lines_invalid)?;
        place.kind = match self.kind.as_str() {
            "cabin" => Kind::Cabin,
            "house" => Kind::House,
            "apartment" => Kind::Apartment,
            "room" => Kind::Room,
            _ => return Err(w.kind_invalid),
        };
        place.capacity = self
            .capacity
            .trim()
            .parse()
            .ok()
            .filter(|it| (1..=MAX_GUESTS).contains(it))
            .ok_or(w.capacity_invalid)?;
        place.description = text(&self.description).ok_or(w.text_invalid)?;
        place.amenities = lines(&self.amenities).ok_or(w.lines_invalid)?;
        place.location.area = line(&self.area).ok_or(w.lines_invalid)?;
        place.location.address = line(&self.address).ok_or(w.lines_invalid)?;
        place.location.latitude =
            degrees(&self.latitude, place.location.latitude, 90.0).ok_or(w.place_invalid)?;
        place.location.longitude =
            degrees(&self.longitude, place.location.longitude, 180.0).ok_or(w.place_invalid)?;
        place.access = text(&self.access).ok_or(w.text_invalid)?;
        *active = !self.active.is_empty();
        Ok(())
    }

    fn keep(self, forms: &mut Forms) {
        forms.facts = self;
    }
}

/// Degrees as maps write them, with a point or a comma. What is left empty stays as it was.
fn degrees(given: &str, before: f64, most: f64) -> Option<f64> {
    match given.trim() {
        "" => Some(before),
        text => text
            .replace(',', ".")
            .parse()
            .ok()
            .filter(|it: &f64| it.is_finite() && it.abs() <= most),
    }
}

fn line(given: &str) -> Option<String> {
    let line = given.trim();
    let fits = line.chars().count() <= LONGEST_LINE && !line.contains(char::is_control);
    fits.then(|| line.to_owned())
}

fn lines(given: &str) -> Option<Vec<String>> {
    let lines: Option<Vec<_>> = given
        .lines()
        .filter(|it| !it.trim().is_empty())
        .map(line)
        .collect();
    lines.filter(|it| it.len() <= MOST_LINES)
}

fn text(given: &str) -> Option<String> {
    let text = given.trim().replace("\r\n", "\n");
    (text.chars().count() <= LONGEST).then_some(text)
}

/// Asks for a new one.
///
/// # Errors
/// When the database does not answer.
pub(in crate::admin) async fn new(
    Owner(me): Owner,
    State(app): State<App>,
) -> Result<Response, Error> {
    let blank = Facts {
        kind: Kind::Cabin.as_str().to_owned(),
        ..Facts::default()
    };
    page(&asked(&app, me, blank, None).await?)
}

async fn asked(
    app: &App,
    me: Arc<SignedIn>,
    facts: Facts,
    problem: Option<&'static str>,
) -> Result<NewPage, Error> {
    let shell = Shell::new(&app.database()?, me, Section::Accommodations).await?;
    let known = facts.key.parse::<AccommodationId>();
    Ok(NewPage {
        key: known
            .unwrap_or_else(|_none| AccommodationId::generate())
            .to_string(),
        w: PlaceWords::of(shell.t),
        facts,
        problem,
        shell,
    })
}

/// Adds one. The form carries its identifier: sent twice, it is there once.
///
/// # Errors
/// [`Error::Malformed`] without one.
pub(in crate::admin) async fn create(
    Owner(me): Owner,
    State(app): State<App>,
    Fields(form): Fields<Facts>,
) -> Result<Response, Error> {
    let id: AccommodationId = form.key.parse().map_err(|_none| Error::Malformed)?;
    let (t, mut active) = (me.words(), false);
    let read = read_pesos(&form.nightly)
        .filter(|it| it.is_positive())
        .ok_or(t.amount_invalid)
        .and_then(|nightly| {
            let mut place = blank(id, nightly);
            form.apply(&mut place, &mut active, PlaceWords::of(t), t)?;
            Ok(place)
        });
    let place = match read {
        Ok(place) => place,
        Err(problem) => return refused(&asked(&app, me, form, Some(problem)).await?),
    };
    accommodations::add(&app.database()?, &place, active, &me.actor(), Utc::now()).await?;
    let there = format!("/admin/accommodations/{id}?done=saved");
    Ok(Redirect::to(&there).into_response())
}

fn blank(id: AccommodationId, nightly: Money) -> Accommodation {
    Accommodation {
        id,
        name: String::new(),
        aliases: Vec::new(),
        kind: Kind::Cabin,
        capacity: 1,
        description: String::new(),
        amenities: Vec::new(),
        photos: Vec::new(),
        location: Location {
            area: String::new(),
            address: String::new(),
            latitude: 0.0,
            longitude: 0.0,
        },
        access: String::new(),
        time_zone: chrono_tz::America::Argentina::Buenos_Aires,
        rates: RatePlan::flat(nightly),
        policies: Policies::default(),
    }
}
