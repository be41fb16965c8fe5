//! What became of a clip.

use std::time::Duration;

use domain::Language;

/// What was heard in a clip, or why nothing was.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Words.
    Text(Transcript),
    /// Nobody speaks in it: silence, noise, music.
    NoSpeech {
        /// How long it is.
        length: Duration,
    },
    /// Somebody speaks, and cannot be understood.
    Unclear {
        /// How long it is.
        length: Duration,
    },
    /// Longer than what is listened to.
    TooLong {
        /// How long it is.
        length: Duration,
    },
    /// It took too long to listen to: the machine is too busy.
    OutOfTime {
        /// How long the clip is.
        length: Duration,
    },
    /// It is no voice note.
    Rejected(Refusal),
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq)]
pub struct Transcript {
    /// Their words, as far as they were heard.
    pub text: String,
    /// How sure the model is of them, from 0 to 1: the geometric mean of its tokens' probabilities. It is often
    /// sure when it is wrong.
    pub confidence: f32,
    /// The language they were listened to in.
    pub language: Language,
    /// How long the clip is.
    pub length: Duration,
    /// Part of the clip is missing or broken: what is heard of it may not be what was said.
    pub damaged: bool,
}

/// Why bytes are no voice note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// There are none.
    Empty,
    /// More than [`LARGEST`](crate::LARGEST).
    TooLarge,
    /// Not Opus in Ogg, with one or two channels.
    NotOggOpus,
    /// The headers of a voice note and no sound behind them.
    NoSound,
}

impl Refusal {
    /// A word for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge => "too_large",
            Self::NotOggOpus => "not_ogg_opus",
            Self::NoSound => "no_sound",
        }
    }
}
