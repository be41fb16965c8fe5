//! Why nothing was fetched, sorted by what follows from it.

use std::{error::Error as _, io, time::Duration};

use crate::{
    resolver::{NotPublic, Unresolved},
    url::InvalidUrl,
};

/// Why there is no answer that can be read. None of it says anything about a night.
///
/// Nothing here names the address, which is a secret, or what was answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name does not resolve.
    #[error("the host name of the calendar does not resolve")]
    Dns,
    /// The name leads to a network that is not public.
    #[error("the host name of the calendar leads to a network that is not public")]
    Forbidden,
    /// The channel sent us on to somewhere that is not fetched.
    #[error("the calendar was moved to an address that is not fetched")]
    ForbiddenRedirect(#[source] InvalidUrl),
    /// It sent us on and on.
    #[error("the calendar was moved too often")]
    Redirects,
    /// Its certificate does not hold.
    #[error("the channel's certificate cannot be trusted")]
    Tls,
    /// It took too long.
    #[error("the channel did not answer in time")]
    Timeout,
    /// No connection, or it broke.
    #[error("the connection to the channel failed")]
    Connection(#[source] reqwest::Error),
    /// It ended in the middle.
    #[error("the answer was cut off or cannot be unpacked")]
    CutOff,
    /// More than a calendar ever is.
    #[error("the answer is larger than a calendar may be")]
    TooLarge,
    /// The channel does not know the link any more, or does not let us in: the owner needs a new one.
    #[error("the channel answered {status} to the calendar's link")]
    Refused {
        /// 401, 403, 404 or 410.
        status: u16,
    },
    /// The channel wants to be left alone for a while.
    #[error("the channel asks to be left alone for a while")]
    Busy {
        /// 429 or 503.
        status: u16,
        /// For how long, if it said.
        retry_after: Option<Duration>,
    },
    /// Anything else.
    #[error("the channel answered {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
}

impl Error {
    /// Its name for machines, and for the owner.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Forbidden => "forbidden_address",
            Self::ForbiddenRedirect(_) => "forbidden_redirect",
            Self::Redirects => "too_many_redirects",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Connection(_) => "connection",
            Self::CutOff => "cut_off",
            Self::TooLarge => "limits_exceeded",
            Self::Refused { .. } => "refused",
            Self::Busy { .. } => "busy",
            Self::Status { .. } => "status",
        }
    }

    /// Whether only a new link helps, when it happens again.
    #[must_use]
    pub const fn needs_attention(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    /// How long the channel wants to be left alone.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// A failure on the way, by its causes.
    pub(crate) fn on_the_way(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_timeout() {
            return Self::Timeout;
        }
        let is_connecting = error.is_connect();
        let mut cause = error.source();
        while let Some(source) = cause {
            if source.is::<NotPublic>() {
                return Self::Forbidden;
            }
            if source.is::<Unresolved>() {
                return Self::Dns;
            }
            let io = source.downcast_ref::<io::Error>();
            if is_connecting && io.is_some_and(|io| io.kind() == io::ErrorKind::InvalidData) {
                return Self::Tls;
            }
            cause = source.source();
        }
        Self::Connection(error)
    }
}
