//! What a feed would take, before it is added. A worker looks; its link and its answer wait in Postgres.

use chrono::NaiveDate;
use database::calendars::{self as stored, NewFeed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{app::App, error::Error};

/// The constraint that refuses previews for accommodations that are not there.
const ACCOMMODATION: &str = "calendar_previews_accommodation_fkey";

/// What a feed would take.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PreviewView {
    /// How many nights, from today on.
    pub(crate) nights: u64,
    /// The ranges, the first 200.
    pub(crate) blocks: Vec<PreviewBlock>,
    /// Stays and blocks of ours that share a night with them.
    pub(crate) clashes: Vec<PreviewClash>,
    /// How many events of each sort the calendar has.
    #[schema(value_type = Object)]
    pub(crate) counted: Value,
    /// What is odd in it.
    #[schema(value_type = Vec<Object>)]
    pub(crate) warnings: Value,
}

/// Nights that would be taken.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PreviewBlock {
    /// The first night.
    pub(crate) check_in: NaiveDate,
    /// The day after the last.
    pub(crate) check_out: NaiveDate,
    /// `reservation`, `hold`, `rule`, `block` or `unknown`.
    pub(crate) kind: String,
}

/// What would clash.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PreviewClash {
    /// The reservation.
    pub(crate) code: String,
    /// `pre_reserved` (it would give way), `confirmed` (a conflict) or `blocked`.
    pub(crate) status: String,
    /// Its first night.
    pub(crate) check_in: NaiveDate,
    /// The day after its last.
    pub(crate) check_out: NaiveDate,
}

/// Has a worker look.
///
/// # Errors
/// [`Error::Invalid`] with what is wrong with the calendar.
pub(crate) async fn look(app: &App, new: &NewFeed) -> Result<PreviewView, Error> {
    let (database, desk) = (app.database()?, app.desk()?);
    let asked = stored::ask_preview(&database, new).await;
    asked.map_err(|error| match error {
        database::Error::Conflict { rule } if rule == ACCOMMODATION => {
            Error::NotFound("accommodation")
        }
        other => other.into(),
    })?;
    let looked = desk.preview_calendar(new.id).await;
    let answer = stored::preview(&database, new.id).await;
    stored::forget_preview(&database, new.id).await?;
    let outcome = answer?.and_then(|preview| preview.outcome);
    match (outcome, looked) {
        (Some(outcome), _) => read(outcome),
        (None, Ok(_)) => Err(Error::away("the channel")),
        (None, Err(error)) => Err(error.into()),
    }
}

fn read(outcome: Value) -> Result<PreviewView, Error> {
    match outcome.get("error").and_then(Value::as_str) {
        Some(error) => Err(Error::invalid("url", stable(error), told(error))),
        None => serde_json::from_value(outcome).map_err(Error::unexpected),
    }
}

/// The codes that a calendar can fail with, as clients branch on them.
fn stable(error: &str) -> &'static str {
    const CODES: [&str; 15] = [
        "not_a_calendar",
        "truncated",
        "limits_exceeded",
        "dns",
        "forbidden_address",
        "forbidden_redirect",
        "too_many_redirects",
        "tls",
        "timeout",
        "connection",
        "cut_off",
        "refused",
        "busy",
        "status",
        "url_address",
    ];
    let known = CODES.into_iter().find(|code| *code == error);
    known.unwrap_or("unreadable_calendar")
}

pub(super) fn told(error: &str) -> &'static str {
    match error {
        "not_a_calendar" => {
            "what is behind this link is no calendar; paste the link of the calendar's export, not of the page"
        }
        "truncated" | "cut_off" | "connection" => "the calendar broke off; try again in a moment",
        "limits_exceeded" => "what is behind this link is larger than a calendar may be",
        "dns" => "the host of this link is not known; look for a typing error",
        "refused" => "the channel does not accept this link; make a new one there",
        "busy" => "the channel asks to be left alone for a while; try again later",
        "tls" => "the channel's certificate cannot be trusted",
        "timeout" => "the channel did not answer in time; try again in a moment",
        "forbidden_address" | "forbidden_redirect" | "url_address" => {
            "the link must lead to a public web server"
        }
        "too_many_redirects" => "the link leads on and on; paste the one it leads to",
        _ => "the channel did not answer with a calendar",
    }
}
