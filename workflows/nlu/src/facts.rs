//! Everything in a message that is not its intent: the passes over the tokens, in the order in
//! which they claim them. What can only be a measure goes first, what needs the most help last.

use chrono::NaiveDate;
use winnow::combinator::alt;
use winnow::prelude::*;

use crate::dates::mention::{Length, Mention};
use crate::dates::resolve::When;
use crate::dates::{doubt as date_doubt, errands, length, period, range, resolve, special};
use crate::grammar::{Found, Input, sweep};
use crate::party::part::Part;
use crate::party::total::Party;
use crate::party::{doubt, grammar, pets, total};
use crate::tokens::Token;
use crate::{Awaiting, Context, code, names, opaque};

/// What a message says, apart from what it wants.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) when: When,
    pub(crate) party: Party,
    pub(crate) pets: Option<bool>,
    pub(crate) accommodation: Option<String>,
    pub(crate) reservation_code: Option<String>,
    /// An amount of money was named.
    pub(crate) money: bool,
    /// A time of day was named.
    pub(crate) time: bool,
}

/// Verbs after which a companion is spoken with, not brought along.
const TALKING: &[&str] = &[
    "hablo",
    "hablar",
    "hable",
    "hablarlo",
    "hablamos",
    "consulto",
    "consultar",
    "consultarlo",
    "pregunto",
    "preguntar",
    "charlar",
    "charlarlo",
    "charlo",
    "discutir",
    "arreglar",
    "coordinar",
    "arregle",
    "pelee",
    "talk",
    "speak",
    "check",
    "discuss",
    "ask",
    "falar",
    "falo",
    "falei",
    "conversar",
    "converso",
    "consultando",
    "confirmar",
    "confirmo",
    "ver",
    "verlo",
    "hablando",
];

/// Reads the facts and claims the tokens they were read from.
pub(crate) fn read(text: &str, tokens: &mut [Token], today: NaiveDate, context: &Context) -> Facts {
    let code = code::find(text);
    if let Some((_, span)) = &code {
        for token in tokens.iter_mut() {
            token.claimed |= token.span.start < span.end && span.start < token.span.end;
        }
    }
    let accommodation = names::find(text, tokens, context);
    let opaque::Named { money, time } = opaque::claim(tokens);

    let lengths = sweep(tokens, length::length);
    let pets = sweep(tokens, pets::pets);
    let mut parts: Vec<Found<Part>> = {
        let talked_to = tokens.iter().any(|token| token.is_any(TALKING));
        flatten(sweep(tokens, |input: &mut Input<'_>| {
            grammar::parts(input, talked_to)
        }))
    };

    let expecting_dates = matches!(
        context.awaiting,
        Some(Awaiting::Dates | Awaiting::CheckIn | Awaiting::CheckOut)
    );
    let talking_dates = context.check_in.is_some();
    let mentions = sweep(tokens, |input: &mut Input<'_>| -> Result<Mention, _> {
        alt((
            special::special,
            period::period,
            |i: &mut Input<'_>| range::mention(i, expecting_dates, talking_dates),
            period::month_alone,
        ))
        .parse_next(input)
    });

    let expecting_guests = context.awaiting == Some(Awaiting::Guests);
    parts.extend(sweep(tokens, |input: &mut Input<'_>| {
        grammar::said(input, expecting_guests)
    }));
    parts.sort_by_key(|part| part.at.start);

    let mentions = errands::without(tokens, mentions);
    let lengths: Vec<_> = lengths.into_iter().map(|found| found.what).collect();
    let mut when = resolve::resolve(tokens, mentions, &lengths, today, context);
    if context.awaiting == Some(Awaiting::Nights) && when == When::default() {
        when = resolve::resolve(tokens, Vec::new(), &bare_nights(tokens), today, context);
    }
    if date_doubt::left_over(tokens) {
        when = when.asked();
    }
    let mut party = if doubt::of_people(tokens) {
        Party::default()
    } else {
        total::total(tokens, &parts, context.guests)
    };
    if context.awaiting == Some(Awaiting::Children) && party == Party::default() {
        party.children = bare_number(tokens).and_then(|n| u8::try_from(n).ok());
    }
    Facts {
        when,
        party,
        pets: pets.last().map(|found| found.what),
        accommodation,
        reservation_code: code.map(|(code, _)| code),
        money,
        time,
    }
}

fn flatten(found: Vec<Found<Vec<Part>>>) -> Vec<Found<Part>> {
    found
        .into_iter()
        .flat_map(|Found { what, at }| {
            what.into_iter().map(move |what| Found {
                what,
                at: at.clone(),
            })
        })
        .collect()
}

/// A bare number where the nights were asked for.
fn bare_nights(tokens: &[Token]) -> Vec<Length> {
    bare_number(tokens)
        .map(Length::Nights)
        .into_iter()
        .collect()
}

/// The one number that nothing else has read.
fn bare_number(tokens: &[Token]) -> Option<u32> {
    let mut numbers = tokens
        .iter()
        .filter(|token| !token.claimed)
        .filter_map(|token| token.value);
    match (numbers.next(), numbers.next()) {
        (Some(n), None) => Some(n),
        _ => None,
    }
}
