//! Which programs of others are told of reservations and payments, and what became of telling them.

mod words;

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::Utc;
use database::webhooks::{self, Attempt, Delivery, Endpoint, KINDS};
use domain::{WebhookEndpointId, WebhookStatus};
use feed_fetcher::FeedUrl;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use uuid::Uuid;

use self::words::WebhookWords;
use super::{
    access::{Owner, SignedIn},
    account::Done,
    chrome::{Fields, Section, Shell, page, refused},
    format::Format,
};
use crate::{
    app::App,
    error::Error,
    extract::Query,
    outbound::acts::{self, delivery, endpoint},
    paging::PageQuery,
};

#[derive(Template)]
#[template(path = "admin/webhooks.html")]
struct WebhooksPage {
    shell: Shell,
    w: &'static WebhookWords,
    endpoints: Vec<Row>,
    form: NewWebhook,
    kinds: [&'static str; KINDS.len()],
    problem: Option<String>,
}

struct Row {
    id: String,
    name: String,
    url: String,
    last: Option<String>,
    disabled: bool,
}

#[derive(Template)]
#[template(path = "admin/webhook.html")]
struct WebhookPage {
    shell: Shell,
    w: &'static WebhookWords,
    id: String,
    name: String,
    url: String,
    events: Vec<String>,
    disabled: bool,
    last: Option<String>,
    /// A new one, this once.
    secret: Option<SecretString>,
    deliveries: Vec<Sent>,
    number: u32,
    has_more: bool,
}

struct Sent {
    id: String,
    kind: String,
    subject: String,
    /// Where the subject is, when it is a reservation.
    link: Option<String>,
    at: String,
    status: &'static str,
    tone: &'static str,
    attempts: i64,
    answer: Option<String>,
    /// What the form that sends it again carries: pressed twice, it is sent once.
    key: String,
}

/// A new endpoint, as the form says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewWebhook {
    url: String,
    name: String,
    /// A kind, or nothing for all of them.
    events: String,
}

/// Shows them.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn list(
    Owner(me): Owner,
    State(app): State<App>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Error> {
    page(&load(&app, me, &done, NewWebhook::default(), None).await?)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    done: &str,
    form: NewWebhook,
    problem: Option<String>,
) -> Result<WebhooksPage, Error> {
    let database = app.database()?;
    let (w, format, now) = (
        WebhookWords::of(me.words()),
        Format::of(me.user.language),
        Utc::now(),
    );
    let row = |endpoint: Endpoint| Row {
        id: endpoint.id.to_string(),
        name: endpoint.name,
        url: FeedUrl::masked(&endpoint.url),
        last: endpoint.last_success_at.map(|last| format.ago(last, now)),
        disabled: endpoint.disabled.is_some(),
    };
    let endpoints = webhooks::all(&database).await?.into_iter().map(row);
    Ok(WebhooksPage {
        w,
        endpoints: endpoints.collect(),
        shell: Shell::new(&database, me, Section::Webhooks)
            .await?
            .saying(done),
        form,
        kinds: KINDS,
        problem,
    })
}

/// Adds one and shows its secret, this once.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn add(
    Owner(me): Owner,
    State(app): State<App>,
    Fields(given): Fields<NewWebhook>,
) -> Result<Response, Error> {
    let events: Vec<String> = given
        .events
        .split(',')
        .map(|kind| kind.trim().to_owned())
        .filter(|kind| !kind.is_empty())
        .collect();
    let added = match acts::judged(&app, &given.url, &given.name, &events) {
        Ok(new) => acts::added(&app, &new, &me.actor()).await,
        Err(error) => Err(error),
    };
    match added {
        Ok((endpoint, secret)) => page(
            &shown(
                &app,
                me,
                endpoint.id,
                "",
                Some(secret),
                &PageQuery::default(),
            )
            .await?,
        ),
        Err(error @ (Error::Invalid { .. } | Error::Conflict { .. })) => {
            let problem = WebhookWords::of(me.words()).problem(&error);
            refused(&load(&app, me, "", given, Some(problem)).await?)
        }
        Err(error) => Err(error),
    }
}

/// Which page of what was sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Log {
    page: String,
    done: String,
}

/// Shows one, with what was sent there.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn show(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(log): Query<Log>,
) -> Result<Response, Error> {
    let part = PageQuery::numbered(&log.page);
    page(&shown(&app, me, endpoint(&id)?, &log.done, None, &part).await?)
}

async fn shown(
    app: &App,
    me: Arc<SignedIn>,
    id: WebhookEndpointId,
    done: &str,
    secret: Option<SecretString>,
    part: &PageQuery,
) -> Result<WebhookPage, Error> {
    let (database, wanted) = (app.database()?, part.wanted()?);
    let found = acts::existing(app, id).await?;
    let (w, format, now) = (
        WebhookWords::of(me.words()),
        Format::of(me.user.language),
        Utc::now(),
    );
    let sent = webhooks::of_endpoint(&database, id, wanted.rows()).await?;
    let (sent, has_more) = wanted.cut(sent);
    let row = |delivery: Delivery| Sent {
        id: delivery.id.to_string(),
        link: delivery
            .kind
            .starts_with("reservation.")
            .then(|| format!("/admin/reservations/{}", delivery.subject)),
        kind: delivery.kind,
        subject: delivery.subject,
        at: format.ago(delivery.at, now),
        status: w.status(delivery.status),
        tone: tone(delivery.status),
        attempts: delivery.attempts,
        answer: delivery.last.map(answer),
        key: Uuid::new_v4().to_string(),
    };
    let deliveries = sent.into_iter().map(row).collect();
    Ok(WebhookPage {
        w,
        id: id.to_string(),
        name: found.name,
        url: FeedUrl::masked(&found.url),
        events: found.events,
        disabled: found.disabled.is_some(),
        last: found.last_success_at.map(|last| format.ago(last, now)),
        secret,
        deliveries,
        number: wanted.number(),
        has_more,
        shell: Shell::new(&database, me, Section::Webhooks)
            .await?
            .saying(done),
    })
}

/// The status, or why there is none.
fn answer(attempt: Attempt) -> String {
    let said = attempt.http_status.map_or_else(
        || attempt.error.unwrap_or_default(),
        |status| status.to_string(),
    );
    format!("{said} · {} ms", attempt.milliseconds)
}

const fn tone(status: WebhookStatus) -> &'static str {
    match status {
        WebhookStatus::Pending => "info",
        WebhookStatus::Delivered => "good",
        WebhookStatus::Failed => "bad",
    }
}

/// Gives one another secret, and shows it, this once.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn replace_secret(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let id = endpoint(&id)?;
    let secret = acts::secret_replaced(&app, id, &me.actor()).await?;
    page(&shown(&app, me, id, "", Some(secret), &PageQuery::default()).await?)
}

/// Has events sent there again.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn enable(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let id = endpoint(&id)?;
    webhooks::enable(&app.database()?, id, &me.actor(), Utc::now()).await?;
    Ok(Redirect::to(&format!("/admin/webhooks/{id}?done=saved")).into_response())
}

/// Forgets one.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn remove(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    webhooks::remove(&app.database()?, endpoint(&id)?, &me.actor(), Utc::now()).await?;
    Ok(Redirect::to("/admin/webhooks?done=saved").into_response())
}

/// The wish to have something sent again.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Resend {
    key: String,
}

/// Sends something again.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Malformed`] without its key.
pub(super) async fn resend(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(given): Fields<Resend>,
) -> Result<Response, Error> {
    let id = delivery(&id)?;
    let key: Uuid = given.key.parse().map_err(|_no_key| Error::Malformed)?;
    let found = webhooks::find(&app.database()?, id).await?;
    let found = found.ok_or(Error::NotFound("webhook delivery"))?;
    acts::resent(&app, id, &key.to_string(), &me.actor()).await?;
    let there = format!("/admin/webhooks/{}?done=saved", found.endpoint);
    Ok(Redirect::to(&there).into_response())
}
