//! The crate from outside.

mod command;
mod contract;
mod corpus;
mod damage;
mod export;
mod fixtures;
mod rewritten;
