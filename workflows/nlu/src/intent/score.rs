//! Weighing the phrases of a message. The best phrase counts in full, others of the same intent
//! only confirm it: ten weak hints are not one clear word.

use crate::intent::pattern::{Hit, phrases, words};
use crate::tokens::Token;
use crate::{Intent, Language};

/// How much speaks for an intent, and where it is first said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Score {
    pub(crate) intent: Intent,
    /// The weight of its best phrase.
    pub(crate) weight: u32,
    /// How many other phrases confirm it.
    pub(crate) confirming: u32,
    pub(crate) at: usize,
    /// The phrase that comes first begins a sentence.
    pub(crate) begins: bool,
}

/// The intents of a message, each with its weight, in the order they are said.
pub(crate) fn scores(tokens: &[Token], language: Language) -> Vec<Score> {
    let words = words(tokens);
    let mut scores: Vec<Score> = Vec::new();
    for Hit {
        intent,
        weight,
        at,
        begins,
    } in phrases(language).find(&words)
    {
        match scores.iter_mut().find(|score| score.intent == intent) {
            None => scores.push(Score {
                intent,
                weight,
                confirming: 0,
                at,
                begins,
            }),
            Some(score) => {
                score.weight = score.weight.max(weight);
                if at < score.at {
                    (score.at, score.begins) = (at, begins);
                }
                score.confirming += 1;
            }
        }
    }
    scores
}
