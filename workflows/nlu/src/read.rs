//! From a text to a [`Reading`]: the order in which the parts of the reader are asked.

use chrono::NaiveDate;

use crate::dates::words;
use crate::intent::score::Score;
use crate::intent::{PLAIN, decide, score};
use crate::tokens::{Kind, Token, join_expressions, tokenise};
use crate::{
    Awaiting, Context, DateError, Intent, Language, Reading, facts, language, numbers, spelling,
};

/// Reads one message as written on `today` in the accommodation's time zone.
///
/// Never fails: what is not understood is absent, and the intent is then
/// [`Intent::Unknown`](crate::Intent).
#[must_use]
pub fn read(text: &str, today: NaiveDate, context: &Context) -> Reading {
    let said = tokenise(text);
    let (language, mut tokens, scores) = in_its_language(text, &said, context.language);
    let facts = facts::read(text, &mut tokens, today, context);
    let wishes = decide::decide(scores, &facts, &tokens, language, context);
    let asks_for_a_stay = matches!(wishes.intent, Intent::Availability | Intent::Book);
    let past = (facts.when.bygone && asks_for_a_stay).then_some(DateError::Past);
    let pets = facts.pets.or(match (context.awaiting, wishes.intent) {
        (Some(Awaiting::Pets), Intent::Affirm) => Some(true),
        (Some(Awaiting::Pets), Intent::Deny) => Some(false),
        // "un salchicha": whatever it is, it comes along.
        (Some(Awaiting::Pets), Intent::Unknown) if names_one(&tokens) => Some(true),
        _ => None,
    });
    // "quiero hablar con una persona": the one person is whom the guest asks for.
    let asked_for = wishes.intent == Intent::Human;
    let guests = facts.party.guests.filter(|n| !(asked_for && *n == 1));
    Reading {
        intent: wishes.intent,
        wishes: wishes.all,
        check_in: facts.when.check_in,
        check_out: facts.when.check_out,
        nights: facts.when.nights,
        date_error: facts.when.error.or(past),
        choices: facts.when.choices,
        period: facts.when.period,
        guests,
        children: facts.party.children,
        pets,
        accommodation: facts.accommodation,
        reservation_code: facts.reservation_code,
        language,
    }
}

/// A number or "un" and a noun, and nothing more.
fn names_one(tokens: &[Token]) -> bool {
    match tokens {
        [number, noun] | [_, number, noun] => {
            number.value.is_some_and(|n| n > 0) && noun.kind == Kind::Word
        }
        _ => false,
    }
}

/// A message in the language it shows or, when nothing in it is understood so, in another that it
/// may be in: "Photos" shows its language only by being understood.
fn in_its_language(
    text: &str,
    said: &[Token],
    spoken: Option<Language>,
) -> (Language, Vec<Token>, Vec<Score>) {
    let candidates = language::candidates(text, said, spoken);
    let first = candidates.first().copied().unwrap_or_default();
    let (tokens, scores) = understand(said, first);
    let short = said.len() <= 2 && !scores.is_empty();
    if short || scores.iter().any(|score| score.weight >= PLAIN) {
        return (first, tokens, scores);
    }
    // "dirección exacta please": small talk in one language, the wish in another.
    let enough = if scores.is_empty() { 0 } else { PLAIN };
    candidates
        .into_iter()
        .skip(1)
        .map(|language| {
            let (tokens, scores) = understand(said, language);
            (language, tokens, scores)
        })
        .find(|(_, _, scores)| {
            let strongest = scores.iter().map(|score| score.weight).max();
            strongest.is_some_and(|weight| weight >= enough)
        })
        .unwrap_or((first, tokens, scores))
}

/// The tokens of a message and what speaks for each intent, in one language.
fn understand(said: &[Token], language: Language) -> (Vec<Token>, Vec<Score>) {
    let mut tokens = said.to_vec();
    spelling::mend(&mut tokens, language);
    join_expressions(&mut tokens);
    numbers::join(&mut tokens, language);
    words::mark(&mut tokens, language);
    let scores = score::scores(&tokens, language);
    (tokens, scores)
}
