//! A feed as operators see it. Its link is a secret, and is shown masked.

use chrono::{DateTime, Utc};
use database::calendars::Feed;
use feed_fetcher::FeedUrl;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;

use super::settings::SettingsView;

/// A calendar of another channel that is read for one accommodation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedView {
    /// Its name for machines.
    #[schema(example = "feed_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b")]
    id: String,
    /// For which accommodation.
    accommodation_id: String,
    /// `airbnb`, `booking`, `vrbo`, `google` or `other`.
    #[schema(example = "airbnb")]
    channel: &'static str,
    /// Where it is read, without its secret.
    #[schema(example = "https://www.airbnb.com/…1a2b")]
    url: String,
    /// `new`, `ok`, `failing`, `needs_attention` (paste a new link), `suspicious_drop` (say whether the nights are
    /// free) or `paused`.
    #[schema(example = "ok")]
    status: &'static str,
    /// How old what it told us is, in seconds; since it was added while it was never read.
    age_seconds: i64,
    /// The last try.
    last_try_at: Option<DateTime<Utc>>,
    /// The last try that brought an answer.
    last_good_at: Option<DateTime<Utc>>,
    /// It is not tried before, after failures.
    next_try_at: Option<DateTime<Utc>>,
    /// How many tries failed in a row.
    failures: u32,
    /// What the last failure was.
    #[schema(example = "not_a_calendar")]
    last_error: Option<String>,
    /// Since when too much is missing at once: nothing is freed.
    drop_since: Option<DateTime<Utc>>,
    /// You said that what is missing is still taken.
    drop_kept: bool,
    /// What is decided for it.
    settings: SettingsView,
    /// When it was added.
    created_at: DateTime<Utc>,
}

impl From<Feed> for FeedView {
    fn from(feed: Feed) -> Self {
        let known_since = feed.last_good_at.unwrap_or(feed.created_at);
        Self {
            id: feed.id.to_string(),
            accommodation_id: feed.accommodation_id.to_string(),
            channel: feed.channel.as_str(),
            url: FeedUrl::masked(feed.url.expose_secret()),
            status: if feed.paused {
                "paused"
            } else {
                feed.status.as_str()
            },
            age_seconds: (Utc::now() - known_since).num_seconds(),
            last_try_at: feed.last_try_at,
            last_good_at: feed.last_good_at,
            next_try_at: feed.next_try_at,
            failures: feed.failures,
            last_error: feed.last_error,
            drop_since: feed.drop_since,
            drop_kept: feed.keep_dropped,
            settings: feed.settings.into(),
            created_at: feed.created_at,
        }
    }
}
