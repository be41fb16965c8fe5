//! The calendar behind a link, for whoever has the link.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Path, State},
    http::{HeaderMap, HeaderName, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use calendar_feed::{Nights, Published};
use chrono::Utc;
use database::exports::{self, Calendar, NewFetch};
use domain::AccommodationId;
use sha2::{Digest as _, Sha256};

use super::conditions::{Has, has, http_date};
use crate::{
    app::App,
    error::{Error, Problem},
    limits,
};

/// The most letters of a user agent that are kept.
const LONGEST_AGENT: usize = 200;

/// The longest token that is looked up.
const LONGEST_TOKEN: usize = 100;

/// The calendar of one accommodation for one channel, as iCalendar.
///
/// The address is the secret. It is made anew on every request, and says the same bytes until something changes.
#[utoipa::path(
    get,
    path = "/ical/{token}.ics",
    tag = "calendars",
    params(
        ("token" = String, Path, description = "The secret part of a link"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of what the caller has"),
        ("If-Modified-Since" = Option<String>, Header, description = "The `Last-Modified` of what the caller has"),
    ),
    responses(
        (status = 200, body = String, content_type = "text/calendar"),
        (status = 304, description = "The caller has it already"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "A token that was never given, or opens nothing any more"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many tokens that open nothing"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "It cannot be read completely: keep what you have"),
    )
)]
pub(crate) async fn serve(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    method: Method,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Result<Response, Error> {
    let caller = Caller {
        peer,
        method,
        headers,
    };
    caller.ask(&app, &file, None).await
}

/// The same under the address that names the accommodation.
///
/// A token opens it for its own accommodation alone.
#[utoipa::path(
    get,
    path = "/api/v1/ical/{accommodation_id}/{token}.ics",
    tag = "calendars",
    params(
        ("accommodation_id" = String, Path, description = "`acc_…`"),
        ("token" = String, Path, description = "The secret part of a link"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of what the caller has"),
        ("If-Modified-Since" = Option<String>, Header, description = "The `Last-Modified` of what the caller has"),
    ),
    responses(
        (status = 200, body = String, content_type = "text/calendar"),
        (status = 304, description = "The caller has it already"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "An accommodation that is not there, or a token that does not open it"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many tokens that open nothing"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "It cannot be read completely: keep what you have"),
    )
)]
pub(crate) async fn serve_of(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    method: Method,
    headers: HeaderMap,
    Path((accommodation_id, file)): Path<(String, String)>,
) -> Result<Response, Error> {
    let caller = Caller {
        peer,
        method,
        headers,
    };
    caller.ask(&app, &file, Some(&accommodation_id)).await
}

/// Who asks, and how.
struct Caller {
    peer: SocketAddr,
    method: Method,
    headers: HeaderMap,
}

impl Caller {
    async fn ask(&self, app: &App, file: &str, of: Option<&str>) -> Result<Response, Error> {
        match opened(app, file, of).await? {
            Some(calendar) => self.answer(app, &calendar).await,
            None => {
                limits::count(app, self.peer, &self.headers).await?;
                Err(Error::NotFound("calendar"))
            }
        }
    }

    async fn answer(&self, app: &App, calendar: &Calendar) -> Result<Response, Error> {
        let now = Utc::now();
        let database = app.database()?;
        let body = body(calendar, &calendar_feed::feed_domain(&app.public_url));
        let etag = etag(&body);
        let version = exports::version(&database, calendar.link, &etag, &calendar.nights(), now)
            .await
            .map_err(unreadable)?;
        let has = has(&self.headers, &etag, version.changed_at);
        let status = match has {
            Has::Nothing => StatusCode::OK,
            Has::Proven | Has::Likely => StatusCode::NOT_MODIFIED,
        };
        let sent = status == StatusCode::OK && self.method == Method::GET;
        let agent = user_agent(&self.headers);
        let fetch = NewFetch {
            at: now,
            method: self.method.as_str(),
            status: status.as_u16(),
            user_agent: agent.as_deref(),
            has_it: sent || has == Has::Proven,
        };
        exports::keep(&database, calendar.link, version, fetch)
            .await
            .map_err(unreadable)?;
        let validators = [
            (header::ETAG, etag),
            (header::LAST_MODIFIED, http_date(version.changed_at)),
        ];
        if status == StatusCode::NOT_MODIFIED {
            return Ok((status, HEADERS, validators).into_response());
        }
        let form = [
            (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
            (
                header::CONTENT_DISPOSITION,
                "inline; filename=\"calendar.ics\"",
            ),
        ];
        Ok((HEADERS, validators, form, body).into_response())
    }
}

/// What caches and search engines are told.
const HEADERS: [(HeaderName, &str); 2] = [
    (header::CACHE_CONTROL, "private, no-cache"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
];

/// The calendar that a file's name opens, of this accommodation where one is named.
async fn opened(app: &App, file: &str, of: Option<&str>) -> Result<Option<Calendar>, Error> {
    let token = file
        .strip_suffix(".ics")
        .filter(|token| (1..=LONGEST_TOKEN).contains(&token.len()));
    let of: Option<Option<AccommodationId>> = of.map(|id| id.parse().ok());
    let (Some(token), None | Some(Some(_))) = (token, of) else {
        return Ok(None);
    };
    exports::calendar(&app.database()?, token, of.flatten(), Utc::now())
        .await
        .map_err(unreadable)
}

/// Whatever goes wrong, the channel keeps what it has and comes back.
fn unreadable(error: database::Error) -> Error {
    Error::Unavailable {
        what: "the calendar",
        source: Some(Box::new(error)),
    }
}

fn body(calendar: &Calendar, domain: &str) -> String {
    let events: Vec<Published> = calendar
        .entries
        .iter()
        .map(|entry| Published {
            uid: calendar_feed::uid(&calendar.key, &entry.name, domain),
            nights: Nights {
                check_in: entry.nights.from(),
                check_out: entry.nights.to(),
            },
            sequence: entry.revision,
            changed_at: entry.changed_at,
        })
        .collect();
    calendar_feed::write(&events)
}

fn etag(body: &str) -> String {
    let mut digest = hex::encode(Sha256::digest(body.as_bytes()));
    digest.truncate(32);
    format!("\"{digest}\"")
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(agent.chars().take(LONGEST_AGENT).collect())
}
