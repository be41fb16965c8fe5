//! What a guest wants to know about the place before or after booking it.

use domain::{Accommodation, AccommodationId, BasisPoints, ReservationStatus};
use minijinja::{Value, context};

use super::{Turn, asking};
use crate::{
    Say,
    action::{Action, Topic},
    format::{clock, percent},
    state::Asked,
    texts::{Key, Label},
};

/// Every picture is a message of its own, and each costs.
const MAX_PHOTOS: usize = 3;

/// More accommodations than these are not described in one message.
const MAX_DESCRIBED: usize = 3;

/// How a question was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answered {
    /// With paragraphs that still need a next step.
    Noted,
    /// With a message that has one.
    Said,
}

/// Answers a question about one accommodation, or about all of them.
pub(super) fn about(turn: &mut Turn<'_>, topic: Topic, named: Option<AccommodationId>) -> Answered {
    let all = &turn.facts.inventory.accommodations;
    let named = named
        .or(turn.state.wish.accommodation)
        .and_then(|id| turn.facts.place(id));
    let places: Vec<&Accommodation> =
        named.map_or_else(|| all.iter().collect(), |place| vec![place]);
    match (topic, places.as_slice()) {
        (_, []) => Answered::Noted,
        (Topic::Photos, [place]) => photos(turn, place),
        (Topic::Photos, _) => which(turn, topic),
        (Topic::Amenities, places) if places.len() > MAX_DESCRIBED => which(turn, topic),
        (Topic::Amenities, places) => noted(turn, Key::Amenities, amenities(places)),
        (Topic::Location, places) => location(turn, places, named.map(|place| place.id)),
        (Topic::Times, places) => {
            let values = times(turn, places);
            noted(turn, Key::Times, values)
        }
        (Topic::Pets, places) => noted(turn, Key::Pets, pets(places, named.is_some())),
        (Topic::Policies, places) => noted(turn, Key::Policies, policies(places)),
        (Topic::Prices, places) => noted(turn, Key::Prices, prices(places)),
    }
}

fn noted(turn: &mut Turn<'_>, key: Key, values: Value) -> Answered {
    turn.note(key, &values);
    Answered::Noted
}

fn which(turn: &mut Turn<'_>, topic: Topic) -> Answered {
    asking::which_place(turn, topic);
    Answered::Said
}

fn photos(turn: &mut Turn<'_>, place: &Accommodation) -> Answered {
    let name = place.name.as_str();
    if place.photos.is_empty() {
        turn.note(Key::NoPhotos, &context! { name });
        return Answered::Noted;
    }
    for photo in place.photos.iter().take(MAX_PHOTOS) {
        let caption = photo
            .caption
            .as_deref()
            .filter(|caption| !caption.is_empty())
            .unwrap_or(name);
        turn.say.push(Say::Image {
            url: photo.url.clone(),
            caption: Some(caption.into()),
        });
    }
    if matches!(
        turn.state.asked,
        Asked::Nothing | Asked::Suggestion { .. } | Asked::Accommodation
    ) {
        let body = turn.voice.say(Key::AfterPhotos, &context! { name });
        let choose = Action::Place(place.id);
        let yes = choose.to_string();
        let buttons = turn.buttons(&[
            (choose, Label::Pick),
            (Action::Menu, Label::Menu),
            (Action::Person, Label::Person),
        ]);
        turn.ask(Asked::Suggestion { yes }, Say::buttons(body, buttons));
    } else {
        asking::next_step(turn);
    }
    Answered::Said
}

fn amenities(places: &[&Accommodation]) -> Value {
    let places: Vec<Value> = places
        .iter()
        .map(|place| {
            context! {
                name => place.name.as_str(),
                capacity => place.capacity,
                description => place.description.as_str(),
                amenities => place.amenities.join(", "),
            }
        })
        .collect();
    context! { places }
}

/// The pin and the address for confirmed guests, the area for everybody else.
fn location(
    turn: &mut Turn<'_>,
    places: &[&Accommodation],
    named: Option<AccommodationId>,
) -> Answered {
    let live = turn.facts.live();
    let confirmed = live.iter().find(|own| {
        own.status == ReservationStatus::Confirmed
            && named.is_none_or(|id| id == own.accommodation_id)
    });
    let found = confirmed.and_then(|own| Some((own, turn.facts.place(own.accommodation_id)?)));
    let Some((own, place)) = found else {
        let places: Vec<Value> = places
            .iter()
            .map(|place| context! { name => place.name.as_str(), area => place.location.area.as_str() })
            .collect();
        return noted(turn, Key::Area, context! { places });
    };
    let (name, address) = (place.name.clone(), place.location.address.clone());
    let body = turn.voice.say(
        Key::Address,
        &context! {
            name => name.as_str(),
            address => address.as_str(),
            check_in => turn.voice.date(own.stay.check_in()),
            from => clock(place.policies.stay.check_in_from),
        },
    );
    turn.say.push(Say::Location {
        latitude: place.location.latitude,
        longitude: place.location.longitude,
        name,
        address,
    });
    let view = Action::Reservation(own.code.clone());
    turn.tell_with(
        body,
        &[
            (view, Label::View),
            (Action::Menu, Label::Menu),
            (Action::Person, Label::Person),
        ],
    );
    Answered::Said
}

fn times(turn: &Turn<'_>, places: &[&Accommodation]) -> Value {
    let hours = |place: &Accommodation| {
        (
            place.policies.stay.check_in_from,
            place.policies.stay.check_out_by,
        )
    };
    let shown = merged(
        places,
        |a, b| hours(a) == hours(b),
        |place, name| {
            let (from, by) = hours(place);
            context! { name, from => clock(from), by => clock(by) }
        },
    );
    let confirmed = turn
        .facts
        .live()
        .iter()
        .any(|own| own.status == ReservationStatus::Confirmed);
    context! { places => shown, confirmed }
}

fn pets(places: &[&Accommodation], single: bool) -> Value {
    let allowed = |place: &&&Accommodation| place.policies.stay.pets_allowed;
    let names = |wanted: bool| {
        let names: Vec<&str> = places
            .iter()
            .filter(|place| allowed(place) == wanted)
            .map(|place| place.name.as_str())
            .collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let fees: Vec<Value> = places
        .iter()
        .filter(allowed)
        .filter_map(|place| {
            Some(context! { name => place.name.as_str(), price => place.rates.pets?.to_string() })
        })
        .collect();
    context! { allowed => names(true), refused => names(false), single, fees }
}

fn policies(places: &[&Accommodation]) -> Value {
    let terms = |place: &Accommodation| (place.policies.deposit, place.policies.cancellation);
    let shown = merged(
        places,
        |a, b| terms(a) == terms(b),
        |place, name| {
            let (deposit, cancellation) = terms(place);
            context! {
                name,
                share => percent(deposit.share),
                whole_within => deposit.whole_within_days,
                free_hours => cancellation.free_until_hours,
                late_share => percent(cancellation.late_share),
            }
        },
    );
    context! { places => shown }
}

fn prices(places: &[&Accommodation]) -> Value {
    let places: Vec<Value> = places
        .iter()
        .map(|place| {
            let rates = &place.rates;
            let seasons = rates
                .seasons
                .iter()
                .filter(|season| !season.closed)
                .filter_map(|season| season.nightly);
            let lowest = seasons.fold(rates.nightly, domain::Money::min);
            let weekend = (rates.weekend_multiplier != BasisPoints::WHOLE)
                .then(|| lowest.share(rates.weekend_multiplier).to_string());
            context! {
                name => place.name.as_str(),
                capacity => place.capacity,
                nightly => lowest.to_string(),
                weekend,
            }
        })
        .collect();
    context! { places }
}

/// Each accommodation under its name, or all as one without a name when they do not differ.
fn merged(
    places: &[&Accommodation],
    same: impl Fn(&Accommodation, &Accommodation) -> bool,
    show: impl Fn(&Accommodation, Option<&str>) -> Value,
) -> Vec<Value> {
    match places {
        [first, rest @ ..] if rest.iter().all(|place| same(first, place)) => {
            vec![show(first, None)]
        }
        several => several
            .iter()
            .map(|place| show(place, Some(place.name.as_str())))
            .collect(),
    }
}
