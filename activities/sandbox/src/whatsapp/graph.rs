//! The Graph API's routes, and the faults in front of them.

use std::sync::Arc;

use crate::{
    Sandbox,
    faults::{self, Target},
};
use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing,
};

use super::{
    gate::{bearer, versioned},
    media,
    refusal::Refusal,
    send, templates,
};

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
