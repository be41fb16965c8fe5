//! What processes use of the machine, from `/proc`.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};
use nix::unistd::Pid;

use super::family;

/// In what Linux tells programs there are always so many, whatever it counts in itself.
const TICKS_A_SECOND: u64 = 100;

/// What a process and all that it started use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Time on a core, since each of them was started.
    pub cpu: Duration,
    /// Memory that is theirs alone and in use, in KiB: what several of them share is counted once, with the first.
    pub memory_kib: u64,
    /// Open files and connections.
    pub handles: u64,
}

pub(super) fn of(first: Pid) -> Result<Usage> {
    let mut usage = one(first.as_raw(), "VmRSS:").context("it has ended")?;
    for relative in family::descendants(first) {
        // Whoever is gone meanwhile uses nothing any more.
        if let Some(more) = one(relative.as_raw(), "RssAnon:") {
            usage.cpu += more.cpu;
            usage.memory_kib += more.memory_kib;
            usage.handles += more.handles;
        }
    }
    Ok(usage)
}

fn one(id: i32, memory: &str) -> Option<Usage> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name, in brackets, may contain anything; of what follows, the twelfth and thirteenth are the ticks.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut ticks = after_name.split_whitespace().skip(11);
    let ticks: u64 = ticks.next()?.parse::<u64>().ok()? + ticks.next()?.parse::<u64>().ok()?;
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(memory))?;
    let handles = fs::read_dir(format!("/proc/{id}/fd")).ok()?.count();
    Some(Usage {
        cpu: Duration::from_millis(ticks * 1_000 / TICKS_A_SECOND),
        memory_kib: line.split_whitespace().nth(1)?.parse().ok()?,
        handles: u64::try_from(handles).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn we_ourselves_use_some_of_everything() {
        let usage = of(Pid::this()).unwrap();
        assert!(usage.memory_kib > 0 && usage.handles > 0, "{usage:?}");
    }
}
