//! The hand that moves the guests: `/sandbox/guests`.

mod sending;

use std::{convert::Infallible, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
    routing,
};
use futures::{Stream, StreamExt as _, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{Sandbox, problem::Problem};

use super::{
    books::{Entry, now},
    guest::GuestId,
};

/// The control of guests.
pub(super) fn router() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/sandbox/guests", routing::get(list))
        .route(
            "/sandbox/guests/{wa_id}/messages",
            routing::get(thread).post(sending::send),
        )
        .route("/sandbox/changes", routing::get(changes))
}

/// Where to go on reading.
#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: u64,
}

/// Both sides of a thread, in order.
async fn thread(
    State(sandbox): State<Arc<Sandbox>>,
    Path(wa_id): Path<String>,
    Query(After { after }): Query<After>,
) -> Result<Json<Vec<Entry>>, Problem> {
    let id = GuestId::parse(&wa_id)?;
    Ok(Json(sandbox.whatsapp.books().thread(&id, after)))
}

/// Every guest who has written or was written to, and how things stand between them and the business.
async fn list(State(sandbox): State<Arc<Sandbox>>) -> Json<Vec<Value>> {
    let books = sandbox.whatsapp.books();
    let guests = books.guests().map(|guest| {
        let is_typed_to = guest
            .typing_until
            .is_some_and(|until| until > Instant::now());
        json!({
            "wa_id": guest.id.as_str(),
            "user_id": guest.user_id,
            "profile_name": guest.profile_name,
            "business_is_typing": is_typed_to,
            "window_is_open": guest.window_is_open(now()),
        })
    });
    Json(guests.collect())
}

/// Server-sent events: one for every change of anything a page could show.
async fn changes(
    State(sandbox): State<Arc<Sandbox>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = sandbox.whatsapp.changes();
    let stream = stream::unfold(changes, |mut changes| async move {
        changes.changed().await.ok()?;
        let count = *changes.borrow_and_update();
        Some((Event::default().data(count.to_string()), changes))
    });
    Sse::new(stream.map(Ok)).keep_alive(KeepAlive::default())
}
