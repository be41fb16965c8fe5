//! The ledger: where every peso is, in double entry, only ever added to.
//!
//! Entries are written in the transaction of the fact that they record, by the functions that record it:
//! nothing outside this crate posts anything. What is posted follows from `domain::ledger`.

mod post;
mod read;

pub(crate) use post::{follow_payment, follow_reservation};
pub use read::{Balance, Line, balance, statement};
