//! What was heard, as it is told and kept.

use domain::Language;
use serde::{Deserialize, Serialize};
use workflows::contracts::speech::Hearing;

/// What was heard in a recording. What does not apply is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// What became of it.
    pub result: Hearing,
    /// The words.
    #[serde(default)]
    pub text: Option<String>,
    /// How sure they are, from 0 to 1.
    #[serde(default)]
    pub confidence: Option<f64>,
    /// The language that was listened for.
    #[serde(default)]
    pub language: Option<Language>,
    /// How long the recording is.
    #[serde(default)]
    pub seconds: Option<f64>,
    /// Whether part of it is missing or broken.
    #[serde(default)]
    pub damaged: Option<bool>,
    /// Why there are no words, in a word for machines.
    #[serde(default)]
    pub reason: Option<String>,
}

impl Heard {
    /// Nothing, for a reason.
    #[must_use]
    pub fn nothing(result: Hearing, reason: &str) -> Self {
        Self {
            reason: Some(reason.to_owned()),
            ..Self::only(result)
        }
    }

    /// Only what became of it.
    #[must_use]
    pub const fn only(result: Hearing) -> Self {
        Self {
            result,
            text: None,
            confidence: None,
            language: None,
            seconds: None,
            damaged: None,
            reason: None,
        }
    }
}
