//! A channel's calendar: what a test puts here, the product fetches as if from another seller.
//!
//! Every fetch is logged with its headers, so that a test can see conditional requests.
//! The bytes are served as they were put; nothing checks that they are a calendar, because channels do
//! not either. `PUT …/trouble` makes one calendar misbehave in the ways that channels are known for.

mod imports;
mod trouble;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing,
};
use chrono::Utc;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use self::{
    imports::{Import, Wish},
    trouble::Trouble,
};
use crate::{
    Sandbox,
    faults::{self, Failure, Target},
    problem::Problem,
};

/// What a calendar is labelled unless somebody chose another label.
const CALENDAR: HeaderValue = HeaderValue::from_static("text/calendar; charset=utf-8");

/// The calendars by name.
#[derive(Default)]
pub(crate) struct Feeds {
    table: Mutex<HashMap<String, Feed>>,
    /// For what channels read themselves.
    http: reqwest::Client,
}

#[derive(Default)]
struct Feed {
    content: Option<Content>,
    import: Option<Import>,
    trouble: Option<Trouble>,
    requests: Vec<Value>,
}

#[derive(Clone)]
struct Content {
    body: Bytes,
    content_type: HeaderValue,
    etag: String,
    last_modified: String,
}

impl Feeds {
    /// Forgets every calendar and every request.
    pub(crate) fn clear(&self) {
        self.table().clear();
    }

    fn table(&self) -> MutexGuard<'_, HashMap<String, Feed>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The calendars and their control.
pub(crate) fn router() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/sandbox/feeds/{name}", routing::put(put).get(get))
        .route("/sandbox/feeds/{name}/requests", routing::get(requests))
        .route(
            "/sandbox/feeds/{name}/trouble",
            routing::put(make_trouble).delete(end_trouble),
        )
        .route(
            "/sandbox/feeds/{name}/imports",
            routing::put(import).post(read_anew).delete(end_import),
        )
}

async fn put(
    State(sandbox): State<Arc<Sandbox>>,
    Path(file): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let name = name_of(&file)?;
    let content = Content {
        etag: etag(&body),
        last_modified: http_now(),
        content_type: match headers.get(header::CONTENT_TYPE) {
            // What HTTP clients send when nobody chose a type says nothing about the calendar.
            Some(chosen) if chosen != "application/x-www-form-urlencoded" => chosen.clone(),
            _ => CALENDAR,
        },
        body,
    };
    sandbox.feeds.table().entry(name).or_default().content = Some(content);
    Ok(StatusCode::NO_CONTENT)
}

async fn get(
    State(sandbox): State<Arc<Sandbox>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let name = name_of(&file)?;
    let request = log_of(&headers);
    let (content, trouble) = {
        let mut feeds = sandbox.feeds.table();
        let feed = feeds.entry(name.clone()).or_default();
        feed.requests.push(request);
        (feed.shown(&name), feed.next_trouble())
    };
    // The request is in the log even when it is about to fail.
    let verdict = sandbox.faults.before(Target::Feeds).await;
    if let Some(trouble) = &trouble {
        trouble.wait().await;
    }
    Ok(faults::answer(verdict, refuse, || {
        match (trouble, content) {
            (Some(trouble), content) => {
                let body = content.as_ref().map(|content| content.body.clone());
                trouble.answer(body.unwrap_or_default(), || answer(content, &headers))
            }
            (None, content) => answer(content, &headers),
        }
    }))
}

fn answer(content: Option<Content>, headers: &HeaderMap) -> Response {
    match content {
        Some(content) => content.answer(headers),
        None => Problem::not_found("no such calendar").into_response(),
    }
}

/// From now on this calendar misbehaves; a `PUT` replaces the trouble before it.
async fn make_trouble(
    State(sandbox): State<Arc<Sandbox>>,
    Path(name): Path<String>,
    Json(body): Json<Value>,
) -> Result<StatusCode, Problem> {
    let trouble = Trouble::read(body).map_err(Problem::unprocessable)?;
    let name = name.strip_suffix(".ics").unwrap_or(&name).to_owned();
    sandbox.feeds.table().entry(name).or_default().trouble = Some(trouble);
    Ok(StatusCode::NO_CONTENT)
}

async fn end_trouble(State(sandbox): State<Arc<Sandbox>>, Path(name): Path<String>) -> StatusCode {
    let name = name.strip_suffix(".ics").unwrap_or(&name);
    if let Some(feed) = sandbox.feeds.table().get_mut(name) {
        feed.trouble = None;
    }
    StatusCode::NO_CONTENT
}

/// From now on this channel shows, beside its own, what it has read of the calendar that is named. It reads
/// when it is told to.
async fn import(
    State(sandbox): State<Arc<Sandbox>>,
    Path(name): Path<String>,
    Json(body): Json<Value>,
) -> Result<StatusCode, Problem> {
    let wish: Wish =
        serde_json::from_value(body).map_err(|error| Problem::unprocessable(error.to_string()))?;
    let name = name.strip_suffix(".ics").unwrap_or(&name).to_owned();
    sandbox.feeds.table().entry(name).or_default().import = Some(Import::new(wish));
    Ok(StatusCode::NO_CONTENT)
}

/// The channel reads now. Answers what it was answered, and the nights that it has of it.
async fn read_anew(
    State(sandbox): State<Arc<Sandbox>>,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    let name = name.strip_suffix(".ics").unwrap_or(&name).to_owned();
    let import = {
        let feeds = sandbox.feeds.table();
        feeds.get(&name).and_then(|feed| feed.import.clone())
    };
    let mut import = import.ok_or_else(|| Problem::not_found("this channel imports nothing"))?;
    let answer = import.ask(&sandbox.feeds.http).await;
    let answer = answer.map_err(|error| Problem::conflict(error.without_url().to_string()))?;
    import.take(&answer);
    let report = import.report(&answer);
    let mut feeds = sandbox.feeds.table();
    feeds.entry(name).or_default().import = Some(import);
    Ok(Json(report))
}

async fn end_import(State(sandbox): State<Arc<Sandbox>>, Path(name): Path<String>) -> StatusCode {
    let name = name.strip_suffix(".ics").unwrap_or(&name);
    if let Some(feed) = sandbox.feeds.table().get_mut(name) {
        feed.import = None;
    }
    StatusCode::NO_CONTENT
}

async fn requests(
    State(sandbox): State<Arc<Sandbox>>,
    Path(name): Path<String>,
) -> Json<Vec<Value>> {
    let name = name.strip_suffix(".ics").unwrap_or(&name);
    let requests = sandbox
        .feeds
        .table()
        .get(name)
        .map(|feed| feed.requests.clone())
        .unwrap_or_default();
    Json(requests)
}

impl Feed {
    /// What the channel shows: its own calendar, with the copies of what it imports.
    fn shown(&self, name: &str) -> Option<Content> {
        let Some(import) = &self.import else {
            return self.content.clone();
        };
        let own = self.content.as_ref();
        let body = import.added_to(name, own.map(|content| &content.body));
        let etag = etag(&body);
        Some(Content {
            last_modified: own.map_or_else(http_now, |content| content.last_modified.clone()),
            content_type: own.map_or(CALENDAR, |content| content.content_type.clone()),
            etag,
            body,
        })
    }

    /// The trouble that the present request meets, counting it.
    fn next_trouble(&mut self) -> Option<Trouble> {
        let trouble = self.trouble.as_mut()?;
        if trouble.is_over() {
            self.trouble = None;
            return None;
        }
        Some(trouble.clone())
    }
}

impl Content {
    fn answer(self, headers: &HeaderMap) -> Response {
        let validators = [
            (header::ETAG, self.etag.clone()),
            (header::LAST_MODIFIED, self.last_modified.clone()),
        ];
        if self.is_known_to(headers) {
            return (StatusCode::NOT_MODIFIED, validators).into_response();
        }
        let content_type = [(header::CONTENT_TYPE, self.content_type)];
        (validators, content_type, self.body).into_response()
    }

    /// Whether the caller already holds these bytes; the entity tag outranks the date.
    fn is_known_to(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(tags) = text(header::IF_NONE_MATCH) {
            return tags
                .split(',')
                .map(|tag| tag.trim().trim_start_matches("W/"))
                .any(|tag| tag == "*" || tag == self.etag);
        }
        text(header::IF_MODIFIED_SINCE).is_some_and(|since| since == self.last_modified)
    }
}

fn etag(body: &[u8]) -> String {
    format!("\"{}\"", hex::encode(Sha256::digest(body)))
}

fn http_now() -> String {
    Utc::now().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn name_of(file: &str) -> Result<String, Problem> {
    file.strip_suffix(".ics")
        .filter(|name| !name.is_empty())
        .map(ToOwned::to_owned)
        .ok_or_else(|| Problem::not_found("a calendar's name ends in .ics"))
}

fn log_of(headers: &HeaderMap) -> Value {
    let headers: serde_json::Map<String, Value> = headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), Value::String(value))
        })
        .collect();
    json!({ "at": Utc::now().to_rfc3339(), "headers": headers })
}

fn refuse(failure: Failure) -> Response {
    (failure.status, "the channel is in trouble").into_response()
}
