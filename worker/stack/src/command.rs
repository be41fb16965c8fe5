//! `stack services -- COMMAND`: a command with PostgreSQL, Redis and Temporal around it, and nothing after it.

use std::process::ExitStatus;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::console::say;
use crate::environment::Environment;
use crate::folders::TemporaryFolder;
use crate::process::{Process, Program};
use crate::secrets::Secrets;
use crate::services::{Purpose, ServicePorts, Services};
use crate::signals::Signals;
use crate::waiting::first_death;

/// Starts the services on free ports, runs the command, and takes everything down again.
///
/// The command finds the services in its environment ([`Environment`]). Answers its exit code, or
/// what a shell answers for a command that was ended by a signal.
///
/// # Errors
///
/// A service or the command can't be started, or a service ends before the command does.
pub async fn run_with_services(command: &[String], purpose: Purpose) -> Result<u8> {
    let mut signals = Signals::listen()?;
    let folder = TemporaryFolder::new()?;
    let began = Instant::now();
    let secrets = Secrets::generate();
    let starting = Services::start(
        folder.path(),
        folder.path(),
        ServicePorts::free()?,
        secrets.postgres_password(),
        purpose,
    );
    let mut services = tokio::select! {
        started = starting => started?,
        signal = signals.next() => return Ok(code_of_signal(signal)),
    };
    say(format_args!(
        "stack: PostgreSQL, Redis and Temporal are up after {:.1} s, for this command alone",
        began.elapsed().as_secs_f32()
    ));
    let code = run(command, &mut services, &mut signals).await;
    services.stop().await?;
    code
}

async fn run(command: &[String], services: &mut Services, signals: &mut Signals) -> Result<u8> {
    let (program, arguments) = command
        .split_first()
        .context("there is no command to run")?;
    let program = Program::new(program, program)
        .args(arguments)
        .envs(Environment::of(services).variables());
    let mut process = Process::start(program)?;
    tokio::select! {
        status = process.wait() => status.map(code_of),
        obituary = first_death(services.processes()) => {
            process.stop().await?;
            bail!(obituary?)
        }
        signal = signals.next() => {
            process.stop().await?;
            Ok(code_of_signal(signal))
        }
    }
}

fn code_of(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt as _;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.unwrap_or_else(|| status.signal().map_or(1, code_of_signal))
}

fn code_of_signal(signal: i32) -> u8 {
    u8::try_from(signal).map_or(1, |signal| signal.saturating_add(128))
}
