//! What is done in line with everything else that changes dates of an accommodation, one transaction each.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{AccommodationId, FeedId};
use sea_orm::DatabaseTransaction;
use secrecy::SecretString;

use super::{
    answers,
    apply::{NewRun, Report},
    conflicts::{self, Clashes},
    record::record_in,
    rows::{self, Fitted},
};
use crate::{Database, Error, reservations::stand_in_line};

/// How often it is done anew when others outran it.
const ATTEMPTS: u32 = 6;

/// What one attempt came to.
pub(super) enum Try {
    Made(Box<Report>),
    Outrun,
}

/// What is to be done.
#[derive(Debug, Clone, Copy)]
pub(super) enum Work<'a> {
    Record(&'a NewRun),
    Act {
        act: Act<'a>,
        today: NaiveDate,
        at: DateTime<Utc>,
    },
}

/// What is done besides reading.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act<'a> {
    Recheck,
    AnswerDrop {
        feed: FeedId,
        is_free: bool,
    },
    Remove {
        feed: FeedId,
        release: bool,
    },
    ReplaceUrl {
        feed: FeedId,
        url: &'a SecretString,
        release: bool,
    },
}

/// Does it in a transaction of its own, and anew when it was outrun.
pub(super) async fn in_line(
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
        match self {
            Self::Record(run) => record_in(turn, run).await,
            Self::Act { act, today, at } => {
                act.done_in(turn, at).await?;
                level(turn, accommodation_id, today, at, &mut Report::default()).await
            }
        }
    }
}

impl Act<'_> {
    async fn done_in(self, turn: &DatabaseTransaction, at: DateTime<Utc>) -> Result<(), Error> {
        match self {
            Self::Recheck => Ok(()),
            Self::AnswerDrop { feed, is_free } => {
                answers::answer_drop_in(turn, feed, is_free, at).await
            }
            Self::Remove { feed, release } => answers::remove_in(turn, feed, release, at).await,
            Self::ReplaceUrl { feed, url, release } => {
                answers::replace_url_in(turn, feed, url, release, at).await
            }
        }
    }
}

/// Makes the rows say what the blocks say, and looks for what is taken twice.
pub(super) async fn level(
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

impl Error {
    /// Whether the constraint that judges double booking refused it.
    fn is_about_nights(&self) -> bool {
        matches!(self, Self::Conflict { rule } if rule == "no_overlap_reservations")
    }
}
