//! A calendar to be read: tried first, so that somebody sees what it would take before it does.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use database::accommodations;
use feed_fetcher::FeedUrl;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::json;

use super::{CHANNELS, words::ChannelWords};
use crate::{
    admin::{
        access::{Owner, SignedIn},
        chrome::{Fields, Section, Shell, page, refused},
    },
    app::App,
    error::Error,
    extract::Query,
    feeds::{self, PreviewView, SettingsBody},
};

#[derive(Template)]
#[template(path = "admin/channel_add.html")]
struct AddPage {
    shell: Shell,
    w: &'static ChannelWords,
    places: Vec<(String, String)>,
    wish: Wish,
    found: Option<Found>,
    problem: Option<String>,
}

struct Found {
    nights: u64,
    blocks: Vec<(String, &'static str)>,
    more: bool,
    clashes: Vec<Clash>,
    odd: usize,
}

struct Clash {
    code: String,
    dates: String,
    status: String,
}

/// How many ranges are shown.
const SHOWN: usize = 12;

/// A calendar that somebody wants read.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Wish {
    accommodation: String,
    channel: String,
    url: String,
}

/// The link is a secret.
impl std::fmt::Debug for Wish {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wish").finish_non_exhaustive()
    }
}

impl AddPage {
    fn channels(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        CHANNELS
            .map(|it| (it.as_str(), self.w.name(self.shell.t, it)))
            .into_iter()
    }

    fn is(&self, one: &str, other: &str) -> bool {
        one == other
    }
}

/// Asks for one.
///
/// # Errors
/// When the database does not answer.
pub(in crate::admin) async fn form(
    Owner(me): Owner,
    State(app): State<App>,
    Query(mut wish): Query<Wish>,
) -> Result<Response, Error> {
    // A secret has no business in an address.
    wish.url.clear();
    page(&load(&app, me, wish, None, None).await?)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    wish: Wish,
    found: Option<PreviewView>,
    problem: Option<String>,
) -> Result<AddPage, Error> {
    let database = app.database()?;
    let places = accommodations::all(&database).await?;
    let shell = Shell::new(&database, me, Section::Channels).await?;
    Ok(AddPage {
        w: ChannelWords::of(shell.t),
        places: places
            .into_iter()
            .map(|it| (it.accommodation.id.to_string(), it.accommodation.name))
            .collect(),
        found: found.map(|it| told(&shell, &it)),
        wish,
        problem,
        shell,
    })
}

fn told(shell: &Shell, found: &PreviewView) -> Found {
    let (t, w, format) = (shell.t, ChannelWords::of(shell.t), shell.format());
    let dates = |from, to| format!("{} → {}", format.full_day(from), format.full_day(to));
    Found {
        nights: found.nights,
        blocks: found
            .blocks
            .iter()
            .take(SHOWN)
            .map(|it| (dates(it.check_in, it.check_out), kind(t, w, &it.kind)))
            .collect(),
        more: found.blocks.len() > SHOWN,
        clashes: found
            .clashes
            .iter()
            .map(|it| Clash {
                code: it.code.clone(),
                dates: dates(it.check_in, it.check_out),
                status: it
                    .status
                    .parse()
                    .map_or_else(|_unknown| it.status.clone(), |it| t.status(it).to_owned()),
            })
            .collect(),
        odd: found.warnings.as_array().map_or(0, Vec::len),
    }
}

fn kind(t: &super::super::words::Words, w: &ChannelWords, kind: &str) -> &'static str {
    match kind {
        "reservation" => w.kind(t, "reservation"),
        "hold" => w.kind(t, "hold"),
        "rule" => w.kind(t, "rule"),
        "block" => w.kind(t, "block"),
        _ => w.kind(t, "unknown"),
    }
}

/// Reads it once, and shows what it would take.
///
/// # Errors
/// When the database does not answer.
pub(in crate::admin) async fn preview(
    Owner(me): Owner,
    State(app): State<App>,
    Fields(wish): Fields<Wish>,
) -> Result<Response, Error> {
    let looked = match wish.read(&app) {
        Ok(new) => feeds::look(&app, &new).await,
        Err(error) => Err(error),
    };
    match looked {
        Ok(found) => page(&load(&app, me, wish, Some(found), None).await?),
        Err(error) => {
            let problem = why(&me, error)?;
            refused(&load(&app, me, wish, None, Some(problem)).await?)
        }
    }
}

/// Reads it from now on.
///
/// # Errors
/// When the database does not answer.
pub(in crate::admin) async fn add(
    Owner(me): Owner,
    State(app): State<App>,
    Fields(wish): Fields<Wish>,
) -> Result<Response, Error> {
    let added = match wish.read(&app) {
        Ok(new) => {
            let what = json!({
                "accommodation": new.accommodation_id,
                "channel": new.channel.as_str(),
                "address": FeedUrl::masked(new.url.expose_secret()),
            });
            me.asks(&app, "feed.add", new.id.to_string(), what).await?;
            feeds::begin_reading(&app, &new).await
        }
        Err(error) => Err(error),
    };
    match added {
        Ok(feed) => {
            let there = format!("/admin/channels/{}?done=feed_added", feed.id);
            Ok(Redirect::to(&there).into_response())
        }
        Err(error) => {
            let problem = why(&me, error)?;
            refused(&load(&app, me, wish, None, Some(problem)).await?)
        }
    }
}

impl Wish {
    fn read(&self, app: &App) -> Result<database::calendars::NewFeed, Error> {
        let place = (self.accommodation.as_str(), self.channel.as_str());
        feeds::new_feed(app, place, self.url.trim(), SettingsBody::default())
    }
}

/// What is wrong, in the words of the page. Other errors are not this page's to tell.
pub(super) fn why(me: &SignedIn, error: Error) -> Result<String, Error> {
    let (t, w) = (me.words(), ChannelWords::of(me.words()));
    match error {
        Error::Invalid { field, .. } if field == "settings" => Ok(w.unsettled.to_owned()),
        Error::Invalid { field, .. } if field.starts_with("settings.") => {
            Ok(w.pattern_invalid.to_owned())
        }
        Error::Invalid { field, .. } if field == "release_blocks" => Ok(w.remove_needed.to_owned()),
        Error::Invalid { code, .. } => Ok(w.problem(t, code).to_owned()),
        Error::Conflict {
            code: "feed_exists",
            ..
        } => Ok(w.exists.to_owned()),
        Error::Conflict {
            code: "no_stay_of_ours",
            ..
        } => Ok(w.no_stay_of_ours.to_owned()),
        Error::Conflict {
            code: "conflict_resolved",
            ..
        } => Ok(w.over.to_owned()),
        Error::Conflict { .. } => Ok(t.not_possible.to_owned()),
        error => t.why_not(error),
    }
}
