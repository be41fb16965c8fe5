//! What a guest said aloud: repeated to them, and trusted less than what they write.

use minijinja::context;
use nlu::Reading;

use super::{Turn, asking, chat, turn::Spoken, words};
use crate::{Unheard, state::Asked, texts::Key};

/// Of a long message the beginning is repeated; it is enough to see whether it was understood.
const REPEATED: usize = 400;

/// Answers what was heard.
pub(super) fn said(turn: &mut Turn<'_>, text: &str, reading: &Reading, how: Spoken) {
    let heard = shortened(text);
    let echo = turn.voice.say(Key::Heard, &context! { text => heard });
    turn.echo(echo);
    if how.damaged {
        in_part(turn, reading);
    } else {
        words::said(turn, text, reading);
    }
}

/// Answers what is left of a recording. Nothing is confirmed by it, and its dates are asked for again: what is
/// missing may have changed them.
fn in_part(turn: &mut Turn<'_>, reading: &Reading) {
    let kept = Reading {
        check_in: None,
        check_out: None,
        nights: None,
        date_error: None,
        choices: Vec::new(),
        period: None,
        ..reading.clone()
    };
    let dates_lost = kept != *reading;
    turn.note(Key::HeardInPart, &context! { dates_lost });
    if matches!(
        turn.state.asked,
        Asked::Confirmation | Asked::Cancellation { .. } | Asked::Move
    ) && !dates_lost
    {
        return asking::next_step(turn);
    }
    // The dates of a reservation, which stays what it is, are asked for again.
    if matches!(turn.state.asked, Asked::NewDates { .. } | Asked::Move) && dates_lost {
        return asking::next_step(turn);
    }
    if dates_lost {
        turn.state.wish.forget_dates();
        turn.state.read_back = None;
        turn.state.asked = Asked::Dates;
    }
    // Without the words: a title or a number among them may be half of something else.
    words::said(turn, "", &kept);
}

/// Asks for words that can be read.
pub(super) fn unheard(turn: &mut Turn<'_>, why: Unheard) {
    let why_not = match why {
        Unheard::NoSpeech => "no_speech",
        Unheard::Unclear => "unclear",
        Unheard::TooLong => "too_long",
        Unheard::NoNote => "no_note",
        Unheard::Unavailable => "unavailable",
    };
    if !turn.state.greeted {
        chat::hello(turn);
    }
    turn.note(Key::Unheard, &context! { why_not });
    asking::next_step(turn);
}

fn shortened(text: &str) -> String {
    let mut characters = text.chars();
    let mut kept: String = characters.by_ref().take(REPEATED).collect();
    if characters.next().is_some() {
        kept.push('…');
    }
    kept
}
