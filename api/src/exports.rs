//! Our calendars for other channels, and the links that open them.
//!
//! What is served is made from Postgres on every request, so that a hold shows as soon as it is there. When
//! anything of it cannot be read, the answer is 503: an empty calendar would tell every channel that all
//! nights are free.

mod conditions;
mod links;
mod serve;

pub(crate) use links::{create, fetches, list, replace, revoke};
pub(crate) use serve::{serve, serve_of};
// What the description of the interface is made from.
pub(crate) use links::{__path_create, __path_fetches, __path_list, __path_replace, __path_revoke};
pub(crate) use serve::{__path_serve, __path_serve_of};
