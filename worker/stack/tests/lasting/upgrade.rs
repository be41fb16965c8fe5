//! A worker is replaced while so many reservations are in the middle of their stories: every one of them is
//! replayed by its successor, and ends as it would have.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;
use stack::{App, Foundation, eventually};

use crate::town::Town;

/// How long a fact may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(480);

const AT_ONCE: usize = 12;

/// Long enough for everybody to be in flight when the worker goes.
const HOLD_SECONDS: u64 = 420;

pub(crate) async fn run(reservations: u64) -> Result<()> {
    let foundation = Foundation::start().await?;
    let pace = [("WHATSAPP_MESSAGES_PER_SECOND", "1000")];
    let mut app = App::start_on(foundation.environment.clone(), &pace).await?;
    let town = Town::of(&app, HOLD_SECONDS).await?;
    let held = stream::iter(0..reservations).map(|number| town.holds(number));
    let codes: Vec<String> = held.buffer_unordered(AT_ONCE).try_collect().await?;
    // A quarter pays before and cancels after, one pays before, one pays after, and one never does.
    let quarter = codes.len() / 4;
    let (cancelling, rest) = codes.split_at(quarter);
    let (paying, rest) = rest.split_at(quarter);
    let (late, _never) = rest.split_at(quarter);
    each(cancelling, |code| town.pays(code)).await?;
    each(paying, |code| town.pays(code)).await?;
    let paid = u64::try_from(2 * quarter)?;
    becomes(&town, "confirmed", paid).await?;
    println!(
        "{} reservations are in flight, {paid} of them paid",
        codes.len()
    );

    let began = Instant::now();
    app.worker.stop().await?;
    if let Some(next) = std::env::var_os("NEXT_WORKER").filter(|it| !it.is_empty()) {
        app.worker.becomes(PathBuf::from(next));
    }
    app.restart_worker().await?;
    let replaced = began.elapsed();
    println!("another worker is ready after {replaced:?}");

    let began = Instant::now();
    each(cancelling, |code| town.cancels(code)).await?;
    each(late, |code| town.pays(code)).await?;
    let (cancelled, confirmed) = (u64::try_from(quarter)?, u64::try_from(2 * quarter)?);
    becomes(&town, "cancelled", cancelled).await?;
    becomes(&town, "confirmed", confirmed).await?;
    let settled = began.elapsed();
    let never = reservations - cancelled - confirmed;
    becomes(&town, "expired", never).await?;
    let told = |step: &str| {
        format!(
            "SELECT count(*) FROM messages WHERE step LIKE 'RES%/{step}/0' AND accepted_at IS NOT NULL"
        )
    };
    for (step, count) in [
        ("confirmed", confirmed + cancelled),
        ("cancelled", cancelled),
        ("hold-expired", never),
    ] {
        is(&town, &told(step), count).await?;
    }
    let mut said = String::new();
    eventually("the books agree", PATIENCE, async || {
        let audited = app.posada(&["audit", "--overdue-minutes", "0"]).await;
        let (code, report) = audited.unwrap_or_else(|error| (None, format!("{error:#}")));
        said = report;
        (code == Some(0)).then_some(())
    })
    .await
    .with_context(|| said.clone())?;
    let failed = failed_decisions(&app).await?;
    ensure!(
        failed.is_empty(),
        "decisions failed after the upgrade: {failed:?}"
    );
    println!(
        "{cancelled} cancelled, {confirmed} confirmed, {never} expired; the acts after it were settled in {settled:?}"
    );
    let report = json!({
        "reservations": reservations, "replaced_ms": replaced.as_millis(), "settled_ms": settled.as_millis(),
        "cancelled": cancelled, "confirmed": confirmed, "expired": never, "failed_decisions": 0,
    });
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.posada/upgrade.json");
    std::fs::write(file, serde_json::to_string_pretty(&report)?)
        .context("the report could not be written")
}

async fn each<F: Future<Output = Result<()>>>(
    codes: &[String],
    act: impl Fn(String) -> F,
) -> Result<()> {
    let acts = stream::iter(codes.iter().cloned()).map(act);
    acts.buffer_unordered(AT_ONCE)
        .try_collect::<Vec<()>>()
        .await
        .map(drop)
}

async fn becomes(town: &Town, status: &str, count: u64) -> Result<()> {
    is(
        town,
        &format!("SELECT count(*) FROM reservations WHERE reservation_status = '{status}'"),
        count,
    )
    .await
}

async fn is(town: &Town, sql: &str, count: u64) -> Result<()> {
    let mut last = 0;
    let came = eventually(sql, PATIENCE, async || {
        last = town.count(sql).await.ok()?;
        (last == count).then_some(())
    })
    .await;
    came.with_context(|| format!("{last} and not {count}"))
}

/// The worker's count of decisions that failed, where it is not zero: code and history disagree.
async fn failed_decisions(app: &App) -> Result<Vec<String>> {
    let metrics = app
        .http
        .get(format!("{}/metrics", app.worker_url))
        .send()
        .await?
        .text()
        .await?;
    let failed = metrics.lines().filter(|line| {
        line.starts_with("temporal_workflow_task_execution_failed") && !line.ends_with(" 0")
    });
    Ok(failed.map(str::to_owned).collect())
}
