#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod codec;
mod ring;
pub mod wire;

pub use codec::{Codec, data_converter};
pub use ring::{Error, InvalidKeys, Keyring};
