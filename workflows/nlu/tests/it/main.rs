//! The reader against phrases as guests write them.

mod corpus;
mod judge;
mod properties;
