//! End to end, through the providers' own protocols: a guest writes, holds, pays, cancels, while things break.
//!
//! Everything is real but WhatsApp and Mercado Pago, which the sandbox stands in for.

#![expect(
    clippy::indexing_slicing,
    reason = "a JSON field that is missing reads as null"
)]

mod booking;
mod calendars;
mod changing;
mod crowd;
mod days;
mod echoes;
mod guest;
mod house;
mod http;
mod money;
mod owner;
mod seen;
mod ten_guests;
mod trouble;
mod voice;
mod waiting;
