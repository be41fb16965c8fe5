//! Redis with nothing on disk: it holds only what may vanish.

use std::path::Path;

use anyhow::Result;

use super::PATIENCE;
use crate::folders::installed;
use crate::process::{Process, Program};
use crate::waiting::ready;

/// Enough for one database per test.
const DATABASES: &str = "4096";

/// A running Redis server.
pub struct Redis {
    /// The server itself.
    pub process: Process,
    port: u16,
}

impl Redis {
    /// Starts an empty Redis; its log goes below `logs`.
    ///
    /// # Errors
    ///
    /// Redis is not installed, or ended at once.
    pub async fn start(logs: &Path, port: u16) -> Result<Self> {
        let program = Program::new("Redis", installed_by_its_name()?)
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            // A full memory refuses writes; it must not forget a lock somebody holds.
            .args(["--maxmemory", "256mb", "--maxmemory-policy", "noeviction"])
            .args(["--databases", DATABASES])
            .arg("--dir")
            .arg(logs)
            .log_to(logs.join("redis.log"));
        let mut server = Self {
            process: Process::start(program)?,
            port,
        };
        let url = server.url();
        ready(&mut server.process, PATIENCE, async || answers(&url).await).await?;
        Ok(server)
    }

    /// Starts it again, however it ended, and empty.
    ///
    /// # Errors
    ///
    /// It ended at once.
    pub async fn restart(&mut self) -> Result<()> {
        self.process.restart()?;
        let url = self.url();
        ready(&mut self.process, PATIENCE, async || answers(&url).await).await
    }

    /// Where to connect.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

/// Debian's program is another one when it is called by its other name, so links are not resolved.
fn installed_by_its_name() -> Result<std::path::PathBuf> {
    installed("bin/redis-server")?;
    Ok(crate::folders::kept().join("bin/redis-server"))
}

async fn answers(url: &str) -> bool {
    let asked = async {
        let client = redis::Client::open(url)?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("PING").query_async::<()>(&mut connection).await
    };
    asked.await.is_ok()
}
