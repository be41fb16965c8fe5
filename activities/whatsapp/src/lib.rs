#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod client;
mod error;
pub mod message;
pub mod number;
pub mod signature;
pub mod webhook;

pub use client::{Accepted, Client, Config, InvalidConfig, Media, MediaLocation};
pub use error::{Class, Error, classify};
pub use message::{Message, Recipient};
