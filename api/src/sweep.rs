//! The sweep: hands over, in order, what could not be handed over at once.
//!
//! It runs in every process, and one of them at a time does the work. While Temporal or Postgres is away it
//! tries ever more rarely and says so once.

use std::{collections::HashSet, time::Duration};

use chrono::{TimeDelta, Utc};
use database::{
    Database,
    inbox::{self, Event},
};
use domain::GuestId;

use crate::{
    app::App,
    dispatch::{self, NotDelivered},
    error::chain,
};

/// How often it looks when there is nothing to do.
const PAUSE: Duration = Duration::from_secs(2);

/// How soon it looks again when there is.
const BREATH: Duration = Duration::from_millis(100);

/// The longest pause while something is away.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Younger events are being handed over by whoever took them in.
const GRACE: TimeDelta = TimeDelta::seconds(2);

/// When more events than this have to wait for too long in one pass, it is Postgres that is slow and no single row.
const MOST_HELD: u32 = 2;

/// How far the clocks of two processes may be apart.
const CLOCKS: TimeDelta = TimeDelta::days(1);

/// The most events of one pass.
const BATCH: u32 = 500;

/// An event that cannot be handed over is given up at this age: it must not keep a guest's later messages
/// from being answered for ever.
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::hours(1);

/// What a pass found.
#[derive(Debug, PartialEq, Eq)]
enum Pass {
    /// Nothing is left.
    Clear,
    /// Something is left, or may be.
    More,
}

/// Whose order an event keeps: what waits behind one that is stuck.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Line {
    Guest(GuestId),
    Resource(String),
    Alone(i64),
}

/// Sweeps for as long as the process lives.
pub(crate) async fn run(app: App) {
    let mut pause = Duration::ZERO;
    let mut logged = false;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.backlog.grown(), if pause <= PAUSE => {}
        }
        match pass(&app).await {
            Ok(found) => {
                if logged {
                    tracing::info!("the inbox is being handed over again");
                    logged = false;
                }
                pause = if found == Pass::Clear { PAUSE } else { BREATH };
            }
            Err(error) => {
                if !logged {
                    tracing::warn!(
                        error = chain(&error),
                        "the inbox cannot be handed over, trying again"
                    );
                    logged = true;
                }
                pause = pause.saturating_mul(2).clamp(PAUSE, LONGEST_PAUSE);
            }
        }
    }
}

async fn pass(app: &App) -> Result<Pass, NotDelivered> {
    let database = app
        .database()
        .map_err(|error| NotDelivered::Away(Box::new(error)))?;
    let events = waiting(app, &database).await?;
    if events.is_empty() {
        app.backlog.set(false);
        return Ok(Pass::Clear);
    }
    app.backlog.set(true);
    let Some(lock) = inbox::try_sweep_lock(&database).await? else {
        return Ok(Pass::Clear);
    };
    // Another process may have handed some of them over just before it gave up the lock.
    let events = waiting(app, &database).await?;
    let delivered = deliver(app, &database, &events).await;
    lock.release().await?;
    delivered
}

/// What is left. While there is a backlog, nobody else hands anything over, and age does not matter.
async fn waiting(app: &App, database: &Database) -> Result<Vec<Event>, NotDelivered> {
    let now = Utc::now();
    let older_than = if app.backlog.exists() {
        now + CLOCKS
    } else {
        now - GRACE
    };
    let events = inbox::undelivered(database, BATCH, older_than).await?;
    Ok(events)
}

async fn deliver(app: &App, database: &Database, events: &[Event]) -> Result<Pass, NotDelivered> {
    let desk = app
        .desk()
        .map_err(|error| NotDelivered::Away(Box::new(error)))?;
    let mut stuck = HashSet::new();
    let mut held = 0;
    for event in events {
        let line = Line::of(event);
        if stuck.contains(&line) {
            continue;
        }
        match dispatch::deliver(database, &desk, event).await {
            Ok(()) => app.metrics.delivery("sweep", "delivered"),
            Err(NotDelivered::Away(cause)) => {
                app.metrics.delivery("sweep", "away");
                return Err(NotDelivered::Away(cause));
            }
            // It is tried again with the next pass; whoever is behind it in its line waits, and nobody else does.
            Err(NotDelivered::Held(cause)) if held < MOST_HELD => {
                app.metrics.delivery("sweep", "held");
                tracing::debug!(inbox.id = event.id, %cause, "an event had to wait for too long");
                held += 1;
                stuck.insert(line);
            }
            Err(NotDelivered::Held(cause)) => {
                app.metrics.delivery("sweep", "away");
                return Err(NotDelivered::Away(cause));
            }
            Err(error @ NotDelivered::Stuck(_)) => {
                app.metrics.delivery("sweep", "stuck");
                set_aside(database, event, &error).await?;
                stuck.insert(line);
            }
        }
    }
    if stuck.is_empty() {
        return Ok(Pass::More);
    }
    // What is stuck must not hold up everybody else.
    app.backlog.set(false);
    Ok(Pass::Clear)
}

/// Counts the attempt; in the end the event is the operators'.
async fn set_aside(
    database: &Database,
    event: &Event,
    error: &NotDelivered,
) -> Result<(), NotDelivered> {
    if Utc::now().signed_duration_since(event.received_at) < GIVEN_UP_AFTER {
        tracing::warn!(
            inbox.id = event.id,
            inbox.kind = event.kind,
            error = chain(error),
            "an event is stuck"
        );
        inbox::mark_attempted(database, &[event.id]).await?;
    } else {
        tracing::error!(
            inbox.id = event.id,
            inbox.kind = event.kind,
            error = chain(error),
            "an event was given up"
        );
        inbox::mark_delivered(database, &[event.id], Utc::now()).await?;
    }
    Ok(())
}

impl Line {
    fn of(event: &Event) -> Self {
        match (event.guest_id, &event.resource_id) {
            (Some(guest), _) => Self::Guest(guest),
            (None, Some(resource)) => Self::Resource(resource.clone()),
            (None, None) => Self::Alone(event.id),
        }
    }
}
