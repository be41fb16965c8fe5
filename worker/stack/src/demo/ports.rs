//! The ports of the demo, each with the variable that changes it.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use clap::Args;

use crate::platform::PlatformPorts;
use crate::ports::is_taken;
use crate::services::ServicePorts;

/// Where the demo listens, always on the loopback address alone.
#[derive(Args, Clone, Copy, Debug)]
pub struct DemoPorts {
    /// The API
    #[arg(long = "api-port", env = "POSADA_API_PORT", default_value_t = 8000)]
    pub(super) api: u16,
    /// The pretend providers with the guest's phone
    #[arg(
        long = "sandbox-port",
        env = "POSADA_SANDBOX_PORT",
        default_value_t = 8001
    )]
    pub(super) sandbox: u16,
    /// The worker's metrics
    #[arg(
        long = "worker-port",
        env = "POSADA_WORKER_PORT",
        default_value_t = 8002
    )]
    pub(super) worker: u16,
    /// Temporal
    #[arg(
        long = "temporal-port",
        env = "POSADA_TEMPORAL_PORT",
        default_value_t = 7233
    )]
    pub(super) temporal: u16,
    /// Temporal's web page
    #[arg(
        long = "temporal-ui-port",
        env = "POSADA_TEMPORAL_UI_PORT",
        default_value_t = 8233
    )]
    pub(super) temporal_ui: u16,
    /// PostgreSQL
    #[arg(
        long = "postgres-port",
        env = "POSADA_POSTGRES_PORT",
        default_value_t = 54329
    )]
    pub(super) postgres: u16,
    /// Redis
    #[arg(
        long = "redis-port",
        env = "POSADA_REDIS_PORT",
        default_value_t = 63799
    )]
    pub(super) redis: u16,
}

impl DemoPorts {
    /// Reports all ports somebody else listens on, before anything is started.
    pub(super) fn refuse_taken(&self) -> Result<()> {
        let mut report = String::new();
        for (name, variable, port) in self.by_name() {
            if is_taken(port) {
                let _ = write!(report, "\n  {port}, for {name}: {variable} changes it");
            }
        }
        if !report.is_empty() {
            bail!(
                "these ports are taken, by another demo perhaps:{report}\n\
                 Free them, or choose others, as in `{} make demo`",
                self.example()
            );
        }
        Ok(())
    }

    pub(super) fn platform(&self) -> PlatformPorts {
        PlatformPorts {
            api: self.api,
            sandbox: self.sandbox,
            worker: self.worker,
        }
    }

    pub(super) fn services(&self) -> ServicePorts {
        ServicePorts {
            postgres: self.postgres,
            redis: self.redis,
            temporal: self.temporal,
            temporal_ui: self.temporal_ui,
        }
    }

    fn by_name(&self) -> [(&'static str, &'static str, u16); 7] {
        [
            ("the API", "POSADA_API_PORT", self.api),
            ("the sandbox", "POSADA_SANDBOX_PORT", self.sandbox),
            ("the worker", "POSADA_WORKER_PORT", self.worker),
            ("Temporal", "POSADA_TEMPORAL_PORT", self.temporal),
            ("Temporal's UI", "POSADA_TEMPORAL_UI_PORT", self.temporal_ui),
            ("PostgreSQL", "POSADA_POSTGRES_PORT", self.postgres),
            ("Redis", "POSADA_REDIS_PORT", self.redis),
        ]
    }

    /// The first taken port with a free one in its place.
    fn example(&self) -> String {
        let ports = self.by_name();
        let taken = ports.iter().find(|(_, _, port)| is_taken(*port));
        let Some((_, variable, port)) = taken else {
            return String::new();
        };
        let free = (1..100_u16)
            .filter_map(|step| port.checked_add(step))
            .find(|port| !is_taken(*port) && ports.iter().all(|(_, _, other)| other != port));
        format!("{variable}={}", free.unwrap_or(*port))
    }
}
