//! The sandbox over HTTP, as the product and a browser meet it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failed assumption of a test is its failure"
)]

mod feeds;
mod mercado_pago;
mod whatsapp;
