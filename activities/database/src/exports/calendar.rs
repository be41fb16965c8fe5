//! What is behind a link: every night that its channel must not sell.

use ::calendars::{NightSet, Nights};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{AccommodationId, ExportId};
use sea_orm::{FromQueryResult, raw_sql};
use uuid::Uuid;

use super::links;
use crate::{Database, Error};

/// What a link says at one moment.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// Which link.
    pub link: ExportId,
    /// What the names of its entries are made unreadable with.
    pub key: Vec<u8>,
    /// What is taken.
    pub entries: Vec<Entry>,
}

/// Nights that are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What we call them; not for others' eyes.
    pub name: String,
    /// The nights.
    pub nights: Nights,
    /// How often their dates have changed.
    pub revision: u32,
    /// When anything of them last changed.
    pub changed_at: DateTime<Utc>,
}

impl Calendar {
    /// Every night that it says is taken.
    #[must_use]
    pub fn nights(&self) -> NightSet {
        self.entries.iter().map(|entry| entry.nights).collect()
    }
}

#[derive(FromQueryResult)]
struct LinkRow {
    id: Uuid,
    key: Vec<u8>,
}

#[derive(FromQueryResult)]
struct EntryRow {
    name: String,
    check_in: NaiveDate,
    check_out: NaiveDate,
    revision: i32,
    changed_at: DateTime<Utc>,
}

/// The calendar that a token opens, if it opens one, and that of this accommodation where one is named.
///
/// Everything of ours that keeps others from nights is in it, holds from their first moment on; and what other
/// channels said, except what the reading channel said itself, what is probably our own given back, and the
/// rules of channels.
///
/// # Errors
/// See [`Error`]. Then nothing is known about any night, and least of all that one is free.
pub async fn calendar(
    db: &Database,
    token: &str,
    accommodation_id: Option<AccommodationId>,
    now: DateTime<Utc>,
) -> Result<Option<Calendar>, Error> {
    let (digest, of) = (
        links::digest(token),
        accommodation_id.map(AccommodationId::uuid),
    );
    let link = LinkRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT id, key FROM export_links CROSS JOIN export_key
          WHERE token_digest = {digest} AND revoked_at IS NULL
            AND ({of}::uuid IS NULL OR accommodation_id = {of})"
    ));
    let Some(LinkRow { id, key }) = link.one(db.pool()).await? else {
        return Ok(None);
    };
    // One statement, and so one moment. A block with several ranges is a series: each of them is an entry.
    let entries = EntryRow::find_by_statement(raw_sql!(
        Postgres,
        r"WITH link AS (
              SELECT link.accommodation_id, link.channel, with_rules, today,
                  (today + interval '24 months')::date AS horizon
              FROM export_links AS link JOIN accommodations AS place ON place.id = link.accommodation_id
              CROSS JOIN LATERAL (SELECT ({now}::timestamptz AT TIME ZONE place.time_zone)::date) AS day (today)
              WHERE link.id = {id}
          )
          SELECT code AS name, check_in, check_out, moves AS revision, changed_at
          FROM reservations JOIN link USING (accommodation_id)
          WHERE calendar_block_id IS NULL AND reservation_status IN ('pre_reserved', 'confirmed', 'blocked')
            AND period && daterange(today - 1, horizon, '[)')
          UNION ALL
          SELECT 'calendar/' || block.id
                  || CASE WHEN lower(nights) = lower(part) AND upper(nights) = upper(part) THEN ''
                     ELSE '/' || lower(part) END,
              lower(part), upper(part), moves, changed_at
          FROM calendar_blocks AS block JOIN link USING (accommodation_id)
          JOIN calendar_feeds AS feed ON feed.id = block.feed_id
          CROSS JOIN LATERAL unnest(nights) AS part
          WHERE block.state = 'active' AND NOT echo AND (kind <> 'rule' OR with_rules)
            AND feed.channel <> link.channel
            AND part && daterange(today - 1, horizon, '[)')"
    ));
    let entries = entries.all(db.pool()).await?;
    let entries = entries.into_iter().map(|found| {
        Ok(Entry {
            name: found.name,
            nights: Nights::new(found.check_in, found.check_out)
                .ok_or_else(|| Error::unexpected("an entry without a night"))?,
            revision: u32::try_from(found.revision).map_err(Error::unexpected)?,
            changed_at: found.changed_at,
        })
    });
    Ok(Some(Calendar {
        link: ExportId::from_uuid(id),
        key,
        entries: entries.collect::<Result<_, Error>>()?,
    }))
}
