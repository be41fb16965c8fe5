//! Whom the Graph API lets through.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use secrecy::ExposeSecret as _;

use crate::Sandbox;

use super::refusal::Refusal;

/// Lets through what names a version and carries the token.
pub(super) async fn versioned(
    State(sandbox): State<Arc<Sandbox>>,
    request: Request,
    next: Next,
) -> Response {
    let version = request.uri().path().split('/').nth(1).unwrap_or_default();
    let is_version = version.strip_prefix('v').is_some_and(|number| {
        number.starts_with(|c: char| c.is_ascii_digit())
            && number.chars().all(|c| c.is_ascii_digit() || c == '.')
    });
    if !is_version {
        return Refusal::new(2500, "Unknown path components").into_response();
    }
    bearer(State(sandbox), request, next).await
}

/// Lets through what carries the token.
pub(super) async fn bearer(
    State(sandbox): State<Arc<Sandbox>>,
    request: Request,
    next: Next,
) -> Response {
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if token == Some(sandbox.config.whatsapp.access_token.expose_secret()) {
        next.run(request).await
    } else {
        Refusal::new(
            190,
            "Invalid OAuth access token - Cannot parse access token",
        )
        .into_response()
    }
}

/// Refuses a phone number id that is not ours, as the platform does.
pub(super) fn of_number(sandbox: &Sandbox, number: &str) -> Result<(), Refusal> {
    if number == sandbox.config.whatsapp.phone_number_id {
        Ok(())
    } else {
        Err(Refusal::malformed(format!(
            "Unsupported post request. Object with ID '{number}' does not exist."
        )))
    }
}
