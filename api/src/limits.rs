//! So many requests a minute for each client of the public routes, counted in Redis.
//!
//! Without Redis nobody is turned away. Operators are not counted, and no webhook comes through here.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use redis::{
    Client, RedisError, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

use crate::{app::App, auth::Bearer, clients, error::Error};

/// What requests are counted over.
const WINDOW: Duration = Duration::from_secs(60);

/// How long Redis may take before it counts as away.
const PATIENCE: Duration = Duration::from_millis(200);

/// How long Redis is left alone after it was away.
const REST: Duration = Duration::from_secs(2);

/// Counts one more and answers the count and how long the window still lasts. One step, so that no counter
/// is left without an end.
const COUNT: &str = r"
local count = redis.call('INCR', KEYS[1])
if count == 1 then
    redis.call('EXPIRE', KEYS[1], ARGV[1])
end
return {count, redis.call('TTL', KEYS[1])}
";

/// The counters.
#[derive(Clone)]
pub(crate) struct Limits {
    per_minute: u32,
    redis: ConnectionManager,
    count: Script,
    resting_until: Arc<Mutex<Option<Instant>>>,
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits")
            .field("per_minute", &self.per_minute)
            .finish_non_exhaustive()
    }
}

impl Limits {
    /// Counters in the Redis at `url`, which need not be there yet.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub(crate) fn new(url: &str, per_minute: u32) -> Result<Self, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        Ok(Self {
            per_minute,
            redis: ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?,
            count: Script::new(COUNT),
            resting_until: Arc::default(),
        })
    }

    /// Counts a request of a client.
    ///
    /// # Errors
    /// [`Error::RateLimited`] when it is one too many.
    async fn admit(&self, client: IpAddr) -> Result<(), Error> {
        if self.per_minute == 0 || self.is_resting() {
            return Ok(());
        }
        match self.counted(client).await {
            Ok((count, _)) if count <= u64::from(self.per_minute) => Ok(()),
            Ok((_, left)) => Err(Error::RateLimited {
                retry_after: Duration::from_secs(u64::try_from(left).unwrap_or(WINDOW.as_secs())),
            }),
            Err(error) => {
                tracing::warn!(%error, "redis is away, requests are not counted");
                self.rest();
                Ok(())
            }
        }
    }

    async fn counted(&self, client: IpAddr) -> Result<(u64, i64), RedisError> {
        let mut redis = self.redis.clone();
        let mut count = self.count.prepare_invoke();
        count.key(format!("rate:{client}")).arg(WINDOW.as_secs());
        let counted = count.invoke_async(&mut redis);
        tokio::time::timeout(PATIENCE * 2, counted)
            .await
            .unwrap_or_else(|_elapsed| {
                Err(RedisError::from((
                    redis::ErrorKind::Io,
                    "no answer in time",
                )))
            })
    }

    fn is_resting(&self) -> bool {
        let until = self.resting_until.lock().ok().and_then(|until| *until);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn rest(&self) {
        if let Ok(mut until) = self.resting_until.lock() {
            *until = Some(Instant::now() + REST);
        }
    }
}

/// Turns away clients that ask too often.
///
/// # Errors
/// [`Error::RateLimited`].
pub(crate) async fn limit(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    if !app.tokens.is_operator(&Bearer::of(request.headers())) {
        count(&app, peer, request.headers()).await?;
    }
    Ok(next.run(request).await)
}

/// Counts a request of a client, where it has to be known first what it asks for.
///
/// # Errors
/// [`Error::RateLimited`].
pub(crate) async fn count(app: &App, peer: SocketAddr, headers: &HeaderMap) -> Result<(), Error> {
    let client = clients::address(peer.ip(), headers, &app.trusted_proxies);
    let admitted = app.limits.admit(clients::counted_as(client)).await;
    admitted.inspect_err(|_limited| app.metrics.rate_limited())
}
