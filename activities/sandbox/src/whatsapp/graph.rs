//! The Graph API's routes, its gate, and the faults in front of it.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::header,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing,
};
use secrecy::ExposeSecret as _;

use crate::{
    Sandbox,
    faults::{self, Target},
};

use super::{media, refusal::Refusal, send, templates};

/// The Graph API.
pub(super) fn router(sandbox: &Arc<Sandbox>) -> Router<Arc<Sandbox>> {
    let gate = from_fn_with_state(Arc::clone(sandbox), versioned);
    let send_faults = from_fn_with_state(Arc::clone(sandbox), trouble_with_send);
    let media_faults = from_fn_with_state(Arc::clone(sandbox), trouble_with_media);
    let sending = Router::new()
        .route(
            "/{version}/{number}/messages",
            routing::post(send::messages),
        )
        .route_layer(gate.clone())
        .route_layer(send_faults);
    let media = Router::new()
        .route("/{version}/{number}/media", routing::post(media::upload))
        .route(
            "/{version}/{id}",
            routing::get(media::look_up).delete(media::delete),
        )
        .route_layer(gate.clone())
        .route("/whatsapp-media/{token}", routing::get(media::download))
        .route_layer(from_fn_with_state(Arc::clone(sandbox), bearer))
        .route_layer(media_faults);
    let management = Router::new()
        .route(
            "/{version}/{account}/message_templates",
            routing::post(templates::create)
                .get(templates::list)
                .delete(templates::delete),
        )
        .route_layer(gate);
    sending
        .merge(media)
        .merge(management)
        .route("/sandbox/media/{id}", routing::get(media::show))
}

/// Lets through what names a version and carries the token.
async fn versioned(State(sandbox): State<Arc<Sandbox>>, request: Request, next: Next) -> Response {
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
async fn bearer(State(sandbox): State<Arc<Sandbox>>, request: Request, next: Next) -> Response {
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

async fn trouble_with_send(
    State(sandbox): State<Arc<Sandbox>>,
    request: Request,
    next: Next,
) -> Response {
    faults::run(
        &sandbox.faults,
        Target::WhatsAppSend,
        request,
        next,
        Refusal::of_fault,
    )
    .await
}

async fn trouble_with_media(
    State(sandbox): State<Arc<Sandbox>>,
    request: Request,
    next: Next,
) -> Response {
    faults::run(
        &sandbox.faults,
        Target::WhatsAppMedia,
        request,
        next,
        Refusal::of_fault,
    )
    .await
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
