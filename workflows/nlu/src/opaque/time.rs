//! Times of the day.

use winnow::combinator::{alt, not, opt, peek};
use winnow::prelude::*;

use crate::grammar::{Input, Parsed, maybe, number, sign, token, word};
use crate::tokens::Kind;

pub(super) const HOURS: &[&str] = &[
    "hs", "h", "hrs", "hr", "horas", "hora", "hours", "hour", "am", "pm",
];

pub(super) fn clock(input: &mut Input<'_>) -> Parsed<()> {
    (
        number,
        opt((sign(":"), number)),
        opt((word(&["y"]), word(&["media", "cuarto"]))),
    )
        .void()
        .parse_next(input)
}

/// "a las 14", "14:30", "10 hs", "3 de la tarde", "de 10 a 18 hs", "at 4pm".
pub(super) fn time(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (
            number,
            sign(":"),
            token(|token| token.glued && token.kind == Kind::Digits),
            maybe(HOURS),
        )
            .void(),
        (
            clock,
            word(&["a", "-", "y", "to", "o"]),
            maybe(&["las"]),
            clock,
            word(HOURS),
        )
            .void(),
        (clock, word(HOURS)).void(),
        (clock, part_of_day).void(),
        (
            word(&[
                "a", "desde", "hasta", "tipo", "sobre", "de", "entre", "y", "as", "at",
            ]),
            word(&["las", "la", "as"]),
            clock,
            peek(not(counted_noun)),
            maybe(HOURS),
        )
            .void(),
        (
            word(&["as", "at"]),
            clock,
            peek(not(counted_noun)),
            maybe(HOURS),
        )
            .void(),
    ))
    .parse_next(input)
}

pub(super) fn part_of_day(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (
            word(&["de", "da", "in"]),
            word(&["la", "the", "tarde", "manha", "noite"]),
            maybe(&[
                "manana",
                "tarde",
                "noche",
                "madrugada",
                "morning",
                "afternoon",
                "evening",
            ]),
        )
            .verify(|(first, second, third)| third.is_some() || first.is("da") && !second.is("la"))
            .void(),
        (word(&["del"]), word(&["mediodia"])).void(),
    ))
    .parse_next(input)
}

/// What follows a number that is not a time, after all.
pub(super) fn counted_noun(input: &mut Input<'_>) -> Parsed<()> {
    token(|token| {
        token.month.is_some()
            || token.is_any(&[
                "noches", "personas", "cabanas", "nenas", "chicas", "hijas", "semanas", "noche",
                "persona", "de", "del", "/", "cosas", "fotos", "camas", "amigas", "mujeres",
                "least", "night", "nights",
            ])
    })
    .void()
    .parse_next(input)
}

/// "24/7", where it is no 24 July.
pub(super) fn always_open(input: &mut Input<'_>) -> Parsed<()> {
    (
        token(|token| token.is("24")),
        token(|token| token.glued && token.is("/")),
        token(|token| token.is("7")),
        peek(not(alt((
            word(&["/", "al", "a", "-", "hasta", "to"]).void(),
            (word(&["por"]), number).void(),
        )))),
    )
        .void()
        .parse_next(input)
}
