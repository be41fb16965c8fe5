//! What is free, and why something is not.

use domain::{
    Accommodation, Party, Stay,
    availability::{Offer, Refusal},
};
use minijinja::{Value, context};

use super::{Turn, asking, waiting};
use crate::{
    Say,
    action::{Action, Topic},
    state::Asked,
    texts::{Key, Label},
};

/// How many offers a list shows; one row is kept for other dates.
const MAX_OFFERS: usize = 9;

/// How many alternatives are shown.
const MAX_ALTERNATIVES: usize = 5;

/// The longest body that still leaves room for a greeting.
const ROOMY_BODY: usize = 900;

/// Shows everything that is free for the stay.
pub(super) fn show(turn: &mut Turn<'_>, stay: Stay, party: Party) {
    let mut offers = turn.facts.inventory.offers(stay, party);
    offers.truncate(MAX_OFFERS);
    match offers.as_slice() {
        [] => refuse_everywhere(turn, stay, party),
        [only] => show_one(turn, only, party),
        _ => show_list(turn, &offers, stay, party),
    }
}

fn show_list(turn: &mut Turn<'_>, offers: &[Offer], stay: Stay, party: Party) {
    let with_lines = offers_body(turn, offers, stay, party, true);
    let body = if with_lines.chars().count() <= ROOMY_BODY {
        with_lines
    } else {
        offers_body(turn, offers, stay, party, false)
    };
    let mut rows: Vec<_> = offers
        .iter()
        .map(|offer| asking::offer_row(turn, offer, party, false))
        .collect();
    rows.push(turn.row(&Action::OtherDates, Label::OtherDates));
    let say = Say::list(body, turn.voice.label(Label::OffersOpen), rows);
    turn.ask(Asked::Accommodation, say);
}

fn offers_body(
    turn: &Turn<'_>,
    offers: &[Offer],
    stay: Stay,
    party: Party,
    with_lines: bool,
) -> String {
    let voice = turn.voice;
    let shown: Vec<Value> = offers
        .iter()
        .filter_map(|offer| {
            let place = turn.facts.place(offer.accommodation_id)?;
            Some(context! {
                name => place.name.as_str(),
                capacity => place.capacity,
                total => offer.quote.total.to_string(),
                lines => with_lines.then(|| voice.sum(&offer.quote)),
            })
        })
        .collect();
    let values = context! {
        dates => voice.range(stay),
        nights => voice.nights(stay.nights()),
        party => voice.party(party),
        offers => shown,
    };
    voice.say(Key::Offers, &values)
}

fn show_one(turn: &mut Turn<'_>, offer: &Offer, party: Party) {
    let Some(place) = turn.facts.place(offer.accommodation_id) else {
        return asking::next_step(turn);
    };
    let voice = turn.voice;
    let body = voice.say(
        Key::OfferOne,
        &context! {
            dates => voice.range(offer.stay),
            nights => voice.nights(offer.stay.nights()),
            party => voice.party(party),
            name => place.name.as_str(),
            capacity => place.capacity,
            total => offer.quote.total.to_string(),
            lines => voice.sum(&offer.quote),
        },
    );
    let pick = Action::Pick(place.id, offer.stay, party);
    let yes = pick.to_string();
    let mut buttons = vec![(pick, Label::Pick)];
    if !place.photos.is_empty() {
        buttons.push((Action::AboutPlace(Topic::Photos, place.id), Label::Photos));
    }
    buttons.push((Action::OtherDates, Label::OtherDates));
    let buttons = turn.buttons(&buttons);
    turn.ask(Asked::Suggestion { yes }, Say::buttons(body, buttons));
}

/// Says which rule keeps a stay from being booked, and what would fit.
pub(super) fn refuse(
    turn: &mut Turn<'_>,
    place: Option<&Accommodation>,
    refusal: Refusal,
    stay: Stay,
    party: Party,
) {
    let found = alternatives(turn, place, refusal, stay, party);
    let (rule, limit) = rule(refusal);
    say_refusal(
        turn,
        &Refused {
            rule,
            limit,
            place,
            stay: Some(stay),
            party: Some(party),
        },
        &found,
    );
}

/// Somebody was faster by a moment: what is left.
pub(super) fn just_taken(
    turn: &mut Turn<'_>,
    place: Option<&Accommodation>,
    stay: Stay,
    party: Party,
) {
    let mut found = alternatives(turn, place, Refusal::Taken, stay, party);
    // The facts may be older than the decision and still call the stay free.
    found.retain(|offer| {
        place.is_none_or(|place| offer.accommodation_id != place.id || offer.stay != stay)
    });
    let rule = if place.is_some() {
        "just_taken"
    } else {
        "taken"
    };
    say_refusal(
        turn,
        &Refused {
            rule,
            limit: 0,
            place,
            stay: Some(stay),
            party: Some(party),
        },
        &found,
    );
}

/// Refuses what no accommodation could change.
pub(super) fn refuse_outright(turn: &mut Turn<'_>, rule: &'static str, limit: u32) {
    say_refusal(
        turn,
        &Refused {
            rule,
            limit,
            place: None,
            stay: None,
            party: None,
        },
        &[],
    );
}

/// Nothing is free: the reason that says most, and what would fit.
fn refuse_everywhere(turn: &mut Turn<'_>, stay: Stay, party: Party) {
    let inventory = turn.facts.inventory;
    let refusals = inventory
        .accommodations
        .iter()
        .filter_map(|place| inventory.offer(place, stay, party).err());
    let refusal = refusals
        .max_by_key(|refusal| telling(*refusal))
        .unwrap_or(Refusal::Taken);
    refuse(turn, None, refusal, stay, party);
}

/// How much a refusal by one of several accommodations says about all of them, and how near it is to a yes.
fn telling(refusal: Refusal) -> (u8, u32) {
    let nearest = |limit: u16| u32::from(u16::MAX - limit);
    match refusal {
        Refusal::Taken => (8, 0),
        Refusal::TooShort { minimum_nights } => (7, nearest(minimum_nights)),
        Refusal::Closed => (6, 0),
        Refusal::NoPets => (5, 0),
        Refusal::TooSoon { notice_days } => (4, nearest(notice_days)),
        Refusal::TooFarAhead { horizon_days } => (3, u32::from(horizon_days)),
        Refusal::Past => (2, 0),
        Refusal::TooManyGuests { capacity } => (1, u32::from(capacity)),
    }
}

/// The word for a rule, and its limit.
pub(super) fn rule(refusal: Refusal) -> (&'static str, u32) {
    match refusal {
        Refusal::Taken => ("taken", 0),
        Refusal::TooShort { minimum_nights } => ("too_short", u32::from(minimum_nights)),
        Refusal::Closed => ("closed", 0),
        Refusal::NoPets => ("no_pets", 0),
        Refusal::TooSoon { notice_days } => ("too_soon", u32::from(notice_days)),
        Refusal::TooFarAhead { horizon_days } => ("too_far_ahead", u32::from(horizon_days)),
        Refusal::Past => ("past", 0),
        Refusal::TooManyGuests { capacity } => ("too_many_guests", u32::from(capacity)),
    }
}

/// What would fit instead. A stay that is too short is made long enough.
fn alternatives(
    turn: &Turn<'_>,
    place: Option<&Accommodation>,
    refusal: Refusal,
    stay: Stay,
    party: Party,
) -> Vec<Offer> {
    let preferred = place.map(|place| place.id);
    let inventory = turn.facts.inventory;
    let stay = match refusal {
        Refusal::TooShort { minimum_nights } => {
            Stay::of_nights(stay.check_in(), minimum_nights).unwrap_or(stay)
        }
        Refusal::Past => return Vec::new(),
        Refusal::TooSoon { .. }
        | Refusal::TooFarAhead { .. }
        | Refusal::Closed
        | Refusal::TooManyGuests { .. }
        | Refusal::NoPets
        | Refusal::Taken => stay,
    };
    let mut found = inventory.alternatives(preferred, stay, party, MAX_ALTERNATIVES);
    found.sort_by_key(|offer| offer.stay != stay);
    found
}

/// Whether a stay that cannot be had could be had if somebody gave it up.
pub(super) fn may_come_free(
    turn: &Turn<'_>,
    place: Option<&Accommodation>,
    stay: Stay,
    party: Party,
) -> bool {
    let inventory = turn.facts.inventory;
    let taken =
        |place: &Accommodation| inventory.offer(place, stay, party).err() == Some(Refusal::Taken);
    match place {
        Some(place) => taken(place),
        None => inventory.accommodations.iter().any(taken),
    }
}

struct Refused<'a> {
    rule: &'static str,
    limit: u32,
    place: Option<&'a Accommodation>,
    stay: Option<Stay>,
    party: Option<Party>,
}

fn say_refusal(turn: &mut Turn<'_>, refused: &Refused<'_>, found: &[Offer]) {
    let voice = turn.voice;
    let shown: Vec<Value> = found
        .iter()
        .map(|offer| {
            context! {
                name => turn.name_of(offer.accommodation_id),
                dates => voice.range(offer.stay),
                total => offer.quote.total.to_string(),
            }
        })
        .collect();
    let more_places = turn.facts.inventory.accommodations.len() > 1;
    let values = context! {
        rule => refused.rule,
        name => refused.place.map(|place| place.name.as_str()),
        dates => refused.stay.map(|stay| voice.range(stay)),
        party => refused.party.map(|party| voice.party(party)),
        limit => refused.limit,
        more_places,
        alternatives => shown,
    };
    let body = voice.say(Key::Refused, &values);
    let waiting = refused
        .stay
        .zip(refused.party)
        .filter(|(stay, party)| {
            refused.rule == "just_taken" || may_come_free(turn, refused.place, *stay, *party)
        })
        .map(|(stay, party)| waiting::way_in(refused.place, stay, party));
    match refused.party.filter(|_| !found.is_empty()) {
        Some(party) => {
            let wanted = |offer: &Offer| Some(offer.stay) == refused.stay;
            let mut rows: Vec<_> = found
                .iter()
                .map(|offer| asking::offer_row(turn, offer, party, !wanted(offer)))
                .collect();
            if let Some((action, label)) = waiting {
                rows.push(turn.row(&action, label));
            }
            rows.push(turn.row(&Action::OtherDates, Label::OtherDates));
            rows.push(turn.row(&Action::Person, Label::Person));
            let say = Say::list(body, voice.label(Label::MenuOpen), rows);
            turn.ask(Asked::Accommodation, say);
        }
        None => {
            let mut buttons = vec![(Action::OtherDates, Label::OtherDates)];
            if let Some(waiting) = waiting {
                buttons.insert(0, waiting);
            } else if matches!(refused.rule, "too_many_guests" | "party_size") {
                buttons.push((Action::OtherParty, Label::OtherParty));
            } else if refused.rule == "no_pets" {
                buttons.push((Action::WithoutPets, Label::WithoutPets));
            } else if refused.place.is_some() && more_places {
                buttons.push((Action::OtherPlace, Label::OtherPlace));
            }
            buttons.push((Action::Person, Label::Person));
            turn.tell_with(body, &buttons);
        }
    }
}
