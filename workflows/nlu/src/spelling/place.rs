//! Typos that are words of their own, told by where they stand: "el fine del 12", "mares 15 de
//! enero", "el año que vine". Elsewhere those words are left as they are.

use crate::Language;
use crate::dates::words::{NAMES, weekday_of};
use crate::spelling::distance;
use crate::tokens::{Kind, Token};

/// What comes again: after these, "que vine" is "que viene".
const RECURRING: &[&str] = &[
    "finde",
    "semana",
    "mes",
    "ano",
    "verano",
    "temporada",
    "largo",
];

/// What stands before a weekend.
const BEFORE_A_WEEKEND: &[&str] = &["el", "este", "un", "del", "al", "proximo", "para", "otro"];

/// Mends by their place the Spanish words that others are often mistyped as.
pub(super) fn mend(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let meant = weekend(tokens, at)
            .or_else(|| long(tokens, at))
            .or_else(|| coming(tokens, at))
            .or_else(|| weekday(tokens, at));
        if let (Some(meant), Some(token)) = (meant, tokens.get_mut(at)) {
            meant.clone_into(&mut token.text);
            token.unheard = false;
            token.doubt = None;
        }
    }
}

fn one_slip(typo: &str, word: &str) -> bool {
    typo != word && typo.len() > 3 && distance(typo.as_bytes(), word.as_bytes()) == 1
}

fn before(tokens: &[Token], at: usize) -> Option<&Token> {
    at.checked_sub(1).and_then(|at| tokens.get(at))
}

/// "el fine del 12".
fn weekend(tokens: &[Token], at: usize) -> Option<&'static str> {
    let introduced = before(tokens, at).is_none_or(|token| token.is_any(BEFORE_A_WEEKEND));
    let told = tokens.get(at + 1).is_none_or(|token| {
        token.kind == Kind::Sign || token.is_any(&["del", "de", "que", "largo", "xl", "proximo"])
    });
    (introduced && told && one_slip(&tokens.get(at)?.text, "finde")).then_some("finde")
}

/// "finde lago".
fn long(tokens: &[Token], at: usize) -> Option<&'static str> {
    let after_weekend = before(tokens, at).is_some_and(|token| token.is("finde"));
    (after_weekend && one_slip(&tokens.get(at)?.text, "largo")).then_some("largo")
}

/// "la semana que vine".
fn coming(tokens: &[Token], at: usize) -> Option<&'static str> {
    let recurring = at
        .checked_sub(2)
        .and_then(|at| tokens.get(at))
        .is_some_and(|token| token.is_any(RECURRING) || weekday_of(&token.text).is_some());
    let that = before(tokens, at).is_some_and(|token| token.is("que"));
    (recurring && that && one_slip(&tokens.get(at)?.text, "viene")).then_some("viene")
}

/// "mares 15", "vienes y sábado".
fn weekday(tokens: &[Token], at: usize) -> Option<&'static str> {
    let typo = tokens.get(at)?.text.as_str();
    let day = |token: &Token| token.kind == Kind::Digits && token.value.is_some_and(|n| n <= 31);
    let dated = tokens.get(at + 1).is_some_and(day)
        && before(tokens, at).is_none_or(|token| token.is_any(&["el", "del", "al", ",", "y"]));
    let joint = |token: &Token| token.is_any(&["y", "a", "al", "o", "hasta"]);
    let named = |token: &Token| weekday_of(&token.text).is_some();
    let ahead = tokens.get(at + 1).is_some_and(joint)
        && [at + 2, at + 3]
            .iter()
            .any(|at| tokens.get(*at).is_some_and(named));
    let behind = before(tokens, at).is_some_and(joint)
        && at
            .checked_sub(2)
            .and_then(|at| tokens.get(at))
            .is_some_and(named);
    if !(dated || ahead || behind) {
        return None;
    }
    let mut near = NAMES
        .iter()
        .filter(|(language, _)| *language == Language::Es)
        .flat_map(|(_, names)| *names)
        .copied()
        .filter(|name| weekday_of(name).is_some() && one_slip(typo, name));
    match (near.next(), near.next()) {
        (Some(name), None) => Some(name),
        _ => None,
    }
}
