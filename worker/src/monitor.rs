//! What operators and supervisors watch: how the worker is, and everything that is counted.

mod books;
mod health;
mod temporal;
mod vitals;

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use database::Database;
use front_desk::FrontDesk;
use night_locks::NightLocks;
use tokio::{net::TcpListener, time::timeout};

pub(crate) use self::temporal::TemporalMetrics;
use self::vitals::Watch;

/// How long a part may take to answer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

/// What is watched.
#[derive(Debug, Clone)]
pub(crate) struct Watched {
    pub(crate) database: Database,
    pub(crate) locks: NightLocks,
    pub(crate) front_desk: FrontDesk,
    pub(crate) temporal: TemporalMetrics,
    /// What is no trouble and should be known.
    pub(crate) remark: Option<String>,
}

/// Takes the address that health and metrics are served on.
///
/// # Errors
/// When somebody else has it.
pub(crate) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("POSADA_WORKER_LISTEN: nothing can listen on {address}"))
}

/// Serves `/healthz`, `/readyz` and `/metrics` for as long as the worker runs, and audits the books.
pub(crate) async fn serve(listener: TcpListener, watched: Watched) -> anyhow::Result<()> {
    let auditing = books::audit(watched.database.clone());
    let monitor = Arc::new(Monitor {
        watched,
        watch: Watch::default(),
    });
    let routes = Router::new()
        .route("/healthz", get(health))
        .route("/readyz", get(health))
        .route("/metrics", get(metrics))
        .with_state(monitor);
    let serving = async {
        axum::serve(listener, routes)
            .await
            .context("health is no longer served")
    };
    tokio::select! {
        served = serving => served,
        never = auditing => match never {},
    }
}

struct Monitor {
    watched: Watched,
    watch: Watch,
}

async fn health(State(monitor): State<Arc<Monitor>>) -> Response {
    health::look(&monitor.watched).await.into_response()
}

async fn metrics(State(monitor): State<Arc<Monitor>>) -> Response {
    let watched = &monitor.watched;
    health::look(watched).await.count();
    let measured = timeout(PATIENCE, monitor.watch.measure(&watched.database)).await;
    if !matches!(measured, Ok(Ok(()))) {
        tracing::warn!("how business goes could not be read; the last figures stand");
    }
    let mut text = match telemetry::text() {
        Ok(text) => text,
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written down");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    match timeout(PATIENCE, watched.temporal.text()).await {
        Ok(Ok(sdk)) => text.push_str(&sdk),
        Ok(Err(error)) => tracing::warn!(%error, "what the Temporal SDK has counted is not known"),
        Err(_elapsed) => tracing::warn!("what the Temporal SDK has counted took too long"),
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
