//! Who sleeps there: how many, how many of them are children, and whether animals come along.
//! [`grammar`] finds what is said, [`total`] adds it up; a sum that the message leaves open is
//! left absent, never estimated.

mod company;
mod counted;
pub(crate) mod doubt;
pub(crate) mod grammar;
pub(crate) mod part;
pub(crate) mod pets;
pub(crate) mod total;
mod words;

pub(crate) use words::{NOUNS, VOCABULARY};
