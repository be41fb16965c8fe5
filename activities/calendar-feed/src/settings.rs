//! What a reading depends on besides the bytes: the place, the day, and what the owner has set.

use std::time::Duration;

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use chrono_tz::Tz;
use regex::{Regex, RegexBuilder};

/// Everything that decides which nights a feed takes.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The accommodation's own time zone: its nights are counted in it.
    pub zone: Tz,
    /// The moment of reading. It decides which night is today's, and nothing else.
    pub now: DateTime<Utc>,
    /// The nights that are kept; longer blocks are clipped.
    pub window: Window,
    /// The part after the `@` of the UIDs that we publish: such events are ours and are not imported.
    pub feed_domain: String,
    /// Who publishes the feed.
    pub channel: Channel,
    /// Whether `STATUS:TENTATIVE` takes nights.
    pub tentative_blocks: bool,
    /// Whether an all-day event takes nights although it is marked as free.
    pub free_all_day_blocks: bool,
    /// Whether nights that a channel closes by a booking rule are taken.
    pub rule_blocks: bool,
    /// Events that the owner does not want to see, by their summary.
    pub ignore_summary: Option<IgnoreSummary>,
    /// How much a feed may cost.
    pub limits: Limits,
}

impl Settings {
    /// The settings of a new source: everything that looks taken is taken.
    #[must_use]
    pub fn new(zone: Tz, now: DateTime<Utc>, feed_domain: impl Into<String>) -> Self {
        Self {
            zone,
            now,
            window: Window::around(now.with_timezone(&zone).date_naive()),
            feed_domain: feed_domain.into(),
            channel: Channel::Other,
            tentative_blocks: true,
            free_all_day_blocks: true,
            rule_blocks: true,
            ignore_summary: None,
            limits: Limits::default(),
        }
    }

    /// The date at the accommodation.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.zone).date_naive()
    }
}

/// Nights from `from` up to and without `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first night that is kept.
    pub from: NaiveDate,
    /// The first night that is no longer kept.
    pub until: NaiveDate,
}

impl Window {
    /// From 30 days ago to 24 months ahead.
    #[must_use]
    pub fn around(today: NaiveDate) -> Self {
        Self {
            from: today.checked_sub_days(Days::new(30)).unwrap_or(today),
            until: today
                .checked_add_months(Months::new(24))
                .unwrap_or(NaiveDate::MAX),
        }
    }
}

/// Who publishes a feed.
///
/// It helps to tell what kind of block an event is, and never decides whether nights are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Airbnb.
    Airbnb,
    /// Booking.com.
    Booking,
    /// Vrbo, `HomeAway`, Abritel, `FeWo`, Expedia.
    Vrbo,
    /// Google Calendar.
    Google,
    /// A property manager or anybody else.
    Other,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Airbnb,
        Self::Booking,
        Self::Vrbo,
        Self::Google,
        Self::Other,
    ];

    /// Its name for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Airbnb => "airbnb",
            Self::Booking => "booking",
            Self::Vrbo => "vrbo",
            Self::Google => "google",
            Self::Other => "other",
        }
    }
}

impl std::str::FromStr for Channel {
    type Err = UnknownChannel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.as_str() == text)
            .ok_or(UnknownChannel)
    }
}

/// The text names no channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a channel is airbnb, booking, vrbo, google or other")]
pub struct UnknownChannel;

/// Events that are left out because the owner said so.
#[derive(Clone, Debug)]
pub struct IgnoreSummary {
    pattern: Regex,
    /// Whether only events with a time of day are left out: the markers `Check-in` and `Check-out` of
    /// some property managers are timed, and the stay between them is not.
    pub timed_only: bool,
}

impl IgnoreSummary {
    /// Reads a regular expression; the case of letters does not matter.
    ///
    /// # Errors
    ///
    /// When it is none, or would be too large.
    pub fn parse(pattern: &str, timed_only: bool) -> Result<Self, InvalidPattern> {
        let pattern = RegexBuilder::new(pattern)
            .case_insensitive(true)
            .size_limit(64 * 1024)
            .build()
            .map_err(|error| InvalidPattern(Box::new(error)))?;
        Ok(Self {
            pattern,
            timed_only,
        })
    }

    pub(crate) fn covers(&self, summary: &str, is_timed: bool) -> bool {
        (is_timed || !self.timed_only) && self.pattern.is_match(summary)
    }
}

/// The pattern of [`IgnoreSummary`] cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the pattern is no regular expression, or is too large")]
pub struct InvalidPattern(#[source] Box<regex::Error>);

/// How much reading one feed may cost before the run fails.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the body, after decompression.
    pub body_bytes: usize,
    /// Events in the feed.
    pub events: usize,
    /// Occurrences of one event in the window.
    pub occurrences_in_window: usize,
    /// Occurrences generated for one event, from its start on.
    pub occurrences_generated: usize,
    /// Time of the processor for all of it.
    pub cpu_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // The contract's 8 MiB and 20,000 events are less than the 50,000 events that have to be read;
            // `make bench-calendar` shows what they cost.
            body_bytes: 32 * 1024 * 1024,
            events: 50_000,
            occurrences_in_window: 1_000,
            occurrences_generated: 60_000,
            cpu_time: Duration::from_secs(5),
        }
    }
}
