//! What is on offer and what is taken, as the domain wants it. Nothing is cached: three indexed reads.

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::{Stay, availability::Inventory};

use crate::{Database, Error, accommodations, holidays, reservations};

/// How far around a stay other stays matter: nearby dates that are offered instead, and days kept free for
/// preparation.
const AROUND_DAYS: u64 = 35;

/// Everything that can be booked, with what is taken between two dates. Nights outside of them look free.
///
/// # Errors
/// See [`Error`].
pub async fn inventory(
    db: &Database,
    now: DateTime<Utc>,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Inventory, Error> {
    let accommodations = accommodations::active(db).await?;
    let holidays = holidays::all(db).await?;
    let occupied = reservations::occupied(db, from, to).await?;
    Ok(Inventory {
        accommodations,
        holidays,
        occupied: occupied.into_iter().collect(),
        now,
    })
}

/// The inventory for one stay, wide enough to offer the dates near it instead.
///
/// # Errors
/// See [`Error`].
pub async fn inventory_around(
    db: &Database,
    now: DateTime<Utc>,
    stay: Stay,
) -> Result<Inventory, Error> {
    let around = Days::new(AROUND_DAYS);
    let from = stay
        .check_in()
        .checked_sub_days(around)
        .unwrap_or(stay.check_in());
    let to = stay
        .check_out()
        .checked_add_days(around)
        .unwrap_or(stay.check_out());
    inventory(db, now, from, to).await
}
