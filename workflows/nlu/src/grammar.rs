//! The small pieces that every grammar over tokens is built from, and the sweep that applies one
//! grammar to a whole message. A token that one rule has claimed is invisible to the next.

use std::ops::Range;

use winnow::combinator::opt;
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::stream::TokenSlice;
use winnow::token::any;

use crate::tokens::Token;

/// Tokens still to be read.
pub(crate) type Input<'t> = TokenSlice<'t, Token>;

/// A rule's outcome; why a rule does not apply is of no interest.
pub(crate) type Parsed<T> = Result<T, EmptyError>;

/// Something read, and the tokens it was read from.
#[derive(Clone, Debug)]
pub(crate) struct Found<T> {
    pub(crate) what: T,
    pub(crate) at: Range<usize>,
}

/// One free token that passes a test.
pub(crate) fn token<'t>(
    test: impl Fn(&Token) -> bool,
) -> impl FnMut(&mut Input<'t>) -> Parsed<&'t Token> {
    move |input| {
        any.verify(|token: &&Token| !token.claimed && test(token))
            .parse_next(input)
    }
}

/// One free token, turned into something.
pub(crate) fn map_token<'t, T>(
    pick: impl Fn(&Token) -> Option<T>,
) -> impl FnMut(&mut Input<'t>) -> Parsed<T> {
    move |input| {
        any.verify_map(|token: &Token| (!token.claimed).then(|| pick(token)).flatten())
            .parse_next(input)
    }
}

/// One of these words.
pub(crate) fn word<'t>(
    words: &'static [&'static str],
) -> impl FnMut(&mut Input<'t>) -> Parsed<&'t Token> {
    token(move |token| token.is_any(words))
}

/// This sign.
pub(crate) fn sign<'t>(text: &'static str) -> impl FnMut(&mut Input<'t>) -> Parsed<&'t Token> {
    token(move |token| token.is(text))
}

/// One of these words, or nothing.
pub(crate) fn maybe<'t>(
    words: &'static [&'static str],
) -> impl FnMut(&mut Input<'t>) -> Parsed<Option<&'t Token>> {
    move |input| opt(word(words)).parse_next(input)
}

/// A number, in digits or words, articles included.
pub(crate) fn number(input: &mut Input<'_>) -> Parsed<u32> {
    map_token(|token| token.value).parse_next(input)
}

/// Applies a rule at every place of a message, left to right, claiming what it reads.
pub(crate) fn sweep<T>(
    tokens: &mut [Token],
    mut rule: impl FnMut(&mut Input<'_>) -> Parsed<T>,
) -> Vec<Found<T>> {
    sweep_or_skip(tokens, |input| rule(input).map(Some))
}

/// As [`sweep`], for a rule that may also step over tokens and leave them to others: it then
/// reads nothing.
pub(crate) fn sweep_or_skip<T>(
    tokens: &mut [Token],
    mut rule: impl FnMut(&mut Input<'_>) -> Parsed<Option<T>>,
) -> Vec<Found<T>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = tokens.get(at..).filter(|rest| !rest.is_empty()) {
        let mut input = Input::new(rest);
        let read = rule(&mut input);
        let length = rest.len() - input.len();
        match read {
            Ok(Some(what)) => {
                found.push(Found {
                    what,
                    at: at..at + length,
                });
                for token in tokens.iter_mut().skip(at).take(length) {
                    token.claimed = true;
                }
                at += length.max(1);
            }
            Ok(None) => at += length.max(1),
            Err(_) => at += 1,
        }
    }
    found
}
