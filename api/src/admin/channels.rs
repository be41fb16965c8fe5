//! Other channels: the calendars that are read, the links that are given, and the nights that both sides sold.

mod adding;
mod conflict;
mod feed;
mod links;
mod words;

use askama::Template;
use axum::{extract::State, response::Response};
use calendars::{Channel, Status};
use chrono::{DateTime, TimeDelta, Utc};
use database::{
    Database, Page, accommodations,
    calendars::{self as stored, Conflict, Feed},
    exports,
};
use domain::{AccommodationId, Role};
use feed_fetcher::FeedUrl;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use std::collections::HashMap;

pub(super) use adding::{add, form, preview};
pub(super) use conflict::{decide, show as show_conflict};
pub(super) use feed::{
    answer_drop, change, pause, read_now, remove, replace_address, show as show_feed,
};
pub(super) use links::{create, replace, revoke};

use super::{
    access::ReadOnly,
    chrome::{Section, Shell, page},
};
use crate::{app::App, error::Error, extract::Query};
use words::ChannelWords;

/// More calendars, or links, than this nobody has.
const MOST: u32 = 200;

/// Whose calendars can be read.
const CHANNELS: [Channel; 5] = [
    Channel::Airbnb,
    Channel::Booking,
    Channel::Vrbo,
    Channel::Google,
    Channel::Other,
];

#[derive(Template)]
#[template(path = "admin/channels.html")]
struct ChannelsPage {
    shell: Shell,
    w: &'static ChannelWords,
    places: Vec<Place>,
    conflicts: Vec<ConflictRow>,
    problem: Option<String>,
}

struct Place {
    id: String,
    name: String,
    feeds: Vec<FeedRow>,
    links: Vec<links::Row>,
    /// Channels without a link: the word, and the name.
    without: Vec<(&'static str, &'static str)>,
}

struct FeedRow {
    id: String,
    channel: &'static str,
    address: String,
    status: &'static str,
    tone: &'static str,
    age: String,
    problem: Option<&'static str>,
}

struct ConflictRow {
    id: i64,
    place: String,
    nights: String,
    sides: String,
    since: String,
    is_acknowledged: bool,
    tone: &'static str,
}

/// What the address says was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    pub(super) done: String,
    pub(super) page: String,
}

/// Shows them all, by accommodation.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn list(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Query(query): Query<Done>,
) -> Result<Response, Error> {
    let shell = Shell::new(&app.database()?, me, Section::Channels)
        .await?
        .saying(&query.done);
    page(&load(&app, shell, None).await?)
}

async fn load(app: &App, shell: Shell, problem: Option<String>) -> Result<ChannelsPage, Error> {
    let (database, now, w) = (app.database()?, Utc::now(), ChannelWords::of(shell.t));
    let found = accommodations::all(&database).await?;
    let feeds = stored::list(&database, None, Page::first(MOST)).await?;
    let given = exports::list(&database, None, Page::first(MOST)).await?;
    let conflicts = open_conflicts(&database).await?;
    let places = found
        .iter()
        .map(|it| {
            let id = it.accommodation.id;
            let links: Vec<_> = given
                .iter()
                .filter(|link| link.accommodation_id == id)
                .map(|link| links::row(app, &shell, link, now))
                .collect();
            Place {
                id: id.to_string(),
                name: it.accommodation.name.clone(),
                feeds: feeds
                    .iter()
                    .filter(|feed| feed.accommodation_id == id)
                    .map(|feed| row(&shell, feed, now))
                    .collect(),
                without: links::choices(&shell)
                    .filter(|(_, name)| links.iter().all(|link| link.channel != *name))
                    .collect(),
                links,
            }
        })
        .collect();
    let named: HashMap<_, _> = found
        .iter()
        .map(|it| (it.accommodation.id, it.accommodation.name.as_str()))
        .collect();
    Ok(ChannelsPage {
        places,
        conflicts: conflicts
            .iter()
            .map(|it| conflict_row(&shell, it, &named, &feeds, now))
            .collect(),
        problem,
        w,
        shell,
    })
}

async fn open_conflicts(database: &Database) -> Result<Vec<Conflict>, Error> {
    let mut found = stored::conflicts(database, None, Some("open"), Page::first(MOST)).await?;
    found.extend(stored::conflicts(database, None, Some("acknowledged"), Page::first(MOST)).await?);
    Ok(found)
}

fn row(shell: &Shell, feed: &Feed, now: DateTime<Utc>) -> FeedRow {
    let (t, w) = (shell.t, ChannelWords::of(shell.t));
    let (status, tone) = told(shell, feed);
    FeedRow {
        id: feed.id.to_string(),
        channel: w.name(t, feed.channel),
        address: FeedUrl::masked(feed.url.expose_secret()),
        age: feed
            .last_good_at
            .map_or_else(|| w.never.to_owned(), |at| shell.format().ago(at, now)),
        problem: feed
            .last_error
            .as_deref()
            .filter(|_| matches!(feed.status, Status::Failing | Status::NeedsAttention))
            .map(|code| w.problem(t, code)),
        status,
        tone,
    }
}

/// How a feed goes, in a word and its colour.
fn told(shell: &Shell, feed: &Feed) -> (&'static str, &'static str) {
    if feed.paused {
        return (shell.t.pick("En pausa", "Paused"), "calm");
    }
    ChannelWords::of(shell.t).status(shell.t, feed.status)
}

/// When a feed is read next, as far as the clock says.
fn next_try(feed: &Feed) -> Option<DateTime<Utc>> {
    let by_clock = feed.last_try_at? + TimeDelta::minutes(feed.settings.interval_minutes.into());
    Some(feed.next_try_at.map_or(by_clock, |at| at.max(by_clock)))
}

fn conflict_row(
    shell: &Shell,
    found: &Conflict,
    named: &HashMap<AccommodationId, &str>,
    feeds: &[Feed],
    now: DateTime<Utc>,
) -> ConflictRow {
    let channel = feeds
        .iter()
        .find(|feed| feed.id == found.feed)
        .map_or(Channel::Other, |feed| feed.channel);
    let other = feeds
        .iter()
        .find(|feed| feed.id.to_string() == found.against)
        .map(|feed| ChannelWords::of(shell.t).name(shell.t, feed.channel));
    ConflictRow {
        id: found.id,
        place: named
            .get(&found.accommodation_id)
            .map_or_else(String::new, |name| (*name).to_owned()),
        nights: nights(shell, &found.nights),
        sides: format!(
            "{} ↔ {}",
            ChannelWords::of(shell.t).name(shell.t, channel),
            other.unwrap_or(&found.against)
        ),
        since: shell.format().ago(found.first_seen, now),
        is_acknowledged: found.state == "acknowledged",
        tone: match found.severity.as_str() {
            "critical" => "bad",
            "warning" => "warn",
            _ => "info",
        },
    }
}

/// `vie 15/01 → dom 17/01`, for every range.
fn nights(shell: &Shell, nights: &calendars::NightSet) -> String {
    let format = shell.format();
    let ranges: Vec<_> = nights
        .ranges()
        .iter()
        .map(|it| format!("{} → {}", format.day(it.from()), format.day(it.to())))
        .collect();
    ranges.join(", ")
}

impl ChannelsPage {
    fn owns(&self) -> bool {
        self.shell.may(Role::Owner)
    }
}
