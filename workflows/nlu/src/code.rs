//! Reservation codes: `RES`, six digits of a date, six characters of Crockford's base 32. Guests
//! copy them in any case, with spaces or hyphens, and confuse the letters that Crockford folds.

use std::ops::Range;

use winnow::combinator::{repeat, terminated};
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::token::{any, one_of, take_while};

/// The first reservation code in a text, in its canonical form, and where it stands in bytes.
pub(crate) fn find(text: &str) -> Option<(String, Range<usize>)> {
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        if matches!(c, 'r' | 'R') && !previous.is_alphanumeric() {
            let rest = text.get(at..)?;
            let mut input = rest;
            if let Ok(code) = code(&mut input) {
                return Some((code, at..at + rest.len() - input.len()));
            }
        }
        previous = c;
    }
    None
}

fn code(input: &mut &str) -> Result<String, EmptyError> {
    for letter in ['r', 'e', 's'] {
        one_of([letter, letter.to_ascii_uppercase()]).parse_next(input)?;
    }
    separators(input)?;
    let date: String =
        repeat(6, terminated(any.verify_map(digit), separators)).parse_next(input)?;
    let mut serial = String::with_capacity(6);
    for place in 0..6 {
        let c = any.verify_map(crockford).parse_next(input)?;
        serial.push(c);
        if place < 5 {
            separators(input)?;
        }
    }
    match input.chars().next() {
        Some(next) if next.is_alphanumeric() => Err(EmptyError),
        _ => Ok(format!("RES{date}{serial}")),
    }
}

fn separators(input: &mut &str) -> Result<(), EmptyError> {
    take_while(0..=2, |c: char| {
        matches!(c, ' ' | '-' | '_' | '.' | '#' | ':')
    })
    .void()
    .parse_next(input)
}

/// A digit of the date, or a letter that looks like one.
fn digit(c: char) -> Option<char> {
    crockford(c).filter(char::is_ascii_digit)
}

/// A character of Crockford's alphabet, its look-alikes folded.
const fn crockford(c: char) -> Option<char> {
    match c.to_ascii_uppercase() {
        'I' | 'L' => Some('1'),
        'O' => Some('0'),
        'U' => None,
        c if c.is_ascii_alphanumeric() => Some(c),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_write_them() {
        for text in [
            "mi reserva es RES260115ABC123",
            "res260115abc123?",
            "res 260115 abc123",
            "RES-260115-ABC123.",
            "la res 260115 abc 123",
        ] {
            assert_eq!(find(text).unwrap().0, "RES260115ABC123", "{text}");
        }
        assert_eq!(find("RES26O115").map(|found| found.0), None);
        assert_eq!(find("res 260115 del 12 de enero"), None);
    }

    #[test]
    fn look_alike_letters_are_folded() {
        assert_eq!(find("RES260115ABCIO3").unwrap().0, "RES260115ABC103");
    }
}
