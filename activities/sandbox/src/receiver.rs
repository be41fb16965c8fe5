//! Somebody else's program, told by webhooks of what happens: it checks each signature as the standard has it.
//!
//! `PUT /sandbox/receivers/{name}` tells it the secret, which statuses to answer first, and for how long it then wants to
//! be left alone; what it was sent, it keeps.
//! An event that it took before is known by its id and counted once.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing,
};
use chrono::Utc;
use serde::Deserialize;
use serde_json::{Value, json};
use standard_webhooks::{ID, SIGNATURE, Secret, TIMESTAMP, verify};

use crate::{Sandbox, problem::Problem};

/// The receivers by name.
#[derive(Default)]
pub(crate) struct Receivers(Mutex<HashMap<String, Receiver>>);

#[derive(Default)]
struct Receiver {
    secret: Option<Secret>,
    /// What is answered first, one status a request.
    answers: VecDeque<StatusCode>,
    /// Seconds, told with each of them.
    retry_after: Option<u32>,
    requests: Vec<Value>,
    taken: HashSet<String>,
}

/// How a receiver is to behave. What is left out stays as it was.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Behaviour {
    /// `whsec_…`.
    secret: Option<String>,
    /// The statuses of the next answers; after them it takes what is signed.
    #[serde(default)]
    answers: Vec<u16>,
    /// Seconds that each of them asks for.
    retry_after: Option<u32>,
}

impl Receivers {
    /// Forgets all of them.
    pub(crate) fn clear(&self) {
        self.table().clear();
    }

    fn table(&self) -> MutexGuard<'_, HashMap<String, Receiver>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The receivers and their control.
pub(crate) fn router() -> Router<Arc<Sandbox>> {
    Router::new().route(
        "/sandbox/receivers/{name}",
        routing::put(behave).post(receive).get(requests),
    )
}

async fn behave(
    State(sandbox): State<Arc<Sandbox>>,
    Path(name): Path<String>,
    Json(behaviour): Json<Behaviour>,
) -> Result<StatusCode, Problem> {
    let secret = behaviour.secret.as_deref().map(Secret::parse).transpose();
    let secret = secret.map_err(|error| Problem::unprocessable(error.to_string()))?;
    let answers = behaviour.answers.into_iter().map(StatusCode::from_u16);
    let answers = answers
        .collect::<Result<_, _>>()
        .map_err(|error| Problem::unprocessable(error.to_string()))?;
    let mut table = sandbox.receivers.table();
    let receiver = table.entry(name).or_default();
    receiver.answers = answers;
    receiver.retry_after = behaviour.retry_after;
    if secret.is_some() {
        receiver.secret = secret;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn receive(
    State(sandbox): State<Arc<Sandbox>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let mut table = sandbox.receivers.table();
    let receiver = table.entry(name).or_default();
    let (id, signatures) = (text(ID), text(SIGNATURE));
    let verified = receiver.secret.as_ref().is_some_and(|secret| {
        let now = Utc::now().timestamp();
        verify(secret, id, text(TIMESTAMP), signatures, &body, now).is_ok()
    });
    let told = receiver.answers.pop_front();
    let retry_after = receiver.retry_after.filter(|_| told.is_some());
    let status = told.unwrap_or(if verified {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::UNAUTHORIZED
    });
    let is_new = status.is_success() && verified && receiver.taken.insert(id.to_owned());
    receiver.requests.push(json!({
        "id": id,
        "verified": verified,
        "signatures": signatures.split(' ').filter(|it| !it.is_empty()).count(),
        "answered": status.as_u16(),
        "new": is_new,
        "body": serde_json::from_slice::<Value>(&body).unwrap_or_default(),
    }));
    match retry_after {
        Some(seconds) => (status, [(header::RETRY_AFTER, seconds.to_string())]).into_response(),
        None => status.into_response(),
    }
}

/// What it was sent, in order.
async fn requests(
    State(sandbox): State<Arc<Sandbox>>,
    Path(name): Path<String>,
) -> Json<Vec<Value>> {
    let table = sandbox.receivers.table();
    let requests = table.get(&name).map(|receiver| receiver.requests.clone());
    Json(requests.unwrap_or_default())
}
