//! Cancelling a reservation: the refund is told, then confirmed.
//!
//! A reservation is only ever cancelled in [`cancel`], for the refund that the guest was told.

use domain::{Money, ReservationCode, ReservationStatus, cancellation::RefundBasis};
use minijinja::context;

use super::{choose, not_now, status, unknown};
use crate::{
    CancelDecision, Command, ReservationFacts, Say,
    action::Action,
    state::Asked,
    step::{Turn, asking},
    texts::{Key, Label},
};

/// Tells what cancelling would give back and asks for confirmation.
pub(in crate::step) fn ask_to_cancel(turn: &mut Turn<'_>, code: Option<&ReservationCode>) {
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

pub(super) fn tell_refund(turn: &mut Turn<'_>, own: &ReservationFacts) {
    let status = status(turn, own);
    if !matches!(
        status,
        ReservationStatus::PreReserved | ReservationStatus::Confirmed
    ) {
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
        (
            Action::Cancel(own.code.clone(), refund.amount),
            Label::CancelYes,
        ),
        (Action::Keep, Label::CancelNo),
    ]);
    turn.state.read_back = None;
    turn.ask(
        Asked::Cancellation {
            code: own.code.clone(),
            refund: refund.amount,
        },
        Say::buttons(body, buttons),
    );
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
pub(in crate::step) fn remind_to_cancel(turn: &mut Turn<'_>, code: &ReservationCode) -> bool {
    let live = turn.facts.live();
    let Some(own) = live.iter().find(|own| own.code == *code) else {
        return false;
    };
    tell_refund(turn, own);
    true
}

/// The guest confirms a cancellation for the refund that they were told.
pub(in crate::step) fn cancel(turn: &mut Turn<'_>, code: &ReservationCode, told: Money) {
    let Some(own) = turn.facts.reservation(code) else {
        return unknown(turn, code);
    };
    let status = status(turn, own);
    if !matches!(
        status,
        ReservationStatus::PreReserved | ReservationStatus::Confirmed
    ) {
        return cannot_cancel(turn, status);
    }
    if own.refund_if_cancelled_now.amount != told {
        turn.plain_note(Key::RefundChanged);
        return tell_refund(turn, own);
    }
    if turn.is_late() {
        return tell_refund(turn, own);
    }
    turn.state.asked = Asked::Nothing;
    turn.state.options.clear();
    turn.command = Some(Command::Cancel { code: code.clone() });
}

/// The guest does not want to cancel or change it after all.
pub(in crate::step) fn keep(turn: &mut Turn<'_>) {
    turn.state.move_read_back = None;
    turn.plain_note(Key::Kept);
    turn.state.asked = Asked::Nothing;
    asking::next_step(turn);
}

/// What became of the cancellation.
pub(in crate::step) fn cancelled(turn: &mut Turn<'_>, decision: &CancelDecision) {
    match decision {
        // The reservation tells it itself, with the refund.
        CancelDecision::Cancelled { .. } => turn.state.asked = Asked::Nothing,
        CancelDecision::NotPossible { status } => cannot_cancel(turn, *status),
        CancelDecision::Unavailable => not_now(turn),
    }
}

pub(super) fn cannot_cancel(turn: &mut Turn<'_>, status: ReservationStatus) {
    turn.note(
        Key::CancelNotPossible,
        &context! { status => status.as_str() },
    );
    turn.state.asked = Asked::Nothing;
    asking::next_step(turn);
}
