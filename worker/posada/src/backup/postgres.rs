//! PostgreSQL's own programs, which know every detail of a database.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, Result, ensure};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::process::Command;
use url::Url;

use crate::command::Stores;

/// `pg_dump` and `pg_restore`.
pub(super) struct Tools {
    folder: Option<PathBuf>,
}

impl Tools {
    pub(super) fn of(stores: &Stores) -> Self {
        Self {
            folder: stores.postgres_bin.clone(),
        }
    }

    /// Writes a database to a file, as it is at one moment.
    pub(super) async fn dump(&self, url: &SecretString, file: &Path) -> Result<()> {
        let mut dumping = self.program("pg_dump", url)?;
        dumping
            .args(["--format=custom", "--no-owner", "--no-privileges", "--file"])
            .arg(file);
        run("pg_dump", dumping).await?;
        // What cannot even be listed is no backup.
        let mut listing = self.command("pg_restore");
        listing.arg("--list").arg(file);
        run("pg_restore", listing).await
    }

    /// Fills an empty database, with all of it or nothing.
    pub(super) async fn restore(&self, url: &SecretString, file: &Path) -> Result<()> {
        let mut restoring = self.program("pg_restore", url)?;
        restoring
            .args(["--single-transaction", "--exit-on-error"])
            .args(["--no-owner", "--no-privileges"])
            .arg(file);
        run("pg_restore", restoring).await
    }

    fn command(&self, name: &str) -> Command {
        match &self.folder {
            Some(folder) => Command::new(folder.join(name)),
            None => Command::new(name),
        }
    }

    /// The password goes along in the environment, where others cannot see it.
    fn program(&self, name: &str, url: &SecretString) -> Result<Command> {
        let mut address: Url = url
            .expose_secret()
            .parse()
            .context("the address of the database is no URL")?;
        let mut command = self.command(name);
        if let Some(password) = address.password() {
            let password = percent_decode_str(password).decode_utf8()?.into_owned();
            command.env("PGPASSWORD", password);
        }
        ensure!(
            address.set_password(None).is_ok(),
            "the address of the database names no server"
        );
        command.arg("--dbname").arg(address.as_str());
        Ok(command)
    }
}

async fn run(name: &str, mut command: Command) -> Result<()> {
    let ran = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| {
            format!(
                "{name} cannot be run: install PostgreSQL's client of the server's version or a newer one, or name \
                 its folder in POSADA_POSTGRES_BIN"
            )
        })?;
    let complaint = String::from_utf8_lossy(&ran.stderr).into_owned();
    ensure!(ran.status.success(), "{name}: {}", complaint.trim());
    Ok(())
}
