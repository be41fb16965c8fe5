//! The sandbox as a process: reads its configuration, listens, runs until told to stop.

use anyhow::Context as _;
use clap::Parser as _;
use sandbox::Config;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")),
        )
        .init();

    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "cannot listen on {}: choose another address with SANDBOX_LISTEN",
            config.listen
        )
    })?;
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        served = sandbox::serve(listener, config) => served.context("the sandbox stopped serving"),
        _ = tokio::signal::ctrl_c() => Ok(()),
        _ = terminated.recv() => Ok(()),
    }
}
