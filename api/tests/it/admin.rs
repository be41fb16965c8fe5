//! The owner's pages as browsers meet them.

pub(crate) mod browser;
mod channels;
mod crowded;
mod data;
mod doors;
mod editing;
mod figures;
mod pages;
mod second_factor;
mod settings;
mod signing_in;
mod trailing;
