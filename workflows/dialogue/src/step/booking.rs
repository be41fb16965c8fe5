//! From dates and a party to a hold: ask for what is missing, read back, confirm.
//!
//! A hold is only ever asked for in [`confirm`], and only for the stay that was read back last.

use chrono::TimeDelta;
use domain::{
    AccommodationId, Party, Stay,
    availability::Offer,
    party::MAX_GUESTS,
    stay::{MAX_NIGHTS, StayError},
};
use minijinja::context;
use nlu::Reading;

use super::{Turn, asking, offers};
use crate::{
    Command, HoldDecision, Say,
    action::Action,
    format::clock,
    state::{Asked, Proposal, ReadBack},
    texts::{Key, Label},
};

/// A read-back older than this is read back again before anything is held.
const READ_BACK_LASTS: TimeDelta = TimeDelta::hours(12);

/// Takes in what a message says about the stay and goes on.
pub(super) fn said(turn: &mut Turn<'_>, reading: &Reading) {
    if let Some(error) = reading.date_error {
        turn.state.wish.forget_dates();
        turn.state.read_back = None;
        return asking::wrong_dates(turn, error);
    }
    turn.state.wish.add(reading, turn.facts.inventory);
    if !reading.choices.is_empty() {
        turn.state.read_back = None;
        return asking::unclear_dates(turn, &reading.choices);
    }
    if let (None, None, Some(period)) = (reading.check_in, turn.state.wish.check_in, reading.period)
    {
        return asking::dates(turn, asking::Tone::Period(period));
    }
    proceed(turn);
}

/// Answers with what is known, or asks for what is missing.
pub(super) fn proceed(turn: &mut Turn<'_>) {
    turn.state.read_back = None;
    let wish = turn.state.wish.clone();
    if wish.guests.is_some() && too_many(turn) {
        return;
    }
    let (check_in, check_out) = match (wish.check_in, wish.check_out) {
        (Some(check_in), Some(check_out)) => (check_in, check_out),
        (Some(check_in), None) => return asking::nights(turn, check_in),
        (None, _) => return asking::dates(turn, asking::Tone::First),
    };
    let stay = match Stay::new(check_in, check_out) {
        Ok(stay) => stay,
        Err(StayError::TooLong) => {
            return offers::refuse_outright(turn, "too_long", u32::from(MAX_NIGHTS));
        }
        Err(StayError::NoNights) => return asking::wrong_dates(turn, nlu::DateError::Backwards),
    };
    let Some(party) = wish.party() else {
        return asking::guests(turn, false);
    };
    match turn.wished_place() {
        Some(place) => match turn.facts.inventory.offer(place, stay, party) {
            Ok(offer) => read_back(turn, &offer, party),
            Err(_) if already_reserved(turn, place.id, stay) => {}
            Err(refusal) => offers::refuse(turn, Some(place), refusal, stay, party),
        },
        None => offers::show(turn, stay, party),
    }
}

/// Says so when the party fits nowhere, whatever the dates.
fn too_many(turn: &mut Turn<'_>) -> bool {
    let Some(party) = turn.state.wish.party() else {
        turn.state.wish.guests = None;
        offers::refuse_outright(turn, "party_size", u32::from(MAX_GUESTS));
        return true;
    };
    let largest = turn
        .facts
        .inventory
        .accommodations
        .iter()
        .map(|place| place.capacity)
        .max();
    match largest.filter(|largest| *largest < party.guests()) {
        Some(largest) => {
            offers::refuse_outright(turn, "too_many_guests", u32::from(largest));
            true
        }
        None => false,
    }
}

/// Picks an offer: it is read back if it can still be had.
pub(super) fn pick(turn: &mut Turn<'_>, id: AccommodationId, stay: Stay, party: Party) {
    let wish = &mut turn.state.wish;
    wish.accommodation = Some(id);
    wish.set_dates(stay.check_in(), Some(stay.check_out()));
    wish.set_party(party);
    proceed(turn);
}

/// Reads a stay back and asks for confirmation.
fn read_back(turn: &mut Turn<'_>, offer: &Offer, party: Party) {
    let Some(place) = turn.facts.place(offer.accommodation_id) else {
        return asking::dates(turn, asking::Tone::First);
    };
    let (stay, quote, policies) = (offer.stay, &offer.quote, &place.policies);
    let (today, check_in) = (place.today(turn.facts.now), stay.check_in());
    let vouchers = policies.hold.vouchers.covers(today, check_in);
    let held_for = policies.hold.for_stay(today, check_in).seconds;
    let proposal = Proposal {
        accommodation_id: place.id,
        stay,
        party,
        total: quote.total,
        deposit: quote.deposit,
    };
    let voice = turn.voice;
    let body = voice.say(
        Key::ReadBack,
        &context! {
            name => place.name.as_str(),
            check_in => voice.date(stay.check_in()),
            from => clock(policies.stay.check_in_from),
            check_out => voice.date(stay.check_out()),
            by => clock(policies.stay.check_out_by),
            nights => voice.nights(stay.nights()),
            party => voice.party(party),
            price_lines => voice.price_lines(quote),
            total => quote.total.to_string(),
            whole => quote.deposit == quote.total,
            deposit => quote.deposit.to_string(),
            balance => quote.total.less(quote.deposit).to_string(),
            minutes => held_for / 60,
            hours => vouchers.then_some(held_for / 3600),
        },
    );
    turn.state.read_back = Some(ReadBack {
        proposal,
        at: turn.facts.now,
    });
    ask_to_confirm(turn, proposal, body);
}

/// The question for confirmation again, in one sentence, after something else was answered.
pub(super) fn remind_to_confirm(turn: &mut Turn<'_>) -> bool {
    let Some(ReadBack { proposal, .. }) = turn
        .state
        .read_back
        .filter(|read_back| is_fresh(turn, read_back))
    else {
        return false;
    };
    let body = in_one_sentence(turn, Key::ReadBackShort, &proposal);
    ask_to_confirm(turn, proposal, body);
    true
}

/// A text that names everything a confirmation confirms.
fn in_one_sentence(turn: &Turn<'_>, key: Key, proposal: &Proposal) -> String {
    let voice = turn.voice;
    let values = context! {
        name => turn.name_of(proposal.accommodation_id),
        dates => voice.range(proposal.stay),
        party => voice.party(proposal.party),
        total => proposal.total.to_string(),
    };
    voice.say(key, &values)
}

fn ask_to_confirm(turn: &mut Turn<'_>, proposal: Proposal, body: String) {
    let buttons = turn.buttons(&[
        (Action::Confirm(proposal), Label::Confirm),
        (Action::Change, Label::Change),
        (Action::Dismiss, Label::Dismiss),
    ]);
    turn.ask(Asked::Confirmation, Say::buttons(body, buttons));
}

fn is_fresh(turn: &Turn<'_>, read_back: &ReadBack) -> bool {
    turn.facts.now.signed_duration_since(read_back.at) <= READ_BACK_LASTS
}

/// The guest says yes to what was read back last.
pub(super) fn confirm_read_back(turn: &mut Turn<'_>) {
    match turn.state.read_back {
        Some(read_back) => confirm(turn, read_back.proposal),
        None => proceed(turn),
    }
}

/// The guest confirms a stay: it is held if it is what was read back last, and read back (again) otherwise.
pub(super) fn confirm(turn: &mut Turn<'_>, proposal: Proposal) {
    let Proposal {
        accommodation_id,
        stay,
        party,
        ..
    } = proposal;
    if already_reserved(turn, accommodation_id, stay) {
        return;
    }
    let last = turn.state.read_back;
    let was_read_back = last.is_some_and(|last| last.proposal == proposal && is_fresh(turn, &last))
        && !turn.is_late();
    let offer = turn
        .facts
        .place(accommodation_id)
        .and_then(|place| turn.facts.inventory.offer(place, stay, party).ok());
    let Some(offer) = offer else {
        return pick(turn, accommodation_id, stay, party);
    };
    let same_price = offer.quote.total == proposal.total && offer.quote.deposit == proposal.deposit;
    if !same_price {
        turn.plain_note(Key::PriceChanged);
    } else if !was_read_back {
        turn.plain_note(Key::NotConfirmedYet);
    }
    if !same_price || !was_read_back {
        return pick(turn, accommodation_id, stay, party);
    }
    turn.state.read_back = None;
    turn.state.placing = Some(proposal);
    turn.state.asked = Asked::Nothing;
    turn.state.options.clear();
    let wish = &mut turn.state.wish;
    wish.accommodation = Some(accommodation_id);
    wish.set_dates(stay.check_in(), Some(stay.check_out()));
    wish.set_party(party);
    turn.command = Some(Command::PlaceHold {
        accommodation_id,
        stay,
        party,
        quote: offer.quote,
    });
}

/// Says so when the guest has this stay already, instead of holding it twice.
pub(super) fn already_reserved(turn: &mut Turn<'_>, id: AccommodationId, stay: Stay) -> bool {
    let live = turn.facts.live();
    let Some(own) = live
        .iter()
        .find(|own| own.accommodation_id == id && own.stay.overlaps(stay))
    else {
        return false;
    };
    super::own::you_have_it(turn, own);
    true
}

/// What became of the hold that was asked for.
pub(super) fn decided(turn: &mut Turn<'_>, decision: HoldDecision) {
    let Some(proposal) = turn.state.placing.take() else {
        return unasked(turn, &decision);
    };
    let place = turn.facts.place(proposal.accommodation_id);
    let Proposal { stay, party, .. } = proposal;
    match decision {
        HoldDecision::Held { .. } => {
            turn.state.wish.forget_dates();
            turn.state.wish.accommodation = None;
            turn.state.asked = Asked::Nothing;
        }
        HoldDecision::Taken => offers::just_taken(turn, place, stay, party),
        HoldDecision::Refused { refusal } => offers::refuse(turn, place, refusal, stay, party),
        HoldDecision::Unavailable => try_again(turn, proposal),
    }
}

/// A decision that nothing here waits for: a hold speaks for itself, and there is nothing to say about another.
fn unasked(turn: &mut Turn<'_>, decision: &HoldDecision) {
    if !matches!(decision, HoldDecision::Held { .. }) {
        turn.plain_note(Key::NotNow);
        asking::next_step(turn);
    }
}

/// The hold could not be decided: the same confirmation is offered again.
fn try_again(turn: &mut Turn<'_>, proposal: Proposal) {
    turn.state.read_back = Some(ReadBack {
        proposal,
        at: turn.facts.now,
    });
    let buttons = turn.buttons(&[
        (Action::Confirm(proposal), Label::Retry),
        (Action::Person, Label::Person),
    ]);
    let body = in_one_sentence(turn, Key::HoldUnavailable, &proposal);
    turn.ask(Asked::Confirmation, Say::buttons(body, buttons));
}

/// What of the stay shall be changed.
pub(super) fn change(turn: &mut Turn<'_>) {
    turn.state.read_back = None;
    let mut buttons = vec![
        (Action::OtherDates, Label::OtherDates),
        (Action::OtherParty, Label::OtherParty),
    ];
    if turn.facts.inventory.accommodations.len() > 1 {
        buttons.push((Action::OtherPlace, Label::OtherPlace));
    }
    let body = turn.voice.plain(Key::ChangeWhat);
    turn.tell_with(body, &buttons);
}

/// The guest does not want what was read back.
pub(super) fn dismiss(turn: &mut Turn<'_>) {
    turn.state.read_back = None;
    turn.state.wish.accommodation = None;
    let body = turn.voice.plain(Key::Dismissed);
    let buttons = [
        (Action::OtherDates, Label::OtherDates),
        (Action::OtherPlace, Label::OtherPlace),
        (Action::Menu, Label::Menu),
    ];
    turn.tell_with(body, &buttons);
}
