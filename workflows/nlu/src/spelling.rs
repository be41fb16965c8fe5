//! Typos, mended where exactly one word we know is near enough. A word that is known, or common
//! enough to be meant as it is, is never touched, and a doubtful one is left alone: an unread word
//! costs a question, a misread one costs a wrong answer.

mod known;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::Language;
use crate::dates::words::NAMES;
use crate::intent::gist;
use crate::intent::pattern::phrases;
use crate::party::VOCABULARY;
use crate::tokens::{Kind, Token};

/// Mends the misspelt words of a message.
pub(crate) fn mend(tokens: &mut [Token], language: Language) {
    let lexicon = lexicon(language);
    let small = tokens
        .iter()
        .any(|token| token.kind == Kind::Word && !token.capital && token.text.len() >= SHORTEST);
    let mut begins = true;
    for token in tokens {
        // "Dr. Pérez": a capital inside a sentence is a name, and no typo.
        let name = token.capital && small && !begins;
        begins = token.is_any(&[".", "!", "?", ":"]);
        if token.kind == Kind::Word
            && !token.glued
            && let Some(meant) = lexicon.meant(&token.text)
            && (!name || lexicon.is_calendar(meant))
        {
            meant.clone_into(&mut token.text);
        }
    }
}

/// The language that alone knows a word.
pub(crate) fn only_language_of(word: &str) -> Option<Language> {
    let mut knowing = [Language::Es, Language::Pt, Language::En]
        .into_iter()
        .filter(|language| lexicon(*language).knows(word));
    match (knowing.next(), knowing.next()) {
        (Some(language), None) => Some(language),
        _ => None,
    }
}

/// The words of one language that a typo may have meant.
struct Lexicon {
    words: HashSet<&'static str>,
    /// Words that are right as they are.
    left_alone: HashSet<&'static str>,
    by_first: HashMap<u8, Vec<Entry>>,
    /// Words by what follows their first letter.
    by_tail: HashMap<&'static str, &'static str>,
    /// Words by how they sound; those that sound alike are left out.
    by_sound: HashMap<String, Option<&'static str>>,
    /// Words that are written without their vowels.
    frequent: Vec<&'static str>,
}

#[derive(Clone, Copy)]
struct Entry {
    word: &'static str,
    letters: u32,
    /// A month, weekday or number: mended from shorter typos, because nothing else looks like it.
    calendar: bool,
}

static SPANISH: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::of(Language::Es));
static PORTUGUESE: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::of(Language::Pt));
static ENGLISH: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::of(Language::En));

fn lexicon(language: Language) -> &'static Lexicon {
    match language {
        Language::Es => &SPANISH,
        Language::Pt => &PORTUGUESE,
        Language::En => &ENGLISH,
    }
}

/// The shortest word that is mended.
const SHORTEST: usize = 4;

impl Lexicon {
    fn of(language: Language) -> Self {
        let calendar: HashSet<&'static str> = NAMES
            .iter()
            .filter(|(of, _)| *of == language)
            .flat_map(|(_, names)| *names)
            .chain(
                known::NUMBERS
                    .iter()
                    .filter(|(of, _)| *of == language)
                    .flat_map(|(_, words)| *words),
            )
            .copied()
            .collect();
        let words: HashSet<&'static str> = phrases(language)
            .vocabulary()
            .chain(gist::vocabulary(language))
            .chain(
                known::MEANT
                    .iter()
                    .filter(|(of, _)| *of == language)
                    .flat_map(|(_, words)| words.split_whitespace()),
            )
            .chain(calendar.iter().copied())
            .chain(VOCABULARY.iter().flat_map(|words| *words).copied())
            .filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
            .collect();
        let left_alone = known::LEFT_ALONE
            .iter()
            .chain(known::ORDINARY)
            .filter(|(of, _)| *of == language)
            .flat_map(|(_, words)| words.split_whitespace())
            .collect();
        let frequent = known::FREQUENT
            .iter()
            .filter(|(of, _)| *of == language)
            .flat_map(|(_, words)| words.split_whitespace())
            .collect();
        let mut by_first: HashMap<u8, Vec<Entry>> = HashMap::new();
        let mut by_tail = HashMap::new();
        let mut by_sound: HashMap<String, Option<&'static str>> = HashMap::new();
        for &word in words.iter().filter(|word| word.len() > SHORTEST) {
            let (Some(&first), Some(tail)) = (word.as_bytes().first(), word.get(1..)) else {
                continue;
            };
            by_first.entry(first).or_default().push(Entry {
                word,
                letters: letters(word),
                calendar: calendar.contains(word),
            });
            by_tail.insert(tail, word);
            if language == Language::Es {
                by_sound
                    .entry(sound(word))
                    .and_modify(|other| *other = None)
                    .or_insert(Some(word));
            }
        }
        Self {
            words,
            left_alone,
            by_first,
            by_tail,
            by_sound,
            frequent,
        }
    }

    /// The one known word that a typo is near to.
    fn meant(&self, typo: &str) -> Option<&'static str> {
        let plain = typo.bytes().all(|byte| byte.is_ascii_lowercase());
        if !plain || self.knows(typo) {
            return None;
        }
        if let Some(word) = self.without_vowels(typo) {
            return Some(word);
        }
        if typo.len() < SHORTEST {
            return None;
        }
        if let Some(word) = self.of_diminutive(typo) {
            return Some(word);
        }
        self.by_sound
            .get(&sound(typo))
            .copied()
            .flatten()
            .or_else(|| self.by_first_letter(typo))
            .or_else(|| self.but_for_first_letter(typo))
    }

    fn knows(&self, word: &str) -> bool {
        // Plurals and clitics of known words are known.
        let stem = word.strip_suffix('s').unwrap_or(word);
        let known = |word: &str| self.words.contains(word) || self.left_alone.contains(word);
        known(word) || known(stem) || known(&format!("{word}s"))
    }

    /// "smos", "prsns", "wfi": vowels left out, every consonant there.
    fn without_vowels(&self, typo: &str) -> Option<&'static str> {
        if typo.len() < 3 {
            return None;
        }
        let mut meant = self
            .frequent
            .iter()
            .filter(|word| shortens(typo, word))
            .copied();
        match (meant.next(), meant.next()) {
            (Some(word), None) => Some(word),
            _ => None,
        }
    }

    /// "nietitos", "lugarcito", "cachorrinho": small things are things.
    fn of_diminutive(&self, word: &str) -> Option<&'static str> {
        let (word, plural) = match word.strip_suffix('s') {
            Some(word) => (word, "s"),
            None => (word, ""),
        };
        let stem = DIMINUTIVES
            .iter()
            .find_map(|ending| word.strip_suffix(ending))
            .filter(|stem| stem.len() >= 3)?;
        let last = word.get(word.len() - 1..)?;
        [
            format!("{stem}{last}{plural}"),
            format!("{stem}{last}"),
            format!("{stem}e{plural}"),
            format!("{stem}{plural}"),
            stem.to_owned(),
        ]
        .iter()
        .find_map(|whole| self.words.get(whole.as_str()).copied())
    }

    fn is_calendar(&self, word: &str) -> bool {
        let entries = word
            .bytes()
            .next()
            .and_then(|first| self.by_first.get(&first));
        entries
            .into_iter()
            .flatten()
            .any(|entry| entry.calendar && entry.word == word)
    }

    fn is_frequent(&self, word: &str) -> bool {
        self.frequent.contains(&word)
    }

    fn by_first_letter(&self, typo: &str) -> Option<&'static str> {
        let mask = letters(typo);
        let mut best: Option<(usize, &'static str)> = None;
        let mut tied = false;
        for entry in self.by_first.get(typo.as_bytes().first()?)? {
            let allowed = allowed(typo.len(), entry);
            let far = (mask ^ entry.letters).count_ones() > 2 * u32::try_from(allowed).unwrap_or(2);
            if allowed == 0 || far || typo.len().abs_diff(entry.word.len()) > allowed {
                continue;
            }
            let distance = distance(typo.as_bytes(), entry.word.as_bytes());
            if distance > allowed {
                continue;
            }
            match best {
                Some((least, _)) if distance > least => {}
                Some((least, word)) if distance == least && word != entry.word => {
                    // Of two words as near, the one that everybody writes was meant.
                    match (self.is_frequent(word), self.is_frequent(entry.word)) {
                        (true, false) => {}
                        (false, true) => {
                            best = Some((distance, entry.word));
                            tied = false;
                        }
                        _ => tied = true,
                    }
                }
                _ => {
                    best = Some((distance, entry.word));
                    tied = false;
                }
            }
        }
        best.filter(|_| !tied).map(|(_, word)| word)
    }

    /// "biernes", "anero": one slip, in the first letter.
    fn but_for_first_letter(&self, typo: &str) -> Option<&'static str> {
        if typo.len() < 6 {
            return None;
        }
        let tail = typo.get(1..)?;
        let replaced = self.by_tail.get(tail);
        let missing = self.by_tail.get(typo);
        let extra = self.words.get(tail);
        [replaced, missing, extra]
            .into_iter()
            .flatten()
            .copied()
            .next()
    }
}

/// Endings of small things, the longer first.
const DIMINUTIVES: &[&str] = &[
    "ecito", "ecita", "cito", "cita", "ito", "ita", "zinho", "zinha", "inho", "inha",
];

/// How many slips a typo of this length may hold.
fn allowed(length: usize, entry: &Entry) -> usize {
    match (length, entry.calendar) {
        (0..=3, _) | (4, false) => 0,
        (4..=7, true) | (5..=10, false) => 1,
        _ => 2,
    }
}

/// Whether a spelling is a word that lost some of its vowels and nothing else.
fn shortens(typo: &str, word: &str) -> bool {
    let mut typed = typo.bytes().peekable();
    let mut first = true;
    for letter in word.bytes() {
        if typed.peek() == Some(&letter) {
            typed.next();
        } else if first || !matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u') {
            return false;
        }
        first = false;
    }
    typed.next().is_none()
}

/// How a Spanish word sounds on the Río de la Plata, so that "kavaña" and "cabaña" are one.
pub(crate) fn sound(word: &str) -> String {
    let mut sound = String::with_capacity(word.len());
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        let soft = matches!(next, Some('e' | 'i'));
        let heard = match letter {
            'h' => continue,
            'c' if next == Some('h') => {
                letters.next();
                'C'
            }
            'c' | 'z' if letter == 'z' || soft => 's',
            'q' => {
                if next == Some('u') {
                    letters.next();
                }
                'k'
            }
            'c' => 'k',
            'l' if next == Some('l') => 'y',
            'g' if soft => 'j',
            'v' => 'b',
            'x' => 's',
            'm' if matches!(next, Some('b' | 'p')) => 'n',
            'w' => 'g',
            other => other,
        };
        if !sound.ends_with(heard) {
            sound.push(heard);
        }
        if heard == 'y' && letter == 'l' {
            letters.next();
        }
    }
    sound
}

/// Which letters a word has, one bit each.
fn letters(word: &str) -> u32 {
    word.bytes()
        .filter(u8::is_ascii_lowercase)
        .fold(0, |mask, byte| mask | 1 << (byte - b'a'))
}

/// How many letters to insert, drop, replace or swap with a neighbour between two words.
pub(crate) fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut previous_left = None;
    for (row, &l) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        let mut previous_right = None;
        for (column, &r) in right.iter().enumerate() {
            let at =
                |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&last, column) + usize::from(l != r);
            let dropped = at(&last, column + 1) + 1;
            let inserted = at(&current, column) + 1;
            let mut least = replaced.min(dropped).min(inserted);
            if previous_left == Some(r) && previous_right == Some(l) && column > 0 {
                least = least.min(at(&before_last, column - 1) + 1);
            }
            current.push(least);
            previous_right = Some(r);
        }
        before_last = std::mem::replace(&mut last, current);
        previous_left = Some(l);
    }
    last.last().copied().unwrap_or(left.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_are_mended_and_words_left_alone() {
        let meant = |typo| lexicon(Language::Es).meant(typo);
        assert_eq!(meant("dicienbre"), Some("diciembre"));
        assert_eq!(meant("biernes"), Some("viernes"));
        assert_eq!(meant("disponiblidad"), Some("disponibilidad"));
        assert_eq!(meant("enro"), Some("enero"));
        assert_eq!(meant("cansado"), None);
        assert_eq!(meant("juio"), None, "June or July, nobody can tell");
    }

    #[test]
    fn vowels_may_be_missing_and_letters_may_only_sound_right() {
        let meant = |typo| lexicon(Language::Es).meant(typo);
        assert_eq!(meant("smos"), Some("somos"));
        assert_eq!(meant("prsns"), Some("personas"));
        assert_eq!(meant("wfi"), Some("wifi"));
        assert_eq!(meant("kavana"), Some("cabana"));
        assert_eq!(meant("disponivilidad"), Some("disponibilidad"));
        assert_eq!(sound("arrallanes"), sound("arrayanes"));
        assert_eq!(sound("bosqe"), sound("bosque"));
    }

    #[test]
    fn swapped_neighbours_are_one_slip() {
        assert_eq!(distance(b"eneor", b"enero"), 1);
        assert_eq!(distance(b"enero", b"enero"), 0);
        assert_eq!(distance(b"abc", b""), 3);
    }
}
