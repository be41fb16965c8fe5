//! From what came back, or did not, to a value or an [`Error`].
//!
//! A refusal in the platform's own words is believed; silence and bare server errors are not, because
//! the request may have had its effect before them.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode, header};
use serde_json::Value;

use crate::error::{Class, Error, classify};

/// Makes a call that has an effect: what cannot be known is in doubt.
pub(super) async fn of_effect(request: RequestBuilder) -> Result<Value, Error> {
    let response = request.send().await.map_err(lost)?;
    if response.status().is_success() {
        return response
            .json()
            .await
            .map_err(|error| Error::InDoubt(Some(error)));
    }
    Err(refusal(response, Error::InDoubt).await)
}

/// Makes a call that may be repeated at will: what cannot be known is unavailable.
pub(super) async fn of_query(request: RequestBuilder) -> Result<Value, Error> {
    let response = request
        .send()
        .await
        .map_err(|error| Error::Unavailable(Some(error.without_url())))?;
    if response.status().is_success() {
        return response
            .json()
            .await
            .map_err(|error| Error::Unavailable(Some(error)));
    }
    Err(refusal(response, Error::Unavailable).await)
}

/// A request without a response: harmless only if it never left.
fn lost(error: reqwest::Error) -> Error {
    let never_left = error.is_connect() || error.is_builder();
    // The address holds the number's id; it belongs in no log.
    let error = error.without_url();
    if never_left {
        Error::Unavailable(Some(error))
    } else {
        Error::InDoubt(Some(error))
    }
}

/// Reads an answer that is not a success; `unknown` is what a server error without words means.
pub(super) async fn refusal(
    response: Response,
    unknown: fn(Option<reqwest::Error>) -> Error,
) -> Error {
    let status = response.status();
    let retry_after = response
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    let body: Value = response.json().await.unwrap_or_default();
    let Some(refusal) = Refusal::read(&body) else {
        return without_words(status, retry_after, unknown);
    };
    tracing::warn!(
        whatsapp.code = refusal.code,
        whatsapp.trace = refusal.trace,
        http.status = status.as_u16(),
        "the platform refused a call"
    );
    refusal.into_error(status, retry_after, unknown)
}

/// The platform's error object.
struct Refusal<'a> {
    code: u32,
    message: &'a str,
    trace: &'a str,
    transient: bool,
}

impl<'a> Refusal<'a> {
    fn read(body: &'a Value) -> Option<Self> {
        let error = body.get("error")?;
        let text = |pointer| error.pointer(pointer).and_then(Value::as_str);
        // Some versions answer `error_data` as a plain string.
        let details = text("/error_data/details").or_else(|| text("/error_data"));
        Some(Self {
            code: u32::try_from(error.get("code")?.as_u64()?).ok()?,
            message: details.or_else(|| text("/message")).unwrap_or_default(),
            trace: text("/fbtrace_id").unwrap_or_default(),
            transient: error.get("is_transient").and_then(Value::as_bool) == Some(true),
        })
    }

    fn into_error(
        self,
        status: StatusCode,
        retry_after: Option<Duration>,
        unknown: fn(Option<reqwest::Error>) -> Error,
    ) -> Error {
        let code = self.code;
        match classify(code) {
            Some(Class::RateLimited) => Error::RateLimited { retry_after },
            Some(Class::PairLimited) => Error::PairLimited,
            Some(Class::Restricted) => Error::Restricted { code },
            Some(Class::WindowClosed) => Error::WindowClosed,
            Some(Class::Undeliverable) => Error::Undeliverable { code },
            Some(Class::OptedOut) => Error::OptedOut,
            Some(Class::Unauthorized) => Error::Unauthorized,
            Some(Class::AccountProblem) => Error::AccountProblem { code },
            Some(Class::TemplateUnavailable) => Error::TemplateUnavailable { code },
            Some(Class::MediaFailed) => Error::MediaFailed { code },
            Some(Class::Rejected) => self.into_rejected(),
            Some(Class::Unavailable) => trouble(status, unknown),
            None if status == StatusCode::TOO_MANY_REQUESTS => Error::RateLimited { retry_after },
            None if status.is_server_error() || self.transient => trouble(status, unknown),
            None => self.into_rejected(),
        }
    }

    fn into_rejected(self) -> Error {
        Error::Rejected {
            code: Some(self.code),
            message: self.message.to_owned(),
        }
    }
}

/// Trouble that the platform reports itself: 503 and 4xx turn a request away, another server error may
/// strike after the effect.
fn trouble(status: StatusCode, unknown: fn(Option<reqwest::Error>) -> Error) -> Error {
    if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE {
        unknown(None)
    } else {
        Error::Unavailable(None)
    }
}

/// An answer without the platform's error object, as gateways give it.
fn without_words(
    status: StatusCode,
    retry_after: Option<Duration>,
    unknown: fn(Option<reqwest::Error>) -> Error,
) -> Error {
    match status {
        StatusCode::TOO_MANY_REQUESTS => Error::RateLimited { retry_after },
        StatusCode::UNAUTHORIZED => Error::Unauthorized,
        _ if status.is_server_error() => unknown(None),
        _ => Error::Rejected {
            code: None,
            message: format!("HTTP status {}", status.as_u16()),
        },
    }
}
