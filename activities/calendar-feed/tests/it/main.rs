//! The crate from outside.

mod command;
mod damage;
mod fixtures;
