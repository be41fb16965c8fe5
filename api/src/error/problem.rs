//! The body of an error, as RFC 9457 has it.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::availability::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

use super::Error;
use crate::{trace, views::OfferView};

/// Why a request was not answered with what it asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Names the kind of problem; no page to visit.
    #[serde(rename = "type")]
    #[schema(example = "urn:posada:problem:dates_taken")]
    kind: String,
    /// The status in words.
    #[schema(example = "Conflict")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 409)]
    status: u16,
    /// What to branch on. Codes are never renamed.
    #[schema(example = "dates_taken")]
    code: &'static str,
    /// What happened, for people.
    detail: String,
    /// The field of the request that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Finds the request in our logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    /// The rule that refused the stay, with its numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    rule: Option<Refusal>,
    /// What would fit instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    alternatives: Option<Vec<OfferView>>,
    /// What the reservation is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "expired")]
    reservation_status: Option<&'static str>,
    /// When to try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = error.status();
        let code = error.code();
        let mut problem = Self {
            kind: format!("urn:posada:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code,
            detail: error.to_string(),
            field: error.field().map(str::to_owned),
            trace_id: trace::current(),
            rule: None,
            alternatives: None,
            reservation_status: None,
            retry_after_seconds: error.retry_after().map(|wait| wait.as_secs().max(1)),
        };
        match error {
            Error::Refused {
                refusal,
                alternatives,
            } => {
                problem.rule = Some(refusal);
                problem.alternatives = Some(alternatives);
            }
            Error::DatesTaken { alternatives } => problem.alternatives = Some(alternatives),
            Error::NotPossible { status, .. } => problem.reservation_status = Some(status.as_str()),
            _ => {}
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after_seconds;
        let mut response = (status, axum::Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
