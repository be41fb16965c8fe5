//! Nights are sold once, shown on a crowd: guests who hold, pay, leave, extend, move and come back late, owners who
//! block, and channels whose calendars change, all at once on a real Postgres, each thing asked twice now and
//! then. What they were answered is judged by a witness that never looks into the database.
//!
//! `make test-nights OPERATIONS=1000000 SEED=7` asks for more, or for those of a seed. Without them it is a small run
//! of a new seed. Tasks race, so that a seed repeats what is asked, and not in which order it is answered.

#![expect(
    clippy::print_stdout,
    reason = "a long run tells how it gets on and what it came to"
)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed assumption of a test is its failure"
)]

#[expect(dead_code, reason = "these tests need fewer words than the others")]
#[path = "../it/support.rs"]
mod support;

mod channel;
mod guest;
mod town;
mod witness;

use std::sync::Arc;
use std::time::Instant;

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use tokio::{runtime::Handle, task::JoinSet};

use crate::{support::Fresh, town::Town};

/// How much is asked in `make test`.
const A_FEW: u64 = 6_000;

/// How many guests, owners and late payers are about at once.
const AT_ONCE: u64 = 24;

fn asked_for<T: std::str::FromStr>(variable: &str) -> Option<T> {
    let value = std::env::var_os(variable)?;
    value.to_str()?.trim().parse().ok()
}

/// Lets everybody ask until enough has been asked, and answers the town as they left it.
async fn crowd(fresh: &Fresh, operations: u64, seed: u64) -> Arc<Town> {
    let town = Arc::new(Town::open(fresh, operations).await);
    let mut chance = StdRng::seed_from_u64(seed);
    let mut everybody = JoinSet::new();
    for _ in 0..AT_ONCE {
        everybody.spawn(guest::come_and_go(Arc::clone(&town), chance.random()));
    }
    for cabin in town.cabins_with_channels() {
        let (town, seed, runtime) = (Arc::clone(&town), chance.random(), Handle::current());
        // A thread of its own: what a feed's run does is not shown to be `Send` for every lifetime.
        everybody.spawn_blocking(move || runtime.block_on(channel::change(town, cabin, seed)));
    }
    while let Some(done) = everybody.join_next().await {
        done.unwrap();
    }
    town
}

/// The deadlocks Postgres had to break in this database: none of them may be seen outside the crate.
async fn deadlocks(fresh: &Fresh) -> i64 {
    let question = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    fresh
        .sql()
        .await
        .query_one_raw(Statement::from_string(DbBackend::Postgres, question))
        .await
        .unwrap()
        .unwrap()
        .try_get("", "deadlocks")
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_asked_at_once_no_night_is_sold_twice() {
    let operations: u64 = asked_for("OPERATIONS").unwrap_or(A_FEW);
    let seed: u64 = asked_for("SEED").unwrap_or_else(rand::random);
    println!("seed {seed}, {operations} operations");
    let began = Instant::now();
    let fresh = Fresh::database().await;
    let town = crowd(&fresh, operations, seed).await;
    println!(
        "seed {seed}: {} after {} s; deadlocks inside: {}",
        town.tally(),
        began.elapsed().as_secs(),
        deadlocks(&fresh).await
    );
    assert_eq!(
        town.surprises(),
        Vec::<String>::new(),
        "make test-nights OPERATIONS={operations} SEED={seed}"
    );
    assert_eq!(
        town.sold_twice(),
        Vec::<String>::new(),
        "make test-nights OPERATIONS={operations} SEED={seed}"
    );
    let audit = database::audit::make(&fresh.db, support::now())
        .await
        .unwrap();
    let nights = audit
        .iter()
        .find(|made| made.check.name == "nights_sold_once");
    assert_eq!(nights.unwrap().differences, []);
    let held = town.everything_held();
    assert!(
        held.guests > 0 && held.channels > 0 && held.moved > 0 && held.retaken > 0,
        "nobody got anything, and nothing was shown: {held:?}"
    );
}

/// A witness who never objects proves nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_constraint_the_witness_objects() {
    let fresh = Fresh::database().await;
    fresh
        .sql()
        .await
        .execute_unprepared("ALTER TABLE reservations DROP CONSTRAINT no_overlap_reservations")
        .await
        .unwrap();
    let town = crowd(&fresh, 2_000, 7).await;
    assert_ne!(town.sold_twice(), Vec::<String>::new());
}
