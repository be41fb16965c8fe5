//! The interface as its clients meet it: over HTTP, with a real Postgres, Redis and Temporal behind it.
//!
//! No worker runs here: what a workflow decides is tested where workflows are, and in the journeys.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is its failure"
)]

mod access;
mod admin;
mod analysis;
mod app;
mod attacks;
mod booking;
mod codec;
mod dates;
mod exports;
mod feeds;
mod gate;
mod holding;
mod inbox;
mod limits;
mod mercado_pago;
mod money;
mod outages;
mod outbound;
mod surface;
mod whatsapp;
