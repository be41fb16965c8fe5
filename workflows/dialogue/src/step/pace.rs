//! The budget of a conversation: no answer is repeated for ever, and no flood is answered message by message.

use chrono::TimeDelta;

use super::{HandOverReason, Turn, chat};
use crate::{Say, state::Mode};

/// This many messages of a guest within [`WINDOW`] are a flood.
const FLOOD: usize = 30;
const WINDOW: TimeDelta = TimeDelta::minutes(10);

/// An answer is given this often in a row; instead of once more a person is called.
const REPEATS: u8 = 3;

/// Counts a message. False when it is one too many: a person is called, and the bot falls silent.
pub(super) fn allows(turn: &mut Turn<'_>) -> bool {
    let now = turn.facts.now;
    let turns = &mut turn.state.pace.turns;
    turns.retain(|at| now.signed_duration_since(*at) <= WINDOW);
    if turns.len() >= FLOOD {
        turns.clear();
        chat::hand_over(turn, HandOverReason::Flood);
        return false;
    }
    turns.push(now);
    true
}

/// Whether what is about to be said has been said too often in a row. A loop with a guest who wants no messages
/// ends in silence, any other with a person.
pub(super) fn break_loops(turn: &mut Turn<'_>) {
    if turn.command.is_some() || turn.say.is_empty() {
        return;
    }
    let answer = fingerprint(turn);
    let pace = &mut turn.state.pace;
    pace.repeats = if pace.answer == answer {
        pace.repeats.saturating_add(1)
    } else {
        1
    };
    pace.answer = answer;
    if pace.repeats <= REPEATS {
        return;
    }
    turn.forget_words();
    match turn.state.mode {
        Mode::Bot => {
            turn.state.pace.repeats = 0;
            chat::hand_over(turn, HandOverReason::Loop);
        }
        Mode::Person { .. } | Mode::OptedOut => {}
    }
}

/// A small number that is the same for the same answer, in every version of the program (FNV-1a).
fn fingerprint(turn: &Turn<'_>) -> u32 {
    let texts = turn.say.iter().map(Say::as_plain_text);
    let bytes = texts
        .chain(turn.notes().iter().cloned())
        .flat_map(String::into_bytes);
    bytes.fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
