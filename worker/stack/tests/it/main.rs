//! The stack from outside: what its commands promise to whoever types them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod database;
mod demo;
mod deployment;
mod owner;
mod process;
mod services;
