//! How the provider's API says no.
//!
//! Its bodies are not uniform: errors about links carry `cause: null`, errors about payments an array,
//! and a switch makes the field empty, null or absent, because all of them have been seen.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::switches::CauseShape;
use crate::{Sandbox, faults::Failure};

/// A refusal of the API.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    message: String,
    code: Option<u32>,
}

impl Refusal {
    /// A rule of payment links that is broken, by its documented name.
    pub(super) fn preference(error: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error,
            message: message.into(),
            code: None,
        }
    }

    /// A rule of payments or refunds that is broken, by its documented code.
    pub(super) fn coded(code: u32, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error: "bad_request",
            message: message.into(),
            code: Some(code),
        }
    }

    /// A body or query that is not understood at all.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::preference("bad_request", message)
    }

    pub(super) fn payment_not_found() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            error: "not_found",
            message: "Payment not found".to_owned(),
            code: Some(2000),
        }
    }

    pub(super) fn preference_not_found() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::preference("invalid_id", "The preference id does not exist")
        }
    }

    pub(super) fn unauthorized() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            ..Self::preference("unauthorized", "invalid access token")
        }
    }

    /// The idempotency key was used for something else.
    pub(super) fn key_reused() -> Self {
        Self {
            status: StatusCode::CONFLICT,
            ..Self::preference(
                "conflict",
                "The idempotency key was used with another request",
            )
        }
    }

    /// The idempotency key belongs to a request in flight.
    pub(super) fn key_locked() -> Self {
        Self {
            status: StatusCode::LOCKED,
            ..Self::preference("locked", "A request with this idempotency key is in flight")
        }
    }

    fn body(&self, shape: CauseShape) -> Value {
        let mut body = json!({
            "message": self.message,
            "error": self.error,
            "status": self.status.as_u16(),
        });
        let cause = match (shape, self.code) {
            (CauseShape::Absent, _) => return body,
            (CauseShape::Usual, Some(code)) => {
                json!([{ "code": code, "description": self.message, "data": null }])
            }
            (CauseShape::Empty, _) => json!([]),
            (CauseShape::Usual, None) | (CauseShape::Null, _) => Value::Null,
        };
        if let Some(fields) = body.as_object_mut() {
            fields.insert("cause".to_owned(), cause);
        }
        body
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body(CauseShape::Usual))).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A failure asked for through the control of faults.
pub(super) fn from_fault(failure: Failure) -> Response {
    let mut response = Refusal {
        status: failure.status,
        error: "internal_error",
        message: "The service is in trouble".to_owned(),
        code: failure.code,
    }
    .into_response();
    if failure.status == StatusCode::TOO_MANY_REQUESTS {
        let one_second = HeaderValue::from_static("1");
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, one_second);
    }
    response
}

/// Middleware: writes refusals with the cause in the shape asked for.
pub(super) async fn shape(
    State(sandbox): State<Arc<Sandbox>>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let shape = sandbox.mercado_pago.ledger().switches.cause;
    match response.extensions().get::<Refusal>() {
        Some(refusal) if shape != CauseShape::Usual => {
            (refusal.status, Json(refusal.body(shape))).into_response()
        }
        _ => response,
    }
}
