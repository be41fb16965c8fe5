//! The worker's process.

use clap::Parser;
use tracing_subscriber::EnvFilter;
use worker::{Config, config::LogFormat};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_unset| {
        EnvFilter::new("info,temporalio_sdk_core=warn,temporalio_client=warn")
    });
    let logs = tracing_subscriber::fmt().with_env_filter(filter);
    match config.log {
        LogFormat::Json => logs.json().init(),
        LogFormat::Pretty => logs.init(),
    }
    config.check()?;
    worker::run(config).await
}
