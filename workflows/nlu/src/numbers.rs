//! Numbers in words, in three languages: "treinta y uno", "vinte e um", "twenty-first". Each run
//! of number words becomes one token with a value, so that the grammars see digits and words alike.

use winnow::combinator::{alt, opt, preceded};
use winnow::prelude::*;
use winnow::token::any;

use crate::Language;
use crate::grammar::{Input, Parsed, sign, word};
use crate::tokens::{Kind, Token};

/// What a number word can do inside a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// One to nine.
    Unit(u32),
    /// Ten to nineteen, and Spanish up to twenty-nine: nothing follows.
    Whole(u32),
    /// Twenty to ninety: a unit may follow.
    Tens(u32),
    /// Hundreds: tens may follow.
    Hundreds(u32),
    /// Thousand.
    Thousand,
    /// "first": ends a number.
    Ordinal(u32),
}

/// Replaces runs of number words by single tokens and reads ordinals such as "1ro" and "21st".
pub(crate) fn join(tokens: &mut Vec<Token>, language: Language) {
    let mut at = 0;
    while at < tokens.len() {
        let Some(rest) = tokens.get(at..) else { break };
        let mut input = Input::new(rest);
        let before = rest.len();
        let read = number(&mut input, language).ok();
        let length = before - input.len();
        if let Some(number) = read {
            merge(tokens, at, length, number);
        }
        at += 1;
    }
}

/// A number as read from words.
#[derive(Clone, Copy)]
struct Number {
    value: u32,
    ordinal: bool,
}

fn merge(tokens: &mut Vec<Token>, at: usize, length: usize, number: Number) {
    let end = tokens.get(at + length - 1).map(|last| last.span.end);
    let single_word = length == 1;
    tokens.drain(at + 1..at + length);
    if let (Some(token), Some(end)) = (tokens.get_mut(at), end) {
        token.value = Some(number.value);
        token.ordinal = number.ordinal;
        token.article = single_word && ARTICLES.contains(&token.text.as_str());
        token.span.end = end;
        if !token.article && token.kind == Kind::Word {
            token.text = number.value.to_string();
        }
    }
}

/// Number words that are mostly articles.
const ARTICLES: &[&str] = &["un", "una", "uno", "um", "uma", "one"];

/// Suffixes that make digits an ordinal.
const SUFFIXES: &[&str] = &["°", "ro", "ero", "er", "st", "nd", "rd", "th"];

fn number(input: &mut Input<'_>, language: Language) -> Parsed<Number> {
    alt((
        digits_ordinal,
        |i: &mut Input<'_>| cardinal(i, language),
        |i: &mut Input<'_>| ordinal(i, language),
    ))
    .parse_next(input)
}

fn digits_ordinal(input: &mut Input<'_>) -> Parsed<Number> {
    let value = any
        .verify_map(|token: &Token| token.value.filter(|_| token.kind == Kind::Digits))
        .parse_next(input)?;
    any.verify(|token: &&Token| token.glued && token.is_any(SUFFIXES))
        .parse_next(input)?;
    Ok(Number {
        value,
        ordinal: true,
    })
}

fn ordinal(input: &mut Input<'_>, language: Language) -> Parsed<Number> {
    part(language, |part| match part {
        Part::Ordinal(n) => Some(n),
        _ => None,
    })
    .map(|value| Number {
        value,
        ordinal: true,
    })
    .parse_next(input)
}

fn cardinal(input: &mut Input<'_>, language: Language) -> Parsed<Number> {
    let head = opt(|i: &mut Input<'_>| below_thousand(i, language)).parse_next(input)?;
    if let Some(number) = head.filter(|number| number.ordinal) {
        return Ok(number);
    }
    let thousand = opt(part(language, |part| {
        (part == Part::Thousand).then_some(1000)
    }))
    .parse_next(input)?;
    match (head, thousand) {
        (None, None) => Err(winnow::error::EmptyError),
        (Some(number), None) => Ok(number),
        (head, Some(thousand)) => {
            let tail = opt(|i: &mut Input<'_>| below_thousand(i, language)).parse_next(input)?;
            let thousands = head.map_or(1, |number| number.value) * thousand;
            Ok(Number {
                value: thousands + tail.map_or(0, |number| number.value),
                ordinal: false,
            })
        }
    }
}

fn below_thousand(input: &mut Input<'_>, language: Language) -> Parsed<Number> {
    let hundreds = opt(part(language, |part| match part {
        Part::Hundreds(n) => Some(n),
        _ => None,
    }))
    .parse_next(input)?;
    if let Some(hundreds) = hundreds {
        let rest = opt(preceded(opt(word(&["e", "and"])), |i: &mut Input<'_>| {
            below_hundred(i, language)
        }))
        .parse_next(input)?;
        return Ok(Number {
            value: hundreds + rest.map_or(0, |rest| rest.value),
            ordinal: rest.is_some_and(|rest| rest.ordinal),
        });
    }
    below_hundred(input, language)
}

fn below_hundred(input: &mut Input<'_>, language: Language) -> Parsed<Number> {
    let tens = opt(part(language, |part| match part {
        Part::Tens(n) => Some(n),
        _ => None,
    }))
    .parse_next(input)?;
    let Some(tens) = tens else {
        return part(language, |part| match part {
            Part::Unit(n) | Part::Whole(n) => Some(n),
            _ => None,
        })
        .map(|value| Number {
            value,
            ordinal: false,
        })
        .parse_next(input);
    };
    let unit = opt(preceded(
        joint(language),
        part(language, |part| match part {
            Part::Unit(n) => Some((n, false)),
            Part::Ordinal(n) if n < 10 => Some((n, true)),
            _ => None,
        }),
    ))
    .parse_next(input)?;
    let (unit, ordinal) = unit.unwrap_or((0, false));
    Ok(Number {
        value: tens + unit,
        ordinal,
    })
}

/// What stands between tens and units.
fn joint<'t>(language: Language) -> impl FnMut(&mut Input<'t>) -> Parsed<()> {
    move |input| match language {
        Language::Es => word(&["y", "i"]).void().parse_next(input),
        Language::Pt => word(&["e"]).void().parse_next(input),
        Language::En => opt(sign("-")).void().parse_next(input),
    }
}

fn part<'t, T>(
    language: Language,
    pick: impl Fn(Part) -> Option<T>,
) -> impl FnMut(&mut Input<'t>) -> Parsed<T> {
    move |input| {
        any.verify_map(|token: &Token| {
            (token.kind == Kind::Word)
                .then(|| meaning(&token.text, language))
                .flatten()
                .and_then(&pick)
        })
        .parse_next(input)
    }
}

fn meaning(word: &str, language: Language) -> Option<Part> {
    match language {
        Language::Es => spanish(word),
        Language::Pt => portuguese(word),
        Language::En => english(word),
    }
}

fn spanish(word: &str) -> Option<Part> {
    Some(match word {
        "un" | "una" | "uno" => Part::Unit(1),
        "dos" => Part::Unit(2),
        "tres" => Part::Unit(3),
        "cuatro" => Part::Unit(4),
        "cinco" => Part::Unit(5),
        "seis" => Part::Unit(6),
        "siete" => Part::Unit(7),
        "ocho" => Part::Unit(8),
        "nueve" => Part::Unit(9),
        "diez" => Part::Whole(10),
        "once" => Part::Whole(11),
        "doce" => Part::Whole(12),
        "trece" => Part::Whole(13),
        "catorce" => Part::Whole(14),
        "quince" => Part::Whole(15),
        "dieciseis" => Part::Whole(16),
        "diecisiete" => Part::Whole(17),
        "dieciocho" => Part::Whole(18),
        "diecinueve" => Part::Whole(19),
        "veinte" => Part::Tens(20),
        "veintiuno" | "veintiun" | "veintiuna" => Part::Whole(21),
        "veintidos" => Part::Whole(22),
        "veintitres" => Part::Whole(23),
        "veinticuatro" => Part::Whole(24),
        "veinticinco" => Part::Whole(25),
        "veintiseis" => Part::Whole(26),
        "veintisiete" => Part::Whole(27),
        "veintiocho" => Part::Whole(28),
        "veintinueve" => Part::Whole(29),
        "treinta" => Part::Tens(30),
        "cuarenta" => Part::Tens(40),
        "cincuenta" => Part::Tens(50),
        "sesenta" => Part::Tens(60),
        "setenta" => Part::Tens(70),
        "ochenta" => Part::Tens(80),
        "noventa" => Part::Tens(90),
        "cien" | "ciento" => Part::Hundreds(100),
        "doscientos" | "doscientas" => Part::Hundreds(200),
        "trescientos" | "trescientas" => Part::Hundreds(300),
        "cuatrocientos" => Part::Hundreds(400),
        "quinientos" => Part::Hundreds(500),
        "mil" => Part::Thousand,
        "primero" => Part::Ordinal(1),
        _ => return None,
    })
}

fn portuguese(word: &str) -> Option<Part> {
    Some(match word {
        "um" | "uma" => Part::Unit(1),
        "dois" | "duas" => Part::Unit(2),
        "tres" => Part::Unit(3),
        "quatro" => Part::Unit(4),
        "cinco" => Part::Unit(5),
        "seis" => Part::Unit(6),
        "sete" => Part::Unit(7),
        "oito" => Part::Unit(8),
        "nove" => Part::Unit(9),
        "dez" => Part::Whole(10),
        "onze" => Part::Whole(11),
        "doze" => Part::Whole(12),
        "treze" => Part::Whole(13),
        "catorze" | "quatorze" => Part::Whole(14),
        "quinze" => Part::Whole(15),
        "dezesseis" => Part::Whole(16),
        "dezessete" => Part::Whole(17),
        "dezoito" => Part::Whole(18),
        "dezenove" => Part::Whole(19),
        "vinte" => Part::Tens(20),
        "trinta" => Part::Tens(30),
        "quarenta" => Part::Tens(40),
        "cinquenta" => Part::Tens(50),
        "cem" | "cento" => Part::Hundreds(100),
        "mil" => Part::Thousand,
        "primeiro" => Part::Ordinal(1),
        _ => return None,
    })
}

fn english(word: &str) -> Option<Part> {
    Some(match word {
        "one" => Part::Unit(1),
        "two" => Part::Unit(2),
        "three" => Part::Unit(3),
        "four" => Part::Unit(4),
        "five" => Part::Unit(5),
        "six" => Part::Unit(6),
        "seven" => Part::Unit(7),
        "eight" => Part::Unit(8),
        "nine" => Part::Unit(9),
        "ten" => Part::Whole(10),
        "eleven" => Part::Whole(11),
        "twelve" => Part::Whole(12),
        "thirteen" => Part::Whole(13),
        "fourteen" => Part::Whole(14),
        "fifteen" => Part::Whole(15),
        "sixteen" => Part::Whole(16),
        "seventeen" => Part::Whole(17),
        "eighteen" => Part::Whole(18),
        "nineteen" => Part::Whole(19),
        "twenty" => Part::Tens(20),
        "thirty" => Part::Tens(30),
        "forty" => Part::Tens(40),
        "fifty" => Part::Tens(50),
        "hundred" => Part::Hundreds(100),
        "thousand" => Part::Thousand,
        "first" => Part::Ordinal(1),
        "second" => Part::Ordinal(2),
        "third" => Part::Ordinal(3),
        "fourth" => Part::Ordinal(4),
        "fifth" => Part::Ordinal(5),
        "sixth" => Part::Ordinal(6),
        "seventh" => Part::Ordinal(7),
        "eighth" => Part::Ordinal(8),
        "ninth" => Part::Ordinal(9),
        "tenth" => Part::Ordinal(10),
        "eleventh" => Part::Ordinal(11),
        "twelfth" => Part::Ordinal(12),
        "thirteenth" => Part::Ordinal(13),
        "fourteenth" => Part::Ordinal(14),
        "fifteenth" => Part::Ordinal(15),
        "sixteenth" => Part::Ordinal(16),
        "seventeenth" => Part::Ordinal(17),
        "eighteenth" => Part::Ordinal(18),
        "nineteenth" => Part::Ordinal(19),
        "twentieth" => Part::Ordinal(20),
        "thirtieth" => Part::Ordinal(30),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tokenise;

    fn values(text: &str, language: Language) -> Vec<u32> {
        let mut tokens = tokenise(text);
        join(&mut tokens, language);
        tokens.into_iter().filter_map(|token| token.value).collect()
    }

    #[test]
    fn number_words_become_values() {
        assert_eq!(
            values("del veinte al treinta y uno", Language::Es),
            [20, 31]
        );
        assert_eq!(values("ciento veinte mil pesos", Language::Es), [120_000]);
        assert_eq!(values("dos mil veintisiete", Language::Es), [2027]);
        assert_eq!(values("vinte e um", Language::Pt), [21]);
        assert_eq!(values("twenty-first of may", Language::En), [21]);
        assert_eq!(values("el 1ro y el 2", Language::Es), [1, 2]);
    }

    #[test]
    fn the_same_word_counts_in_one_language_only() {
        assert_eq!(values("dos", Language::Pt), [0; 0]);
        assert_eq!(values("once", Language::En), [0; 0]);
    }
}
