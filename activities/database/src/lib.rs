#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod connection;
mod entity;
mod error;
mod page;
mod retry;
mod row;
mod secret_token;

pub mod accommodations;
pub mod acts;
pub mod api_tokens;
pub mod audit;
pub mod availability;
pub mod bot_pauses;
pub mod bring_in;
pub mod calendars;
pub mod changes;
pub mod conversations;
pub mod dialogue;
pub mod exports;
pub mod guests;
pub mod holidays;
pub mod idempotency;
pub mod inbox;
pub mod ledger;
pub mod messages;
pub mod own_texts;
pub mod payment_links;
pub mod payments;
pub mod pictures;
pub mod privacy;
pub mod refunds;
pub mod reports;
pub mod reservations;
pub mod restores;
pub mod review_queue;
pub mod revocations;
pub mod second_factors;
pub mod sessions;
pub mod take_out;
pub mod users;
pub mod vitals;
pub mod waiting_list;
pub mod webhooks;

pub use availability::inventory;
pub use connection::{Connections, Database};
pub use error::Error;
pub use page::Page;
