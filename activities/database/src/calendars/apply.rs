//! One run of a feed as one transaction: what it says, the nights it takes, what clashes, and the run itself.

use ::calendars::{
    Applied, Before, Failures, Moment, NightSet, Served, Snapshot, Status, alerts, apply, next_try,
    repeat,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{AccommodationId, FeedId, ReservationCode};
use sea_orm::{ConnectionTrait, DatabaseTransaction, raw_sql};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    blocks,
    conflicts::{self, Clashes},
    feeds::{self, Feed},
    rows::{self, Fitted},
    runs,
};
use crate::{Database, Error, reservations::stand_in_line};

/// How often a run is made again that others outran.
const ATTEMPTS: u32 = 6;

/// A rule that closes more nights than this is the channel's booking window.
const WINDOW_NIGHTS: u64 = 30;

/// What a feed was asked, and answered.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// Which feed.
    pub feed: FeedId,
    /// Names the run: made a second time it is the same run.
    pub key: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The date at the accommodation.
    pub today: NaiveDate,
    /// What came.
    pub fetched: Fetched,
    /// What we served to the channel before.
    pub served: Vec<Served>,
}

/// What came of asking a feed.
#[derive(Debug, Clone)]
pub enum Fetched {
    /// A complete, readable answer.
    Snapshot {
        /// What it says.
        snapshot: Snapshot,
        /// As it came, for the owner.
        body: Vec<u8>,
        /// The value for the next `If-None-Match`.
        etag: Option<String>,
        /// The value for the next `If-Modified-Since`.
        last_modified: Option<String>,
        /// How many events of each sort the reader counted.
        counted: Value,
        /// What was odd.
        warnings: Value,
    },
    /// Word that nothing changed.
    NotModified,
    /// No answer, or none that can be used: nothing is changed by it.
    Failed {
        /// The sort of failure, never what was answered.
        error: String,
        /// Only a new link helps, when it fails so twice.
        needs_attention: bool,
        /// How long the channel wants to be left alone.
        retry_after: Option<TimeDelta>,
    },
}

/// What a run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// `applied`, `unchanged`, `not_modified`, `held`, `superseded` or `failed`.
    pub outcome: String,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Blocks that were not known.
    pub added: usize,
    /// Blocks that moved, or have another name or kind.
    pub changed: usize,
    /// Blocks that were released.
    pub released: usize,
    /// Blocks that are missing and wait for their release.
    pub waiting: usize,
    /// Of these, the ones whose release is held.
    pub held: usize,
    /// Older copies that were not believed.
    pub stale: usize,
    /// What the reader counted.
    #[serde(default)]
    pub counted: Value,
    /// The holds that have to give way, by their own workflows.
    #[serde(default)]
    pub displaced: Vec<ReservationCode>,
    /// The nights that are free now.
    #[serde(default)]
    pub freed: NightSet,
    /// What the owner was told.
    #[serde(default)]
    pub alerts: Vec<String>,
}

/// What one attempt came to.
enum Try {
    Made(Box<Report>),
    Outrun,
}

/// Makes a run. Idempotent on its key: a second time it answers what the first came to.
///
/// # Errors
/// [`Error::NotFound`] when there is no such feed, or it was removed; [`Error::Unavailable`] when guests who
/// ask for the same nights outrun it again and again.
pub async fn record(db: &Database, run: &NewRun) -> Result<Report, Error> {
    let feed = existing(db, run.feed).await?;
    in_line(db, feed.accommodation_id, Work::Record(run)).await
}

/// Looks again for what is taken twice. A conflict whose nights are no longer shared is over.
///
/// # Errors
/// See [`Error`].
pub async fn recheck(
    db: &Database,
    accommodation_id: AccommodationId,
    today: NaiveDate,
    at: DateTime<Utc>,
) -> Result<Report, Error> {
    in_line(db, accommodation_id, Work::Recheck { today, at }).await
}

/// Acts on what the owner says of a drop that is held: it is free, or it is still taken.
///
/// # Errors
/// [`Error::NotFound`] when there is no such feed.
pub async fn answer_drop(
    db: &Database,
    feed: FeedId,
    is_free: bool,
    today: NaiveDate,
    at: DateTime<Utc>,
) -> Result<Report, Error> {
    let feed = existing(db, feed).await?;
    let work = Work::AnswerDrop {
        feed: feed.id,
        is_free,
        today,
        at,
    };
    in_line(db, feed.accommodation_id, work).await
}

/// Removes a feed, and releases its blocks if that is what was answered. What is kept stays taken until it is
/// over. Idempotent.
///
/// # Errors
/// [`Error::NotFound`] when there is no such feed.
pub async fn remove(
    db: &Database,
    feed: FeedId,
    release: bool,
    today: NaiveDate,
    at: DateTime<Utc>,
) -> Result<Report, Error> {
    let feed = existing(db, feed).await?;
    let work = Work::Remove {
        feed: feed.id,
        release,
        today,
        at,
    };
    in_line(db, feed.accommodation_id, work).await
}

/// Reads a feed at another address from now on, and releases its blocks if that is what was answered: when it is
/// another listing's calendar. What is kept is matched with what the new address says.
///
/// # Errors
/// [`Error::NotFound`] when there is no such feed; [`Error::Conflict`] with `calendar_feeds_url_key` when the
/// accommodation has a feed at that address.
pub async fn replace_url(
    db: &Database,
    feed: FeedId,
    (url, release): (&SecretString, bool),
    today: NaiveDate,
    at: DateTime<Utc>,
) -> Result<Report, Error> {
    let feed = existing(db, feed).await?;
    let work = Work::ReplaceUrl {
        feed: feed.id,
        url,
        release,
        today,
        at,
    };
    in_line(db, feed.accommodation_id, work).await
}

async fn existing(db: &Database, feed: FeedId) -> Result<Feed, Error> {
    let found = feeds::by_id(db, feed).await?;
    found.ok_or(Error::NotFound { what: "feed" })
}

/// What is done in line with everything else that changes dates of an accommodation.
#[derive(Debug, Clone, Copy)]
enum Work<'a> {
    Record(&'a NewRun),
    Recheck {
        today: NaiveDate,
        at: DateTime<Utc>,
    },
    AnswerDrop {
        feed: FeedId,
        is_free: bool,
        today: NaiveDate,
        at: DateTime<Utc>,
    },
    Remove {
        feed: FeedId,
        release: bool,
        today: NaiveDate,
        at: DateTime<Utc>,
    },
    ReplaceUrl {
        feed: FeedId,
        url: &'a SecretString,
        release: bool,
        today: NaiveDate,
        at: DateTime<Utc>,
    },
}

/// Does it in a transaction of its own, and anew when it was outrun.
async fn in_line(
    db: &Database,
    accommodation_id: AccommodationId,
    work: Work<'_>,
) -> Result<Report, Error> {
    for attempt in 1..=ATTEMPTS {
        let turn = db.begin().await?;
        stand_in_line(&turn, accommodation_id).await?;
        match work.made_in(&turn, accommodation_id).await {
            Ok(Try::Made(report)) => {
                turn.commit().await?;
                return Ok(*report);
            }
            Ok(Try::Outrun) => turn.rollback().await?,
            Err(error) if error.lost_a_race() || error.is_about_nights() => turn.rollback().await?,
            Err(error) => return Err(error),
        }
        tokio::time::sleep(std::time::Duration::from_millis(10 << attempt)).await;
    }
    Err(Error::Unavailable(
        "others asked for the same nights again and again".into(),
    ))
}

impl Work<'_> {
    async fn made_in(
        self,
        turn: &DatabaseTransaction,
        accommodation_id: AccommodationId,
    ) -> Result<Try, Error> {
        let (today, at) = match self {
            Self::Record(run) => return record_in(turn, run).await,
            Self::Recheck { today, at } => (today, at),
            Self::AnswerDrop {
                feed,
                is_free,
                today,
                at,
            } => {
                answer_drop_in(turn, feed, is_free, at).await?;
                (today, at)
            }
            Self::Remove {
                feed,
                release,
                today,
                at,
            } => {
                remove_in(turn, feed, release, at).await?;
                (today, at)
            }
            Self::ReplaceUrl {
                feed,
                url,
                release,
                today,
                at,
            } => {
                replace_url_in(turn, feed, url, release, at).await?;
                (today, at)
            }
        };
        level(turn, accommodation_id, today, at, &mut Report::default()).await
    }
}

async fn answer_drop_in(
    turn: &DatabaseTransaction,
    feed: FeedId,
    is_free: bool,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let id = feed.uuid();
    feeds::locked(turn, feed).await?;
    if is_free {
        blocks::release(turn, feed, true, at).await?;
        turn.execute_raw(raw_sql!(
            Postgres,
            r"UPDATE calendar_feeds SET drop_since = NULL, drop_answer = NULL, status = 'ok' WHERE id = {id}"
        ))
        .await?;
    } else {
        turn.execute_raw(raw_sql!(
            Postgres,
            "UPDATE calendar_feeds SET drop_answer = 'keep' WHERE id = {id} AND drop_since IS NOT NULL"
        ))
        .await?;
    }
    settle(turn, "calendar_drop", feed, "the owner has answered", at).await
}

async fn remove_in(
    turn: &DatabaseTransaction,
    feed: FeedId,
    release: bool,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let id = feed.uuid();
    feeds::locked(turn, feed).await?;
    turn.execute_raw(raw_sql!(
        Postgres,
        r"UPDATE calendar_feeds
          SET removed_at = coalesce(removed_at, {at}), snapshot = NULL, etag = NULL, url = ''
          WHERE id = {id}"
    ))
    .await?;
    if release {
        blocks::release(turn, feed, false, at).await?;
    }
    for kind in ["calendar_drop", "calendar_failing"] {
        settle(turn, kind, feed, "the feed was removed", at).await?;
    }
    Ok(())
}

async fn replace_url_in(
    turn: &DatabaseTransaction,
    feed: FeedId,
    url: &SecretString,
    release: bool,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let (id, url) = (feed.uuid(), url.expose_secret());
    feeds::locked(turn, feed).await?;
    let replaced = turn.execute_raw(raw_sql!(
        Postgres,
        r"UPDATE calendar_feeds
          SET url = {url}, etag = NULL, last_modified = NULL, read_whole_at = NULL, next_try_at = NULL,
              status = CASE WHEN drop_since IS NULL THEN 'new' ELSE status END,
              failures = 0, failing_since = NULL, last_error = NULL, alerted_at = NULL
          WHERE id = {id} AND removed_at IS NULL"
    ));
    if replaced.await?.rows_affected() == 0 {
        return Err(Error::NotFound { what: "feed" });
    }
    if release {
        blocks::release(turn, feed, false, at).await?;
    }
    settle(turn, "calendar_failing", feed, "it has another link", at).await
}

async fn record_in(turn: &DatabaseTransaction, run: &NewRun) -> Result<Try, Error> {
    let feed = feeds::locked(turn, run.feed).await?;
    if feed.removed_at.is_some() {
        return Err(Error::NotFound { what: "feed" });
    }
    if let Some(made) = runs::found(turn, feed.id, &run.key).await? {
        return Ok(Try::Made(Box::new(made)));
    }
    let mut report = Report::default();
    let mut warnings = json!([]);
    match &run.fetched {
        // Somebody asked later and was quicker: what this run heard is old by now.
        _ if feed.last_good_at.is_some_and(|read| read > run.at) => {
            "superseded".clone_into(&mut report.outcome);
        }
        Fetched::Failed {
            error,
            needs_attention,
            retry_after,
        } => {
            fail(
                turn,
                &feed,
                run,
                (error, *needs_attention, *retry_after),
                &mut report,
            )
            .await?
        }
        Fetched::NotModified => {
            let known = blocks::active(turn, feed.id).await?;
            let applied = repeat(before(&feed, run, &known), moment(run));
            write(turn, &feed, run, applied, &mut report).await?;
            if report.outcome == "unchanged" {
                "not_modified".clone_into(&mut report.outcome);
            }
        }
        Fetched::Snapshot {
            snapshot,
            counted,
            warnings: odd,
            ..
        } => {
            let known = blocks::active(turn, feed.id).await?;
            let applied = apply(before(&feed, run, &known), snapshot.clone(), moment(run));
            report.counted = counted.clone();
            warnings = odd.clone();
            write(turn, &feed, run, applied, &mut report).await?;
            tell_of_rule(turn, &feed, run, snapshot, &mut report).await?;
        }
    }
    match level(turn, feed.accommodation_id, run.today, run.at, &mut report).await? {
        Try::Made(levelled) => {
            runs::keep(turn, feed.id, &run.key, run.at, &levelled, &warnings).await?;
            Ok(Try::Made(levelled))
        }
        Try::Outrun => Ok(Try::Outrun),
    }
}

fn moment(run: &NewRun) -> Moment {
    Moment {
        now: run.at,
        today: run.today,
    }
}

fn before<'a>(feed: &Feed, run: &'a NewRun, known: &'a [::calendars::Block]) -> Before<'a> {
    Before {
        blocks: known,
        last_read_at: feed.last_good_at,
        drop_hold: feed.settings.drop_hold(),
        keep_dropped: feed.keep_dropped,
        served: &run.served,
    }
}

/// Makes the rows say what the blocks say, and looks for what is taken twice.
async fn level(
    turn: &DatabaseTransaction,
    accommodation_id: AccommodationId,
    today: NaiveDate,
    at: DateTime<Utc>,
    report: &mut Report,
) -> Result<Try, Error> {
    let occupied = rows::read(turn, accommodation_id, today).await?;
    match rows::fit(turn, accommodation_id, &occupied, today, at).await? {
        Fitted::Done(freed) => report.freed = freed,
        Fitted::Outrun => return Ok(Try::Outrun),
    }
    let found = ::calendars::conflicts(&occupied.told, &occupied.ours);
    let Clashes { displaced, alerts } =
        conflicts::compare(turn, accommodation_id, &found, &occupied.ours, at).await?;
    report.displaced = displaced;
    report.alerts.extend(alerts);
    Ok(Try::Made(Box::new(std::mem::take(report))))
}

/// Writes what a good answer changes.
async fn write(
    turn: &DatabaseTransaction,
    feed: &Feed,
    run: &NewRun,
    applied: Applied,
    report: &mut Report,
) -> Result<(), Error> {
    let held = !applied.held.is_empty();
    blocks::write(turn, feed, &applied.changes, run.at).await?;
    blocks::forget_guests(turn, feed.id, run.at).await?;
    report.outcome = match (held, applied.changes.is_empty()) {
        (true, _) => "held",
        (false, true) => "unchanged",
        (false, false) => "applied",
    }
    .to_owned();
    report.added = applied.counts.added;
    report.changed = applied.counts.changed;
    report.released = applied.counts.released;
    report.waiting = applied.counts.waiting;
    report.held = applied.held.len();
    report.stale = applied.counts.stale;
    keep_answer(turn, feed, run, held).await?;
    if held && feed.drop_since.is_none() {
        raise(
            turn,
            "calendar_drop",
            &feed.id.to_string(),
            "This calendar suddenly leaves out nights that it said were taken. Nothing is freed. Say whether they are free or still taken.",
            json!({ "channel": feed.channel.as_str(), "accommodation_id": feed.accommodation_id, "blocks": applied.held }),
            run.at + TimeDelta::hours(6),
        )
        .await?;
        report.alerts.push("calendar_drop".to_owned());
    }
    if !held && feed.drop_since.is_some() {
        settle(turn, "calendar_drop", feed.id, "the drop is over", run.at).await?;
    }
    if feed.alerted_at.is_some() {
        settle(
            turn,
            "calendar_failing",
            feed.id,
            "it can be read again",
            run.at,
        )
        .await?;
    }
    Ok(())
}

/// What is known of the feed after a good answer. The values for conditional requests are those of an accepted
/// snapshot: after a held one the whole is asked for again, so that "not modified" always means the last
/// accepted one.
async fn keep_answer(
    turn: &DatabaseTransaction,
    feed: &Feed,
    run: &NewRun,
    held: bool,
) -> Result<(), Error> {
    let (id, at) = (feed.id.uuid(), run.at);
    let status = if held {
        Status::SuspiciousDrop
    } else {
        Status::Ok
    }
    .as_str();
    match &run.fetched {
        Fetched::Snapshot {
            body,
            etag,
            last_modified,
            ..
        } => {
            let (etag, last_modified) = if held {
                (feed.etag.clone(), feed.last_modified.clone())
            } else {
                (etag.clone(), last_modified.clone())
            };
            let body = body.clone();
            // The snapshot is only written when it says something else.
            turn.execute_raw(raw_sql!(
                Postgres,
                r"UPDATE calendar_feeds SET
                      status = {status}, etag = {etag}, last_modified = {last_modified}, last_try_at = {at},
                      last_good_at = {at}, read_whole_at = {at}, next_try_at = NULL, failures = 0,
                      failing_since = NULL, last_error = NULL, alerted_at = NULL,
                      drop_since = CASE WHEN {held} THEN coalesce(drop_since, {at}) END,
                      drop_answer = CASE WHEN {held} THEN drop_answer END,
                      snapshot = CASE WHEN {held} OR snapshot = said.body THEN snapshot ELSE said.body END
                  FROM (SELECT {body}::bytea AS body) AS said
                  WHERE id = {id}"
            ))
            .await?;
        }
        Fetched::NotModified | Fetched::Failed { .. } => {
            turn.execute_raw(raw_sql!(
                Postgres,
                r"UPDATE calendar_feeds SET
                      status = {status}, last_try_at = {at}, last_good_at = {at}, next_try_at = NULL,
                      failures = 0, failing_since = NULL, last_error = NULL, alerted_at = NULL,
                      drop_since = NULL, drop_answer = NULL
                  WHERE id = {id}"
            ))
            .await?;
        }
    }
    Ok(())
}

/// Writes a failure down. It touches no block.
async fn fail(
    turn: &DatabaseTransaction,
    feed: &Feed,
    run: &NewRun,
    (error, refused, retry_after): (&str, bool, Option<TimeDelta>),
    report: &mut Report,
) -> Result<(), Error> {
    let (id, at) = (feed.id.uuid(), run.at);
    let failures = feed.failures.saturating_add(1);
    let needs_attention = refused && (failures >= 2 || feed.status == Status::NeedsAttention);
    // A held drop stays held: the failure says nothing of it.
    let status = match (needs_attention, feed.drop_since) {
        (true, _) => Status::NeedsAttention,
        (false, Some(_)) => Status::SuspiciousDrop,
        (false, None) => Status::Failing,
    }
    .as_str();
    let next = next_try(failures, retry_after, at);
    let in_a_row = i32::try_from(failures).unwrap_or(i32::MAX);
    let known = Failures {
        in_a_row: failures,
        since: feed.failing_since.unwrap_or(at),
        alerted_at: feed.alerted_at,
    };
    let alert = alerts(known, needs_attention, at);
    turn.execute_raw(raw_sql!(
        Postgres,
        r"UPDATE calendar_feeds SET
              status = {status}, last_try_at = {at}, next_try_at = {next}, failures = {in_a_row},
              failing_since = coalesce(failing_since, {at}), last_error = {error},
              alerted_at = CASE WHEN {alert} THEN {at} ELSE alerted_at END
          WHERE id = {id}"
    ))
    .await?;
    if alert {
        let reason = if needs_attention {
            "The channel refuses this calendar's link. Paste a new one; until then the nights stay as they are."
        } else {
            "This calendar has not been readable for a while. The nights it took stay taken; new ones are not seen."
        };
        raise(
            turn,
            "calendar_failing",
            &feed.id.to_string(),
            reason,
            json!({ "channel": feed.channel.as_str(), "accommodation_id": feed.accommodation_id, "error": error }),
            at + TimeDelta::hours(24),
        )
        .await?;
        report.alerts.push("calendar_failing".to_owned());
    }
    "failed".clone_into(&mut report.outcome);
    report.error = Some(error.to_owned());
    Ok(())
}

/// The owner hears once that the channel closes everything from some day on.
async fn tell_of_rule(
    turn: &DatabaseTransaction,
    feed: &Feed,
    run: &NewRun,
    snapshot: &Snapshot,
    report: &mut Report,
) -> Result<(), Error> {
    let is_window = |event: &&::calendars::Incoming| {
        event.kind == ::calendars::Kind::Rule && event.nights.count() >= WINDOW_NIGHTS
    };
    let from = snapshot
        .taken
        .iter()
        .filter(is_window)
        .filter_map(|event| event.nights.start())
        .min();
    let Some(from) = from.filter(|_| !feed.told_of_rule) else {
        return Ok(());
    };
    let (id, at) = (feed.id.uuid(), run.at);
    turn.execute_raw(raw_sql!(
        Postgres,
        "UPDATE calendar_feeds SET rule_told_at = {at} WHERE id = {id}"
    ))
    .await?;
    raise(
        turn,
        "calendar_rule",
        &feed.id.to_string(),
        "The channel closes everything from a day on. If that is its booking window, rule_blocks can be switched off and these nights sold here.",
        json!({ "channel": feed.channel.as_str(), "accommodation_id": feed.accommodation_id, "from": from }),
        at + TimeDelta::days(30),
    )
    .await?;
    report.alerts.push("calendar_rule".to_owned());
    Ok(())
}

/// Puts a matter to the owner, with the run that raises it or not at all.
pub(super) async fn raise(
    turn: &impl ConnectionTrait,
    kind: &str,
    reference: &str,
    reason: &str,
    details: Value,
    deadline: DateTime<Utc>,
) -> Result<(), Error> {
    turn.execute_raw(raw_sql!(
        Postgres,
        r"INSERT INTO review_queue (kind, reference, reason, details, deadline)
          VALUES ({kind}, {reference}, {reason}, {details}, {deadline})
          ON CONFLICT (kind, reference) WHERE resolved_at IS NULL DO NOTHING"
    ))
    .await?;
    Ok(())
}

/// Closes a matter that is over by itself.
pub(super) async fn settle(
    turn: &impl ConnectionTrait,
    kind: &str,
    reference: impl std::fmt::Display,
    resolution: &str,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let reference = reference.to_string();
    turn.execute_raw(raw_sql!(
        Postgres,
        r"UPDATE review_queue SET resolved_at = {at}, resolution = {resolution}
          WHERE kind = {kind} AND reference = {reference} AND resolved_at IS NULL"
    ))
    .await?;
    Ok(())
}

impl Error {
    /// Whether the constraint that judges double booking refused it.
    fn is_about_nights(&self) -> bool {
        matches!(self, Self::Conflict { rule } if rule == "no_overlap_reservations")
    }
}
