//! End to end, through the providers' own protocols: a guest writes, holds, pays, cancels, while things break.
//!
//! Everything is real but WhatsApp and Mercado Pago, which the sandbox stands in for.

mod booking;
mod crowd;
mod guest;
mod house;
mod http;
mod money;
mod trouble;
