//! One calendar that is read: how it goes, what it says, and what the owner decides for it.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::Utc;
use database::{
    Page, accommodations,
    calendars::{self as stored, Feed, Run, StoredBlock},
};
use domain::Role;
use feed_fetcher::FeedUrl;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Done, adding::why, next_try, nights, told, words::ChannelWords};
use crate::{
    admin::{
        access::{Owner, ReadOnly, SignedIn, Staff},
        chrome::{Fields, Section, Shell, page, refused},
    },
    app::App,
    error::Error,
    extract::Query,
    feeds::{self, FeedChange, SettingsBody},
    paging::{PageQuery, Wanted},
};

/// How many readings are shown.
const RUNS: u32 = 8;

#[derive(Template)]
#[template(path = "admin/feed.html")]
struct FeedPage {
    shell: Shell,
    w: &'static ChannelWords,
    id: String,
    channel: &'static str,
    place: String,
    address: String,
    status: &'static str,
    tone: &'static str,
    paused: bool,
    facts: Vec<(&'static str, String)>,
    problem_of_feed: Option<&'static str>,
    /// Since when too much is missing, and whether that was answered.
    drop: Option<(String, bool)>,
    settings: Settings,
    runs: Vec<RunRow>,
    blocks: Vec<BlockRow>,
    page: u32,
    has_more: bool,
    problem: Option<String>,
}

struct RunRow {
    at: String,
    outcome: String,
    why: Option<&'static str>,
    changes: String,
    failed: bool,
}

struct BlockRow {
    nights: String,
    kind: String,
    summary: Option<String>,
    note: Option<&'static str>,
}

/// The settings, as the form says them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Settings {
    interval: String,
    fresh: String,
    drop_hold: String,
    rule_blocks: String,
    tentative_blocks: String,
    free_all_day_blocks: String,
    ignore_summary: String,
}

impl FeedPage {
    fn owns(&self) -> bool {
        self.shell.may(Role::Owner)
    }
}

/// Shows it.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn show(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<Done>,
) -> Result<Response, Error> {
    let part = PageQuery::numbered(&query.page).wanted()?;
    page(&load(&app, me, &id, part, &query.done, None).await?)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    id: &str,
    part: Wanted,
    done: &str,
    problem: Option<String>,
) -> Result<FeedPage, Error> {
    let database = app.database()?;
    let feed = feeds::existing(&database, id).await?;
    let place = accommodations::by_id(&database, feed.accommodation_id).await?;
    let runs = stored::runs(&database, feed.id, Page::first(RUNS)).await?;
    let found = stored::blocks(&database, feed.id, part.rows()).await?;
    let shell = Shell::new(&database, me, Section::Channels)
        .await?
        .saying(done);
    let (blocks, has_more) = part.cut(found);
    let (status, tone) = told(&shell, &feed);
    let w = ChannelWords::of(shell.t);
    Ok(FeedPage {
        channel: w.name(shell.t, feed.channel),
        place: place.map_or_else(String::new, |it| it.name),
        address: FeedUrl::masked(feed.url.expose_secret()),
        status,
        tone,
        paused: feed.paused,
        facts: facts(&shell, &feed),
        problem_of_feed: feed.last_error.as_deref().map(|it| w.problem(shell.t, it)),
        drop: feed
            .drop_since
            .map(|at| (shell.format().instant(at), feed.keep_dropped)),
        settings: Settings::of(&feed.settings),
        runs: runs.iter().map(|it| run(&shell, it)).collect(),
        blocks: blocks.iter().map(|it| block(&shell, it)).collect(),
        page: part.number(),
        has_more,
        id: feed.id.to_string(),
        problem,
        w,
        shell,
    })
}

fn facts(shell: &Shell, feed: &Feed) -> Vec<(&'static str, String)> {
    let (w, format, now) = (ChannelWords::of(shell.t), shell.format(), Utc::now());
    let ago = |at: Option<_>| at.map_or_else(|| w.never.to_owned(), |at| format.ago(at, now));
    let next = match next_try(feed) {
        _ if feed.paused => w.next_paused.to_owned(),
        Some(at) if at > now => format!("{} ({})", format.time(at), format.length(at - now)),
        _ => w.soon.to_owned(),
    };
    let mut facts = vec![
        (w.age, ago(feed.last_good_at)),
        (w.last_try, ago(feed.last_try_at)),
        (w.next_try, next),
    ];
    if feed.failures > 0 {
        facts.push((w.failures, feed.failures.to_string()));
    }
    facts
}

fn run(shell: &Shell, run: &Run) -> RunRow {
    let (t, w) = (shell.t, ChannelWords::of(shell.t));
    let count = |name: &str| {
        run.counts
            .get(name)
            .and_then(Value::as_u64)
            .unwrap_or_default()
    };
    let parts = [
        ("+", count("added")),
        ("~", count("changed")),
        ("−", count("released")),
    ];
    RunRow {
        at: shell.format().instant(run.at),
        outcome: w.outcome(t, &run.outcome).to_owned(),
        why: run.error.as_deref().map(|code| w.problem(t, code)),
        changes: parts
            .iter()
            .filter(|(_, number)| *number > 0)
            .map(|(sign, number)| format!("{sign}{number}"))
            .collect::<Vec<_>>()
            .join(" "),
        failed: run.outcome == "failed",
    }
}

fn block(shell: &Shell, block: &StoredBlock) -> BlockRow {
    let (t, w) = (shell.t, ChannelWords::of(shell.t));
    BlockRow {
        nights: nights(shell, &block.nights),
        kind: w.kind(t, &block.kind).to_owned(),
        summary: block.summary.clone().filter(|it| !it.is_empty()),
        note: match block {
            it if it.held => Some(w.held),
            it if it.waiting => Some(w.waiting),
            it if it.echo => Some(w.echo),
            _ => None,
        },
    }
}

impl Settings {
    fn of(settings: &calendars::Settings) -> Self {
        let checked = |yes: bool| if yes { "yes" } else { "" }.to_owned();
        Self {
            interval: settings.interval_minutes.to_string(),
            fresh: settings.fresh_minutes.to_string(),
            drop_hold: settings.drop_hold_minutes.to_string(),
            rule_blocks: checked(settings.rule_blocks),
            tentative_blocks: checked(settings.tentative_blocks),
            free_all_day_blocks: checked(settings.free_all_day_blocks),
            ignore_summary: settings.ignore_summary.clone().unwrap_or_default(),
        }
    }

    fn read(&self) -> Result<SettingsBody, Error> {
        let unread = || Error::invalid("settings", "out_of_range", "a number is out of bounds");
        Ok(SettingsBody {
            interval_minutes: Some(self.interval.trim().parse().map_err(|_no| unread())?),
            fresh_minutes: Some(self.fresh.trim().parse().map_err(|_no| unread())?),
            drop_hold_minutes: Some(self.drop_hold.trim().parse().map_err(|_no| unread())?),
            rule_blocks: Some(!self.rule_blocks.is_empty()),
            tentative_blocks: Some(!self.tentative_blocks.is_empty()),
            free_all_day_blocks: Some(!self.free_all_day_blocks.is_empty()),
            ignore_summary: Some(self.ignore_summary.clone()),
        })
    }
}

/// Decides how it is read.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn change(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(form): Fields<Settings>,
) -> Result<Response, Error> {
    let id = known(&app, &id).await?;
    let changed = match form.read() {
        Ok(settings) => {
            let what = json!({
                "interval": form.interval, "fresh": form.fresh, "drop_hold": form.drop_hold,
                "rule_blocks": settings.rule_blocks, "tentative_blocks": settings.tentative_blocks,
                "free_all_day_blocks": settings.free_all_day_blocks, "ignore_summary": form.ignore_summary,
            });
            me.asks(&app, "feed.settings", id.clone(), what).await?;
            let change = FeedChange {
                settings: Some(settings),
                ..FeedChange::default()
            };
            feeds::changed(&app, &id, change).await
        }
        Err(error) => Err(error),
    };
    answer(&app, me, &id, changed, "saved").await
}

/// Whether it is left alone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Pause {
    paused: String,
}

/// Leaves it alone, or reads it again.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn pause(
    Staff(me): Staff,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(form): Fields<Pause>,
) -> Result<Response, Error> {
    let id = known(&app, &id).await?;
    let paused = match form.paused.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(Error::Malformed),
    };
    me.asks(&app, "feed.pause", id.clone(), json!({ "paused": paused }))
        .await?;
    let change = FeedChange {
        paused: Some(paused),
        ..FeedChange::default()
    };
    let changed = feeds::changed(&app, &id, change).await;
    answer(&app, me, &id, changed, "saved").await
}

/// Another address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Address {
    url: String,
    release: String,
}

/// Gives it another address.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn replace_address(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(form): Fields<Address>,
) -> Result<Response, Error> {
    let id = known(&app, &id).await?;
    let release = !form.release.is_empty();
    let what = json!({ "release": release });
    me.asks(&app, "feed.address", id.clone(), what).await?;
    let change = FeedChange {
        url: Some(form.url.trim().to_owned()),
        release_blocks: release,
        ..FeedChange::default()
    };
    let changed = feeds::changed(&app, &id, change).await;
    answer(&app, me, &id, changed, "saved").await
}

/// Reads it now, and waits for it a few seconds.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn read_now(
    Staff(me): Staff,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let feed = feeds::existing(&app.database()?, &id).await?;
    let id = feed.id.to_string();
    me.asks(&app, "feed.read", id.clone(), Value::Null).await?;
    let read = match app.desk() {
        Ok(desk) => desk.sync_calendar(feed.id).await.map_err(Error::from),
        Err(error) => Err(error),
    };
    answer(&app, me, &id, read, "read").await
}

/// What becomes of its nights.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Nights {
    free: String,
}

impl Nights {
    fn are_free(&self) -> Option<bool> {
        match self.free.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }
    }
}

/// Says whether nights that it suddenly left out are free.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn answer_drop(
    Staff(me): Staff,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(form): Fields<Nights>,
) -> Result<Response, Error> {
    let id = known(&app, &id).await?;
    let free = form.are_free().ok_or(Error::Malformed)?;
    me.asks(&app, "feed.drop", id.clone(), json!({ "free": free }))
        .await?;
    let answered = feeds::answered(&app, &id, free).await;
    answer(&app, me, &id, answered, "answered").await
}

/// Removes it.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn remove(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(form): Fields<Nights>,
) -> Result<Response, Error> {
    let id = known(&app, &id).await?;
    let release = form.are_free();
    me.asks(
        &app,
        "feed.remove",
        id.clone(),
        json!({ "release": release }),
    )
    .await?;
    match feeds::removed(&app, &id, release).await {
        Ok(_) => Ok(Redirect::to("/admin/channels?done=feed_removed").into_response()),
        Err(error) => answer(&app, me, &id, Err::<(), _>(error), "").await,
    }
}

async fn known(app: &App, id: &str) -> Result<String, Error> {
    let feed = feeds::existing(&app.database()?, id).await?;
    Ok(feed.id.to_string())
}

/// Back to the page: with what was done, or with why not.
async fn answer<T>(
    app: &App,
    me: Arc<SignedIn>,
    id: &str,
    became: Result<T, Error>,
    done: &str,
) -> Result<Response, Error> {
    let Err(error) = became else {
        let there = format!("/admin/channels/{id}?done={done}");
        return Ok(Redirect::to(&there).into_response());
    };
    let problem = why(&me, error)?;
    let first = PageQuery::default().wanted()?;
    refused(&load(app, me, id, first, "", Some(problem)).await?)
}
