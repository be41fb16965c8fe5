#![doc = include_str!("../README.md")]

mod beside;
mod clock;
pub mod contracts;
pub mod conversation;
pub mod names;
mod options;
pub mod payment;
pub mod reconciliation;
pub mod reservation;
pub mod transcription;

pub use conversation::Conversation;
pub use payment::Payment;
pub use reconciliation::Reconciliation;
pub use reservation::Reservation;
pub use transcription::Transcription;
