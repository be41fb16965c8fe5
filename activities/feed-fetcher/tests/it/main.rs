//! The fetcher against a channel that answers whatever the test says.

mod channel;
mod fetching;
mod hostile;
