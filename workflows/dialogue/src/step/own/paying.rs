//! Paying a reservation, and more time to do so.

use domain::{ReservationCode, ReservationStatus};
use minijinja::context;

use super::{choose, details, due, not_now, pay_label, status, unknown, until, written};
use crate::{
    BalanceDecision, Command, ExtendDecision, Facts, ReservationFacts, Say,
    action::Action,
    format::percent,
    state::Asked,
    step::{Turn, asking},
    texts::{Key, Label},
};

/// Sends the payment link, or says how the payment stands. False when the guest has nothing to pay for and only
/// wants to know how one pays: that is then noted.
pub(in crate::step) fn pay(turn: &mut Turn<'_>, code: Option<&ReservationCode>) -> bool {
    if let Some(code) = code {
        match turn.facts.reservation(code) {
            Some(own) => pay_for(turn, own),
            None => unknown(turn, code),
        }
        return true;
    }
    let live = turn.facts.live();
    let holds = holds(turn.facts);
    match (holds.as_slice(), live.as_slice()) {
        ([only], _) | ([], [only]) => pay_for(turn, only),
        ([], []) => return pay_for_expired(turn),
        ([], several) | (several, _) => choose(turn, several, Key::WhichReservation, Action::Pay),
    }
    true
}

/// What a yes is about when nothing was asked: the one hold whose deposit is missing. False when there is none.
pub(in crate::step) fn pay_hold(turn: &mut Turn<'_>) -> bool {
    let [only] = holds(turn.facts)[..] else {
        return false;
    };
    pay_for(turn, only);
    true
}

fn holds<'f>(facts: &'f Facts<'_>) -> Vec<&'f ReservationFacts> {
    let live = facts.live().into_iter();
    live.filter(|own| own.is_live_hold(facts.now)).collect()
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
    let share = first.map(|place| percent(place.policies.deposit.share));
    turn.note(Key::HowToPay, &context! { share });
    false
}

fn pay_for(turn: &mut Turn<'_>, own: &ReservationFacts) {
    let status = status(turn, own);
    let voice = turn.voice;
    let code = own.code.as_str();
    match (status, &own.payment_url) {
        (ReservationStatus::PreReserved | ReservationStatus::Confirmed, Some(url))
            if due(own, status).is_positive() =>
        {
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
            let body = voice.say(
                Key::LinkNotReady,
                &context! { code, until => until(turn, own) },
            );
            turn.tell_with(
                body,
                &[
                    (Action::Pay(own.code.clone()), Label::Retry),
                    (Action::Person, Label::Person),
                ],
            );
        }
        (ReservationStatus::Confirmed, _) => {
            let owes = due(own, status).is_positive();
            let balance = written(due(own, status));
            let body = voice.say(
                Key::NothingToPay,
                &context! { code, paid => own.paid.to_string(), balance },
            );
            let view = (Action::Reservation(own.code.clone()), Label::View);
            if owes {
                let pay = (Action::PayBalance(own.code.clone()), Label::PayBalance);
                turn.tell_with(body, &[pay, view]);
            } else {
                turn.tell_with(body, &[view, (Action::Menu, Label::Menu)]);
            }
        }
        (ReservationStatus::Expired, _) => {
            let name = turn.name_of(own.accommodation_id);
            let body = voice.say(
                Key::ExpiredAgain,
                &context! { code, name, dates => voice.range(own.stay) },
            );
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

/// Sees to a link over what remains of a confirmed stay. Without such a stay it is a wish to pay like any other.
pub(in crate::step) fn pay_balance(turn: &mut Turn<'_>, code: Option<&ReservationCode>) {
    let live = turn.facts.live();
    let confirmed: Vec<_> = live
        .into_iter()
        .filter(|own| own.status == ReservationStatus::Confirmed)
        .filter(|own| code.is_none_or(|code| own.code == *code))
        .collect();
    match confirmed.as_slice() {
        [only] if only.payment_url.is_none() && due(only, only.status).is_positive() => {
            turn.state.asked = Asked::Nothing;
            turn.command = Some(Command::OfferBalance {
                code: only.code.clone(),
            });
        }
        [only] => pay_for(turn, only),
        [] => {
            if !pay(turn, code) {
                asking::next_step(turn);
            }
        }
        several => choose(turn, several, Key::WhichReservation, Action::PayBalance),
    }
}

/// What became of a wish to pay what remains.
pub(in crate::step) fn balance_decided(turn: &mut Turn<'_>, decision: &BalanceDecision) {
    match decision {
        BalanceDecision::Coming { code, due } => {
            let values = context! { code => code.as_str(), due => due.to_string() };
            let body = turn.voice.say(Key::BalanceComing, &values);
            let view = (Action::Reservation(code.clone()), Label::View);
            turn.tell_with(body, &[view, (Action::Menu, Label::Menu)]);
        }
        BalanceDecision::NothingDue { code } => match turn.facts.reservation(code) {
            Some(own) => pay_for(turn, own),
            None => unknown(turn, code),
        },
        BalanceDecision::Unavailable => not_now(turn),
    }
}

/// Asks for more time to pay a hold.
pub(in crate::step) fn extend(turn: &mut Turn<'_>, code: Option<&ReservationCode>) {
    let live = turn.facts.live();
    let holds: Vec<_> = live
        .iter()
        .copied()
        .filter(|own| own.is_live_hold(turn.facts.now) && code.is_none_or(|code| own.code == *code))
        .collect();
    match holds.as_slice() {
        [] => {
            let why = if live
                .iter()
                .any(|own| own.status == ReservationStatus::Confirmed)
            {
                "confirmed"
            } else {
                "none"
            };
            turn.note(Key::ExtendNotPossible, &context! { why, until => () });
            turn.state.asked = Asked::Nothing;
            asking::next_step(turn);
        }
        [only] if only.extended => {
            let until = until(turn, only);
            turn.note(
                Key::ExtendNotPossible,
                &context! { why => "extended", until },
            );
            pay_for(turn, only);
        }
        [only] if turn.is_late() => details(turn, only),
        [only] => {
            turn.command = Some(Command::Extend {
                code: only.code.clone(),
            })
        }
        several => choose(turn, several, Key::WhichReservation, Action::Extend),
    }
}

/// What became of the extension.
pub(in crate::step) fn extended(turn: &mut Turn<'_>, decision: &ExtendDecision) {
    match decision {
        ExtendDecision::Extended { code, expires_at } => {
            let own = turn.facts.reservation(code);
            let place = own.and_then(|own| turn.facts.place(own.accommodation_id));
            let until = turn.voice.until(*expires_at, place, turn.facts.now);
            let body = turn
                .voice
                .say(Key::Extended, &context! { code => code.as_str(), until });
            match own.and_then(|own| Some((own, own.payment_url.as_ref()?))) {
                Some((own, url)) => {
                    let say = Say::link(body, turn.voice.label(pay_label(own)), url.as_str());
                    turn.tell(say);
                }
                None => turn.tell_with(
                    body,
                    &[
                        (Action::Pay(code.clone()), Label::PayDeposit),
                        (Action::Menu, Label::Menu),
                    ],
                ),
            }
        }
        ExtendDecision::NotPossible => {
            turn.note(
                Key::ExtendNotPossible,
                &context! { why => "none", until => () },
            );
            asking::next_step(turn);
        }
        ExtendDecision::Unavailable => not_now(turn),
    }
}
