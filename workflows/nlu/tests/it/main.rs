//! The reader against phrases as guests write them.

mod composed;
mod corpus;
mod judge;
mod mutated;
mod properties;
