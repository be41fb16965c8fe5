//! Everything in a message that is not its intent: the passes over the tokens, in the order in
//! which they claim them. What can only be a measure goes first, what needs the most help last.

use chrono::NaiveDate;
use winnow::combinator::alt;
use winnow::prelude::*;

use crate::dates::mention::{Mention, Point, Role};
use crate::dates::resolve::When;
use crate::dates::{doubt, length, period, range, resolve, special};
use crate::grammar::{Found, Input, sweep};
use crate::party::part::Part;
use crate::party::total::Party;
use crate::party::{grammar, pets, total};
use crate::tokens::{Kind, Token};
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

    let mentions = without_errands(tokens, mentions);
    let lengths: Vec<_> = lengths.into_iter().map(|found| found.what).collect();
    let mut when = resolve::resolve(tokens, mentions, &lengths, today, context);
    if context.awaiting == Some(Awaiting::Nights) && when == When::default() {
        when = resolve::resolve(tokens, Vec::new(), &bare_nights(tokens), today, context);
    }
    if doubt::left_over(tokens) {
        when = when.asked();
    }
    let mut party = total::total(tokens, &parts, context.guests);
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

/// Verbs whose day is when something is done, or was, and no day of a stay: "pagué el lunes",
/// "¿me aguantás hasta mañana?", "te confirmo el viernes".
const ERRANDS: &[&str] = &[
    "hold",
    "keep",
    "save",
    "wait",
    "guardas",
    "guardame",
    "guardan",
    "guardarme",
    "guardar",
    "guardala",
    "aguantas",
    "aguantame",
    "aguantan",
    "aguantar",
    "esperas",
    "esperame",
    "esperan",
    "esperar",
    "esperarme",
    "bancas",
    "bancame",
    "bancan",
    "segura",
    "segurar",
    "guarda",
    "aguarda",
    "pagar",
    "pago",
    "pagare",
    "pay",
    "paying",
    "transferir",
    "transfiero",
    "deposito",
    "depositar",
    "confirmar",
    "confirmo",
    "confirm",
    "aviso",
    "avisar",
    "aviso",
    "plazo",
    "tiempo",
    "time",
    "cobro",
    "pague",
    "transferi",
    "deposite",
    "mande",
    "envie",
    "llame",
    "escribi",
    "consulte",
    "hable",
    "paid",
    "sent",
    "transferred",
    "called",
    "wrote",
    "emailed",
    "paguei",
    "mandei",
    "enviei",
    "liguei",
    "falei",
    "depositei",
    "transferencia",
    "llamo",
    "llamame",
    "escribime",
    "hablamos",
    "mando",
    "envio",
    "senar",
    "sene",
    "seno",
    "cobre",
    "cobramos",
    "cobremos",
    "cobrar",
    "receba",
    "receber",
];

/// What may stand between such a verb and its day.
const BESIDE_ERRANDS: &[&str] = &[
    "el", "la", "los", "a", "hasta", "until", "till", "ate", "on", "by", "me", "te", "lo", "les",
    "it", "for", "us", "antes", "del", "de", "recien", "pesos", "reales", "reais", "$", "for",
    "para", "yo", "la", "sena", "cabana", "plata", "esto", "link", "este", "esta", "seria",
    "mismo", "si", "puede", "ser",
];

/// Leaves out single days that say when something is paid, sent or told.
fn without_errands(tokens: &[Token], mentions: Vec<Found<Mention>>) -> Vec<Found<Mention>> {
    let errand = |found: &Found<Mention>| {
        let single = matches!(
            found.what,
            Mention::Point(Point::Weekday(..) | Point::Ahead(_), _)
                | Mention::Point(_, Role::Departure)
        );
        single
            && tokens
                .iter()
                .take(found.at.start)
                .rev()
                .find(|token| token.kind == Kind::Word && !token.is_any(BESIDE_ERRANDS))
                .is_some_and(|verb| verb.is_any(ERRANDS))
    };
    mentions
        .into_iter()
        .filter(|found| !errand(found))
        .collect()
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
fn bare_nights(tokens: &[Token]) -> Vec<crate::dates::mention::Length> {
    bare_number(tokens)
        .map(crate::dates::mention::Length::Nights)
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
