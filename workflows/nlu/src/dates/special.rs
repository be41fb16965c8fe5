//! The grammar of weekends, feasts and long weekends: "el finde del 19", "el finde largo de
//! agosto", "semana santa", and of times that are over ("el mes pasado").

use winnow::combinator::{alt, not, opt, peek, preceded};
use winnow::prelude::*;

use crate::dates::mention::{Feast, Mention, Point, Week, Weekend};
use crate::dates::point::{bare, explicit, month_name};
use crate::dates::range::{and_list, range};
use crate::dates::weekday::part_of_day;
use crate::dates::year::year;
use crate::grammar::{Input, Parsed, map_token, maybe, number, token, word};
use crate::tokens::Kind;

/// A weekend, a feast, or something that looks like a date and is not one.
pub(crate) fn special(input: &mut Input<'_>) -> Parsed<Mention> {
    alt((
        well_wishing,
        in_eight,
        bygone,
        habit,
        holy_day,
        alt((morning, the_same)),
        alt((long_weekend_after_its_day, long_weekend)),
        feast,
        weekend,
    ))
    .parse_next(input)
}

/// "buen finde!", "feliz navidad": a wish, and no stay.
fn well_wishing(input: &mut Input<'_>) -> Parsed<Mention> {
    word(&[
        "feliz",
        "felices",
        "buen",
        "buena",
        "buenas",
        "lindo",
        "linda",
        "hermoso",
        "excelente",
        "happy",
        "merry",
        "good",
        "great",
        "nice",
        "lovely",
        "bom",
        "boa",
        "otimo",
        "boas",
        "felizes",
        "bello",
        "prospero",
    ])
    .parse_next(input)?;
    alt((
        word(&[
            "finde", "semana", "week", "weekend", "sabado", "domingo", "viernes",
        ])
        .void(),
        named_feast.void(),
    ))
    .parse_next(input)?;
    Ok(Mention::Nothing)
}

/// "de hoy en ocho", "mañana en quince": a week or eight days on, to be asked.
fn in_eight(input: &mut Input<'_>) -> Parsed<Mention> {
    maybe(&["de", "desde"]).parse_next(input)?;
    let base = alt((
        word(&["hoy", "hoje", "today"]).value(0),
        word(&["manana", "amanha", "tomorrow"]).value(1),
    ))
    .parse_next(input)?;
    word(&["en", "a", "em", "in"]).parse_next(input)?;
    let days = number.verify(|n| matches!(n, 8 | 15)).parse_next(input)?;
    peek(not(token(|token| {
        token.is_any(&["personas", "noches", "hs", "de", "del", "/", ":"])
    })))
    .parse_next(input)?;
    maybe(&["dias"]).parse_next(input)?;
    Ok(Mention::Either(vec![
        Point::Ahead(base + days - 1),
        Point::Ahead(base + days),
    ]))
}

const PAST: &[&str] = &["pasado", "pasada", "anterior", "passado", "passada"];

/// "el finde pasado", "last week", "ayer", "hace 3 días": told, not asked for.
fn bygone(input: &mut Input<'_>) -> Parsed<Mention> {
    let unit = || {
        token(|token| {
            token.weekday.is_some()
                || token.month.is_some()
                || token.is_any(&[
                    "finde", "semana", "mes", "ano", "verano", "week", "month", "year", "invierno",
                    "noche",
                ])
        })
    };
    alt((
        (maybe(&["el", "la"]), unit(), word(PAST)).void(),
        (word(&["last"]), unit(), not(word(&["of"]))).void(),
        word(&["ayer", "anteayer", "anoche", "yesterday", "ontem"]).void(),
        (
            word(&["hace", "hacen", "ha", "faz"]),
            maybe(&["como", "unos", "unas"]),
            number,
            word(&[
                "dia", "dias", "semana", "semanas", "mes", "meses", "ano", "anos", "hora", "horas",
                "minutos",
            ]),
        )
            .void(),
        (
            number,
            word(&["days", "weeks", "months", "years", "hours"]),
            word(&["ago"]),
        )
            .void(),
    ))
    .value(Mention::Bygone)
    .parse_next(input)
}

/// "los viernes", "cada domingo", "los findes": a habit names no day.
fn habit(input: &mut Input<'_>) -> Parsed<Mention> {
    alt((
        (
            word(&["los", "cada", "todos", "every", "todo"]),
            maybe(&["los"]),
            token(|token| token.weekday.is_some() && !token.short),
        )
            .void(),
        (
            word(&["los", "cada", "por", "every", "todos"]),
            maybe(&["los"]),
            word(&["finde"]),
        )
            .void(),
        token(|token| {
            token.is_any(&[
                "sabados",
                "domingos",
                "weekends",
                "fridays",
                "saturdays",
                "sundays",
            ])
        })
        .void(),
    ))
    .value(Mention::Nothing)
    .parse_next(input)
}

/// "el mismo finde", "los mismos días": what was talked about.
fn the_same(input: &mut Input<'_>) -> Parsed<Mention> {
    (
        maybe(&["el", "la", "los", "las", "the", "o", "a"]),
        word(&[
            "mismo", "misma", "mismos", "mismas", "same", "mesmo", "mesma",
        ]),
        word(&[
            "finde", "dia", "dias", "semana", "fecha", "fechas", "day", "days", "dates", "week",
        ]),
    )
        .value(Mention::Nothing)
        .parse_next(input)
}

/// "a la mañana" is no tomorrow.
fn morning(input: &mut Input<'_>) -> Parsed<Mention> {
    alt((
        part_of_day,
        (
            word(&["la", "esta", "buena", "the", "this"]),
            word(&["manana"]),
        )
            .void(),
    ))
    .value(Mention::Nothing)
    .parse_next(input)
}

/// "jueves santo" begins Holy Week; its other days are part of it.
fn holy_day(input: &mut Input<'_>) -> Parsed<Mention> {
    alt((
        (
            word(&["jueves"]),
            word(&["santo"]),
            opt((
                word(&["al", "a", "hasta"]),
                maybe(&["el"]),
                word(&["domingo"]),
            )),
        )
            .value(Mention::Feast(Feast::HolyWeek, None)),
        (
            token(|token| token.weekday.is_some()),
            word(&["santo", "santa"]),
        )
            .value(Mention::Nothing),
    ))
    .parse_next(input)
}

const LONG: &[&str] = &["largo", "xl", "xxl", "largos", "extralargo", "prolongado"];
const COMING: &[&str] = &["proximo", "next", "coming"];

/// "que viene", "próximo", "siguiente" after a noun.
fn week_after(input: &mut Input<'_>) -> Parsed<Week> {
    alt((
        (
            word(&["que"]),
            word(&["viene", "vem", "entra", "se"]),
            maybe(&["viene"]),
        )
            .value(Week::Coming),
        word(&["proximo", "venidero"]).value(Week::Coming),
        (word(&["que"]), word(&["sigue", "le"]), maybe(&["sigue"])).value(Week::Second),
        word(&["siguiente", "subsiguiente", "seguinte"]).value(Week::Second),
    ))
    .parse_next(input)
}

/// "December 8 long weekend".
fn long_weekend_after_its_day(input: &mut Input<'_>) -> Parsed<Mention> {
    maybe(&["the"]).parse_next(input)?;
    let point = explicit.parse_next(input)?;
    (word(&["long"]), word(&["finde"])).parse_next(input)?;
    Ok(Mention::Feast(Feast::LongWeekendOf(point), None))
}

fn long_weekend(input: &mut Input<'_>) -> Parsed<Mention> {
    maybe(&["el", "este", "o", "the", "this"]).parse_next(input)?;
    let coming = opt(word(COMING)).parse_next(input)?.is_some();
    let long = alt((
        (word(&["finde"]), maybe(&["extra"]), word(LONG)).value(true),
        (word(&["long"]), word(&["finde"])).value(true),
        (word(&["feriado", "puente"]), word(LONG)).value(true),
        (
            word(&["finde"]),
            word(&["del", "de"]),
            maybe(&["el"]),
            word(&["feriado"]),
        )
            .value(true),
        (word(&["feriado"]), word(&["puente"])).value(true),
        word(&["feriado", "puente"]).value(false),
    ))
    .parse_next(input)?;
    let which = opt(alt((
        week_after.value(Feast::LongWeekend),
        preceded((word(&["de", "of"]), maybe(&["el"])), named_feast),
        preceded(
            (word(&["del", "de", "of"]), maybe(&["el", "the", "dia"])),
            alt((explicit, bare)),
        )
        .map(Feast::LongWeekendOf),
        preceded(maybe(&["de", "en", "of", "in", "para"]), full_month).map(Feast::LongWeekendIn),
    )))
    .parse_next(input)?;
    let feast_year = opt(year).parse_next(input)?;
    match which {
        Some(feast) => Ok(Mention::Feast(feast, feast_year)),
        None if long || coming => Ok(Mention::Feast(Feast::LongWeekend, feast_year)),
        // "¿es feriado?" asks about the calendar, not about a stay.
        None => Err(winnow::error::EmptyError),
    }
}

fn named_feast(input: &mut Input<'_>) -> Parsed<Feast> {
    alt((
        word(&["semanasanta", "easter", "pascua", "pascuas", "pascoa"]).value(Feast::HolyWeek),
        word(&["carnaval", "carnavales", "carnival"]).value(Feast::Carnival),
        word(&[
            "navidad",
            "navidades",
            "christmas",
            "xmas",
            "natal",
            "nochebuena",
        ])
        .value(Feast::Christmas),
        word(&["anonuevo", "reveillon"]).value(Feast::NewYear),
    ))
    .parse_next(input)
}

fn feast(input: &mut Input<'_>) -> Parsed<Mention> {
    opt((word(&["finde"]), word(&["de", "del"]))).parse_next(input)?;
    maybe(&["el"]).parse_next(input)?;
    let feast = named_feast.parse_next(input)?;
    let feast_year = opt(year).parse_next(input)?;
    Ok(Mention::Feast(feast, feast_year))
}

fn full_month(input: &mut Input<'_>) -> Parsed<u32> {
    map_token(|token| token.month.filter(|_| !token.short)).parse_next(input)
}

/// "primer", "segundo": which one of a month; nought is the last.
fn nth(input: &mut Input<'_>) -> Parsed<u32> {
    alt((
        word(&["primer", "primero", "1"]).value(1),
        word(&["segundo", "2"]).value(2),
        word(&["tercer", "tercero", "terceiro", "3"]).value(3),
        word(&["cuarto", "4"]).value(4),
        word(&["ultimo", "last"]).value(0),
        token(|token| token.ordinal && token.value.is_some_and(|n| n <= 4))
            .map(|token| token.value.unwrap_or(1)),
    ))
    .parse_next(input)
}

fn nth_weekend(input: &mut Input<'_>) -> Parsed<Mention> {
    maybe(&["el", "the", "o"]).parse_next(input)?;
    let n = nth.parse_next(input)?;
    word(&["finde"]).parse_next(input)?;
    maybe(&["de", "of", "en", "in"]).parse_next(input)?;
    let month = month_name.parse_next(input)?;
    Ok(Mention::Weekend(if n == 0 {
        Weekend::Last(month)
    } else {
        Weekend::Nth(n, month)
    }))
}

fn weekend(input: &mut Input<'_>) -> Parsed<Mention> {
    alt((nth_weekend, some_weekend, this_weekend)).parse_next(input)
}

/// "un finde", "algún finde de febrero".
fn some_weekend(input: &mut Input<'_>) -> Parsed<Mention> {
    (
        word(&[
            "un",
            "algun",
            "any",
            "a",
            "cualquier",
            "otro",
            "um",
            "algum",
            "uno",
            "por",
            "de",
            "cada",
            "y",
        ]),
        word(&["finde"]),
    )
        .value(Mention::Weekend(Weekend::Any))
        .parse_next(input)
}

fn this_weekend(input: &mut Input<'_>) -> Parsed<Mention> {
    let second = opt((word(&["el", "al", "del"]), word(&["otro"])))
        .parse_next(input)?
        .is_some();
    maybe(&["el", "este", "the", "this", "o", "neste", "esse"]).parse_next(input)?;
    let next = opt(word(&["proximo", "next", "coming", "prox"])).parse_next(input)?;
    let unclear = next.is_some_and(|token| token.is("next"));
    word(&["finde"]).parse_next(input)?;
    if opt(peek(says_its_days)).parse_next(input)?.is_some() {
        return Ok(Mention::Weekend(Weekend::Any));
    }
    if let Some(point) = opt(held_day).parse_next(input)? {
        // "el finde del 9 o el del 16": one of the two.
        let other = opt((
            word(&["o", "u"]),
            maybe(&["el"]),
            maybe(&["finde"]),
            maybe(&["del"]),
            alt((explicit, bare)),
        ))
        .parse_next(input)?;
        if other.is_some() {
            return Ok(Mention::Weekend(Weekend::Any));
        }
        return Ok(Mention::Weekend(Weekend::Holding(point)));
    }
    let week = opt(alt((week_after, of_next_week))).parse_next(input)?;
    // "el finde siguiente al de semana santa" counts from another.
    let counted = opt(peek(word(&["al", "a", "ao", "after"]))).parse_next(input)?;
    if week == Some(Week::Second) && counted.is_some() {
        return Ok(Mention::Weekend(Weekend::Any));
    }
    if week.is_none() && opt(peek(of_something_unknown)).parse_next(input)?.is_some() {
        return Ok(Mention::Weekend(Weekend::Any));
    }
    Ok(Mention::Weekend(Weekend::In(match week {
        Some(week) => week,
        None if second => Week::Second,
        None if unclear => Week::Unclear,
        None if next.is_some() => Week::Coming,
        None => Week::This,
    })))
}

/// "el finde de la semana que viene".
fn of_next_week(input: &mut Input<'_>) -> Parsed<Week> {
    (
        word(&["de", "da"]),
        maybe(&["la"]),
        alt((
            (word(&["semana"]), week_after).void(),
            (word(&["otra", "proxima"]), word(&["semana"])).void(),
        )),
    )
        .value(Week::Next)
        .parse_next(input)
}

/// "finde de reyes": a weekend that only the host's town knows.
fn of_something_unknown(input: &mut Input<'_>) -> Parsed<()> {
    (
        word(&["de", "del", "da", "do", "of"]),
        token(|token| {
            token.kind == Kind::Word && !token.is_any(&["esta", "este", "viernes", "sexta"])
        }),
    )
        .void()
        .parse_next(input)
}

/// "finde del 12 al 14" and "finde de febrero" are read by the grammars of what follows.
fn says_its_days(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        |i: &mut Input<'_>| range(i, false).map(|_| ()),
        (maybe(&["de", "en", "of", "in"]), full_month, not(number)).void(),
    ))
    .parse_next(input)
}

/// "del 19", "del 5 y 6 de diciembre": the day that tells which weekend.
fn held_day(input: &mut Input<'_>) -> Parsed<Point> {
    maybe(&["del", "de", "of", "el"]).parse_next(input)?;
    let point = alt((
        and_list.verify_map(|points| points.last().copied()),
        explicit,
        preceded(maybe(&["the"]), bare),
    ))
    .parse_next(input)?;
    match point {
        Point::Day(_) => Ok(point),
        Point::Weekday(..) | Point::Ahead(_) => Err(winnow::error::EmptyError),
    }
}
