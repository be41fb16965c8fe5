//! Phrases compiled once, and the matcher that finds them in a message.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::intent::{Class, Row, classes, table};
use crate::tokens::{Kind, Token};
use crate::{Intent, Language};

/// One word of a phrase.
#[derive(Clone, Debug)]
enum Piece {
    /// One of these words, or words that begin so.
    Word {
        exact: Vec<&'static str>,
        prefixes: Vec<&'static str>,
        /// A number is an alternative.
        number: bool,
        /// Alternatives of several words.
        sequences: Vec<Vec<Piece>>,
        optional: bool,
    },
    Number,
    Any,
    /// Up to so many words of the same sentence.
    Gap(usize),
    /// Up to so many words, of the next sentences too.
    Leap(usize),
    Start,
    End,
}

impl Piece {
    /// The whole words it may be, those of its sequences too.
    fn words(&self) -> Vec<&'static str> {
        match self {
            Self::Word {
                exact, sequences, ..
            } => {
                let of_sequences = sequences.iter().flatten().flat_map(Self::words);
                exact.iter().copied().chain(of_sequences).collect()
            }
            Self::Number | Self::Any | Self::Gap(_) | Self::Leap(_) | Self::Start | Self::End => {
                Vec::new()
            }
        }
    }

    /// The words and first letters of words that a phrase beginning so can begin with, or nothing
    /// when that may be any word.
    fn beginnings(&self) -> Option<(Vec<&'static str>, Vec<char>)> {
        let Self::Word {
            exact,
            prefixes,
            number: false,
            sequences,
            optional: false,
        } = self
        else {
            return None;
        };
        let mut words = exact.clone();
        let mut letters: Vec<char> = prefixes
            .iter()
            .filter_map(|prefix| prefix.chars().next())
            .collect();
        for sequence in sequences {
            let (more_words, more_letters) = sequence.first()?.beginnings()?;
            words.extend(more_words);
            letters.extend(more_letters);
        }
        letters.sort_unstable();
        letters.dedup();
        Some((words, letters))
    }
}

/// A phrase, and what it weighs.
#[derive(Clone, Debug)]
struct Phrase {
    pieces: Vec<Piece>,
    intent: Intent,
    weight: u32,
}

/// The phrases of one language, reachable by their first word.
pub(crate) struct Phrases {
    phrases: Vec<Phrase>,
    by_first_word: HashMap<&'static str, Vec<usize>>,
    /// Phrases that begin with part of a word, or with one of several words, by their first letter.
    by_first_letter: HashMap<char, Vec<usize>>,
    /// Phrases that may begin with any word.
    anywhere: Vec<usize>,
}

/// A phrase found in a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub(crate) intent: Intent,
    pub(crate) weight: u32,
    /// The word of the message it begins at.
    pub(crate) at: usize,
    /// That word begins a sentence, or what stands after a comma.
    pub(crate) begins: bool,
}

/// A word of a message, as the matcher sees it.
pub(crate) struct Word<'t> {
    text: &'t str,
    number: bool,
    /// A sentence, or a part of one after a comma, ends before it.
    breaks: bool,
}

/// The words and telling signs of a message.
pub(crate) fn words(tokens: &[Token]) -> Vec<Word<'_>> {
    let mut words = Vec::with_capacity(tokens.len());
    let mut breaks = false;
    for token in tokens {
        // The question mark still belongs to the sentence that it ends.
        let ends_sentence = token.is_any(&[".", "!", ";", "¿", "¡", ","]);
        breaks |= ends_sentence;
        let telling = token.kind != Kind::Sign || !token.text.is_ascii() || token.is("?");
        if telling && !token.is_any(&["¿", "¡"]) {
            words.push(Word {
                text: &token.text,
                number: token.value.is_some() && !token.article,
                breaks,
            });
            breaks = token.is("?");
        }
    }
    words
}

static SPANISH: LazyLock<Phrases> = LazyLock::new(|| Phrases::compile(Language::Es));
static PORTUGUESE: LazyLock<Phrases> = LazyLock::new(|| Phrases::compile(Language::Pt));
static ENGLISH: LazyLock<Phrases> = LazyLock::new(|| Phrases::compile(Language::En));

/// The phrases of a language.
pub(crate) fn phrases(language: Language) -> &'static Phrases {
    match language {
        Language::Es => &SPANISH,
        Language::Pt => &PORTUGUESE,
        Language::En => &ENGLISH,
    }
}

impl Phrases {
    fn compile(language: Language) -> Self {
        let table: &'static [Row] = table(language);
        let classes: &'static [Class] = classes(language);
        let mut compiled = Self {
            phrases: Vec::new(),
            by_first_word: HashMap::new(),
            by_first_letter: HashMap::new(),
            anywhere: Vec::new(),
        };
        for (intent, weight, phrases) in table {
            for pieces in phrases.iter().flat_map(|phrase| variants(phrase, classes)) {
                compiled.add(Phrase {
                    pieces,
                    intent: *intent,
                    weight: *weight,
                });
            }
        }
        compiled
    }

    fn add(&mut self, phrase: Phrase) {
        let index = self.phrases.len();
        match phrase.pieces.first().and_then(Piece::beginnings) {
            None => self.anywhere.push(index),
            Some((words, letters)) => {
                for word in words {
                    self.by_first_word.entry(word).or_default().push(index);
                }
                for letter in letters {
                    self.by_first_letter.entry(letter).or_default().push(index);
                }
            }
        }
        self.phrases.push(phrase);
    }

    /// Every phrase in a message, once each, where it first occurs.
    pub(crate) fn find(&self, words: &[Word<'_>]) -> Vec<Hit> {
        let mut seen = vec![false; self.phrases.len()];
        let mut hits = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let whole = self.by_first_word.get(word.text).into_iter().flatten();
            let first = word.text.chars().next();
            let begun = first.and_then(|letter| self.by_first_letter.get(&letter));
            let candidates = whole
                .chain(begun.into_iter().flatten())
                .chain(&self.anywhere);
            for &index in candidates {
                let Some((phrase, seen)) = self.phrases.get(index).zip(seen.get_mut(index)) else {
                    continue;
                };
                if !*seen && matches(&phrase.pieces, words, at) {
                    *seen = true;
                    hits.push(Hit {
                        intent: phrase.intent,
                        weight: phrase.weight,
                        at,
                        begins: at == 0 || word.breaks,
                    });
                }
            }
        }
        hits
    }

    /// The whole words of the phrases, to mend others by.
    pub(crate) fn vocabulary(&self) -> impl Iterator<Item = &'static str> {
        self.phrases
            .iter()
            .flat_map(|phrase| &phrase.pieces)
            .flat_map(Piece::words)
    }
}

/// The pieces of a phrase; twice for one that may also end before a word ("no voy .. ir|$"): the
/// end then stands right there, and not behind a gap.
fn variants(phrase: &'static str, classes: &'static [Class]) -> Vec<Vec<Piece>> {
    let words: Vec<&'static str> = phrase.split_whitespace().collect();
    let pieces = |words: &[&'static str]| words.iter().map(|text| piece(text, classes)).collect();
    let mut variants = vec![pieces(&words)];
    let may_end = words
        .iter()
        .position(|word| *word != "$" && word.split('|').any(|either| either == "$"));
    if let Some(before) = may_end.and_then(|at| words.get(..at)) {
        let mut ended: Vec<Piece> = pieces(match before {
            [said @ .., ".." | "..."] => said,
            said => said,
        });
        ended.push(Piece::End);
        variants.push(ended);
    }
    variants
}

fn piece(text: &'static str, classes: &'static [Class]) -> Piece {
    match text {
        "_" => Piece::Any,
        ".." => Piece::Gap(GAP),
        "..." => Piece::Gap(LONG_GAP),
        "~" => Piece::Leap(LONG_GAP),
        "#" => Piece::Number,
        "^" => Piece::Start,
        "$" => Piece::End,
        _ => {
            // "ahi|?" may be the sign itself.
            let optional = text
                .strip_suffix('?')
                .filter(|word| !word.is_empty() && !word.ends_with(['|', '+']));
            let (text, optional) = (optional.unwrap_or(text), optional.is_some());
            let alternatives = text.split('|').flat_map(|word| alternatives(word, classes));
            let (sequences, words): (Vec<&str>, Vec<&str>) =
                alternatives.partition(|word| word.contains('+') && word.len() > 1);
            let (prefixes, exact): (Vec<&str>, Vec<&str>) =
                words.into_iter().partition(|word| word.ends_with('*'));
            Piece::Word {
                number: exact.contains(&"#"),
                sequences: sequences
                    .into_iter()
                    .map(|words| words.split('+').map(|word| piece(word, classes)).collect())
                    .collect(),
                exact,
                prefixes: prefixes
                    .into_iter()
                    .map(|prefix| prefix.trim_end_matches('*'))
                    .collect(),
                optional,
            }
        }
    }
}

/// A word of a phrase, or the words of the class it names.
fn alternatives(word: &'static str, classes: &'static [Class]) -> Vec<&'static str> {
    let class = word
        .strip_prefix('@')
        .and_then(|name| classes.iter().find(|(class, _)| *class == name));
    match class {
        Some((_, words)) => words.split_whitespace().collect(),
        None => vec![word],
    }
}

/// How many words a gap may swallow.
const GAP: usize = 4;
/// How many words a long one may.
const LONG_GAP: usize = 12;

/// Courtesies with which a message begins, whatever it then says.
const BEFORE: &[&str] = &[
    "hola", "buenas", "buen", "buenos", "dia", "dias", "tarde", "tardes", "noche", "noches",
    "perdon", "disculpa", "disculpe", "che", "bueno", "oi", "ola", "bom", "boa", "hi", "hello",
    "hey", "sorry",
];
/// Courtesies with which it ends.
const AFTER: &[&str] = &[
    "?", "gracias", "por", "favor", "saludos", "muchas", "thanks", "please", "thank", "you",
    "obrigado", "obrigada", "che", "abrazo",
];

/// One of these words, or a sign that says nothing.
fn is_any(word: &Word<'_>, courtesies: &[&str]) -> bool {
    courtesies.contains(&word.text) || !word.text.contains(|c: char| c.is_alphanumeric())
}

fn matches(pieces: &[Piece], words: &[Word<'_>], at: usize) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        return true;
    };
    let here = words.get(at);
    match piece {
        Piece::Start => {
            words.iter().take(at).all(|word| is_any(word, BEFORE)) && matches(rest, words, at)
        }
        Piece::End => {
            words.iter().skip(at).all(|word| is_any(word, AFTER)) && matches(rest, words, at)
        }
        Piece::Any => here.is_some() && matches(rest, words, at + 1),
        Piece::Number => here.is_some_and(|word| word.number) && matches(rest, words, at + 1),
        Piece::Gap(longest) => (0..=*longest)
            .take_while(|skipped| {
                *skipped == 0 || words.get(at + skipped - 1).is_some_and(|word| !word.breaks)
            })
            .any(|skipped| {
                let goes_on = words.get(at + skipped).is_some_and(|word| !word.breaks);
                goes_on && matches(rest, words, at + skipped)
            }),
        Piece::Leap(longest) => (at..=at + longest).any(|at| matches(rest, words, at)),
        Piece::Word {
            exact,
            prefixes,
            sequences,
            number,
            optional,
        } => {
            let fits = here.is_some_and(|word| {
                exact.contains(&word.text)
                    || (*number && word.number)
                    || prefixes.iter().any(|prefix| word.text.starts_with(prefix))
            });
            let after_sequence = || {
                sequences.iter().any(|sequence| {
                    matches(sequence, words, at) && matches(rest, words, at + sequence.len())
                })
            };
            (fits && matches(rest, words, at + 1))
                || after_sequence()
                || (*optional && matches(rest, words, at))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tokenise;

    fn found(phrase: &'static str, text: &str) -> bool {
        let pieces: Vec<Piece> = phrase
            .split_whitespace()
            .map(|text| piece(text, &[]))
            .collect();
        let tokens = tokenise(text);
        let words = words(&tokens);
        (0..words.len()).any(|at| matches(&pieces, &words, at))
    }

    #[test]
    fn phrases_match_words_prefixes_and_gaps() {
        assert!(found("hay .. lugar", "hola, hay todavía algún lugar?"));
        assert!(found("cancel*", "quiero CANCELARLA"));
        assert!(found("^ baja $", "BAJA"));
        assert!(!found("^ baja $", "planta baja"));
        assert!(found("quiero? una cabana", "una cabaña"));
    }

    #[test]
    fn every_class_that_a_phrase_names_exists() {
        for language in [Language::Es, Language::Pt, Language::En] {
            let unknown: Vec<_> = phrases(language)
                .vocabulary()
                .filter(|word| word.starts_with('@'))
                .collect();
            assert!(unknown.is_empty(), "{unknown:?}");
        }
    }

    /// A word that no message can hold in that form matches nothing.
    #[test]
    fn every_word_of_a_phrase_is_in_the_form_that_messages_are_read_in() {
        for language in [Language::Es, Language::Pt, Language::En] {
            let dead: Vec<_> = phrases(language)
                .vocabulary()
                .filter(|word| {
                    let read = tokenise(word);
                    !matches!(read.as_slice(), [token] if token.text == *word)
                })
                .collect();
            assert!(dead.is_empty(), "{language:?}: {dead:?}");
        }
    }

    #[test]
    fn a_gap_does_not_cross_a_sentence() {
        assert!(!found("hay .. lugar", "hay gente. busco lugar"));
        assert!(!found(
            "no .. ir",
            "no llego el viernes, puedo ir el sábado"
        ));
    }
}
