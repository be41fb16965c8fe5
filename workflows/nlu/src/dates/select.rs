//! Which of the things said about dates count: what was taken back ("no del 5 al 8"), corrected
//! ("perdón, del 6 al 9") or replaced ("cambiar la del 5 al 8 por el 12 al 15") does not.

use crate::dates::mention::{Mention, Point, Stretch};
use crate::grammar::Found;
use crate::tokens::Token;

/// Words between two dates that put the second in the place of the first.
const CORRECTIONS: &[&str] = &[
    "mejor",
    "perdon",
    "digo",
    "perdona",
    "sino",
    "realidad",
    "sorry",
    "mean",
    "rather",
    "correccion",
    "equivoque",
    "corrijo",
    "desculpa",
    "melhor",
    "alias",
    "actually",
    "quise",
    "espera",
    "instead",
];

/// Words before a date that take it back.
const REJECTIONS: &[&str] = &[
    "no",
    "not",
    "nao",
    "vez",
    "lugar",
    "instead",
    "reemplazo",
    "sin",
];

/// Words that announce a change of what was booked.
const CHANGES: &[&str] = &[
    "cambiar",
    "cambio",
    "cambiarla",
    "cambiamos",
    "pasar",
    "pasarla",
    "correr",
    "correrla",
    "mover",
    "moverla",
    "change",
    "move",
    "switch",
    "trocar",
    "mudar",
    "reprogramar",
    "modificar",
    "postergar",
    "adelantar",
    "alterar",
    "remarcar",
    "reschedule",
    "pasamos",
    "paso",
];

/// The mentions that count, in the order they were said.
pub(crate) fn count(tokens: &[Token], mentions: Vec<Found<Mention>>) -> Vec<Mention> {
    let dated =
        |found: &Found<Mention>| !matches!(found.what, Mention::Period(_) | Mention::Bygone);
    let mut kept: Vec<Found<Mention>> = mentions
        .into_iter()
        .filter(|found| !taken_back(tokens, found))
        .collect();
    if kept.iter().filter(|found| dated(found)).count() > 1 {
        kept = without(kept, |found| rejected(tokens, found.at.start));
        let last_correction = kept
            .iter()
            .filter(|found| dated(found))
            .skip(1)
            .filter(|found| corrected(tokens, found.at.start, &kept))
            .map(|found| found.at.start)
            .last();
        if let Some(start) = last_correction {
            kept = without(kept, |found| found.at.start < start);
        }
        if tokens.iter().any(|token| token.is_any(CHANGES)) {
            kept = last_stay(kept);
        }
    }
    kept.into_iter().map(|found| found.what).collect()
}

/// Drops mentions, unless none with a date would be left.
fn without(
    mentions: Vec<Found<Mention>>,
    drop: impl Fn(&Found<Mention>) -> bool,
) -> Vec<Found<Mention>> {
    let kept: Vec<_> = mentions
        .iter()
        .filter(|found| !drop(found))
        .cloned()
        .collect();
    if kept
        .iter()
        .any(|found| !matches!(found.what, Mention::Period(_)))
    {
        kept
    } else {
        mentions
    }
}

fn rejected(tokens: &[Token], start: usize) -> bool {
    let before: Vec<&Token> = tokens.iter().take(start).rev().take(3).collect();
    before
        .iter()
        .take_while(|token| !token.is_any(&[",", ".", ";", ":"]))
        .filter(|token| !token.is_any(&["para", "el", "de", "del", "of", "the", "for", "pra", "o"]))
        .take(1)
        .any(|token| token.is_any(REJECTIONS))
}

/// Whether a correcting word stands between the mention before this one and this one.
fn corrected(tokens: &[Token], start: usize, mentions: &[Found<Mention>]) -> bool {
    let before = mentions
        .iter()
        .filter(|found| found.at.end <= start)
        .map(|found| found.at.end)
        .max();
    before.is_some_and(|before| {
        tokens.get(before..start).is_some_and(|between| {
            between.iter().any(|token| token.is_any(CORRECTIONS)) || set_off_no(between)
        })
    })
}

/// "..., no, ...": not the "no" of "si no hay".
fn set_off_no(between: &[Token]) -> bool {
    between
        .windows(2)
        .any(|pair| matches!(pair, [no, sign] if no.is_any(&["no", "nao"]) && sign.is_any(&[",", ".", ";"])))
        || between.last().is_some_and(|last| last.is_any(&["no", "nao"]))
}

/// "mañana no, pasado": said and taken back.
fn taken_back(tokens: &[Token], found: &Found<Mention>) -> bool {
    let mut after = tokens.iter().skip(found.at.end);
    after.next().is_some_and(|no| no.is_any(&["no", "nao"]))
        && after
            .next()
            .is_none_or(|next| next.is_any(&[",", ".", ";"]))
}

/// Of two whole stays in a change, the second is the new one.
fn last_stay(mentions: Vec<Found<Mention>>) -> Vec<Found<Mention>> {
    let whole = |found: &&Found<Mention>| {
        matches!(
            found.what,
            Mention::Range { .. } | Mention::Weekend(_) | Mention::Feast(..)
        )
    };
    if mentions.iter().filter(whole).count() < 2 {
        return mentions;
    }
    mentions.iter().rfind(whole).cloned().into_iter().collect()
}

/// Gives a bare day the month that was said apart from it: "en enero, del 10 al 15".
pub(crate) fn share_month(mentions: &mut [Mention]) {
    let mut months = mentions.iter().filter_map(|mention| match mention {
        Mention::Period(Stretch::Month {
            month,
            year,
            first: 1,
            last: 31,
            ..
        }) => Some((*month, *year)),
        _ => None,
    });
    let (Some((month, year)), None) = (months.next(), months.next()) else {
        return;
    };
    let fill = |point: &mut Point| {
        if let Point::Day(day) = point
            && day.month.is_none()
        {
            day.month = Some(month);
            day.year = year;
        }
    };
    for mention in mentions {
        match mention {
            // The first end takes its month from the second.
            Mention::Range {
                from: Point::Day(from),
                to,
                ..
            } if from.month.is_none() => fill(to),
            Mention::Point(point, _) => fill(point),
            Mention::Both(points) | Mention::Either(points) | Mention::NightsOf(points) => {
                points.iter_mut().for_each(fill);
            }
            _ => {}
        }
    }
}
