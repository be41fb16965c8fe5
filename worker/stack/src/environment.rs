//! Where a test finds the services that `stack services` started for it.

use anyhow::{Context as _, Result};

use crate::services::Services;

const DATABASE_URL: &str = "POSADA_TEST_DATABASE_URL";
const REDIS_URL: &str = "POSADA_TEST_REDIS_URL";
const TEMPORAL_ADDRESS: &str = "POSADA_TEST_TEMPORAL_ADDRESS";

/// The addresses of the services, as tests know them.
#[derive(Clone)]
pub struct Environment {
    /// PostgreSQL, as superuser, in its database `postgres`; contains a password.
    pub database_url: String,
    /// Redis, without a database number.
    pub redis_url: String,
    /// Temporal's gRPC API, as an `http://` URL.
    pub temporal_address: String,
}

impl Environment {
    /// What `stack services` told this process.
    ///
    /// # Errors
    ///
    /// It told nothing: the test was started without it.
    pub fn read() -> Result<Self> {
        Ok(Self {
            database_url: variable(DATABASE_URL)?,
            redis_url: variable(REDIS_URL)?,
            temporal_address: variable(TEMPORAL_ADDRESS)?,
        })
    }

    pub(crate) fn of(services: &Services) -> Self {
        Self {
            database_url: services.postgres.url("postgres"),
            redis_url: services.redis.url(),
            temporal_address: services.temporal.address(),
        }
    }

    pub(crate) fn variables(&self) -> [(&'static str, &str); 3] {
        [
            (DATABASE_URL, &self.database_url),
            (REDIS_URL, &self.redis_url),
            (TEMPORAL_ADDRESS, &self.temporal_address),
        ]
    }
}

fn variable(name: &str) -> Result<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests have no main in which clap could read their configuration"
    )]
    std::env::var(name).with_context(|| {
        format!(
            "{name} is not set: this test needs PostgreSQL, Redis and Temporal. Run `make test`, \
             or one crate's tests with `target/debug/stack services -- cargo test -p CRATE`"
        )
    })
}
