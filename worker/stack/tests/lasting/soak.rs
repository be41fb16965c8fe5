//! A mixed load for as long as somebody wants, and what it leaves behind: memory, file handles, histories and what
//! should be empty again.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use front_desk::FrontDesk;
use serde_json::{Value, json};
use stack::{App, Foundation, eventually};

use crate::{town::Town, upgrade::PATIENCE};

/// How often it is looked at.
const GLANCE: Duration = Duration::from_secs(20);

/// The most events that the history of a conversation, a calendar or a schedule may have.
const LONGEST_HISTORY: u64 = 2_000;

/// What one process may take more in the last third than in the second: caches fill up, and leaks go on.
const MORE_KIB: u64 = 24 * 1024;
const MORE_HANDLES: u64 = 16;

/// Guests who never stop, so that their conversations grow as large as they can.
const TALKATIVE: u64 = 4;

/// Guests who write now and then; what a worker remembers of each of them is there after the first minutes.
const SOMETIMES: u64 = 100;

struct Sample {
    at: Duration,
    /// Name, KiB and handles of each process.
    processes: Vec<(&'static str, u64, u64)>,
    /// Name and rows of what is only ever in passing.
    passing: Vec<(&'static str, u64)>,
    longest_history: u64,
}

/// What must not pile up, each with the question how much there is.
const PASSING: [(&str, &str); 4] = [
    (
        "inbox not handed over",
        "SELECT count(*) FROM inbox WHERE delivered_at IS NULL",
    ),
    (
        "statuses without a message",
        "SELECT count(*) FROM message_statuses",
    ),
    (
        "messages not sent",
        "SELECT count(*) FROM messages WHERE direction = 'out' AND status IN ('composed', 'attempted')",
    ),
    (
        "holds past their end",
        "SELECT count(*) FROM reservations WHERE reservation_status = 'pre_reserved' AND expires_at < now() - interval '5 seconds'",
    ),
];

pub(crate) async fn run(minutes: u64) -> Result<()> {
    let foundation = Foundation::start().await?;
    let app = App::start_on(foundation.environment.clone(), &[]).await?;
    let town = Town::of(&app, 30).await?;
    town.connects_a_calendar().await?;
    let keys = app.secrets.payload_keys().parse()?;
    let address = &app.environment.temporal_address;
    let client = front_desk::connect(address, "default", "soak", &keys).await?;
    let desk = FrontDesk::new(client, &app.task_queue);
    let lasts = Duration::from_secs(minutes * 60);
    let began = Instant::now();
    let load = tokio::spawn(load(town.clone(), began + lasts));
    let mut samples = Vec::new();
    while began.elapsed() < lasts {
        tokio::time::sleep(GLANCE).await;
        let sample = look(&app, &foundation, &town, &desk, began.elapsed()).await?;
        println!("{}", row(&sample));
        samples.push(sample);
    }
    let done = load.await?;
    // A failure of ours is told in the log, once.
    for line in app.logs().lines().filter(|line| line.contains("ERROR")) {
        println!("{line}");
    }
    println!(
        "{} acts, {} of them refused or not answered",
        done.acts, done.failed
    );
    for (name, sql) in PASSING {
        eventually(name, PATIENCE, async || {
            (town.count(sql).await.ok()? == 0).then_some(())
        })
        .await?;
    }
    write(minutes, &samples, &done)?;
    judge(&samples)?;
    ensure!(
        done.failed * 100 <= done.acts,
        "more than one act in a hundred failed: {} of {}",
        done.failed,
        done.acts
    );
    Ok(())
}

#[derive(Default)]
struct Done {
    acts: u64,
    failed: u64,
}

/// Everything that goes on in a lodging, every half second one round of it.
async fn load(town: Town, until: Instant) -> Done {
    let mut done = Done::default();
    let mut number = 0;
    let words = [
        "hola",
        "¿tenés lugar del 10 al 13 de enero para 4?",
        "¿cuánto sale?",
        "gracias",
        "¿dónde queda?",
    ];
    while Instant::now() < until {
        let next = Instant::now() + Duration::from_millis(500);
        let said = words[usize::try_from(number).unwrap_or_default() % words.len()];
        let mut acts = vec![
            town.is_written_to(number % TALKATIVE, said).await,
            town.is_asked_what_is_free(number).await,
        ];
        if number.is_multiple_of(2) {
            acts.push(town.is_written_to(1_000 + number % SOMETIMES, said).await);
            acts.push(is_held(&town, number / 2).await);
        }
        if number.is_multiple_of(20) {
            acts.push(town.reads_the_calendar().await);
        }
        done.acts += u64::try_from(acts.len()).unwrap_or_default();
        for error in acts.into_iter().filter_map(Result::err) {
            println!("{error:#}");
            done.failed += 1;
        }
        number += 1;
        tokio::time::sleep_until(next.into()).await;
    }
    done
}

/// Some holds are paid, the others run out and their nights are held again.
async fn is_held(town: &Town, number: u64) -> Result<()> {
    let code = town.holds(number).await?;
    if number.is_multiple_of(5) {
        let town = town.clone();
        tokio::spawn(async move { town.pays(code).await });
    }
    Ok(())
}

async fn look(
    app: &App,
    foundation: &Foundation,
    town: &Town,
    desk: &FrontDesk,
    at: Duration,
) -> Result<Sample> {
    let services = &foundation.services;
    let processes = [
        ("API", &app.api),
        ("worker", &app.worker),
        ("Temporal", &services.temporal.process),
        ("Postgres", &services.postgres.process),
        ("Redis", &services.redis.process),
    ];
    let mut used = Vec::new();
    for (name, process) in processes {
        let usage = process.usage()?;
        used.push((name, usage.memory_kib, usage.handles));
    }
    let mut passing = Vec::new();
    for (name, sql) in PASSING {
        passing.push((name, town.count(sql).await?));
    }
    Ok(Sample {
        at,
        processes: used,
        passing,
        longest_history: u64::try_from(desk.longest_history().await?)?,
    })
}

fn row(sample: &Sample) -> String {
    let used = sample.processes.iter();
    let used =
        used.map(|(name, kib, handles)| format!("{name} {} MiB {handles} handles", kib / 1024));
    let passing = sample
        .passing
        .iter()
        .map(|(name, rows)| format!("{rows} {name}"));
    let all: Vec<String> = used.chain(passing).collect();
    format!(
        "{:>4} s: {}, longest history {}",
        sample.at.as_secs(),
        all.join(", "),
        sample.longest_history
    )
}

fn write(minutes: u64, samples: &[Sample], done: &Done) -> Result<()> {
    let samples = samples.iter().map(|sample| {
        let processes = sample.processes.iter();
        let processes = processes
            .map(|(name, kib, handles)| json!({ "name": name, "kib": kib, "handles": handles }));
        let passing = sample
            .passing
            .iter()
            .map(|(name, rows)| json!({ "what": name, "rows": rows }));
        json!({
            "seconds": sample.at.as_secs(), "processes": processes.collect::<Vec<Value>>(),
            "passing": passing.collect::<Vec<Value>>(), "longest_history": sample.longest_history,
        })
    });
    let report = json!({
        "minutes": minutes, "acts": done.acts, "failed": done.failed, "samples": samples.collect::<Vec<Value>>(),
    });
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.posada/soak.json");
    std::fs::write(file, serde_json::to_string_pretty(&report)?)
        .context("the report could not be written")
}

/// Compares the last third with the one before: by then every cache has had its time to fill.
fn judge(samples: &[Sample]) -> Result<()> {
    let third = samples.len() / 3;
    ensure!(third > 0, "too short to judge");
    let (second, last) = (&samples[third..2 * third], &samples[2 * third..]);
    let processes = samples.first().map_or(0, |sample| sample.processes.len());
    for place in 0..processes {
        let of = |part: &[Sample]| {
            let values = part.iter().map(|sample| sample.processes[place]);
            let (mut kib, mut handles): (Vec<u64>, Vec<u64>) =
                values.map(|(_, kib, handles)| (kib, handles)).unzip();
            kib.sort_unstable();
            handles.sort_unstable();
            (kib[kib.len() / 2], handles[handles.len() / 2])
        };
        let name = samples[0].processes[place].0;
        let ((before, open_before), (after, open_after)) = (of(second), of(last));
        // Temporal keeps every history for a day, and its cache of them is as large as it is allowed to be.
        let may = MORE_KIB
            + if name == "Temporal" {
                before / 2
            } else {
                before / 10
            };
        ensure!(
            after <= before + may,
            "{name} grew from {before} to {after} KiB"
        );
        // Each of Postgres' processes keeps the files that it has ever read, up to a thousand.
        ensure!(
            name == "Postgres" || open_after <= open_before + MORE_HANDLES,
            "{name} opened {open_before} and then {open_after} files"
        );
    }
    for sample in samples {
        ensure!(
            sample.longest_history < LONGEST_HISTORY,
            "a history has {} events",
            sample.longest_history
        );
    }
    Ok(())
}
