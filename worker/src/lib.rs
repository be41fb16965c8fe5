#![doc = include_str!("../README.md")]

pub mod config;
mod monitor;
mod run;
mod voice;

pub use config::Config;
pub use run::run;
