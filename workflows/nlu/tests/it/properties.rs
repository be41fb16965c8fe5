//! What holds for every message, however strange.

use chrono::{Days, NaiveDate};
use nlu::{Awaiting, Context, Language, read};
use proptest::prelude::*;

/// Words that the grammars know, to reach further than random letters do.
const WORDS: &[&str] = &[
    "del",
    "al",
    "a",
    "el",
    "hasta",
    "desde",
    "entre",
    "y",
    "o",
    "de",
    "-",
    "/",
    ".",
    ",",
    "12",
    "31",
    "30",
    "2",
    "0",
    "99",
    "2026",
    "2027",
    "31/4",
    "12/12",
    "5/1/27",
    "2026-02-30",
    "enero",
    "febrero",
    "diciembre",
    "december",
    "viernes",
    "domingo",
    "finde",
    "largo",
    "semana santa",
    "navidad",
    "carnaval",
    "noches",
    "dias",
    "mañana",
    "hoy",
    "pasado",
    "somos",
    "para",
    "adultos",
    "chicos",
    "nena",
    "con",
    "mi marido",
    "yo",
    "perro",
    "no",
    "mejor",
    "más",
    "menos",
    "antes",
    "una",
    "primera quincena",
    "todo",
    "que viene",
    "feriado",
    "of",
    "the",
    "from",
    "to",
    "$",
    "48.000",
    "a las 14",
    "1155667788",
    "RES260115ABC123",
    "cancelar",
    "reservar",
    "cuanto",
    "?",
    "primer",
];

fn message() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        prop::collection::vec(prop::sample::select(WORDS), 0..14).prop_map(|words| words.join(" ")),
        prop::collection::vec(prop::sample::select(WORDS), 0..8).prop_map(|words| words.concat()),
    ]
}

fn day() -> impl Strategy<Value = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a real day");
    (0_u64..2000).prop_map(move |days| first + Days::new(days))
}

fn context() -> impl Strategy<Value = Context> {
    let awaiting = prop::option::of(prop::sample::select(vec![
        Awaiting::Dates,
        Awaiting::CheckIn,
        Awaiting::CheckOut,
        Awaiting::Nights,
        Awaiting::Guests,
        Awaiting::Confirmation,
        Awaiting::Pets,
    ]));
    let language = prop::option::of(prop::sample::select(vec![
        Language::Es,
        Language::Pt,
        Language::En,
    ]));
    (
        awaiting,
        prop::option::of(day()),
        prop::option::of(day()),
        prop::option::of(any::<u8>()),
        language,
    )
        .prop_map(
            |(awaiting, check_in, check_out, guests, language)| Context {
                awaiting,
                check_in,
                check_out,
                guests,
                accommodations: Vec::new(),
                language,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_stay_never_ends_before_it_begins(text in message(), today in day(), context in context()) {
        let reading = read(&text, today, &context);
        if let (Some(check_in), Some(check_out)) = (reading.check_in, reading.check_out) {
            prop_assert!(check_in < check_out);
        }
    }

    #[test]
    fn no_arrival_lies_in_the_past(text in message(), today in day(), context in context()) {
        let reading = read(&text, today, &context);
        prop_assert!(reading.check_in.is_none_or(|check_in| check_in >= today));
        prop_assert!(reading.check_out.is_none_or(|check_out| check_out >= today));
    }

    #[test]
    fn dates_in_error_are_absent(text in message(), today in day(), context in context()) {
        let reading = read(&text, today, &context);
        if reading.date_error.is_some() {
            prop_assert_eq!((reading.check_in, reading.check_out), (None, None));
        }
        prop_assert!(reading.choices.len() <= 3);
    }

    #[test]
    fn children_are_among_the_guests(text in message(), today in day(), context in context()) {
        let reading = read(&text, today, &context);
        if let (Some(guests), Some(children)) = (reading.guests, reading.children) {
            prop_assert!(children <= guests);
        }
    }

    #[test]
    fn reading_twice_reads_the_same(text in message(), today in day(), context in context()) {
        prop_assert_eq!(read(&text, today, &context), read(&text, today, &context));
    }

    #[test]
    fn capitals_and_space_at_the_ends_change_nothing(text in "[a-z0-9 /áéíóúñ?]{0,60}", today in day()) {
        let context = Context::default();
        let loud = format!("  {}\n", text.to_uppercase());
        prop_assert_eq!(read(&text, today, &context), read(&loud, today, &context));
    }
}
