//! A message cut into words, numbers and signs, each with the place it came from. Abbreviations
//! are opened and fixed expressions joined here, so that every later stage sees one spelling.

mod spellings;

use std::ops::Range;

use chrono::Weekday;

use crate::text::{fold, shorten_runs};
use crate::tokens::spellings::{ABBREVIATIONS, ENDS_OF, EXPRESSIONS};

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters.
    Word,
    /// Digits.
    Digits,
    /// Anything else but white space, one character each.
    Sign,
}

/// What hangs on a word that nobody can mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Which nights.
    Dates,
    /// How many people.
    Party,
    /// Either, or one and the other.
    Both,
}

impl Weight {
    /// Whether nights hang on it.
    pub(crate) const fn of_dates(self) -> bool {
        matches!(self, Self::Dates | Self::Both)
    }

    /// Whether the party hangs on it.
    pub(crate) const fn of_party(self) -> bool {
        matches!(self, Self::Party | Self::Both)
    }

    /// What hangs on one or the other.
    pub(crate) fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::Both }
    }
}

/// One piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// The plain form: folded, shortened, opened, mended.
    pub(crate) text: String,
    pub(crate) kind: Kind,
    /// Bytes of the original message.
    pub(crate) span: Range<usize>,
    /// No white space before it.
    pub(crate) glued: bool,
    /// It begins with a capital letter and goes on in small ones.
    pub(crate) capital: bool,
    /// What it counts to, in digits or in words.
    pub(crate) value: Option<u32>,
    /// It counts, but is also an article ("una", "um", "one").
    pub(crate) article: bool,
    /// "primero", "1°", "21st".
    pub(crate) ordinal: bool,
    /// The month it names, 1 to 12.
    pub(crate) month: Option<u32>,
    /// The weekday it names.
    pub(crate) weekday: Option<Weekday>,
    /// The month or weekday is abbreviated or has another meaning: it needs a number beside it.
    pub(crate) short: bool,
    /// It belongs to a day that is written out: "16/1".
    pub(crate) dated: bool,
    /// No word that we know, nor a name.
    pub(crate) unheard: bool,
    /// A typo of several words, one of which weighs.
    pub(crate) doubt: Option<Weight>,
    /// A rule has read it: no other rule may read it again.
    pub(crate) claimed: bool,
}

impl Token {
    fn new(text: String, kind: Kind, span: Range<usize>, glued: bool) -> Self {
        Self {
            text,
            kind,
            span,
            glued,
            capital: false,
            value: None,
            article: false,
            ordinal: false,
            month: None,
            weekday: None,
            short: false,
            dated: false,
            unheard: false,
            doubt: None,
            claimed: false,
        }
    }

    /// Whether it is this word or sign.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text == text
    }

    /// Whether it is one of these words or signs.
    pub(crate) fn is_any(&self, texts: &[&str]) -> bool {
        texts.contains(&self.text.as_str())
    }
}

/// Cuts a message into tokens.
pub(crate) fn tokenise(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for piece in pieces(text) {
        open(piece, &mut tokens);
    }
    join_expressions(&mut tokens);
    tokens
}

/// Runs of letters, runs of digits, and single signs.
fn pieces(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut glued = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let Some(plain) = fold(c) else { continue };
        // A new line ends what the one before it says.
        if plain == '\n' && out.last().is_some_and(|last| last.kind != Kind::Sign) {
            out.push(Token::new(",".to_owned(), Kind::Sign, at..end, false));
        }
        if plain.is_whitespace() || plain.is_control() {
            glued = false;
            continue;
        }
        let kind = if plain.is_ascii_digit() {
            Kind::Digits
        } else if plain.is_alphabetic() || plain == '\'' {
            Kind::Word
        } else {
            Kind::Sign
        };
        match out.last_mut() {
            Some(last) if glued && last.kind == kind && kind != Kind::Sign => {
                last.text.push(plain);
                last.span.end = end;
            }
            _ => out.push(Token::new(plain.to_string(), kind, at..end, glued)),
        }
        glued = true;
    }
    if text.trim_end().len() < text.len()
        && out
            .last()
            .is_some_and(|last| text.get(last.span.clone()) == Some("\n"))
    {
        out.pop();
    }
    for token in &mut out {
        token.value = token.text.parse().ok();
        let mut letters = text.get(token.span.clone()).unwrap_or_default().chars();
        token.capital = letters.next().is_some_and(char::is_uppercase)
            && letters.next().is_some_and(char::is_lowercase);
    }
    out
}

/// Pushes a piece, opened into the words it stands for.
fn open(mut piece: Token, tokens: &mut Vec<Token>) {
    if piece.kind != Kind::Word {
        tokens.push(piece);
        return;
    }
    let short = shorten_runs(&piece.text);
    piece.text = short.trim_matches('\'').to_owned();
    let after_digits = piece.glued
        && tokens
            .last()
            .is_some_and(|before| before.kind == Kind::Digits);
    let opened = ABBREVIATIONS
        .iter()
        .find(|(abbreviation, _)| !after_digits && *abbreviation == piece.text)
        .map(|(_, full)| *full);
    match opened {
        None => {
            if !piece.text.is_empty() {
                tokens.push(piece);
            }
        }
        Some(full) => {
            for word in full.split(' ') {
                let mut token = piece.clone();
                token.text = word.to_owned();
                tokens.push(token);
            }
        }
    }
}

/// The one word that a short spelling stands for.
pub(crate) fn stands_for(word: &str) -> Option<&'static str> {
    ABBREVIATIONS
        .iter()
        .find(|(abbreviation, full)| *abbreviation == word && !full.contains(' '))
        .map(|(_, full)| *full)
}

/// Every word that short spellings and expressions are turned into.
pub(crate) fn stood_for() -> impl Iterator<Item = &'static str> {
    let expressions = EXPRESSIONS.iter().map(|(_, joined)| *joined);
    ABBREVIATIONS
        .iter()
        .flat_map(|(_, full)| full.split(' '))
        .chain(expressions)
}

/// Puts the words of fixed expressions together.
pub(crate) fn join_expressions(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        if let Some((length, joined)) = expression_at(tokens, at) {
            let end = tokens.get(at + length - 1).map(|last| last.span.end);
            tokens.drain(at + 1..at + length);
            if let (Some(token), Some(end)) = (tokens.get_mut(at), end) {
                joined.clone_into(&mut token.text);
                token.span.end = end;
            }
        }
        at += 1;
    }
}

fn expression_at(tokens: &[Token], at: usize) -> Option<(usize, &'static str)> {
    let rest = tokens.get(at..)?;
    EXPRESSIONS
        .iter()
        .filter(|(words, _)| {
            words.len() <= rest.len() && words.iter().zip(rest).all(|(word, token)| token.is(word))
        })
        .filter(|(words, _)| {
            let next = rest.get(words.len());
            *words != ["fin", "de"] || !next.is_some_and(|next| next.is_any(ENDS_OF))
        })
        .max_by_key(|(words, _)| words.len())
        .map(|(words, joined)| (words.len(), *joined))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        tokenise(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn abbreviations_are_opened_and_expressions_joined() {
        assert_eq!(
            texts("Xq pal 8/12?"),
            ["porque", "para", "el", "8", "/", "12", "?"]
        );
        assert_eq!(texts("el fin de semana"), ["el", "finde"]);
        assert_eq!(
            texts("el fin de que viene"),
            ["el", "finde", "que", "viene"]
        );
        assert_eq!(texts("a fin de mes"), ["a", "fin", "de", "mes"]);
    }

    #[test]
    fn spans_point_into_the_original() {
        let text = "Año 12dic";
        let spans: Vec<_> = tokenise(text)
            .into_iter()
            .map(|token| text.get(token.span).unwrap_or_default().to_owned())
            .collect();
        assert_eq!(spans, ["Año", "12", "dic"]);
    }
}
