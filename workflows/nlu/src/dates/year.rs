//! The year of a date: "de 2027", "del 27", "del año que viene".

use winnow::combinator::{alt, not, opt, peek, preceded};
use winnow::prelude::*;

use crate::dates::mention::Year;
use crate::dates::point::month_name;
use crate::grammar::{Input, Parsed, map_token, maybe, sign, token, word};

/// "de 2026", ", 2026", "del 27", "del año que viene".
pub(crate) fn year(input: &mut Input<'_>) -> Parsed<Year> {
    alt((year_ahead, year_number)).parse_next(input)
}

fn year_ahead(input: &mut Input<'_>) -> Parsed<Year> {
    let year = || word(&["ano", "year"]);
    preceded(
        maybe(&["del", "de", "do", "of"]),
        alt((
            (
                maybe(&["el"]),
                year(),
                word(&["que"]),
                word(&["viene", "vem", "entra"]),
            )
                .value(1),
            (word(&["proximo", "next"]), year()).value(1),
            (word(&["este", "this", "deste"]), year()).value(0),
        )),
    )
    .map(Year::Ahead)
    .parse_next(input)
}

fn year_number(input: &mut Input<'_>) -> Parsed<Year> {
    let joined = opt(alt((
        word(&["de", "del", "of", "do"]),
        sign(","),
        token(|token| token.glued && token.is_any(&["/", "-"])),
    )))
    .parse_next(input)?;
    let short_allowed = joined.is_some_and(|token| token.is_any(&["del", "/", "-"]));
    let after = opt(word(&["ano"])).parse_next(input)?;
    let year = map_token(move |token| {
        let digits = token.text.len();
        token.value.filter(|n| {
            (2000..2100).contains(n)
                || (digits == 2 && (short_allowed || after.is_some()) && (24..60).contains(n))
        })
    })
    .parse_next(input)?;
    // "del 27 al 30" begins a range, it does not end a date; "del 27 al 15 de febrero del 27" does,
    // for both ends have the same year.
    if year < 100
        && opt(peek(same_year_again(year)))
            .parse_next(input)?
            .is_none()
    {
        peek(not(word(&["al", "a", "hasta", "-", "y", "/", "de"]))).parse_next(input)?;
        peek(not(month_name)).parse_next(input)?;
    }
    whole_year(year).ok_or(winnow::error::EmptyError)
}

/// "al 15 de febrero del 27", after "del 27".
fn same_year_again<'t>(year: u32) -> impl FnMut(&mut Input<'t>) -> Parsed<()> {
    move |input: &mut Input<'t>| {
        (
            word(&["al", "a", "hasta"]),
            maybe(&["el"]),
            map_token(|token| token.value.filter(|n| (1..=31).contains(n))),
            word(&["de"]),
            month_name,
            word(&["del"]),
            map_token(|token| token.value.filter(|n| *n == year)),
        )
            .void()
            .parse_next(input)
    }
}

/// A year as written: two digits belong to this century.
pub(super) fn whole_year(year: u32) -> Option<Year> {
    let year = if year < 100 { 2000 + year } else { year };
    i32::try_from(year).ok().map(Year::Is)
}
