//! The guest's own reservations: how they stand, paying, more time, cancelling, changing.
//!
//! A reservation is only ever cancelled in [`cancel`], after its refund was told. What is not among the
//! facts is not the guest's, and nothing is said about it.

use domain::{Money, ReservationCode, ReservationStatus, cancellation::RefundBasis};
use minijinja::{Value, context};
use nlu::Reading;

use super::{Turn, asking, booking};
use crate::{
    CancelDecision, Command, ExtendDecision, ReservationFacts, Row, Say,
    action::{Action, Topic},
    state::Asked,
    texts::{Key, Label},
};

/// The most reservations that are listed.
const MAX_LISTED: usize = 9;

/// Shows a reservation, or those that are live.
pub(super) fn show(turn: &mut Turn<'_>, code: Option<&ReservationCode>) {
    if let Some(code) = code {
        return match turn.facts.reservation(code) {
            Some(own) => details(turn, own),
            None => unknown(turn, code),
        };
    }
    match turn.facts.live().as_slice() {
        [] => {
            let body = turn.voice.plain(Key::NoReservations);
            asking::what_else(turn, body);
        }
        [only] => details(turn, only),
        several => choose(turn, several, Key::Reservations, Action::Reservation),
    }
}

/// Asks which reservation is meant.
fn choose(turn: &mut Turn<'_>, live: &[&ReservationFacts], key: Key, action: fn(ReservationCode) -> Action) {
    let rows = live
        .iter()
        .take(MAX_LISTED)
        .map(|own| {
            let status = turn.voice.label(status_label(status(turn, own)));
            let name = turn.name_of(own.accommodation_id);
            Row::new(action(own.code.clone()), turn.voice.range(own.stay)).described(format!("{name} · {status} · {}", own.code))
        })
        .collect();
    let body = turn.voice.plain(key);
    let say = Say::list(body, turn.voice.label(Label::ReservationsOpen), rows);
    turn.ask(Asked::Reservation, say);
}

fn unknown(turn: &mut Turn<'_>, code: &ReservationCode) {
    let body = turn.voice.say(Key::UnknownCode, &context! { code => code.as_str() });
    turn.tell_with(body, &[(Action::Person, Label::Person), (Action::Menu, Label::Menu)]);
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
            let mut buttons = vec![(Action::Pay(code()), pay_label(own))];
            if !own.extended {
                buttons.push((Action::Extend(code()), Label::Extend));
            }
            buttons.push((Action::AskToCancel(code()), Label::Cancel));
            buttons
        }
        ReservationStatus::Confirmed => vec![
            (Action::AboutPlace(Topic::Location, own.accommodation_id), Label::HowToArrive),
            (Action::Modify, Label::Modify),
            (Action::AskToCancel(code()), Label::Cancel),
        ],
        ReservationStatus::Completed
        | ReservationStatus::Expired
        | ReservationStatus::Cancelled
        | ReservationStatus::NoShow
        | ReservationStatus::Blocked => {
            vec![(Action::Availability, Label::Availability), (Action::Menu, Label::Menu), (Action::Person, Label::Person)]
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
        turn.tell_with(body, &[(Action::Reservation(own.code.clone()), Label::View), (Action::Menu, Label::Menu)]);
        return;
    }
    let body = voice.say(Key::AlreadyHeld, &values);
    match &own.payment_url {
        Some(url) => {
            let say = Say::link(body, voice.label(pay_label(own)), url.as_str());
            turn.tell(say);
        }
        None => turn.tell_with(body, &[(Action::Reservation(own.code.clone()), Label::View), (Action::Menu, Label::Menu)]),
    }
}

/// Sends the payment link, or says how the payment stands. False when the guest has nothing to pay for and only
/// wants to know how one pays: that is then noted.
pub(super) fn pay(turn: &mut Turn<'_>, code: Option<&ReservationCode>) -> bool {
    if let Some(code) = code {
        match turn.facts.reservation(code) {
            Some(own) => pay_for(turn, own),
            None => unknown(turn, code),
        }
        return true;
    }
    let live = turn.facts.live();
    let holds: Vec<_> = live.iter().copied().filter(|own| own.is_live_hold(turn.facts.now)).collect();
    match (holds.as_slice(), live.as_slice()) {
        ([only], _) | ([], [only]) => pay_for(turn, only),
        ([], []) => return pay_for_expired(turn),
        ([], several) | (several, _) => choose(turn, several, Key::WhichReservation, Action::Pay),
    }
    true
}

/// Nothing is live: the last hold that expired is offered again while its stay lies ahead.
fn pay_for_expired(turn: &mut Turn<'_>) -> bool {
    let expired = turn.facts.reservations.iter().filter(|own| {
        status(turn, own) == ReservationStatus::Expired && own.stay.check_in() >= turn.voice.today
    });
    if let Some(own) = expired.max_by_key(|own| own.expires_at) {
        pay_for(turn, own);
        return true;
    }
    let first = turn.facts.inventory.accommodations.first();
    let share = first.map(|place| crate::format::percent(place.policies.deposit.share));
    turn.note(Key::HowToPay, &context! { share });
    false
}

fn pay_for(turn: &mut Turn<'_>, own: &ReservationFacts) {
    let status = status(turn, own);
    let voice = turn.voice;
    let code = own.code.as_str();
    match (status, &own.payment_url) {
        (ReservationStatus::PreReserved | ReservationStatus::Confirmed, Some(url)) if due(own, status).is_positive() => {
            let values = context! {
                code,
                status => status.as_str(),
                name => turn.name_of(own.accommodation_id),
                dates => voice.range(own.stay),
                due => due(own, status).to_string(),
                whole => own.quote.deposit == own.quote.total,
                until => until(turn, own),
            };
            let body = voice.say(Key::PayLink, &values);
            let say = Say::link(body, voice.label(pay_label(own)), url.as_str());
            turn.tell(say);
        }
        (ReservationStatus::PreReserved, _) => {
            let body = voice.say(Key::LinkNotReady, &context! { code, until => until(turn, own) });
            turn.tell_with(body, &[(Action::Pay(own.code.clone()), Label::Retry), (Action::Person, Label::Person)]);
        }
        (ReservationStatus::Confirmed, _) => {
            let balance = written(due(own, status));
            let body = voice.say(Key::NothingToPay, &context! { code, paid => own.paid.to_string(), balance });
            turn.tell_with(body, &[(Action::Reservation(own.code.clone()), Label::View), (Action::Menu, Label::Menu)]);
        }
        (ReservationStatus::Expired, _) => {
            let name = turn.name_of(own.accommodation_id);
            let body = voice.say(Key::ExpiredAgain, &context! { code, name, dates => voice.range(own.stay) });
            let again = Action::Pick(own.accommodation_id, own.stay, own.party);
            let yes = again.to_string();
            let buttons = turn.buttons(&[
                (again, Label::Retry),
                (Action::OtherDates, Label::OtherDates),
                (Action::Person, Label::Person),
            ]);
            turn.ask(Asked::Suggestion { yes }, Say::buttons(body, buttons));
        }
        (
            ReservationStatus::Completed
            | ReservationStatus::Cancelled
            | ReservationStatus::NoShow
            | ReservationStatus::Blocked,
            _,
        ) => details(turn, own),
    }
}

/// Asks for more time to pay a hold.
pub(super) fn extend(turn: &mut Turn<'_>, code: Option<&ReservationCode>) {
    let live = turn.facts.live();
    let holds: Vec<_> = live
        .iter()
        .copied()
        .filter(|own| own.is_live_hold(turn.facts.now) && code.is_none_or(|code| own.code == *code))
        .collect();
    match holds.as_slice() {
        [] => {
            let why = if live.iter().any(|own| own.status == ReservationStatus::Confirmed) { "confirmed" } else { "none" };
            turn.note(Key::ExtendNotPossible, &context! { why, until => () });
            turn.state.asked = Asked::Nothing;
            asking::next_step(turn);
        }
        [only] if only.extended => {
            let until = until(turn, only);
            turn.note(Key::ExtendNotPossible, &context! { why => "extended", until });
            pay_for(turn, only);
        }
        [only] => turn.command = Some(Command::Extend { code: only.code.clone() }),
        several => choose(turn, several, Key::WhichReservation, Action::Extend),
    }
}

/// What became of the extension.
pub(super) fn extended(turn: &mut Turn<'_>, decision: &ExtendDecision) {
    match decision {
        ExtendDecision::Extended { code, expires_at } => {
            let own = turn.facts.reservation(code);
            let place = own.and_then(|own| turn.facts.place(own.accommodation_id));
            let until = turn.voice.until(*expires_at, place, turn.facts.now);
            let body = turn.voice.say(Key::Extended, &context! { code => code.as_str(), until });
            match own.and_then(|own| Some((own, own.payment_url.as_ref()?))) {
                Some((own, url)) => {
                    let say = Say::link(body, turn.voice.label(pay_label(own)), url.as_str());
                    turn.tell(say);
                }
                None => turn.tell_with(body, &[(Action::Pay(code.clone()), Label::PayDeposit), (Action::Menu, Label::Menu)]),
            }
        }
        ExtendDecision::NotPossible => {
            turn.note(Key::ExtendNotPossible, &context! { why => "none", until => () });
            asking::next_step(turn);
        }
        ExtendDecision::Unavailable => not_now(turn),
    }
}

/// Tells what cancelling would give back and asks for confirmation.
pub(super) fn ask_to_cancel(turn: &mut Turn<'_>, code: Option<&ReservationCode>) {
    if let Some(code) = code {
        return match turn.facts.reservation(code) {
            Some(own) => tell_refund(turn, own),
            None => unknown(turn, code),
        };
    }
    match turn.facts.live().as_slice() {
        [] => {
            let body = turn.voice.plain(Key::NothingToCancel);
            asking::what_else(turn, body);
        }
        [only] => tell_refund(turn, only),
        several => choose(turn, several, Key::WhichReservation, Action::AskToCancel),
    }
}

fn tell_refund(turn: &mut Turn<'_>, own: &ReservationFacts) {
    let status = status(turn, own);
    if !matches!(status, ReservationStatus::PreReserved | ReservationStatus::Confirmed) {
        return cannot_cancel(turn, status);
    }
    let refund = own.refund_if_cancelled_now;
    let body = turn.voice.say(
        Key::CancelAsk,
        &context! {
            code => own.code.as_str(),
            name => turn.name_of(own.accommodation_id),
            dates => turn.voice.range(own.stay),
            basis => basis(refund.basis),
            refund => refund.amount.to_string(),
            paid => own.paid.to_string(),
        },
    );
    let buttons = turn.buttons(&[
        (Action::Cancel(own.code.clone(), refund.amount), Label::CancelYes),
        (Action::Keep, Label::CancelNo),
    ]);
    turn.state.read_back = None;
    turn.ask(Asked::Cancellation { code: own.code.clone(), refund: refund.amount }, Say::buttons(body, buttons));
}

const fn basis(basis: RefundBasis) -> &'static str {
    match basis {
        RefundBasis::NothingPaid => "nothing_paid",
        RefundBasis::Free => "free",
        RefundBasis::Revocation => "revocation",
        RefundBasis::Late => "late",
        RefundBasis::NoShow => "no_show",
        RefundBasis::OwnerCancelled => "owner_cancelled",
    }
}

/// Puts the question about a cancellation again. False when there is nothing left to cancel.
pub(super) fn remind_to_cancel(turn: &mut Turn<'_>, code: &ReservationCode) -> bool {
    let live = turn.facts.live();
    let Some(own) = live.iter().find(|own| own.code == *code) else {
        return false;
    };
    tell_refund(turn, own);
    true
}

/// The guest confirms a cancellation for the refund that they were told.
pub(super) fn cancel(turn: &mut Turn<'_>, code: &ReservationCode, told: Money) {
    let Some(own) = turn.facts.reservation(code) else {
        return unknown(turn, code);
    };
    let status = status(turn, own);
    if !matches!(status, ReservationStatus::PreReserved | ReservationStatus::Confirmed) {
        return cannot_cancel(turn, status);
    }
    if own.refund_if_cancelled_now.amount != told {
        turn.plain_note(Key::RefundChanged);
        return tell_refund(turn, own);
    }
    turn.state.asked = Asked::Nothing;
    turn.state.options.clear();
    turn.command = Some(Command::Cancel { code: code.clone() });
}

/// The guest does not want to cancel after all.
pub(super) fn keep(turn: &mut Turn<'_>) {
    turn.plain_note(Key::Kept);
    turn.state.asked = Asked::Nothing;
    asking::next_step(turn);
}

/// What became of the cancellation.
pub(super) fn cancelled(turn: &mut Turn<'_>, decision: &CancelDecision) {
    match decision {
        CancelDecision::Cancelled { code, refund } => {
            let values = context! { code => code.as_str(), refund => written(refund.amount) };
            let body = turn.voice.say(Key::Cancelled, &values);
            asking::what_else(turn, body);
        }
        CancelDecision::NotPossible { status } => cannot_cancel(turn, *status),
        CancelDecision::Unavailable => not_now(turn),
    }
}

fn cannot_cancel(turn: &mut Turn<'_>, status: ReservationStatus) {
    turn.note(Key::CancelNotPossible, &context! { status => status.as_str() });
    turn.state.asked = Asked::Nothing;
    asking::next_step(turn);
}

fn not_now(turn: &mut Turn<'_>) {
    let body = turn.voice.plain(Key::NotNow);
    turn.tell_with(body, &[(Action::Mine, Label::Mine), (Action::Person, Label::Person)]);
}

/// Changes of a reservation are made by a person; of a stay that is only being talked about, right here.
pub(super) fn modify(turn: &mut Turn<'_>, reading: Option<&Reading>) {
    let talking = turn.state.read_back.is_some() || turn.state.wish.check_in.is_some();
    match reading {
        Some(reading) if talking || turn.facts.live().is_empty() => {
            let says_how = reading.check_in.is_some() || reading.check_out.is_some() || reading.guests.is_some() || reading.nights.is_some();
            if says_how || !talking { booking::said(turn, reading) } else { booking::change(turn) }
        }
        _ => {
            let body = turn.voice.plain(Key::Modify);
            let yes = Action::Person.to_string();
            let buttons =
                turn.buttons(&[(Action::Person, Label::Person), (Action::Mine, Label::View), (Action::Menu, Label::Menu)]);
            turn.ask(Asked::Suggestion { yes }, Say::buttons(body, buttons));
        }
    }
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
        | ReservationStatus::Blocked => Money { centavos: 0, ..own.paid },
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
    own.expires_at.map(|at| turn.voice.until(at, place, turn.facts.now))
}

/// An amount, or nothing when it is nothing.
fn written(amount: Money) -> Value {
    Value::from(amount.is_positive().then(|| amount.to_string()))
}
