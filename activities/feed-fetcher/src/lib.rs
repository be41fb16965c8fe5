#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod address;
mod body;
mod error;
mod fetcher;
mod resolver;
mod turns;
mod url;

pub use error::Error;
pub use fetcher::{Answer, Fetched, Fetcher, Limits, Posted, Validators};
pub use url::{FeedUrl, InvalidOrigin, InvalidUrl, Origin, Policy};
