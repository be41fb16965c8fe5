//! Not keeping what serves no purpose any more.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{GuestId, Retention};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, raw_sql};
use uuid::Uuid;

use super::erase::{Cause, Erased, erase};
use crate::{Database, Error};

/// How many rows go at once: a statement that takes long keeps others waiting.
const BATCH: u64 = 2000;

/// How many guests are looked at in one call.
const GUESTS: i64 = 50;

/// So long after check-out the names that other channels wrote on their bookings are kept: the contract of calendars
/// says so, not the owner.
const CALENDAR_GUESTS_DAYS: u32 = 30;

/// What was let go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Rows that were emptied or deleted.
    pub rows: u64,
    /// Guests that were erased.
    pub guests: u64,
}

/// One purpose: the days it lasts, and what goes then. `$1` is the moment before which it is over, `$2` how
/// many at most.
struct Purpose {
    days: u32,
    sql: &'static str,
}

const WEBHOOKS: &str = r"UPDATE inbox SET payload = '{}' WHERE id IN (
    SELECT id FROM inbox WHERE delivered_at < $1 AND payload <> '{}' LIMIT $2)";
const STATUSES: &str = r"DELETE FROM message_statuses WHERE id IN (
    SELECT id FROM message_statuses WHERE received_at < $1 LIMIT $2)";
const MESSAGES: &str = r"UPDATE messages SET content = '{}', hearing = NULL, error = NULL WHERE id IN (
    SELECT id FROM messages WHERE created_at < $1 AND content <> '{}'
        AND status NOT IN ('composed', 'attempted') LIMIT $2)";
const TURNS: &str = r"DELETE FROM dialogue_turns WHERE key IN (
    SELECT key FROM dialogue_turns WHERE created_at < $1 LIMIT $2)";
const STATES: &str = r"DELETE FROM dialogue_states WHERE guest_id IN (
    SELECT guest_id FROM dialogue_states WHERE updated_at < $1 LIMIT $2)";
const EVENTS: &str = r"DELETE FROM webhook_events WHERE id IN (
    SELECT id FROM webhook_events WHERE at < $1 AND NOT EXISTS
        (SELECT FROM webhook_deliveries WHERE event_id = webhook_events.id AND status = 'pending') LIMIT $2)";
const KEYS: &str = r"DELETE FROM idempotency_keys WHERE key IN (
    SELECT key FROM idempotency_keys WHERE created_at < $1 LIMIT $2)";
const CALENDAR_GUESTS: &str = r"UPDATE calendar_blocks SET summary = NULL WHERE id IN (
    SELECT id FROM calendar_blocks
    WHERE upper(nights) < ($1::timestamptz AT TIME ZONE 'UTC')::date AND summary IS NOT NULL LIMIT $2)";
const SNAPSHOTS: &str = r"UPDATE payments SET snapshot = '{}' WHERE id IN (
    SELECT id FROM payments WHERE provider_updated_at < $1 AND snapshot <> '{}' LIMIT $2)";

/// Lets go of everything that has served its purpose, in small steps. Idempotent: what is gone stays gone.
///
/// # Errors
/// See [`Error`]; what was let go until then is gone.
pub async fn forget(
    db: &Database,
    retention: &Retention,
    now: DateTime<Utc>,
) -> Result<Forgotten, Error> {
    let purposes = [
        Purpose {
            days: retention.webhooks_days,
            sql: WEBHOOKS,
        },
        Purpose {
            days: retention.webhooks_days,
            sql: STATUSES,
        },
        Purpose {
            days: retention.webhooks_days,
            sql: EVENTS,
        },
        Purpose {
            days: retention.webhooks_days,
            sql: KEYS,
        },
        Purpose {
            days: retention.messages_days,
            sql: MESSAGES,
        },
        Purpose {
            days: retention.conversations_days,
            sql: TURNS,
        },
        Purpose {
            days: retention.conversations_days,
            sql: STATES,
        },
        Purpose {
            days: retention.payments_days,
            sql: SNAPSHOTS,
        },
        Purpose {
            days: CALENDAR_GUESTS_DAYS,
            sql: CALENDAR_GUESTS,
        },
    ];
    let mut forgotten = Forgotten::default();
    for Purpose { days, sql } in purposes {
        let before = now - TimeDelta::days(days.into());
        loop {
            let batch = i64::try_from(BATCH).unwrap_or(i64::MAX);
            let backend = sea_orm::DbBackend::Postgres;
            let step = Statement::from_sql_and_values(backend, sql, [before.into(), batch.into()]);
            let rows = db.pool().execute_raw(step).await?.rows_affected();
            forgotten.rows += rows;
            if rows < BATCH {
                break;
            }
        }
    }
    forgotten.guests = forget_guests(db, retention.guests_days, now).await?;
    Ok(forgotten)
}

#[derive(FromQueryResult)]
struct Due {
    id: Uuid,
}

/// Erases guests whom nobody has heard of for long, and who have no stay later than that.
async fn forget_guests(db: &Database, days: u32, now: DateTime<Utc>) -> Result<u64, Error> {
    let before = now - TimeDelta::days(days.into());
    let day = before.date_naive();
    let mut erased = 0;
    let (mut after, limit) = (Uuid::nil(), GUESTS);
    loop {
        let asked = raw_sql!(
            Postgres,
            r"SELECT id FROM guests
              WHERE erased_at IS NULL AND merged_into IS NULL AND id > {after}
                  AND coalesce(last_inbound_at, created_at) < {before}
                  AND NOT EXISTS (SELECT FROM reservations
                      WHERE guest_id = guests.id AND check_out >= {day})
              ORDER BY id LIMIT {limit}"
        );
        let due = Due::find_by_statement(asked).all(db.pool()).await?;
        for guest in &due {
            let id = GuestId::from_uuid(guest.id);
            if matches!(erase(db, id, Cause::Retention, now).await?, Erased::Done(_)) {
                erased += 1;
            }
        }
        match due.last() {
            Some(last) => after = last.id,
            None => return Ok(erased),
        }
    }
}
