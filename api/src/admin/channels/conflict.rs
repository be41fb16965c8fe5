//! Nights that both sides sold: what each says, and what is done about it.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use calendars::Channel;
use chrono::NaiveDate;
use database::{accommodations, calendars as stored, reservations};
use domain::ReservationCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Done, adding::why, nights, words::ChannelWords};
use crate::{
    admin::{
        access::{ReadOnly, SignedIn, Staff},
        chrome::{Fields, Section, Shell, page, refused},
    },
    app::App,
    error::Error,
    extract::Query,
    feeds::{self, Decision},
    reservations::dates::DatesBody,
};

#[derive(Template)]
#[template(path = "admin/conflict.html")]
struct ConflictPage {
    shell: Shell,
    w: &'static ChannelWords,
    id: i64,
    place: String,
    nights: String,
    since: String,
    is_over: bool,
    decided: Option<String>,
    ours: Option<OurSide>,
    theirs: Vec<TheirSide>,
    problem: Option<String>,
}

struct OurSide {
    code: String,
    guest: String,
    status: &'static str,
    state: &'static str,
    dates: String,
    total: String,
    paid: String,
}

struct TheirSide {
    feed: String,
    channel: &'static str,
    kind: String,
    nights: String,
    first_seen: String,
    uid: Option<String>,
}

/// Shows it.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn show(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<Done>,
) -> Result<Response, Error> {
    page(&load(&app, me, &id, &query.done, None).await?)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    id: &str,
    done: &str,
    problem: Option<String>,
) -> Result<ConflictPage, Error> {
    let (database, missing) = (app.database()?, Error::NotFound("conflict"));
    let Ok(number) = id.parse() else {
        return Err(missing);
    };
    let found = stored::conflict(&database, number).await?.ok_or(missing)?;
    let place = accommodations::by_id(&database, found.accommodation_id).await?;
    let shell = Shell::new(&database, me, Section::Channels)
        .await?
        .saying(done);
    let (t, w, format) = (shell.t, ChannelWords::of(shell.t), shell.format());
    let ours = match found.against.parse::<ReservationCode>() {
        Ok(code) => reservations::entry(&database, &code).await?,
        Err(_a_feed) => None,
    };
    Ok(ConflictPage {
        id: found.id,
        place: place.map_or_else(String::new, |it| it.name),
        nights: nights(&shell, &found.nights),
        since: format.instant(found.first_seen),
        is_over: found.state == "resolved",
        decided: found.decision.as_deref().map(|decision| {
            let what = match decision {
                "move" => w.do_move,
                "refund" => w.do_refund,
                _ => w.do_ignore,
            };
            let by = found.acted_by.clone().unwrap_or_default();
            let at = found
                .acted_at
                .map_or_else(String::new, |at| format.instant(at));
            format!("{what} · {by} · {at}")
        }),
        ours: ours.map(|entry| OurSide {
            code: entry.code.to_string(),
            guest: t.guest_name(
                entry.guest.as_deref(),
                entry.channel,
                entry.source.as_deref(),
            ),
            status: t.status(entry.status),
            state: entry.status.as_str(),
            dates: format!(
                "{} → {}",
                format.full_day(entry.stay.check_in()),
                format.full_day(entry.stay.check_out())
            ),
            total: format.money(entry.total),
            paid: format.money(entry.paid),
        }),
        theirs: theirs(&shell, &found.evidence),
        problem,
        w,
        shell,
    })
}

/// What the channels said when it was found.
fn theirs(shell: &Shell, evidence: &Value) -> Vec<TheirSide> {
    let (t, w, format) = (shell.t, ChannelWords::of(shell.t), shell.format());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let blocks = evidence["blocks"].as_array().into_iter().flatten();
    blocks
        .map(|block| TheirSide {
            feed: text(&block["feed"]).unwrap_or_default(),
            channel: w.name(
                t,
                block["channel"]
                    .as_str()
                    .and_then(|word| word.parse().ok())
                    .unwrap_or(Channel::Other),
            ),
            kind: w
                .kind(t, block["kind"].as_str().unwrap_or("unknown"))
                .to_owned(),
            nights: block["nights"]
                .as_str()
                .map(|ranges| in_words(shell, ranges))
                .unwrap_or_default(),
            first_seen: block["first_seen"]
                .as_str()
                .and_then(|at| at.parse().ok())
                .map_or_else(String::new, |at| format.instant(at)),
            uid: text(&block["uid"]),
        })
        .collect()
}

/// Ranges as Postgres writes them, `{[2027-01-15,2027-01-18)}`, as people read them.
fn in_words(shell: &Shell, ranges: &str) -> String {
    let format = shell.format();
    let day = |text: &str| text.parse::<NaiveDate>().ok().map(|it| format.day(it));
    let told: Option<Vec<_>> = ranges
        .trim_matches(['{', '}'])
        .split("),")
        .map(|range| {
            let (from, to) = range.trim_matches(['[', ')', '(', ']']).split_once(',')?;
            Some(format!("{} → {}", day(from)?, day(to)?))
        })
        .collect();
    told.map_or_else(|| ranges.to_owned(), |told| told.join(", "))
}

/// What is decided.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Choice {
    decision: String,
    check_in: String,
    check_out: String,
}

impl Choice {
    /// Where our stay is moved to, when it is.
    fn dates(&self) -> Option<DatesBody> {
        let is_said = !self.check_in.is_empty() && !self.check_out.is_empty();
        is_said.then(|| DatesBody::new(&self.check_in, &self.check_out))
    }
}

/// Decides.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Malformed`].
pub(in crate::admin) async fn decide(
    Staff(me): Staff,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(form): Fields<Choice>,
) -> Result<Response, Error> {
    let decision = match form.decision.as_str() {
        "move" => Decision::Move,
        "refund" => Decision::Refund,
        "ignore" => Decision::Ignore,
        _ => return Err(Error::Malformed),
    };
    let what = json!({
        "decision": form.decision, "check_in": form.check_in, "check_out": form.check_out,
    });
    me.asks(&app, "conflict.decide", format!("conflict/{id}"), what)
        .await?;
    match feeds::decided(&app, &id, decision, form.dates(), &me.user.name).await {
        Ok(found) => {
            let there = format!("/admin/conflicts/{}?done=decided", found.id);
            Ok(Redirect::to(&there).into_response())
        }
        Err(error) => {
            let problem = why(&me, error)?;
            refused(&load(&app, me, &id, "", Some(problem)).await?)
        }
    }
}
