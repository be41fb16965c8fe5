//! One reservation: what it is, what happened, where its money is, and what can be done with it.

mod acts;
mod export;
mod sheet;
mod timeline;

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use chrono::{DateTime, NaiveDate, Utc};
use database::{
    Database, Page, guests, ledger, messages, payment_links,
    reservations::{self, Entry},
};
use domain::{ReservationCode, ReservationStatus, Role, settlement::Purpose};
use serde::Deserialize;
use uuid::Uuid;

pub(super) use acts::{
    cancel, change_dates, confirm, extend, no_show, note, offer_balance, record_payment,
};
pub(super) use export::{document, printed};

use super::{
    access::{ReadOnly, SignedIn},
    chrome::{Section, Shell, page},
    conversations::{Said, said},
    format::{Format, pesos},
    quotes::{QuoteLine, line},
};
use crate::{app::App, error::Error, extract::Query, reservations::dates};

/// The messages that are shown here; the conversation has the rest.
const MESSAGES: u32 = 12;

#[derive(Template)]
#[template(path = "admin/reservation.html")]
struct ReservationPage {
    shell: Shell,
    code: String,
    guest: String,
    guest_id: Option<String>,
    phone: Option<String>,
    accommodation: String,
    check_in: String,
    check_out: String,
    nights: String,
    people: String,
    status: &'static str,
    state: &'static str,
    channel: String,
    expires: Option<String>,
    reason: Option<String>,
    lines: Vec<QuoteLine>,
    total: String,
    deposit: String,
    paid: String,
    owed: String,
    /// In pesos, to begin a form with.
    due_pesos: String,
    statement: Vec<Movement>,
    returning: Option<String>,
    link: Option<String>,
    timeline: Vec<timeline::Happening>,
    messages: Vec<Said>,
    may: Possible,
    refund: Option<String>,
    key: String,
    problem: Option<String>,
    workflow: Option<String>,
    /// Other dates that somebody thinks of.
    moved: Moved,
}

/// Other dates, and what they would cost.
#[derive(Default)]
struct Moved {
    check_in: String,
    check_out: String,
    total: Option<String>,
    difference: Option<String>,
    problem: Option<String>,
}

struct Movement {
    at: String,
    what: &'static str,
    amount: String,
    balance: String,
}

/// What can be done with it, by this user, as it is now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one for each form of the page"
)]
struct Possible {
    extend: bool,
    confirm: bool,
    pay: bool,
    offer_balance: bool,
    change_dates: bool,
    cancel: bool,
    miss: bool,
    note: bool,
}

/// What the address says was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
    /// Other dates that somebody thinks of.
    check_in: String,
    check_out: String,
}

/// Shows it.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn show(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Path(code): Path<String>,
    Query(query): Query<Done>,
) -> Result<Response, Error> {
    let code = read(&code)?;
    let mut shown = load(&app, me, &code, &query.done, None).await?;
    if shown.may.change_dates && !query.check_in.is_empty() {
        shown.moved = moved(&app, &shown.shell, &code, &query).await?;
    }
    page(&shown)
}

/// What other dates would cost, or why they cannot be had.
async fn moved(
    app: &App,
    shell: &Shell,
    code: &ReservationCode,
    query: &Done,
) -> Result<Moved, Error> {
    let (database, format) = (app.database()?, shell.format());
    let body = dates::DatesBody::new(&query.check_in, &query.check_out);
    let mut moved = Moved {
        check_in: query.check_in.clone(),
        check_out: query.check_out.clone(),
        ..Moved::default()
    };
    let now = reservations::entry(&database, code)
        .await?
        .ok_or(Error::NotFound("reservation"))?;
    match dates::would_cost(&database, code, &body).await {
        Ok(total) => {
            moved.total = Some(format.money(total));
            let difference = total.centavos - now.total.centavos;
            moved.difference = Some(format.money(domain::Money::ars(difference)));
        }
        Err(error) => moved.problem = Some(shell.t.why_not(error)?),
    }
    Ok(moved)
}

fn read(code: &str) -> Result<ReservationCode, Error> {
    code.parse()
        .map_err(|_no_code| Error::NotFound("reservation"))
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    code: &ReservationCode,
    done: &str,
    problem: Option<String>,
) -> Result<ReservationPage, Error> {
    let database = app.database()?;
    let now = Utc::now();
    let missing = || Error::NotFound("reservation");
    let entry = reservations::entry(&database, code)
        .await?
        .ok_or_else(missing)?;
    let found = reservations::by_code(&database, code)
        .await?
        .ok_or_else(missing)?;
    let shell = Shell::new(&database, me, Section::Reservations)
        .await?
        .saying(done);
    let (t, format) = (shell.t, shell.format());
    let balance = ledger::balance(&database, code).await?;
    let statement = ledger::statement(&database, code).await?;
    let happened = reservations::timeline(&database, code).await?;
    let owed = entry.total.less(entry.paid);
    let may = if shell.may(Role::Staff) {
        Possible::of(&entry, found.extended, Format::today(now))
    } else {
        Possible::default()
    };
    let deposit_due = found.quote.deposit.less(entry.paid);
    let due = if entry.status == ReservationStatus::PreReserved {
        deposit_due
    } else {
        owed
    };
    Ok(ReservationPage {
        guest: t.guest_name(
            entry.guest.as_deref(),
            entry.channel,
            entry.source.as_deref(),
        ),
        guest_id: entry.guest_id.map(|id| id.to_string()),
        phone: entry.phone.clone(),
        accommodation: entry.accommodation.clone(),
        check_in: format.full_day(entry.stay.check_in()),
        check_out: format.full_day(entry.stay.check_out()),
        nights: t.nights(entry.stay.nights()),
        people: t.party(found.party),
        status: t.status(entry.status),
        state: entry.status.as_str(),
        channel: entry
            .source
            .clone()
            .unwrap_or_else(|| t.channel(entry.channel).to_owned()),
        expires: expires(&entry, &shell, now),
        reason: found
            .cancel_reason
            .clone()
            .filter(|reason| !reason.is_empty()),
        lines: found
            .quote
            .lines
            .iter()
            .map(|it| line(&shell, it))
            .collect(),
        total: format.money(entry.total),
        deposit: format.money(found.quote.deposit),
        paid: format.money(entry.paid),
        owed: format.money(owed),
        due_pesos: pesos(due),
        statement: statement
            .iter()
            .map(|it| Movement {
                at: format.instant(it.at),
                what: t.movement(it.what),
                amount: format.money(it.amount),
                balance: format.money(it.balance),
            })
            .collect(),
        returning: balance
            .returning
            .is_positive()
            .then(|| format.money(balance.returning)),
        link: link(&database, code, entry.status).await?,
        timeline: happened
            .iter()
            .rev()
            .map(|it| timeline::told(&shell, it))
            .collect(),
        messages: last_words(&database, &shell, &entry).await?,
        refund: (may.cancel && entry.paid.is_positive()).then(|| format.money(entry.paid)),
        may,
        key: Uuid::new_v4().to_string(),
        workflow: app.workflow_url(&workflows::names::reservation(code)),
        code: code.to_string(),
        moved: Moved::default(),
        problem,
        shell,
    })
}

impl Possible {
    fn of(entry: &Entry, extended: bool, today: NaiveDate) -> Self {
        use ReservationStatus as S;
        let is = |status| entry.status == status;
        // What came from a channel is changed there, and a block has no workflow.
        let is_ours = entry.guest_id.is_some() || entry.total.is_positive();
        let owes = entry.total.less(entry.paid).is_positive();
        Self {
            extend: is(S::PreReserved) && !extended,
            confirm: is(S::PreReserved),
            pay: is_ours && is(S::Confirmed) && owes,
            offer_balance: is_ours && is(S::Confirmed) && owes,
            change_dates: is_ours && (is(S::PreReserved) || is(S::Confirmed)),
            cancel: is_ours && (is(S::PreReserved) || is(S::Confirmed)),
            miss: is_ours && is(S::Confirmed) && entry.stay.check_in() <= today,
            note: true,
        }
    }
}

fn expires(entry: &Entry, shell: &Shell, now: DateTime<Utc>) -> Option<String> {
    let at = entry
        .expires_at
        .filter(|_| entry.status == ReservationStatus::PreReserved)?;
    let format = shell.format();
    Some(format!("{} ({})", format.time(at), format.length(at - now)))
}

async fn link(
    database: &Database,
    code: &ReservationCode,
    status: ReservationStatus,
) -> Result<Option<String>, Error> {
    let purpose = match status {
        ReservationStatus::PreReserved => Purpose::Deposit,
        ReservationStatus::Confirmed => Purpose::Balance,
        _ => return Ok(None),
    };
    let link = payment_links::find(database, code, purpose).await?;
    Ok(link.map(|link| link.url))
}

async fn last_words(database: &Database, shell: &Shell, entry: &Entry) -> Result<Vec<Said>, Error> {
    let Some(guest) = entry.guest_id else {
        return Ok(Vec::new());
    };
    // One whose record was merged into another writes as that other.
    let guest = guests::by_id(database, guest)
        .await?
        .map_or(guest, |it| it.id);
    let found = messages::thread(database, guest, Page::first(MESSAGES)).await?;
    Ok(found.iter().rev().map(|it| said(shell, it)).collect())
}
