//! Nights that are taken twice: kept, shown, told, and over when they are no longer shared.

use std::collections::HashMap;

use ::calendars::{Against, Displaced, NightSet, OurStay, Severity};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{AccommodationId, FeedId, Stay};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Database, Error, Page,
    review_queue::{NewMatter, raise_and_call_in, resolve_about_in},
    row,
};

/// A conflict that matters most is told again after so long, while nobody has acted.
const TOLD_AGAIN_AFTER: TimeDelta = TimeDelta::hours(1);

/// The owner has so long for a conflict.
const OWNER_HAS: TimeDelta = TimeDelta::hours(4);

/// Nights that are taken twice.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// Its number.
    pub id: i64,
    /// Where.
    pub accommodation_id: AccommodationId,
    /// The feed that says that they are taken.
    pub feed: FeedId,
    /// A reservation's code, or another feed's id.
    pub against: String,
    /// The nights.
    pub nights: NightSet,
    /// What the feed says it is.
    pub kind: String,
    /// `critical`, `warning` or `info`.
    pub severity: String,
    /// `open`, `acknowledged` or `resolved`.
    pub state: String,
    /// What both sides say.
    pub evidence: Value,
    /// Since when.
    pub first_seen: DateTime<Utc>,
    /// How often the owner was told.
    pub alerts: i16,
    /// What was decided.
    pub decision: Option<String>,
    /// By whom.
    pub acted_by: Option<String>,
    /// When.
    pub acted_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub resolved_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    accommodation_id: Uuid,
    feed_id: Uuid,
    against: String,
    taken: String,
    kind: String,
    severity: String,
    state: String,
    evidence: Value,
    first_seen: DateTime<Utc>,
    alerts: i16,
    alerted_at: Option<DateTime<Utc>>,
    decision: Option<String>,
    acted_by: Option<String>,
    acted_at: Option<DateTime<Utc>>,
    resolved_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Conflict {
    type Error = Error;

    fn try_from(found: Row) -> Result<Self, Error> {
        Ok(Self {
            id: found.id,
            accommodation_id: AccommodationId::from_uuid(found.accommodation_id),
            feed: FeedId::from_uuid(found.feed_id),
            against: found.against,
            nights: row::word(&found.taken)?,
            kind: found.kind,
            severity: found.severity,
            state: found.state,
            evidence: found.evidence,
            first_seen: found.first_seen,
            alerts: found.alerts,
            decision: found.decision,
            acted_by: found.acted_by,
            acted_at: found.acted_at,
            resolved_at: found.resolved_at,
        })
    }
}

/// Conflicts, the open and weighty ones first; of one accommodation or of all, of one state or of any.
///
/// # Errors
/// See [`Error`].
pub async fn conflicts(
    db: &Database,
    accommodation_id: Option<AccommodationId>,
    state: Option<&str>,
    page: Page,
) -> Result<Vec<Conflict>, Error> {
    let of = accommodation_id.map(AccommodationId::uuid);
    let (limit, offset) = (page.limit(), page.offset());
    let found = Row::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT id, accommodation_id, feed_id, against, kind, severity, state, evidence, first_seen, alerts,
                 alerted_at, decision, acted_by, acted_at, resolved_at, nights::text AS taken FROM calendar_conflicts
          WHERE ({of}::uuid IS NULL OR accommodation_id = {of}) AND ({state}::text IS NULL OR state = {state})
          ORDER BY array_position(ARRAY['open', 'acknowledged', 'resolved'], state),
                   array_position(ARRAY['critical', 'warning', 'info'], severity), lower(nights), id
          LIMIT {limit} OFFSET {offset}"
    ));
    let found = found.all(db.pool()).await?;
    found.into_iter().map(Conflict::try_from).collect()
}

/// One of them.
///
/// # Errors
/// See [`Error`].
pub async fn conflict(db: &Database, id: i64) -> Result<Option<Conflict>, Error> {
    let found = Row::find_by_statement(raw_sql!(
        Postgres,
        "SELECT id, accommodation_id, feed_id, against, kind, severity, state, evidence, first_seen, alerts,
                 alerted_at, decision, acted_by, acted_at, resolved_at, nights::text AS taken FROM calendar_conflicts WHERE id = {id}"
    ));
    let found = found.one(db.pool()).await?;
    found.map(Conflict::try_from).transpose()
}

/// Writes down what a person decided. The conflict is over when its nights are no longer shared.
///
/// # Errors
/// [`Error::NotFound`] when there is no such conflict.
pub async fn decide(
    db: &Database,
    id: i64,
    decision: &str,
    by: &str,
    at: DateTime<Utc>,
) -> Result<Conflict, Error> {
    let turn = db.begin().await?;
    let decided = Row::find_by_statement(raw_sql!(
        Postgres,
        r"UPDATE calendar_conflicts SET
              state = CASE WHEN state = 'open' THEN 'acknowledged' ELSE state END,
              decision = {decision}, acted_by = {by}, acted_at = {at}
          WHERE id = {id} RETURNING id, accommodation_id, feed_id, against, kind, severity, state, evidence, first_seen, alerts,
                 alerted_at, decision, acted_by, acted_at, resolved_at, nights::text AS taken"
    ));
    let decided = decided.one(&turn).await?;
    let decided = decided.ok_or(Error::NotFound { what: "conflict" })?;
    resolve_about_in(&turn, "calendar_conflict", &id.to_string(), decision, at).await?;
    turn.commit().await?;
    decided.try_into()
}

/// What is to be done about conflicts.
pub(super) struct Clashes {
    pub(super) displaced: Vec<Displaced>,
    pub(super) alerts: Vec<String>,
}

/// Compares what is found with what is known: new ones are written down and told, old ones that are over are
/// closed, and those that come back are open again. Writes nothing when nothing changed.
pub(super) async fn compare(
    turn: &impl ConnectionTrait,
    accommodation_id: AccommodationId,
    found: &[::calendars::Conflict],
    ours: &[OurStay],
    at: DateTime<Utc>,
) -> Result<Clashes, Error> {
    let mut known = known(turn, accommodation_id, found).await?;
    let mut clashes = Clashes {
        displaced: Vec::new(),
        alerts: Vec::new(),
    };
    for conflict in found {
        if conflict.displaces
            && let Some(gives_way) = gives_way(conflict, ours)?
            && !clashes.displaced.contains(&gives_way)
        {
            clashes.displaced.push(gives_way);
        }
        let key = (
            conflict.feed.uuid(),
            against(&conflict.against),
            conflict.nights.to_string(),
        );
        let told = match known.remove(&key) {
            Some(row) if is_news(&row, conflict) => {
                open(turn, accommodation_id, conflict, ours, at).await?
            }
            Some(row) => row,
            None => open(turn, accommodation_id, conflict, ours, at).await?,
        };
        // A hold that gives way within seconds is no matter for the owner.
        if !conflict.displaces && is_due(&told, conflict.severity, at) {
            tell(turn, &told, at).await?;
            clashes.alerts.push("calendar_conflict".to_owned());
        }
    }
    for over in known.into_values().filter(|row| row.state != "resolved") {
        close(turn, over.id, at).await?;
    }
    Ok(clashes)
}

fn against(against: &Against) -> String {
    match against {
        Against::Reservation(code) => code.to_string(),
        Against::Feed(feed) => feed.to_string(),
    }
}

/// The hold on the other side, with the nights it has.
fn gives_way(
    conflict: &::calendars::Conflict,
    ours: &[OurStay],
) -> Result<Option<Displaced>, Error> {
    let Against::Reservation(code) = &conflict.against else {
        return Ok(None);
    };
    let Some(hold) = ours.iter().find(|stay| stay.code == *code) else {
        return Ok(None);
    };
    let stay = Stay::new(hold.nights.from(), hold.nights.to()).map_err(Error::unexpected)?;
    Ok(Some(Displaced {
        code: code.clone(),
        stay,
    }))
}

fn is_news(known: &Row, conflict: &::calendars::Conflict) -> bool {
    known.state == "resolved"
        || known.severity != conflict.severity.as_str()
        || known.kind != conflict.kind.as_str()
}

/// Whether the owner has to hear of it: at once, and of what matters most once more.
fn is_due(known: &Row, severity: Severity, at: DateTime<Utc>) -> bool {
    let again = known
        .alerted_at
        .is_none_or(|told| at - told >= TOLD_AGAIN_AFTER);
    known.state == "open"
        && match severity {
            Severity::Info => false,
            Severity::Warning => known.alerts == 0,
            Severity::Critical => known.alerts == 0 || (known.alerts == 1 && again),
        }
}

/// Every conflict of the accommodation that is not over, and those that were and are found again.
async fn known(
    turn: &impl ConnectionTrait,
    accommodation_id: AccommodationId,
    found: &[::calendars::Conflict],
) -> Result<HashMap<(Uuid, String, String), Row>, Error> {
    let id = accommodation_id.uuid();
    let wanted = found.iter().map(|conflict| {
        json!({
            "feed": conflict.feed.uuid(),
            "against": against(&conflict.against),
            "nights": conflict.nights.to_string(),
        })
    });
    let wanted = Value::Array(wanted.collect());
    let rows = Row::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT id, accommodation_id, feed_id, against, kind, severity, state, evidence, first_seen, alerts,
                 alerted_at, decision, acted_by, acted_at, resolved_at, nights::text AS taken FROM calendar_conflicts
          WHERE accommodation_id = {id} AND (state <> 'resolved' OR EXISTS (
              SELECT FROM jsonb_to_recordset({wanted}) AS found (feed uuid, against text, nights text)
              WHERE found.feed = calendar_conflicts.feed_id
                AND found.against = calendar_conflicts.against
                AND found.nights::datemultirange = calendar_conflicts.nights))"
    ));
    Ok(rows
        .all(turn)
        .await?
        .into_iter()
        .map(|row| ((row.feed_id, row.against.clone(), row.taken.clone()), row))
        .collect())
}

async fn open(
    turn: &impl ConnectionTrait,
    accommodation_id: AccommodationId,
    conflict: &::calendars::Conflict,
    ours: &[OurStay],
    at: DateTime<Utc>,
) -> Result<Row, Error> {
    let (id, feed) = (accommodation_id.uuid(), conflict.feed.uuid());
    let (other, nights) = (against(&conflict.against), conflict.nights.to_string());
    let (kind, severity) = (conflict.kind.as_str(), conflict.severity.as_str());
    let our_side = ours.iter().find(|stay| stay.code.as_str() == other);
    let our_side = our_side.map(|stay| {
        json!({
            "code": stay.code, "status": stay.status, "check_in": stay.nights.from(), "check_out": stay.nights.to(),
        })
    });
    let (block, other_block) = (conflict.block, conflict.other_block);
    let opened = Row::find_by_statement(raw_sql!(
        Postgres,
        r"INSERT INTO calendar_conflicts (
              accommodation_id, feed_id, against, nights, kind, severity, first_seen, evidence)
          SELECT {id}, {feed}, {other}, {nights}::text::datemultirange, {kind}, {severity}, {at},
              jsonb_build_object(
                  'reservation', {our_side}::jsonb,
                  'blocks', (SELECT jsonb_agg(jsonb_build_object(
                      'block', block.id, 'feed', 'feed_' || replace(block.feed_id::text, '-', ''),
                      'channel', feed.channel, 'uid', block.uid, 'nights', block.nights::text,
                      'kind', block.kind, 'echo', block.echo, 'first_seen', block.first_seen) ORDER BY block.id)
                  FROM calendar_blocks AS block JOIN calendar_feeds AS feed ON feed.id = block.feed_id
                  WHERE block.id = {block} OR block.id = {other_block}))
          ON CONFLICT (feed_id, against, nights) DO UPDATE SET
              kind = EXCLUDED.kind, severity = EXCLUDED.severity, evidence = EXCLUDED.evidence,
              state = CASE WHEN calendar_conflicts.state = 'resolved' THEN 'open' ELSE calendar_conflicts.state END,
              alerts = CASE WHEN calendar_conflicts.state = 'resolved' OR calendar_conflicts.severity <> EXCLUDED.severity
                            THEN 0 ELSE calendar_conflicts.alerts END,
              resolved_at = NULL
          RETURNING id, accommodation_id, feed_id, against, kind, severity, state, evidence, first_seen, alerts,
                 alerted_at, decision, acted_by, acted_at, resolved_at, nights::text AS taken"
    ));
    opened
        .one(turn)
        .await?
        .ok_or_else(|| Error::unexpected("an upsert answered no row"))
}

async fn tell(turn: &impl ConnectionTrait, told: &Row, at: DateTime<Utc>) -> Result<(), Error> {
    let id = told.id;
    turn.execute_raw(raw_sql!(
        Postgres,
        "UPDATE calendar_conflicts SET alerts = alerts + 1, alerted_at = {at} WHERE id = {id}"
    ))
    .await?;
    raise_and_call_in(
        turn,
        &NewMatter {
            kind: "calendar_conflict".to_owned(),
            reference: id.to_string(),
            reason: "A channel's calendar and a stay say the same nights. Move the stay, refund and apologise, or acknowledge it.".to_owned(),
            details: json!({
                "accommodation_id": AccommodationId::from_uuid(told.accommodation_id), "nights": told.taken,
                "severity": told.severity, "against": told.against, "evidence": told.evidence,
            }),
            deadline: Some(at + OWNER_HAS),
        },
        at,
    )
    .await?;
    Ok(())
}

async fn close(turn: &impl ConnectionTrait, id: i64, at: DateTime<Utc>) -> Result<(), Error> {
    turn.execute_raw(raw_sql!(
        Postgres,
        "UPDATE calendar_conflicts SET state = 'resolved', resolved_at = {at} WHERE id = {id}"
    ))
    .await?;
    resolve_about_in(
        turn,
        "calendar_conflict",
        &id.to_string(),
        "the nights are no longer shared",
        at,
    )
    .await
}
