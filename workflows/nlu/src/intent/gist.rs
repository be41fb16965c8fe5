//! What a message is about when no phrase of the tables says so: its nouns name a topic, and the
//! way it asks names another. Evidence adds up here, because no word of it is sure on its own.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::intent::topics::{FRAMES, TOPICS};
use crate::tokens::{Kind, Token};
use crate::{Intent, Language};

/// A topic that is named speaks louder than the way of asking.
const TOPIC: u32 = 2;
const FRAME: u32 = 1;
/// Less than a topic, or a frame in a question, is a guess.
const ENOUGH: u32 = 2;
/// Longer messages tell stories: a noun in them says little.
const LONGEST: usize = 40;
/// What may stand before a way of asking.
const BEFORE: &str = "hola buenas buen bueno buenos dia dias tarde tardes noche noches y che disculpa disculpe perdon una \
     consulta pregunta queria quiero quisiera saber si te hago les le por favor ok gracias ah tambien ademas otra \
     cosa me olvide ahi alla el la los las lugar complejo cabana cabanas casa bom boa tarde noite oi ola tudo bem e \
     mais duvida queria gostaria de o a os as chale pousada quarto hi hello hey good morning afternoon evening and \
     also one more question just wondering the cabin cabins place if i wanted to know";

/// Words of one language, by the topic they speak for.
struct Topics {
    words: HashMap<&'static str, Intent>,
    /// Beginnings of words, by their first letter.
    stems: HashMap<char, Vec<(&'static str, Intent)>>,
    frames: Vec<(Intent, Vec<&'static str>)>,
}

static SPANISH: LazyLock<Topics> = LazyLock::new(|| Topics::of(Language::Es));
static PORTUGUESE: LazyLock<Topics> = LazyLock::new(|| Topics::of(Language::Pt));
static ENGLISH: LazyLock<Topics> = LazyLock::new(|| Topics::of(Language::En));

/// What a message seems to be about, and whether anything in it is only worth a guess.
pub(crate) fn gist(tokens: &[Token], language: Language) -> Option<Intent> {
    let topics = match language {
        Language::Es => &SPANISH,
        Language::Pt => &PORTUGUESE,
        Language::En => &ENGLISH,
    };
    let words: Vec<&str> = tokens
        .iter()
        .filter(|token| token.kind == Kind::Word || token.is("?"))
        .map(|token| token.text.as_str())
        .collect();
    (words.len() <= LONGEST)
        .then(|| topics.weigh(&words))
        .flatten()
}

/// The whole words of the topics, to mend others by.
pub(crate) fn vocabulary(language: Language) -> impl Iterator<Item = &'static str> {
    TOPICS
        .iter()
        .filter(move |(of, _, _)| *of == language)
        .flat_map(|(_, _, words)| words.split_whitespace())
        .filter(|word| !word.ends_with('*'))
}

impl Topics {
    fn of(language: Language) -> Self {
        let mut words = HashMap::new();
        let mut stems: HashMap<char, Vec<(&'static str, Intent)>> = HashMap::new();
        for (_, intent, list) in TOPICS.iter().filter(|(of, _, _)| *of == language) {
            for word in list.split_whitespace() {
                match (word.strip_suffix('*'), word.chars().next()) {
                    (Some(stem), Some(first)) => {
                        stems.entry(first).or_default().push((stem, *intent));
                    }
                    _ => {
                        words.entry(word).or_insert(*intent);
                    }
                }
            }
        }
        let frames = FRAMES
            .iter()
            .filter(|(of, _, _)| *of == language)
            .flat_map(|(_, intent, frames)| {
                let split = |frame: &&'static str| (*intent, frame.split(' ').collect());
                frames.iter().map(split)
            })
            .collect();
        Self {
            words,
            stems,
            frames,
        }
    }

    fn topic(&self, word: &str) -> Option<Intent> {
        let plural = word.strip_suffix('s').unwrap_or(word);
        self.words
            .get(word)
            .or_else(|| self.words.get(plural))
            .copied()
            .or_else(|| {
                let stems = self.stems.get(&word.chars().next()?)?;
                let longest = stems.iter().filter(|(stem, _)| word.starts_with(stem));
                longest
                    .max_by_key(|(stem, _)| stem.len())
                    .map(|(_, intent)| *intent)
            })
    }

    fn weigh(&self, words: &[&str]) -> Option<Intent> {
        let mut evidence: Vec<(Intent, u32)> = Vec::new();
        let mut add =
            |intent: Intent, weight: u32| match evidence.iter_mut().find(|(of, _)| *of == intent) {
                Some((_, sum)) => *sum += weight,
                None => evidence.push((intent, weight)),
            };
        for word in words {
            if let Some(intent) = self.topic(word) {
                add(intent, TOPIC);
            }
        }
        let asks = words.contains(&"?");
        let before: Vec<&str> = BEFORE.split_whitespace().collect();
        for (intent, frame) in &self.frames {
            let begins = words
                .windows(frame.len())
                .position(|window| window == frame.as_slice())
                .filter(|at| words.iter().take(*at).all(|word| before.contains(word)));
            // "hay X?" asks about X, whatever X is.
            if let Some(at) = begins
                && words.len() > frame.len()
            {
                let sure = asks || at == 0;
                add(*intent, if sure { FRAME + 1 } else { FRAME });
            }
        }
        // What is said first wins a draw.
        let best = evidence
            .into_iter()
            .rev()
            .max_by_key(|(_, weight)| *weight)?;
        (best.1 >= ENOUGH && best.0 != Intent::Unknown).then_some(best.0)
    }
}
