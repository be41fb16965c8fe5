//! Guests' conversations: who waits, who answers, and an answer by hand.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use database::{
    conversations::{self, Conversation, Which},
    guests::{self, Guest},
    messages::{self, Delivery, Message, NewOutbound},
};
use domain::{GuestId, MessageId};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    access::{ReadOnly, SignedIn, Staff},
    chrome::{Fields, Section, Shell, page, refused},
};
use crate::{
    app::App, dispatch, error::Error, extract::Query, paging::PageQuery,
    reservations::IdempotencyKey,
};

/// After the guest's last word anything may be written for so long; later only approved templates.
const WINDOW: TimeDelta = TimeDelta::hours(24);

/// The longest text that `WhatsApp` takes.
const LONGEST: usize = 4096;

/// How much of a message the list shows.
const SHOWN: usize = 90;

#[derive(Template)]
#[template(path = "admin/conversations.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<Row>,
    which: String,
    page: u32,
    has_more: bool,
}

struct Row {
    id: String,
    guest: String,
    last: String,
    from_us: bool,
    at: String,
    unread: i64,
    with_person: bool,
    failed: bool,
}

#[derive(Template)]
#[template(path = "admin/conversation.html")]
struct ThreadPage {
    shell: Shell,
    id: String,
    guest: String,
    phone: Option<String>,
    messages: Vec<Said>,
    page: u32,
    older: Option<u32>,
    person_since: Option<String>,
    opted_out: bool,
    /// How long anything may still be written.
    window: Option<String>,
    key: String,
    text: String,
    problem: Option<&'static str>,
    workflow: Option<String>,
}

/// A message, as it is shown.
pub(super) struct Said {
    pub(super) text: String,
    pub(super) is_ours: bool,
    pub(super) by_staff: bool,
    pub(super) at: String,
    pub(super) delivery: Option<&'static str>,
    pub(super) failed: bool,
    pub(super) why: Option<String>,
    pub(super) heard: Option<String>,
    pub(super) options: Vec<String>,
}

/// Which of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    which: String,
    page: String,
    done: String,
}

/// Shows them, the last written in first.
///
/// # Errors
/// [`Error::Invalid`] when there is no such page.
pub(super) async fn list(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let database = app.database()?;
    let part = PageQuery::numbered(&wanted.page).wanted()?;
    let which = match wanted.which.as_str() {
        "person" => Which::WithPerson,
        "unread" => Which::Unread,
        _ => Which::All,
    };
    let found = conversations::list(&database, which, part.rows()).await?;
    let shell = Shell::new(&database, me, Section::Conversations).await?;
    let (found, has_more) = part.cut(found);
    let now = Utc::now();
    page(&ListPage {
        rows: found.into_iter().map(|it| row(&shell, it, now)).collect(),
        which: wanted.which,
        page: part.number(),
        has_more,
        shell,
    })
}

fn row(shell: &Shell, found: Conversation, now: DateTime<Utc>) -> Row {
    let text = words_of(shell, &found.kind, &found.content);
    let short: String = text.chars().take(SHOWN).collect();
    Row {
        id: found.guest_id.to_string(),
        guest: found
            .guest
            .or(found.phone)
            .unwrap_or_else(|| shell.t.no_name.to_owned()),
        last: short.replace('\n', " "),
        from_us: found.direction == "out",
        at: shell.format().ago(found.at, now),
        unread: found.unread,
        with_person: found.person_since.is_some(),
        failed: found.status == "failed",
    }
}

/// Shows one, and remembers that somebody who may answer has seen it.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn show(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let (id, part) = (guest_id(&id)?, PageQuery::numbered(&wanted.page).wanted()?);
    let shown = load(&app, me, id, part, &wanted.done, (String::new(), None)).await?;
    page(&shown)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    id: GuestId,
    part: crate::paging::Wanted,
    done: &str,
    (text, problem): (String, Option<&'static str>),
) -> Result<ThreadPage, Error> {
    let database = app.database()?;
    let guest = guests::by_id(&database, id)
        .await?
        .ok_or(Error::NotFound("guest"))?;
    let found = messages::thread(&database, guest.id, part.rows()).await?;
    let may_answer = me.user.role.may(domain::Role::Staff);
    if let (Some(newest), true) = (found.first(), may_answer && part.number() == 1) {
        let seq = match newest {
            Message::In(it) => it.seq,
            Message::Out(it) => it.seq,
        };
        conversations::mark_read(&database, guest.id, seq).await?;
    }
    let shell = Shell::new(&database, me, Section::Conversations)
        .await?
        .saying(done);
    let (found, has_more) = part.cut(found);
    let now = Utc::now();
    let format = shell.format();
    let person_since = conversations::person_since(&database, guest.id).await?;
    Ok(ThreadPage {
        messages: found.iter().rev().map(|it| said(&shell, it)).collect(),
        page: part.number(),
        older: has_more.then(|| part.number() + 1),
        person_since: person_since.map(|at| format.ago(at, now)),
        opted_out: guest.opted_out_at.is_some(),
        window: window(&guest, now).map(|left| format.length(left)),
        workflow: app.workflow_url(&workflows::names::conversation(guest.id)),
        id: guest.id.to_string(),
        guest: guest
            .display_name()
            .map_or_else(|| shell.t.no_name.to_owned(), str::to_owned),
        phone: guest.phone_e164,
        key: Uuid::new_v4().to_string(),
        text,
        problem,
        shell,
    })
}

fn guest_id(text: &str) -> Result<GuestId, Error> {
    text.parse().map_err(|_no_id| Error::NotFound("guest"))
}

/// How long anything may still be written to a guest.
fn window(guest: &Guest, now: DateTime<Utc>) -> Option<TimeDelta> {
    let left = guest.last_inbound_at? + WINDOW - now;
    (left > TimeDelta::zero()).then_some(left)
}

/// A message, as it is shown.
pub(super) fn said(shell: &Shell, message: &Message) -> Said {
    let format = shell.format();
    match message {
        Message::In(it) => Said {
            text: words_of(shell, &it.kind, &it.content),
            is_ours: false,
            by_staff: false,
            at: format.instant(it.at),
            delivery: None,
            failed: false,
            why: None,
            heard: it
                .hearing
                .as_ref()
                .and_then(|hearing| hearing["text"].as_str())
                .map(str::to_owned),
            options: Vec::new(),
        },
        Message::Out(it) => Said {
            text: words_of(shell, &it.kind, &it.content),
            is_ours: true,
            by_staff: it.step.starts_with(STAFF_STEP),
            at: format.instant(it.created_at),
            delivery: Some(shell.t.delivery(it.delivery)),
            failed: it.delivery == Delivery::Failed,
            why: it.failure.as_ref().map(|failure| failure.text.clone()),
            heard: None,
            options: options(&it.content),
        },
    }
}

/// What a message says, whichever kind it is.
fn words_of(shell: &Shell, kind: &str, content: &Value) -> String {
    let content = spoken(content);
    let places = [
        "/body",
        "/text/body",
        "/text",
        "/title",
        "/caption",
        "/image/caption",
        "/name",
        "/emoji",
    ];
    places
        .iter()
        .find_map(|place| content.pointer(place)?.as_str())
        .filter(|text| !text.is_empty())
        .map_or_else(|| format!("[{}]", shell.t.kind(kind)), str::to_owned)
}

/// What is said, of a message of ours, which also holds what is done when it may not be said.
fn spoken(content: &Value) -> &Value {
    content
        .get("say")
        .filter(|say| say.is_object())
        .unwrap_or(content)
}

/// The buttons and rows that a message offers.
fn options(content: &Value) -> Vec<String> {
    let content = spoken(content);
    let lists = [&content["buttons"], &content["rows"]];
    let titles = lists
        .iter()
        .filter_map(|list| list.as_array())
        .flatten()
        .filter_map(|option| option["title"].as_str());
    titles
        .chain(content["label"].as_str())
        .map(str::to_owned)
        .collect()
}

/// The steps of messages that staff wrote.
const STAFF_STEP: &str = "staff/";

/// What staff write.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    key: String,
    text: String,
}

/// Writes to the guest. The bot is silent from then on, until it is called back.
///
/// The form carries a key: sent twice, it is one message.
///
/// # Errors
/// [`Error::NotFound`]; when the database does not answer.
pub(super) async fn answer(
    Staff(me): Staff,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(form): Fields<Answer>,
) -> Result<Response, Error> {
    let (id, t, now) = (guest_id(&id)?, me.words(), Utc::now());
    let database = app.database()?;
    let guest = guests::by_id(&database, id)
        .await?
        .ok_or(Error::NotFound("guest"))?;
    let text = form.text.trim().replace("\r\n", "\n");
    let key: Option<Uuid> = form.key.parse().ok();
    let problem = match key {
        _ if text.is_empty() || text.chars().count() > LONGEST => Some(t.text_invalid),
        None => Some(t.text_invalid),
        _ if guest.opted_out_at.is_some() => Some(t.opted_out_detail),
        _ if window(&guest, now).is_none() => Some(t.window_closed_detail),
        Some(_) => None,
    };
    if problem.is_some() {
        let first = PageQuery::default().wanted()?;
        let again = (form.text, problem);
        return refused(&load(&app, me, guest.id, first, "", again).await?);
    }
    // Another text under the same key, from a page that was gone back to, is another message.
    let key = IdempotencyKey::or_new(IdempotencyKey::of_form(&form.key, &[&text]));
    let step = format!("{STAFF_STEP}{key}");
    let message = NewOutbound {
        id: MessageId::for_step(&step),
        guest_id: guest.id,
        step,
        kind: "text".to_owned(),
        content: json!({ "say": { "say": "text", "body": text } }),
    };
    let written = conversations::answer(&database, &message, &me.actor(), now).await?;
    // It is durable, and is handed over now or, should Temporal be away, by the sweep.
    dispatch::at_once(&app, written.into_iter().collect());
    Ok(back(guest.id, "sent"))
}

/// Silences the bot: a person answers from now on.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn take_over(
    Staff(me): Staff,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let id = existing(&app, &id).await?;
    let database = app.database()?;
    conversations::take_over(&database, id, &me.actor(), Utc::now()).await?;
    Ok(back(id, "taken_over"))
}

/// Calls the bot back.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn hand_back(
    Staff(me): Staff,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let id = existing(&app, &id).await?;
    let database = app.database()?;
    conversations::hand_back(&database, id, &me.actor(), Utc::now()).await?;
    Ok(back(id, "handed_back"))
}

async fn existing(app: &App, id: &str) -> Result<GuestId, Error> {
    let found = guests::by_id(&app.database()?, guest_id(id)?).await?;
    Ok(found.ok_or(Error::NotFound("guest"))?.id)
}

fn back(id: GuestId, done: &str) -> Response {
    Redirect::to(&format!("/admin/conversations/{id}?done={done}")).into_response()
}
