#![doc = include_str!("../README.md")]

mod beside;
pub mod calendar_sync;
mod clock;
pub mod contracts;
pub mod conversation;
pub mod housekeeping;
pub mod names;
mod options;
pub mod payment;
pub mod reconciliation;
pub mod reservation;
pub mod staff_message;
pub mod transcription;
pub mod waiting_list;
pub mod webhook;

pub use calendar_sync::{CalendarPreview, CalendarRounds, CalendarSync};
pub use conversation::Conversation;
pub use housekeeping::Housekeeping;
pub use payment::Payment;
pub use reconciliation::Reconciliation;
pub use reservation::Reservation;
pub use staff_message::StaffMessage;
pub use transcription::Transcription;
pub use waiting_list::WaitingList;
pub use webhook::Webhook;
