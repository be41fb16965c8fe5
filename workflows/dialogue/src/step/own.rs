//! The guest's own reservations: which there are and how they stand.
//!
//! What is not among the facts is not the guest's, and nothing is said about it.

mod cancelling;
mod changing;
mod paying;
mod revoking;

use domain::{Money, ReservationCode, ReservationStatus};
use minijinja::{Value, context};
use nlu::Reading;

pub(super) use cancelling::{ask_to_cancel, cancel, cancelled, keep, remind_to_cancel};
pub(super) use changing::{
    ask_to_change, change, changed, confirm_read_back, instead, remind_of_dates, remind_to_change,
    said_dates, says_when,
};
pub(super) use paying::{balance_decided, extend, extended, pay, pay_balance, pay_hold};
pub(super) use revoking::{ask_to_revoke, revoke, revoked};

use super::{Turn, asking, booking, waiting};
use crate::{
    ReservationFacts, Row, Say, WaitingFacts,
    action::{Action, Topic},
    state::Asked,
    texts::{Key, Label},
};

/// The most reservations that are listed.
pub(super) const MAX_LISTED: usize = 9;

/// Shows a reservation, or those that are live.
pub(super) fn show(turn: &mut Turn<'_>, code: Option<&ReservationCode>) {
    if let Some(code) = code {
        return match turn.facts.reservation(code) {
            Some(own) => details(turn, own),
            None => unknown(turn, code),
        };
    }
    match (turn.facts.live().as_slice(), turn.facts.waiting.as_slice()) {
        ([], []) => {
            let body = turn.voice.plain(Key::NoReservations);
            asking::what_else(turn, body);
        }
        ([only], []) => details(turn, only),
        ([], [only]) => waiting::show(turn, only.entry),
        (several, waited_for) => choose_any(turn, several, waited_for),
    }
}

/// Asks which reservation, or which nights that are waited for.
fn choose_any(turn: &mut Turn<'_>, live: &[&ReservationFacts], waiting: &[WaitingFacts]) {
    let waiting: Vec<Row> = waiting
        .iter()
        .take(MAX_LISTED / 2)
        .map(|waiting| waiting_row(turn, waiting, &Action::Waiting(waiting.entry)))
        .collect();
    let most = MAX_LISTED.saturating_sub(waiting.len());
    let mut rows = reservation_rows(turn, live, most, Action::Reservation);
    rows.extend(waiting);
    let body = turn.voice.plain(Key::Reservations);
    let say = Say::list(body, turn.voice.label(Label::ReservationsOpen), rows);
    turn.ask(Asked::Reservation, say);
}

/// A row for nights that are waited for.
pub(super) fn waiting_row(turn: &Turn<'_>, waiting: &WaitingFacts, action: &Action) -> Row {
    let voice = turn.voice;
    let what = voice.label(Label::Waitlist);
    let description = match waiting.accommodation_id {
        Some(id) => format!("{what} · {}", turn.name_of(id)),
        None => what.to_owned(),
    };
    Row::new(action, voice.range(waiting.stay)).described(description)
}

/// Asks which reservation is meant.
fn choose(
    turn: &mut Turn<'_>,
    live: &[&ReservationFacts],
    key: Key,
    action: fn(ReservationCode) -> Action,
) {
    let rows = reservation_rows(turn, live, MAX_LISTED, action);
    let body = turn.voice.plain(key);
    let say = Say::list(body, turn.voice.label(Label::ReservationsOpen), rows);
    turn.ask(Asked::Reservation, say);
}

fn reservation_rows(
    turn: &Turn<'_>,
    live: &[&ReservationFacts],
    most: usize,
    action: fn(ReservationCode) -> Action,
) -> Vec<Row> {
    live.iter()
        .take(most)
        .map(|own| {
            let status = turn.voice.label(status_label(status(turn, own)));
            let name = turn.name_of(own.accommodation_id);
            Row::new(action(own.code.clone()), turn.voice.range(own.stay))
                .described(format!("{name} · {status} · {}", own.code))
        })
        .collect()
}

fn unknown(turn: &mut Turn<'_>, code: &ReservationCode) {
    let body = turn
        .voice
        .say(Key::UnknownCode, &context! { code => code.as_str() });
    turn.tell_with(
        body,
        &[(Action::Person, Label::Person), (Action::Menu, Label::Menu)],
    );
}

fn details(turn: &mut Turn<'_>, own: &ReservationFacts) {
    let status = status(turn, own);
    let voice = turn.voice;
    let body = voice.say(
        Key::Reservation,
        &context! {
            code => own.code.as_str(),
            status => status.as_str(),
            until => until(turn, own),
            name => turn.name_of(own.accommodation_id),
            dates => voice.range(own.stay),
            nights => voice.nights(own.stay.nights()),
            party => voice.party(own.party),
            total => own.quote.total.to_string(),
            paid => written(own.paid),
            due => written(due(own, status)),
        },
    );
    let code = || own.code.clone();
    let buttons = match status {
        ReservationStatus::PreReserved => {
            let mut choices = vec![(Action::Pay(code()), pay_label(own))];
            if !own.extended {
                choices.push((Action::Extend(code()), Label::Extend));
            }
            choices.push((Action::AskToChange(code()), Label::ChangeDates));
            choices.push((Action::AskToCancel(code()), Label::Cancel));
            let rows = choices
                .iter()
                .map(|(action, label)| turn.row(action, *label))
                .collect();
            return turn.tell(Say::list(body, voice.label(Label::MenuOpen), rows));
        }
        ReservationStatus::Confirmed => vec![
            (
                Action::AboutPlace(Topic::Location, own.accommodation_id),
                Label::HowToArrive,
            ),
            (Action::AskToChange(code()), Label::ChangeDates),
            (Action::AskToCancel(code()), Label::Cancel),
        ],
        ReservationStatus::Completed
        | ReservationStatus::Expired
        | ReservationStatus::Cancelled
        | ReservationStatus::NoShow
        | ReservationStatus::Blocked => {
            vec![
                (Action::Availability, Label::Availability),
                (Action::Menu, Label::Menu),
                (Action::Person, Label::Person),
            ]
        }
    };
    turn.tell_with(body, &buttons);
}

/// Says that a stay is already the guest's, with the link if it is not paid.
pub(super) fn you_have_it(turn: &mut Turn<'_>, own: &ReservationFacts) {
    let voice = turn.voice;
    let values = context! {
        name => turn.name_of(own.accommodation_id),
        dates => voice.range(own.stay),
        until => until(turn, own),
        code => own.code.as_str(),
    };
    turn.state.read_back = None;
    if own.status == ReservationStatus::Confirmed {
        let body = voice.say(Key::AlreadyConfirmed, &values);
        turn.tell_with(
            body,
            &[
                (Action::Reservation(own.code.clone()), Label::View),
                (Action::Menu, Label::Menu),
            ],
        );
        return;
    }
    let body = voice.say(Key::AlreadyHeld, &values);
    match &own.payment_url {
        Some(url) => {
            let say = Say::link(body, voice.label(pay_label(own)), url.as_str());
            turn.tell(say);
        }
        None => turn.tell_with(
            body,
            &[
                (Action::Reservation(own.code.clone()), Label::View),
                (Action::Menu, Label::Menu),
            ],
        ),
    }
}

/// The guest wants something changed: of the stay that is only being talked about, of the dates of a
/// reservation, or something else of a reservation, which a person does.
pub(super) fn modify(
    turn: &mut Turn<'_>,
    code: Option<&ReservationCode>,
    text: &str,
    reading: &Reading,
) {
    let talking = code.is_none() && turn.state.is_booking();
    let has_none = code.is_none() && turn.facts.live().is_empty();
    if talking || (has_none && turn.state.wish.check_in.is_some()) {
        return if says_when(reading) || reading.guests.is_some() {
            booking::said(turn, reading)
        } else {
            booking::change(turn)
        };
    }
    let only_party = !says_when(reading) && (reading.guests.is_some() || reading.pets.is_some());
    if !only_party {
        return changing::asked_for(turn, code, text, reading);
    }
    let body = turn.voice.plain(Key::Modify);
    let yes = Action::Person.to_string();
    let buttons = turn.buttons(&[
        (Action::Person, Label::Person),
        (Action::Mine, Label::View),
        (Action::Menu, Label::Menu),
    ]);
    turn.ask(Asked::Suggestion { yes }, Say::buttons(body, buttons));
}

/// Something of ours is down.
pub(super) fn not_now(turn: &mut Turn<'_>) {
    let body = turn.voice.plain(Key::NotNow);
    turn.tell_with(
        body,
        &[(Action::Mine, Label::Mine), (Action::Person, Label::Person)],
    );
}

/// What a reservation is now: a hold whose time is over has ended, even if nobody has written it down yet.
fn status(turn: &Turn<'_>, own: &ReservationFacts) -> ReservationStatus {
    if own.status == ReservationStatus::PreReserved && !own.is_live_hold(turn.facts.now) {
        ReservationStatus::Expired
    } else {
        own.status
    }
}

fn status_label(status: ReservationStatus) -> Label {
    match status {
        ReservationStatus::PreReserved => Label::StatusPreReserved,
        ReservationStatus::Confirmed => Label::StatusConfirmed,
        ReservationStatus::Completed => Label::StatusCompleted,
        ReservationStatus::Expired => Label::StatusExpired,
        ReservationStatus::Cancelled | ReservationStatus::Blocked => Label::StatusCancelled,
        ReservationStatus::NoShow => Label::StatusNoShow,
    }
}

/// What is still to be paid: the deposit of a hold, the balance of a confirmed stay.
fn due(own: &ReservationFacts, status: ReservationStatus) -> Money {
    match status {
        ReservationStatus::PreReserved => own.quote.deposit.less(own.paid),
        ReservationStatus::Confirmed => own.quote.total.less(own.paid),
        ReservationStatus::Completed
        | ReservationStatus::Expired
        | ReservationStatus::Cancelled
        | ReservationStatus::NoShow
        | ReservationStatus::Blocked => Money {
            centavos: 0,
            ..own.paid
        },
    }
}

fn pay_label(own: &ReservationFacts) -> Label {
    if own.status == ReservationStatus::Confirmed {
        Label::PayBalance
    } else if own.quote.deposit == own.quote.total {
        Label::PayTotal
    } else {
        Label::PayDeposit
    }
}

pub(super) fn until(turn: &Turn<'_>, own: &ReservationFacts) -> Option<String> {
    let place = turn.facts.place(own.accommodation_id);
    own.expires_at
        .map(|at| turn.voice.until(at, place, turn.facts.now))
}

/// An amount, or nothing when it is nothing.
fn written(amount: Money) -> Value {
    Value::from(amount.is_positive().then(|| amount.to_string()))
}
