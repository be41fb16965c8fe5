//! Weighing the phrases of a message. The best phrase counts in full, others of the same intent
//! only confirm it: ten weak hints are not one clear word.

use crate::Intent;
use crate::intent::pattern::{Hit, phrases, words};
use crate::tokens::Token;
use crate::Language;

/// How much speaks for an intent, and where it is first said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Score {
    pub(crate) intent: Intent,
    pub(crate) weight: u32,
    pub(crate) at: usize,
}

/// How much the confirming phrases can add together.
const CONFIRMATION: u32 = 2;

/// The intents of a message, each with its weight, in the order they are said.
pub(crate) fn scores(tokens: &[Token], language: Language) -> Vec<Score> {
    let words = words(tokens);
    let mut scores: Vec<(Score, u32)> = Vec::new();
    for Hit { intent, weight, at } in phrases(language).find(&words) {
        match scores.iter_mut().find(|(score, _)| score.intent == intent) {
            None => scores.push((Score { intent, weight, at }, 0)),
            Some((score, confirming)) => {
                score.weight = score.weight.max(weight);
                score.at = score.at.min(at);
                *confirming += 1;
            }
        }
    }
    scores
        .into_iter()
        .map(|(score, confirming)| Score {
            weight: score.weight + confirming.min(CONFIRMATION),
            ..score
        })
        .collect()
}
