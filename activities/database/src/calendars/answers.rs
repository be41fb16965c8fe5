//! What the owner decides about a feed: that a drop is real or is none, that the feed is read elsewhere, or no more.

use chrono::{DateTime, NaiveDate, Utc};
use domain::FeedId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, raw_sql};
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    apply::Report,
    blocks, feeds,
    turn::{Act, Work, in_line},
};
use crate::{Database, Error, review_queue::resolve_about_in};

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
    let feed = feeds::existing(db, feed).await?;
    let work = Work::Act {
        act: Act::AnswerDrop {
            feed: feed.id,
            is_free,
        },
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
    let feed = feeds::existing(db, feed).await?;
    let work = Work::Act {
        act: Act::Remove {
            feed: feed.id,
            release,
        },
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
    let feed = feeds::existing(db, feed).await?;
    let work = Work::Act {
        act: Act::ReplaceUrl {
            feed: feed.id,
            url,
            release,
        },
        today,
        at,
    };
    in_line(db, feed.accommodation_id, work).await
}

pub(super) async fn answer_drop_in(
    turn: &DatabaseTransaction,
    feed: FeedId,
    is_free: bool,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let id = feed.uuid();
    let known = feeds::locked(turn, feed).await?;
    if known.drop_since.is_none() {
        // It is over by itself: nothing waits for an answer, least of all nights that came back.
        return Ok(());
    }
    if is_free {
        blocks::release(turn, feed, true, at).await?;
        // What was released is in the last accepted answer: "not modified" must not mean that one any more.
        turn.execute_raw(raw_sql!(
            Postgres,
            r"UPDATE calendar_feeds
              SET drop_since = NULL, drop_answer = NULL, etag = NULL, last_modified = NULL, read_whole_at = NULL,
                  status = CASE WHEN status <> 'suspicious_drop' THEN status
                                WHEN failures > 0 THEN 'failing' ELSE 'ok' END
              WHERE id = {id}"
        ))
        .await?;
    } else {
        turn.execute_raw(raw_sql!(
            Postgres,
            "UPDATE calendar_feeds SET drop_answer = 'keep' WHERE id = {id} AND drop_since IS NOT NULL"
        ))
        .await?;
    }
    resolve_about_in(
        turn,
        "calendar_drop",
        &feed.to_string(),
        "the owner has answered",
        at,
    )
    .await
}

pub(super) async fn remove_in(
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
        resolve_about_in(turn, kind, &feed.to_string(), "the feed was removed", at).await?;
    }
    Ok(())
}

pub(super) async fn replace_url_in(
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
          SET url = {url}, edition = edition + 1, etag = NULL, last_modified = NULL, read_whole_at = NULL, next_try_at = NULL,
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
    resolve_about_in(
        turn,
        "calendar_failing",
        &feed.to_string(),
        "it has another link",
        at,
    )
    .await
}
