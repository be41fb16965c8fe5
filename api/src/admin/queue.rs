//! The owner's queue: what no program can decide, the most urgent first; and the payments beside it.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::{DateTime, Utc};
use database::{
    Page, payments,
    payments::Payment,
    review_queue::{self, Matter},
};
use domain::payment::HandMethod;
use serde::Deserialize;

use super::{
    access::{ReadOnly, SignedIn, Staff},
    chrome::{Fields, Section, Shell, page, refused},
};
use crate::{app::App, error::Error, extract::Query};

/// The most matters on the page: beyond it the older are not the problem.
const MATTERS: u32 = 100;

/// The most payments beside them.
const PAYMENTS: u32 = 25;

/// The longest resolution.
const LONGEST: usize = 300;

#[derive(Template)]
#[template(path = "admin/queue.html")]
struct QueuePage {
    shell: Shell,
    matters: Vec<Open>,
    payments: Vec<Paid>,
    problem: Option<&'static str>,
}

struct Open {
    id: i64,
    what: String,
    reason: String,
    reference: String,
    /// Where what it is about is shown.
    leads_to: Option<String>,
    raised: String,
    due: Option<String>,
    is_overdue: bool,
}

struct Paid {
    code: Option<String>,
    how: String,
    amount: String,
    refunded: Option<String>,
    status: &'static str,
    tone: &'static str,
    at: String,
}

/// What the address says was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

/// Shows it.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn list(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Error> {
    page(&load(&app, me, &done, None).await?)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    done: &str,
    problem: Option<&'static str>,
) -> Result<QueuePage, Error> {
    let (database, now) = (app.database()?, Utc::now());
    let found = review_queue::open(&database, Page::first(MATTERS)).await?;
    let paid = payments::list(&database, Page::first(PAYMENTS)).await?;
    let shell = Shell::new(&database, me, Section::Queue)
        .await?
        .saying(done);
    Ok(QueuePage {
        matters: found.into_iter().map(|it| open(&shell, it, now)).collect(),
        payments: paid.into_iter().map(|it| payment(&shell, it)).collect(),
        problem,
        shell,
    })
}

fn open(shell: &Shell, found: Matter, now: DateTime<Utc>) -> Open {
    let format = shell.format();
    Open {
        id: found.id,
        what: shell.t.matter(&found.kind).to_owned(),
        leads_to: if found.kind == "calendar_conflict" {
            Some(format!("/admin/conflicts/{}", found.reference))
        } else {
            leads_to(&found.reference)
        },
        reason: shell
            .t
            .matter_detail(&found.kind)
            .map_or(found.reason, str::to_owned),
        reference: found.reference,
        raised: format.ago(found.created_at, now),
        due: found.deadline.map(|at| format.instant(at)),
        is_overdue: found.deadline.is_some_and(|at| at < now),
    }
}

/// The page about a reference: a guest's, or that of the reservation whose code it begins with or contains.
fn leads_to(reference: &str) -> Option<String> {
    if reference.starts_with("gst_") {
        return Some(format!("/admin/conversations/{reference}"));
    }
    let code = reference
        .split(['/', ':'])
        .find_map(|part| part.parse::<domain::ReservationCode>().ok())?;
    Some(format!("/admin/reservations/{code}"))
}

fn payment(shell: &Shell, found: Payment) -> Paid {
    let (format, latest) = (shell.format(), found.latest);
    let in_words = |centavos: i64| {
        let amount = format.money(domain::Money::ars(centavos));
        if latest.currency == "ARS" {
            amount
        } else {
            format!("{} {amount}", latest.currency)
        }
    };
    let (status, tone) = shell.t.payment(latest.status);
    Paid {
        amount: in_words(latest.amount_centavos),
        refunded: (latest.refunded_centavos > 0).then(|| in_words(latest.refunded_centavos)),
        code: latest.code.as_ref().map(ToString::to_string),
        how: match latest.id.hand_method() {
            Some(HandMethod::Cash) => format!("{} · {}", shell.t.by_hand, shell.t.cash),
            Some(HandMethod::Transfer) => format!("{} · {}", shell.t.by_hand, shell.t.transfer),
            None => format!("{} · {}", latest.id.0, latest.method),
        },
        at: format.instant(latest.approved_at.unwrap_or(found.created_at)),
        status,
        tone,
    }
}

/// What was decided.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Resolution {
    resolution: String,
}

/// Closes a matter, with what was decided.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn resolve(
    Staff(me): Staff,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(form): Fields<Resolution>,
) -> Result<Response, Error> {
    let id: i64 = id.parse().map_err(|_no_id| Error::NotFound("matter"))?;
    let resolution = form.resolution.trim();
    if resolution.is_empty() || resolution.chars().count() > LONGEST {
        let problem = Some(me.words().resolution_needed);
        return refused(&load(&app, me, "", problem).await?);
    }
    let database = app.database()?;
    review_queue::resolve_by(&database, id, resolution, &me.actor(), Utc::now()).await?;
    Ok(Redirect::to("/admin/queue?done=resolved").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matter_leads_to_what_it_is_about() {
        for (reference, page) in [
            (
                "RES270115ABC123",
                Some("/admin/reservations/RES270115ABC123"),
            ),
            (
                "RES270115ABC123/reminder",
                Some("/admin/reservations/RES270115ABC123"),
            ),
            (
                "refund:RES270115ABC123:9:excess",
                Some("/admin/reservations/RES270115ABC123"),
            ),
            (
                "gst_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b",
                Some("/admin/conversations/gst_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b"),
            ),
            ("1234567890", None),
        ] {
            assert_eq!(leads_to(reference).as_deref(), page, "{reference}");
        }
    }
}
