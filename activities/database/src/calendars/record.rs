//! What one run of a feed writes: what its answer changes, what is known of the feed, and what the owner is told.

use ::calendars::{
    Applied, Before, Block, Failures, Moment, NightSet, Snapshot, Status, alerts, apply, next_try,
    repeat,
};
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DatabaseTransaction, raw_sql};
use serde_json::json;

use super::{
    apply::{Fetched, NewRun, Report},
    blocks,
    feeds::{self, Feed},
    runs,
    turn::{Try, level},
};
use crate::{
    Error,
    review_queue::{NewMatter, raise_and_call_in, raise_in, resolve_about_in},
};

/// A rule that closes more nights than this is the channel's booking window.
const WINDOW_NIGHTS: u64 = 30;

pub(super) async fn record_in(turn: &DatabaseTransaction, run: &NewRun) -> Result<Try, Error> {
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
        // Somebody asked later and was quicker, or it was asked elsewhere or for something else: what this run heard
        // is old by now.
        _ if feed.last_good_at.is_some_and(|read| read > run.at) || feed.edition != run.edition => {
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
            write(turn, &feed, run, (&known, applied), &mut report).await?;
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
            write(turn, &feed, run, (&known, applied), &mut report).await?;
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

fn before<'a>(feed: &Feed, run: &'a NewRun, known: &'a [Block]) -> Before<'a> {
    Before {
        blocks: known,
        last_read_at: feed.last_good_at,
        drop_hold: feed.settings.drop_hold(),
        keep_dropped: feed.keep_dropped,
        served: &run.served,
    }
}

/// Writes what a good answer changes.
async fn write(
    turn: &DatabaseTransaction,
    feed: &Feed,
    run: &NewRun,
    (known, applied): (&[Block], Applied),
    report: &mut Report,
) -> Result<(), Error> {
    let held = !applied.held.is_empty();
    blocks::write(turn, feed, &applied.changes, run.at).await?;
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
        let dropped = known
            .iter()
            .filter(|block| applied.held.contains(&block.id));
        let nights = dropped.fold(NightSet::EMPTY, |nights, block| nights.union(&block.nights));
        let nights = nights.from_on(run.today).to_string();
        raise_and_call_in(
            turn,
            &NewMatter {
                kind: "calendar_drop".to_owned(),
                reference: feed.id.to_string(),
                reason: "This calendar suddenly leaves out nights that it said were taken. Nothing is freed. Say whether they are free or still taken.".to_owned(),
                details: json!({ "channel": feed.channel.as_str(), "accommodation_id": feed.accommodation_id, "blocks": applied.held, "nights": nights }),
                deadline: Some(run.at + feed.settings.drop_hold()),
            },
            run.at,
        )
        .await?;
        report.alerts.push("calendar_drop".to_owned());
    }
    if !held && feed.drop_since.is_some() {
        resolve_about_in(
            turn,
            "calendar_drop",
            &feed.id.to_string(),
            "the drop is over",
            run.at,
        )
        .await?;
    }
    if feed.alerted_at.is_some() {
        resolve_about_in(
            turn,
            "calendar_failing",
            &feed.id.to_string(),
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
    let again = feed.last_error.as_deref() == Some(error);
    let needs_attention = refused && (again || feed.status == Status::NeedsAttention);
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
        raise_and_call_in(
            turn,
            &NewMatter {
                kind: "calendar_failing".to_owned(),
                reference: feed.id.to_string(),
                reason: reason.to_owned(),
                details: json!({ "channel": feed.channel.as_str(), "accommodation_id": feed.accommodation_id, "error": error }),
                deadline: Some(at + TimeDelta::hours(24)),
            },
            at,
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
    raise_in(
        turn,
        &NewMatter {
            kind: "calendar_rule".to_owned(),
            reference: feed.id.to_string(),
            reason: "The channel closes everything from a day on. If that is its booking window, rule_blocks can be switched off and these nights sold here.".to_owned(),
            details: json!({ "channel": feed.channel.as_str(), "accommodation_id": feed.accommodation_id, "from": from }),
            deadline: Some(at + TimeDelta::days(30)),
        },
    )
    .await?;
    report.alerts.push("calendar_rule".to_owned());
    Ok(())
}
