//! What Temporal keeps closed, opened for operators who read it in Temporal's pages.
//!
//! Those pages ask from the operator's browser, so that the answer never passes through Temporal: they are set to
//! `/api/v1/codec` as their remote codec. An operator is known by a token of the scope `operate`, or by being signed
//! in to the admin pages as an owner in the same browser. Pages of any other origin are not let read the answer.

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::post,
};
use domain::Role;
use keyring::wire::{Payloads, Refused};

use crate::{
    admin,
    app::App,
    auth,
    error::{
        Error, Problem,
        answers::{Invalid, Malformed},
    },
    extract,
};

/// As much as Temporal sends in one message.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// What pages of Temporal's origin may do here. They send cookies along, for who is signed in to ours.
const ALLOWED: [(HeaderName, &str); 4] = [
    (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"),
    (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
    (
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "authorization, content-type, x-namespace",
    ),
    (header::ACCESS_CONTROL_MAX_AGE, "600"),
];

/// The two doors.
pub(crate) fn routes(app: &App) -> Router<App> {
    Router::new()
        .route("/api/v1/codec/decode", post(decode).options(preflight))
        .route("/api/v1/codec/encode", post(encode).options(preflight))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(app.clone(), share))
}

/// Somebody who may read what workflows hold.
#[derive(Debug)]
pub(crate) struct Reader;

impl FromRequestParts<App> for Reader {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        if auth::operator(app, &parts.headers, &Method::POST)
            .await?
            .is_some()
        {
            return Ok(Self);
        }
        let role = admin::signed_in(app, &parts.headers).await?;
        let is_from_there = is_from_workflow_pages(app, &parts.headers);
        match role {
            // A cookie comes along from any page of this site: only Temporal's may use it here.
            Some(role) if is_from_there && role.may(Role::Owner) => Ok(Self),
            Some(_) => Err(Error::Forbidden),
            None => Err(Error::Unauthorized),
        }
    }
}

/// Opens payloads of workflows.
///
/// This is the protocol of Temporal's remote codecs: what is not closed comes back as it is.
#[utoipa::path(
    post,
    path = "/api/v1/codec/decode",
    tag = "operators",
    security(("operator" = [])),
    request_body(content = Value, example = json!({ "payloads": [
        { "metadata": { "encoding": "YmluYXJ5L2VuY3J5cHRlZA==", "encryption-key-id": "azE=" }, "data": "…" }
    ] })),
    responses(
        (status = 200, body = Value, description = "The same payloads, open, in the same order"),
        Malformed,
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Neither an operator's token nor an owner's session"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "A token that may only ask, or somebody who is no owner"),
        Invalid,
    )
)]
pub(crate) async fn decode(
    _reader: Reader,
    State(app): State<App>,
    extract::Json(closed): extract::Json<Payloads>,
) -> Result<Json<Payloads>, Error> {
    closed.open(&app.codec).map(Json).map_err(refused)
}

/// Closes payloads of workflows, as our programs do.
///
/// This is the protocol of Temporal's remote codecs: its pages need it to start or signal a workflow by hand.
#[utoipa::path(
    post,
    path = "/api/v1/codec/encode",
    tag = "operators",
    security(("operator" = [])),
    request_body(content = Value, example = json!({ "payloads": [
        { "metadata": { "encoding": "anNvbi9wbGFpbg==" }, "data": "ImhvbGEi" }
    ] })),
    responses(
        (status = 200, body = Value, description = "The same payloads, closed, in the same order"),
        Malformed,
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Neither an operator's token nor an owner's session"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "A token that may only ask, or somebody who is no owner"),
        Invalid,
    )
)]
pub(crate) async fn encode(
    _reader: Reader,
    State(app): State<App>,
    extract::Json(open): extract::Json<Payloads>,
) -> Result<Json<Payloads>, Error> {
    open.close(&app.codec).map(Json).map_err(refused)
}

/// What a browser asks before it lets a page ask.
async fn preflight() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Lets pages of Temporal's origin, and no others, read the answers.
async fn share(State(app): State<App>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let is_from_there = is_from_workflow_pages(&app, request.headers());
    let mut response = next.run(request).await.into_response();
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin.filter(|_| is_from_there) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        for (name, value) in ALLOWED {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

fn is_from_workflow_pages(app: &App, headers: &HeaderMap) -> bool {
    let origin = headers
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok());
    origin.is_some() && origin == app.workflow_origin()
}

fn refused(refused: Refused) -> Error {
    match refused {
        Refused::Form => Error::invalid("payloads", "invalid", refused.to_string()),
        Refused::Keys(keyring::Error::UnknownKey(_)) => {
            Error::invalid("payloads", "unknown_key", refused.to_string())
        }
        Refused::Keys(keyring::Error::Forged) => {
            Error::invalid("payloads", "forged", refused.to_string())
        }
        Refused::Keys(keyring::Error::Randomness) => Error::unexpected(refused),
    }
}
