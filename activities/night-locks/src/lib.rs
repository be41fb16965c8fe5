#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

use std::{future::Future, time::Duration};

use domain::{AccommodationId, Stay};
use redis::{
    Client, ErrorKind, RedisError, Script, aio::ConnectionManager, aio::ConnectionManagerConfig,
};
use tokio::time::timeout;

/// How long a lock lasts when its owner dies: longer than a hold takes to be decided, and short enough that
/// nobody notices.
const LOCK_TIME: Duration = Duration::from_secs(15);

/// How long Redis may take before it counts as away.
const PATIENCE: Duration = Duration::from_millis(250);

/// Takes all nights for one owner, or none. Nights that the owner has already are its own.
const ACQUIRE: &str = r"
for _, key in ipairs(KEYS) do
    local owner = redis.call('GET', key)
    if owner and owner ~= ARGV[1] then
        return 0
    end
end
for _, key in ipairs(KEYS) do
    redis.call('SET', key, ARGV[1], 'EX', ARGV[2])
end
return 1
";

/// Gives up the nights that are still the owner's.
const RELEASE: &str = r"
for _, key in ipairs(KEYS) do
    if redis.call('GET', key) == ARGV[1] then
        redis.call('DEL', key)
    end
end
return 1
";

/// What became of an attempt to lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locked {
    /// The nights are the caller's to ask Postgres for.
    Acquired,
    /// Somebody else is asking for one of the nights at this moment.
    Busy,
    /// Redis is away: nothing is locked, and the caller goes on without.
    Unguarded,
}

/// Redis' address cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the address of Redis cannot be read; it looks like redis://host:6379")]
pub struct InvalidAddress(#[source] RedisError);

/// The locks. Cheap to clone.
#[derive(Clone)]
pub struct NightLocks {
    redis: ConnectionManager,
    acquire: Script,
    release: Script,
}

impl std::fmt::Debug for NightLocks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NightLocks").finish_non_exhaustive()
    }
}

impl NightLocks {
    /// Locks in the Redis at `url`, which need not be there yet: the connection is made when it is first
    /// needed, and again whenever it was lost.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn new(url: &str) -> Result<Self, InvalidAddress> {
        let client = Client::open(url).map_err(InvalidAddress)?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        Ok(Self {
            redis: ConnectionManager::new_lazy_with_config(client, config)
                .map_err(InvalidAddress)?,
            acquire: Script::new(ACQUIRE),
            release: Script::new(RELEASE),
        })
    }

    /// Locks every night of a stay for `owner`, or none of them. An owner that asks again has them still.
    pub async fn acquire(&self, accommodation: AccommodationId, stay: Stay, owner: &str) -> Locked {
        let mut invocation = self.acquire.prepare_invoke();
        for key in keys(accommodation, stay) {
            invocation.key(key);
        }
        invocation.arg(owner).arg(LOCK_TIME.as_secs());
        let mut redis = self.redis.clone();
        match in_time(invocation.invoke_async::<bool>(&mut redis)).await {
            Ok(true) => Locked::Acquired,
            Ok(false) => Locked::Busy,
            Err(error) => {
                tracing::warn!(%error, "redis is away, nights are asked for without a lock");
                Locked::Unguarded
            }
        }
    }

    /// Gives up what `owner` locked; what is not theirs is left alone. A lock that cannot be given up lets go
    /// by itself.
    pub async fn release(&self, accommodation: AccommodationId, stay: Stay, owner: &str) {
        let mut invocation = self.release.prepare_invoke();
        for key in keys(accommodation, stay) {
            invocation.key(key);
        }
        invocation.arg(owner);
        let mut redis = self.redis.clone();
        if let Err(error) = in_time(invocation.invoke_async::<bool>(&mut redis)).await {
            tracing::warn!(%error, "redis is away, a lock is left to run out");
        }
    }

    /// Whether Redis answers.
    ///
    /// # Errors
    /// What Redis or the way to it says.
    pub async fn ping(&self) -> Result<(), RedisError> {
        let mut redis = self.redis.clone();
        let command = redis::cmd("PING");
        in_time(command.query_async::<()>(&mut redis)).await
    }
}

/// Redis that does not answer in time is away.
async fn in_time<T>(answer: impl Future<Output = Result<T, RedisError>>) -> Result<T, RedisError> {
    timeout(PATIENCE * 2, answer)
        .await
        .unwrap_or_else(|_elapsed| Err(RedisError::from((ErrorKind::Io, "no answer in time"))))
}

fn keys(accommodation: AccommodationId, stay: Stay) -> impl Iterator<Item = String> {
    stay.each_night()
        .map(move |night| format!("night:{accommodation}:{night}"))
}
