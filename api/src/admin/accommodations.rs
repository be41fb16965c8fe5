//! The units: what guests are told of them, what they cost, and what a stay would cost, line by line.

mod facts;
mod photos;
mod rates;
mod seasons;
mod terms;
mod words;

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
    Accommodation, AccommodationId, BasisPoints, Party, Role, Stay, availability::Refusal,
};
use serde::{Deserialize, de::DeserializeOwned};

pub(super) use facts::{Facts, create, new};
pub(super) use photos::{Fate, Photo, upload};
pub(super) use rates::Rates;
pub(super) use seasons::{Removal, Season};
pub(super) use terms::Terms;

use super::{
    access::{Owner, ReadOnly, SignedIn},
    chrome::{Fields, Section, Shell, page, refused},
    format::percent,
    quotes::{QuoteLine, line},
    words::Words,
};
use crate::{app::App, error::Error, extract::Query, wish::whole_date};
use photos::PhotoRow;
use seasons::SeasonRow;
use words::PlaceWords;

#[derive(Template)]
#[template(path = "admin/accommodations.html")]
struct ListPage {
    shell: Shell,
    w: &'static PlaceWords,
    places: Vec<Card>,
}

impl ListPage {
    fn may_change(&self) -> bool {
        self.shell.may(Role::Owner)
    }
}

struct Card {
    id: String,
    name: String,
    photo: Option<String>,
    capacity: String,
    nightly: String,
    area: String,
    active: bool,
}

/// The forms of the page, as they are or as somebody filled them in.
pub(super) struct Forms {
    facts: Facts,
    rates: Rates,
    season: Season,
    terms: Terms,
    photo: Photo,
}

/// A form that changes an accommodation.
pub(super) trait Change {
    /// Which state of the place it was made from.
    fn version(&self) -> &str;

    /// Makes the change.
    ///
    /// # Errors
    /// What cannot be read.
    fn apply(
        &self,
        place: &mut Accommodation,
        active: &mut bool,
        w: &'static PlaceWords,
        t: &'static Words,
    ) -> Result<(), &'static str>;

    /// Keeps what was typed, for another attempt.
    fn keep(self, forms: &mut Forms);
}

#[derive(Template)]
#[template(path = "admin/accommodation.html")]
struct PlacePage {
    shell: Shell,
    card: Card,
    description: String,
    amenities: Vec<String>,
    access: String,
    w: &'static PlaceWords,
    active: bool,
    version: i64,
    seasons: Vec<SeasonRow>,
    photos: Vec<PhotoRow>,
    facts: Vec<(&'static str, String)>,
    forms: Forms,
    problem: Option<&'static str>,
    preview: Wish,
    quoted: Option<Quoted>,
    refusal: Option<String>,
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
    Query(Wish { done, .. }): Query<Wish>,
) -> Result<Response, Error> {
    let database = app.database()?;
    let found = accommodations::all(&database).await?;
    let shell = Shell::new(&database, me, Section::Accommodations)
        .await?
        .saying(&done);
    page(&ListPage {
        w: PlaceWords::of(shell.t),
        places: found.iter().map(|it| card(&app, &shell, it)).collect(),
        shell,
    })
}

fn card(app: &App, shell: &Shell, found: &Editable) -> Card {
    let (format, place) = (shell.format(), &found.accommodation);
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
        active: found.active,
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
    let found = find(&app, &id).await?;
    page(&load(&app, me, &found, wish).await?)
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
    found: &Editable,
    preview: Wish,
) -> Result<PlacePage, Error> {
    let (database, place) = (app.database()?, &found.accommodation);
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
        w: PlaceWords::of(shell.t),
        active: found.active,
        version: found.version,
        photos: photos::rows(place, &app.public_url),
        card: card(app, &shell, found),
        description: place.description.clone(),
        amenities: place.amenities.clone(),
        access: place.access.clone(),
        seasons: seasons::rows(&shell, place),
        facts: facts(&shell, place),
        forms: Forms::of(found),
        problem: None,
        preview,
        quoted,
        refusal,
        shell,
    })
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

impl Forms {
    fn of(found: &Editable) -> Self {
        let place = &found.accommodation;
        Self {
            facts: Facts::of(place, found.active),
            rates: Rates::of(place),
            season: Season::default(),
            terms: Terms::of(place),
            photo: Photo::default(),
        }
    }
}

/// Changes a place as a form says.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn change<F>(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(form): Fields<F>,
) -> Result<Response, Error>
where
    F: Change + DeserializeOwned + Send + Sync + 'static,
{
    save(&app, me, &id, form).await
}

/// Changes a place as a form says, and shows it again: with what was done, or with why not.
async fn save(
    app: &App,
    me: Arc<SignedIn>,
    id: &str,
    form: impl Change,
) -> Result<Response, Error> {
    let shown = find(app, id).await?;
    let (id, t) = (shown.accommodation.id, me.words());
    let (w, version) = (
        PlaceWords::of(t),
        form.version().parse().unwrap_or_default(),
    );
    let change = |place: &mut Accommodation, active: &mut bool| form.apply(place, active, w, t);
    let by = me.actor();
    let edited =
        accommodations::edit(&app.database()?, (id, version), &by, Utc::now(), change).await?;
    let problem = match edited {
        Edited::Done => {
            let there = format!("/admin/accommodations/{id}?done=saved");
            return Ok(Redirect::to(&there).into_response());
        }
        Edited::Stale => t.changed_meanwhile,
        Edited::Refused(problem) => problem,
    };
    // What was typed stays; what it is compared with is what there is now.
    let mut page = load(app, me, &shown, Wish::default()).await?;
    form.keep(&mut page.forms);
    page.problem = Some(problem);
    refused(&page)
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
