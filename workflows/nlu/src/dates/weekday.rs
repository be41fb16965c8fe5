//! Days told from today: "hoy", "mañana", "el viernes que viene".

use winnow::combinator::{alt, opt, terminated};
use winnow::prelude::*;

use crate::dates::mention::{Point, Week};
use crate::grammar::{Input, Parsed, map_token, maybe, sign, token, word};

pub(crate) fn weekday_name(input: &mut Input<'_>) -> Parsed<chrono::Weekday> {
    terminated(
        map_token(|token| token.weekday),
        opt(alt((
            (sign("-"), word(&["feira"])).void(),
            word(&["feira"]).void(),
            token(|token| token.glued && token.is(".")).void(),
        ))),
    )
    .parse_next(input)
}

/// "hoy", "mañana", "pasado mañana", with the weekday that may follow.
pub(super) fn relative(input: &mut Input<'_>) -> Parsed<Point> {
    let days = alt((
        (
            maybe(&["the"]),
            word(&["day"]),
            word(&["after"]),
            word(&["tomorrow"]),
        )
            .value(2),
        (word(&["depois"]), word(&["de"]), word(&["amanha"])).value(2),
        (word(&["pasado", "pasada"]), word(&["manana"])).value(2),
        (word(&["esta", "essa"]), word(&["noche", "noite"])).value(0),
        word(&["hoy", "hoje", "today", "tonight"]).value(0),
        (word(&["this"]), word(&["evening", "afternoon"])).value(0),
        word(&["manana", "amanha", "tomorrow"]).value(1),
    ))
    .parse_next(input)?;
    // "mañana a la mañana", "hoy a la noche", "hoy martes".
    opt(part_of_day).parse_next(input)?;
    opt((opt(sign(",")), weekday_name)).parse_next(input)?;
    Ok(Point::Ahead(days))
}

/// "a la mañana", "por la tarde", "al mediodía", "in the morning".
pub(crate) fn part_of_day(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (
            word(&["a", "por", "de", "in", "pela"]),
            word(&["la", "the", "a"]),
            word(&[
                "manana",
                "tarde",
                "noche",
                "noite",
                "morning",
                "evening",
                "tardecita",
                "manha",
            ]),
        )
            .void(),
        (word(&["al", "a"]), word(&["mediodia"])).void(),
        (word(&["at"]), word(&["night", "noon"])).void(),
        (word(&["a"]), word(&["noite", "tarde"])).void(),
        word(&["temprano", "tarde"]).void(),
    ))
    .parse_next(input)
}

/// "el viernes", "este sábado", "el próximo viernes", "el viernes de la semana que viene".
pub(super) fn weekday_alone(input: &mut Input<'_>) -> Parsed<Point> {
    let before = opt(word(&[
        "el", "este", "esta", "proximo", "proxima", "next", "this", "the", "coming", "otro",
        "outra", "outro",
    ]))
    .parse_next(input)?;
    let second = opt(word(&[
        "proximo", "proxima", "next", "coming", "otro", "outra", "outro",
    ]))
    .parse_next(input)?;
    let short_allowed = before.is_some();
    let weekday = token(move |token| token.weekday.is_some() && (!token.short || short_allowed))
        .map(|token| token.weekday)
        .parse_next(input)?
        .ok_or(winnow::error::EmptyError)?;
    opt((opt(sign("-")), word(&["feira"]))).parse_next(input)?;
    // "next Friday", "el otro viernes": the coming one to some, the one after it to others.
    let next_in_english = [before, second]
        .iter()
        .any(|token| token.is_some_and(|token| token.is_any(&["next", "otro", "outra", "outro"])));
    let this = before.is_some_and(|token| token.is_any(&["este", "this", "esta", "coming"]));
    let week = opt(week_after_weekday).parse_next(input)?.unwrap_or({
        match (next_in_english, this) {
            (true, _) => Week::Unclear,
            (false, true) => Week::This,
            (false, false) => Week::Coming,
        }
    });
    Ok(Point::Weekday(weekday, week))
}

pub(super) fn week_after_weekday(input: &mut Input<'_>) -> Parsed<Week> {
    alt((
        (
            word(&["de", "da", "of"]),
            maybe(&["la"]),
            alt((
                (
                    word(&["semana"]),
                    word(&["que"]),
                    word(&["viene", "vem", "entra", "sigue"]),
                )
                    .void(),
                (word(&["proxima", "next"]), word(&["semana", "week"])).void(),
                (word(&["semana"]), word(&["proxima"])).void(),
            )),
        )
            .value(Week::Next),
        (word(&["next"]), word(&["week"])).value(Week::Next),
        (word(&["de", "da"]), word(&["esta"]), word(&["semana"])).value(Week::Coming),
        (
            word(&["de"]),
            maybe(&["la"]),
            alt((
                (word(&["otra"]), word(&["semana"])).void(),
                (word(&["semana"]), word(&["siguiente"])).void(),
            )),
        )
            .value(Week::Next),
        (word(&["que"]), word(&["viene", "vem", "sigue"])).value(Week::Coming),
        word(&["proximo", "proxima"]).value(Week::Coming),
        (word(&["siguiente"])).value(Week::Second),
    ))
    .parse_next(input)
}
