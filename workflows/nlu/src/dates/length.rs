//! The grammar of how long and how much later: "3 noches", "una semana", "una noche más",
//! "un día antes", "en 15 días".

use winnow::combinator::{alt, opt, peek, preceded};
use winnow::prelude::*;

use crate::dates::mention::{Length, Role};
use crate::dates::role::{arrival_word, departure_word};
use crate::grammar::{Input, Parsed, maybe, number, sign, token, word};
use crate::tokens::Token;

const NIGHTS: &[&str] = &[
    "noche",
    "noches",
    "noite",
    "noites",
    "night",
    "nights",
    "diaria",
    "diarias",
    "pernoite",
    "pernoites",
    "nochecita",
    "nochecitas",
];
const DAYS: &[&str] = &["dia", "dias", "day", "days", "diitas", "dieta", "diita"];
const WEEKS: &[&str] = &["semana", "semanas", "week", "weeks", "semanita"];
const FORTNIGHTS: &[&str] = &["quincena", "quinzena", "fortnight"];
const MORE: &[&str] = &["mas", "more", "mais", "extra", "adicional", "adicionales"];
/// Verbs that lengthen a stay, by their stems and whole.
const ADDING: (&[&str], &[&str]) = (
    &["sum", "agreg", "anad", "agrand", "acrescent", "adicion"],
    &["add", "coloca"],
);
/// Verbs that shorten a stay, by their stems and whole.
const TAKING: (&[&str], &[&str]) = (
    &["sac", "saqu", "quit", "rest", "descont", "baj"],
    &["remove", "drop", "tirar", "tira"],
);
const LESS: &[&str] = &["menos", "less", "fewer"];

/// Anything said about length.
pub(crate) fn length(input: &mut Input<'_>) -> Parsed<Length> {
    alt((
        elapsed,
        days_ahead,
        postponed,
        shift,
        instead,
        change,
        days_and_nights,
        unclear,
        plain,
    ))
    .parse_next(input)
}

/// "hace dos días", "há dois dias", "for two days now": how long something has lasted.
fn elapsed(input: &mut Input<'_>) -> Parsed<Length> {
    let unit = || alt((word(NIGHTS), word(DAYS), word(WEEKS)));
    alt((
        (
            word(&["hace", "ha", "faz"]),
            maybe(&["como", "ya", "unos", "unas", "uns", "umas"]),
            number,
            unit(),
        )
            .void(),
        (
            word(&["for"]),
            number,
            word(&["days", "nights", "weeks"]),
            word(&["now"]),
        )
            .void(),
    ))
    .value(Length::Elapsed)
    .parse_next(input)
}

/// "en 3 días", "dentro de dos semanas", "in two weeks". "3 days ago" is not for here.
fn days_ahead(input: &mut Input<'_>) -> Parsed<Length> {
    alt((
        (word(&["dentro", "daqui"]), word(&["de", "a"])).void(),
        word(&["en", "em", "in"]).void(),
    ))
    .parse_next(input)?;
    maybe(&["unos", "unas"]).parse_next(input)?;
    let count = number.parse_next(input)?;
    let factor = alt((word(DAYS).value(1), word(WEEKS).value(7))).parse_next(input)?;
    Ok(Length::Ahead(count.saturating_mul(factor)))
}

/// Words for moving a stay to a later time, and to an earlier one.
const POSTPONE: &[&str] = &[
    "correr",
    "correrla",
    "correrlo",
    "correme",
    "corramos",
    "mover",
    "moverla",
    "postergar",
    "postergarla",
    "posponer",
    "atrasar",
    "retrasar",
    "adiar",
    "postpone",
    "delay",
];
const ADVANCE: &[&str] = &["adelantar", "adelantarla", "adelantarlo", "antecipar"];

/// "correr la reserva un día", "adelantarla una semana": the whole stay moves.
fn postponed(input: &mut Input<'_>) -> Parsed<Length> {
    let sign = alt((word(POSTPONE).value(1), word(ADVANCE).value(-1))).parse_next(input)?;
    maybe(&["la", "las", "mi", "a", "the", "my", "o"]).parse_next(input)?;
    maybe(&[
        "reserva", "fecha", "fechas", "estadia", "todo", "booking", "stay", "by",
    ])
    .parse_next(input)?;
    maybe(&["por", "by", "em"]).parse_next(input)?;
    let count = number.verify(|n| *n < 60).parse_next(input)?;
    let days = alt((
        word(DAYS).value(1),
        word(NIGHTS).value(1),
        word(WEEKS).value(7),
    ))
    .parse_next(input)?;
    // "un día antes" says the direction by itself.
    let said = opt(alt((
        word(&["antes", "earlier", "atras"]).value(-1),
        word(&["despues", "later", "depois", "adelante"]).value(1),
    )))
    .parse_next(input)?;
    let count = i32::try_from(count).unwrap_or(0);
    Ok(Length::Move(count * days * said.unwrap_or(sign)))
}

/// "un día antes", "llegamos un día después".
fn shift(input: &mut Input<'_>) -> Parsed<Length> {
    let role = opt(alt((
        arrival_word.value(Role::Arrival),
        departure_word.value(Role::Departure),
    )))
    .parse_next(input)?
    .unwrap_or(Role::Unsaid);
    let count = number.verify(|n| *n < 30).parse_next(input)?;
    let days = alt((
        word(DAYS).value(1),
        word(NIGHTS).value(1),
        word(WEEKS).value(7),
    ))
    .parse_next(input)?;
    let sign = alt((
        word(&["antes", "earlier", "before"]).value(-1),
        word(&["despues", "later", "after", "depois"]).value(1),
        (
            maybe(&["mas", "para", "hacia", "a", "mais", "pra"]),
            word(&["tarde", "adelante", "frente"]),
        )
            .value(1),
        (
            maybe(&["mas", "para", "hacia", "a", "mais", "pra"]),
            word(&["temprano", "atras", "cedo", "tras"]),
        )
            .value(-1),
    ))
    .parse_next(input)?;
    let count = i32::try_from(count).unwrap_or(0);
    Ok(Length::Shift(count * days * sign, role))
}

/// "en vez de 3 noches que sean 4": the second counts.
fn instead(input: &mut Input<'_>) -> Parsed<Length> {
    alt((
        (word(&["en"]), word(&["vez", "lugar"]), word(&["de"])).void(),
        (word(&["em"]), word(&["vez"]), word(&["de"])).void(),
        (word(&["instead"]), word(&["of"])).void(),
    ))
    .parse_next(input)?;
    number.parse_next(input)?;
    word(NIGHTS).parse_next(input)?;
    opt(sign(",")).parse_next(input)?;
    maybe(&["que", "make", "quero", "quiero", "ponele", "pone"]).parse_next(input)?;
    maybe(&["sean", "it", "sejam", "fueran", "son"]).parse_next(input)?;
    let nights = number.parse_next(input)?;
    maybe(NIGHTS).parse_next(input)?;
    Ok(Length::Nights(nights))
}

/// A verb in any of its forms.
fn verb<'t>(
    (stems, whole): (&'static [&'static str], &'static [&'static str]),
) -> impl FnMut(&mut Input<'t>) -> Parsed<&'t Token> {
    token(move |token| token.is_any(whole) || stems.iter().any(|stem| token.text.starts_with(stem)))
}

/// "una noche más", "otra noche", "one more night", "una noche menos".
fn change(input: &mut Input<'_>) -> Parsed<Length> {
    let unit = || alt((word(NIGHTS), word(DAYS)));
    alt((
        alt((
            (verb(ADDING), number, unit(), opt(word(MORE))).map(|(_, n, _, _)| (n, 1)),
            (verb(TAKING), number, unit(), opt(word(LESS))).map(|(_, n, _, _)| (n, -1)),
        )),
        (number, unit(), maybe(&["a", "de"]), word(MORE)).map(|(n, _, _, _)| (n, 1)),
        (number, word(MORE), unit()).map(|(n, _, _)| (n, 1)),
        (word(MORE), number, unit()).map(|(_, n, _)| (n, 1)),
        (word(&["otra", "otro", "another", "outra", "extra"]), unit()).map(|_| (1, 1)),
        (word(&["otras", "otros", "outras"]), number, unit()).map(|(_, n, _)| (n, 1)),
        (number, unit(), maybe(&["a", "de"]), word(LESS)).map(|(n, _, _, _)| (n, -1)),
        (number, word(LESS), unit()).map(|(n, _, _)| (n, -1)),
        (word(LESS), number, unit()).map(|(_, n, _)| (n, -1)),
    ))
    .verify(|(n, _): &(u32, i32)| *n < 60)
    .map(|(n, sign)| Length::Change(i32::try_from(n).unwrap_or(0) * sign))
    .parse_next(input)
}

/// "3 días y 2 noches": the nights count.
fn days_and_nights(input: &mut Input<'_>) -> Parsed<Length> {
    alt((
        (
            number,
            word(DAYS),
            maybe(&["y", "e", "and", "/", ","]),
            number,
            word(NIGHTS),
        )
            .map(|(_, _, _, nights, _)| nights),
        (
            number,
            word(NIGHTS),
            maybe(&["y", "e", "and", "/", ","]),
            number,
            word(DAYS),
        )
            .map(|(nights, _, _, _, _)| nights),
    ))
    .map(Length::Nights)
    .parse_next(input)
}

/// "3 o 4 noches", "de 2 a 3 días".
fn unclear(input: &mut Input<'_>) -> Parsed<Length> {
    (
        number,
        word(&["o", "u", "or", "ou", "a", "to", "-", "/", "y"]),
        maybe(&["hasta"]),
        number,
        alt((word(NIGHTS), word(DAYS), word(WEEKS))),
    )
        // "from January 29 or 3 nights": the first is no length.
        .verify(|(least, _, _, most, _)| least < most && *most <= 30)
        .value(Length::Unclear)
        .parse_next(input)
}

fn plain(input: &mut Input<'_>) -> Parsed<Length> {
    let count = alt((
        preceded(
            (maybe(&["un", "a", "um"]), word(&["par", "couple"])),
            opt(word(&["de", "of"])),
        )
        .value(2),
        number,
        // "a night" counts, where "quanto é a diária" asks for the price of any.
        (
            word(&["a"]),
            peek(word(&["full", "night", "day", "week", "fortnight"])),
        )
            .value(1),
    ))
    .parse_next(input)?;
    maybe(&[
        "lindas", "hermosas", "full", "sola", "solita", "unica", "single",
    ])
    .parse_next(input)?;
    let length = alt((
        word(NIGHTS).value(Length::Nights(count)),
        word(DAYS).value(Length::Days(count)),
        word(WEEKS).value(Length::Nights(count.saturating_mul(7))),
        word(FORTNIGHTS).value(Length::Unclear),
    ))
    .parse_next(input)?;
    // "un día" is mostly a figure of speech, and "un día de estos" no length at all.
    if length == Length::Days(1)
        && opt(peek(word(&["de", "que", "nos"])))
            .parse_next(input)?
            .is_some()
    {
        return Err(winnow::error::EmptyError);
    }
    opt(sign(".")).parse_next(input)?;
    Ok(length)
}
