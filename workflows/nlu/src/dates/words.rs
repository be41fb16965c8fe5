//! The names of months and weekdays in the three languages, and the pass that marks them on the
//! tokens. A name that also means something else is marked `short`: it needs a number beside it.

use chrono::Weekday;

use crate::Language;
use crate::tokens::{Kind, Token};

/// Marks month and weekday names.
pub(crate) fn mark(tokens: &mut [Token], language: Language) {
    for at in 0..tokens.len() {
        let after_of = at > 0
            && tokens
                .get(at - 1)
                .is_some_and(|before| before.is_any(&["de", "/", "-"]));
        let Some(token) = tokens.get_mut(at) else {
            continue;
        };
        if token.kind != Kind::Word {
            continue;
        }
        if let Some((month, short)) = month(&token.text, language) {
            token.month = Some(month);
            token.short = short;
        } else if token.is("10") && language == Language::Pt && after_of {
            // "dez" is both ten and December.
            token.month = Some(12);
            token.short = true;
        }
        if let Some((weekday, short)) = weekday(&token.text, language)
            && !counts(tokens, at)
            && let Some(token) = tokens.get_mut(at)
        {
            token.weekday = Some(weekday);
            token.short = short;
        }
    }
}

/// "segunda quincena": the second one, and no Monday.
fn counts(tokens: &[Token], at: usize) -> bool {
    tokens.get(at + 1).is_some_and(|noun| {
        noun.is_any(&[
            "quincena",
            "quinzena",
            "semana",
            "quincenas",
            "opcao",
            "vez",
            "noite",
        ])
    })
}

/// A month, and whether the word is too short or too ambiguous to stand alone.
fn month(word: &str, language: Language) -> Option<(u32, bool)> {
    let full = |n| Some((n, false));
    let short = |n| Some((n, true));
    match word {
        "enero" | "janeiro" | "january" => full(1),
        "ene" | "jan" => short(1),
        "febrero" | "fevereiro" | "february" => full(2),
        "feb" | "fev" => short(2),
        "marzo" => full(3),
        "march" | "mar" => short(3),
        "marco" if language == Language::Pt => full(3),
        "abril" | "april" => full(4),
        "abr" | "apr" => short(4),
        "mayo" | "maio" => full(5),
        "may" | "mai" => short(5),
        "junio" | "junho" | "june" => full(6),
        "jun" => short(6),
        "julio" | "julho" | "july" => full(7),
        "jul" => short(7),
        "agosto" | "august" => full(8),
        "ago" | "aug" => short(8),
        "septiembre" | "setiembre" | "setembro" | "september" => full(9),
        "sep" | "sept" | "set" => short(9),
        "octubre" | "outubro" | "october" => full(10),
        "oct" => short(10),
        "out" if language == Language::Pt => short(10),
        "noviembre" | "novembro" | "november" => full(11),
        "nov" => short(11),
        "diciembre" | "dezembro" | "december" => full(12),
        "dic" | "dec" => short(12),
        _ => None,
    }
}

/// A weekday, and whether the word is an abbreviation.
fn weekday(word: &str, language: Language) -> Option<(Weekday, bool)> {
    if language == Language::Pt {
        let portuguese = match word {
            "segunda" => Some((Weekday::Mon, false)),
            "terca" => Some((Weekday::Tue, false)),
            "quarta" => Some((Weekday::Wed, false)),
            "quinta" => Some((Weekday::Thu, false)),
            "sexta" => Some((Weekday::Fri, false)),
            "seg" => Some((Weekday::Mon, true)),
            "qua" => Some((Weekday::Wed, true)),
            "qui" => Some((Weekday::Thu, true)),
            "sex" => Some((Weekday::Fri, true)),
            _ => None,
        };
        if portuguese.is_some() {
            return portuguese;
        }
    }
    Some(match word {
        "lunes" | "monday" => (Weekday::Mon, false),
        "lun" | "mon" => (Weekday::Mon, true),
        "martes" | "tuesday" => (Weekday::Tue, false),
        "tue" | "tues" => (Weekday::Tue, true),
        "miercoles" | "wednesday" => (Weekday::Wed, false),
        "mie" | "mier" | "wed" => (Weekday::Wed, true),
        "jueves" | "thursday" => (Weekday::Thu, false),
        "jue" | "thu" | "thur" | "thurs" => (Weekday::Thu, true),
        "viernes" | "friday" => (Weekday::Fri, false),
        "vie" | "vier" | "fri" => (Weekday::Fri, true),
        "sabado" | "saturday" => (Weekday::Sat, false),
        "sab" | "sat" => (Weekday::Sat, true),
        "domingo" | "sunday" => (Weekday::Sun, false),
        "dom" | "sun" => (Weekday::Sun, true),
        _ => return None,
    })
}

/// The weekday that a full Spanish name means.
pub(crate) fn weekday_of(name: &str) -> Option<Weekday> {
    weekday(name, Language::Es)
        .filter(|(_, short)| !short)
        .map(|(weekday, _)| weekday)
}

/// Every full name, so that a misspelt one can be mended.
pub(crate) const NAMES: &[(Language, &[&str])] = &[
    (
        Language::Es,
        &[
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "setiembre",
            "octubre",
            "noviembre",
            "diciembre",
            "lunes",
            "martes",
            "miercoles",
            "jueves",
            "viernes",
            "sabado",
            "domingo",
        ],
    ),
    (
        Language::Pt,
        &[
            "janeiro",
            "fevereiro",
            "marco",
            "abril",
            "maio",
            "junho",
            "julho",
            "agosto",
            "setembro",
            "outubro",
            "novembro",
            "dezembro",
            "segunda",
            "terca",
            "quarta",
            "quinta",
            "sexta",
            "sabado",
            "domingo",
        ],
    ),
    (
        Language::En,
        &[
            "january",
            "february",
            "march",
            "april",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ],
    ),
];
