//! The questions: dates, nights, guests, which accommodation; and what to ask after something was answered.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use domain::{Party, Stay, availability::Offer};
use minijinja::context;
use nlu::{DateError, Period, StayChoice};

use super::{Turn, booking, own};
use crate::{
    Button, Row, Say,
    action::{Action, Topic},
    state::Asked,
    texts::{Key, Label},
};

/// How many weekends are suggested, and among how many they are looked for.
const WEEKENDS_SHOWN: usize = 6;
const WEEKENDS_SEARCHED: usize = 16;

/// The most rows of a list.
const MAX_ROWS: u8 = 10;

/// How the dates are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// For the first time.
    First,
    /// After something else was answered.
    Reminder,
    /// After an answer that was not understood.
    Again,
    /// After the guest named a stretch of the calendar.
    Period(Period),
}

/// Asks for arrival and departure, suggesting free weekends.
pub(super) fn dates(turn: &mut Turn<'_>, tone: Tone) {
    let period = match tone {
        Tone::Period(period) => Some(period),
        Tone::First | Tone::Reminder | Tone::Again => None,
    };
    let rows = weekend_rows(turn, period);
    let body = turn.voice.say(
        Key::AskDates,
        &context! { again => tone == Tone::Again, period => period.is_some(), weekends => !rows.is_empty() && tone != Tone::Reminder },
    );
    let say = if rows.is_empty() {
        Say::buttons(
            body,
            turn.buttons(&[(Action::Menu, Label::Menu), (Action::Person, Label::Person)]),
        )
    } else {
        Say::list(body, turn.voice.label(Label::DatesOpen), rows)
    };
    turn.ask(Asked::Dates, say);
}

/// The next weekends that have something free for the party, as far as it is known.
fn weekend_rows(turn: &Turn<'_>, period: Option<Period>) -> Vec<Row> {
    let from = period.map_or(turn.voice.today, |period| {
        period.first.max(turn.voice.today)
    });
    let until = period.map_or(NaiveDate::MAX, |period| period.last);
    let Some(party) = turn.state.wish.party().or_else(|| Party::of(1).ok()) else {
        return Vec::new();
    };
    let fridays = from.iter_days().filter(|day| day.weekday() == Weekday::Fri);
    fridays
        .take(WEEKENDS_SEARCHED)
        .take_while(|friday| *friday <= until)
        .filter_map(|friday| weekend_row(turn, Stay::of_nights(friday, 2).ok()?, party))
        .take(WEEKENDS_SHOWN)
        .collect()
}

fn weekend_row(turn: &Turn<'_>, weekend: Stay, party: Party) -> Option<Row> {
    let offers = match turn.wished_place() {
        Some(place) => turn
            .facts
            .inventory
            .offer(place, weekend, party)
            .into_iter()
            .collect(),
        None => turn.facts.inventory.offers(weekend, party),
    };
    let cheapest = offers
        .iter()
        .min_by_key(|offer| offer.quote.total.centavos)?;
    let voice = turn.voice;
    let from = voice.label(Label::FromPrice);
    let description = format!(
        "{from} {} · {}",
        cheapest.quote.total,
        voice.nights(weekend.nights())
    );
    let action = Action::Dates(weekend.check_in(), Some(weekend.check_out()));
    Some(Row::new(action, voice.range(weekend)).described(description))
}

/// Says why the dates cannot be, and asks again.
pub(super) fn wrong_dates(turn: &mut Turn<'_>, error: DateError) {
    turn.note(Key::DatesWrong, &context! { error => error_word(error) });
    dates(turn, Tone::First);
}

/// The word for what is wrong with dates.
pub(super) const fn error_word(error: DateError) -> &'static str {
    match error {
        DateError::NoSuchDay => "no_such_day",
        DateError::Past => "past",
        DateError::Backwards => "backwards",
        DateError::WeekdayMismatch => "weekday_mismatch",
        DateError::NightsMismatch => "nights_mismatch",
    }
}

/// Asks which of at most three dates were meant.
pub(super) fn unclear_dates(turn: &mut Turn<'_>, choices: &[StayChoice]) {
    let voice = turn.voice;
    let named = |choice: &StayChoice, day: &dyn Fn(NaiveDate) -> String| match choice.check_out {
        Some(check_out) => format!(
            "{} {} {}",
            day(choice.check_in),
            voice.label(Label::Range),
            day(check_out)
        ),
        None => day(choice.check_in),
    };
    let long: Vec<String> = choices
        .iter()
        .take(3)
        .map(|choice| named(choice, &|day| voice.date(day)))
        .collect();
    let short = |day: NaiveDate| day.format("%d/%m").to_string();
    let buttons: Vec<Button> = choices
        .iter()
        .take(3)
        .map(|choice| {
            Button::new(
                Action::Dates(choice.check_in, choice.check_out),
                named(choice, &short),
            )
        })
        .collect();
    let body = voice.say(Key::DatesUnclear, &context! { choices => long });
    turn.ask(Asked::Dates, Say::buttons(body, buttons));
}

/// Asks for how long.
pub(super) fn nights(turn: &mut Turn<'_>, check_in: NaiveDate) {
    let voice = turn.voice;
    let body = voice.say(
        Key::AskNights,
        &context! { check_in => voice.date(check_in) },
    );
    let button = |nights: u16| {
        let check_out = check_in.checked_add_days(Days::new(u64::from(nights)))?;
        Some(Button::new(
            Action::Dates(check_in, Some(check_out)),
            voice.nights(nights),
        ))
    };
    let buttons = [1, 2, 3].into_iter().filter_map(button).collect();
    turn.ask(Asked::Nights, Say::buttons(body, buttons));
}

/// Asks how many they are.
pub(super) fn guests(turn: &mut Turn<'_>, again: bool) {
    let wish = &turn.state.wish;
    let stay = wish
        .check_in
        .zip(wish.check_out)
        .and_then(|(from, to)| Stay::new(from, to).ok());
    let voice = turn.voice;
    let body = voice.say(
        Key::AskGuests,
        &context! { again, dates => stay.map(|stay| voice.range(stay)) },
    );
    let capacities = turn
        .facts
        .inventory
        .accommodations
        .iter()
        .map(|place| place.capacity);
    let most = turn
        .wished_place()
        .map_or_else(|| capacities.max().unwrap_or(1), |place| place.capacity);
    let sizes = 1..=most.min(MAX_ROWS);
    let say = if most <= 3 {
        Say::buttons(
            body,
            sizes
                .map(|guests| Button::new(Action::Guests(guests), voice.guests(guests)))
                .collect(),
        )
    } else {
        let rows = sizes
            .map(|guests| Row::new(Action::Guests(guests), voice.guests(guests)))
            .collect();
        Say::list(body, voice.label(Label::GuestsOpen), rows)
    };
    turn.ask(Asked::Guests, say);
}

/// Asks which of the offers, without repeating their prices in the text.
fn place(turn: &mut Turn<'_>) -> bool {
    let Some((stay, party)) = turn.wished_stay() else {
        return false;
    };
    let offers = turn.facts.inventory.offers(stay, party);
    if offers.is_empty() {
        return false;
    }
    let rows = offers
        .iter()
        .map(|offer| offer_row(turn, offer, party, false))
        .collect();
    let body = turn.voice.plain(Key::AskPlace);
    let say = Say::list(body, turn.voice.label(Label::OffersOpen), rows);
    turn.ask(Asked::Accommodation, say);
    true
}

/// A row that picks an offer: named by its accommodation, or by its dates when those are not what was asked for.
pub(super) fn offer_row(turn: &Turn<'_>, offer: &Offer, party: Party, other_dates: bool) -> Row {
    let voice = turn.voice;
    let action = Action::Pick(offer.accommodation_id, offer.stay, party);
    let (name, total) = (turn.name_of(offer.accommodation_id), offer.quote.total);
    let nights = voice.nights(offer.stay.nights());
    if other_dates {
        Row::new(action, voice.range(offer.stay)).described(format!("{name} · {total} · {nights}"))
    } else {
        Row::new(action, name).described(format!("{total} · {nights}"))
    }
}

/// Asks which accommodation a question is about.
pub(super) fn which_place(turn: &mut Turn<'_>, topic: Topic) {
    let rows = turn
        .facts
        .inventory
        .accommodations
        .iter()
        .map(|place| Row::new(Action::AboutPlace(topic, place.id), place.name.as_str()))
        .collect();
    let body = turn
        .voice
        .say(Key::WhichPlace, &context! { topic => topic.as_str() });
    let say = Say::list(body, turn.voice.label(Label::PlacesOpen), rows);
    turn.tell(say);
}

/// Asks again, in other words, what was asked before. False when nothing was.
pub(super) fn ask_again(turn: &mut Turn<'_>) -> bool {
    match turn.state.asked.clone() {
        Asked::Dates => dates(turn, Tone::Again),
        Asked::Guests => guests(turn, true),
        Asked::Nothing | Asked::Suggestion { .. } => return false,
        Asked::Nights
        | Asked::Accommodation
        | Asked::Confirmation
        | Asked::Cancellation { .. }
        | Asked::NewDates { .. }
        | Asked::Move
        | Asked::Reservation => {
            return open_question(turn);
        }
    }
    true
}

/// The next step after something was answered: the question that is still open, or what else can be done.
pub(super) fn next_step(turn: &mut Turn<'_>) {
    if !open_question(turn) {
        let body = turn.voice.plain(Key::Next);
        what_else(turn, body);
    }
}

/// A text and what can be done from anywhere.
pub(super) fn what_else(turn: &mut Turn<'_>, body: String) {
    let buttons = [
        (Action::Availability, Label::Availability),
        (Action::Menu, Label::Menu),
        (Action::Person, Label::Person),
    ];
    turn.tell_with(body, &buttons);
}

/// Puts the question that is still open. False when there is none.
fn open_question(turn: &mut Turn<'_>) -> bool {
    match turn.state.asked.clone() {
        Asked::Dates => dates(turn, Tone::Reminder),
        Asked::Nights => match turn.state.wish.check_in {
            Some(check_in) => nights(turn, check_in),
            None => dates(turn, Tone::Reminder),
        },
        Asked::Guests => guests(turn, false),
        Asked::Accommodation => return place(turn),
        Asked::Confirmation => return booking::remind_to_confirm(turn),
        Asked::Cancellation { code, .. } => return own::remind_to_cancel(turn, &code),
        Asked::NewDates { code, .. } => return own::remind_of_dates(turn, &code),
        Asked::Move => return own::remind_to_change(turn),
        Asked::Reservation => own::show(turn, None),
        Asked::Nothing | Asked::Suggestion { .. } => return false,
    }
    true
}
