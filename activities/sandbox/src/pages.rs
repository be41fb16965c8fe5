//! The guest's phone in a browser: one page, its style and its script, all from memory.
//!
//! The page has no privileges; everything it does goes through the control API.

use std::sync::Arc;

use axum::{
    Router,
    http::header,
    response::{Html, IntoResponse, Response},
    routing,
};

use crate::Sandbox;

/// Pictures may come from anywhere, as on a phone; nothing else does.
const POLICY: &str =
    "default-src 'self'; img-src * data: blob:; media-src 'self' blob:; base-uri 'none'";

/// The page and what belongs to it.
pub(crate) fn router() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/", routing::get(chat))
        .route("/sandbox/assets/chat.css", routing::get(style))
        .route("/sandbox/assets/chat.js", routing::get(script))
        .route("/sandbox/assets/voice-note.ogg", routing::get(voice_note))
        .route("/favicon.ico", routing::get(icon))
}

async fn chat() -> Response {
    let policy = [(header::CONTENT_SECURITY_POLICY, POLICY)];
    (policy, Html(include_str!("pages/chat.html"))).into_response()
}

async fn style() -> Response {
    asset("text/css; charset=utf-8", include_str!("pages/chat.css"))
}

async fn script() -> Response {
    asset(
        "text/javascript; charset=utf-8",
        include_str!("pages/chat.js"),
    )
}

/// Somebody who asks for a cabin in January, for visitors without a microphone.
async fn voice_note() -> Response {
    asset("audio/ogg", include_bytes!("pages/voice-note.ogg"))
}

async fn icon() -> Response {
    asset("image/svg+xml", include_str!("pages/icon.svg"))
}

fn asset(content_type: &'static str, body: impl IntoResponse) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        // A rebuilt sandbox shows its new page at once.
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, body).into_response()
}
