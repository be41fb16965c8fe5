//! Money that cannot get lost, shown on many reservations at once: guests who pay, pay twice, late, too little
//! or in the wrong currency, while notifications get lost and come in any order, the provider is away, refunds
//! fail, and our own programs are killed. When all is quiet, every peso is somewhere, and each guest was told
//! exactly once.
//!
//! `make test-money RESERVATIONS=10000 SEED=7` runs more of them, or those of a seed that failed. Without them
//! it is a small run of a new seed.

#![expect(
    clippy::print_stdout,
    reason = "a long simulation tells how it gets on"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "a JSON field that is missing reads as null"
)]

mod books;
mod guests;
mod plan;
mod storm;
mod told;
mod town;

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use stack::App;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::plan::Plan;
use crate::town::Town;

/// How many reservations there are in `make test`: enough for each kind of guest to come by.
const A_FEW: u32 = 60;

/// How many guests are about at once, unless `AT_ONCE` says otherwise: a machine with time to spare goes through them
/// as much faster.
const AT_ONCE: usize = 70;

fn asked_for<T: std::str::FromStr>(variable: &str) -> Option<T> {
    let value = std::env::var_os(variable)?;
    value.to_str()?.trim().parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_peso_ends_somewhere_and_everybody_is_told_once() -> Result<()> {
    let reservations: u32 = asked_for("RESERVATIONS").unwrap_or(A_FEW);
    let seed: u64 = asked_for("SEED").unwrap_or_else(rand::random);
    println!("seed {seed}, {reservations} reservations");
    let began = Instant::now();
    let done = simulate(reservations, seed).await;
    let seconds = began.elapsed().as_secs();
    match &done {
        Ok(()) => println!("seed {seed}: every peso is somewhere, after {seconds} s"),
        Err(_) => println!(
            "seed {seed} failed after {seconds} s; repeat it with: make test-money RESERVATIONS={reservations} SEED={seed}"
        ),
    }
    done.with_context(|| format!("make test-money RESERVATIONS={reservations} SEED={seed}"))
}

async fn simulate(reservations: u32, seed: u64) -> Result<()> {
    let mut app = App::start_with(&[("POSADA_LOG", "json")]).await?;
    let town = Arc::new(Town::open(&app, reservations).await?);
    let watching = tokio::spawn(Arc::clone(&town).watch());
    let (trouble, ()) = tokio::join!(
        come_and_go(&town, reservations, seed),
        storm::rage(&town, &mut app, seed),
    );
    println!("all guests have gone; waiting for everything to be settled");
    let settled = books::are_settled(&town).await;
    watching.abort();
    for one in trouble.iter().take(5) {
        println!("{:.600}", format!("{one:#}"));
    }
    ensure!(
        trouble.is_empty(),
        "{} guests could not do what they wanted",
        trouble.len()
    );
    settled?;
    books::are_audited(&app).await?;
    told::exactly_once(&town).await?;
    town.summary().await
}

/// Lets every guest live, so many at once; answers what kept any of them from it.
async fn come_and_go(town: &Arc<Town>, reservations: u32, seed: u64) -> Vec<anyhow::Error> {
    let at_once = asked_for("AT_ONCE").unwrap_or(AT_ONCE);
    let places = Arc::new(Semaphore::new(at_once));
    let mut guests = JoinSet::new();
    for number in 0..reservations {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            break;
        };
        let town = Arc::clone(town);
        let plan = Plan::of(seed, number);
        guests.spawn(async move {
            let lived = guests::live(&town, &plan).await;
            drop(place);
            town.left();
            lived.with_context(|| format!("guest {number}: {plan:?}"))
        });
    }
    let mut trouble = Vec::new();
    while let Some(ended) = guests.join_next().await {
        let lived = ended.map_err(anyhow::Error::from).flatten();
        trouble.extend(lived.err());
    }
    town.closes();
    trouble
}
