//! What is done to feeds, whoever asks: programs over the API, or the owner on a page.

use std::time::Duration;

use calendars::Settings;
use chrono::Utc;
use database::calendars::{self as stored, Feed, NewFeed};
use domain::FeedId;
use front_desk::{FeedTimes, FrontDesk};

use super::{
    accommodation, channel, existing,
    manage::{FeedChange, Removed},
    settings::SettingsBody,
    today,
};
use crate::{app::App, error::Error};

/// The constraints that refuse a feed.
const ACCOMMODATION: &str = "calendar_feeds_accommodation_fkey";
const TWICE: &str = "calendar_feeds_url_key";

/// A feed, as it was asked for.
///
/// # Errors
/// [`Error::Invalid`] with the field that cannot be.
pub(crate) fn new_feed(
    app: &App,
    (place, of): (&str, &str),
    url: &str,
    settings: SettingsBody,
) -> Result<NewFeed, Error> {
    Ok(NewFeed {
        id: FeedId::generate(),
        accommodation_id: accommodation(place)?,
        channel: channel(of)?,
        url: link(app, url)?,
        settings: settings.applied_to(Settings::default())?,
        at: Utc::now(),
    })
}

/// Adds a feed, and begins to read it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] when the accommodation has one with this link.
pub(crate) async fn begin_reading(app: &App, new: &NewFeed) -> Result<Feed, Error> {
    let added = stored::add(&app.database()?, new).await.map_err(refused)?;
    if let Ok(desk) = app.desk() {
        schedule(&desk, &added).await;
        begin(&desk, added.id).await;
    }
    Ok(added)
}

/// Changes a feed.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`]; [`Error::Conflict`].
pub(crate) async fn changed(app: &App, id: &str, body: FeedChange) -> Result<Feed, Error> {
    let database = app.database()?;
    let feed = existing(&database, id).await?;
    let settings = body.settings.map(|it| it.applied_to(feed.settings.clone()));
    let settings = settings.transpose()?;
    let url = body.url.map(|url| link(app, &url)).transpose()?;
    let is_read_anew = settings.is_some() || url.is_some() || body.paused == Some(false);
    if let Some(url) = url {
        let today = today(&database, feed.accommodation_id).await?;
        let replaced = (&url, body.release_blocks);
        stored::replace_url(&database, feed.id, replaced, today, Utc::now())
            .await
            .map_err(refused)?;
        if body.release_blocks {
            tell_those_who_wait(app).await;
        }
    }
    if let Some(settings) = settings {
        stored::set_settings(&database, feed.id, &settings).await?;
    }
    if let Some(paused) = body.paused {
        stored::set_paused(&database, feed.id, paused).await?;
    }
    let changed = existing(&database, id).await?;
    if let Ok(desk) = app.desk() {
        schedule(&desk, &changed).await;
        if is_read_anew {
            begin(&desk, changed.id).await;
        }
    }
    Ok(changed)
}

/// Removes a feed. Whether its nights are free then must be said.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] when it was not said.
pub(crate) async fn removed(app: &App, id: &str, release: Option<bool>) -> Result<Removed, Error> {
    let database = app.database()?;
    let feed = existing(&database, id).await?;
    let today = today(&database, feed.accommodation_id).await?;
    let blocks = stored::count_blocks(&database, feed.id, today).await?;
    let released = release.ok_or_else(|| {
        Error::invalid(
            "release_blocks",
            "answer_needed",
            format!("release its {blocks} blocks? Say true, and their nights are free, or false"),
        )
    })?;
    stored::remove(&database, feed.id, released, today, Utc::now()).await?;
    if released {
        tell_those_who_wait(app).await;
    }
    if let Ok(desk) = app.desk()
        && let Err(error) = desk.unschedule_feed(feed.id).await
    {
        tracing::warn!(feed.id = %feed.id, %error, "a feed's schedule is removed with the next round");
    }
    Ok(Removed {
        id: feed.id.to_string(),
        blocks,
        released,
    })
}

/// Says whether the nights that a feed suddenly left out are free.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] when nothing is held.
pub(crate) async fn answered(app: &App, id: &str, free: bool) -> Result<Feed, Error> {
    let database = app.database()?;
    let feed = existing(&database, id).await?;
    if feed.drop_since.is_none() {
        return Err(Error::Conflict {
            code: "no_drop",
            detail: "nothing of this feed is held; its status says so when there is".to_owned(),
        });
    }
    let today = today(&database, feed.accommodation_id).await?;
    stored::answer_drop(&database, feed.id, free, today, Utc::now()).await?;
    if free {
        tell_those_who_wait(app).await;
    }
    existing(&database, id).await
}

/// A link that may be fetched.
fn link(app: &App, text: &str) -> Result<secrecy::SecretString, Error> {
    let parsed = app.feeds.parse(text);
    parsed
        .map(|url| url.to_secret())
        .map_err(|error| Error::invalid("url", error.code(), error.to_string()))
}

fn refused(error: database::Error) -> Error {
    match error {
        database::Error::Conflict { rule } if rule == ACCOMMODATION => {
            Error::NotFound("accommodation")
        }
        database::Error::Conflict { rule } if rule == TWICE => Error::Conflict {
            code: "feed_exists",
            detail: "the accommodation has a feed with this link".to_owned(),
        },
        other => other.into(),
    }
}

/// What a round would do as well, without waiting for it.
async fn schedule(desk: &FrontDesk, feed: &Feed) {
    let times = FeedTimes {
        feed: feed.id,
        every: Duration::from_secs(u64::from(feed.settings.interval_minutes) * 60),
        paused: feed.paused,
    };
    if let Err(error) = desk.schedule_feed(times).await {
        tracing::warn!(feed.id = %feed.id, %error, "a feed is scheduled with the next round");
    }
}

/// Nights may have come free for which somebody waits.
async fn tell_those_who_wait(app: &App) {
    let told = match app.desk() {
        Ok(desk) => desk.nights_came_free().await.map_err(Error::from),
        Err(error) => Err(error),
    };
    if let Err(error) = told {
        tracing::warn!(%error, "who waits for nights hears of them with the next reading of a calendar");
    }
}

async fn begin(desk: &FrontDesk, feed: FeedId) {
    if let Err(error) = desk.begin_sync(feed).await {
        tracing::warn!(feed.id = %feed, %error, "a feed is read when its schedule says");
    }
}
