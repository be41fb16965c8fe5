//! The waiting list: joining it when nights are taken, seeing it, leaving it, and not wanting what it offers.

use domain::{Accommodation, AccommodationId, Party, ReservationCode, ReservationStatus, Stay};
use minijinja::context;

use super::{Turn, asking, booking, offers, own};
use crate::{
    Command, Say, WaitingDecision, WaitingFacts,
    action::Action,
    state::Asked,
    texts::{Key, Label},
};

/// The way into the list, for nights that others have.
pub(super) fn way_in(place: Option<&Accommodation>, stay: Stay, party: Party) -> (Action, Label) {
    let action = Action::Wait(place.map(|place| place.id), stay, party);
    (action, Label::Waitlist)
}

/// The guest wants to wait for a stay: they are put in line if it is taken, and shown it if it is free.
pub(super) fn join(
    turn: &mut Turn<'_>,
    accommodation_id: Option<AccommodationId>,
    stay: Stay,
    party: Party,
) {
    if stay.check_in() < turn.voice.today {
        return asking::wrong_dates(turn, nlu::DateError::Past);
    }
    let inventory = turn.facts.inventory;
    let place = accommodation_id.and_then(|id| turn.facts.place(id));
    let is_free = match place {
        Some(place) => inventory.offer(place, stay, party).is_ok(),
        None => !inventory.offers(stay, party).is_empty(),
    };
    let wish = &mut turn.state.wish;
    wish.accommodation = place.map(|place| place.id);
    wish.set_dates(stay.check_in(), Some(stay.check_out()));
    wish.set_party(party);
    if is_free {
        turn.plain_note(Key::WaitlistFree);
        return booking::proceed(turn);
    }
    if let Some(place) = place
        && booking::already_reserved(turn, place.id, stay)
    {
        return;
    }
    if !offers::may_come_free(turn, place, stay, party) {
        return booking::proceed(turn);
    }
    turn.state.read_back = None;
    turn.state.asked = Asked::Nothing;
    turn.state.options.clear();
    turn.command = Some(Command::JoinWaitingList {
        accommodation_id: place.map(|place| place.id),
        stay,
        party,
    });
}

/// The guest asks for the list in words: for the stay being talked about, or which one.
pub(super) fn asked_for(turn: &mut Turn<'_>) {
    match turn.wished_stay() {
        Some((stay, party)) => join(turn, turn.state.wish.accommodation, stay, party),
        None => {
            turn.plain_note(Key::Waitlist);
            booking::proceed(turn);
        }
    }
}

/// What became of it.
pub(super) fn decided(turn: &mut Turn<'_>, decision: WaitingDecision) {
    match decision {
        WaitingDecision::Joined { entry } => match waiting(turn, entry) {
            Some(waiting) => details(turn, &waiting, Key::WaitlistJoined),
            // Nights that came free meanwhile are being offered, or the place was given up.
            None => show_all(turn),
        },
        WaitingDecision::Left => {
            let body = turn.voice.plain(Key::WaitlistLeft);
            asking::what_else(turn, body);
        }
        WaitingDecision::Unavailable => own::not_now(turn),
    }
}

fn show_all(turn: &mut Turn<'_>) {
    own::show(turn, None);
}

fn waiting(turn: &Turn<'_>, entry: i64) -> Option<WaitingFacts> {
    let mut waiting = turn.facts.waiting.iter();
    waiting.find(|waiting| waiting.entry == entry).copied()
}

/// Shows a place in line.
pub(super) fn show(turn: &mut Turn<'_>, entry: i64) {
    match waiting(turn, entry) {
        Some(waiting) => details(turn, &waiting, Key::WaitlistEntry),
        None => not_in_line(turn),
    }
}

fn details(turn: &mut Turn<'_>, waiting: &WaitingFacts, key: Key) {
    let voice = turn.voice;
    let body = voice.say(
        key,
        &context! {
            name => waiting.accommodation_id.map(|id| turn.name_of(id)),
            dates => voice.range(waiting.stay),
            party => voice.party(waiting.party),
        },
    );
    turn.tell_with(
        body,
        &[
            (Action::LeaveWaiting(waiting.entry), Label::LeaveWaitlist),
            (Action::OtherDates, Label::OtherDates),
            (Action::Menu, Label::Menu),
        ],
    );
}

fn not_in_line(turn: &mut Turn<'_>) {
    let body = turn.voice.plain(Key::WaitlistNotThere);
    asking::what_else(turn, body);
}

/// The guest gives their place up.
pub(super) fn leave(turn: &mut Turn<'_>, entry: i64) {
    if waiting(turn, entry).is_none() {
        return not_in_line(turn);
    }
    turn.state.asked = Asked::Nothing;
    turn.state.options.clear();
    turn.command = Some(Command::LeaveWaitingList { entry });
}

/// The guest wants out of the list and does not say of which place in it.
pub(super) fn leave_asked(turn: &mut Turn<'_>) {
    match turn.facts.waiting.as_slice() {
        [] => not_in_line(turn),
        [only] => leave(turn, only.entry),
        several => {
            let rows = several
                .iter()
                .take(own::MAX_LISTED)
                .map(|waiting| {
                    own::waiting_row(turn, waiting, &Action::LeaveWaiting(waiting.entry))
                })
                .collect();
            let body = turn.voice.plain(Key::WaitlistWhich);
            let say = Say::list(body, turn.voice.label(Label::MenuOpen), rows);
            turn.tell(say);
        }
    }
}

/// The guest does not take what the list offers. Of what nothing is paid for, nothing has to be told first.
pub(super) fn decline(turn: &mut Turn<'_>, code: &ReservationCode) {
    let facts = turn.facts;
    let unpaid = facts.reservation(code).is_some_and(|own| {
        own.status == ReservationStatus::PreReserved
            && own.is_live_hold(facts.now)
            && !own.paid.is_positive()
    });
    if !unpaid {
        return own::ask_to_cancel(turn, Some(code));
    }
    turn.state.asked = Asked::Nothing;
    turn.state.options.clear();
    turn.command = Some(Command::Cancel { code: code.clone() });
}
