//! Reading the calendars of an accommodation now.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use chrono::{DateTime, Utc};
use database::{Page, calendars as stored};
use serde::Serialize;
use tokio::task::JoinSet;
use utoipa::ToSchema;
use workflows::contracts::calendars::{Displaced, FeedRun};

use super::{accommodation, today};
use crate::{
    app::App,
    auth::Operator,
    error::{
        Error,
        answers::{NotFound, Unauthorized, Unavailable},
    },
};

/// More calendars than this nobody has for one house.
const MOST: u32 = 50;

/// What came of reading the calendars of an accommodation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Synced {
    /// For which accommodation.
    accommodation_id: String,
    /// Each of its feeds.
    feeds: Vec<SyncedFeed>,
}

/// What came of reading one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SyncedFeed {
    /// Which.
    id: String,
    /// `applied`, `unchanged`, `not_modified`, `held`, `superseded` or `failed`; `left_alone` when it is paused, was
    /// read just now, or its channel asked us to wait; `under_way` when it is still being read.
    #[schema(example = "applied")]
    outcome: String,
    /// Why it failed.
    error: Option<String>,
    /// Until when it is left alone.
    until: Option<DateTime<Utc>>,
    /// Blocks that were not known.
    added: usize,
    /// Blocks that moved, or have another name or kind.
    changed: usize,
    /// Blocks that were released.
    released: usize,
    /// Blocks that are missing and wait for their release.
    waiting: usize,
    /// Unpaid holds that give way.
    displaced: Vec<String>,
}

/// Reads every calendar of an accommodation now, and waits for it a few seconds.
#[utoipa::path(
    post,
    path = "/api/v1/ical/sync/{accommodation_id}",
    tag = "calendars",
    params(("accommodation_id" = String, Path, description = "`acc_…`")),
    responses(
        (status = 200, body = Synced, description = "All were read, or left alone"),
        (status = 202, body = Synced, description = "Some are still being read"),
        Unauthorized,
        NotFound,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn sync(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Synced>), Error> {
    let id = accommodation(&id).map_err(|_no_id| Error::NotFound("accommodation"))?;
    let (database, desk) = (app.database()?, app.desk()?);
    today(&database, id).await?;
    let feeds = stored::list(&database, Some(id), Page::first(MOST)).await?;
    let mut reading = JoinSet::new();
    for (position, feed) in feeds.into_iter().enumerate() {
        let desk = desk.clone();
        reading.spawn(async move { (position, feed.id, desk.sync_calendar(feed.id).await) });
    }
    let mut read = Vec::new();
    let mut status = StatusCode::OK;
    while let Some(one) = reading.join_next().await {
        let (position, feed, run) = one.map_err(Error::unexpected)?;
        let run = match run {
            Ok(run) => Some(run),
            Err(front_desk::Error::NoAnswer) => {
                status = StatusCode::ACCEPTED;
                None
            }
            Err(error) => return Err(error.into()),
        };
        read.push((position, view(feed.to_string(), run)));
    }
    read.sort_by_key(|(position, _)| *position);
    let synced = Synced {
        accommodation_id: id.to_string(),
        feeds: read.into_iter().map(|(_, feed)| feed).collect(),
    };
    Ok((status, Json(synced)))
}

fn view(id: String, run: Option<FeedRun>) -> SyncedFeed {
    let quiet = |outcome: &str, until| SyncedFeed {
        id: id.clone(),
        outcome: outcome.to_owned(),
        error: None,
        until,
        added: 0,
        changed: 0,
        released: 0,
        waiting: 0,
        displaced: Vec::new(),
    };
    match run {
        None => quiet("under_way", None),
        Some(FeedRun::LeftAlone {
            until, displaced, ..
        }) => SyncedFeed {
            displaced: codes(displaced),
            ..quiet("left_alone", until)
        },
        Some(FeedRun::Removed) => quiet("removed", None),
        Some(FeedRun::Made(made)) => SyncedFeed {
            outcome: made.outcome,
            error: made.error,
            added: made.added,
            changed: made.changed,
            released: made.released,
            waiting: made.waiting,
            displaced: codes(made.displaced),
            ..quiet("", None)
        },
    }
}

fn codes(displaced: Vec<Displaced>) -> Vec<String> {
    let codes = displaced.into_iter().map(|hold| hold.code.to_string());
    codes.collect()
}
