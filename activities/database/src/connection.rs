//! The way to Postgres: a pool that is cheap to clone and gives up soon when nobody answers.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, TransactionTrait,
    raw_sql,
};
use secrecy::{ExposeSecret, SecretString};

use crate::Error;

/// How long a caller waits for a connection. A webhook must be answered with 503 while its sender still
/// listens, which is five seconds for the least patient.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);

/// No query of ours takes this long unless something is wrong.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection that has been idle for so long is tried out before it is used.
const TRUSTED_WHILE_IDLE: Duration = Duration::from_secs(5);

/// A pool of connections. Clones share it.
#[derive(Debug, Clone)]
pub struct Database {
    pool: DatabaseConnection,
}

/// How a pool is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// Somebody waits for an answer on them.
    pub in_use: u32,
    /// They are open and free.
    pub idle: u32,
    /// The most there may be.
    pub allowed: u32,
}

impl Database {
    /// Opens a pool of at most `max_connections` and tries it out.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when nothing answers there or it refuses us.
    pub async fn connect(url: &SecretString, max_connections: u32) -> Result<Self, Error> {
        let mut options = ConnectOptions::new(url.expose_secret());
        options
            .max_connections(max_connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_timeout(ACQUIRE_TIMEOUT)
            .statement_timeout(STATEMENT_TIMEOUT)
            .test_before_acquire_if_idle_for(TRUSTED_WHILE_IDLE)
            .set_application_name("posada")
            .sqlx_logging(false);
        let pool = sea_orm::Database::connect(options)
            .await
            .map_err(|cause| Error::Unavailable(Box::new(cause)))?;
        Ok(Self { pool })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        Ok(self.pool.ping().await?)
    }

    /// Whether the constraint that judges double booking is there. A process that finds it missing is not
    /// ready to sell anything.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database does not answer.
    pub async fn nights_are_guarded(&self) -> Result<bool, Error> {
        let constraint = raw_sql!(
            Postgres,
            "SELECT 1 FROM pg_constraint WHERE conname = 'no_overlap_reservations' AND contype = 'x'"
        );
        Ok(self.pool.query_one_raw(constraint).await?.is_some())
    }

    /// What time it is there.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database does not answer.
    pub async fn clock(&self) -> Result<DateTime<Utc>, Error> {
        let asked = raw_sql!(Postgres, "SELECT clock_timestamp()");
        let told = self.pool.query_one_raw(asked).await?;
        let told = told.ok_or_else(|| Error::unexpected("a clock answered no row"))?;
        Ok(told.try_get_by_index(0)?)
    }

    /// How the pool is used at this moment.
    #[must_use]
    pub fn connections(&self) -> Connections {
        let pool = self.pool.get_postgres_connection_pool();
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        Connections {
            in_use: pool.size().saturating_sub(idle),
            idle,
            allowed: pool.options().get_max_connections(),
        }
    }

    pub(crate) const fn pool(&self) -> &DatabaseConnection {
        &self.pool
    }

    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, Error> {
        Ok(self.pool.begin().await?)
    }
}
