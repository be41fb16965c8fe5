//! The rows of `reservations` that imported blocks have, made to say what the blocks say.

use ::calendars::{Claim, NightSet, Nights, OurStay, Row, Rows, Told, occupy};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{AccommodationId, FeedId, ReservationCode};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Error, row};

#[derive(FromQueryResult)]
struct LiveRow {
    code: String,
    calendar_block_id: Option<i64>,
    reservation_status: String,
    check_in: NaiveDate,
    check_out: NaiveDate,
}

#[derive(FromQueryResult)]
struct ClaimRow {
    id: i64,
    feed_id: Uuid,
    kind: String,
    echo: bool,
    first_seen: DateTime<Utc>,
    taken: String,
}

/// Everything that takes nights of one accommodation, or says so.
pub(super) struct Occupied {
    pub(super) told: Vec<Told>,
    pub(super) ours: Vec<OurStay>,
    claims: Vec<Claim>,
    rows: Vec<Row>,
}

/// Reads it, from today on.
pub(super) async fn read(
    turn: &impl ConnectionTrait,
    accommodation_id: AccommodationId,
    today: NaiveDate,
) -> Result<Occupied, Error> {
    let id = accommodation_id.uuid();
    let live = LiveRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT code, calendar_block_id, reservation_status, check_in, check_out FROM reservations
          WHERE accommodation_id = {id} AND reservation_status IN ('pre_reserved', 'confirmed', 'blocked')
            AND period && daterange({today}, NULL, '[)')"
    ));
    let (mut ours, mut rows) = (Vec::new(), Vec::new());
    for found in live.all(turn).await? {
        let nights = Nights::new(found.check_in, found.check_out)
            .ok_or_else(|| Error::unexpected("a row without a night"))?;
        match found.calendar_block_id {
            Some(block) => rows.push(Row {
                code: found.code,
                block,
                nights,
            }),
            None => ours.push(OurStay {
                code: row::word(&found.code)?,
                status: row::word(&found.reservation_status)?,
                nights,
            }),
        }
    }
    let claimed = ClaimRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT id, feed_id, kind, echo, first_seen, nights::text AS taken FROM calendar_blocks
          WHERE accommodation_id = {id} AND state = 'active'"
    ));
    let (mut told, mut claims) = (Vec::new(), Vec::new());
    for found in claimed.all(turn).await? {
        let nights: NightSet = row::word(&found.taken)?;
        told.push(Told {
            block: found.id,
            feed: FeedId::from_uuid(found.feed_id),
            kind: row::word(&found.kind)?,
            echo: found.echo,
            nights: nights.from_on(today),
        });
        claims.push(Claim {
            block: found.id,
            first_seen: found.first_seen,
            nights,
        });
    }
    Ok(Occupied {
        told,
        ours,
        claims,
        rows,
    })
}

/// What becoming of the rows came to.
pub(super) enum Fitted {
    /// They say what the blocks say; these nights are free now.
    Done(NightSet),
    /// Somebody took a night meanwhile: all of it must be read again.
    Outrun,
}

/// Makes the rows say what the blocks say.
pub(super) async fn fit(
    turn: &impl ConnectionTrait,
    accommodation_id: AccommodationId,
    occupied: &Occupied,
    today: NaiveDate,
    at: DateTime<Utc>,
) -> Result<Fitted, Error> {
    let ours: NightSet = occupied.ours.iter().map(|stay| stay.nights).collect();
    let plan = occupy(&occupied.claims, &occupied.rows, &ours, today);
    if plan.is_empty() {
        return Ok(Fitted::Done(NightSet::EMPTY));
    }
    let before: NightSet = occupied.rows.iter().map(|row| row.nights).collect();
    let after: NightSet = occupied
        .claims
        .iter()
        .flat_map(|claim| claim.nights.ranges())
        .copied()
        .collect();
    give_up(turn, &plan, at).await?;
    move_rows(turn, &plan).await?;
    if !take(turn, accommodation_id, &plan, today, at).await? {
        return Ok(Fitted::Outrun);
    }
    Ok(Fitted::Done(before.without(&after).from_on(today)))
}

async fn give_up(turn: &impl ConnectionTrait, plan: &Rows, at: DateTime<Utc>) -> Result<(), Error> {
    if plan.given_up.is_empty() {
        return Ok(());
    }
    let batch = Value::Array(
        plan.given_up
            .iter()
            .map(|code| json!({ "code": code }))
            .collect(),
    );
    let giving_up = raw_sql!(
        Postgres,
        r"WITH changed AS (
              UPDATE reservations SET reservation_status = 'cancelled', cancelled_at = {at},
                  cancel_reason = 'the channel gave the nights back'
              FROM jsonb_to_recordset({batch}) AS told (code text)
              WHERE reservations.code = told.code AND reservation_status = 'blocked'
              RETURNING reservations.code
          )
          INSERT INTO reservation_events (code, at, kind) SELECT code, {at}, 'cancelled' FROM changed"
    );
    turn.execute_raw(giving_up).await?;
    Ok(())
}

/// First each row lets go of what it does not keep, then each takes what it gets: no two ever meet.
async fn move_rows(turn: &impl ConnectionTrait, plan: &Rows) -> Result<(), Error> {
    if plan.moved.is_empty() {
        return Ok(());
    }
    for step in [true, false] {
        let dates = plan.moved.iter().map(|moved| {
            let nights = if step { moved.meanwhile } else { moved.nights };
            json!({ "code": moved.code, "check_in": nights.from(), "check_out": nights.to() })
        });
        let batch = Value::Array(dates.collect());
        let moving = raw_sql!(
            Postgres,
            r"UPDATE reservations SET check_in = told.check_in, check_out = told.check_out
              FROM jsonb_to_recordset({batch}) AS told (code text, check_in date, check_out date)
              WHERE reservations.code = told.code"
        );
        turn.execute_raw(moving).await?;
    }
    Ok(())
}

/// Whether every night could be had.
async fn take(
    turn: &impl ConnectionTrait,
    accommodation_id: AccommodationId,
    plan: &Rows,
    today: NaiveDate,
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    if plan.taken.is_empty() {
        return Ok(true);
    }
    let mut batch = Vec::with_capacity(plan.taken.len());
    for (block, nights) in &plan.taken {
        let code = ReservationCode::generate(today).map_err(Error::unexpected)?;
        batch.push(json!({
            "code": code.as_str(), "block": block, "check_in": nights.from(), "check_out": nights.to(),
        }));
    }
    let (wanted, batch, id) = (batch.len(), Value::Array(batch), accommodation_id.uuid());
    let taking = raw_sql!(
        Postgres,
        r"WITH taken AS (
              INSERT INTO reservations (
                  code, accommodation_id, check_in, check_out, guests, quote, total_centavos,
                  deposit_centavos, currency, reservation_status, channel, source, external_key,
                  external_kind, calendar_block_id, created_at)
              SELECT told.code, {id}, told.check_in, told.check_out, 1,
                  jsonb_build_object(
                      'lines', '[]'::jsonb,
                      'total', jsonb_build_object('centavos', 0, 'currency', 'ARS'),
                      'deposit', jsonb_build_object('centavos', 0, 'currency', 'ARS'),
                      'nights', told.check_out - told.check_in),
                  0, 0, 'ARS', 'blocked', 'calendar', block.feed_id::text, coalesce(block.uid, block.key),
                  block.kind, block.id, {at}
              FROM jsonb_to_recordset({batch}) AS told (
                  code text, block bigint, check_in date, check_out date)
              JOIN calendar_blocks AS block ON block.id = told.block
              ON CONFLICT DO NOTHING
              RETURNING code
          )
          INSERT INTO reservation_events (code, at, kind) SELECT code, {at}, 'blocked' FROM taken"
    );
    let taken = turn.execute_raw(taking).await?.rows_affected();
    Ok(u64::try_from(wanted).is_ok_and(|wanted| wanted == taken))
}
