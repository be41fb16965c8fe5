//! How business goes, read from Postgres when somebody asks.
//!
//! Every worker tells the same: take one of them, not their sum.

use std::time::Duration;

use chrono::Utc;
use database::{
    Database,
    vitals::{self, Counted, Totals, Urgent},
};
use telemetry::{Gauge, metrics};
use tokio::{sync::Mutex, time::Instant};

/// Whoever asks more often is told the same again.
const FRESH: Duration = Duration::from_secs(5);

/// When it was last looked.
#[derive(Debug, Default)]
pub(super) struct Watch(Mutex<Option<Instant>>);

impl Watch {
    /// Looks, unless somebody has just done so.
    ///
    /// # Errors
    /// When Postgres is away; what was measured last stands.
    pub(super) async fn measure(&self, database: &Database) -> Result<(), database::Error> {
        let mut last = self.0.lock().await;
        let pool = database.connections();
        for (state, connections) in [
            ("in_use", pool.in_use),
            ("idle", pool.idle),
            ("allowed", pool.allowed),
        ] {
            metrics::DATABASE_CONNECTIONS.set(&[state], f64::from(connections));
        }
        if last.is_some_and(|at| at.elapsed() < FRESH) {
            return Ok(());
        }
        let now = Utc::now();
        // Counting everything may take too long in a large house. What rings for somebody does not wait for it.
        tell_urgent(&vitals::urgent(database, now).await?);
        let now = u32::try_from(now.timestamp()).unwrap_or(u32::MAX);
        metrics::VITALS_READ.set(&[], f64::from(now));
        tell_totals(&vitals::totals(database).await?);
        *last = Some(Instant::now());
        Ok(())
    }
}

fn tell_urgent(urgent: &Urgent) {
    let waiting = urgent.waiting;
    metrics::HOLDS_OVERDUE_SECONDS.set(&[], waiting.holds_overdue_seconds);
    metrics::OUTBOX_WAITING.set(&[], waiting.outbox);
    metrics::OUTBOX_OLDEST_SECONDS.set(&[], waiting.outbox_oldest_seconds);
    metrics::INBOX_WAITING.set(&[], waiting.inbox);
    metrics::INBOX_OLDEST_SECONDS.set(&[], waiting.inbox_oldest_seconds);
    metrics::REFUNDS_OPEN.set(&[], waiting.refunds);
    metrics::REFUNDS_OLDEST_SECONDS.set(&[], waiting.refunds_oldest_seconds);
    by_one_word(&metrics::CONFLICTS, &urgent.conflicts);
    metrics::FEED_AGE_SECONDS.forget();
    metrics::FEED_FAILURES.forget();
    for feed in &urgent.feeds {
        let labels = [&*feed.id.to_string(), &feed.channel];
        metrics::FEED_AGE_SECONDS.set(&labels, feed.age_seconds);
        metrics::FEED_FAILURES.set(&labels, feed.failures);
    }
}

fn tell_totals(totals: &Totals) {
    for Counted { what, of, count } in &totals.events {
        metrics::RESERVATION_EVENTS.at_least(&[what, of], count.unsigned_abs().into());
    }
    metrics::RESERVATIONS.forget();
    for Counted { what, of, count } in &totals.reservations {
        metrics::RESERVATIONS.set(&[what, of], f64::from(*count));
    }
    by_one_word(&metrics::PAYMENTS, &totals.payments);
}

fn by_one_word(gauge: &Gauge, counted: &[Counted]) {
    gauge.forget();
    for Counted { what, count, .. } in counted {
        gauge.set(&[what], f64::from(*count));
    }
}
