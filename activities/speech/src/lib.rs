#![doc = include_str!("../README.md")]
#![warn(missing_docs)]
#![expect(
    clippy::float_arithmetic,
    reason = "sound is floats, and no money comes near it"
)]

mod engine;
mod judge;
mod model;
mod prompt;
mod sound;
mod transcriber;
mod verdict;

pub use model::{Model, ModelError};
pub use sound::{LARGEST, measure};
pub use transcriber::{HearError, Settings, Transcriber, system_info};
pub use verdict::{Refusal, Transcript, Verdict};
