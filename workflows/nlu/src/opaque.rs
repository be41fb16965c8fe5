//! Numbers that are neither dates nor people: phones, documents, prices, times, distances,
//! addresses, percentages. They are claimed before anything else may read them.

mod measure;
mod money;
mod time;

use winnow::combinator::{alt, opt, peek, preceded, repeat};
use winnow::prelude::*;

use crate::dates::point::written_out;
use crate::grammar::{Input, Parsed, map_token, maybe, sign, sweep_or_skip, token, word};
use crate::opaque::measure::{measure, place};
use crate::opaque::money::{money, percent};
use crate::opaque::time::{always_open, time};
use crate::tokens::{Kind, Token};

/// What some of these numbers are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Named {
    pub(crate) money: bool,
    pub(crate) time: bool,
}

/// Claims every such number, and tells what they are.
pub(crate) fn claim(tokens: &mut [Token]) -> Named {
    let mut named = Named::default();
    mark_written_days(tokens);
    claim_addresses_of_the_net(tokens);
    sweep_or_skip(tokens, |input: &mut Input<'_>| {
        alt((
            // A number that tells what it is, whatever it looks like.
            alt((document, street)).map(Some),
            money.map(|()| {
                named.money = true;
                Some(())
            }),
            preceded(
                word(&["el", "del", "al", "dia", "desde", "hasta", "entre"]),
                written_out,
            )
            .map(|_| None),
            // "el 10 a las 15 hs": from the 10th on it is an hour.
            day_before_its_hour.map(|()| None),
            always_open.map(Some),
            // "15/1 a las 14": the day is not the hour's.
            written_out.map(|_| None),
            time.map(|()| {
                named.time = true;
                Some(())
            }),
            opaque.map(Some),
        ))
        .parse_next(input)
    });
    named
}

fn day_before_its_hour(input: &mut Input<'_>) -> Parsed<()> {
    (
        word(&["el", "dia"]),
        token(|token| token.value.is_some_and(|day| (1..=31).contains(&day))),
        peek((word(&["a", "as", "at"]), word(&["las", "la"]))),
    )
        .void()
        .parse_next(input)
}

fn opaque(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        alt((phone, percent)),
        alt((measure, place, multiplication, ancient, large)),
    ))
    .parse_next(input)
}

/// Marks days written in digits, so that "16/1 personas" is no person.
fn mark_written_days(tokens: &mut [Token]) {
    let slashed = |tokens: &[Token], at: usize| {
        let digits = |token: &Token| token.kind == Kind::Digits;
        matches!(
            tokens.get(at..at + 3),
            Some([day, sign, month]) if digits(day)
                && sign.is_any(&["/", "-"])
                && sign.glued
                && month.glued
                && digits(month)
                && month.value.is_some_and(|month| (1..=12).contains(&month))
        )
    };
    let starts: Vec<usize> = (0..tokens.len())
        .filter(|at| slashed(tokens, *at) && tokens.get(*at + 1).is_some_and(|sign| sign.is("/")))
        .collect();
    for start in starts {
        for token in tokens.iter_mut().skip(start).take(3) {
            token.dated = true;
        }
    }
}

/// E-mail and web addresses, as one run of tokens without spaces.
fn claim_addresses_of_the_net(tokens: &mut [Token]) {
    let marks: Vec<usize> = tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.is_any(&["@", "http", "https", "www"]))
        .map(|(at, _)| at)
        .collect();
    for mark in marks {
        let mut start = mark;
        while start > 0 && tokens.get(start).is_some_and(|token| token.glued) {
            start -= 1;
        }
        let after = tokens
            .iter()
            .skip(mark + 1)
            .take_while(|token| token.glued)
            .count();
        for token in tokens.iter_mut().take(mark + 1 + after).skip(start) {
            token.claimed = true;
        }
    }
}

fn digits(input: &mut Input<'_>) -> Parsed<usize> {
    map_token(|token| (token.kind == Kind::Digits).then_some(token.text.len())).parse_next(input)
}

/// Groups of digits with dots, hyphens or spaces between them.
fn digit_groups(input: &mut Input<'_>) -> Parsed<Vec<usize>> {
    let first = digits.parse_next(input)?;
    let rest: Vec<usize> =
        repeat(0..8, preceded(maybe(&["-", ".", ")", "("]), digits)).parse_next(input)?;
    Ok(std::iter::once(first).chain(rest).collect())
}

/// "dni 30.123.456", "CUIT: 20-30123456-3".
fn document(input: &mut Input<'_>) -> Parsed<()> {
    word(&[
        "dni",
        "documento",
        "cuit",
        "cuil",
        "pasaporte",
        "cpf",
        "rg",
        "passport",
        "cedula",
        "cbu",
        "cvu",
        "patente",
        "tel",
        "telefono",
        "cel",
        "celular",
        "phone",
        "operacion",
        "comprobante",
    ])
    .parse_next(input)?;
    repeat::<_, _, (), _, _>(
        0..3,
        word(&[
            ":", "es", "nro", "numero", "number", "is", "de", ".", "#", "n", "°", "no", "mi",
        ]),
    )
    .parse_next(input)?;
    digit_groups
        .verify(|groups: &Vec<usize>| groups.iter().sum::<usize>() >= 5)
        .void()
        .parse_next(input)
}

/// "calle 25 de mayo 340": streets are named for dates.
fn street(input: &mut Input<'_>) -> Parsed<()> {
    word(&[
        "calle", "avenida", "av", "avda", "esquina", "plaza", "barrio", "rua", "street", "escuela",
    ])
    .parse_next(input)?;
    opt(sign(".")).parse_next(input)?;
    written_out.parse_next(input)?;
    opt(digits).parse_next(input)?;
    Ok(())
}

/// Seven digits or more that are no date: "1155667788", "11 5566-7788", "+54 9 294 ...".
fn phone(input: &mut Input<'_>) -> Parsed<()> {
    let plus = opt(sign("+")).parse_next(input)?.is_some();
    maybe(&["("]).parse_next(input)?;
    digit_groups
        .verify(|groups: &Vec<usize>| {
            let total: usize = groups.iter().sum();
            let long_groups = groups.iter().filter(|length| **length >= 3).count();
            let one_long = groups.iter().any(|length| *length >= 6);
            total >= 7 && (plus || long_groups >= 2 || one_long)
        })
        .void()
        .parse_next(input)
}

/// "4x4", "2x1".
fn multiplication(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (
            token(|token| token.kind == Kind::Digits),
            token(|token| token.glued && token.is_any(&["x", "por"])),
            token(|token| token.glued && token.kind == Kind::Digits),
        )
            .void(),
        (
            token(|token| token.kind == Kind::Digits),
            word(&["+", "*", "=", "mas", "menos", "por"]),
            token(|token| token.kind == Kind::Digits),
            peek(alt((sign("="), sign("?")))),
        )
            .verify(|(_, operator, _, _)| !operator.is("mas"))
            .void(),
    ))
    .parse_next(input)
}

/// Years of the past: "en 2019", "desde 1998".
fn ancient(input: &mut Input<'_>) -> Parsed<()> {
    map_token(|token| token.value.filter(|n| (1000..2000).contains(n)))
        .void()
        .parse_next(input)
}

/// Whatever is too large for a day, a party or a year, thousands set off or not.
fn large(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (
            token(|token| token.kind == Kind::Digits && token.text.len() <= 3),
            repeat::<_, _, (), _, _>(
                1..4,
                (
                    token(|token| token.glued && token.is_any(&[".", ","])),
                    token(|token| {
                        token.glued && token.kind == Kind::Digits && token.text.len() == 3
                    }),
                ),
            ),
        )
            .void(),
        token(|token| {
            token.kind == Kind::Digits && token.value.is_none_or(|n| n >= 2100)
                || token.value.is_some_and(|n| n >= 2100)
        })
        .void(),
    ))
    .parse_next(input)
}
