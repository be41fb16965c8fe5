//! The grammar of stretches that hold a stay but are none: "en febrero", "la primera quincena de
//! enero", "la semana que viene", "después del 10".

use winnow::combinator::{alt, not, opt, peek, preceded};
use winnow::prelude::*;

use crate::dates::mention::{Mention, Point, Stretch};
use crate::dates::point::{bare, explicit, month_name};
use crate::dates::range::range;
use crate::dates::year::year;
use crate::grammar::{Input, Parsed, map_token, maybe, number, token, word};

/// A stretch of the calendar.
pub(crate) fn period(input: &mut Input<'_>) -> Parsed<Mention> {
    alt((near, week, part_of_month, season, month_ahead))
        .map(Mention::Period)
        .parse_next(input)
}

/// A month alone, tried last: with a day beside it, it is a date.
pub(crate) fn month_alone(input: &mut Input<'_>) -> Parsed<Mention> {
    month.map(Mention::Period).parse_next(input)
}

/// "después del 10 de enero", "a fines del 20", "alrededor del 5": no day of these is certain.
fn near(input: &mut Input<'_>) -> Parsed<Stretch> {
    alt((
        (
            word(&["despues", "antes", "alrededor", "cerca", "depois"]),
            word(&["de", "del", "do"]),
        )
            .void(),
        (word(&["mas"]), word(&["o"]), word(&["menos"])).void(),
        word(&[
            "tipo",
            "aproximadamente",
            "aprox",
            "around",
            "after",
            "before",
            "about",
            "pasando",
        ])
        .void(),
        (word(&["por"]), maybe(&["ahi"]), word(&["el"])).void(),
    ))
    .parse_next(input)?;
    maybe(&["del", "el", "the", "dia"]).parse_next(input)?;
    let near = alt((explicit, bare))
        .verify(|point| matches!(point, Point::Day(_)))
        .map(Stretch::Near)
        .parse_next(input)?;
    // "más o menos del 15 al 20" is a stay.
    peek(not((
        word(&["al", "a", "hasta", "ao", "ate", "to"]),
        number,
    )))
    .parse_next(input)?;
    Ok(near)
}

fn week(input: &mut Input<'_>) -> Parsed<Stretch> {
    maybe(&["toda", "durante"]).parse_next(input)?;
    maybe(&["la", "the", "a", "na", "en"]).parse_next(input)?;
    alt((
        preceded(
            (
                word(&["semana", "week"]),
                peek(not(|i: &mut Input<'_>| range(i, false))),
                word(&["del", "of", "do", "de"]),
                maybe(&["the"]),
            ),
            alt((explicit, bare)),
        )
        .verify(|point| matches!(point, Point::Day(_)))
        .map(Stretch::WeekOf),
        (
            word(&["semana"]),
            word(&["que"]),
            word(&["viene", "vem", "entra"]),
        )
            .value(Stretch::Week(1)),
        (word(&["proxima", "next"]), word(&["semana", "week"])).value(Stretch::Week(1)),
        (word(&["semana"]), word(&["proxima", "siguiente"])).value(Stretch::Week(1)),
        (word(&["otra"]), word(&["semana"])).value(Stretch::Week(1)),
        (word(&["esta", "this", "essa"]), word(&["semana", "week"])).value(Stretch::Week(0)),
    ))
    .parse_next(input)
}

/// Which part of a month, as its first and last day; 31 is the month's last.
fn part(input: &mut Input<'_>) -> Parsed<(u32, u32, bool)> {
    let half = || word(&["quincena", "quinzena", "mitad", "half", "metade"]);
    let first = || {
        token(|token| {
            token.is_any(&["primera", "primeira", "1era", "1ra", "first"])
                || (token.value == Some(1) && !token.article)
        })
    };
    let second =
        || token(|token| token.is_any(&["segunda", "2da", "second"]) || token.value == Some(2));
    // "1ra" and "2da" come as a number and its glued ending.
    let ending = || maybe(&["ra", "era", "da", "a", "er", "ero"]);
    let week = || word(&["semana", "week"]);
    let numbered = alt((
        (first(), ending(), half()).value((1, 15, true)),
        (second(), ending(), half()).value((16, 31, true)),
        (first(), ending(), week()).value((1, 7, false)),
        (second(), ending(), week()).value((8, 14, false)),
        (word(&["tercera", "third", "terceira"]), week()).value((15, 21, false)),
        (word(&["ultima", "last"]), week()).value((22, 31, false)),
        (word(&["ultima"]), half()).value((16, 31, true)),
    ));
    alt((
        numbered,
        word(&[
            "principio",
            "principios",
            "comienzo",
            "comienzos",
            "inicio",
            "early",
            "comeco",
            "beginning",
            "start",
        ])
        .value((1, 10, false)),
        word(&["mediados", "mediado", "mid", "meados", "middle"]).value((10, 20, false)),
        word(&["fines", "fin", "finales", "final", "late", "end", "finde"]).value((21, 31, false)),
    ))
    .parse_next(input)
}

fn part_of_month(input: &mut Input<'_>) -> Parsed<Stretch> {
    maybe(&["la", "a", "the", "en", "para", "toda"]).parse_next(input)?;
    let (first, last, whole) = part.parse_next(input)?;
    maybe(&["de", "of", "en", "del", "mes"]).parse_next(input)?;
    let month = month_name.parse_next(input)?;
    let year = opt(year).parse_next(input)?;
    Ok(Stretch::Month {
        month,
        year,
        first,
        last,
        whole,
    })
}

/// Summer and the winter holidays, roughly: provinces differ.
fn season(input: &mut Input<'_>) -> Parsed<Stretch> {
    let month = |month, first, last| Stretch::Month {
        month,
        year: None,
        first,
        last,
        whole: false,
    };
    alt((
        (
            word(&["vacaciones", "receso", "ferias"]),
            word(&["de"]),
            word(&["invierno", "julio", "inverno", "julho"]),
        )
            .value(month(7, 5, 31)),
        (word(&["winter"]), word(&["break", "holidays"])).value(month(7, 5, 31)),
        (maybe(&["el", "este"]), word(&["verano", "verao", "summer"])).value(month(1, 1, 31)),
    ))
    .parse_next(input)
}

fn month_ahead(input: &mut Input<'_>) -> Parsed<Stretch> {
    alt((
        (
            word(&["mes"]),
            word(&["que"]),
            word(&["viene", "vem", "entra"]),
        )
            .value(1),
        (word(&["proximo", "next"]), word(&["mes", "month"])).value(1),
        (word(&["este", "this"]), word(&["mes", "month"])).value(0),
        (word(&["fin", "fines"]), word(&["de"]), word(&["mes"])).value(0),
    ))
    .map(Stretch::MonthAhead)
    .parse_next(input)
}

/// A month alone, by its full name, or abbreviated after "en".
fn month(input: &mut Input<'_>) -> Parsed<Stretch> {
    let whole = opt((
        word(&["todo", "entero", "whole", "entire", "all"]),
        maybe(&["el", "o", "of", "the"]),
        maybe(&["mes", "month"]),
        maybe(&["de", "of"]),
    ))
    .parse_next(input)?
    .is_some();
    let introduced = opt(word(&["en", "in", "em", "de", "para", "during", "durante"]))
        .parse_next(input)?
        .is_some();
    let month = map_token(|token| token.month.filter(|_| introduced || whole || !token.short))
        .parse_next(input)?;
    let year = opt(year).parse_next(input)?;
    Ok(Stretch::Month {
        month,
        year,
        first: 1,
        last: 31,
        whole,
    })
}
