//! When the guest wants to stay. [`mention`] names what can be said about dates, the grammars in
//! [`point`], [`range`], [`special`], [`period`] and [`length`] find it in a message, and
//! [`resolve`] turns it into days. What can be understood in two ways is never settled here: it
//! is handed back as choices.

pub(crate) mod calendar;
pub(crate) mod doubt;
pub(crate) mod errands;
mod feasts;
pub(crate) mod length;
pub(crate) mod mention;
pub(crate) mod period;
pub(crate) mod point;
pub(crate) mod range;
pub(crate) mod resolve;
mod role;
pub(crate) mod select;
pub(crate) mod special;
pub(crate) mod stay;
mod weekday;
pub(crate) mod words;
mod year;
