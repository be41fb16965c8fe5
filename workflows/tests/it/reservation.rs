//! The stories of reservations.

mod change;
mod ending;
mod hold;
mod late;
mod money;
mod stay;
mod trouble;
