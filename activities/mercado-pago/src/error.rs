//! What a call can fail with, sorted by what the caller can do about it.
//!
//! The provider's error bodies come in several shapes (`cause` an array, empty, null or absent;
//! codes as numbers or strings). They are read in one place, here, and never stop an error from
//! being reported.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use crate::lenient;

/// Why the provider did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Too many requests: wait as told, or by one's own backoff.
    #[error("Mercado Pago asks to slow down")]
    RateLimited {
        /// How long to wait, if it said.
        retry_after: Option<Duration>,
    },
    /// The token is missing or wrong: somebody has to look. On refunds alone it means that the
    /// account is not enabled for them, while the token is fine.
    #[error("Mercado Pago does not accept the access token")]
    Unauthorized,
    /// No such thing, or not yet: a payment may be unknown for a moment after it was made.
    #[error("Mercado Pago does not know the resource")]
    NotFound,
    /// Understood and refused: sending it again changes nothing.
    #[error(
        "Mercado Pago refused the request with status {status}: {}",
        told(error, code, message)
    )]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The error's name, such as `invalid_auto_return`.
        error: Option<String>,
        /// The code of the first cause, such as `2063`.
        code: Option<String>,
        /// For people.
        message: Option<String>,
    },
    /// The state or the idempotency key says otherwise: read again, then decide.
    #[error("Mercado Pago sees a conflict with what happened before")]
    Conflict,
    /// A request with the same key is under way: send the same one again, with the same key.
    #[error("Mercado Pago is still busy with the same request")]
    Locked,
    /// Nobody knows whether it happened. Retry reads freely, writes only with their key or after
    /// looking.
    #[error("Mercado Pago could not be reached or did not answer properly")]
    Unavailable(#[source] Outage),
}

/// What went wrong on the way.
#[derive(Debug, thiserror::Error)]
pub enum Outage {
    /// No connection, or it broke, or it took too long.
    #[error("the connection failed")]
    Network(#[source] reqwest::Error),
    /// The platform said so.
    #[error("the answer had status {0}")]
    Status(u16),
    /// Success was reported in a form nobody can read.
    #[error("the answer cannot be read")]
    Unreadable(#[source] serde_json::Error),
}

impl Error {
    /// Whether the same call, sent again later with the same key, can succeed.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Locked | Self::Unavailable(_) => true,
            Self::Unauthorized | Self::NotFound | Self::Rejected { .. } | Self::Conflict => false,
        }
    }

    /// How long the provider asked to wait before the next attempt.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } => *retry_after,
            _ => None,
        }
    }

    /// Sorts an answer that is not a success: by status, then name, then the first cause's code.
    pub(crate) fn from_answer(
        status: StatusCode,
        retry_after: Option<Duration>,
        body: &[u8],
    ) -> Self {
        match status {
            StatusCode::TOO_MANY_REQUESTS => Self::RateLimited { retry_after },
            StatusCode::UNAUTHORIZED => Self::Unauthorized,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::CONFLICT => Self::Conflict,
            StatusCode::LOCKED => Self::Locked,
            StatusCode::FAILED_DEPENDENCY | StatusCode::REQUEST_TIMEOUT => {
                Self::Unavailable(Outage::Status(status.as_u16()))
            }
            status if status.is_server_error() => {
                Self::Unavailable(Outage::Status(status.as_u16()))
            }
            status => Self::refusal(status, ErrorBody::read(body)),
        }
    }

    fn refusal(status: StatusCode, body: ErrorBody) -> Self {
        // "Already posted the same request in the last minute": a duplicate, not a mistake.
        const DUPLICATE_REQUEST: &str = "2001";
        let code = body.code();
        if code.as_deref() == Some(DUPLICATE_REQUEST) {
            return Self::Conflict;
        }
        Self::Rejected {
            status: status.as_u16(),
            error: body.error,
            code,
            message: body.message,
        }
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        // The address names payments and references; the failure reads well without it.
        Self::Unavailable(Outage::Network(error.without_url()))
    }
}

/// The provider's own words, as far as there are any.
fn told(error: &Option<String>, code: &Option<String>, message: &Option<String>) -> String {
    let words: Vec<&str> = [error, code, message]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    if words.is_empty() {
        "no reason given".to_owned()
    } else {
        words.join(", ")
    }
}

#[derive(Deserialize, Default)]
struct ErrorBody {
    #[serde(default, deserialize_with = "lenient::id")]
    error: Option<String>,
    #[serde(default, deserialize_with = "lenient::id")]
    message: Option<String>,
    #[serde(default)]
    cause: Value,
}

impl ErrorBody {
    fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    fn code(&self) -> Option<String> {
        let cause = self
            .cause
            .as_array()
            .and_then(|causes| causes.first())
            .unwrap_or(&self.cause);
        cause.get("code").and_then(lenient::text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: &str) -> (Option<String>, Option<String>, Option<String>) {
        match Error::from_answer(StatusCode::BAD_REQUEST, None, body.as_bytes()) {
            Error::Rejected {
                error,
                code,
                message,
                ..
            } => (error, code, message),
            other => panic!("{other:?}"),
        }
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn every_observed_error_body_gives_up_its_name_and_code() {
        assert_eq!(
            refusal(
                r#"{"message":"no","error":"bad_request","status":400,
                    "cause":[{"code":2063,"description":"no","data":"30-01-2026T12:28:24UTC;849"}]}"#
            ),
            (some("bad_request"), some("2063"), some("no"))
        );
        assert_eq!(
            refusal(r#"{"message":"no","error":"invalid_auto_return","status":400,"cause":null}"#),
            (some("invalid_auto_return"), None, some("no"))
        );
        assert_eq!(
            refusal(r#"{"error":"e","cause":[]}"#),
            (some("e"), None, None)
        );
        assert_eq!(
            refusal(r#"{"cause":[{"code":"2018"}]}"#),
            (None, some("2018"), None)
        );
        assert_eq!(refusal("<html>"), (None, None, None));
        assert_eq!(refusal(""), (None, None, None));
    }

    #[test]
    fn a_duplicate_guard_is_a_conflict_and_not_a_mistake() {
        let body = br#"{"message":"already posted","error":"bad_request","cause":[{"code":2001}]}"#;
        let error = Error::from_answer(StatusCode::BAD_REQUEST, None, body);
        assert!(matches!(error, Error::Conflict), "{error:?}");
    }

    #[test]
    fn a_refusal_reads_as_one_sentence() {
        let body = br#"{"message":"must be defined","error":"invalid_auto_return","cause":null}"#;
        assert_eq!(
            Error::from_answer(StatusCode::BAD_REQUEST, None, body).to_string(),
            "Mercado Pago refused the request with status 400: invalid_auto_return, must be defined"
        );
    }
}
