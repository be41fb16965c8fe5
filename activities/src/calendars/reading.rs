//! One run of a feed: whether it is time, what the channel answers, and what is written down.

use ::calendars::{Channel, Settings};
use chrono::{DateTime, TimeDelta, Utc};
use database::{
    Database, accommodations,
    calendars::{self, Feed, Fetched, NewRun, Report},
    exports,
};
use domain::{Accommodation, AccommodationId};
use feed_fetcher::{Answer, Error, Fetcher, Validators};
use secrecy::{ExposeSecret as _, SecretString};
use temporalio_sdk::activities::ActivityError;
use workflows::contracts::calendars::{Displaced, FeedRun, ReadFeed, RunMade};

use super::{CalendarSettings, snapshot};
use crate::{
    World,
    failure::{missing, of_database},
};

/// At least so often the whole is asked for: some channels say for ever that nothing changed.
const WHOLE_EVERY: TimeDelta = TimeDelta::hours(24);

/// A run that comes this much before its time is on time: schedules have jitter.
const SLACK: TimeDelta = TimeDelta::minutes(1);

/// Reads feeds.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub(super) database: Database,
    fetcher: Fetcher,
    pub(super) settings: CalendarSettings,
}

impl Reader {
    pub(crate) fn new(world: &World) -> Self {
        Self {
            database: world.database.clone(),
            fetcher: world.fetcher.clone(),
            settings: world.calendars.clone(),
        }
    }

    /// Makes a run, once for each key.
    pub(super) async fn read(&self, read: ReadFeed) -> Result<FeedRun, ActivityError> {
        let feed = calendars::by_id(&self.database, read.feed)
            .await
            .map_err(of_database)?;
        let Some(feed) = feed.filter(|feed| feed.removed_at.is_none()) else {
            return Ok(FeedRun::Removed);
        };
        let made = calendars::made_before(&self.database, feed.id, &read.key).await;
        if let Some(report) = made.map_err(of_database)? {
            return Ok(FeedRun::Made(made_of(&feed, report)));
        }
        let now = Utc::now();
        let until = not_before(&feed, read.asked, self.settings.floor, now);
        if feed.paused || until.is_some() {
            return Ok(FeedRun::LeftAlone {
                until: until.filter(|_| !feed.paused),
                accommodation_id: feed.accommodation_id,
                displaced: self.recheck(feed.accommodation_id).await?,
            });
        }
        match self.run(&feed, read.key, now).await {
            Ok(report) => Ok(FeedRun::Made(made_of(&feed, report))),
            // It was removed while the channel was asked.
            Err(database::Error::NotFound { .. }) => Ok(FeedRun::Removed),
            Err(error) => Err(of_database(error)),
        }
    }

    /// Looks again for what is taken twice; the holds that have to give way.
    pub(super) async fn recheck(
        &self,
        accommodation: AccommodationId,
    ) -> Result<Vec<Displaced>, ActivityError> {
        let now = Utc::now();
        let place = accommodations::by_id(&self.database, accommodation).await;
        let place = place
            .map_err(of_database)?
            .ok_or_else(|| missing("accommodation"))?;
        let looked = calendars::recheck(&self.database, accommodation, place.today(now), now).await;
        Ok(displaced(looked.map_err(of_database)?.displaced))
    }

    /// Asks the channel and applies the answer, whatever it is.
    async fn run(
        &self,
        feed: &Feed,
        key: String,
        now: DateTime<Utc>,
    ) -> Result<Report, database::Error> {
        let place = self.place_of(feed).await?;
        let fetched = self.fetch(feed, &place, now).await;
        self.record(feed, &place, key, (fetched, now)).await
    }

    pub(super) async fn place_of(&self, feed: &Feed) -> Result<Accommodation, database::Error> {
        let place = accommodations::by_id(&self.database, feed.accommodation_id).await?;
        place.ok_or(database::Error::NotFound {
            what: "accommodation",
        })
    }

    /// Asks the channel.
    pub(super) async fn fetch(
        &self,
        feed: &Feed,
        place: &Accommodation,
        now: DateTime<Utc>,
    ) -> Fetched {
        let source = Source {
            url: &feed.url,
            channel: feed.channel,
            settings: &feed.settings,
            known: validators(feed, now),
        };
        self.ask(source, place, now).await
    }

    /// Applies what it answered to the question of that moment.
    pub(super) async fn record(
        &self,
        feed: &Feed,
        place: &Accommodation,
        key: String,
        (fetched, asked_at): (Fetched, DateTime<Utc>),
    ) -> Result<Report, database::Error> {
        let run = NewRun {
            feed: feed.id,
            edition: feed.edition,
            key,
            at: asked_at,
            today: place.today(asked_at),
            fetched,
            served: exports::served(&self.database, feed.id, asked_at).await?,
        };
        let report = calendars::record(&self.database, &run).await?;
        tracing::info!(
            feed.id = %feed.id,
            feed.channel = feed.channel.as_str(),
            outcome = report.outcome,
            error = report.error,
            added = report.added,
            changed = report.changed,
            released = report.released,
            "a calendar was read"
        );
        Ok(report)
    }

    /// Asks a channel, and reads what it answers.
    pub(super) async fn ask(
        &self,
        source: Source<'_>,
        place: &Accommodation,
        now: DateTime<Utc>,
    ) -> Fetched {
        let url = match self.fetcher.policy().parse(source.url.expose_secret()) {
            Ok(url) => url,
            // What may be fetched was configured anew since the link was taken.
            Err(error) => return failed(error.code(), false, None),
        };
        match self.fetcher.fetch(&url, &source.known).await {
            Ok(Answer::NotModified) => Fetched::NotModified,
            Ok(Answer::Body(body)) => {
                let domain = &self.settings.feed_domain;
                let reading =
                    snapshot::settings(source.settings, source.channel, place, domain, now);
                understood(body, reading).await
            }
            Err(error) => failure(&error),
        }
    }
}

/// Where a calendar is, and how it is read.
pub(super) struct Source<'a> {
    pub(super) url: &'a SecretString,
    pub(super) channel: Channel,
    pub(super) settings: &'a Settings,
    /// What the request is made conditional on.
    pub(super) known: Validators,
}

/// Reads a body off the threads that serve others.
async fn understood(body: feed_fetcher::Fetched, settings: calendar_feed::Settings) -> Fetched {
    let bytes = body.bytes;
    let read = tokio::task::spawn_blocking(move || {
        let read = calendar_feed::read(&bytes, &settings);
        (read, bytes)
    });
    match read.await {
        Ok((Ok(read), bytes)) => Fetched::Snapshot {
            snapshot: snapshot::taken(&read),
            body: bytes,
            etag: body.validators.etag,
            last_modified: body.validators.last_modified,
            counted: snapshot::counted(&read),
            warnings: snapshot::warnings(&read, body.moved_to.as_deref()),
        },
        Ok((Err(error), _)) => failed(error.code(), false, None),
        Err(_panicked) => failed("panicked", false, None),
    }
}

fn failure(error: &Error) -> Fetched {
    let retry_after = error.retry_after();
    let retry_after = retry_after.and_then(|wait| TimeDelta::from_std(wait).ok());
    failed(error.code(), error.needs_attention(), retry_after)
}

fn failed(error: &str, needs_attention: bool, retry_after: Option<TimeDelta>) -> Fetched {
    Fetched::Failed {
        error: error.to_owned(),
        needs_attention,
        retry_after,
    }
}

/// The conditions of a request; none when the whole was not read for a day.
fn validators(feed: &Feed, now: DateTime<Utc>) -> Validators {
    let is_due = feed
        .read_whole_at
        .is_none_or(|read| now - read >= WHOLE_EVERY);
    if is_due {
        return Validators::default();
    }
    Validators {
        etag: feed.etag.clone(),
        last_modified: feed.last_modified.clone(),
    }
}

/// Until when the channel is left alone, if it is.
fn not_before(
    feed: &Feed,
    asked: bool,
    floor: TimeDelta,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let was_asked_to_wait = feed.last_error.as_deref() == Some("busy");
    let after_failures = match (asked, was_asked_to_wait) {
        (_, true) => feed.next_try_at,
        (false, false) => feed.next_try_at.map(|at| at - SLACK),
        // Whoever asks may have mended it.
        (true, false) => None,
    };
    let after_the_last = feed.last_try_at.map(|last| last + floor);
    let until = after_failures.into_iter().chain(after_the_last).max()?;
    (until > now).then_some(until)
}

fn made_of(feed: &Feed, report: Report) -> RunMade {
    RunMade {
        accommodation_id: feed.accommodation_id,
        outcome: report.outcome,
        error: report.error,
        added: report.added,
        changed: report.changed,
        released: report.released,
        waiting: report.waiting,
        held: report.held,
        displaced: displaced(report.displaced),
    }
}

fn displaced(found: Vec<::calendars::Displaced>) -> Vec<Displaced> {
    let told = |::calendars::Displaced { code, stay }| Displaced { code, stay };
    found.into_iter().map(told).collect()
}
