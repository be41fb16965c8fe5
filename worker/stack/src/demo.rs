//! `stack demo`: everything on fixed ports until Ctrl-C, with data that stays below `.posada/demo/`.
//!
//! It supervises and does not repair: a program that dies is reported with its last lines and ends the
//! demo, since a demo that limps shows nothing true.

mod data;
mod owner;
mod ports;

use std::time::Instant;

use anyhow::{Result, bail};

use self::data::Data;
pub use self::data::reset_demo;
pub use self::ports::DemoPorts;
use crate::console::{say, table};
use crate::database::{create_if_missing, migrate, seed};
use crate::platform::{Platform, Settings};
use crate::process::Process;
use crate::services::{NAMESPACE, Purpose, Services};
use crate::signals::Signals;
use crate::waiting::first_death;

/// The one database of the demo.
const DATABASE: &str = "posada";

/// Starts everything, says where to look, and stays until it is told to end.
///
/// # Errors
///
/// A port is taken, something does not start, or something ends that should not.
pub async fn run_demo(ports: DemoPorts) -> Result<()> {
    let mut signals = Signals::listen()?;
    ports.refuse_taken()?;
    let data = Data::open()?;
    // Whatever was started by the time of a Ctrl-C ends as the abandoned future is dropped.
    let started = tokio::select! {
        started = Demo::start(ports, &data) => Some(started?),
        _signal = signals.next() => None,
    };
    let Some(mut demo) = started else {
        say("stack: stopped while starting");
        return Ok(());
    };
    demo.introduce(&data);
    let death = tokio::select! {
        death = first_death(demo.processes()) => Some(death?),
        _signal = signals.next() => None,
    };
    say("\nstack: stopping");
    tokio::select! {
        stopped = demo.stop() => stopped?,
        _signal = signals.next() => say("stack: not waiting any longer"),
    }
    match death {
        Some(obituary) => bail!(obituary),
        None => {
            say("stack: everything is stopped; `make demo` goes on from here");
            Ok(())
        }
    }
}

/// Everything, running. Our own programs come first, since they are dropped first.
struct Demo {
    platform: Platform,
    services: Services,
    ports: DemoPorts,
}

impl Demo {
    async fn start(ports: DemoPorts, data: &Data) -> Result<Self> {
        let began = Instant::now();
        let step = |what: &str| {
            say(format_args!(
                "stack: {:4.1} s  {what}",
                began.elapsed().as_secs_f32()
            ))
        };
        step("starting PostgreSQL, Redis and Temporal");
        let services = Services::start(
            &data.folder,
            &data.logs,
            ports.services(),
            data.secrets.postgres_password(),
            Purpose::Demo,
        )
        .await?;
        step("bringing the database up to date");
        let database_url = create_if_missing(&services.postgres.url("postgres"), DATABASE).await?;
        migrate(&database_url).await?;
        seed(&database_url, &format!("http://localhost:{}", ports.api)).await?;
        owner::create(&database_url, &data.secrets).await?;
        step("starting the API, the worker and the sandbox");
        let platform = Platform::start(&Settings {
            database_url,
            redis_url: services.redis.url(),
            temporal_address: services.temporal.address(),
            namespace: NAMESPACE.to_owned(),
            task_queue: "posada".to_owned(),
            secrets: data.secrets.clone(),
            ports: ports.platform(),
            logs: data.logs.clone(),
            variables: vec![
                ("POSADA_LOG".to_owned(), "pretty".to_owned()),
                (
                    "POSADA_TEMPORAL_UI_URL".to_owned(),
                    services.temporal.ui_url(),
                ),
            ],
        })
        .await?;
        step("ready");
        Ok(Self {
            platform,
            services,
            ports,
        })
    }

    fn introduce(&self, data: &Data) {
        let page = |port: u16, path: &str| format!("http://localhost:{port}{path}");
        let ports = &self.ports;
        say(
            "\nPosada is running. Ctrl-C stops it and keeps its data; `make demo-reset` forgets them.\n",
        );
        table(&[
            ("The guest's phone", page(ports.sandbox, "/")),
            ("The owner's pages", page(ports.api, "/admin")),
            ("  sign in as", owner::EMAIL.to_owned()),
            ("  with", data.secrets.owner_password().to_owned()),
            ("API and its documentation", page(ports.api, "/docs")),
            ("Temporal UI", self.services.temporal.ui_url()),
            ("Metrics of the API", page(ports.api, "/metrics")),
            ("Operator's token", data.secrets_file.display().to_string()),
            ("Logs", data.logs.display().to_string()),
        ]);
        say("");
    }

    fn processes(&mut self) -> impl Iterator<Item = &mut Process> {
        let ours = self.platform.processes();
        ours.into_iter().chain(self.services.processes())
    }

    async fn stop(&mut self) -> Result<()> {
        self.platform.stop().await?;
        self.services.stop().await
    }
}
