//! What a feed's blocks are before a run, and what a run makes of them.

use std::collections::HashSet;

use ::calendars::{Block, Change, End, Key, Revision};
use chrono::{DateTime, Utc};
use domain::{AccommodationId, FeedId};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::{Value, json};

use super::feeds::Feed;
use crate::{Error, row};

/// How many blocks go to Postgres in one statement: a feed of tens of thousands must not be in memory twice.
const AT_ONCE: usize = 2_000;

#[derive(FromQueryResult)]
struct BlockRow {
    id: i64,
    key: String,
    uid: Option<String>,
    taken: String,
    kind: String,
    sequence: Option<i64>,
    summary: Option<String>,
    echo: bool,
    first_seen: DateTime<Utc>,
    last_seen: DateTime<Utc>,
    misses: i16,
    held_since: Option<DateTime<Utc>>,
    revision: Option<Value>,
}

impl TryFrom<BlockRow> for Block {
    type Error = Error;

    fn try_from(found: BlockRow) -> Result<Self, Error> {
        Ok(Self {
            id: found.id,
            key: Key(found.key),
            uid: found.uid,
            nights: row::word(&found.taken)?,
            kind: row::word(&found.kind)?,
            sequence: found.sequence,
            summary: found.summary,
            echo: found.echo,
            first_seen: found.first_seen,
            last_seen: found.last_seen,
            misses: row::count(found.misses)?,
            held_since: found.held_since,
            revision: found.revision.map(row::document::<Revision>).transpose()?,
        })
    }
}

/// The active blocks of a feed.
pub(super) async fn active(turn: &impl ConnectionTrait, feed: FeedId) -> Result<Vec<Block>, Error> {
    let feed = feed.uuid();
    let found = BlockRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT id, key, uid, nights::text AS taken, kind, sequence, summary, echo, first_seen, last_seen,
                 misses, held_since, revision
          FROM calendar_blocks WHERE feed_id = {feed} AND state = 'active' ORDER BY id"
    ));
    let found = found.all(turn).await?;
    found.into_iter().map(Block::try_from).collect()
}

/// Writes what a run changes: first what ends, then what moves, then what is new, so that a name is free
/// before it is given again.
pub(super) async fn write(
    turn: &impl ConnectionTrait,
    feed: &Feed,
    changes: &[Change],
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let mut ended: HashSet<(i64, &str)> = HashSet::new();
    let (mut updated, mut added) = (Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Ended { id, end: End::Over } => {
                ended.insert((*id, "archived"));
            }
            Change::Ended { id, .. } => {
                ended.insert((*id, "released"));
            }
            Change::Updated(block) => updated.push(block),
            Change::Added { event, echo } => added.push((event, *echo)),
        }
    }
    if !ended.is_empty() {
        let ended = ended
            .into_iter()
            .map(|(id, state)| json!({ "id": id, "state": state }));
        end(turn, Value::Array(ended.collect()), at).await?;
    }
    for some in updated.chunks(AT_ONCE) {
        let documents: Result<_, Error> = some.iter().map(|block| document(block)).collect();
        update(turn, Value::Array(documents?)).await?;
    }
    for some in added.chunks(AT_ONCE) {
        let documents = some.iter().map(|(event, echo)| {
            json!({
                "key": event.key,
                "uid": event.uid,
                "nights": event.nights.to_string(),
                "kind": event.kind.as_str(),
                "sequence": event.sequence,
                "summary": event.summary,
                "echo": echo,
            })
        });
        let documents = Value::Array(documents.collect());
        insert(turn, feed.id, feed.accommodation_id, documents, at).await?;
    }
    Ok(())
}

fn document(block: &Block) -> Result<Value, Error> {
    Ok(json!({
        "id": block.id,
        "key": block.key,
        "uid": block.uid,
        "nights": block.nights.to_string(),
        "kind": block.kind.as_str(),
        "sequence": block.sequence,
        "summary": block.summary,
        "echo": block.echo,
        "last_seen": block.last_seen,
        "misses": block.misses,
        "held_since": block.held_since,
        "revision": block.revision.as_ref().map(row::to_document).transpose()?,
    }))
}

async fn end(turn: &impl ConnectionTrait, batch: Value, at: DateTime<Utc>) -> Result<(), Error> {
    let ending = raw_sql!(
        Postgres,
        r"UPDATE calendar_blocks SET state = told.state, ended_at = {at}
          FROM jsonb_to_recordset({batch}) AS told (id bigint, state text)
          WHERE calendar_blocks.id = told.id AND calendar_blocks.state = 'active'"
    );
    turn.execute_raw(ending).await?;
    Ok(())
}

async fn update(turn: &impl ConnectionTrait, batch: Value) -> Result<(), Error> {
    let updating = raw_sql!(
        Postgres,
        r"UPDATE calendar_blocks SET
              key = told.key, uid = told.uid, nights = told.nights::datemultirange, kind = told.kind,
              sequence = told.sequence, summary = told.summary, echo = told.echo,
              last_seen = told.last_seen, misses = told.misses, held_since = told.held_since,
              revision = nullif(told.revision, 'null'::jsonb)
          FROM jsonb_to_recordset({batch}) AS told (
              id bigint, key text, uid text, nights text, kind text, sequence bigint, summary text,
              echo boolean, last_seen timestamptz, misses smallint, held_since timestamptz, revision jsonb)
          WHERE calendar_blocks.id = told.id"
    );
    turn.execute_raw(updating).await?;
    Ok(())
}

async fn insert(
    turn: &impl ConnectionTrait,
    feed: FeedId,
    accommodation_id: AccommodationId,
    batch: Value,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let (feed, accommodation_id) = (feed.uuid(), accommodation_id.uuid());
    let inserting = raw_sql!(
        Postgres,
        r"INSERT INTO calendar_blocks (
              feed_id, accommodation_id, key, uid, nights, kind, sequence, summary, echo, first_seen,
              last_seen)
          SELECT {feed}, {accommodation_id}, told.key, told.uid, told.nights::datemultirange, told.kind,
                 told.sequence, told.summary, told.echo, {at}, {at}
          FROM jsonb_to_recordset({batch}) AS told (
              key text, uid text, nights text, kind text, sequence bigint, summary text, echo boolean)"
    );
    turn.execute_raw(inserting).await?;
    Ok(())
}

/// Ends every active block of a feed that `only_held` names.
pub(super) async fn release(
    turn: &impl ConnectionTrait,
    feed: FeedId,
    only_held: bool,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let feed = feed.uuid();
    let releasing = raw_sql!(
        Postgres,
        r"UPDATE calendar_blocks SET state = 'released', ended_at = {at}
          WHERE feed_id = {feed} AND state = 'active' AND (NOT {only_held} OR held_since IS NOT NULL)"
    );
    turn.execute_raw(releasing).await?;
    Ok(())
}
