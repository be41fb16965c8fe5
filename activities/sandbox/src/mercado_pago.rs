//! The pretend Mercado Pago: one seller's payment links, payments and refunds, from memory.
//!
//! The API refuses what the real one refuses, by the same names and codes.
//! The hosted page plays the payer within the rules of the link; the control API plays the provider,
//! and may do what no link would allow, such as an approval after the link has closed.
//! Every change is told to the product twice, as the real service does: by a signed webhook and by the
//! older notification whose signature cannot be verified.

use std::sync::Arc;

use axum::Router;

use crate::Sandbox;

mod api;
mod books;
mod checkout;
mod control;
mod display;
mod notify;
mod payment;
mod preference;
mod refund;
mod refusal;
mod switches;

pub(crate) use books::Books;

/// The API, the hosted page and the control of both.
pub(crate) fn router(sandbox: &Arc<Sandbox>) -> Router<Arc<Sandbox>> {
    Router::new()
        .merge(api::router(sandbox))
        .merge(checkout::router())
        .merge(control::router())
}
