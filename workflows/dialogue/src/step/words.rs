//! Which part of the engine answers words, by what was read in them.

use domain::{AccommodationId, ReservationCode};
use nlu::{Intent, Reading};

use super::{
    HandOverReason, Turn, asking, booking,
    browse::{self, Answered},
    chat, own,
    route::pressed,
    typed, waiting,
};
use crate::{
    Command,
    action::{Action, Topic},
    state::Asked,
    texts::Key,
};

/// Answers what the guest wrote.
pub(super) fn said(turn: &mut Turn<'_>, text: &str, reading: &Reading) {
    if let Some(id) = typed::option(&turn.state, text).map(str::to_owned) {
        return pressed(turn, &id, text);
    }
    if let Some(id) = chosen_place(turn, text) {
        turn.state.pace.puzzled = 0;
        turn.state.wish.accommodation = Some(id);
        return booking::proceed(turn);
    }
    let wishes = Wishes::of(reading, turn);
    let named = introduce(turn, text);
    if !named && (!turn.state.greeted || wishes.has(Intent::Greeting)) {
        chat::hello(turn);
    }
    let before = turn.state.pace.puzzled;
    turn.state.pace.puzzled = 0;
    if typed::leaves_the_list(text) {
        return waiting::leave_asked(turn);
    }
    if reading.intent == Intent::Waitlist {
        return wait(turn, &wishes);
    }
    if urgent(turn, &wishes)
        || confirms(turn, &wishes)
        || new_dates(turn, &wishes)
        || about_own(turn, text, &wishes)
    {
        return;
    }
    let answered = about_place(turn, &wishes);
    if wishes.booking() && answered != Some(Answered::Said) {
        return book(turn, &wishes);
    }
    match answered {
        Some(Answered::Said) => {}
        Some(Answered::Noted) => asking::next_step(turn),
        None if named && reading.intent == Intent::Unknown => asking::next_step(turn),
        None => {
            turn.state.pace.puzzled = before;
            small_talk(turn, &wishes);
        }
    }
}

/// The accommodation whose name is all that the guest says but for courtesies, when they were asked which one: a name
/// may hold words that mean something else elsewhere.
fn chosen_place(turn: &Turn<'_>, text: &str) -> Option<AccommodationId> {
    if turn.state.asked != Asked::Accommodation {
        return None;
    }
    let said = typed::folded(text);
    let is_name = |name: &String| typed::is_all(&said, &typed::folded(name));
    let mut places = turn.facts.inventory.accommodations.iter();
    places
        .find(|place| is_name(&place.name) || place.aliases.iter().any(is_name))
        .map(|place| place.id)
}

/// What a message wishes for, by the part of the engine that answers it.
struct Wishes<'a> {
    reading: &'a Reading,
    all: Vec<Intent>,
}

impl<'a> Wishes<'a> {
    fn of(reading: &'a Reading, turn: &Turn<'_>) -> Self {
        let mut all = reading.wishes.clone();
        if !all.contains(&reading.intent) {
            all.insert(0, reading.intent);
        }
        // Pets that stay at home after all correct the stay, and ask nothing about the place.
        if turn.state.wish.pets && reading.pets == Some(false) {
            all.retain(|intent| *intent != Intent::Pets);
        }
        Self { reading, all }
    }

    fn has(&self, intent: Intent) -> bool {
        self.all.contains(&intent)
    }

    fn first_of(&self, intents: &[Intent]) -> Option<Intent> {
        self.all
            .iter()
            .copied()
            .find(|intent| intents.contains(intent))
    }

    fn topics(&self) -> impl Iterator<Item = Topic> {
        self.all.iter().filter_map(|intent| topic(*intent))
    }

    /// Dates or a party were said, or tried to be.
    fn says_when_or_who(&self) -> bool {
        let Reading {
            check_in,
            check_out,
            nights,
            guests,
            date_error,
            choices,
            period,
            ..
        } = self.reading;
        check_in.is_some()
            || check_out.is_some()
            || nights.is_some()
            || guests.is_some()
            || date_error.is_some()
            || period.is_some()
            || !choices.is_empty()
    }

    /// The message is about a stay to be booked.
    fn booking(&self) -> bool {
        let details = self.reading.accommodation.is_some()
            || self.reading.pets.is_some()
            || self.reading.children.is_some();
        let wished = self
            .first_of(&[Intent::Availability, Intent::Price, Intent::Book])
            .is_some();
        wished || self.says_when_or_who() || (details && self.topics().next().is_none())
    }
}

fn topic(intent: Intent) -> Option<Topic> {
    Some(match intent {
        Intent::Amenities => Topic::Amenities,
        Intent::Pets => Topic::Pets,
        Intent::Photos => Topic::Photos,
        Intent::Location => Topic::Location,
        Intent::CheckinInfo => Topic::Times,
        Intent::CancellationPolicy => Topic::Policies,
        Intent::Availability
        | Intent::Price
        | Intent::Book
        | Intent::Payment
        | Intent::Status
        | Intent::Modify
        | Intent::Cancel
        | Intent::Human
        | Intent::Complaint
        | Intent::OptOut
        | Intent::Greeting
        | Intent::Thanks
        | Intent::Affirm
        | Intent::Deny
        | Intent::Menu
        | Intent::Extend
        | Intent::Waitlist
        | Intent::Unknown => return None,
    })
}

/// The guest says their name.
fn introduce(turn: &mut Turn<'_>, text: &str) -> bool {
    let Some(name) = typed::name(text) else {
        return false;
    };
    turn.note(Key::Named, &minijinja::context! { name => name.as_str() });
    turn.asides.push(Command::SetName { name });
    true
}

fn urgent(turn: &mut Turn<'_>, wishes: &Wishes<'_>) -> bool {
    let reason = match wishes.first_of(&[Intent::Human, Intent::Complaint]) {
        Some(Intent::Complaint) => HandOverReason::Complaint,
        Some(_) => HandOverReason::Asked,
        None => return false,
    };
    chat::hand_over(turn, reason);
    true
}

/// A yes to the last question that changes nothing about it.
fn confirms(turn: &mut Turn<'_>, wishes: &Wishes<'_>) -> bool {
    let yes = wishes.first_of(&[Intent::Affirm, Intent::Book]).is_some();
    let only = wishes.all.iter().all(|intent| {
        matches!(
            intent,
            Intent::Affirm | Intent::Book | Intent::Greeting | Intent::Thanks
        )
    });
    if !yes || !only || wishes.reading.date_error.is_some() || !wishes.reading.choices.is_empty() {
        return false;
    }
    let mut wish = turn.state.wish.clone();
    wish.add(wishes.reading, turn.facts.inventory);
    match turn.state.asked.clone() {
        Asked::Confirmation | Asked::Cancellation { .. } if turn.precedes_question() => {
            asking::next_step(turn);
        }
        Asked::Confirmation if wish == turn.state.wish => booking::confirm_read_back(turn),
        Asked::Cancellation { code, refund }
            if wishes.has(Intent::Affirm) && !wishes.says_when_or_who() =>
        {
            own::cancel(turn, &code, refund);
        }
        Asked::Move if wishes.has(Intent::Affirm) && !wishes.says_when_or_who() => {
            own::confirm_read_back(turn);
        }
        Asked::Suggestion { yes } if wish == turn.state.wish && agrees(wishes, &yes) => {
            pressed(turn, &yes, "")
        }
        _ => return false,
    }
    true
}

/// "Reservala" agrees to a suggested stay, and to nothing else.
fn agrees(wishes: &Wishes<'_>, suggestion: &str) -> bool {
    wishes.has(Intent::Affirm)
        || matches!(suggestion.parse(), Ok(Action::Pick(..) | Action::Place(_)))
}

/// The new dates of a reservation, which were asked for or are being corrected.
fn new_dates(turn: &mut Turn<'_>, wishes: &Wishes<'_>) -> bool {
    let code = match (&turn.state.asked, &turn.state.move_read_back) {
        (Asked::NewDates { code, .. }, _) => code.clone(),
        (Asked::Move, Some(last)) => last.change.code.clone(),
        _ => return false,
    };
    let elsewhere = wishes
        .first_of(&[
            Intent::Cancel,
            Intent::Extend,
            Intent::Status,
            Intent::Payment,
            Intent::Waitlist,
        ])
        .is_some()
        || wishes.reading.reservation_code.is_some()
        || wishes.reading.accommodation.is_some();
    if elsewhere || !own::says_when(wishes.reading) {
        return false;
    }
    own::said_dates(turn, &code, wishes.reading);
    true
}

/// Wishes about the guest's own reservations.
fn about_own(turn: &mut Turn<'_>, text: &str, wishes: &Wishes<'_>) -> bool {
    let code: Option<ReservationCode> = wishes
        .reading
        .reservation_code
        .as_ref()
        .and_then(|code| code.parse().ok());
    let code = code.as_ref();
    // The right to revoke has words of its own, whatever else they are taken for.
    if typed::revokes(text) && !wishes.has(Intent::CancellationPolicy) {
        own::ask_to_revoke(turn, code);
        return true;
    }
    let own = [
        Intent::Cancel,
        Intent::Extend,
        Intent::Status,
        Intent::Payment,
        Intent::Modify,
    ];
    match wishes.first_of(&own) {
        Some(Intent::Cancel) if code.is_none() && turn.state.asked == Asked::Confirmation => {
            booking::dismiss(turn)
        }
        Some(Intent::Cancel) => own::ask_to_cancel(turn, code),
        Some(Intent::Extend) => own::extend(turn, code),
        Some(Intent::Status) => own::show(turn, code),
        Some(Intent::Payment) if typed::means_the_balance(text) => own::pay_balance(turn, code),
        Some(Intent::Payment) => {
            if !own::pay(turn, code) {
                if wishes.booking() {
                    book(turn, wishes)
                } else {
                    asking::next_step(turn)
                }
            }
        }
        Some(Intent::Modify) => own::modify(turn, code, text, wishes.reading),
        _ if code.is_some() && !wishes.booking() => own::show(turn, code),
        _ => return false,
    }
    true
}

/// Questions about the place; more than one in a message is answered in one message.
fn about_place(turn: &mut Turn<'_>, wishes: &Wishes<'_>) -> Option<Answered> {
    let named = wishes
        .reading
        .accommodation
        .as_ref()
        .and_then(|id| id.parse().ok());
    let mut answered = None;
    for topic in wishes.topics() {
        answered = Some(browse::about(turn, topic, named));
        if answered == Some(Answered::Said) {
            break;
        }
    }
    answered
}

fn book(turn: &mut Turn<'_>, wishes: &Wishes<'_>) {
    let reading = wishes.reading;
    let first = wishes.first_of(&[Intent::Availability, Intent::Price, Intent::Book]);
    let says_nothing_new = !wishes.says_when_or_who() && reading.accommodation.is_none();
    if first == Some(Intent::Price)
        && turn.state.wish.check_in.is_none()
        && !wishes.says_when_or_who()
    {
        let named = reading
            .accommodation
            .as_ref()
            .and_then(|id| id.parse().ok());
        browse::about(turn, Topic::Prices, named);
    }
    // "¿Qué más tenés?" about a stay whose accommodation is chosen asks for the others.
    if first == Some(Intent::Availability)
        && says_nothing_new
        && turn.state.asked == Asked::Confirmation
    {
        turn.state.wish.accommodation = None;
    }
    booking::said(turn, reading);
}

/// Into the waiting list, for the stay that is meant.
fn wait(turn: &mut Turn<'_>, wishes: &Wishes<'_>) {
    let reading = wishes.reading;
    if reading.date_error.is_some() || !reading.choices.is_empty() || reading.period.is_some() {
        return book(turn, wishes);
    }
    turn.state.wish.add(reading, turn.facts.inventory);
    waiting::asked_for(turn);
}

/// What is left when a message is about no stay, no reservation and no place.
fn small_talk(turn: &mut Turn<'_>, wishes: &Wishes<'_>) {
    let told = wishes.first_of(&[
        Intent::Deny,
        Intent::Affirm,
        Intent::Thanks,
        Intent::Menu,
        Intent::Greeting,
    ]);
    match told {
        Some(Intent::Deny) => deny(turn, wishes),
        Some(Intent::Affirm) => {
            if !asking::ask_again(turn) && !own::pay_hold(turn) {
                chat::menu(turn);
            }
        }
        Some(Intent::Thanks) => chat::thanks(turn),
        Some(Intent::Menu | Intent::Greeting) => chat::menu(turn),
        _ => chat::puzzled(turn),
    }
}

fn deny(turn: &mut Turn<'_>, wishes: &Wishes<'_>) {
    match turn.state.asked {
        Asked::Confirmation => booking::dismiss(turn),
        Asked::Cancellation { .. } | Asked::NewDates { .. } | Asked::Move => own::keep(turn),
        Asked::Nothing | Asked::Suggestion { .. } if offered(turn).is_some() => {
            let code = offered(turn);
            own::ask_to_cancel(turn, code.as_ref());
        }
        _ if wishes.has(Intent::Thanks) => chat::thanks(turn),
        Asked::Dates
        | Asked::Nights
        | Asked::Guests
        | Asked::Accommodation
        | Asked::Reservation
        | Asked::Suggestion { .. }
        | Asked::Nothing => {
            turn.state.asked = Asked::Nothing;
            asking::next_step(turn);
        }
    }
}

/// What the waiting list offers the guest right now: the last thing that a no can be about.
fn offered(turn: &Turn<'_>) -> Option<ReservationCode> {
    let live = turn.facts.live();
    let offer = live
        .iter()
        .find(|own| own.offered && own.is_live_hold(turn.facts.now));
    offer.map(|own| own.code.clone())
}
