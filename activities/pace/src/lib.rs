#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

use std::time::Duration;

use redis::{
    Client, ErrorKind, RedisError, Script, aio::ConnectionManager, aio::ConnectionManagerConfig,
};
use tokio::time::timeout;

/// How long Redis may take before it counts as away.
const PATIENCE: Duration = Duration::from_millis(250);

/// Takes a turn in every limit, or in none and answers for how long there is none, in microseconds.
///
/// Each key holds when the next event would be due if they came evenly. An event may be early by as much as
/// the burst allows. The clock is Redis' own, so that workers need not agree on theirs.
const TAKE: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local wait, due = 0, {}
for position, key in ipairs(KEYS) do
    local interval, burst = tonumber(ARGV[2 * position - 1]), tonumber(ARGV[2 * position])
    local next_due = math.max(tonumber(redis.call('GET', key) or now), now)
    wait = math.max(wait, next_due - now - interval * (burst - 1))
    due[position] = next_due + interval
end
if wait > 0 then
    return math.ceil(wait)
end
for position, key in ipairs(KEYS) do
    local left = math.ceil((due[position] - now) / 1000)
    redis.call('SET', key, string.format('%.0f', due[position]), 'PX', math.max(left, 1))
end
return 0
";

/// What the platform allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// So many messages to one guest at once.
    pub pair_burst: u32,
    /// One more after each of these.
    pub pair_interval: Duration,
    /// So many messages a second to all guests together.
    pub per_second: u32,
}

impl Default for Rates {
    /// The platform's limits. Of its 80 messages a second, which count what comes in as well, half are ours.
    fn default() -> Self {
        Self {
            pair_burst: 45,
            pair_interval: Duration::from_secs(6),
            per_second: 40,
        }
    }
}

/// Who goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// A guest waits for it.
    Answer,
    /// Nobody has asked for it.
    Notice,
}

/// Whether a message may go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It may, and counts.
    Now,
    /// Not before this has passed; nothing is counted.
    In(Duration),
    /// Redis is away: it may, and nobody counts.
    Unpaced,
}

/// Redis' address cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the address of Redis cannot be read; it looks like redis://host:6379")]
pub struct InvalidAddress(#[source] RedisError);

/// The turns of one business number. Cheap to clone.
#[derive(Clone)]
pub struct Pace {
    redis: ConnectionManager,
    take: Script,
    number: String,
    rates: Rates,
}

impl std::fmt::Debug for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pace")
            .field("rates", &self.rates)
            .finish_non_exhaustive()
    }
}

impl Pace {
    /// Turns counted in the Redis at `url`, which need not be there yet, for the number of this name.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn new(url: &str, number: &str, rates: Rates) -> Result<Self, InvalidAddress> {
        let client = Client::open(url).map_err(InvalidAddress)?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        Ok(Self {
            redis: ConnectionManager::new_lazy_with_config(client, config)
                .map_err(InvalidAddress)?,
            take: Script::new(TAKE),
            number: number.to_owned(),
            rates,
        })
    }

    /// Asks for a turn to write to a guest, by whatever name they have here.
    pub async fn take(&self, guest: &str, urgency: Urgency) -> Turn {
        let Rates {
            pair_burst,
            pair_interval,
            per_second,
        } = self.rates;
        let per_second = per_second.max(1);
        let second = Duration::from_secs(1)
            .checked_div(per_second)
            .unwrap_or_default();
        let mut take = self.take.prepare_invoke();
        take.key(format!("pace:{}:{guest}", self.number))
            .arg(micros(pair_interval))
            .arg(urgency.share_of(pair_burst))
            .key(format!("pace:{}", self.number))
            .arg(micros(second))
            .arg(urgency.share_of(per_second));
        let mut redis = self.redis.clone();
        let asked = timeout(PATIENCE * 2, take.invoke_async::<u64>(&mut redis)).await;
        match asked.unwrap_or_else(|_elapsed| Err(no_answer())) {
            Ok(0) => Turn::Now,
            Ok(wait) => Turn::In(Duration::from_micros(wait)),
            Err(error) => {
                tracing::warn!(%error, "redis is away, messages are sent without waiting for their turn");
                Turn::Unpaced
            }
        }
    }
}

impl Urgency {
    /// How much of a burst it may use up.
    const fn share_of(self, burst: u32) -> u32 {
        let share = match self {
            Self::Answer => burst,
            Self::Notice => burst - burst / 4,
        };
        if share == 0 { 1 } else { share }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn no_answer() -> RedisError {
    RedisError::from((ErrorKind::Io, "no answer in time"))
}
