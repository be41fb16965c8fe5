//! What the demo keeps between runs: the cluster, Temporal's file, secrets, and the logs of two runs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::DemoPorts;
use crate::console::say;
use crate::folders::kept;
use crate::ports::is_taken;
use crate::secrets::Secrets;
use crate::services::data_folder;

/// The folder of the demo, opened.
pub(super) struct Data {
    pub(super) folder: PathBuf,
    pub(super) logs: PathBuf,
    pub(super) secrets: Secrets,
    pub(super) secrets_file: PathBuf,
}

impl Data {
    /// Makes what is missing, and puts the logs of the last run aside.
    pub(super) fn open() -> Result<Self> {
        let folder = folder();
        let logs = folder.join("logs");
        fs::create_dir_all(&logs)
            .with_context(|| format!("could not make the folder {}", logs.display()))?;
        put_aside(&logs)?;
        let cluster = data_folder(&folder)?;
        if !cluster.starts_with(&folder) {
            say(format_args!(
                "stack: the database is kept in {}, since PostgreSQL, which does not run as root, \
                 can't get to {}",
                cluster.display(),
                folder.display()
            ));
        }
        let secrets_file = folder.join("secrets.env");
        Ok(Self {
            secrets: Secrets::kept_in(&secrets_file)?,
            secrets_file,
            folder,
            logs,
        })
    }
}

/// Forgets everything the demo has kept.
///
/// # Errors
///
/// The demo is running, or its data can't be removed.
pub fn reset_demo(ports: DemoPorts) -> Result<()> {
    if is_taken(ports.postgres) {
        bail!(
            "something listens on port {}: if the demo is running, stop it first (Ctrl-C)",
            ports.postgres
        );
    }
    let folder = folder();
    remove(&data_folder(&folder)?)?;
    remove(&folder)?;
    say("stack: the demo has forgotten everything");
    Ok(())
}

fn folder() -> PathBuf {
    kept().join("demo")
}

fn put_aside(logs: &Path) -> Result<()> {
    let aside = logs.join("previous");
    remove(&aside)?;
    fs::create_dir(&aside).context("could not put the last logs aside")?;
    for entry in fs::read_dir(logs).context("could not look at the last logs")? {
        let entry = entry.context("could not look at the last logs")?;
        if entry.path() != aside {
            fs::rename(entry.path(), aside.join(entry.file_name()))
                .context("could not put the last logs aside")?;
        }
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove {}", folder.display()))
        }
        _gone => Ok(()),
    }
}
