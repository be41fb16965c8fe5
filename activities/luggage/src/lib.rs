#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod cell;
mod pack;
mod unpack;

pub use pack::{Error, pack};
pub use unpack::{BOOKINGS, BadLine, File, PLACES, Unpacked, unpack};
