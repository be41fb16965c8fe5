//! What operators and supervisors watch: whether the worker reaches what it needs.

use std::net::SocketAddr;

use anyhow::Context;
use axum::{Router, extract::State, http::StatusCode, routing::get};
use database::Database;
use front_desk::FrontDesk;
use tokio::net::TcpListener;

#[derive(Clone)]
struct Watched {
    database: Database,
    front_desk: FrontDesk,
    /// What is no trouble and should be known.
    remark: Option<String>,
}

/// Takes the address that health is served on.
///
/// # Errors
/// When somebody else has it.
pub(crate) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("POSADA_WORKER_LISTEN: nothing can listen on {address}"))
}

/// Serves `/healthz` and `/readyz` for as long as the worker runs.
pub(crate) async fn serve(
    listener: TcpListener,
    database: Database,
    front_desk: FrontDesk,
    remark: Option<String>,
) -> anyhow::Result<()> {
    let routes = Router::new()
        .route("/healthz", get(health))
        .route("/readyz", get(health))
        .with_state(Watched {
            database,
            front_desk,
            remark,
        });
    axum::serve(listener, routes)
        .await
        .context("health is no longer served")
}

async fn health(State(watched): State<Watched>) -> (StatusCode, String) {
    let postgres = watched.database.ping().await.is_ok();
    let temporal = watched.front_desk.ping().await.is_ok();
    if postgres && temporal {
        let remark = watched.remark.map(|remark| format!("; {remark}"));
        (
            StatusCode::OK,
            format!("healthy{}", remark.unwrap_or_default()),
        )
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "postgres or temporal is away".to_owned(),
        )
    }
}
