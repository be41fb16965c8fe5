//! How we are: for people, for whatever restarts us, for whatever sends us requests, for Prometheus.

use std::{future::Future, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use database::review_queue;
use serde::Serialize;
use tokio::time::{Instant, timeout};
use utoipa::ToSchema;

use crate::{
    app::App,
    error::{Error, Problem},
};

/// How long a part may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// How we are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `healthy`, `degraded` when Redis or Temporal is away, `unhealthy` when Postgres is.
    #[schema(example = "healthy")]
    status: &'static str,
    /// When that was so.
    timestamp: DateTime<Utc>,
    /// The parts.
    checks: Checks,
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
    let (postgres, redis, temporal, voice) = tokio::join!(
        check(async { app.database().ok()?.ping().await.ok() }),
        check(async { app.locks.ping().await.ok() }),
        check(async { app.desk().ok()?.ping().await.ok() }),
        check(async { app.desk().ok()?.listens().await.ok()?.then_some(()) }),
    );
    let (status, code) = if !postgres.is_up() {
        ("unhealthy", StatusCode::SERVICE_UNAVAILABLE)
    } else if redis.is_up() && temporal.is_up() {
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
    };
    (code, Json(health)).into_response()
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
