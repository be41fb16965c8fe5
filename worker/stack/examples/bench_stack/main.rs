//! How fast Posada is on this machine, its clients beside it: `make bench`.
//!
//! It says what it measured and judges nothing. Every figure is also given as a part of what the same machine does
//! without Posada in the same run, so that figures of two machines, or of two busy hours, can be compared.

#![expect(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    reason = "figures to read, and a JSON field that is missing reads as null"
)]

mod costs;
mod drive;
mod lines;
mod town;
mod yardstick;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _, future, stream};
use stack::{App, Foundation, eventually};

use crate::costs::Costs;
use crate::drive::{Measured, closed, open};
use crate::lines::{
    Bench,
    Yardstick::{Handler, Inserts},
};
use crate::town::Town;

const CLIENTS: usize = 32;
const LASTS: Duration = Duration::from_secs(10);

/// How long what was set off may take to come to its end.
const PATIENCE: Duration = Duration::from_secs(180);

const OWNER: &str = "owner@posada.example";

#[tokio::main]
async fn main() -> Result<()> {
    let foundation = Foundation::start().await?;
    let handler = yardstick::bare_handler(CLIENTS, LASTS).await?.per_second();
    let inserts = yardstick::durable_inserts(&foundation.environment, CLIENTS, LASTS).await?;
    let mut bench = Bench::begin(handler, inserts, CLIENTS)?;

    let began = Instant::now();
    // What guests are sent is not held back: it is our pace that is measured.
    let pace = [("WHATSAPP_MESSAGES_PER_SECOND", "1000")];
    let mut app = App::start_on(foundation.environment.clone(), &pace).await?;
    bench.took("all three programs ready", began.elapsed());
    let town = Town::of(&app, 200, 50).await?;
    let began = Instant::now();
    app.restart_api().await?;
    bench.took("API ready", began.elapsed());
    let began = Instant::now();
    app.restart_worker().await?;
    bench.took("worker ready", began.elapsed());

    let costs = Costs::of(&app, &foundation);
    costs.weigh(&mut bench, "idle")?;
    reads(&mut bench, &town).await?;
    texts(&mut bench, &town, &costs).await?;
    webhooks(&mut bench, &town, &costs).await?;
    holds(&mut bench, &town, &costs).await?;
    expiries(&mut bench, &town, &costs).await?;
    pages(&mut bench, &town, &app).await?;
    costs.weigh(&mut bench, "after all this")?;
    bench.write()
}

async fn reads(bench: &mut Bench, town: &Arc<Town>) -> Result<()> {
    let all = closed(CLIENTS, LASTS, |number| town.is_asked_what_is_free(number)).await?;
    bench.line(
        "availability with quotes, 50 accommodations",
        "32",
        &all,
        Handler,
    )?;
    let path = town.export().await?;
    let tag = town.reads(&path, None).await?;
    let all = closed(CLIENTS, LASTS, async |_| {
        town.reads(&path, Some(&tag)).await.map(drop)
    })
    .await?;
    bench.line("iCal export that the caller has", "32", &all, Handler)?;
    let all = closed(CLIENTS, LASTS, async |_| {
        town.reads(&path, None).await.map(drop)
    })
    .await?;
    bench.line("iCal export, whole", "32", &all, Handler)
}

async fn texts(bench: &mut Bench, town: &Arc<Town>, costs: &Costs<'_>) -> Result<()> {
    let all = closed(1, LASTS, |number| town.greets(number)).await?;
    bench.line("text to reply, one guest at a time", "1", &all, Inserts)?;
    let before = costs.so_far()?;
    let all = open(20, LASTS, |number| {
        let town = Arc::clone(town);
        async move { town.greets(100_000 + number).await }
    })
    .await?;
    bench.line("text to reply, 20/s offered", "open", &all, Inserts)?;
    costs.each(bench, "a text and its reply", &before, all.took.len())
}

async fn webhooks(bench: &mut Bench, town: &Arc<Town>, costs: &Costs<'_>) -> Result<()> {
    let before = costs.so_far()?;
    let all = closed(CLIENTS, LASTS, |number| town.is_written_to(0, number)).await?;
    bench.line(
        "webhook acknowledged, 500 guests, 30 % again",
        "32",
        &all,
        Inserts,
    )?;
    costs.each(bench, "a webhook", &before, all.took.len())?;
    let mut sent = u64::try_from(all.took.len())? + all.failed;
    let mut distinct = distinct_of(sent);
    for (round, (rate, seconds)) in [(1, (320, 10)), (2, (1_000, 3))] {
        let lasts = Duration::from_secs(seconds);
        let all = open(rate, lasts, |number| {
            let town = Arc::clone(town);
            async move { town.is_written_to(round, number).await }
        })
        .await?;
        let what = format!("the same, {rate}/s offered");
        bench.line(&what, "open", &all, Inserts)?;
        let count = u64::try_from(all.took.len())? + all.failed;
        (sent, distinct) = (sent + count, distinct + distinct_of(count));
    }
    let kept = town
        .count("SELECT count(*) FROM messages WHERE wamid LIKE 'wamid.bench.%'")
        .await?;
    println!(
        "{sent} webhooks with {distinct} messages were sent, and {kept} messages are kept, each once"
    );
    counts(
        town,
        "SELECT count(*) FROM inbox WHERE delivered_at IS NULL",
        0,
    )
    .await?;
    Ok(())
}

/// How many messages so many webhooks carry.
fn distinct_of(sent: u64) -> u64 {
    let mut messages: Vec<u64> = (0..sent).map(town::message).collect();
    messages.sort_unstable();
    messages.dedup();
    u64::try_from(messages.len()).unwrap_or_default()
}

async fn holds(bench: &mut Bench, town: &Arc<Town>, costs: &Costs<'_>) -> Result<()> {
    let all = open(10, LASTS, |number| {
        let town = Arc::clone(town);
        async move { town.is_held(number).await }
    })
    .await?;
    bench.line("hold over HTTP, 10/s offered", "open", &all, Inserts)?;
    told(town, "%", 100).await?;

    let (began, before) = (Instant::now(), costs.so_far()?);
    let all = closed(16, LASTS, |number| town.is_held(100 + number)).await?;
    bench.line(
        "hold over HTTP, as fast as they are answered",
        "16",
        &all,
        Inserts,
    )?;
    let held = u64::try_from(all.took.len())?;
    told(town, "%", 100 + held).await?;
    let flows = Measured {
        lasted: began.elapsed(),
        ..all
    };
    bench.line(
        "the same, to the guest who has the link",
        "16",
        &flows,
        Inserts,
    )?;
    costs.each(bench, "a hold", &before, flows.took.len())?;

    let deadlocks = "SELECT sum(deadlocks) FROM pg_stat_database";
    let before = town.count(deadlocks).await?;
    let began = Instant::now();
    let crowd = (0..200).map(|guest| async move {
        let asked = Instant::now();
        let status = town.holds(7, 250, 1_000_000 + guest).await?;
        anyhow::Ok((status, asked.elapsed()))
    });
    let answers = future::try_join_all(crowd).await?;
    let lasted = began.elapsed();
    let held = answers.iter().filter(|(status, _)| *status == 201).count();
    let broken = answers.iter().filter(|(status, _)| *status >= 500).count();
    ensure!(held == 1, "{held} of 200 guests hold the same nights");
    let all = Measured {
        took: answers.iter().map(|(_, took)| *took).collect(),
        failed: u64::try_from(broken)?,
        lasted,
    };
    bench.line("200 guests after the same nights", "200", &all, Inserts)?;
    bench.took("all of them settled", lasted);
    let deadlocks = town.count(deadlocks).await? - before;
    println!("{deadlocks} deadlocks");
    Ok(())
}

/// A thousand holds that end in the same second.
async fn expiries(bench: &mut Bench, town: &Arc<Town>, costs: &Costs<'_>) -> Result<()> {
    const HOLDS: u64 = 1_000;
    let since = Instant::now();
    let end = since + Duration::from_secs(120);
    let mut next = 0;
    while next < HOLDS {
        let left = end
            .saturating_duration_since(Instant::now())
            .as_secs_f64()
            .round();
        ensure!(left > 5.0, "{next} holds were made in time, of {HOLDS}");
        town.run(&format!(
            "UPDATE accommodations SET policies = policies || '{{\"hold\": {{\"seconds\": {left}, \
             \"reminder_seconds\": 0, \"look_before_seconds\": 1, \"look_after_seconds\": 1}}}}'::jsonb"
        ))
        .await?;
        // From the middle of the year on, where no other line of this holds anything.
        let batch = stream::iter(next..next + 25).map(|number| town.is_held(20_000 + number));
        batch.buffer_unordered(25).try_collect::<Vec<()>>().await?;
        next += 25;
    }
    let before = costs.so_far()?;
    tokio::time::sleep_until(end.into()).await;
    let expired = "SELECT count(*) FROM reservations WHERE reservation_status = 'expired'";
    counts(town, expired, HOLDS).await?;
    bench.took(
        "1,000 holds that end in the same second: all nights free",
        end.elapsed(),
    );
    told(town, "hold-expired", HOLDS).await?;
    bench.took("the same: every guest told", end.elapsed());
    costs.each(bench, "an expiry", &before, usize::try_from(HOLDS)?)
}

async fn pages(bench: &mut Bench, town: &Arc<Town>, app: &App) -> Result<()> {
    let owner = ["create-owner", "--email", OWNER, "--name", "Ana Pereyra"];
    let (_, said) = app.posada(&owner).await?;
    let password = said
        .lines()
        .find_map(|line| line.strip_prefix("Password: "));
    let password = password.with_context(|| said.clone())?;
    let cookie = town.signs_in(OWNER, password).await?;
    town.has_been_open_for_years(10_000).await?;
    for page in [
        "/admin",
        "/admin/calendar",
        "/admin/reservations",
        "/admin/conversations",
        "/admin/reports",
    ] {
        let all = closed(1, Duration::from_secs(3), |_| town.looks_at(page, &cookie)).await?;
        bench.line(&format!("{page}, 10,000 reservations"), "1", &all, Handler)?;
    }
    Ok(())
}

/// Waits until so many guests have been told of this step.
async fn told(town: &Arc<Town>, step: &str, count: u64) -> Result<()> {
    let sql = format!(
        "SELECT count(DISTINCT split_part(step, '/', 1)) FROM messages \
         WHERE step LIKE 'RES%/{step}%' AND accepted_at IS NOT NULL"
    );
    counts(town, &sql, count).await
}

async fn counts(town: &Arc<Town>, sql: &str, count: u64) -> Result<()> {
    let what = format!("{sql}: {count}");
    eventually(&what, PATIENCE, async || {
        town.count(sql).await.ok().filter(|now| *now == count)
    })
    .await
    .map(drop)
}
