//! Questions about reservations that change nothing.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{AccommodationId, GuestId, ReservationCode, ReservationStatus, Stay};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    raw_sql,
};
use uuid::Uuid;

use super::Reservation;
use crate::{
    Database, Error, Page,
    entity::reservation::{Column, Entity},
    row,
};

/// The statuses that keep others from the nights: the condition of the constraint.
const OCCUPYING: [&str; 3] = ["pre_reserved", "confirmed", "blocked"];

/// Which reservations are listed. What is `None` does not matter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Only those of this status.
    pub status: Option<ReservationStatus>,
    /// Only those of this accommodation.
    pub accommodation_id: Option<AccommodationId>,
    /// Only those with a night on this date or after it.
    pub from: Option<NaiveDate>,
    /// Only those with a night before this date.
    pub to: Option<NaiveDate>,
}

/// The stays of our own guests that have begun by a day and are not over.
///
/// # Errors
/// See [`Error`].
pub async fn begun(db: &Database, day: NaiveDate) -> Result<Vec<ReservationCode>, Error> {
    let rows = Entity::find()
        .filter(Column::ReservationStatus.eq(ReservationStatus::Confirmed.as_str()))
        .filter(Column::GuestId.is_not_null())
        .filter(Column::CheckIn.lte(day))
        .order_by_asc(Column::CheckIn)
        .all(db.pool())
        .await?;
    rows.iter().map(|begun| row::word(&begun.code)).collect()
}

/// The reservation of this code.
///
/// # Errors
/// See [`Error`].
pub async fn by_code(db: &Database, code: &ReservationCode) -> Result<Option<Reservation>, Error> {
    let row = Entity::find()
        .filter(Column::Code.eq(code.as_str()))
        .one(db.pool())
        .await?;
    row.map(Reservation::try_from).transpose()
}

/// What a guest has running, and what they have had since `recent`, the next stay first.
///
/// # Errors
/// See [`Error`].
pub async fn of_guest(
    db: &Database,
    guest_id: GuestId,
    recent: DateTime<Utc>,
) -> Result<Vec<Reservation>, Error> {
    let live_or_recent = Condition::any()
        .add(Column::ReservationStatus.is_in(OCCUPYING))
        .add(Column::CreatedAt.gte(recent));
    let rows = Entity::find()
        .filter(Column::GuestId.eq(guest_id.uuid()))
        .filter(live_or_recent)
        .order_by_asc(Column::CheckIn)
        .limit(50)
        .all(db.pool())
        .await?;
    rows.into_iter().map(Reservation::try_from).collect()
}

/// Reservations, the newest first.
///
/// # Errors
/// See [`Error`].
pub async fn list(db: &Database, filter: Filter, page: Page) -> Result<Vec<Reservation>, Error> {
    let wanted = Condition::all()
        .add_option(
            filter
                .status
                .map(|status| Column::ReservationStatus.eq(status.as_str())),
        )
        .add_option(
            filter
                .accommodation_id
                .map(|id| Column::AccommodationId.eq(id.uuid())),
        )
        .add_option(filter.from.map(|date| Column::CheckOut.gt(date)))
        .add_option(filter.to.map(|date| Column::CheckIn.lt(date)));
    let rows = Entity::find()
        .filter(wanted)
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(page.limit())
        .offset(page.offset())
        .all(db.pool())
        .await?;
    rows.into_iter().map(Reservation::try_from).collect()
}

#[derive(FromQueryResult)]
struct OccupiedRow {
    accommodation_id: Uuid,
    check_in: NaiveDate,
    check_out: NaiveDate,
}

/// Every stay that keeps others from a night in `[from, to)`.
///
/// # Errors
/// See [`Error`].
pub async fn occupied(
    db: &Database,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(AccommodationId, Stay)>, Error> {
    // The statuses are written out so that Postgres sees that the constraint's partial index answers this.
    let rows = OccupiedRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT accommodation_id, check_in, check_out FROM reservations
          WHERE reservation_status IN ('pre_reserved', 'confirmed', 'blocked')
            AND period && daterange({from}, {to}, '[)')"
    ))
    .all(db.pool())
    .await?;
    rows.into_iter()
        .map(|row| {
            let stay = Stay::new(row.check_in, row.check_out).map_err(Error::unexpected)?;
            Ok((AccommodationId::from_uuid(row.accommodation_id), stay))
        })
        .collect()
}
