//! What our programs stand on: PostgreSQL, Redis and Temporal, each as a child of ours on its own port.
//!
//! Nothing here is the system's: no service is started or stopped, no cluster but our own is opened,
//! and nothing listens anywhere but on the loopback address.

mod postgres;
mod redis;
mod temporal;

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

pub use self::postgres::Postgres;
pub(crate) use self::postgres::data_folder;
pub use self::redis::Redis;
pub(crate) use self::temporal::NAMESPACE;
pub use self::temporal::Temporal;
use crate::ports::free_port;
use crate::process::Process;

/// The longest any service may take to come up, on a busy machine, after a crash.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the services are for, which decides what they promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Data outlives a crash of the machine; so it is where something is measured, too.
    Demo,
    /// Data may vanish with the process: quicker. Timers fire on time and time can be skipped.
    Tests,
}

/// Where the services listen.
#[derive(Clone, Copy, Debug)]
pub struct ServicePorts {
    /// PostgreSQL.
    pub postgres: u16,
    /// Redis.
    pub redis: u16,
    /// Temporal's gRPC API.
    pub temporal: u16,
    /// Temporal's web page.
    pub temporal_ui: u16,
}

impl ServicePorts {
    /// Ports nobody uses.
    ///
    /// # Errors
    ///
    /// There are none left.
    pub fn free() -> Result<Self> {
        Ok(Self {
            postgres: free_port()?,
            redis: free_port()?,
            temporal: free_port()?,
            temporal_ui: free_port()?,
        })
    }
}

/// The three of them, running.
pub struct Services {
    /// The reservations' database, and the judge of double booking.
    pub postgres: Postgres,
    /// Short locks and rate limits.
    pub redis: Redis,
    /// What workflows live on.
    pub temporal: Temporal,
}

impl Services {
    /// Starts all three at once and returns when all answer.
    ///
    /// Data go below `folder` and logs below `logs`, both of which have to be there.
    ///
    /// # Errors
    ///
    /// One is not installed, did not start, or ended at once; the message has its last lines.
    pub async fn start(
        folder: &Path,
        logs: &Path,
        ports: ServicePorts,
        password: &str,
        purpose: Purpose,
    ) -> Result<Self> {
        let (postgres, redis, temporal) = tokio::try_join!(
            Postgres::start(folder, logs, ports.postgres, password, purpose),
            Redis::start(logs, ports.redis),
            Temporal::start(folder, logs, ports, purpose),
        )?;
        Ok(Self {
            postgres,
            redis,
            temporal,
        })
    }

    /// Asks all of them to end, and sees to it.
    ///
    /// # Errors
    ///
    /// The system refuses to signal or to look at a child.
    pub async fn stop(&mut self) -> Result<()> {
        tokio::try_join!(
            self.temporal.process.stop(),
            self.redis.process.stop(),
            self.postgres.process.stop(),
        )?;
        Ok(())
    }

    /// The processes, to be watched.
    pub fn processes(&mut self) -> [&mut Process; 3] {
        [
            &mut self.postgres.process,
            &mut self.redis.process,
            &mut self.temporal.process,
        ]
    }
}
