//! Typos, mended where exactly one word we know is near enough. A word that is known, or common
//! enough to be meant as it is, is never touched, and a doubtful one is left alone: an unread word
//! costs a question, a misread one costs a wrong answer.

mod known;
mod place;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::Language;
use crate::dates::errands::ERRANDS;
use crate::dates::words::NAMES;
use crate::intent::gist;
use crate::intent::pattern::phrases;
use crate::party::VOCABULARY;
use crate::tokens::{Kind, Token, Weight, stands_for, stood_for};

/// Mends the misspelt words of a message, and marks those that nobody can mend.
pub(crate) fn mend(tokens: &mut [Token], language: Language) {
    let lexicon = lexicon(language);
    let small = tokens
        .iter()
        .any(|token| token.kind == Kind::Word && !token.capital && token.text.len() >= SHORTEST);
    let mut begins = true;
    for token in tokens.iter_mut() {
        // "Dr. Pérez": a capital inside a sentence is a name, and no typo.
        let name = token.capital && small && !begins;
        begins = token.is_any(&[".", "!", "?", ":"]);
        if token.kind != Kind::Word || token.glued {
            continue;
        }
        match lexicon.guess(&token.text) {
            Guess::Known => {}
            Guess::Meant(word) if !name || lexicon.is_weighty(word) => {
                stands_for(word).unwrap_or(word).clone_into(&mut token.text);
            }
            Guess::OneOf(weight) if !name => {
                token.doubt = weight;
                token.unheard = true;
            }
            Guess::Meant(_) | Guess::OneOf(_) | Guess::Nothing => token.unheard = !name,
        }
    }
    if language == Language::Es {
        place::mend(tokens);
    }
}

/// What a word may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guess {
    /// Right as it is.
    Known,
    /// A typo of this word.
    Meant(&'static str),
    /// A typo of one of several words; what hangs on it when one of them weighs.
    OneOf(Option<Weight>),
    /// No word of ours.
    Nothing,
}

/// The language that alone knows a word or, where none does, alone has a weighty one that it is a typo of.
pub(crate) fn only_language_of(word: &str) -> Option<Language> {
    let languages = [Language::Es, Language::Pt, Language::En];
    let knowing: Vec<Language> = languages
        .into_iter()
        .filter(|language| lexicon(*language).knows(word))
        .collect();
    let mending = || {
        languages
            .into_iter()
            .filter(|language| {
                let lexicon = lexicon(*language);
                matches!(lexicon.guess(word), Guess::Meant(meant) if lexicon.is_weighty(meant))
            })
            .collect()
    };
    let telling = if knowing.is_empty() {
        mending()
    } else {
        knowing
    };
    match telling.as_slice() {
        [language] => Some(*language),
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
    /// Other nights or another party hang on it: mended from shorter typos, and asked about when
    /// it may have been meant.
    weight: Option<Weight>,
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

/// A word this long is still seen through two slips.
const LONG: usize = 8;

impl Lexicon {
    fn of(language: Language) -> Self {
        let weights = weights(language);
        let mendable: HashSet<&'static str> = phrases(language)
            .vocabulary()
            .chain(gist::vocabulary(language))
            .chain(of_language(known::MEANT, language))
            .chain(weights.keys().copied())
            .filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
            .collect();
        // People are known in every language, and mended in their own: "cuple" is no couple.
        let words: HashSet<&'static str> = VOCABULARY
            .iter()
            .flat_map(|words| *words)
            .copied()
            .chain(mendable.iter().copied())
            .collect();
        let left_alone = of_language(known::LEFT_ALONE, language)
            .chain(of_language(known::ORDINARY, language))
            .chain(stood_for())
            .collect();
        let frequent = of_language(known::FREQUENT, language).collect();
        let mut by_first: HashMap<u8, Vec<Entry>> = HashMap::new();
        let mut by_tail = HashMap::new();
        let mut by_sound: HashMap<String, Option<&'static str>> = HashMap::new();
        for &word in mendable
            .iter()
            .filter(|word| word.len() > SHORTEST || weights.contains_key(*word))
        {
            let (Some(&first), Some(tail)) = (word.as_bytes().first(), word.get(1..)) else {
                continue;
            };
            by_first.entry(first).or_default().push(Entry {
                word,
                letters: letters(word),
                weight: weights.get(word).copied(),
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

    /// What a word as typed may be.
    fn guess(&self, typo: &str) -> Guess {
        if self.knows(typo) {
            return Guess::Known;
        }
        let plain = typo.bytes().all(|byte| byte.is_ascii_lowercase());
        if !plain {
            return Guess::Nothing;
        }
        if let Some(word) = self.without_vowels(typo) {
            return Guess::Meant(word);
        }
        if typo.len() < SHORTEST {
            return Guess::Nothing;
        }
        if let Some(word) = self.of_diminutive(typo) {
            return Guess::Meant(word);
        }
        if let Some(word) = self.by_sound.get(&sound(typo)).copied().flatten() {
            return Guess::Meant(word);
        }
        match self.by_first_letter(typo) {
            Guess::Nothing => match self.but_for_first_letter(typo) {
                Some(word) => Guess::Meant(word),
                None => self.suspect(typo),
            },
            guess => guess,
        }
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

    fn is_weighty(&self, word: &str) -> bool {
        let entries = word
            .bytes()
            .next()
            .and_then(|first| self.by_first.get(&first));
        entries
            .into_iter()
            .flatten()
            .any(|entry| entry.weight.is_some() && entry.word == word)
    }

    fn is_frequent(&self, word: &str) -> bool {
        self.frequent.contains(&word)
    }

    /// The nearest words that begin alike.
    fn by_first_letter(&self, typo: &str) -> Guess {
        let nearest = self.nearest(typo);
        let frequent = || {
            nearest
                .iter()
                .filter(|entry| self.is_frequent(entry.word))
                .collect::<Vec<_>>()
        };
        match nearest.as_slice() {
            [] => Guess::Nothing,
            [entry] => Guess::Meant(entry.word),
            [one, other] if let Some(word) = of_one_noun(typo, one.word, other.word) => {
                Guess::Meant(word)
            }
            // Of words as near, the one that everybody writes was meant.
            several => match frequent().as_slice() {
                [entry] if entry.weight.or(weight_of(several)) == weight_of(several) => {
                    Guess::Meant(entry.word)
                }
                _ => Guess::OneOf(weight_of(several)),
            },
        }
    }

    /// The words with the fewest slips between them and a typo.
    fn nearest(&self, typo: &str) -> Vec<Entry> {
        let mask = letters(typo);
        let mut nearest: Vec<Entry> = Vec::new();
        let mut least = usize::MAX;
        let alike = typo
            .bytes()
            .next()
            .and_then(|first| self.by_first.get(&first));
        for entry in alike.into_iter().flatten() {
            let allowed = allowed(typo.len(), entry);
            let far = (mask ^ entry.letters).count_ones() > 2 * u32::try_from(allowed).unwrap_or(2);
            if allowed == 0 || far || typo.len().abs_diff(entry.word.len()) > allowed {
                continue;
            }
            let distance = distance(typo.as_bytes(), entry.word.as_bytes());
            if distance > allowed || distance > least {
                continue;
            }
            if distance < least {
                nearest.clear();
                least = distance;
            }
            nearest.push(*entry);
        }
        nearest
    }

    /// "weeend", "seemnaa": too many slips to mend, and still like a word that weighs.
    fn suspect(&self, typo: &str) -> Guess {
        let alike = typo
            .bytes()
            .next()
            .and_then(|first| self.by_first.get(&first));
        let suspects: Vec<Entry> = alike
            .into_iter()
            .flatten()
            .filter(|entry| {
                entry.weight.is_some() && entry.word.len() >= LONG && typo.len() + 2 >= LONG
            })
            .filter(|entry| typo.len().abs_diff(entry.word.len()) <= 2)
            .filter(|entry| distance(typo.as_bytes(), entry.word.as_bytes()) <= 2)
            .copied()
            .collect();
        weight_of(&suspects).map_or(Guess::Nothing, |weight| Guess::OneOf(Some(weight)))
    }

    /// "biernes", "anero": one slip, in the first letter.
    fn but_for_first_letter(&self, typo: &str) -> Option<&'static str> {
        if typo.len() < 6 {
            return None;
        }
        let tail = typo.get(1..)?;
        let swapped = typo
            .get(..1)
            .zip(typo.get(1..2))
            .map(|(first, second)| format!("{second}{first}{}", typo.get(2..).unwrap_or_default()));
        let swapped = swapped.and_then(|word| self.words.get(word.as_str()));
        let replaced = self.by_tail.get(tail);
        let missing = self.by_tail.get(typo);
        let extra = self.words.get(tail);
        [swapped, replaced, missing, extra]
            .into_iter()
            .flatten()
            .copied()
            .next()
    }
}

/// The words of one language in a table.
fn of_language(
    table: &'static [(Language, &'static str)],
    language: Language,
) -> impl Iterator<Item = &'static str> {
    table
        .iter()
        .filter(move |(of, _)| *of == language)
        .flat_map(|(_, words)| words.split_whitespace())
}

/// The words of a language on which nights or a party hang.
fn weights(language: Language) -> HashMap<&'static str, Weight> {
    let names = NAMES
        .iter()
        .chain(known::NUMBERS)
        .filter(|(of, _)| *of == language)
        .flat_map(|(_, names)| *names)
        .copied();
    let dates = names
        .chain(of_language(known::DATES, language))
        .chain(of_language(ERRANDS, language).filter(|word| word.len() > SHORTEST));
    let people = of_language(known::PEOPLE, language);
    let weighed = people
        .map(|word| (word, Weight::Party))
        .chain(dates.map(|word| (word, Weight::Dates)));
    let mut weights = HashMap::new();
    for (word, weight) in weighed {
        weights
            .entry(word)
            .and_modify(|other: &mut Weight| *other = other.and(weight))
            .or_insert(weight);
    }
    weights
}

/// What hangs on several words together.
fn weight_of(entries: &[Entry]) -> Option<Weight> {
    entries
        .iter()
        .filter_map(|entry| entry.weight)
        .reduce(Weight::and)
}

/// "nochse": of the singular and the plural of one noun, the one that ends more alike.
fn of_one_noun(typo: &str, one: &'static str, other: &'static str) -> Option<&'static str> {
    let (singular, plural) = if one.len() < other.len() {
        (one, other)
    } else {
        (other, one)
    };
    let stem = plural.strip_suffix("es").or(plural.strip_suffix('s'))?;
    if singular != stem && plural.strip_suffix('s') != Some(singular) {
        return None;
    }
    let ends_in_s = typo.len() > 2 && typo.get(typo.len() - 2..)?.contains('s');
    Some(if ends_in_s { plural } else { singular })
}

/// Endings of small things, the longer first.
const DIMINUTIVES: &[&str] = &[
    "ecito", "ecita", "cito", "cita", "ito", "ita", "zinho", "zinha", "inho", "inha",
];

/// How many slips a typo of this length may hold.
fn allowed(length: usize, entry: &Entry) -> usize {
    match (length, entry.weight.is_some()) {
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
        let meant = |typo| match lexicon(Language::Es).guess(typo) {
            Guess::Meant(word) => Some(word),
            _ => None,
        };
        assert_eq!(meant("dicienbre"), Some("diciembre"));
        assert_eq!(meant("biernes"), Some("viernes"));
        assert_eq!(meant("disponiblidad"), Some("disponibilidad"));
        assert_eq!(meant("enro"), Some("enero"));
        assert_eq!(meant("cansado"), None);
        assert_eq!(meant("juio"), None, "June or July, nobody can tell");
    }

    #[test]
    fn vowels_may_be_missing_and_letters_may_only_sound_right() {
        let meant = |typo| match lexicon(Language::Es).guess(typo) {
            Guess::Meant(word) => Some(word),
            _ => None,
        };
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
