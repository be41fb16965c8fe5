//! The command line of the stack.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stack::Purpose;

/// Starts the whole of Posada on this machine.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Runs everything until Ctrl-C, with data that stays
    Demo(stack::DemoPorts),
    /// Forgets the data of the demo
    Reset(stack::DemoPorts),
    /// Runs a command with its own PostgreSQL, Redis and Temporal, and leaves nothing behind
    Services {
        /// Keep PostgreSQL's promises about a power cut, as in production: slower, for what is measured
        #[arg(long)]
        durable: bool,
        /// The command and its arguments, after `--`
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let ended = match Arguments::parse().verb {
        Verb::Demo(ports) => stack::run_demo(ports).await.map(|()| ExitCode::SUCCESS),
        Verb::Reset(ports) => stack::reset_demo(ports).map(|()| ExitCode::SUCCESS),
        Verb::Services { durable, command } => {
            let purpose = if durable {
                Purpose::Demo
            } else {
                Purpose::Tests
            };
            stack::run_with_services(&command, purpose)
                .await
                .map(ExitCode::from)
        }
    };
    ended.unwrap_or_else(|error| {
        let mut out = std::io::stderr().lock();
        // The whole chain on one line; a backtrace tells a newcomer nothing.
        let _ = writeln!(out, "\nstack: {error:#}");
        ExitCode::FAILURE
    })
}
