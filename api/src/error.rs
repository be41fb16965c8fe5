//! Everything a request can be answered with that is not what it asked for.
//!
//! One enum, one answer: `application/problem+json` with a stable `code`. What happened inside goes to the
//! log, once, and never to the client.

pub(crate) mod answers;
mod problem;

use std::time::Duration;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{ReservationStatus, availability::Refusal};

pub(crate) use problem::Problem;

use crate::views::OfferView;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// How long a client that met an outage should wait.
const AFTER_AN_OUTAGE: Duration = Duration::from_secs(2);

/// How long a client should wait where no worker listens to recordings.
const UNTIL_SOMEBODY_LISTENS: Duration = Duration::from_secs(30);

/// What a request is answered with instead of what it asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The body is not JSON, or is cut off.
    #[error("the body is not JSON")]
    MalformedJson,
    /// The query or the path cannot be read at all.
    #[error("the request cannot be read")]
    Malformed,
    /// A value was understood and cannot be.
    #[error("{detail}")]
    Invalid {
        /// Which field.
        field: String,
        /// What is wrong with it, to branch on.
        code: &'static str,
        /// What is wrong with it, to read.
        detail: String,
    },
    /// A rule of the accommodation refuses the stay.
    #[error("{refusal}")]
    Refused {
        /// Which rule.
        refusal: Refusal,
        /// What would fit instead.
        alternatives: Vec<OfferView>,
    },
    /// The key was used for another request.
    #[error("this Idempotency-Key was used for another request")]
    KeyReused,
    /// No token, or none that opens this.
    #[error("a valid token is needed")]
    Unauthorized,
    /// The token is valid and does not allow this.
    #[error("only an operator may do this")]
    Forbidden,
    /// A webhook without a signature.
    #[error("the webhook is not signed")]
    SignatureMissing,
    /// A webhook whose signature is not of these bytes under our secret.
    #[error("the signature does not match")]
    SignatureInvalid {
        /// The status its sender expects.
        status: StatusCode,
    },
    /// Nothing of that name.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The path is there and this method is not.
    #[error("this method is not allowed here")]
    MethodNotAllowed,
    /// More than is read.
    #[error("the body is too large")]
    TooLarge,
    /// Somebody has the nights.
    #[error("the dates are taken")]
    DatesTaken {
        /// What would fit instead.
        alternatives: Vec<OfferView>,
    },
    /// Somebody else is asking for the nights at this moment.
    #[error("somebody else is asking for these dates right now; try again in a moment")]
    InProgress,
    /// It is not something that can be done to the reservation as it is.
    #[error("the reservation does not allow this: {detail}")]
    NotPossible {
        /// What it is.
        status: ReservationStatus,
        /// Why not.
        detail: &'static str,
    },
    /// It is not something that can be done as things are.
    #[error("{detail}")]
    Conflict {
        /// Why not, to branch on.
        code: &'static str,
        /// Why not, to read.
        detail: String,
    },
    /// Too many requests.
    #[error("too many requests; try again later")]
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Something we need is away.
    #[error("{what} cannot be reached; try again in a moment")]
    Unavailable {
        /// What.
        what: &'static str,
        /// What happened to it.
        #[source]
        source: Option<Source>,
    },
    /// There is no worker with a model, or it did not begin in time.
    #[error(
        "nobody listens to recordings at the moment; see that a worker with SPEECH_MODEL runs, or try again later"
    )]
    NobodyListens,
    /// A bug of ours.
    #[error("something went wrong on our side")]
    Unexpected(#[source] Source),
}

impl Error {
    /// A value that cannot be.
    pub(crate) fn invalid(field: &str, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid {
            field: field.to_owned(),
            code,
            detail: detail.into(),
        }
    }

    /// Something that is not there yet.
    pub(crate) const fn away(what: &'static str) -> Self {
        Self::Unavailable { what, source: None }
    }

    pub(crate) fn unexpected(cause: impl Into<Source>) -> Self {
        Self::Unexpected(cause.into())
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::MalformedJson | Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Invalid { .. } | Self::Refused { .. } | Self::KeyReused => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::Unauthorized | Self::SignatureMissing => StatusCode::UNAUTHORIZED,
            Self::SignatureInvalid { status } => *status,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::DatesTaken { .. } | Self::NotPossible { .. } | Self::Conflict { .. } => {
                StatusCode::CONFLICT
            }
            Self::InProgress => StatusCode::LOCKED,
            Self::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable { .. } | Self::NobodyListens => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unexpected(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The code that clients branch on. Codes are never renamed.
    const fn code(&self) -> &'static str {
        match self {
            Self::MalformedJson => "malformed_json",
            Self::Malformed => "malformed_request",
            Self::Invalid { code, .. } | Self::Conflict { code, .. } => code,
            Self::Refused { refusal, .. } => refusal_field_and_code(refusal).1,
            Self::KeyReused => "idempotency_key_reused",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::SignatureMissing => "signature_missing",
            Self::SignatureInvalid { .. } => "signature_invalid",
            Self::NotFound(_) => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::TooLarge => "body_too_large",
            Self::DatesTaken { .. } => "dates_taken",
            Self::InProgress => "in_progress",
            Self::NotPossible { .. } => "not_possible",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable { .. } => "unavailable",
            Self::NobodyListens => "nobody_listens",
            Self::Unexpected(_) => "internal_error",
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::Invalid { field, .. } => Some(field),
            Self::Refused { refusal, .. } => Some(refusal_field_and_code(refusal).0),
            _ => None,
        }
    }

    const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } => Some(*retry_after),
            Self::InProgress => Some(Duration::from_secs(1)),
            Self::Unavailable { .. } => Some(AFTER_AN_OUTAGE),
            Self::NobodyListens => Some(UNTIL_SOMEBODY_LISTENS),
            _ => None,
        }
    }
}

/// The field that a rule looks at, and the code for its refusal.
const fn refusal_field_and_code(refusal: &Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::Past => ("check_in", "past_dates"),
        Refusal::TooSoon { .. } => ("check_in", "too_soon"),
        Refusal::TooFarAhead { .. } => ("check_out", "too_far_ahead"),
        Refusal::TooShort { .. } => ("check_out", "too_short"),
        Refusal::Closed => ("check_in", "closed"),
        Refusal::TooManyGuests { .. } => ("guests", "too_many_guests"),
        Refusal::NoPets => ("pets", "no_pets"),
        Refusal::Taken => ("check_in", "dates_taken"),
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if self.status().is_server_error() {
            report(&self);
        }
        Problem::from(self).into_response()
    }
}

/// Logs what happened, once, with everything that led to it.
fn report(error: &Error) {
    let chain = chain(error);
    match error {
        Error::Unavailable { .. } | Error::NobodyListens => {
            tracing::warn!(error = chain, "a request could not be served")
        }
        _ => tracing::error!(error = chain, "a request failed"),
    }
}

/// An error and everything that led to it, as one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(": ");
        text.push_str(&source.to_string());
        cause = source.source();
    }
    text
}

impl From<database::Error> for Error {
    fn from(error: database::Error) -> Self {
        match error {
            database::Error::Unavailable(_) => Self::Unavailable {
                what: "the database",
                source: Some(Box::new(error)),
            },
            database::Error::NotFound { what } => Self::NotFound(what),
            database::Error::Conflict { .. } | database::Error::Unexpected(_) => {
                Self::unexpected(error)
            }
        }
    }
}

impl From<front_desk::Error> for Error {
    fn from(error: front_desk::Error) -> Self {
        match error {
            front_desk::Error::Away(_) | front_desk::Error::NoAnswer => Self::Unavailable {
                what: "the reservation desk",
                source: Some(Box::new(error)),
            },
            front_desk::Error::Refused(_)
            | front_desk::Error::NotRunning
            | front_desk::Error::Unexpected(_) => Self::unexpected(error),
        }
    }
}
