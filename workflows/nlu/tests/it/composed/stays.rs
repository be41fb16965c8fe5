//! Stays, said in every way that leaves no doubt.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use nlu::Language;

use crate::composed::Dice;

/// A stay, and how a guest said it.
pub(crate) struct Stay {
    pub(crate) text: String,
    pub(crate) check_in: NaiveDate,
    /// Absent when only the arrival was said.
    pub(crate) check_out: Option<NaiveDate>,
}

/// How far ahead an arrival may lie: nearer than the same day of the next year.
const HORIZON: usize = 170;

pub(crate) fn stay(dice: &mut Dice, language: Language, today: NaiveDate) -> Stay {
    let ahead = u64::try_from(dice.below(HORIZON)).expect("a small number") + 2;
    let nights = u64::try_from(dice.below(9)).expect("a small number") + 1;
    let from = today + Days::new(ahead);
    let to = from + Days::new(nights);
    let one_month = from.month() == to.month();
    let (text, whole) = match language {
        Language::Es => spanish(dice, from, to, nights, one_month),
        Language::Pt => portuguese(dice, from, to, nights, one_month),
        Language::En => english(dice, from, to, nights, one_month),
    };
    Stay {
        text,
        check_in: from,
        check_out: whole.then_some(to),
    }
}

fn numeric(day: NaiveDate) -> String {
    format!("{}/{}", day.day(), day.month())
}

fn spanish(
    dice: &mut Dice,
    from: NaiveDate,
    to: NaiveDate,
    nights: u64,
    one_month: bool,
) -> (String, bool) {
    let (a, b) = (from.day(), to.day());
    let (m, n) = (month(Language::Es, from), month(Language::Es, to));
    let (v, w) = (weekday(Language::Es, from), weekday(Language::Es, to));
    let (x, y) = (in_words(Language::Es, a), in_words(Language::Es, b));
    let many = if nights == 1 {
        "1 noche".to_owned()
    } else {
        format!("{nights} noches")
    };
    let text = match dice.below(if one_month { 18 } else { 9 }) {
        0 => format!("desde el {a} de {m} hasta el {b} de {n}"),
        1 => format!("{} al {}", numeric(from), numeric(to)),
        2 => format!("del {a} de {m} al {b} de {n}"),
        3 => format!("{many} desde el {}", numeric(from)),
        4 => format!("el {a} de {m} por {many}"),
        5 => format!("entrada {} salida {}", numeric(from), numeric(to)),
        6 => format!("{from} al {to}"),
        7 => format!("llegamos el {v} {a} de {m} y nos vamos el {w} {b} de {n}"),
        8 => return (format!("el {a} de {m}"), false),
        9 => format!("del {a} al {b} de {m}"),
        10 => format!("{m} del {a} al {b}"),
        11 => format!("del {x} al {y} de {m}"),
        12 => format!("llegando el {a} y saliendo el {b} de {m}"),
        13 => format!("del {v} {a} al {w} {b} de {m}"),
        14 => format!("{a} al {b}/{}", from.month()),
        15 => format!("{a}-{b} {}", &m[..3]),
        16 => format!("desde el {x} hasta el {y} de {m}"),
        _ => format!(
            "del {}-{}-{} al {}-{}-{}",
            a,
            from.month(),
            from.year(),
            b,
            to.month(),
            to.year()
        ),
    };
    (text, true)
}

fn portuguese(
    dice: &mut Dice,
    from: NaiveDate,
    to: NaiveDate,
    nights: u64,
    one_month: bool,
) -> (String, bool) {
    let (a, b) = (from.day(), to.day());
    let (m, n) = (month(Language::Pt, from), month(Language::Pt, to));
    let (x, y) = (in_words(Language::Pt, a), in_words(Language::Pt, b));
    let many = if nights == 1 {
        "1 noite".to_owned()
    } else {
        format!("{nights} noites")
    };
    let text = match dice.below(if one_month { 12 } else { 7 }) {
        0 => format!("do dia {a} de {m} até o dia {b} de {n}"),
        1 => format!("de {} a {}", numeric(from), numeric(to)),
        2 => format!("de {a} de {m} a {b} de {n}"),
        3 => format!("{many} a partir de {a} de {m}"),
        4 => format!("chegando dia {a} de {m} e saindo dia {b} de {n}"),
        5 => return (format!("dia {a} de {m}"), false),
        6 => format!("{from} até {to}"),
        7 => format!("do dia {a} ao {b} de {m}"),
        8 => format!("de {a} a {b} de {m}"),
        9 => format!("de {x} a {y} de {m}"),
        10 => format!("entrada dia {a} e saída dia {b} de {m}"),
        _ => format!("dia {a} até {b} de {m}"),
    };
    (text, true)
}

fn english(
    dice: &mut Dice,
    from: NaiveDate,
    to: NaiveDate,
    nights: u64,
    one_month: bool,
) -> (String, bool) {
    let (a, b) = (from.day(), to.day());
    let (m, n) = (month(Language::En, from), month(Language::En, to));
    let (v, w) = (weekday(Language::En, from), weekday(Language::En, to));
    let many = if nights == 1 {
        "1 night".to_owned()
    } else {
        format!("{nights} nights")
    };
    let text = match dice.below(if one_month { 12 } else { 8 }) {
        0 => format!("from {m} {a} to {n} {b}"),
        1 => format!("from {} to {}", numeric(from), numeric(to)),
        2 => format!("from {a} {m} until {b} {n}"),
        3 => format!("{many} from {m} {a}"),
        4 => format!("arriving {v} {m} {a}, leaving {w} {n} {b}"),
        5 => return (format!("on {m} {a}"), false),
        6 => format!("{from} to {to}"),
        7 => format!("{} {a} - {} {b}", &m[..3], &n[..3]),
        8 => format!("from the {} to the {} of {m}", ordinal(a), ordinal(b)),
        9 => format!("{m} {a}-{b}"),
        10 => format!("{a} to {b} {m}"),
        _ => format!("{} to {} of {m}", ordinal(a), ordinal(b)),
    };
    (text, true)
}

fn ordinal(day: u32) -> String {
    let ending = match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

fn month(language: Language, day: NaiveDate) -> &'static str {
    let names = match language {
        Language::Es => [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
        Language::Pt => [
            "janeiro",
            "fevereiro",
            "março",
            "abril",
            "maio",
            "junho",
            "julho",
            "agosto",
            "setembro",
            "outubro",
            "novembro",
            "dezembro",
        ],
        Language::En => [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
    };
    let month = usize::try_from(day.month0()).expect("a small number");
    names.get(month).expect("twelve months")
}

fn weekday(language: Language, day: NaiveDate) -> &'static str {
    let spanish = language == Language::Es;
    match day.weekday() {
        Weekday::Mon => {
            if spanish {
                "lunes"
            } else {
                "Monday"
            }
        }
        Weekday::Tue => {
            if spanish {
                "martes"
            } else {
                "Tuesday"
            }
        }
        Weekday::Wed => {
            if spanish {
                "miércoles"
            } else {
                "Wednesday"
            }
        }
        Weekday::Thu => {
            if spanish {
                "jueves"
            } else {
                "Thursday"
            }
        }
        Weekday::Fri => {
            if spanish {
                "viernes"
            } else {
                "Friday"
            }
        }
        Weekday::Sat => {
            if spanish {
                "sábado"
            } else {
                "Saturday"
            }
        }
        Weekday::Sun => {
            if spanish {
                "domingo"
            } else {
                "Sunday"
            }
        }
    }
}

fn in_words(language: Language, day: u32) -> &'static str {
    let words = match language {
        Language::Pt => [
            "um",
            "dois",
            "três",
            "quatro",
            "cinco",
            "seis",
            "sete",
            "oito",
            "nove",
            "dez",
            "onze",
            "doze",
            "treze",
            "catorze",
            "quinze",
            "dezesseis",
            "dezessete",
            "dezoito",
            "dezenove",
            "vinte",
            "vinte e um",
            "vinte e dois",
            "vinte e três",
            "vinte e quatro",
            "vinte e cinco",
            "vinte e seis",
            "vinte e sete",
            "vinte e oito",
            "vinte e nove",
            "trinta",
            "trinta e um",
        ],
        _ => [
            "uno",
            "dos",
            "tres",
            "cuatro",
            "cinco",
            "seis",
            "siete",
            "ocho",
            "nueve",
            "diez",
            "once",
            "doce",
            "trece",
            "catorce",
            "quince",
            "dieciséis",
            "diecisiete",
            "dieciocho",
            "diecinueve",
            "veinte",
            "veintiuno",
            "veintidós",
            "veintitrés",
            "veinticuatro",
            "veinticinco",
            "veintiséis",
            "veintisiete",
            "veintiocho",
            "veintinueve",
            "treinta",
            "treinta y uno",
        ],
    };
    let before = usize::try_from(day - 1).expect("a small number");
    words.get(before).expect("31 days")
}
