//! What this machine does without Posada, measured in the same run: an HTTP server that does nothing, and durable
//! inserts into a table with the constraint that judges double booking.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use axum::{Router, routing::get};
use sea_orm::{ConnectionTrait as _, Database};
use stack::Environment;

use crate::drive::{Measured, closed};

/// A handler that answers two letters.
pub(crate) async fn bare_handler(clients: usize, lasts: Duration) -> Result<Measured> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    let app = Router::new().route("/", get(async || "ok"));
    let serving = tokio::spawn(async move { axum::serve(listener, app).await });
    let http = reqwest::Client::new();
    let measured = closed(clients, lasts, |_| async {
        let answer = http.get(&url).send().await?;
        ensure!(answer.status() == 200, "{}", answer.status());
        answer.bytes().await?;
        Ok(())
    })
    .await;
    serving.abort();
    measured
}

const TABLE: &str = "
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE IF NOT EXISTS yardstick (
    accommodation_id uuid NOT NULL, check_in date NOT NULL, check_out date NOT NULL,
    period daterange GENERATED ALWAYS AS (daterange(check_in, check_out, '[)')) STORED,
    CONSTRAINT no_overlap_yardstick EXCLUDE USING gist (period WITH &&, accommodation_id WITH =));";

const INSERT: &str = "\\set day random(1, 100000000)\n\
INSERT INTO yardstick VALUES (gen_random_uuid(), '2027-01-01'::date + (:day % 300)::integer, \
'2027-01-03'::date + (:day % 300)::integer) ON CONFLICT DO NOTHING;\n";

/// Inserts a second, each durable before it is answered, by pgbench.
pub(crate) async fn durable_inserts(
    environment: &Environment,
    clients: usize,
    lasts: Duration,
) -> Result<f64> {
    let database = Database::connect(&environment.database_url).await?;
    database.execute_unprepared(TABLE).await?;
    let script = std::env::temp_dir().join(format!("yardstick-{:x}.sql", rand::random::<u64>()));
    std::fs::write(&script, INSERT)?;
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let ran = tokio::process::Command::new(checkout.join(".posada/postgres-bin/pgbench"))
        .args(["--no-vacuum", "--client", &clients.to_string()])
        .args(["--time", &lasts.as_secs().to_string()])
        .arg("--file")
        .arg(&script)
        .arg(&environment.database_url)
        .output()
        .await
        .context("pgbench could not be run")?;
    std::fs::remove_file(&script)?;
    let said = String::from_utf8_lossy(&ran.stdout);
    let line = said.lines().find(|line| line.starts_with("tps = "));
    let figure = line.and_then(|line| line.split_whitespace().nth(2));
    figure
        .and_then(|figure| figure.parse().ok())
        .with_context(|| {
            format!(
                "pgbench said: {said}{}",
                String::from_utf8_lossy(&ran.stderr)
            )
        })
}
