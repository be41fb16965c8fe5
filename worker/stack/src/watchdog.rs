//! The promise that nothing outlives us, kept even when we are killed outright.
//!
//! A small shell script waits beside us, in a process group of its own, and reads from a pipe what we
//! start. When the pipe closes, because we ended, crashed or were killed, it ends every process still
//! on its list and removes every temporary folder. A script, since it needs no build of its own, works
//! on every Unix and is alive when our code no longer is.
//!
//! It refuses to guess: what was not announced is not touched.

use std::fmt::Arguments;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};
use nix::sys::signal::Signal;
use nix::unistd::Pid;

static PIPE: Mutex<Option<ChildStdin>> = Mutex::new(None);

/// The process group led by `pid` is to be ended with `farewell` if we can't.
pub(crate) fn started(pid: Pid, farewell: Signal) -> Result<()> {
    let name = farewell.as_str().trim_start_matches("SIG");
    tell(format_args!("started {pid} {name}"))
}

/// The process is gone and was waited for: its number may soon belong to somebody else.
pub(crate) fn ended(pid: Pid) -> Result<()> {
    tell(format_args!("ended {pid}"))
}

/// The folder is to be removed if we can't.
pub(crate) fn folder(path: &Path) -> Result<()> {
    tell(format_args!("folder {}", path.display()))
}

/// The folder is gone.
pub(crate) fn removed(path: &Path) -> Result<()> {
    tell(format_args!("removed {}", path.display()))
}

fn tell(line: Arguments<'_>) -> Result<()> {
    let mut pipe = PIPE.lock().unwrap_or_else(PoisonError::into_inner);
    let pipe = match &mut *pipe {
        Some(pipe) => pipe,
        none => none.insert(begin()?),
    };
    writeln!(pipe, "{line}").context("the watchdog over our processes is gone")
}

fn begin() -> Result<ChildStdin> {
    let mut watchdog = Command::new("/bin/sh")
        .args(["-c", include_str!("watchdog.sh"), "posada-watchdog"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .current_dir("/")
        .process_group(0)
        .spawn()
        .context("could not start the watchdog over our processes")?;
    watchdog
        .stdin
        .take()
        .context("the watchdog over our processes has no input")
}
