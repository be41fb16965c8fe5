//! Changing the dates of a reservation: new dates, what they mean for its money, then the confirmation.
//!
//! A reservation is only ever moved in [`change`], to the dates and for the money that were read back last.

use chrono::TimeDelta;
use domain::{
    Accommodation, ReservationCode, Stay,
    availability::{Offer, Refusal},
    change::Obstacle,
};
use minijinja::{Value, context};
use nlu::Reading;

use super::{choose, not_now, unknown, until, written};
use crate::{
    Button, ChangeDecision, Command, ReservationFacts, Row, Say,
    action::Action,
    format::clock,
    state::{Asked, Move, MoveReadBack},
    step::{Turn, asking, offers},
    texts::{Key, Label},
};

/// A read-back older than this is read back again before anything is changed.
const READ_BACK_LASTS: TimeDelta = TimeDelta::hours(12);

/// How many other dates are shown when the wanted ones are taken.
const MAX_ALTERNATIVES: usize = 5;

/// Asks for the new dates, of this reservation or of the only one there is.
pub(in crate::step) fn ask_to_change(turn: &mut Turn<'_>, code: Option<&ReservationCode>) {
    with_one(turn, code, ask_for_dates);
}

/// Does something with the reservation that is meant, or asks which one it is.
fn with_one(
    turn: &mut Turn<'_>,
    code: Option<&ReservationCode>,
    act: impl FnOnce(&mut Turn<'_>, &ReservationFacts),
) {
    let facts = turn.facts;
    if let Some(code) = code {
        return match facts.reservation(code) {
            Some(own) => act(turn, own),
            None => unknown(turn, code),
        };
    }
    match facts.live().as_slice() {
        [] => {
            let body = turn.voice.plain(Key::NothingToChange);
            asking::what_else(turn, body);
        }
        [only] => act(turn, only),
        several => choose(turn, several, Key::WhichReservation, Action::AskToChange),
    }
}

fn ask_for_dates(turn: &mut Turn<'_>, own: &ReservationFacts) {
    if let Err(obstacle) = turn.facts.may_change(own) {
        return cannot_change(turn, own, obstacle);
    }
    let body = turn.voice.say(
        Key::AskNewDates,
        &context! {
            code => own.code.as_str(),
            name => turn.name_of(own.accommodation_id),
            dates => turn.voice.range(own.stay),
        },
    );
    let mut buttons: Vec<(Action, Label)> = Vec::new();
    if let Some(longer) = one_night_more(turn, own) {
        buttons.push((
            Action::Instead(own.code.clone(), longer),
            Label::OneNightMore,
        ));
    }
    buttons.push((Action::Keep, Label::ChangeNo));
    buttons.push((Action::Person, Label::Person));
    let buttons = turn.buttons(&buttons);
    turn.state.read_back = None;
    turn.ask(
        Asked::NewDates {
            code: own.code.clone(),
            stay: own.stay,
        },
        Say::buttons(body, buttons),
    );
}

/// The stay with one night more, when that night can be had.
fn one_night_more(turn: &Turn<'_>, own: &ReservationFacts) -> Option<Stay> {
    let place = turn.facts.place_of(own)?;
    let longer = Stay::of_nights(own.stay.check_in(), own.stay.nights() + 1).ok()?;
    let offered = turn
        .facts
        .inventory
        .offer_instead(&place, own.stay, longer, own.party);
    offered.is_ok().then_some(longer)
}

/// Puts the question about the new dates again. False when there is nothing left to change.
pub(in crate::step) fn remind_of_dates(turn: &mut Turn<'_>, code: &ReservationCode) -> bool {
    let facts = turn.facts;
    let Some(own) = facts.live().into_iter().find(|own| own.code == *code) else {
        return false;
    };
    ask_for_dates(turn, own);
    true
}

/// Puts the question for confirmation again. False when what was read back is no more.
pub(in crate::step) fn remind_to_change(turn: &mut Turn<'_>) -> bool {
    let Some(MoveReadBack { change, .. }) = turn.state.move_read_back.clone() else {
        return false;
    };
    let facts = turn.facts;
    let Some(own) = facts.live().into_iter().find(|own| own.code == change.code) else {
        return false;
    };
    propose(turn, own, change.stay);
    true
}

/// The guest asks in words for a change: of the reservation with this code, or of the one that the dates or
/// the facts leave.
pub(in crate::step) fn asked_for(
    turn: &mut Turn<'_>,
    code: Option<&ReservationCode>,
    text: &str,
    reading: &Reading,
) {
    let facts = turn.facts;
    let live = facts.live();
    // "La reserva del 10 al 12" says which one, not where to, also where it might say both.
    let begins = |own: &ReservationFacts| {
        reading.check_in == Some(own.stay.check_in())
            && reading
                .check_out
                .is_none_or(|check_out| check_out == own.stay.check_out())
    };
    let may_be = |own: &ReservationFacts| {
        reading.choices.iter().any(|choice| {
            choice.check_in == own.stay.check_in() && choice.check_out == Some(own.stay.check_out())
        })
    };
    let named = live.iter().find(|own| begins(own) || may_be(own));
    if let (None, Some(named)) = (code, named) {
        return ask_for_dates(turn, named);
    }
    let says_when = says_when(reading);
    let text = text.to_owned();
    if !says_when {
        return ask_to_change(turn, code);
    }
    with_one(turn, code, |turn, own| {
        if let Some(choices) = two_meanings(own, &text, reading) {
            unclear(turn, own, &choices);
        } else {
            new_dates(turn, own, reading);
        }
    });
}

/// Whether a message says anything about when.
pub(in crate::step) fn says_when(reading: &Reading) -> bool {
    reading.check_in.is_some()
        || reading.check_out.is_some()
        || reading.nights.is_some()
        || reading.date_error.is_some()
        || reading.period.is_some()
        || !reading.choices.is_empty()
}

/// "Del 10 al 15" said of a stay that begins on the 10th: these nights from now on, or the arrival moved from
/// the 10th to the 15th.
fn two_meanings(own: &ReservationFacts, text: &str, reading: &Reading) -> Option<Vec<Stay>> {
    let (check_in, check_out) = reading.check_in.zip(reading.check_out)?;
    let says = |day: chrono::NaiveDate| {
        let day = chrono::Datelike::day(&day).to_string();
        text.split(|c: char| !c.is_ascii_digit())
            .any(|number| number.trim_start_matches('0') == day)
    };
    if check_in != own.stay.check_in() || !says(check_in) || !says(check_out) {
        return None;
    }
    let stays = [
        Stay::new(check_in, check_out),
        Stay::of_nights(check_out, own.stay.nights()),
    ];
    Some(stays.into_iter().filter_map(Result::ok).collect())
}

/// Takes in the dates that were asked for.
pub(in crate::step) fn said_dates(turn: &mut Turn<'_>, code: &ReservationCode, reading: &Reading) {
    let facts = turn.facts;
    match facts.reservation(code) {
        Some(own) => new_dates(turn, own, reading),
        None => unknown(turn, code),
    }
}

fn new_dates(turn: &mut Turn<'_>, own: &ReservationFacts, reading: &Reading) {
    if let Some(error) = reading.date_error {
        turn.note(
            Key::DatesWrong,
            &context! { error => asking::error_word(error) },
        );
        return ask_for_dates(turn, own);
    }
    let choices: Vec<Stay> = reading
        .choices
        .iter()
        .filter_map(|choice| match choice.check_out {
            Some(check_out) => Stay::new(choice.check_in, check_out).ok(),
            None => Stay::of_nights(choice.check_in, own.stay.nights()).ok(),
        })
        .take(3)
        .collect();
    if !choices.is_empty() {
        return unclear(turn, own, &choices);
    }
    let nights = reading.nights.unwrap_or(own.stay.nights());
    let stay = match (reading.check_in, reading.check_out) {
        (Some(check_in), Some(check_out)) => Stay::new(check_in, check_out),
        (Some(check_in), None) => Stay::of_nights(check_in, nights),
        (None, Some(check_out)) => Stay::new(own.stay.check_in(), check_out),
        (None, None) if reading.nights.is_some() => Stay::of_nights(own.stay.check_in(), nights),
        (None, None) => return ask_for_dates(turn, own),
    };
    match stay {
        Ok(stay) => propose(turn, own, stay),
        Err(_) => {
            turn.note(Key::DatesWrong, &context! { error => "backwards" });
            ask_for_dates(turn, own);
        }
    }
}

/// Asks which of a few dates were meant.
fn unclear(turn: &mut Turn<'_>, own: &ReservationFacts, choices: &[Stay]) {
    let voice = turn.voice;
    let long: Vec<String> = choices.iter().map(|stay| voice.range(*stay)).collect();
    let buttons = choices
        .iter()
        .map(|stay| {
            let day = |day: chrono::NaiveDate| day.format("%d/%m").to_string();
            let title = format!(
                "{} {} {}",
                day(stay.check_in()),
                voice.label(Label::Range),
                day(stay.check_out())
            );
            Button::new(Action::Instead(own.code.clone(), *stay), title)
        })
        .collect();
    let body = voice.say(Key::DatesUnclear, &context! { choices => long });
    turn.ask(
        Asked::NewDates {
            code: own.code.clone(),
            stay: own.stay,
        },
        Say::buttons(body, buttons),
    );
}

/// The guest picks dates: they are read back if they can be had.
pub(in crate::step) fn instead(turn: &mut Turn<'_>, code: &ReservationCode, stay: Stay) {
    let facts = turn.facts;
    match facts.reservation(code) {
        Some(own) => propose(turn, own, stay),
        None => unknown(turn, code),
    }
}

fn propose(turn: &mut Turn<'_>, own: &ReservationFacts, stay: Stay) {
    turn.state.move_read_back = None;
    if let Err(obstacle) = turn.facts.may_change(own) {
        return cannot_change(turn, own, obstacle);
    }
    let Some(place) = turn.facts.place_of(own) else {
        return cannot_change(turn, own, Obstacle::Over);
    };
    if stay == own.stay {
        turn.plain_note(Key::SameDates);
        return ask_for_dates(turn, own);
    }
    match offered(turn, own, &place, stay) {
        Ok(offer) => read_back(turn, own, &place, &offer),
        Err(refusal) => refuse(turn, own, &place, refusal, stay),
    }
}

fn offered(
    turn: &Turn<'_>,
    own: &ReservationFacts,
    place: &Accommodation,
    stay: Stay,
) -> Result<Offer, Refusal> {
    turn.facts
        .inventory
        .offer_instead(place, own.stay, stay, own.party)
}

/// What an offer would make of a reservation's money.
fn as_move(own: &ReservationFacts, offer: &Offer) -> Move {
    let account = own.account().changed(&offer.quote);
    Move {
        code: own.code.clone(),
        stay: offer.stay,
        total: account.total,
        deposit: account.deposit,
        refund: account.excess(),
    }
}

/// Reads the new dates back, with the old price and the new one and what becomes of what was paid.
fn read_back(turn: &mut Turn<'_>, own: &ReservationFacts, place: &Accommodation, offer: &Offer) {
    let change = as_move(own, offer);
    let (stay, quote, hours) = (offer.stay, &offer.quote, place.policies.stay);
    let voice = turn.voice;
    let kept = own.paid.less(change.refund);
    let body = voice.say(
        Key::ChangeReadBack,
        &context! {
            code => own.code.as_str(),
            status => own.status.as_str(),
            name => place.name.as_str(),
            old_dates => voice.range(own.stay),
            old_total => own.quote.total.to_string(),
            check_in => voice.date(stay.check_in()),
            from => clock(hours.check_in_from),
            check_out => voice.date(stay.check_out()),
            by => clock(hours.check_out_by),
            nights => voice.nights(stay.nights()),
            party => voice.party(own.party),
            price_lines => voice.price_lines(quote),
            total => quote.total.to_string(),
            whole => quote.deposit == quote.total,
            due => written(quote.deposit.less(kept)),
            until => until(turn, own),
            paid => written(own.paid),
            balance => written(quote.total.less(kept)),
            refund => written(change.refund),
        },
    );
    let buttons = turn.buttons(&[
        (Action::Move(change.clone()), Label::ChangeYes),
        (Action::AskToChange(own.code.clone()), Label::OtherDates),
        (Action::Keep, Label::ChangeNo),
    ]);
    turn.state.read_back = None;
    turn.state.move_read_back = Some(MoveReadBack {
        change,
        at: turn.facts.now,
    });
    turn.ask(Asked::Move, Say::buttons(body, buttons));
}

/// The new dates cannot be had: why, and which near ones can. The reservation stays what it is.
fn refuse(
    turn: &mut Turn<'_>,
    own: &ReservationFacts,
    place: &Accommodation,
    refusal: Refusal,
    stay: Stay,
) {
    let wanted = match refusal {
        Refusal::TooShort { minimum_nights } => {
            Stay::of_nights(stay.check_in(), minimum_nights).unwrap_or(stay)
        }
        Refusal::Past
        | Refusal::TooSoon { .. }
        | Refusal::TooFarAhead { .. }
        | Refusal::Closed
        | Refusal::TooManyGuests { .. }
        | Refusal::NoPets
        | Refusal::Taken => stay,
    };
    let inventory = turn.facts.inventory;
    let mut found: Vec<Offer> = inventory
        .offer_instead(place, own.stay, wanted, own.party)
        .into_iter()
        .collect();
    found.extend(inventory.alternatives_instead(
        place,
        own.stay,
        wanted,
        own.party,
        MAX_ALTERNATIVES,
    ));
    let voice = turn.voice;
    let shown: Vec<Value> = found
        .iter()
        .map(|offer| {
            context! {
                name => place.name.as_str(),
                dates => voice.range(offer.stay),
                total => offer.quote.total.to_string(),
            }
        })
        .collect();
    let (rule, limit) = offers::rule(refusal);
    turn.note(Key::StaysAsItIs, &context! { code => own.code.as_str() });
    let body = voice.say(
        Key::Refused,
        &context! {
            rule, limit,
            name => place.name.as_str(),
            dates => voice.range(stay),
            party => voice.party(own.party),
            more_places => false,
            alternatives => shown,
        },
    );
    let mut rows: Vec<Row> = found
        .iter()
        .map(|offer| {
            let action = Action::Instead(own.code.clone(), offer.stay);
            let nights = voice.nights(offer.stay.nights());
            Row::new(action, voice.range(offer.stay))
                .described(format!("{} · {nights}", offer.quote.total))
        })
        .collect();
    rows.push(turn.row(&Action::Keep, Label::ChangeNo));
    rows.push(turn.row(&Action::Person, Label::Person));
    turn.ask(
        Asked::NewDates {
            code: own.code.clone(),
            stay: own.stay,
        },
        Say::list(body, voice.label(Label::MenuOpen), rows),
    );
}

/// The guest confirms what was read back: it is done if it is still so, and read back again otherwise.
pub(in crate::step) fn change(turn: &mut Turn<'_>, wanted: &Move) {
    let facts = turn.facts;
    let Some(own) = facts.reservation(&wanted.code) else {
        return unknown(turn, &wanted.code);
    };
    if own.stay == wanted.stay {
        turn.plain_note(Key::SameDates);
        return super::details(turn, own);
    }
    let offer = facts
        .may_change(own)
        .ok()
        .and_then(|()| facts.place_of(own))
        .and_then(|place| offered(turn, own, &place, wanted.stay).ok());
    let Some(offer) = offer else {
        return propose(turn, own, wanted.stay);
    };
    let read_back = turn.state.move_read_back.as_ref().is_some_and(|last| {
        last.change == *wanted && facts.now.signed_duration_since(last.at) <= READ_BACK_LASTS
    });
    if as_move(own, &offer) != *wanted {
        turn.plain_note(Key::PriceChanged);
        return propose(turn, own, wanted.stay);
    }
    if !read_back {
        turn.plain_note(Key::NotChangedYet);
        return propose(turn, own, wanted.stay);
    }
    turn.state.move_read_back = None;
    turn.state.moving = Some(wanted.clone());
    turn.state.asked = Asked::Nothing;
    turn.state.options.clear();
    turn.command = Some(Command::ChangeDates {
        code: wanted.code.clone(),
        stay: wanted.stay,
        quote: offer.quote,
    });
}

/// The guest confirms in words what was read back last.
pub(in crate::step) fn confirm_read_back(turn: &mut Turn<'_>) {
    match turn.state.move_read_back.clone() {
        Some(last) => change(turn, &last.change),
        None => ask_to_change(turn, None),
    }
}

/// What became of the change.
pub(in crate::step) fn changed(turn: &mut Turn<'_>, decision: &ChangeDecision) {
    let wanted = turn.state.moving.take();
    let facts = turn.facts;
    let own = wanted
        .as_ref()
        .and_then(|wanted| facts.reservation(&wanted.code));
    match (decision, wanted.as_ref().zip(own)) {
        // The reservation tells it itself, with the new dates and the money.
        (ChangeDecision::Changed { .. }, _) => turn.state.asked = Asked::Nothing,
        (ChangeDecision::Taken, Some((wanted, own))) => match facts.place_of(own) {
            Some(place) => refuse(turn, own, &place, Refusal::Taken, wanted.stay),
            None => not_now(turn),
        },
        (ChangeDecision::NotAllowed { obstacle }, Some((_, own))) => {
            cannot_change(turn, own, *obstacle)
        }
        (ChangeDecision::Taken | ChangeDecision::NotAllowed { .. }, None)
        | (ChangeDecision::Unavailable, _) => not_now(turn),
    }
}

/// Says why the dates cannot be changed, and offers a person.
fn cannot_change(turn: &mut Turn<'_>, own: &ReservationFacts, obstacle: Obstacle) {
    turn.state.move_read_back = None;
    let (why, limit) = match obstacle {
        Obstacle::Over => ("over", 0),
        Obstacle::TooLate { hours } => ("late", hours),
    };
    let body = turn.voice.say(
        Key::ChangeNotPossible,
        &context! { why, limit, code => own.code.as_str() },
    );
    let yes = Action::Person.to_string();
    let buttons = turn.buttons(&[
        (Action::Person, Label::Person),
        (Action::Reservation(own.code.clone()), Label::View),
        (Action::Menu, Label::Menu),
    ]);
    turn.ask(Asked::Suggestion { yes }, Say::buttons(body, buttons));
}
