#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod metrics;
mod registry;

pub use registry::{Counter, Definition, Gauge, Histogram, Kind, text};
