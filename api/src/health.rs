//! How we are: for people, for whatever restarts us, for whatever sends us requests, for Prometheus.

use std::{future::Future, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use database::{calendars::Age, review_queue};
use serde::Serialize;
use tokio::time::{Instant, timeout};
use utoipa::ToSchema;

use crate::{
    app::App,
    error::{Error, Problem},
};

/// A calendar that was not read for so many seconds is late, and old after more.
const LATE: i64 = 20 * 60;
const OLD: i64 = 30 * 60;

/// How long a part may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// How we are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `healthy`, `degraded` when Redis or Temporal is away or a calendar is old, `unhealthy` when Postgres is away.
    #[schema(example = "healthy")]
    status: &'static str,
    /// When that was so.
    timestamp: DateTime<Utc>,
    /// The parts.
    checks: Checks,
    /// Other channels' calendars.
    calendars: Calendars,
}

/// How old what other channels told us is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Calendars {
    /// `ok`; `late` when the oldest is over 20 minutes old, `old` over 30, and we are `degraded`; `unknown` without
    /// Postgres.
    #[schema(example = "ok")]
    status: &'static str,
    /// Each that is read.
    feeds: Vec<FeedAge>,
}

/// How old what one calendar told us is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedAge {
    /// Its name for machines.
    id: String,
    /// `airbnb`, `booking`, `vrbo`, `google` or `other`.
    channel: &'static str,
    /// `new`, `ok`, `failing`, `needs_attention` or `suspicious_drop`.
    status: &'static str,
    /// How old.
    age_seconds: i64,
}

/// The parts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Checks {
    /// Without it nothing can be sold or taken in.
    postgres: Check,
    /// Without it everything works, slower.
    redis: Check,
    /// Without it webhooks are kept, and nothing is decided.
    temporal: Check,
    /// Whether a worker with a model listens. Without one guests who talk are asked to write, which is no outage.
    voice: Check,
}

/// A part.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Check {
    /// `up` or `down`.
    #[schema(example = "up")]
    status: &'static str,
    /// How long its answer took.
    latency_ms: u64,
}

/// How we are, with the parts and their latencies.
#[utoipa::path(
    get,
    path = "/api/v1/healthz",
    tag = "health",
    responses(
        (status = 200, body = Health, description = "`healthy` or `degraded`"),
        (status = 503, body = Health, description = "`unhealthy`"),
    )
)]
pub(crate) async fn health(State(app): State<App>) -> Response {
    let (postgres, redis, temporal, voice, calendars) = tokio::join!(
        check(async { app.database().ok()?.ping().await.ok() }),
        check(async { app.locks.ping().await.ok() }),
        check(async { app.desk().ok()?.ping().await.ok() }),
        check(async { app.desk().ok()?.listens().await.ok()?.then_some(()) }),
        calendars(&app),
    );
    let (status, code) = if !postgres.is_up() {
        ("unhealthy", StatusCode::SERVICE_UNAVAILABLE)
    } else if redis.is_up() && temporal.is_up() && calendars.status == "ok" {
        ("healthy", StatusCode::OK)
    } else {
        ("degraded", StatusCode::OK)
    };
    let health = Health {
        status,
        timestamp: Utc::now(),
        checks: Checks {
            postgres,
            redis,
            temporal,
            voice,
        },
        calendars,
    };
    (code, Json(health)).into_response()
}

/// The ages of the calendars, where Postgres tells them in time.
async fn ages(app: &App) -> Option<Vec<Age>> {
    let database = app.database().ok()?;
    let ages = timeout(PATIENCE, database::calendars::ages(&database)).await;
    ages.ok()?.ok()
}

async fn calendars(app: &App) -> Calendars {
    let Some(ages) = ages(app).await else {
        return Calendars {
            status: "unknown",
            feeds: Vec::new(),
        };
    };
    let now = Utc::now();
    let feeds: Vec<FeedAge> = ages
        .into_iter()
        .map(|age| FeedAge {
            id: age.feed.to_string(),
            channel: age.channel.as_str(),
            status: age.status.as_str(),
            age_seconds: (now - age.since).num_seconds(),
        })
        .collect();
    let oldest = feeds.iter().map(|feed| feed.age_seconds).max();
    let status = match oldest.unwrap_or_default() {
        seconds if seconds < LATE => "ok",
        seconds if seconds < OLD => "late",
        _ => "old",
    };
    Calendars { status, feeds }
}

async fn check(part: impl Future<Output = Option<()>>) -> Check {
    let asked = Instant::now();
    let answered = matches!(timeout(PATIENCE, part).await, Ok(Some(())));
    Check {
        status: if answered { "up" } else { "down" },
        latency_ms: u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}

impl Check {
    fn is_up(&self) -> bool {
        self.status == "up"
    }
}

/// Ready.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ready {
    /// `ready`.
    #[schema(example = "ready")]
    status: &'static str,
    /// When that was so.
    timestamp: DateTime<Utc>,
}

/// Whether requests can be sent here: Postgres answers and guards the nights.
#[utoipa::path(
    get,
    path = "/api/v1/readyz",
    tag = "health",
    responses(
        (status = 200, body = Ready),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn ready(State(app): State<App>) -> Result<Json<Ready>, Error> {
    let database = app.database()?;
    let guarded = timeout(PATIENCE, database.nights_are_guarded()).await;
    if guarded.map_err(|_elapsed| Error::away("the database"))?? {
        Ok(Json(Ready {
            status: "ready",
            timestamp: Utc::now(),
        }))
    } else {
        tracing::error!("the constraint no_overlap_reservations is missing; run the migrations");
        Err(Error::away("the schema"))
    }
}

/// Everything that is counted.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "health",
    responses((status = 200, body = String, content_type = "text/plain"))
)]
pub(crate) async fn metrics(State(app): State<App>) -> Result<Response, Error> {
    count_owner_queue(&app).await;
    let text = app.metrics.text().map_err(Error::unexpected)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}

/// Counts what waits for the owner. While Postgres is away the last count stands: that it is away is told elsewhere.
async fn count_owner_queue(app: &App) {
    let Ok(database) = app.database() else {
        return;
    };
    let waiting = timeout(PATIENCE, review_queue::waiting(&database, Utc::now())).await;
    if let Ok(Ok(waiting)) = waiting {
        app.metrics.owner_queue(&waiting);
    }
}
