//! What a feed says, and how its last runs went.

use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, NaiveDate, Utc};
use database::calendars::{self as stored, Run, StoredBlock};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::existing;
use crate::{
    app::App,
    auth::Operator,
    error::{
        Error, Problem,
        answers::{Invalid, NotFound, Unauthorized, Unavailable},
    },
    extract::Query,
    paging::{Listed, PageQuery},
};

/// One run of a feed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunView {
    /// When.
    at: DateTime<Utc>,
    /// `applied`, `unchanged`, `not_modified`, `held`, `superseded` or `failed`.
    #[schema(example = "applied")]
    outcome: String,
    /// Why it failed.
    error: Option<String>,
    /// How many of each.
    #[schema(value_type = Object)]
    counts: Value,
    /// What was odd in the calendar.
    #[schema(value_type = Vec<Object>)]
    warnings: Value,
}

/// Nights that a feed says are taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BlockView {
    /// Our number for it.
    id: i64,
    /// Its name in the feed.
    uid: Option<String>,
    /// The nights.
    nights: Vec<RangeView>,
    /// `reservation`, `hold`, `rule`, `block` or `unknown`.
    kind: String,
    /// What is written on it. It may name a guest.
    summary: Option<String>,
    /// Whether it is probably a night of ours that the channel gives back.
    echo: bool,
    /// When it was first seen.
    first_seen: DateTime<Utc>,
    /// When it was last seen.
    last_seen: Option<DateTime<Utc>>,
    /// Whether it is missing and waits for its release.
    waiting: bool,
    /// Whether that release is held because too much is missing at once.
    held: bool,
}

/// Nights in a row.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RangeView {
    /// The first night.
    pub(super) check_in: NaiveDate,
    /// The day after the last.
    pub(super) check_out: NaiveDate,
}

/// The last 50 runs of a feed, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/ical/feeds/{id}/runs",
    tag = "calendars",
    params(("id" = String, Path, description = "`feed_…`"), PageQuery),
    responses(
        (status = 200, body = Listed<RunView>),
        Unauthorized,
        NotFound,
        Invalid,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn runs(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Listed<RunView>>, Error> {
    let wanted = page.wanted()?;
    let database = app.database()?;
    let feed = existing(&database, &id).await?;
    let found = stored::runs(&database, feed.id, wanted.rows()).await?;
    Ok(Json(
        wanted.listed(found.into_iter().map(RunView::from).collect()),
    ))
}

/// What a feed says is taken at the moment, by the first night.
#[utoipa::path(
    get,
    path = "/api/v1/ical/feeds/{id}/blocks",
    tag = "calendars",
    params(("id" = String, Path, description = "`feed_…`"), PageQuery),
    responses(
        (status = 200, body = Listed<BlockView>),
        Unauthorized,
        NotFound,
        Invalid,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn blocks(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Listed<BlockView>>, Error> {
    let wanted = page.wanted()?;
    let database = app.database()?;
    let feed = existing(&database, &id).await?;
    let found = stored::blocks(&database, feed.id, wanted.rows()).await?;
    Ok(Json(
        wanted.listed(found.into_iter().map(BlockView::from).collect()),
    ))
}

/// What was read last, as it came.
#[utoipa::path(
    get,
    path = "/api/v1/ical/feeds/{id}/snapshot",
    tag = "calendars",
    params(("id" = String, Path, description = "`feed_…`")),
    responses(
        (status = 200, body = String, content_type = "text/calendar"),
        Unauthorized,
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such feed, or it was never read"),
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn snapshot(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let database = app.database()?;
    let feed = existing(&database, &id).await?;
    let body = stored::snapshot(&database, feed.id).await?;
    let body = body.ok_or(Error::NotFound("snapshot"))?;
    let headers = [
        // Nothing in it is shown by a browser as a page: what channels send is not ours.
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"calendar.ics\"",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, body).into_response())
}

impl From<Run> for RunView {
    fn from(run: Run) -> Self {
        Self {
            at: run.at,
            outcome: run.outcome,
            error: run.error,
            counts: run.counts,
            warnings: run.warnings,
        }
    }
}

impl From<StoredBlock> for BlockView {
    fn from(block: StoredBlock) -> Self {
        let ranges = block.nights.ranges().iter().map(|range| RangeView {
            check_in: range.from(),
            check_out: range.to(),
        });
        Self {
            nights: ranges.collect(),
            id: block.id,
            uid: block.uid,
            kind: block.kind,
            summary: block.summary,
            echo: block.echo,
            first_seen: block.first_seen,
            last_seen: block.last_seen,
            waiting: block.waiting,
            held: block.held,
        }
    }
}
