//! Which end of the stay a day is: "llegamos el 3", "hasta el 5", "check out 14/12".

use winnow::combinator::{alt, not, opt, peek, preceded, repeat};
use winnow::prelude::*;

use crate::dates::mention::{Mention, Point, Role};
use crate::dates::point::explicit;
use crate::dates::range::{end, list};
use crate::dates::weekday::part_of_day;
use crate::grammar::{Input, Parsed, token, word};
use crate::tokens::{Kind, Token};

pub(super) fn with_role(input: &mut Input<'_>) -> Parsed<Mention> {
    if let Some(point) = opt(end_of_an_unread_range).parse_next(input)? {
        return Ok(Mention::Point(point, Role::Departure));
    }
    let role = alt((
        arrival_word.value(Role::Arrival),
        departure_word.value(Role::Departure),
    ))
    .parse_next(input)?;
    filler.parse_next(input)?;
    not(part_of_day).parse_next(input)?;
    // "volvemos del 2 al 6": a stay, which is read on its own.
    not((end, word(&["al", "hasta", "ao", "ate"]), end)).parse_next(input)?;
    // "desde el 5 o el 6": either.
    let either = opt(|i: &mut Input<'_>| list(i, &["o", "u", "or", "ou"])).parse_next(input)?;
    if let Some(points) = either {
        return Ok(Mention::Either(points));
    }
    let point = end.parse_next(input)?;
    Ok(Mention::Point(point, role))
}

/// "de no sé cuándo al 15 de enero": what follows "al" is no arrival.
fn end_of_an_unread_range(input: &mut Input<'_>) -> Parsed<Point> {
    let unread = || {
        token(|token| {
            token.kind == Kind::Word
                && token.weekday.is_none()
                && !token.is_any(&["ayer", "anteayer", "yesterday", "ontem"])
        })
    };
    (
        word(&["del", "desde", "de", "from", "do"]),
        unread(),
        opt((
            unread(),
            peek(word(&["al", "a", "hasta", "ate", "to", "ao"])),
        )),
        word(&["al", "a", "hasta", "ate", "to", "ao"]),
    )
        .parse_next(input)?;
    explicit(input)
}

/// The small words between a role and its day.
fn filler(input: &mut Input<'_>) -> Parsed<()> {
    let between = word(&[
        "el", "the", "o", "dia", "on", "es", "seria", "de", "del", "em", "no", "na", "para", ":",
        "-", "a", "fecha", "la", "estimado", "como", "date", "is", "would", "be", "por", "by",
        "recien", "ao", "pra", "serian", "al", "aca", "ahi", "alla", "alli",
    ]);
    // "el ingreso a la mañana" is a time of day, not tomorrow.
    repeat::<_, _, (), _, _>(0..=4, preceded(not(part_of_day), between)).parse_next(input)
}

pub(crate) fn arrival_word<'t>(input: &mut Input<'t>) -> Parsed<&'t Token> {
    alt((
        word(&[
            "desde",
            "llegamos",
            "llego",
            "llegaria",
            "llegariamos",
            "llegando",
            "llegada",
            "llegar",
            "llegan",
            "entro",
            "entramos",
            "entrada",
            "entrando",
            "entrar",
            "ingreso",
            "ingresamos",
            "ingresando",
            "ingresar",
            "ingresaria",
            "ingresariamos",
            "checkin",
            "arriving",
            "arrive",
            "arrival",
            "arribo",
            "arribamos",
            "starting",
            "chegando",
            "chegada",
            "chegamos",
            "chegar",
            "chego",
            "entraria",
            "entrariamos",
            "voy",
            "iriamos",
            "iria",
            "viajamos",
            "viajo",
            "from",
            "caemos",
            "caigo",
            "vamos",
            "yendo",
            "inicio",
            "in",
        ]),
        (word(&["a"]), word(&["partir"]), word(&["de", "del"])).map(|(first, _, _)| first),
        (
            word(&["era", "es", "seria", "sea", "fuera"]),
            word(&["del"]),
            peek(not((end, word(&["al", "a", "hasta", "de"])))),
        )
            .map(|(first, _, _)| first),
    ))
    .parse_next(input)
}

pub(crate) fn departure_word<'t>(input: &mut Input<'t>) -> Parsed<&'t Token> {
    alt((
        word(&[
            "hasta",
            "salida",
            "salimos",
            "salgo",
            "saliendo",
            "salir",
            "saldriamos",
            "saldria",
            "volvemos",
            "vuelvo",
            "volviendo",
            "volver",
            "volveriamos",
            "egreso",
            "checkout",
            "leaving",
            "leave",
            "departure",
            "departing",
            "until",
            "till",
            "ate",
            "saindo",
            "saida",
            "sair",
            "saimos",
            "saio",
            "regreso",
            "regresamos",
            "retiro",
            "partida",
            "partimos",
            "voltando",
            "voltamos",
            "volto",
            "yendonos",
            "out",
            "retirandonos",
            "fin",
        ]),
        (
            word(&["nos", "me"]),
            word(&[
                "vamos",
                "voy",
                "vamo",
                "volvemos",
                "vuelvo",
                "iriamos",
                "iria",
                "retiramos",
            ]),
        )
            .map(|(first, _)| first),
        word(&["irnos", "irme", "volvernos"]),
        (
            word(&["dejamos", "dejo", "dejando", "dejariamos"]),
            word(&["la", "el", "a", "o"]),
            word(&[
                "cabana",
                "casa",
                "depto",
                "departamento",
                "lugar",
                "chale",
                "quarto",
            ]),
        )
            .map(|(first, _, _)| first),
    ))
    .parse_next(input)
}
