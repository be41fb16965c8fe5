//! Reads the configuration, listens, and serves until it is told to stop.

use anyhow::Context as _;
use api::{Config, Server, config::LogFormat};
use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::{
    EnvFilter, Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    log(&config)?;
    config.check()?;
    let public_url = config.public_url.clone();
    let server = Server::bind(config).await?;
    tracing::info!(address = %server.address()?, public_url, "listening");
    server.run(told_to_stop()?).await?;
    tracing::info!("stopped");
    Ok(())
}

fn log(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log_filter)
        .context("RUST_LOG cannot be read; it looks like info,api=debug")?;
    let lines = match config.log {
        LogFormat::Json => tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .boxed(),
        LogFormat::Pretty => tracing_subscriber::fmt::layer().boxed(),
    };
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .init();
    Ok(())
}

/// Ends on SIGTERM, as supervisors send it, and on Ctrl-C.
fn told_to_stop() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen to SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen to SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
