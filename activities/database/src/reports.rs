//! What the house earned and how full it was, between two dates.
//!
//! A stay that lies only partly between them counts with the nights that do, and with the share of its price that
//! falls on them. Money is in whole centavos; what a share leaves over is rounded half up, stay by stay.

use chrono::NaiveDate;
use domain::{AccommodationId, Channel};
use sea_orm::{FromQueryResult, raw_sql};
use uuid::Uuid;

use crate::{Database, Error, row};

/// How one accommodation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Yield {
    /// Which.
    pub accommodation_id: AccommodationId,
    /// What it is called.
    pub accommodation: String,
    /// Nights that guests stayed or will stay.
    pub nights: i64,
    /// Those of them that we sold ourselves, and know the price of.
    pub own_nights: i64,
    /// Nights that the owner kept.
    pub blocked: i64,
    /// What our own nights bring in, in centavos.
    pub revenue_centavos: i64,
}

/// How many nights came from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByChannel {
    /// From where.
    pub channel: Channel,
    /// How many nights.
    pub nights: i64,
    /// How many stays.
    pub stays: i64,
}

/// How far guests came, of those who wrote for the first time between the dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Funnel {
    /// They wrote.
    pub wrote: i64,
    /// They held nights.
    pub held: i64,
    /// They paid the deposit.
    pub confirmed: i64,
}

#[derive(FromQueryResult)]
struct YieldRow {
    accommodation_id: Uuid,
    accommodation: String,
    nights: i64,
    own_nights: i64,
    blocked: i64,
    revenue_centavos: i64,
}

/// How each accommodation did, those without a guest too.
///
/// # Errors
/// See [`Error`].
pub async fn by_accommodation(
    db: &Database,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<Yield>, Error> {
    let found = YieldRow::find_by_statement(raw_sql!(
        Postgres,
        r"WITH parts AS (
              SELECT accommodation_id, reservation_status, channel, total_centavos, check_out - check_in AS nights,
                  (least(check_out, {to}::date) - greatest(check_in, {from}::date)) AS within
              FROM reservations
              WHERE period && daterange({from}, {to}, '[)')
                AND reservation_status IN ('confirmed', 'completed', 'no_show', 'blocked')
          )
          SELECT a.id AS accommodation_id, a.name AS accommodation,
              coalesce(sum(within) FILTER (WHERE reservation_status <> 'blocked'), 0)::bigint AS nights,
              coalesce(sum(within) FILTER (WHERE reservation_status <> 'blocked' AND channel <> 'calendar'), 0)::bigint
                  AS own_nights,
              coalesce(sum(within) FILTER (WHERE reservation_status = 'blocked'), 0)::bigint AS blocked,
              coalesce(sum((2 * total_centavos * within + nights) / (2 * nights))
                  FILTER (WHERE reservation_status <> 'blocked'), 0)::bigint AS revenue_centavos
          FROM accommodations a LEFT JOIN parts ON parts.accommodation_id = a.id
          WHERE a.active OR parts.accommodation_id IS NOT NULL
          GROUP BY a.id, a.name ORDER BY a.name"
    ));
    let rows = found.all(db.pool()).await?;
    Ok(rows
        .into_iter()
        .map(|found| Yield {
            accommodation_id: AccommodationId::from_uuid(found.accommodation_id),
            accommodation: found.accommodation,
            nights: found.nights,
            own_nights: found.own_nights,
            blocked: found.blocked,
            revenue_centavos: found.revenue_centavos,
        })
        .collect())
}

#[derive(FromQueryResult)]
struct ChannelRow {
    channel: String,
    nights: i64,
    stays: i64,
}

/// How many nights came from where, the most first.
///
/// # Errors
/// See [`Error`].
pub async fn by_channel(
    db: &Database,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<ByChannel>, Error> {
    let found = ChannelRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT channel, count(*) AS stays,
              sum(least(check_out, {to}::date) - greatest(check_in, {from}::date))::bigint AS nights
          FROM reservations
          WHERE period && daterange({from}, {to}, '[)')
            AND reservation_status IN ('confirmed', 'completed', 'no_show')
          GROUP BY channel ORDER BY nights DESC, channel"
    ));
    let rows = found.all(db.pool()).await?;
    rows.into_iter()
        .map(|found| {
            Ok(ByChannel {
                channel: row::word(&found.channel)?,
                nights: found.nights,
                stays: found.stays,
            })
        })
        .collect()
}

/// How far those came who first wrote between the dates, in the time zone of the house.
///
/// # Errors
/// See [`Error`].
pub async fn funnel(db: &Database, from: NaiveDate, to: NaiveDate) -> Result<Funnel, Error> {
    let found = Funnel::find_by_statement(raw_sql!(
        Postgres,
        r"WITH wrote AS (
              SELECT guest_id FROM messages WHERE direction = 'in' GROUP BY guest_id
              HAVING (min(created_at) AT TIME ZONE 'America/Argentina/Buenos_Aires')::date >= {from}
                 AND (min(created_at) AT TIME ZONE 'America/Argentina/Buenos_Aires')::date < {to}
          )
          SELECT count(*) AS wrote,
              count(*) FILTER (WHERE EXISTS (
                  SELECT 1 FROM reservations r WHERE r.guest_id = wrote.guest_id)) AS held,
              count(*) FILTER (WHERE EXISTS (
                  SELECT 1 FROM reservations r WHERE r.guest_id = wrote.guest_id
                      AND r.confirmed_at IS NOT NULL)) AS confirmed
          FROM wrote"
    ));
    found
        .one(db.pool())
        .await?
        .ok_or_else(|| Error::unexpected("a count answered no row"))
}

/// How long before they arrived those who come between the dates booked, of the stays that we sold ourselves: the
/// middle one, in days. Nothing when nobody comes.
///
/// # Errors
/// See [`Error`].
pub async fn lead_time(
    db: &Database,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Option<i32>, Error> {
    #[derive(FromQueryResult)]
    struct Middle {
        days: Option<i32>,
    }
    let found = Middle::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY greatest(
                     check_in - (created_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date, 0)) AS days
          FROM reservations
          WHERE check_in >= {from} AND check_in < {to} AND channel <> 'calendar'
            AND reservation_status IN ('confirmed', 'completed', 'no_show')"
    ));
    let found = found.one(db.pool()).await?;
    Ok(found.and_then(|middle| middle.days))
}
