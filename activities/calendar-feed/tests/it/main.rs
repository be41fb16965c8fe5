//! The crate from outside.

mod fixtures;
