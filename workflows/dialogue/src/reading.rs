//! Reading the guest's words in the context of the conversation and of what they have booked.

use domain::ReservationCode;
use nlu::{Context, Intent, Reading};

use crate::{Facts, ReservationFacts, State, reading_context, step::without_name};

/// Reads what the guest wrote, without the name they give. Everything but this function and [`step`](crate::step()) is given its result.
///
/// "Una noche más" counts from the dates being talked about; when there are none, from those of the reservation
/// that it can only be about.
#[must_use]
pub fn read(text: &str, state: &State, facts: &Facts<'_>) -> Reading {
    let text = &without_name(text);
    let context = reading_context(state, facts.inventory);
    let reading = nlu::read(text, facts.today(), &context);
    let talking = state.is_booking() || state.stay_in_change().is_some();
    if talking || reading.intent != Intent::Modify {
        return reading;
    }
    let Some(own) = meant(facts, &reading) else {
        return reading;
    };
    let from_there = Context {
        check_in: Some(own.stay.check_in()),
        check_out: Some(own.stay.check_out()),
        ..context
    };
    // Only the dates are read anew: what is wanted was clear without them.
    Reading {
        intent: reading.intent,
        wishes: reading.wishes,
        ..nlu::read(text, facts.today(), &from_there)
    }
}

/// The reservation that a message names, or the only one it can be about.
fn meant<'f>(facts: &'f Facts<'_>, reading: &Reading) -> Option<&'f ReservationFacts> {
    let named: Option<ReservationCode> = reading
        .reservation_code
        .as_ref()
        .and_then(|code| code.parse().ok());
    match named {
        Some(code) => facts.reservation(&code),
        None => match facts.live().as_slice() {
            [only] => Some(only),
            _ => None,
        },
    }
}
