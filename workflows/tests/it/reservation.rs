//! The stories of reservations.

mod ending;
mod hold;
mod late;
mod money;
mod stay;
mod trouble;
