//! The grammar of a single day: "12/12", "2026-12-12", "el sábado 12 de diciembre", "Dec 12th",
//! "mañana", "el viernes que viene". A bare number is a day only where its neighbours say so,
//! which is for the callers to know: [`bare`] is never tried on its own.

use winnow::combinator::{alt, not, opt, peek, preceded, terminated};
use winnow::prelude::*;

use crate::dates::mention::{Day, Point, Year};
use crate::dates::weekday::{part_of_day, relative, weekday_alone, weekday_name};
use crate::dates::year::{whole_year, year};
use crate::grammar::{Input, Parsed, map_token, maybe, sign, token, word};
use crate::tokens::Kind;

/// "de", "of" between day, month and year.
const OF: &[&str] = &["de", "del", "of", "do", "/", "-"];
const ARTICLE: &[&str] = &["el", "the", "o"];

/// A day that says enough to be one without help.
pub(crate) fn explicit(input: &mut Input<'_>) -> Parsed<Point> {
    terminated(
        alt((iso, with_weekday, calendar, eve, relative, weekday_alone)),
        opt(part_of_day),
    )
    .parse_next(input)
}

/// A day written with its month, which no other reading of its numbers may split.
pub(crate) fn written_out(input: &mut Input<'_>) -> Parsed<Point> {
    alt((iso, calendar)).parse_next(input)
}

/// A number from 1 to 31 that its neighbours make a day.
pub(crate) fn bare(input: &mut Input<'_>) -> Parsed<Point> {
    preceded(
        (maybe(ARTICLE), maybe(&["dia"])),
        terminated(day_number, (peek(not(unit)), opt(part_of_day))),
    )
    .map(|day| Point::Day(Day::bare(day)))
    .parse_next(input)
}

/// A bare day that its article makes one: "el 15", "the 15th", "dia 15".
pub(crate) fn bare_with_article(input: &mut Input<'_>) -> Parsed<Point> {
    alt((
        preceded((maybe(&["el", "o", "al"]), word(&["dia", "dias"])), bare),
        preceded(word(&["el"]), bare),
        preceded(
            word(&["the"]),
            token(|token| token.ordinal && token.value.is_some_and(|n| n <= 31))
                .map(|token| Point::Day(Day::bare(token.value.unwrap_or_default()))),
        ),
    ))
    .parse_next(input)
}

/// What makes a number a measure and not a day.
fn unit(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        word(&["%", "hs", "h", "hrs", "km", "m", "cm", "x"]).void(),
        (
            token(|token| token.glued && token.is_any(&["/", ":", "."])),
            token(|token| token.glued && token.kind == Kind::Digits),
        )
            .void(),
    ))
    .parse_next(input)
}

fn day_number(input: &mut Input<'_>) -> Parsed<u32> {
    map_token(|token| {
        let short = token.kind == Kind::Word || token.text.len() <= 2;
        token
            .value
            .filter(|n| short && (!token.article || token.is("uno")) && (1..=31).contains(n))
    })
    .parse_next(input)
}

/// Two digits or number words: a day, whether the month has it or not.
fn any_day(input: &mut Input<'_>) -> Parsed<u32> {
    map_token(|token| {
        let short = token.kind == Kind::Word || token.text.len() <= 2;
        token.value.filter(|n| short && *n <= 99)
    })
    .parse_next(input)
}

fn digits(lengths: &'static [usize]) -> impl for<'t> FnMut(&mut Input<'t>) -> Parsed<u32> {
    move |input| {
        map_token(|token| {
            token
                .value
                .filter(|_| token.kind == Kind::Digits && lengths.contains(&token.text.len()))
        })
        .parse_next(input)
    }
}

fn glued_digits(lengths: &'static [usize]) -> impl for<'t> FnMut(&mut Input<'t>) -> Parsed<u32> {
    move |input| {
        map_token(|token| {
            token.value.filter(|_| {
                token.glued && token.kind == Kind::Digits && lengths.contains(&token.text.len())
            })
        })
        .parse_next(input)
    }
}

/// A sign that joins digits without spaces around it.
fn joint(text: &'static str) -> impl for<'t> FnMut(&mut Input<'t>) -> Parsed<()> {
    move |input| {
        token(move |token| token.glued && token.is(text))
            .void()
            .parse_next(input)
    }
}

fn iso(input: &mut Input<'_>) -> Parsed<Point> {
    let year = digits(&[4]).parse_next(input)?;
    alt((joint("-"), joint("/"))).parse_next(input)?;
    let month = glued_digits(&[1, 2]).parse_next(input)?;
    alt((joint("-"), joint("/"))).parse_next(input)?;
    let day = glued_digits(&[1, 2]).parse_next(input)?;
    Ok(point(day, Some(month), whole_year(year)))
}

/// A calendar day, with its weekday or without.
fn with_weekday(input: &mut Input<'_>) -> Parsed<Point> {
    (
        maybe(&["el", "the", "este", "this", "proximo"]),
        weekday_name,
        opt(sign(",")),
        maybe(ARTICLE),
        maybe(&["dia"]),
        alt((calendar, day_number.map(|day| Point::Day(Day::bare(day))))),
        peek(not(unit)),
    )
        .map(|(_, weekday, _, _, _, point, _)| match point {
            Point::Day(day) => Point::Day(Day {
                weekday: Some(weekday),
                ..day
            }),
            other => other,
        })
        .parse_next(input)
}

/// "new year's eve": a day, where "año nuevo" is a feast of several.
fn eve(input: &mut Input<'_>) -> Parsed<Point> {
    alt((
        word(&["newyearseve", "nochevieja"]).value(31),
        word(&["christmaseve"]).value(24),
    ))
    .map(|day| point(day, Some(12), None))
    .parse_next(input)
}

fn calendar(input: &mut Input<'_>) -> Parsed<Point> {
    preceded(
        (maybe(ARTICLE), maybe(&["dia"])),
        alt((numeric, with_month_name, month_first)),
    )
    .parse_next(input)
}

/// "12/12", "12-12-26", "12.12.2026", "12 / 12".
fn numeric(input: &mut Input<'_>) -> Parsed<Point> {
    let day = digits(&[1, 2]).parse_next(input)?;
    let (month, year) = alt((
        (
            spaced_slash,
            digits(&[1, 2]),
            opt(preceded(spaced_slash, digits(&[2, 4]))),
        )
            .map(|((), month, year)| (month, year)),
        (
            joint("-"),
            glued_digits(&[1, 2]),
            preceded(joint("-"), glued_digits(&[2, 4])),
        )
            .map(|((), month, year)| (month, Some(year))),
        // "28-30" and "12-14 dic" are two days, and no month.
        (
            joint("-"),
            glued_digits(&[1, 2]).verify(|month| *month <= 12),
            peek(not((maybe(OF), month_name))),
        )
            .map(|((), month, _)| (month, None)),
        (
            joint("."),
            glued_digits(&[1, 2]),
            preceded(joint("."), glued_digits(&[2, 4])),
        )
            .map(|((), month, year)| (month, Some(year))),
        (
            joint("."),
            glued_digits(&[2]).verify(|month| (1..=12).contains(month)),
        )
            .map(|((), month)| (month, None)),
    ))
    .parse_next(input)?;
    peek(not(unit)).parse_next(input)?;
    Ok(point(day, Some(month), year.and_then(whole_year)))
}

fn spaced_slash(input: &mut Input<'_>) -> Parsed<()> {
    sign("/").void().parse_next(input)
}

/// "12 de diciembre de 2026", "12dic", "10th of December", "12/dic".
fn with_month_name(input: &mut Input<'_>) -> Parsed<Point> {
    let day = any_day.parse_next(input)?;
    let (_, month) = (maybe(OF), month_name).parse_next(input)?;
    let year = opt(year).parse_next(input)?;
    Ok(point(day, Some(month), year))
}

/// "December 10", "diciembre 12", "Dec 10th, 2026".
fn month_first(input: &mut Input<'_>) -> Parsed<Point> {
    let month = month_name.parse_next(input)?;
    let (_, day) = (maybe(&["the", "el"]), day_number).parse_next(input)?;
    // "mar 5 de enero" is a Tuesday; "Dec 31 - Jan 2" is two days.
    peek(not((maybe(&["de", "del", "of", "do", "/"]), month_name))).parse_next(input)?;
    peek(not(unit)).parse_next(input)?;
    // "December 27-28" is two days, and no year.
    let year = opt(preceded(not(joint("-")), year)).parse_next(input)?;
    Ok(point(day, Some(month), year))
}

/// The name of a month, and a full stop after an abbreviation.
pub(crate) fn month_name(input: &mut Input<'_>) -> Parsed<u32> {
    map_token(|token| token.month.map(|month| (month, token.short)))
        .flat_map(|(month, short)| {
            move |input: &mut Input<'_>| {
                if short {
                    opt(token(|token| token.glued && token.is("."))).parse_next(input)?;
                }
                Ok(month)
            }
        })
        .parse_next(input)
}

fn point(day: u32, month: Option<u32>, year: Option<Year>) -> Point {
    Point::Day(Day {
        day,
        month,
        year,
        weekday: None,
    })
}
