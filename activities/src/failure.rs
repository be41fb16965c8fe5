//! Which failures are worth retrying.
//!
//! Retrying is the default: `?` on any error gives a retryable failure. What would fail the same way for ever
//! is marked here, with a stable name for its type.

use std::time::Duration;

use temporalio_common::error::ApplicationFailure;
use temporalio_sdk::activities::ActivityError;

/// Fails for good: the same call would fail the same way.
pub(crate) fn permanent(
    kind: &'static str,
    error: impl std::error::Error + Send + Sync + 'static,
) -> ActivityError {
    ApplicationFailure::builder(error)
        .type_name(kind.to_owned())
        .non_retryable(true)
        .build()
        .into()
}

/// Fails for now, and says when it is worth trying again.
pub(crate) fn again_in(
    delay: Duration,
    kind: &'static str,
    error: impl std::error::Error + Send + Sync + 'static,
) -> ActivityError {
    ApplicationFailure::builder(error)
        .type_name(kind.to_owned())
        .next_retry_delay(delay)
        .build()
        .into()
}

/// A failure of Postgres. Outages pass; what the schema refuses is a bug and will be refused again.
pub(crate) fn of_database(error: database::Error) -> ActivityError {
    match error {
        database::Error::Unavailable(_) => error.into(),
        database::Error::Conflict { .. } => permanent("DatabaseConflict", error),
        database::Error::NotFound { .. } => permanent("NotFound", error),
        database::Error::Unexpected(_) => error.into(),
    }
}

/// A failure of Mercado Pago.
pub(crate) fn of_mercado_pago(error: mercado_pago::Error) -> ActivityError {
    use mercado_pago::Error;
    match error {
        Error::RateLimited {
            retry_after: Some(delay),
        } => again_in(delay, "RateLimited", error),
        Error::Rejected { .. } => permanent("ProviderRejected", error),
        // A token can be mended by the operator, and a conflict is settled by reading again.
        Error::RateLimited { retry_after: None }
        | Error::Unauthorized
        | Error::NotFound
        | Error::Conflict
        | Error::Locked
        | Error::Unavailable(_) => error.into(),
    }
}

/// A failure on the way to a workflow.
pub(crate) fn of_front_desk(error: front_desk::Error) -> ActivityError {
    match error {
        front_desk::Error::Refused(_) => permanent("Refused", error),
        front_desk::Error::Away(_)
        | front_desk::Error::NoAnswer
        | front_desk::Error::NotRunning
        | front_desk::Error::Unexpected(_) => error.into(),
    }
}

/// What is stored cannot be read, or cannot be written. What it says is left out: it may be a guest's words,
/// and failures are kept in histories.
#[derive(Debug, thiserror::Error)]
#[error("{0} cannot be read or written")]
struct Garbled(&'static str);

/// Fails for good: what is stored is not in a form that we know.
pub(crate) fn garbled(what: &'static str) -> ActivityError {
    permanent("Garbled", Garbled(what))
}

/// Something that must be there is not.
#[derive(Debug, thiserror::Error)]
#[error("there is no such {0}")]
struct Missing(&'static str);

/// Fails for good: something that must be there is not.
pub(crate) fn missing(what: &'static str) -> ActivityError {
    permanent("NotFound", Missing(what))
}
