//! Phrases of the corpus as a hurried thumb types them: accents dropped, capitals, doubled letters,
//! swapped neighbours, spaces, emojis, small talk around them. What is read from them may become
//! less, which is then asked, but never something else.

#![expect(
    clippy::indexing_slicing,
    reason = "places are taken modulo the length of what they are in"
)]

use nlu::{Language, Reading};

use crate::judge;

/// A way in which a phrase is typed badly. The number picks the place.
type Mutation = (&'static str, fn(&str, usize) -> String);

const MUTATIONS: &[Mutation] = &[
    ("without accents", |text, _| plain(text)),
    ("in capitals", |text, _| text.to_uppercase()),
    ("with a letter doubled", |text, at| {
        in_a_word(text, at, |letters, at| letters.insert(at, letters[at]))
    }),
    ("with neighbours swapped", |text, at| {
        in_a_word(text, at, |letters, at| letters.swap(at, at + 1))
    }),
    ("with a letter left out", |text, at| {
        in_a_word(text, at, |letters, at| {
            letters.remove(at);
        })
    }),
    ("with wide spaces", |text, _| text.replace(' ', "   ")),
    ("with emojis", |text, at| {
        let signs = ["🙏", "😊", "🏔️🌲", "👍🏽", "❤️"];
        format!("{} {text} {}", signs[at % 5], signs[(at + 2) % 5])
    }),
];

/// Letters that a word has at least before a typo is made in it: "dos" with a letter less is
/// another word.
const LONG: usize = 5;

/// How many phrases there are to one that is tried.
const ONE_IN: usize = 3;

/// Typos that are words of their own, and a run of letters that is typed for emphasis: nobody can
/// tell them.
const WORDS: &[&str] = &[
    "Eater", "pares", "fila", "vienes", "ants", "weeend", "mens", "nova", "Ester", "tens", "note",
    "teeens", "tinta", "ates", "muger", "savdo",
];

#[test]
fn a_phrase_typed_badly_is_never_read_as_another_stay_or_party() {
    let mut changed = Vec::new();
    for (file, line) in judge::lines() {
        // Where a phrase is mistyped hangs on the phrase alone: a new line of the corpus changes
        // nothing for the others.
        let at = line.text.bytes().map(usize::from).sum::<usize>();
        if !at.is_multiple_of(ONE_IN) {
            continue;
        }
        let today = line.today.unwrap_or_else(judge::corpus_day);
        let meant = nlu::read(&line.text, today, &line.context);
        let mut compare = |how: &str, typed: String| {
            let read = nlu::read(&typed, today, &line.context);
            let told = !typed.split(' ').any(|word| WORDS.contains(&word));
            if told && let Some(what) = another(&meant, &read) {
                changed.push(format!("{file}: {:?} {how} {typed:?}: {what}", line.text));
            }
        };
        for (how, mutate) in MUTATIONS {
            compare(how, mutate(&line.text, at));
            compare(how, mutate(&line.text, at / 7));
        }
        compare(
            "with small talk",
            among_small_talk(&line.text, meant.language, at),
        );
    }
    changed.sort();
    changed.dedup();
    assert!(
        changed.is_empty(),
        "{}\n{} changed",
        changed.join("\n"),
        changed.len()
    );
}

/// What is read that was not meant.
fn another(meant: &Reading, read: &Reading) -> Option<String> {
    let mut other = Vec::new();
    let mut compare = |what: &str, meant: Option<String>, read: Option<String>| {
        if read.is_some() && read != meant {
            other.push(format!("{what} {meant:?} became {read:?}"));
        }
    };
    let shown = |value: Option<chrono::NaiveDate>| value.map(|date| date.to_string());
    compare("check_in", shown(meant.check_in), shown(read.check_in));
    compare("check_out", shown(meant.check_out), shown(read.check_out));
    let shown = |value: Option<u8>| value.map(|number| number.to_string());
    compare("guests", shown(meant.guests), shown(read.guests));
    compare("children", shown(meant.children), shown(read.children));
    (!other.is_empty()).then(|| other.join(", "))
}

/// A typo in one of the long words, picked by number.
fn in_a_word(text: &str, pick: usize, typo: impl Fn(&mut Vec<char>, usize)) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let long: Vec<usize> = (0..words.len())
        .filter(|at| words[*at].chars().filter(|c| c.is_alphabetic()).count() >= LONG)
        .filter(|at| words[*at].chars().all(char::is_alphabetic))
        .collect();
    if let Some(at) = long.get(pick % long.len().max(1)) {
        let mut letters: Vec<char> = words[*at].chars().collect();
        // The first letter is hardly ever mistyped, and the last has no neighbour.
        let place = 1 + pick % (letters.len() - 2);
        typo(&mut letters, place);
        words[*at] = letters.into_iter().collect();
    }
    words.join(" ")
}

/// A phrase between the courtesies of its language.
fn among_small_talk(text: &str, language: Language, at: usize) -> String {
    let (before, after) = match language {
        Language::Es => (
            [
                "hola!",
                "buenas,",
                "che,",
                "hola cómo va?",
                "disculpá la molestia,",
            ],
            [
                "gracias",
                "porfa",
                "saludos",
                "abrazo",
                "desde ya muchas gracias",
            ],
        ),
        Language::Pt => (
            ["oi!", "boa tarde,", "olá,", "oi tudo bem?", "bom dia"],
            [
                "obrigado",
                "por favor",
                "abraço",
                "valeu",
                "desde já obrigada",
            ],
        ),
        Language::En => (
            ["hi!", "hello,", "hey", "good morning,", "hi there,"],
            [
                "thanks",
                "please",
                "cheers",
                "thank you",
                "thanks in advance",
            ],
        ),
    };
    format!("{} {text} {}", before[at % 5], after[(at + 3) % 5])
}

fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' => 'u',
            other => other,
        })
        .collect()
}
