//! The owner's pages as browsers meet them.

pub(crate) mod browser;
mod channels;
mod doors;
mod editing;
mod pages;
mod signing_in;
mod trailing;
