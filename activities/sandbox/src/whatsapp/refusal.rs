//! How the Graph API refuses: a code, a sentence, and the platform's error body.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use uuid::Uuid;

use crate::faults::Failure;

/// A refused call.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: u32,
    details: String,
}

impl Refusal {
    /// A refusal with the status that is typical of the code.
    pub(super) fn new(code: u32, details: impl Into<String>) -> Self {
        Self {
            status: typical_status(code),
            code,
            details: details.into(),
        }
    }

    /// What is wrong, in a sentence.
    pub(super) fn details(&self) -> &str {
        &self.details
    }

    /// 131008: something that must be there is not.
    pub(super) fn missing(parameter: &str) -> Self {
        Self::new(131_008, format!("Parameter '{parameter}' is mandatory."))
    }

    /// 131009: something is there and wrong.
    pub(super) fn invalid(parameter: &str, reason: &str) -> Self {
        Self::new(
            131_009,
            format!("Parameter '{parameter}' is invalid: {reason}."),
        )
    }

    /// 100: the request itself is not understood.
    pub(super) fn malformed(details: impl Into<String>) -> Self {
        Self::new(100, details)
    }

    /// The refusal that a fault asks for.
    pub(super) fn of_fault(failure: Failure) -> Response {
        let code = failure.code.unwrap_or(match failure.status.as_u16() {
            401 => 190,
            403 => 10,
            429 => 130_429,
            503 => 131_016,
            status if status >= 500 => 131_000,
            _ => 100,
        });
        Self {
            status: failure.status,
            code,
            details: "The sandbox was told to fail.".to_owned(),
        }
        .into_response()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self {
            status,
            code,
            details,
        } = self;
        let body = json!({ "error": {
            "message": format!("(#{code}) {}", title(code)),
            "type": "OAuthException",
            "code": code,
            "error_data": { "messaging_product": "whatsapp", "details": details },
            "fbtrace_id": Uuid::new_v4().simple().to_string(),
        } });
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::TOO_MANY_REQUESTS {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        }
        response
    }
}

/// The few words that stand for a code, in answers and in failed statuses.
pub(super) fn title(code: u32) -> &'static str {
    match code {
        190 => "Invalid OAuth access token",
        100 => "Invalid parameter",
        130_429 => "Rate limit hit",
        131_008 => "Required parameter is missing",
        131_009 => "Parameter value is not valid",
        131_016 => "Service unavailable",
        131_026 => "Message undeliverable",
        131_030 => "Recipient phone number not in allowed list",
        131_047 => "Re-engagement message",
        131_053 => "Media upload error",
        131_056 => "(Business Account, Consumer Account) pair rate limit hit",
        132_000 => "Number of parameters does not match the expected number of params",
        132_001 => "Template name does not exist in the translation",
        132_012 => "Parameter format does not match format in the created template",
        132_015 => "Template is paused",
        132_016 => "Template is disabled",
        _ => "Something went wrong",
    }
}

fn typical_status(code: u32) -> StatusCode {
    match code {
        190 => StatusCode::UNAUTHORIZED,
        130_429 => StatusCode::TOO_MANY_REQUESTS,
        132_001 => StatusCode::NOT_FOUND,
        131_000 | 131_016 => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}
