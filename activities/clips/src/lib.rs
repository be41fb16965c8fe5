#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod heard;

use std::{future::Future, time::Duration};

use redis::{
    AsyncCommands as _, Client, RedisError, aio::ConnectionManager, aio::ConnectionManagerConfig,
};
use tokio::time::timeout;
use uuid::Uuid;

pub use heard::Heard;

/// How long sound and words are kept: longer than anybody waits.
const KEPT: Duration = Duration::from_secs(120);

/// How long Redis may take for 16 MB before it counts as away.
const PATIENCE: Duration = Duration::from_secs(3);

/// Redis' address cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the address of Redis cannot be read; it looks like redis://host:6379")]
pub struct InvalidAddress(#[source] RedisError);

/// Redis is away, or what it holds is not ours.
#[derive(Debug, thiserror::Error)]
#[error("the clips cannot be reached")]
pub struct Away(#[source] Option<RedisError>);

/// Where clips are left. Cheap to clone.
#[derive(Clone)]
pub struct Clips {
    redis: ConnectionManager,
}

impl std::fmt::Debug for Clips {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clips").finish_non_exhaustive()
    }
}

impl Clips {
    /// Clips in the Redis at `url`, which need not be there yet.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn new(url: &str) -> Result<Self, InvalidAddress> {
        let client = Client::open(url).map_err(InvalidAddress)?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let redis =
            ConnectionManager::new_lazy_with_config(client, config).map_err(InvalidAddress)?;
        Ok(Self { redis })
    }

    /// Leaves a clip, and says under which name.
    ///
    /// # Errors
    /// When Redis is away.
    pub async fn leave(&self, clip: &[u8]) -> Result<String, Away> {
        let name = Uuid::new_v4().simple().to_string();
        let mut redis = self.redis.clone();
        in_time(redis.set_ex::<_, _, ()>(sound(&name), clip, KEPT.as_secs())).await?;
        Ok(name)
    }

    /// The sound of a clip; none when it was forgotten.
    ///
    /// # Errors
    /// When Redis is away.
    pub async fn sound(&self, name: &str) -> Result<Option<Vec<u8>>, Away> {
        let mut redis = self.redis.clone();
        in_time(redis.get(sound(name))).await
    }

    /// Leaves what was heard in a clip, in the place of its sound.
    ///
    /// # Errors
    /// When Redis is away.
    pub async fn tell(&self, name: &str, heard: &Heard) -> Result<(), Away> {
        let told = serde_json::to_string(heard).map_err(|_unwritable| Away(None))?;
        let mut redis = self.redis.clone();
        in_time(redis.set_ex::<_, _, ()>(words(name), told, KEPT.as_secs())).await?;
        in_time(redis.del::<_, ()>(sound(name))).await
    }

    /// What was heard in a clip; none when nobody has listened, or it was forgotten.
    ///
    /// # Errors
    /// When Redis is away.
    pub async fn heard(&self, name: &str) -> Result<Option<Heard>, Away> {
        let mut redis = self.redis.clone();
        let told: Option<String> = in_time(redis.get(words(name))).await?;
        told.map(|told| serde_json::from_str(&told).map_err(|_garbled| Away(None)))
            .transpose()
    }

    /// Forgets a clip at once. What cannot be forgotten at once is in two minutes.
    pub async fn forget(&self, name: &str) {
        let mut redis = self.redis.clone();
        drop(in_time(redis.del::<_, ()>(&[sound(name), words(name)])).await);
    }
}

fn sound(name: &str) -> String {
    format!("clip:{name}")
}

fn words(name: &str) -> String {
    format!("clip:{name}:heard")
}

async fn in_time<T>(answer: impl Future<Output = Result<T, RedisError>>) -> Result<T, Away> {
    match timeout(PATIENCE, answer).await {
        Ok(answer) => answer.map_err(|error| Away(Some(error))),
        Err(_elapsed) => Err(Away(None)),
    }
}
