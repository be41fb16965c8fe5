//! What a refusal of WhatsApp means for a message that is on its way out.

use std::time::Duration;

use whatsapp::Error;

/// What follows from a call that did not succeed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The message may have gone out.
    InDoubt,
    /// Nothing went out, and the same message can go out later.
    ForNow {
        /// How long the platform wants us to wait, if it says.
        pause: Option<Duration>,
    },
    /// The same message will be refused again.
    Refused,
}

/// Reads an error of the attempt of this number.
pub(super) fn of(error: &Error, attempt: u32) -> Trouble {
    match error {
        Error::InDoubt(_) => Trouble::InDoubt,
        error if error.is_retryable() || needs_operator(error) => Trouble::ForNow {
            pause: pause(error, attempt),
        },
        _ => Trouble::Refused,
    }
}

/// Whether an operator can mend it, so that the message still goes out.
const fn needs_operator(error: &Error) -> bool {
    matches!(
        error,
        Error::Unauthorized | Error::AccountProblem { .. } | Error::Restricted { .. }
    )
}

/// How long the platform wants us to wait: 4ⁿ seconds when one guest was written to too often.
fn pause(error: &Error, attempt: u32) -> Option<Duration> {
    match error {
        Error::PairLimited => {
            let tries = attempt.saturating_sub(1).min(4);
            Some(Duration::from_secs(4_u64.pow(tries)))
        }
        Error::RateLimited { retry_after } => *retry_after,
        _ => None,
    }
}

/// The platform's code, as it is stored.
pub(super) fn code(error: &Error) -> Option<i32> {
    error.code().and_then(|code| i32::try_from(code).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_guest_too_often_waits_four_times_as_long_each_time() {
        let pauses = [1, 2, 3, 4, 5, 9].map(|attempt| match of(&Error::PairLimited, attempt) {
            Trouble::ForNow { pause: Some(pause) } => pause.as_secs(),
            other => panic!("{other:?}"),
        });
        assert_eq!(pauses, [1, 4, 16, 64, 256, 256]);
    }

    #[test]
    fn what_an_operator_can_mend_is_tried_again() {
        let mendable = [
            Error::Unauthorized,
            Error::AccountProblem { code: 131_042 },
            Error::Restricted { code: 131_048 },
        ];
        for error in mendable {
            assert_eq!(of(&error, 1), Trouble::ForNow { pause: None });
        }
    }

    #[test]
    fn what_will_be_refused_again_is_not_sent_again() {
        assert_eq!(
            of(&Error::Undeliverable { code: 131_026 }, 1),
            Trouble::Refused
        );
        assert_eq!(of(&Error::WindowClosed, 1), Trouble::Refused);
        assert_eq!(of(&Error::InDoubt(None), 1), Trouble::InDoubt);
    }
}
