//! PostgreSQL, Redis and Temporal for one test alone, which may do to them what would spoil the others'.

use anyhow::Result;

use crate::environment::Environment;
use crate::folders::TemporaryFolder;
use crate::secrets::Secrets;
use crate::services::{Purpose, ServicePorts, Services};

/// The three services, as durable as the demo's. Dropping it ends them and their data.
pub struct Foundation {
    /// The servers, to be killed, frozen and restarted.
    pub services: Services,
    /// Where they are.
    pub environment: Environment,
    _folder: TemporaryFolder,
}

impl Foundation {
    /// Starts all three on free ports; what they acknowledge outlives a crash.
    ///
    /// # Errors
    ///
    /// One of them is not installed, or does not start.
    pub async fn start() -> Result<Self> {
        let folder = TemporaryFolder::new()?;
        let secrets = Secrets::generate();
        let services = Services::start(
            folder.path(),
            folder.path(),
            ServicePorts::free()?,
            secrets.postgres_password(),
            Purpose::Demo,
        )
        .await?;
        Ok(Self {
            environment: Environment::of(&services),
            services,
            _folder: folder,
        })
    }
}
