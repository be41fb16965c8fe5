//! Prices, amounts and percentages.

use winnow::combinator::{alt, repeat};
use winnow::prelude::*;

use crate::grammar::{Input, Parsed, maybe, sign, token, word};
use crate::tokens::Kind;

pub(super) const CURRENCIES: &[&str] = &[
    "pesos", "peso", "dolares", "dolar", "usd", "lucas", "luca", "reais", "real", "dollars",
    "dollar", "euros", "euro", "palos", "ars", "mangos", "bucks", "k", "eur", "brl", "$", "€",
    "mil",
];

pub(super) fn money(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (
            alt((
                sign("$"),
                sign("€"),
                word(&["usd", "ars", "u", "us", "r", "eur"]),
            )),
            repeat::<_, _, (), _, _>(0..3, word(&["$", "s", "."])),
            amount,
        )
            .verify(|(first, (), ())| !first.is_any(&["u", "us", "r"]))
            .void(),
        (word(&["u", "us", "r"]), sign("$"), maybe(&["s"]), amount).void(),
        (amount, repeat::<_, _, Vec<_>, _, _>(1..3, word(CURRENCIES))).void(),
        (
            amount,
            word(&["por"]),
            word(&["noche", "persona", "dia", "cabeza"]),
        )
            .void(),
    ))
    .parse_next(input)
}

/// An amount, with its thousands set off or not.
pub(super) fn amount(input: &mut Input<'_>) -> Parsed<()> {
    (
        token(|token| token.value.is_some() || token.kind == Kind::Digits),
        repeat::<_, _, (), _, _>(
            0..4,
            (
                token(|token| token.glued && token.is_any(&[".", ","])),
                token(|token| token.glued && token.kind == Kind::Digits),
            ),
        ),
    )
        .void()
        .parse_next(input)
}

pub(super) fn percent(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (amount, sign("%")).void(),
        (
            amount,
            word(&["por"]),
            word(&["ciento", "cento", "cien", "100"]),
        )
            .void(),
    ))
    .parse_next(input)
}
