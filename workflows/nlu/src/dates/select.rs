//! Which of the things said about dates count: what was taken back ("no del 5 al 8"), corrected
//! ("perdón, del 6 al 9") or replaced ("cambiar la del 5 al 8 por el 12 al 15") does not.

use chrono::{Datelike, Months, NaiveDate};

use crate::dates::mention::{Mention, Point, Role, Stretch, Year};
use crate::grammar::Found;
use crate::tokens::{Kind, Token};

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
    "cambia",
    "cambie",
    "cambien",
    "cambias",
    "cambiame",
    "cambialo",
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
    let said: Vec<Mention> = mentions.iter().map(|found| found.what.clone()).collect();
    // "pasar año nuevo" spends it, and moves nothing.
    let spent = |at: usize| {
        mentions.iter().any(|found| {
            matches!(found.what, Mention::Feast(..)) && (at + 1..=at + 2).contains(&found.at.start)
        })
    };
    let changes = (0..tokens.len())
        .any(|at| tokens.get(at).is_some_and(|token| token.is_any(CHANGES)) && !spent(at));
    let alone = mentions.iter().filter(|found| dated(found)).count() == 1;
    let mut kept: Vec<Found<Mention>> = mentions
        .into_iter()
        // "cambiá el 10 por el 11" is nothing near the 11th.
        .map(|found| match found.what {
            Mention::Period(Stretch::Near(point)) if changes => Found {
                what: Mention::Point(point, Role::Unsaid),
                ..found
            },
            // "no el 10, el 11": one of the two is taken back.
            Mention::Both(ref points)
                if let [_, kept] = points.as_slice()
                    && rejected(tokens, found.at.start)
                    && within(tokens, &found).any(|token| token.is(",")) =>
            {
                Found {
                    what: Mention::Point(*kept, Role::Unsaid),
                    ..found
                }
            }
            // "pasarla del 10 al 14": a whole stay, or from one day to another.
            Mention::Range { from, to, .. } if alone && moves(tokens, found.at.start) => Found {
                what: Mention::Moved { from, to },
                ..found
            },
            _ => found,
        })
        .filter(|found| !taken_back(tokens, found) && !beside(tokens, found))
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
        if changes {
            kept = last_stay(kept);
        }
    }
    let kept = if changes {
        kept
    } else {
        side_by_side(tokens, kept)
    };
    let mut counting: Vec<Mention> = kept.into_iter().map(|found| found.what).collect();
    if let [month] = left_months(&said, &counting).as_slice() {
        // "del 10 al 12 de enero, perdón, del 11 al 13": still January.
        counting
            .iter_mut()
            .for_each(|mention| give_month(mention, month.0, month.1));
    }
    counting
}

fn within<'t>(tokens: &'t [Token], found: &Found<Mention>) -> impl Iterator<Item = &'t Token> {
    tokens.iter().take(found.at.end).skip(found.at.start)
}

/// What is moved, between a verb of change and two days.
const MOVED: &[&str] = &[
    "reserva",
    "fecha",
    "fechas",
    "estadia",
    "dia",
    "dias",
    "todo",
    "booking",
    "reservation",
    "date",
    "dates",
    "stay",
    "it",
    "data",
    "datas",
];

/// Whether "del" or "from" stands at `start`, right behind what is moved.
fn moves(tokens: &[Token], start: usize) -> bool {
    let from = tokens
        .get(start)
        .is_some_and(|token| token.is_any(&["del", "de", "from", "do"]));
    let mut before = tokens.iter().take(start).rev();
    let verb = before.find(|token| {
        !token.is_any(MOVED) && !token.is_any(&["la", "las", "mi", "my", "the", "a", "minha"])
    });
    from && verb.is_some_and(|verb| verb.is_any(CHANGES))
}

/// The months of what was said and does not count, when no other month was said.
fn left_months(said: &[Mention], counting: &[Mention]) -> Vec<(u32, Option<Year>)> {
    if counting
        .iter()
        .any(|mention| !months_of(mention).is_empty())
    {
        return Vec::new();
    }
    let mut left: Vec<(u32, Option<Year>)> = said
        .iter()
        .filter(|mention| !counting.contains(mention))
        .flat_map(months_of)
        .collect();
    left.dedup();
    left
}

fn months_of(mention: &Mention) -> Vec<(u32, Option<Year>)> {
    let of = |point: &Point| match point {
        Point::Day(day) => day.month.map(|month| (month, day.year)),
        Point::Weekday(..) | Point::Ahead(_) => None,
    };
    match mention {
        Mention::Range { from, to, .. } | Mention::Moved { from, to } => {
            [from, to].into_iter().filter_map(of).collect()
        }
        Mention::Point(point, _) => of(point).into_iter().collect(),
        Mention::Both(points) | Mention::Either(points) | Mention::NightsOf(points) => {
            points.iter().filter_map(of).collect()
        }
        Mention::Period(Stretch::Month { month, year, .. }) => vec![(*month, *year)],
        _ => Vec::new(),
    }
}

/// Gives the days of a mention that lack one a month.
fn give_month(mention: &mut Mention, month: u32, year: Option<Year>) {
    let fill = |point: &mut Point| {
        if let Point::Day(day) = point
            && day.month.is_none()
        {
            day.month = Some(month);
            day.year = year;
        }
    };
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
    let before: Vec<&Token> = tokens.iter().take(start).rev().take(6).collect();
    // "o si no del 5 al 8" is another wish, "si no hay" a condition.
    let condition = before
        .windows(2)
        .any(|pair| matches!(pair, [no, si] if no.is("no") && si.is("si")));
    if condition {
        return false;
    }
    before
        .iter()
        .take(3)
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
        || matches!(between, [.., before, no] if no.is_any(&["no", "nao"]) && !before.is("si"))
        || matches!(between, [no] if no.is_any(&["no", "nao"]))
}

/// "mañana no, pasado", "el finde que viene no el otro", "mañana no puedo": said and taken back.
fn taken_back(tokens: &[Token], found: &Found<Mention>) -> bool {
    let mut after = tokens.iter().skip(found.at.end);
    if !after.next().is_some_and(|no| no.is_any(&["no", "nao"])) {
        return false;
    }
    let rest: Vec<&Token> = after.take(3).collect();
    let another = rest
        .iter()
        .any(|token| token.is_any(&["otro", "otra", "outro", "siguiente"]));
    another
        || rest.first().is_none_or(|next| {
            next.is_any(&[
                ",", ".", ";", "puedo", "podemos", "puede", "llego", "llegamos", "posso",
            ])
        })
}

/// Words for another time than the one named beside them.
const BEFORE_AND_AFTER: &[&str] = &[
    "antes",
    "despues",
    "depois",
    "before",
    "after",
    "anterior",
    "previo",
    "previa",
    "posterior",
    "siguiente",
    "seguinte",
    "menos",
    "salvo",
    "excepto",
    "except",
    "exceto",
];

/// "antes de carnaval", "el finde después de año nuevo": another time than the one named.
fn beside(tokens: &[Token], found: &Found<Mention>) -> bool {
    let beside = |token: Option<&Token>| token.is_some_and(|token| token.is_any(BEFORE_AND_AFTER));
    let before = || {
        tokens
            .iter()
            .take(found.at.start)
            .rev()
            .take(3)
            .find(|token| !token.is_any(&["de", "del", "do", "da", "a", "al", "the", "el", "la"]))
    };
    match found.what {
        Mention::Feast(..) => beside(before()),
        Mention::Weekend(_) => beside(before()) || beside(tokens.get(found.at.end)),
        _ => false,
    }
}

/// "12/12 14/12", "15/1 14hs al 18/1": two days with nothing said between them are a stay.
fn side_by_side(tokens: &[Token], mentions: Vec<Found<Mention>>) -> Vec<Found<Mention>> {
    let [first, second] = mentions.as_slice() else {
        return mentions;
    };
    let (Mention::Point(from, Role::Unsaid), Mention::Point(to, Role::Unsaid)) =
        (&first.what, &second.what)
    else {
        return mentions;
    };
    let nothing = tokens
        .get(first.at.end..second.at.start)
        .is_some_and(|between| {
            between.iter().all(|token| {
                token.claimed || token.kind == Kind::Sign || token.is_any(&["al", "a", "el", "ao"])
            })
        });
    if !nothing || from == to {
        return mentions;
    }
    vec![Found {
        what: Mention::Range {
            from: *from,
            to: *to,
            window: false,
        },
        at: first.at.start..second.at.end,
    }]
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
pub(crate) fn share_month(mentions: &mut [Mention], today: NaiveDate) {
    let ahead = |months: u32| {
        let day = today.checked_add_months(Months::new(months))?;
        Some((day.month(), Some(Year::Is(day.year()))))
    };
    let mut months = mentions.iter().filter_map(|mention| match mention {
        // "del 3 al 8 de este mes" may be over: it is not the next month that has such days.
        Mention::Period(Stretch::MonthAhead(months)) => ahead(*months),
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
    for mention in mentions {
        give_month(mention, month, year);
    }
}
