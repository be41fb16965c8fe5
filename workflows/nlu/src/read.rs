//! From a text to a [`Reading`]: the order in which the parts of the reader are asked.

use chrono::NaiveDate;

use crate::dates::words;
use crate::tokens::tokenise;
use crate::intent::{decide, score};
use crate::{Awaiting, Context, Intent, Reading, facts, language, numbers, spelling};

/// Reads one message as written on `today` in the accommodation's time zone.
///
/// Never fails: what is not understood is absent, and the intent is then
/// [`Intent::Unknown`](crate::Intent::Unknown).
#[must_use]
pub fn read(text: &str, today: NaiveDate, context: &Context) -> Reading {
    let mut tokens = tokenise(text);
    let language = language::detect(&tokens, context.language);
    spelling::mend(&mut tokens, language);
    numbers::join(&mut tokens, language);
    words::mark(&mut tokens, language);
    let scores = score::scores(&tokens, language);
    let facts = facts::read(text, &mut tokens, today, context);
    let wishes = decide::decide(scores, &facts, &tokens, context);
    let pets = facts.pets.or(match (context.awaiting, wishes.intent) {
        (Some(Awaiting::Pets), Intent::Affirm) => Some(true),
        (Some(Awaiting::Pets), Intent::Deny) => Some(false),
        _ => None,
    });
    Reading {
        intent: wishes.intent,
        wishes: wishes.all,
        check_in: facts.when.check_in,
        check_out: facts.when.check_out,
        nights: facts.when.nights,
        date_error: facts.when.error,
        choices: facts.when.choices,
        period: facts.when.period,
        guests: facts.party.guests,
        children: facts.party.children,
        pets,
        accommodation: facts.accommodation,
        reservation_code: facts.reservation_code,
        language,
        ..Reading::default()
    }
}
