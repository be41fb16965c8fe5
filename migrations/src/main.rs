//! Changes the schema from the command line. It holds no SQL of its own.

use std::io::Write;

use anyhow::Context;
use clap::{Parser, Subcommand};
use secrecy::SecretString;

/// Applies, undoes and lists the changes of Posada's schema.
#[derive(Debug, Parser)]
#[command(name = "migrations")]
struct Config {
    /// The database, as `postgres://user:password@host:port/name`.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    database_url: Option<SecretString>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Apply every migration that is missing.
    Up,
    /// Undo the last migration, with the data in what it created. Only until it is released.
    Down {
        /// How many to undo.
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// List every migration and whether it is applied.
    Status,
    /// Put the demo's cabins where they are missing; what the owner changed stays.
    SeedDemo {
        /// Where guests reach the API, for the pictures' addresses.
        #[arg(long, env = "PUBLIC_URL")]
        public_url: String,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    let url = config
        .database_url
        .context("say which database with DATABASE_URL or --database-url")?;
    match config.command {
        Command::Up => migrations::up(&url).await?,
        Command::Down { steps } => migrations::down(&url, steps).await?,
        Command::Status => {
            let mut out = std::io::stdout().lock();
            for step in migrations::status(&url).await? {
                let state = if step.applied { "applied" } else { "missing" };
                writeln!(out, "{state}  {}", step.name)?;
            }
        }
        Command::SeedDemo { public_url } => {
            migrations::seed_demo(&url, public_url.trim_end_matches('/')).await?;
        }
    }
    Ok(())
}
