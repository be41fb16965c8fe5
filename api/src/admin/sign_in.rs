//! The door: an address and a password for a cookie.

use std::net::SocketAddr;

use askama::Template;
use axum::{
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use chrono::Utc;
use database::sessions::{self, SignIn, SignInAttempt};
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use super::{
    access::{ReadOnly, Visitor},
    chrome::{self, Fields, page},
    words::Words,
};
use crate::{app::App, clients, error::Error, extract::Query};

/// With this prefix browsers take it over HTTPS alone, and from no neighbour.
const NAME_OVER_HTTPS: &str = "__Host-posada";

const NAME_OVER_HTTP: &str = "posada";

/// The longest password that is tried.
const LONGEST_PASSWORD: usize = 1024;

pub(super) fn cookie_name(app: &App) -> &'static str {
    if app.is_https {
        NAME_OVER_HTTPS
    } else {
        NAME_OVER_HTTP
    }
}

#[derive(Template)]
#[template(path = "admin/login.html")]
struct LoginPage<'a> {
    t: &'static Words,
    version: &'a str,
    next: &'a str,
    email: &'a str,
    problem: Option<String>,
}

/// Where somebody wanted to go.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    next: String,
}

/// Who somebody says they are.
#[derive(Default, Deserialize)]
pub(super) struct Credentials {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// Asks who it is.
///
/// # Errors
/// When the page cannot be drawn.
pub(super) async fn form(
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    if visitor.signed_in.is_some() {
        return Ok(Redirect::to(local(&wanted.next)).into_response());
    }
    page(&LoginPage {
        t: Words::of(visitor.language),
        version: chrome::version(),
        next: local(&wanted.next),
        email: "",
        problem: None,
    })
}

/// Lets somebody in, or says that it was not right, and not why.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn sign_in(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    visitor: Visitor,
    headers: HeaderMap,
    jar: CookieJar,
    Fields(given): Fields<Credentials>,
) -> Result<Response, Error> {
    let t = Words::of(visitor.language);
    let address = clients::counted_as(clients::address(peer.ip(), &headers, &app.trusted_proxies));
    let attempt = SignInAttempt {
        email: given.email.clone(),
        password: given.password.into(),
        code: given.code.into(),
        address: address.to_string(),
        agent: agent(&headers),
    };
    let is_plausible = !attempt.email.trim().is_empty()
        && attempt.code.expose_secret().len() <= LONGEST_PASSWORD
        && (1..=LONGEST_PASSWORD).contains(&attempt.password.expose_secret().len());
    let became = if is_plausible {
        sessions::sign_in(&app.database()?, &attempt, Utc::now()).await?
    } else {
        SignIn::Wrong
    };
    let (status, problem) = match became {
        SignIn::In { token, .. } => {
            let cookie = cookie(&app, token.expose_secret());
            return Ok((jar.add(cookie), Redirect::to(local(&given.next))).into_response());
        }
        SignIn::Wrong => (
            StatusCode::UNPROCESSABLE_ENTITY,
            t.wrong_password.to_owned(),
        ),
        SignIn::CodeWanted => (StatusCode::UNPROCESSABLE_ENTITY, t.code_wanted.to_owned()),
        SignIn::Wait { until } => {
            let seconds = (until - Utc::now()).num_seconds().max(1);
            let problem = t.wait_seconds.replace("{}", &seconds.to_string());
            (StatusCode::TOO_MANY_REQUESTS, problem)
        }
    };
    let answer = page(&LoginPage {
        t,
        version: chrome::version(),
        next: local(&given.next),
        email: &given.email,
        problem: Some(problem),
    })?;
    Ok((status, answer).into_response())
}

/// Ends the session.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn sign_out(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    jar: CookieJar,
) -> Result<Response, Error> {
    let (user, session) = (me.user.id, me.session.id);
    sessions::end(&app.database()?, user, session, &me.actor(), Utc::now()).await?;
    let mut gone = cookie(&app, "");
    gone.make_removal();
    Ok((jar.add(gone), Redirect::to("/admin/login")).into_response())
}

fn cookie(app: &App, value: &str) -> Cookie<'static> {
    let age = sessions::LONGEST.num_seconds();
    let secure = if app.is_https { "; Secure" } else { "" };
    let name = cookie_name(app);
    let written =
        format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}");
    Cookie::parse(written).unwrap_or_else(|_unwritable| Cookie::from(name))
}

fn agent(headers: &HeaderMap) -> String {
    headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

/// A path of the pages; whatever else it says, nobody is sent elsewhere.
fn local(next: &str) -> &str {
    let is_ours = next
        .strip_prefix(super::ROOT)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let is_plain = !next.contains(['\\', '\r', '\n']) && !next.starts_with("/admin/login");
    if is_ours && is_plain {
        next
    } else {
        super::ROOT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for page in ["/admin", "/admin/calendar?from=2027-01-01"] {
            assert_eq!(local(page), page);
        }
        for elsewhere in [
            "",
            "https://evil.example",
            "//evil.example",
            "/administrator.evil",
            "/admin\\evil",
            "/docs",
            "/admin/login?next=/admin",
        ] {
            assert_eq!(local(elsewhere), "/admin", "{elsewhere}");
        }
    }
}
