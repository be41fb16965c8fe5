//! Every step of every workflow is held up in its middle, and every component is killed and frozen over it.
//! Afterwards nothing is lost, nobody hears anything twice, the books agree, and a hold whose time ran out
//! meanwhile has let go within ten seconds.
//!
//! `make test-chaos` tries the whole matrix, each component frozen for 30 s;
//! `ROUNDS="Postgres killed, worker frozen"` tries some. Every test run tries the short form.

#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a long run tells how it gets on, and a JSON field that is missing reads as null"
)]

mod gates;
mod house;
mod matrix;
mod person;
mod report;
mod round;
mod wire;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use stack::Foundation;

use crate::matrix::{COMPONENTS, Component, Fault, STEPS, Step};

/// How long a component is frozen.
const FROZEN_FOR: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes half an hour: `make test-chaos`"]
async fn whatever_breaks_nothing_is_lost_and_nothing_happens_twice() -> Result<()> {
    tries(&asked_for(), &STEPS).await
}

/// The short form, which every change has to pass: whoever decides and whoever judges are killed, over the steps
/// that would be dearest to get wrong.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_worker_or_postgres_killed_nothing_is_lost_and_nothing_happens_twice() -> Result<()>
{
    let rounds = [Component::Worker, Component::Postgres].map(|it| (it, Fault::Killed));
    tries(&rounds, &matrix::in_short()).await
}

/// One round after the other, and what came of all of them.
async fn tries(rounds: &[(Component, Fault)], steps: &[Step]) -> Result<()> {
    let mut foundation = Foundation::start().await?;
    let mut outcomes = Vec::new();
    let mut failed = Vec::new();
    for (component, fault) in rounds.iter().copied() {
        let round = format!("{} {}", report::name(component), report::how(fault));
        let began = Instant::now();
        let ran = round::run(&mut foundation, component, fault, FROZEN_FOR, steps).await;
        let seconds = began.elapsed().as_secs();
        match ran {
            Ok(outcome) => {
                println!(
                    "{round}: {} lost, {} twice, after {seconds} s",
                    outcome.lost,
                    outcome.twice.len()
                );
                for heard in &outcome.twice {
                    println!("  heard twice: {heard}");
                }
                outcomes.push(outcome);
            }
            Err(error) => {
                println!("{round}: {error:#}, after {seconds} s");
                failed.push(error.context(round));
            }
        }
    }
    println!("{}", report::table(&outcomes));
    if steps.len() == STEPS.len() {
        report::write(&outcomes)?;
    }
    if let Some(first) = failed.into_iter().next() {
        return Err(first);
    }
    ensure!(!outcomes.is_empty(), "ROUNDS names no round");
    for outcome in &outcomes {
        let round = (report::name(outcome.component), report::how(outcome.fault));
        ensure!(outcome.lost == 0, "{round:?}: {} lost", outcome.lost);
        let twice = &outcome.twice;
        ensure!(twice.is_empty(), "{round:?}: heard twice: {twice:?}");
        is_answered_honestly(outcome).with_context(|| format!("{round:?}"))?;
    }
    Ok(())
}

/// A notification is durable and acknowledged, or the provider is told to come again. There is no third way.
fn is_answered_honestly(outcome: &round::Outcome) -> Result<()> {
    let expected: &[Option<u16>] = match (outcome.component, outcome.fault) {
        (Component::Api, _) => &[None],
        // Connections outlive a killed server for a moment, and what they take in is kept.
        (Component::Postgres, Fault::Killed) => &[Some(503), Some(200)],
        (Component::Postgres, Fault::Frozen) => &[Some(503)],
        _ => &[Some(200)],
    };
    ensure!(
        expected.contains(&outcome.notification),
        "a notification was answered {:?}",
        outcome.notification
    );
    Ok(())
}

/// The rounds to try: all, or some by name.
fn asked_for() -> Vec<(Component, Fault)> {
    let all = [Fault::Killed, Fault::Frozen]
        .into_iter()
        .flat_map(|fault| COMPONENTS.map(|component| (component, fault)));
    let rounds = std::env::var_os("ROUNDS").unwrap_or_else(|| "all".into());
    let rounds = rounds.to_string_lossy().to_lowercase();
    let name = |(component, fault): (Component, Fault)| {
        format!("{} {}", report::name(component), report::how(fault)).to_lowercase()
    };
    all.filter(|it| rounds == "all" || rounds.split(',').any(|one| one.trim() == name(*it)))
        .collect()
}
