#![doc = include_str!("../README.md")]

pub mod config;
mod monitor;
mod run;

pub use config::Config;
pub use run::run;
