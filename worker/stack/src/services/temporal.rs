//! Temporal's development server: one process, its data in one file, its web page beside it.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::{PATIENCE, Purpose, ServicePorts};
use crate::folders::installed;
use crate::ports::free_port;
use crate::process::{Process, Program};
use crate::waiting::ready;

/// The namespace that a development server has from the start.
pub(crate) const NAMESPACE: &str = "default";

/// What the console and the Temporal UI search by, a `Name=Type` in each line; production registers
/// the same.
const SEARCH_ATTRIBUTES: &str = include_str!("../../../../temporal/search-attributes.txt");

/// Closed workflows stay this long, and with them the refusal to start the same one twice.
const RETENTION: &str = "30d";

/// A running Temporal server.
pub struct Temporal {
    /// The server itself.
    pub process: Process,
    port: u16,
    ui_port: u16,
    http_port: u16,
}

impl Temporal {
    /// Starts the server with what it knows from earlier, below `folder`.
    ///
    /// # Errors
    ///
    /// The CLI is not installed, or the server ended at once.
    pub async fn start(
        folder: &Path,
        logs: &Path,
        ports: ServicePorts,
        purpose: Purpose,
    ) -> Result<Self> {
        let (port, ui_port) = (ports.temporal, ports.temporal_ui);
        let http_port = free_port()?;
        let program = Program::new("Temporal", installed("bin/temporal")?)
            .args(["server", "start-dev", "--ip", "127.0.0.1"])
            .args([
                "--port",
                &port.to_string(),
                "--ui-port",
                &ui_port.to_string(),
            ])
            .args(["--http-port", &http_port.to_string()])
            .args(["--metrics-port", &free_port()?.to_string()])
            .args(["--ui-disable-news-fetch", "--log-level", "warn"])
            .arg("--db-filename")
            .arg(folder.join("temporal.db"))
            .args(
                pragmas(purpose)
                    .iter()
                    .flat_map(|it| ["--sqlite-pragma", it]),
            )
            .args(
                SEARCH_ATTRIBUTES
                    .lines()
                    .flat_map(|it| ["--search-attribute", it]),
            )
            .args(
                dynamic_config(purpose)
                    .iter()
                    .flat_map(|it| ["--dynamic-config-value", it]),
            )
            .without_env("TEMPORAL_")
            .log_to(logs.join("temporal.log"));
        let mut server = Self {
            process: Process::start(program)?,
            port,
            ui_port,
            http_port,
        };
        server.is_ready().await?;
        server.keep_closed_workflows().await?;
        Ok(server)
    }

    /// Starts it again, however it ended, with all that it knew.
    ///
    /// # Errors
    ///
    /// It ended at once.
    pub async fn restart(&mut self) -> Result<()> {
        self.process.restart()?;
        self.is_ready().await
    }

    async fn is_ready(&mut self) -> Result<()> {
        let port = self.http_port;
        let namespace = format!("http://127.0.0.1:{port}/api/v1/namespaces/{NAMESPACE}");
        ready(&mut self.process, PATIENCE, async || {
            let asked = reqwest::get(&namespace).await;
            asked.is_ok_and(|answer| answer.status().is_success())
        })
        .await
    }

    /// Where to connect, as the SDK wants it.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The web page.
    #[must_use]
    pub fn ui_url(&self) -> String {
        format!("http://localhost:{}/", self.ui_port)
    }

    async fn keep_closed_workflows(&self) -> Result<()> {
        let answer = tokio::process::Command::new(installed("bin/temporal")?)
            .args(["operator", "namespace", "update", "--namespace", NAMESPACE])
            .args(["--retention", RETENTION])
            .args(["--address", &format!("127.0.0.1:{}", self.port)])
            .output()
            .await
            .context("could not run the Temporal CLI")?;
        let complaint = String::from_utf8_lossy(&answer.stderr).into_owned();
        anyhow::ensure!(
            answer.status.success(),
            "could not set the retention of Temporal's namespace: {complaint}"
        );
        Ok(())
    }
}

fn pragmas(purpose: Purpose) -> [&'static str; 2] {
    match purpose {
        Purpose::Demo => ["journal_mode=wal", "synchronous=normal"],
        Purpose::Tests => ["journal_mode=wal", "synchronous=off"],
    }
}

fn dynamic_config(purpose: Purpose) -> Vec<&'static str> {
    // The default of 20 a second adds some 40 ms to every hand-over on the single shard of this server.
    let mut config = vec!["history.transferProcessorMaxPollRPS=5000"];
    if purpose == Purpose::Tests {
        config.push("frontend.WorkflowTimeSkippingEnabled=true");
    }
    // Timers otherwise fire up to a second late.
    config.push("history.timerProcessorMaxTimeShift=\"10ms\"");
    config
}
