#![doc = include_str!("../README.md")]

mod audit;
mod backup;
mod command;
mod doctor;
mod export;
mod guest;
mod import;
mod owner;
mod refund;
mod stuck;

use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::command::{Command, Posada};

/// What could not be done at all.
const FAILED: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let Posada { database, command } = Posada::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_unset| EnvFilter::new("warn"));
    // What is asked for goes to standard output, and nothing else does.
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let done = match command {
        Command::Audit(options) => audit::run(&database, &options).await,
        Command::RefundGiven(options) => refund::given(&database, &options).await,
        Command::GuestExport(options) => guest::export(&database, &options).await,
        Command::GuestErase(options) => guest::erase(&database, &options).await,
        Command::Import(options) => import::run(&database, &options).await,
        Command::Export(options) => export::run(&database, &options).await,
        Command::Backup(options) => backup::make(&database, &options).await,
        Command::Restore(options) => backup::restore(&database, &options).await,
        Command::BeginAnew(options) => backup::begin_anew(&database, &options).await,
        Command::Doctor(options) => doctor::look(&database, &options).await,
        Command::Stuck(options) => stuck::list(&options).await,
        Command::CreateOwner(options) => owner::create(&database, &options).await,
    };
    match done {
        Ok((said, code)) => {
            show(&said);
            ExitCode::from(code)
        }
        Err(error) => {
            complain(&error);
            ExitCode::from(FAILED)
        }
    }
}

#[expect(
    clippy::print_stdout,
    reason = "this program's answers are its standard output"
)]
fn show(said: &str) {
    print!("{said}");
}

#[expect(
    clippy::print_stderr,
    reason = "this program's complaints are read by people"
)]
fn complain(error: &anyhow::Error) {
    eprintln!("posada: {error:#}");
}
