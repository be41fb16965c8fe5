//! What kept a call from being answered, told by what the caller can do about it.

use temporalio_client::{
    errors::{
        WorkflowGetResultError, WorkflowInteractionError, WorkflowQueryError, WorkflowStartError,
        WorkflowUpdateError, WorkflowUpdateWithStartError,
    },
    tonic::{Code, Status},
};

type Source = Box<dyn std::error::Error + Send + Sync>;

/// What kept a call from being answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Temporal cannot be reached: try again later.
    #[error("temporal cannot be reached")]
    Away(#[source] Source),
    /// The call was taken and its answer did not come in time: ask again, or look in Postgres.
    #[error("the workflow did not answer in time")]
    NoAnswer,
    /// There is no such workflow running.
    #[error("there is no such workflow running")]
    NotRunning,
    /// The workflow refuses the question: ask something else.
    #[error("the workflow refused: {0}")]
    Refused(String),
    /// A bug of ours.
    #[error("temporal did not understand us")]
    Unexpected(#[source] Source),
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        match status.code() {
            Code::NotFound => Self::NotRunning,
            Code::DeadlineExceeded | Code::Cancelled => Self::NoAnswer,
            Code::InvalidArgument
            | Code::PermissionDenied
            | Code::Unauthenticated
            | Code::Unimplemented => Self::Unexpected(Box::new(status)),
            _ => Self::Away(Box::new(status)),
        }
    }
}

impl From<WorkflowStartError> for Error {
    fn from(error: WorkflowStartError) -> Self {
        match error {
            WorkflowStartError::AlreadyStarted { .. } => Self::NotRunning,
            WorkflowStartError::Rpc(status) => status.into(),
            other => Self::Unexpected(Box::new(other)),
        }
    }
}

impl From<WorkflowUpdateError> for Error {
    fn from(error: WorkflowUpdateError) -> Self {
        match error {
            WorkflowUpdateError::NotFound(_) => Self::NotRunning,
            WorkflowUpdateError::Rpc(status) => status.into(),
            WorkflowUpdateError::Failed(failure) => Self::Refused(failure.message.clone()),
            other => Self::Unexpected(Box::new(other)),
        }
    }
}

impl From<WorkflowUpdateWithStartError> for Error {
    fn from(error: WorkflowUpdateWithStartError) -> Self {
        match error {
            WorkflowUpdateWithStartError::Start(error) => error.into(),
            WorkflowUpdateWithStartError::Update(error) => error.into(),
            WorkflowUpdateWithStartError::Rpc(status) => status.into(),
            other => Self::Unexpected(Box::new(other)),
        }
    }
}

impl From<WorkflowGetResultError> for Error {
    fn from(error: WorkflowGetResultError) -> Self {
        match error {
            WorkflowGetResultError::TimedOut => Self::NoAnswer,
            WorkflowGetResultError::NotFound(_) => Self::NotRunning,
            WorkflowGetResultError::Rpc(status) => status.into(),
            other => Self::Unexpected(Box::new(other)),
        }
    }
}

impl From<WorkflowInteractionError> for Error {
    fn from(error: WorkflowInteractionError) -> Self {
        match error {
            WorkflowInteractionError::NotFound(_) => Self::NotRunning,
            WorkflowInteractionError::Rpc(status) => status.into(),
            other => Self::Unexpected(Box::new(other)),
        }
    }
}

impl From<WorkflowQueryError> for Error {
    fn from(error: WorkflowQueryError) -> Self {
        match error {
            WorkflowQueryError::NotFound(_) => Self::NotRunning,
            WorkflowQueryError::Rpc(status) => status.into(),
            other => Self::Unexpected(Box::new(other)),
        }
    }
}
