//! Whether the worker reaches what it needs, each part with how long its answer took.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use telemetry::metrics;
use tokio::time::{Instant, timeout};

use super::{PATIENCE, Watched};

/// How the worker is.
#[derive(Debug, Serialize)]
pub(super) struct Health {
    /// `healthy`, `degraded` without Redis, `unhealthy` without Postgres or Temporal.
    status: &'static str,
    checks: Checks,
    /// What is no trouble and should be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
}

#[derive(Debug, Serialize)]
struct Checks {
    postgres: Check,
    redis: Check,
    temporal: Check,
}

#[derive(Debug, Serialize)]
struct Check {
    status: &'static str,
    latency_ms: u64,
}

/// Asks every part at once.
pub(super) async fn look(watched: &Watched) -> Health {
    let (postgres, redis, temporal) = tokio::join!(
        check(async { watched.database.ping().await.is_ok() }),
        check(async { watched.locks.ping().await.is_ok() }),
        Box::pin(check(async { watched.front_desk.ping().await.is_ok() })),
    );
    let status = if !postgres.is_up() || !temporal.is_up() {
        "unhealthy"
    } else if redis.is_up() {
        "healthy"
    } else {
        "degraded"
    };
    Health {
        status,
        checks: Checks {
            postgres,
            redis,
            temporal,
        },
        remark: watched.remark.clone(),
    }
}

async fn check(part: impl Future<Output = bool>) -> Check {
    let asked = Instant::now();
    let answered = matches!(timeout(PATIENCE, part).await, Ok(true));
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

impl Health {
    /// Tells Prometheus.
    pub(super) fn count(&self) {
        let Checks {
            postgres,
            redis,
            temporal,
        } = &self.checks;
        for (part, check) in [
            ("postgres", postgres),
            ("redis", redis),
            ("temporal", temporal),
        ] {
            metrics::PARTS_UP.set(&[part], if check.is_up() { 1.0 } else { 0.0 });
        }
    }
}

impl IntoResponse for Health {
    fn into_response(self) -> Response {
        let code = if self.status == "unhealthy" {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::OK
        };
        (code, Json(self)).into_response()
    }
}
