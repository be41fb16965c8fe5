//! The first page of the day: who comes, who goes, what runs out, and what waits for a decision.

use askama::Template;
use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use database::{
    Database, Page, reservations,
    reservations::Entry,
    review_queue::{self, Matter},
};
use domain::{Money, Role};

use super::{
    access::ReadOnly,
    chrome::{Section, Shell, page},
    format::Format,
};
use crate::{app::App, error::Error};

/// The most matters of the queue that are shown here.
const MATTERS: u32 = 8;

#[derive(Template)]
#[template(path = "admin/today.html")]
struct TodayPage {
    shell: Shell,
    date: String,
    arriving: Vec<Visit>,
    leaving: Vec<Visit>,
    staying: Vec<Visit>,
    holds: Vec<Hold>,
    matters: Vec<Decision>,
}

/// A stay, as a row.
struct Visit {
    code: String,
    guest: String,
    accommodation: String,
    nights: String,
    guests: u8,
    until: String,
    owed: Option<String>,
    channel: &'static str,
}

/// A hold, as a row.
struct Hold {
    code: String,
    guest: String,
    accommodation: String,
    nights: String,
    total: String,
    left: String,
    is_urgent: bool,
}

/// A matter of the queue, as a row.
pub(super) struct Decision {
    pub(super) id: i64,
    pub(super) what: String,
    pub(super) reason: String,
    pub(super) due: Option<String>,
    pub(super) is_overdue: bool,
}

impl TodayPage {
    fn waiting(&self) -> i64 {
        self.shell.waiting.queue
    }
}

/// Shows it.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn show(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
) -> Result<Response, Error> {
    let database = app.database()?;
    let now = Utc::now();
    let shell = Shell::new(&database, me, Section::Today).await?;
    page(&load(&database, shell, now).await?)
}

async fn load(database: &Database, shell: Shell, now: DateTime<Utc>) -> Result<TodayPage, Error> {
    let today = Format::today(now);
    let format = shell.format();
    let arriving = reservations::arriving(database, today).await?;
    let leaving = reservations::leaving(database, today).await?;
    let staying = reservations::staying(database, today).await?;
    let holds = reservations::holds(database).await?;
    let matters = review_queue::open(database, Page::first(MATTERS)).await?;
    let visits = |found: Vec<Entry>| found.into_iter().map(|it| visit(&shell, it)).collect();
    Ok(TodayPage {
        date: format.full_day(today),
        arriving: visits(arriving),
        leaving: visits(leaving),
        staying: visits(staying),
        holds: holds.into_iter().map(|it| hold(&shell, it, now)).collect(),
        matters: matters
            .into_iter()
            .map(|it| decision(&shell, it, now))
            .collect(),
        shell,
    })
}

fn visit(shell: &Shell, found: Entry) -> Visit {
    let format = shell.format();
    let owed = found.total.less(found.paid);
    Visit {
        guest: shell.t.guest_name(
            found.guest.as_deref(),
            found.channel,
            found.source.as_deref(),
        ),
        accommodation: found.accommodation,
        nights: shell.t.nights(found.stay.nights()),
        guests: found.guests,
        until: format.day(found.stay.check_out()),
        owed: (owed != Money::ZERO).then(|| format.money(owed)),
        channel: shell.t.channel(found.channel),
        code: found.code.to_string(),
    }
}

fn hold(shell: &Shell, found: Entry, now: DateTime<Utc>) -> Hold {
    let format = shell.format();
    let left = found
        .expires_at
        .map_or_else(chrono::TimeDelta::zero, |at| at - now);
    Hold {
        guest: shell.t.guest_name(
            found.guest.as_deref(),
            found.channel,
            found.source.as_deref(),
        ),
        accommodation: found.accommodation,
        nights: format!(
            "{} → {}",
            format.day(found.stay.check_in()),
            format.day(found.stay.check_out())
        ),
        total: format.money(found.total),
        left: format.length(left),
        is_urgent: left < chrono::TimeDelta::minutes(10),
        code: found.code.to_string(),
    }
}

/// A matter, in words.
pub(super) fn decision(shell: &Shell, found: Matter, now: DateTime<Utc>) -> Decision {
    let format = shell.format();
    Decision {
        id: found.id,
        what: shell.t.matter(&found.kind).to_owned(),
        reason: shell
            .t
            .matter_detail(&found.kind)
            .map_or(found.reason, str::to_owned),
        due: found.deadline.map(|at| format.instant(at)),
        is_overdue: found.deadline.is_some_and(|at| at < now),
    }
}

impl Shell {
    /// Whether this user may decide what waits.
    pub(super) fn decides(&self) -> bool {
        self.may(Role::Staff)
    }
}
