//! What went wrong, told by what the caller can do about it.
//!
//! The platform's code decides, never its message: the same table reads the answer to a call and the
//! errors of a failed status, because most failures of delivery arrive only there.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a failure asks of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The number or the app is too fast: slow all sending down, then try again.
    RateLimited,
    /// This recipient was written to too often: try again in 4ⁿ seconds; others are unaffected.
    PairLimited,
    /// Proactive sending is suspended for spam or misclassified templates: pause it and alert.
    Restricted,
    /// More than 24 hours since the guest wrote: send a template instead, never the same again.
    WindowClosed,
    /// This recipient cannot be reached this way: use another channel.
    Undeliverable,
    /// The guest does not want marketing: suppress it.
    OptedOut,
    /// The token is invalid, expired or revoked: stop the sender, alert, keep the outbox.
    Unauthorized,
    /// The account, its permissions, billing or registration need an operator: stop and alert.
    AccountProblem,
    /// The template is missing, paused or refused: use another and alert.
    TemplateUnavailable,
    /// A medium could not be fetched or stored: check type and size, try once more.
    MediaFailed,
    /// The request is wrong: a bug of ours, never to be repeated.
    Rejected,
    /// The platform is in trouble: try again with backoff.
    Unavailable,
}

impl Class {
    /// Whether the same message may simply be tried again later.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::RateLimited | Self::PairLimited | Self::Unavailable
        )
    }
}

/// Reads a platform code, wherever it appeared.
///
/// Unknown codes are `None`: an answer is then judged by its HTTP status, a failed status is parked for
/// a person.
#[must_use]
pub fn classify(code: u32) -> Option<Class> {
    let class = match code {
        0 | 190 => Class::Unauthorized,
        1 | 2 | 131_000 | 131_016 | 131_057 | 133_004 | 135_000 => Class::Unavailable,
        4 | 80_007 | 130_429 => Class::RateLimited,
        131_056 => Class::PairLimited,
        131_048 | 131_064 => Class::Restricted,
        131_047 => Class::WindowClosed,
        // No WhatsApp, a test number's allow list, a country, an experiment, withheld for the
        // ecosystem's health, an id where a phone is needed.
        130_472 | 130_497 | 131_021 | 131_026 | 131_030 | 131_049 | 131_062 => Class::Undeliverable,
        131_050 => Class::OptedOut,
        3 | 10 | 200..=299 | 368 | 131_005 | 131_031 | 131_037 | 131_042 | 131_045 | 131_063 => {
            Class::AccountProblem
        }
        // Registration, block lists and user names: an operator's business.
        133_000..=133_016 | 139_000..=139_999 | 147_000..=147_999 => Class::AccountProblem,
        132_001 | 132_007 | 132_015 | 132_016 | 132_068 | 132_069 => Class::TemplateUnavailable,
        131_052 | 131_053 => Class::MediaFailed,
        100 | 131_008 | 131_009 | 131_051 | 132_000 | 132_005 | 132_008 | 132_012 | 132_018
        | 137_000 => Class::Rejected,
        _ => return None,
    };
    Some(class)
}

/// A call to the platform that did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The number or the app is too fast; nothing was sent.
    #[error("the platform limits our rate")]
    RateLimited {
        /// How long the platform asks to wait, if it says.
        retry_after: Option<Duration>,
    },
    /// This recipient was written to too often; nothing was sent.
    #[error("the platform limits messages to this recipient")]
    PairLimited,
    /// Proactive sending is suspended.
    #[error("the platform restricts our sending (code {code})")]
    Restricted {
        /// The platform's code.
        code: u32,
    },
    /// More than 24 hours since the guest wrote: only a template may go out.
    #[error("the customer service window is closed")]
    WindowClosed,
    /// This recipient cannot be reached this way.
    #[error("the recipient cannot be reached (code {code})")]
    Undeliverable {
        /// The platform's code.
        code: u32,
    },
    /// The guest does not want marketing.
    #[error("the recipient opted out of marketing")]
    OptedOut,
    /// The token is invalid, expired or revoked.
    #[error("the platform does not accept our token")]
    Unauthorized,
    /// The account needs an operator.
    #[error("the platform finds a problem with our account (code {code})")]
    AccountProblem {
        /// The platform's code.
        code: u32,
    },
    /// The template is missing, paused or refused.
    #[error("the template cannot be used (code {code})")]
    TemplateUnavailable {
        /// The platform's code.
        code: u32,
    },
    /// A medium could not be fetched or stored by the platform.
    #[error("the platform could not handle the medium (code {code})")]
    MediaFailed {
        /// The platform's code.
        code: u32,
    },
    /// The medium's address has expired or the medium is gone; look it up again.
    #[error("the medium is no longer at its address")]
    MediaGone,
    /// The medium is larger than the caller wanted; nothing of it is kept.
    #[error("the medium is larger than {max_bytes} bytes")]
    MediaTooLarge {
        /// The limit that was passed to the download.
        max_bytes: usize,
    },
    /// The medium's address is not a place where our token may go.
    #[error("the medium's host is not one we trust with our token")]
    UntrustedHost,
    /// The request is wrong: a bug, never to be repeated.
    #[error("the platform refused the request (code {}): {message}", .code.unwrap_or_default())]
    Rejected {
        /// The platform's code, if it gave one.
        code: Option<u32>,
        /// The platform's words, for the log.
        message: String,
    },
    /// The platform was not reached or is in trouble; the request surely had no effect.
    #[error("the platform is unavailable")]
    Unavailable(#[source] Option<reqwest::Error>),
    /// The message may or may not have gone out: wait for a status with its callback data before
    /// sending it again.
    #[error("the platform's answer was lost, the message may have gone out")]
    InDoubt(#[source] Option<reqwest::Error>),
}

impl Error {
    /// Whether the same call may be repeated without the risk of sending twice.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. } | Self::PairLimited | Self::MediaGone | Self::Unavailable(_)
        )
    }

    /// How long the platform asks to wait before the next call, if it says.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } => *retry_after,
            _ => None,
        }
    }

    /// The platform's code, where the variant keeps it.
    #[must_use]
    pub fn code(&self) -> Option<u32> {
        match self {
            Self::Restricted { code }
            | Self::Undeliverable { code }
            | Self::AccountProblem { code }
            | Self::TemplateUnavailable { code }
            | Self::MediaFailed { code } => Some(*code),
            Self::Rejected { code, .. } => *code,
            Self::PairLimited => Some(131_056),
            Self::WindowClosed => Some(131_047),
            Self::OptedOut => Some(131_050),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_contract_has_an_action() {
        let table: [(&[u32], Class); 12] = [
            (&[0, 190], Class::Unauthorized),
            (
                &[
                    3, 10, 200, 299, 131_005, 131_031, 368, 131_037, 131_042, 131_045, 133_010,
                    131_063, 133_000, 133_016, 139_000, 139_101, 147_001,
                ],
                Class::AccountProblem,
            ),
            (
                &[
                    100, 131_008, 131_009, 131_051, 132_000, 132_005, 132_008, 132_012, 132_018,
                    137_000,
                ],
                Class::Rejected,
            ),
            (
                &[1, 2, 131_000, 135_000, 131_016, 131_057, 133_004],
                Class::Unavailable,
            ),
            (&[4, 80_007, 130_429], Class::RateLimited),
            (&[131_056], Class::PairLimited),
            (&[131_048, 131_064], Class::Restricted),
            (&[131_047], Class::WindowClosed),
            (
                &[
                    131_021, 131_026, 131_030, 130_497, 131_049, 130_472, 131_062,
                ],
                Class::Undeliverable,
            ),
            (&[131_050], Class::OptedOut),
            (
                &[132_001, 132_007, 132_015, 132_016, 132_068, 132_069],
                Class::TemplateUnavailable,
            ),
            (&[131_052, 131_053], Class::MediaFailed),
        ];
        for (codes, class) in table {
            for code in codes {
                assert_eq!(classify(*code), Some(class), "{code}");
            }
        }
    }

    #[test]
    fn an_unknown_code_is_not_guessed() {
        assert_eq!(classify(999_999), None);
        assert_eq!(classify(300), None);
    }

    #[test]
    fn a_message_in_doubt_is_not_simply_repeated() {
        assert!(!Error::InDoubt(None).is_retryable());
        assert!(Error::Unavailable(None).is_retryable());
        assert!(!Class::WindowClosed.is_retryable());
    }
}
