//! The stories of reservations.

mod change;
mod ending;
mod hold;
mod late;
mod money;
mod resumed;
mod stay;
mod trouble;
