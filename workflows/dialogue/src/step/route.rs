//! Which part of the engine answers a guest's message.

use nlu::{Intent, Reading};

use super::{
    HandOverReason, Turn, asking, booking,
    browse::{self, Answered},
    chat, own, pace, spoken, typed, waiting, words,
};
use crate::{Attachment, Command, Unheard, action::Action, state::Mode, texts::Key};

/// What a guest did.
#[derive(Debug, Clone, Copy)]
pub(super) enum Message<'a> {
    Said(&'a str, &'a Reading),
    Pressed(&'a str, &'a str),
    Sent(Attachment),
    Unheard(Unheard),
}

/// Answers a guest's message, if the bot is the one to answer.
pub(super) fn guest(turn: &mut Turn<'_>, message: Message<'_>) {
    if matches!(
        message,
        Message::Sent(Attachment::Reaction | Attachment::Change)
    ) {
        return;
    }
    if wants_silence(message) && turn.state.mode != Mode::OptedOut {
        return chat::opt_out(turn);
    }
    match turn.state.mode {
        Mode::OptedOut => opted_out(turn, message),
        Mode::Person { since }
            if turn.facts.paused || chat::person_is_expected(since, turn.facts.now) =>
        {
            with_person(turn, message)
        }
        Mode::Bot if turn.facts.paused => chat::hand_over(turn, HandOverReason::Asked),
        Mode::Person { .. } => {
            turn.state.mode = Mode::Bot;
            turn.asides.push(Command::HandBack);
            answer(turn, message);
        }
        Mode::Bot => answer(turn, message),
    }
    pace::break_loops(turn);
}

fn wants_silence(message: Message<'_>) -> bool {
    // Who wants out of the waiting list does not want out of everything.
    matches!(message, Message::Said(text, reading)
        if reading.intent == Intent::OptOut && !typed::leaves_the_list(text))
}

fn opted_out(turn: &mut Turn<'_>, message: Message<'_>) {
    let back = match message {
        Message::Said(text, _) => typed::opts_in(text),
        Message::Pressed(id, _) => id.parse() == Ok(Action::OptIn),
        Message::Sent(_) | Message::Unheard(_) => false,
    };
    if back {
        chat::opt_in(turn)
    } else {
        chat::still_opted_out(turn)
    }
}

fn with_person(turn: &mut Turn<'_>, message: Message<'_>) {
    match message {
        Message::Said(text, _) if turn.facts.paused && typed::calls_the_bot(text) => {
            chat::person_is_here(turn)
        }
        Message::Pressed(..) if turn.facts.paused => chat::person_is_here(turn),
        Message::Said(text, _) if typed::calls_the_bot(text) => chat::resume(turn),
        Message::Pressed(id, _) => match id.parse() {
            Ok(Action::Resume | Action::Menu) => chat::resume(turn),
            _ => chat::person_is_here(turn),
        },
        Message::Said(..) | Message::Sent(_) | Message::Unheard(_) => {}
    }
}

fn answer(turn: &mut Turn<'_>, message: Message<'_>) {
    if !pace::allows(turn) {
        return;
    }
    forget_the_past(turn);
    if turn.is_stale() {
        return chat::stale(turn);
    }
    if turn.is_late() {
        turn.plain_note(Key::Late);
    }
    if !matches!(message, Message::Sent(_)) {
        turn.state.pace.attached = None;
    }
    match message {
        Message::Said(text, reading) => match turn.spoken {
            Some(how) => spoken::said(turn, text, reading, how),
            None => words::said(turn, text, reading),
        },
        Message::Unheard(why) => spoken::unheard(turn, why),
        Message::Pressed(id, title) => pressed(turn, id, title),
        Message::Sent(attachment) => chat::attachment(turn, attachment),
    }
}

/// Dates that have passed since they were talked about are no longer wished for.
fn forget_the_past(turn: &mut Turn<'_>) {
    let today = turn.voice.today;
    if turn
        .state
        .wish
        .check_in
        .is_some_and(|check_in| check_in < today)
    {
        turn.state.wish.forget_dates();
        turn.state.read_back = None;
    }
}

pub(super) fn pressed(turn: &mut Turn<'_>, id: &str, title: &str) {
    turn.state.pace.puzzled = 0;
    let action = id
        .parse()
        .or_else(|unknown| typed::option(&turn.state, title).map_or(Err(unknown), str::parse));
    match action {
        Ok(action) => act(turn, action),
        Err(_) => chat::old_button(turn),
    }
}

fn act(turn: &mut Turn<'_>, action: Action) {
    match action {
        Action::Menu => chat::menu(turn),
        Action::Availability => booking::proceed(turn),
        Action::OtherDates => {
            turn.state.wish.forget_dates();
            booking::proceed(turn);
        }
        Action::OtherParty => {
            turn.state.wish.guests = None;
            booking::proceed(turn);
        }
        Action::OtherPlace => {
            turn.state.wish.accommodation = None;
            booking::proceed(turn);
        }
        Action::WithoutPets => {
            turn.state.wish.pets = false;
            booking::proceed(turn);
        }
        Action::Change => booking::change(turn),
        Action::Dismiss => booking::dismiss(turn),
        Action::Guests(guests) => {
            turn.state.wish.guests = Some(guests);
            turn.state.wish.children = 0;
            booking::proceed(turn);
        }
        Action::Dates(check_in, _) if check_in < turn.voice.today => {
            asking::wrong_dates(turn, nlu::DateError::Past)
        }
        Action::Dates(check_in, check_out) => {
            turn.state.wish.set_dates(check_in, check_out);
            booking::proceed(turn);
        }
        Action::Place(id) => {
            turn.state.wish.accommodation = Some(id);
            booking::proceed(turn);
        }
        Action::Pick(id, stay, party) => booking::pick(turn, id, stay, party),
        Action::Confirm(proposal) => booking::confirm(turn, proposal),
        Action::Mine => own::show(turn, None),
        Action::Reservation(code) => own::show(turn, Some(&code)),
        Action::Pay(code) => {
            own::pay(turn, Some(&code));
        }
        Action::Extend(code) => own::extend(turn, Some(&code)),
        Action::AskToCancel(code) => own::ask_to_cancel(turn, Some(&code)),
        Action::Cancel(code, refund) => own::cancel(turn, &code, refund),
        Action::Revoke(code) => own::revoke(turn, &code),
        Action::PayBalance(code) => own::pay_balance(turn, Some(&code)),
        Action::Keep => own::keep(turn),
        Action::Modify => own::ask_to_change(turn, None),
        Action::AskToChange(code) => own::ask_to_change(turn, Some(&code)),
        Action::Instead(code, stay) => own::instead(turn, &code, stay),
        Action::Move(change) => own::change(turn, &change),
        Action::Wait(place, stay, party) => waiting::join(turn, place, stay, party),
        Action::Waiting(entry) => waiting::show(turn, entry),
        Action::LeaveWaiting(entry) => waiting::leave(turn, entry),
        Action::Decline(code) => waiting::decline(turn, &code),
        Action::About(topic) => {
            if browse::about(turn, topic, None) == Answered::Noted {
                asking::next_step(turn);
            }
        }
        Action::AboutPlace(topic, id) => {
            if browse::about(turn, topic, Some(id)) == Answered::Noted {
                asking::next_step(turn);
            }
        }
        Action::Person => chat::hand_over(turn, HandOverReason::Asked),
        // The bot is already back, the guest already gets messages.
        Action::Resume | Action::OptIn => chat::menu(turn),
    }
}
