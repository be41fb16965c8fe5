//! The owner's command line, as they type it.

use std::process::Stdio;

use anyhow::{Context as _, Result};
use tokio::process::Command;

use crate::folders::{built, kept};

/// Runs the owner's command line to its end, with these environment variables and no others of ours; answers its exit
/// code, and what it said.
///
/// # Errors
///
/// It is not built, or cannot be run.
pub async fn posada(
    arguments: &[&str],
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<(Option<i32>, String)> {
    let ran = Command::new(built("posada")?)
        .args(arguments)
        .env("POSADA_POSTGRES_BIN", kept().join("postgres-bin"))
        .env("NO_COLOR", "1")
        .envs(variables)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .context("posada could not be run")?;
    let mut said = String::from_utf8_lossy(&ran.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&ran.stderr));
    Ok((ran.status.code(), said))
}
