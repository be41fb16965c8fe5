//! The routes a product calls with its token.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing,
};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::refusal::{self, Refusal};
use crate::{
    Sandbox,
    faults::{self, Target},
};

mod payments;
mod preferences;
mod refunds;
mod search;

pub(super) fn router(sandbox: &Arc<Sandbox>) -> Router<Arc<Sandbox>> {
    let state = || Arc::clone(sandbox);
    Router::new()
        .route("/checkout/preferences", routing::post(preferences::create))
        .route(
            "/checkout/preferences/search",
            routing::get(preferences::search),
        )
        .route(
            "/checkout/preferences/{id}",
            routing::get(preferences::read).put(preferences::change),
        )
        .route("/v1/payments/search", routing::get(search::payments))
        .route(
            "/v1/payments/{id}",
            routing::get(payments::read).put(payments::cancel),
        )
        .route(
            "/v1/payments/{id}/refunds",
            routing::get(refunds::list).post(refunds::create),
        )
        .route(
            "/v1/payments/{id}/refunds/{refund_id}",
            routing::get(refunds::read),
        )
        .route("/v1/chargebacks/{id}", routing::get(payments::chargeback))
        .route_layer(middleware::from_fn_with_state(state(), authenticate))
        .route_layer(middleware::from_fn_with_state(state(), refusal::shape))
        .route_layer(middleware::from_fn_with_state(state(), trouble))
}

/// The header alone counts; a token in the query is not looked at.
async fn authenticate(
    State(sandbox): State<Arc<Sandbox>>,
    request: Request,
    next: Next,
) -> Response {
    let expected = sandbox.config.mercado_pago.access_token.expose_secret();
    let header = request.headers().get(header::AUTHORIZATION);
    let token = header
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if token == Some(expected) {
        next.run(request).await
    } else {
        Refusal::unauthorized().into_response()
    }
}

/// The faults asked for, and the number by which the provider's support would find the request.
async fn trouble(State(sandbox): State<Arc<Sandbox>>, request: Request, next: Next) -> Response {
    let target = Target::MercadoPagoApi;
    let mut response =
        faults::run(&sandbox.faults, target, request, next, refusal::from_fault).await;
    if let Ok(id) = HeaderValue::from_str(&Uuid::new_v4().to_string()) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// A JSON object, or none at all.
fn object(body: &Bytes) -> Result<Map<String, Value>, Refusal> {
    if body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_slice(body)
        .map_err(|error| Refusal::bad_request(format!("The body is not a JSON object: {error}")))
}
