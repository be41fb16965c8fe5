//! What can go wrong, by what the caller can do about it.

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Where an error came from, for the log.
pub(crate) type Source = Box<dyn std::error::Error + Send + Sync>;

/// A question was not answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody answers, or too many ask at once. The same call can succeed later.
    #[error("the database cannot be reached or is too busy")]
    Unavailable(#[source] Source),
    /// What was asked contradicts what is stored; asking again changes nothing.
    #[error("refused by the rule {rule}")]
    Conflict {
        /// The constraint, or the rule of ours, that refused it.
        rule: String,
    },
    /// Nothing of that name is stored.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
    },
    /// A mistake of ours: a query that cannot be run, or a row that cannot be read.
    #[error("a query failed unexpectedly")]
    Unexpected(#[source] Source),
}

impl Error {
    /// Whether the same call can succeed later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Whether a statement was given up because it took too long, which it does when somebody holds what it waits
    /// for: others need not fare the same.
    #[must_use]
    pub fn waited_too_long(&self) -> bool {
        let Self::Unavailable(source) = self else {
            return false;
        };
        source
            .downcast_ref::<DbErr>()
            .and_then(sqlstate)
            .is_some_and(|code| matches!(code.as_str(), QUERY_CANCELED | LOCK_NOT_AVAILABLE))
    }

    /// Whether the call lost to another one and can be made again at once.
    pub(crate) fn lost_a_race(&self) -> bool {
        let Self::Unavailable(source) = self else {
            return false;
        };
        source
            .downcast_ref::<DbErr>()
            .and_then(sqlstate)
            .is_some_and(|code| matches!(code.as_str(), SERIALIZATION_FAILURE | DEADLOCK))
    }

    pub(crate) fn conflict(rule: &str) -> Self {
        Self::Conflict {
            rule: rule.to_owned(),
        }
    }

    pub(crate) fn unexpected(cause: impl Into<Source>) -> Self {
        Self::Unexpected(cause.into())
    }
}

const SERIALIZATION_FAILURE: &str = "40001";
const DEADLOCK: &str = "40P01";
const QUERY_CANCELED: &str = "57014";
const LOCK_NOT_AVAILABLE: &str = "55P03";
const EXCLUSION_VIOLATION: &str = "23P01";

/// Whether the exclusion constraint refused it: somebody has the nights.
pub(crate) fn nights_are_taken(cause: &DbErr) -> bool {
    sqlstate(cause).is_some_and(|code| code == EXCLUSION_VIOLATION)
}

impl From<DbErr> for Error {
    fn from(cause: DbErr) -> Self {
        match &cause {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(Box::new(cause)),
            DbErr::Exec(RuntimeErr::SqlxError(error))
            | DbErr::Query(RuntimeErr::SqlxError(error)) => {
                match &**error {
                    sqlx::Error::Database(refusal) => {
                        let code = refusal.code().unwrap_or_default();
                        match code.get(..2) {
                            // No connection, too many of them, shutting down, contention, a lock timeout.
                            Some("08" | "53" | "57" | "40" | "55") => {
                                Self::Unavailable(Box::new(cause))
                            }
                            Some("23") => Self::Conflict {
                                rule: refusal.constraint().unwrap_or("unnamed").to_owned(),
                            },
                            _ => Self::Unexpected(Box::new(cause)),
                        }
                    }
                    sqlx::Error::Io(_)
                    | sqlx::Error::Tls(_)
                    | sqlx::Error::Protocol(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::PoolClosed
                    | sqlx::Error::WorkerCrashed => Self::Unavailable(Box::new(cause)),
                    _ => Self::Unexpected(Box::new(cause)),
                }
            }
            _ => Self::Unexpected(Box::new(cause)),
        }
    }
}

fn sqlstate(cause: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        cause
    else {
        return None;
    };
    let sqlx::Error::Database(refusal) = &**error else {
        return None;
    };
    refusal.code().map(|code| code.into_owned())
}
