//! PostgreSQL with a cluster of our own, over TCP on the loopback address, with a password.
//!
//! Run as root, it gives the cluster to an account without privileges: PostgreSQL refuses root.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::Signal;
use sea_orm::{ConnectOptions, Database};

use super::{PATIENCE, Purpose};
use crate::folders::installed;
use crate::owner::Owner;
use crate::process::{Process, Program};
use crate::waiting::ready;

/// The superuser of our clusters.
const USER: &str = "posada";

/// A file beside a cluster that initdb wrote to its end, which it does piece by piece.
const WHOLE: &str = "whole";

/// A running PostgreSQL server.
pub struct Postgres {
    /// The server itself.
    pub process: Process,
    port: u16,
    password: String,
}

impl Postgres {
    /// Makes the cluster below `folder` if there is none, and starts the server.
    ///
    /// # Errors
    ///
    /// PostgreSQL is not installed, the cluster can't be made or is of another version, or the server
    /// ended at once.
    pub async fn start(
        folder: &Path,
        logs: &Path,
        port: u16,
        password: &str,
        purpose: Purpose,
    ) -> Result<Self> {
        let owner = Owner::unprivileged()?;
        let data = data_folder(folder)?;
        let log = logs.join("postgres.log");
        let cluster = data.join("cluster");
        if data.join(WHOLE).exists() {
            refuse_another_version(&cluster).await?;
        } else {
            make_cluster(&data, &log, password, &owner, purpose).await?;
        }
        let program = Program::new("PostgreSQL", installed("postgres-bin/postgres")?)
            .arg("-D")
            .arg(&cluster)
            .args(settings(port, purpose).iter().flat_map(|it| ["-c", it]))
            .without_env("PG")
            .owned_by(owner)
            .ends_with(Signal::SIGINT)
            .log_to(&log);
        let mut server = Self {
            process: Process::start(program)?,
            port,
            password: password.to_owned(),
        };
        let url = server.url("postgres");
        ready(&mut server.process, PATIENCE, async || is_ready(&url).await).await?;
        Ok(server)
    }

    /// Starts it again, however it ended, and waits until it takes connections.
    ///
    /// # Errors
    ///
    /// It ended at once, or did not recover within a minute.
    pub async fn restart(&mut self) -> Result<()> {
        self.process.restart()?;
        let url = self.url("postgres");
        ready(&mut self.process, PATIENCE, async || is_ready(&url).await).await
    }

    /// Where to connect, as the superuser, to one database.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let Self { port, password, .. } = self;
        format!("postgres://{USER}:{password}@127.0.0.1:{port}/{database}")
    }
}

/// Where the cluster for `folder` is kept: in it, or elsewhere if PostgreSQL's account can't get there.
///
/// The folder belongs to that account and is closed to all others.
pub(crate) fn data_folder(folder: &Path) -> Result<PathBuf> {
    Ok(Owner::unprivileged()?.folder_for(&folder.join("postgres")))
}

/// Whether the database at `url` takes connections.
pub(crate) async fn is_ready(url: &str) -> bool {
    let mut options = ConnectOptions::new(url);
    // One attempt that meets the server in the middle of its start must not be waited for.
    options
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(2))
        .sqlx_logging(false);
    let connected = Database::connect(options).await;
    let Ok(connection) = connected else {
        return false;
    };
    connection.close().await.is_ok()
}

fn settings(port: u16, purpose: Purpose) -> Vec<String> {
    let mut settings = vec![
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        // A socket's path has a short limit that a deep checkout exceeds.
        "unix_socket_directories=".to_owned(),
        "max_connections=300".to_owned(),
        "shared_buffers=128MB".to_owned(),
        "timezone=UTC".to_owned(),
        "log_timezone=UTC".to_owned(),
        "logging_collector=off".to_owned(),
    ];
    if purpose == Purpose::Tests {
        // The cluster ends with the tests: nobody will miss what a power cut takes.
        let quick = [
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "autovacuum",
        ];
        settings.extend(quick.map(|it| format!("{it}=off")));
    }
    settings
}

async fn make_cluster(
    data: &Path,
    log: &Path,
    password: &str,
    owner: &Owner,
    purpose: Purpose,
) -> Result<()> {
    owner.make_folder(data)?;
    let cluster = data.join("cluster");
    if cluster.exists() {
        // What an interrupted attempt has left, which initdb refuses.
        fs::remove_dir_all(&cluster).context("could not remove half a cluster")?;
    }
    let secret = data.join("password");
    fs::write(&secret, password).context("could not write the password of the new cluster")?;
    owner.give(&secret)?;
    let made = Program::new("initdb", installed("postgres-bin/initdb")?)
        .arg("-D")
        .arg(&cluster)
        .args(["-U", USER, "--auth=scram-sha-256"])
        .args(["--encoding=UTF8", "--locale=C"])
        .arg("--pwfile")
        .arg(&secret)
        .args((purpose == Purpose::Tests).then_some("--no-sync"))
        .without_env("PG")
        .owned_by(owner.clone())
        .log_to(log)
        .run()
        .await;
    fs::remove_file(&secret).context("could not remove the password of the new cluster")?;
    made?;
    fs::write(data.join(WHOLE), "").context("could not note that the cluster is whole")
}

async fn refuse_another_version(cluster: &Path) -> Result<()> {
    let made_by = fs::read_to_string(cluster.join("PG_VERSION"))
        .context("could not read the version of the cluster")?;
    let server = installed("postgres-bin/postgres")?;
    let answer = tokio::process::Command::new(server)
        .arg("--version")
        .output()
        .await
        .context("could not ask PostgreSQL for its version")?;
    let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
    let digits = |text: &str| -> String {
        let from = text.trim_start_matches(|it: char| !it.is_ascii_digit());
        from.chars().take_while(char::is_ascii_digit).collect()
    };
    let (old, new) = (digits(&made_by), digits(&answer));
    if old != new {
        bail!(
            "the data in {} is of PostgreSQL {old}, installed is {new}. \
             `make demo-reset` forgets the data",
            cluster.display()
        );
    }
    Ok(())
}
