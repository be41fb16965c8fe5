//! The crate from outside.

mod command;
mod damage;
mod export;
mod fixtures;
