//! What every request for the pages passes: who is it, does it come from our own page, and what does its browser
//! do with the answer.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse as _, Response},
};
use axum_extra::extract::CookieJar;
use chrono::Utc;
use database::sessions;
use domain::Language;

use super::{
    access::{SignedIn, Visitor},
    chrome, forgery, sign_in,
};
use crate::{app::App, error::Error};

/// Scripts, styles and pictures come from us as files; nothing is written into a page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'",
);

/// Browsers tell other sites nothing, and us where a form was sent from.
const REFERRER: HeaderValue = HeaderValue::from_static("same-origin");

/// A strict cookie does not come along when somebody follows a link from elsewhere. Asking again from here brings it.
const ONCE_MORE: &str =
    "<!doctype html><meta http-equiv=\"refresh\" content=\"0\"><title>Posada</title>";

/// Finds out who is asking, turns away forged requests, and draws errors as pages.
pub(super) async fn gate(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = pass(&app, request, next).await;
    let headers = response.headers_mut();
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(POLICY);
    headers.entry(header::REFERRER_POLICY).or_insert(REFERRER);
    response
}

async fn pass(app: &App, mut request: Request, next: Next) -> Response {
    let visitor = match visitor(app, request.headers()).await {
        Ok(visitor) => visitor,
        Err(error) => return drawn(error.into_response(), &stranger(request.headers())),
    };
    if visitor.signed_in.is_none() && comes_from_elsewhere(&request) {
        return Html(ONCE_MORE).into_response();
    }
    if !request.method().is_safe() {
        let token = visitor
            .signed_in
            .as_deref()
            .map(|it| it.forgery_token.as_str());
        request = match forgery::checked(app, request, token).await {
            Ok(request) => request,
            Err(error) => return drawn(error.into_response(), &visitor),
        };
    }
    request.extensions_mut().insert(visitor.clone());
    drawn(next.run(request).await, &visitor)
}

pub(super) async fn visitor(app: &App, headers: &HeaderMap) -> Result<Visitor, Error> {
    let jar = CookieJar::from_headers(headers);
    let Some(cookie) = jar.get(sign_in::cookie_name(app)) else {
        return Ok(stranger(headers));
    };
    let found = sessions::find(&app.database()?, cookie.value(), Utc::now()).await?;
    Ok(found.map_or_else(
        || stranger(headers),
        |(session, user)| Visitor {
            language: user.language,
            signed_in: Some(Arc::new(SignedIn {
                user,
                session,
                forgery_token: forgery::token(cookie.value()),
            })),
        },
    ))
}

fn stranger(headers: &HeaderMap) -> Visitor {
    let wanted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let language = if wanted.to_ascii_lowercase().starts_with("en") {
        Language::En
    } else {
        Language::Es
    };
    Visitor {
        signed_in: None,
        language,
    }
}

fn comes_from_elsewhere(request: &Request) -> bool {
    let says = |name: &'static str, value: &str| {
        request
            .headers()
            .get(HeaderName::from_static(name))
            .is_some_and(|it| it == value)
    };
    request.method() == Method::GET
        && says("sec-fetch-site", "cross-site")
        && says("sec-fetch-mode", "navigate")
}

/// An error as a page. Programs of ours in the page (htmx, the live stream) look at the status alone.
fn drawn(response: Response, visitor: &Visitor) -> Response {
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/problem+json");
    if !is_problem {
        return response;
    }
    // To whom is not signed in there is one answer, and no box of the browser's asking for a password.
    let status = match response.status() {
        StatusCode::UNAUTHORIZED => StatusCode::FORBIDDEN,
        status => status,
    };
    let page = chrome::error_page(visitor, status);
    let (mut parts, _) = response.into_parts();
    parts.status = status;
    parts.headers.remove(header::WWW_AUTHENTICATE);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    Response::from_parts(parts, Body::from(page))
}
