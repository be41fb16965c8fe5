#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod app;
mod command;
mod console;
mod database;
mod demo;
mod environment;
mod folders;
mod foundation;
mod owner;
mod platform;
mod ports;
mod posada;
mod process;
mod secrets;
mod services;
mod signals;
mod waiting;
mod watchdog;

pub use app::App;
pub use command::run_with_services;
pub use database::Database;
pub use demo::{DemoPorts, reset_demo, run_demo};
pub use environment::Environment;
pub use foundation::Foundation;
pub use platform::OWNERS_PHONE;
pub use ports::free_port;
pub use posada::posada;
pub use process::{Process, Program, Usage};
pub use secrets::Secrets;
pub use services::{Postgres, Purpose, Redis, ServicePorts, Services, Temporal};
pub use waiting::eventually;
