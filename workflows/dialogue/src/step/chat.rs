//! Everything that is not about a stay: greeting, menu, a person, opting out, what cannot be read.

use chrono::{DateTime, TimeDelta, Utc};
use minijinja::context;

use super::{HandOverReason, Turn, asking, booking, own, spoken};
use crate::{
    Attachment, Button, Command, Row, Say, Unheard,
    action::{Action, Topic},
    state::{Asked, Mode, ReadBack},
    texts::{Key, Label},
};

/// A person who was asked for and has not come for so long leaves the guest to the bot again.
const PERSON_LASTS: TimeDelta = TimeDelta::hours(12);

/// Pictures and files that follow each other this closely are one gesture.
const ONE_GESTURE: TimeDelta = TimeDelta::seconds(20);

/// Greets, once in a conversation or when the guest does.
pub(super) fn hello(turn: &mut Turn<'_>) {
    let name = turn.guest_name();
    turn.note(Key::Hello, &context! { name });
}

/// The menu.
pub(super) fn menu(turn: &mut Turn<'_>) {
    let first = !turn.state.greeted;
    let body = turn.voice.say(Key::Menu, &context! { first });
    let mut rows: Vec<Row> = vec![turn.row(&Action::Availability, Label::AvailabilityRow)];
    if !turn.facts.reservations.is_empty() || !turn.facts.waiting.is_empty() {
        rows.push(turn.row(&Action::Mine, Label::Mine));
    }
    for (topic, label) in [
        (Topic::Photos, Label::Photos),
        (Topic::Amenities, Label::Amenities),
        (Topic::Location, Label::Location),
        (Topic::Times, Label::Times),
        (Topic::Pets, Label::Pets),
        (Topic::Policies, Label::Policies),
    ] {
        rows.push(turn.row(&Action::About(topic), label));
    }
    rows.push(turn.row(&Action::Person, Label::Person));
    let say = Say::list(body, turn.voice.label(Label::MenuOpen), rows);
    turn.tell(say);
}

/// An answer to thanks. Needs no next step, unless a yes or no is still open.
pub(super) fn thanks(turn: &mut Turn<'_>) {
    if matches!(
        turn.state.asked,
        Asked::Confirmation | Asked::Cancellation { .. } | Asked::Move
    ) {
        turn.plain_note(Key::Thanks);
        return asking::next_step(turn);
    }
    let say = Say::text(turn.voice.plain(Key::Thanks));
    turn.say.push(say);
}

/// What was not understood: the question again, or what the bot can do.
pub(super) fn puzzled(turn: &mut Turn<'_>) {
    turn.state.pace.puzzled = turn.state.pace.puzzled.saturating_add(1);
    let again = turn.state.pace.puzzled > 2;
    if !again && asking::ask_again(turn) {
        return;
    }
    let body = turn.voice.say(Key::Unknown, &context! { again });
    if again {
        let yes = Action::Person.to_string();
        let buttons = turn.buttons(&[(Action::Person, Label::Person), (Action::Menu, Label::Menu)]);
        turn.ask(Asked::Suggestion { yes }, Say::buttons(body, buttons));
    } else {
        asking::what_else(turn, body);
    }
}

/// A message that comes so late that acting on it would surprise.
pub(super) fn stale(turn: &mut Turn<'_>) {
    turn.plain_note(Key::Stale);
    turn.state.asked = Asked::Nothing;
    menu(turn);
}

/// Hands over to a person.
pub(super) fn hand_over(turn: &mut Turn<'_>, reason: HandOverReason) {
    let body = match reason {
        _ if turn.facts.paused => return person_only(turn, reason),
        HandOverReason::Asked => {
            let held = held(turn);
            turn.voice.say(Key::Person, &held)
        }
        HandOverReason::Complaint => turn.voice.plain(Key::Complaint),
        HandOverReason::Loop | HandOverReason::Flood => turn.voice.plain(Key::Loop),
    };
    with_way_back(turn, body);
    pause(turn);
    turn.command = Some(Command::HandOver { reason });
}

/// The owner has silenced the bot: a person answers, and there is no way back to it.
fn person_only(turn: &mut Turn<'_>, reason: HandOverReason) {
    let body = turn.voice.say(Key::PersonOnly, &held(turn));
    turn.say.push(Say::text(body));
    pause(turn);
    turn.command = Some(Command::HandOver { reason });
}

/// The guest's hold, whose time goes on whoever answers.
fn held(turn: &Turn<'_>) -> minijinja::Value {
    let live = turn.facts.live();
    let hold = live
        .into_iter()
        .find(|reservation| reservation.is_live_hold(turn.facts.now));
    let code = hold.map(|hold| hold.code.as_str());
    let until = hold.and_then(|hold| own::until(turn, hold));
    context! { code, until }
}

/// A person has the conversation. A yes that was asked for before may by then answer something else, so it
/// leads back to the question and no further.
pub(super) fn pause(turn: &mut Turn<'_>) {
    turn.state.mode = Mode::Person {
        since: turn.facts.now,
    };
    let change = turn.state.move_read_back.take();
    let question = match (turn.state.asked.clone(), turn.state.read_back.take()) {
        (Asked::Cancellation { code, .. }, _) => Some(Action::AskToCancel(code)),
        (Asked::Move, _) => change.map(|last| Action::Instead(last.change.code, last.change.stay)),
        (_, Some(ReadBack { proposal, .. })) => Some(Action::Pick(
            proposal.accommodation_id,
            proposal.stay,
            proposal.party,
        )),
        _ => None,
    };
    if let Some(question) = question {
        turn.state.asked = Asked::Suggestion {
            yes: question.to_string(),
        };
    }
}

/// Whether a person who was asked for is still expected.
pub(super) fn person_is_expected(since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now.signed_duration_since(since) <= PERSON_LASTS
}

/// A button was pressed while a person has the conversation.
pub(super) fn person_is_here(turn: &mut Turn<'_>) {
    if turn.facts.paused {
        let body = turn.voice.say(Key::PersonOnly, &held(turn));
        return turn.say.push(Say::text(body));
    }
    let body = turn.voice.plain(Key::PersonHere);
    with_way_back(turn, body);
}

/// Says something of a person, and how to be back with the bot.
fn with_way_back(turn: &mut Turn<'_>, body: String) {
    let resume = vec![Button::new(Action::Resume, turn.voice.label(Label::Resume))];
    turn.say.push(Say::buttons(body, resume));
}

/// The bot takes over again.
pub(super) fn resume(turn: &mut Turn<'_>) {
    turn.state.mode = Mode::Bot;
    turn.command = Some(Command::HandBack);
    turn.state.pace = crate::state::Pace::default();
    turn.plain_note(Key::Resumed);
    match turn.state.asked.clone() {
        Asked::Nothing => menu(turn),
        Asked::Suggestion { yes } => match yes.parse() {
            Ok(Action::Pick(id, stay, party)) => booking::pick(turn, id, stay, party),
            Ok(Action::AskToCancel(code)) => own::ask_to_cancel(turn, Some(&code)),
            Ok(Action::Instead(code, stay)) => own::instead(turn, &code, stay),
            _ => menu(turn),
        },
        Asked::Dates
        | Asked::Nights
        | Asked::Guests
        | Asked::Accommodation
        | Asked::Confirmation
        | Asked::Cancellation { .. }
        | Asked::NewDates { .. }
        | Asked::Move
        | Asked::Reservation => asking::next_step(turn),
    }
}

/// No more messages.
pub(super) fn opt_out(turn: &mut Turn<'_>) {
    turn.state.mode = Mode::OptedOut;
    turn.state.asked = Asked::Nothing;
    turn.state.read_back = None;
    turn.command = Some(Command::OptOut);
    let say = Say::text(turn.voice.plain(Key::OptedOut));
    turn.say.push(say);
}

/// The guest writes although they wanted no messages.
pub(super) fn still_opted_out(turn: &mut Turn<'_>) {
    let body = turn.voice.plain(Key::StillOptedOut);
    turn.tell_with(body, &[(Action::OptIn, Label::OptIn)]);
}

/// Messages again.
pub(super) fn opt_in(turn: &mut Turn<'_>) {
    turn.state.mode = Mode::Bot;
    turn.command = Some(Command::OptIn);
    turn.plain_note(Key::OptedIn);
    menu(turn);
}

/// A button that is not ours, or no longer.
pub(super) fn old_button(turn: &mut Turn<'_>) {
    turn.plain_note(Key::OldButton);
    menu(turn);
}

/// Something that is not text. What comes in one gesture, such as an album, is answered once.
pub(super) fn attachment(turn: &mut Turn<'_>, attachment: Attachment) {
    let stands_alone = matches!(attachment, Attachment::Audio | Attachment::OwnNumber);
    if !stands_alone && goes_on(turn) {
        return turn.forget_words();
    }
    let key = match attachment {
        Attachment::Reaction | Attachment::Change => return,
        Attachment::Sticker if turn.state.greeted => return,
        Attachment::Sticker => {
            hello(turn);
            return menu(turn);
        }
        Attachment::Image | Attachment::Document => Key::Receipt,
        Attachment::Audio => return spoken::unheard(turn, Unheard::Unavailable),
        Attachment::OwnNumber => Key::NumberNoted,
        Attachment::Video
        | Attachment::Location
        | Attachment::Contact
        | Attachment::Unsupported => Key::CannotRead,
    };
    if !turn.state.greeted {
        hello(turn);
    }
    let kind = match attachment {
        Attachment::Video => "video",
        Attachment::Location => "location",
        Attachment::Contact => "contact",
        Attachment::Image
        | Attachment::Document
        | Attachment::Audio
        | Attachment::Sticker
        | Attachment::Reaction
        | Attachment::Change
        | Attachment::OwnNumber
        | Attachment::Unsupported => "other",
    };
    let values = if key == Key::CannotRead {
        context! { kind }
    } else {
        context! {}
    };
    turn.note(key, &values);
    asking::next_step(turn);
}

/// Whether something that is not text goes on with what came just before.
fn goes_on(turn: &mut Turn<'_>) -> bool {
    let now = turn.facts.now;
    let before = turn.state.pace.attached.replace(now);
    before.is_some_and(|before| now.signed_duration_since(before) <= ONE_GESTURE)
}
