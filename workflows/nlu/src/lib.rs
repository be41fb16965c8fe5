#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod analysis;
mod code;
mod context;
mod dates;
mod facts;
mod grammar;
mod holidays;
mod intent;
mod language;
mod names;
mod numbers;
mod opaque;
mod party;
mod read;
mod reading;
mod spelling;
mod text;
mod tokens;

pub use analysis::Analysis;
pub use context::{AccommodationName, Awaiting, Context};
pub use language::Language;
pub use read::read;
pub use reading::{DateError, Intent, Period, Reading, StayChoice};
