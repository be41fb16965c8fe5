//! The owner of the demo: made by the owner's own command line, with a password that is kept beside the data.

use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::{folders::built, secrets::Secrets};

/// What the owner of the demo signs in with.
pub(crate) const EMAIL: &str = "owner@posada.example";

/// What the command line says about an owner who is there.
const THERE: &str = "signs in with this address already";

/// Makes the owner, unless an earlier run did.
pub(crate) async fn create(database_url: &str, secrets: &Secrets) -> Result<()> {
    let arguments = [
        "create-owner",
        "--email",
        EMAIL,
        "--name",
        "Ana",
        "--password-stdin",
    ];
    let mut posada = Command::new(built("posada")?)
        .args(arguments)
        .env("DATABASE_URL", database_url)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("posada could not be run")?;
    let mut stdin = posada.stdin.take().context("posada listens to nobody")?;
    stdin
        .write_all(secrets.owner_password().as_bytes())
        .await
        .context("posada did not listen")?;
    drop(stdin);
    let ended = posada
        .wait_with_output()
        .await
        .context("posada did not end")?;
    let complaint = String::from_utf8_lossy(&ended.stderr);
    if ended.status.success() || complaint.contains(THERE) {
        Ok(())
    } else {
        bail!("the owner could not be made: {complaint}")
    }
}
