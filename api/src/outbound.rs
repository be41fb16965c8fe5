//! Telling programs of others: where to, and what became of it. For operators, over the API and on a page.

pub(crate) mod acts;
pub(crate) mod events;
pub(crate) mod manage;
mod view;
