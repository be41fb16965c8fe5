//! Revoking a purchase: the guest's right for some days, with everything given back and a code at once.

use domain::{ReservationCode, ReservationStatus};
use minijinja::context;

use super::{
    cancelling::{ask_to_cancel, cannot_cancel, tell_refund},
    not_now, status, unknown, written,
};
use crate::{
    Command, ReservationFacts, RevokeDecision, Say,
    action::Action,
    state::Asked,
    step::Turn,
    texts::{Key, Label},
};

/// Tells what revoking gives back and asks for confirmation; when it is too late for that, what cancelling does.
pub(in crate::step) fn ask_to_revoke(turn: &mut Turn<'_>, code: Option<&ReservationCode>) {
    let live = turn.facts.live();
    let meant = match (code, live.as_slice()) {
        (Some(code), _) => turn.facts.reservation(code),
        (None, [only]) => Some(*only),
        (None, _) => None,
    };
    match meant {
        Some(own) if is_revocable(turn, own) => ask(turn, own),
        Some(own) if own.is_live(turn.facts.now, turn.voice.today) => {
            turn.plain_note(Key::RevokeTooLate);
            tell_refund(turn, own);
        }
        _ => ask_to_cancel(turn, code),
    }
}

fn is_revocable(turn: &Turn<'_>, own: &ReservationFacts) -> bool {
    own.is_live(turn.facts.now, turn.voice.today) && turn.facts.now <= own.revocable_until
}

fn ask(turn: &mut Turn<'_>, own: &ReservationFacts) {
    let body = turn.voice.say(
        Key::RevokeAsk,
        &context! {
            code => own.code.as_str(),
            name => turn.name_of(own.accommodation_id),
            dates => turn.voice.range(own.stay),
            paid => written(own.paid),
        },
    );
    let revoke = Action::Revoke(own.code.clone());
    let yes = revoke.to_string();
    let buttons = turn.buttons(&[(revoke, Label::RevokeYes), (Action::Keep, Label::CancelNo)]);
    turn.state.read_back = None;
    turn.ask(Asked::Suggestion { yes }, Say::buttons(body, buttons));
}

/// The guest confirms that they revoke.
pub(in crate::step) fn revoke(turn: &mut Turn<'_>, code: &ReservationCode) {
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
    turn.state.asked = Asked::Nothing;
    turn.state.options.clear();
    turn.command = Some(Command::Revoke { code: code.clone() });
}

/// What became of it.
pub(in crate::step) fn revoked(turn: &mut Turn<'_>, decision: &RevokeDecision) {
    match decision {
        // The reservation tells it itself, with the code.
        RevokeDecision::Revoked => turn.state.asked = Asked::Nothing,
        RevokeDecision::TooLate { code } => {
            turn.plain_note(Key::RevokeTooLate);
            ask_to_cancel(turn, Some(code));
        }
        RevokeDecision::NotPossible { status } => cannot_cancel(turn, *status),
        RevokeDecision::Unavailable => not_now(turn),
    }
}
