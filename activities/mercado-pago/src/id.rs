//! Identifiers and the texts whose length and alphabet the provider limits.
//!
//! Each has one door, so a value that exists is a value that can be sent.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

use crate::lenient;

/// Why a text cannot be sent to the provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing at all.
    #[error("the {what} is empty")]
    Empty {
        /// Which field.
        what: &'static str,
    },
    /// Longer than the provider takes.
    #[error("the {what} is longer than {limit} characters")]
    TooLong {
        /// Which field.
        what: &'static str,
        /// The most characters it may have.
        limit: usize,
    },
    /// Characters outside its alphabet.
    #[error("the {what} has characters outside {alphabet}")]
    Alphabet {
        /// Which field.
        what: &'static str,
        /// What it may consist of.
        alphabet: &'static str,
    },
}

/// A payment's number at the provider. Beyond 32 bits, always positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PaymentId(i64);

/// The text is not a payment's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a payment id is a positive number")]
pub struct InvalidPaymentId;

impl PaymentId {
    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for PaymentId {
    type Error = InvalidPaymentId;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        if number > 0 {
            Ok(Self(number))
        } else {
            Err(InvalidPaymentId)
        }
    }
}

impl FromStr for PaymentId {
    type Err = InvalidPaymentId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidPaymentId);
        }
        let number = text.parse::<i64>().or(Err(InvalidPaymentId))?;
        Self::try_from(number)
    }
}

impl fmt::Display for PaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// From a number or from a string of digits.
impl<'de> Deserialize<'de> for PaymentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        lenient::text(&value)
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| de::Error::custom(InvalidPaymentId))
    }
}

/// Our own key on a preference and on its payments: 1 to 64 of `A-Z a-z 0-9 - _`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ExternalReference(String);

impl ExternalReference {
    /// The most characters.
    pub const LIMIT: usize = 64;

    /// Checks length and alphabet.
    ///
    /// # Errors
    ///
    /// [`InvalidText`] names the rule that is broken.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidText> {
        let text = text.into();
        const WHAT: &str = "external reference";
        check_length(WHAT, &text, Self::LIMIT)?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !text.bytes().all(allowed) {
            return Err(InvalidText::Alphabet {
                what: WHAT,
                alphabet: "A-Z a-z 0-9 - _",
            });
        }
        Ok(Self(text))
    }

    /// As sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Names one intent to move money, so that a retry cannot move it twice: 1 to 64 printable ASCII
/// characters. Derive it from the business, store it before the call, reuse it on every retry.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The most characters.
    pub const LIMIT: usize = 64;

    /// Checks length and alphabet.
    ///
    /// # Errors
    ///
    /// [`InvalidText`] names the rule that is broken.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidText> {
        let text = text.into();
        const WHAT: &str = "idempotency key";
        check_length(WHAT, &text, Self::LIMIT)?;
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidText::Alphabet {
                what: WHAT,
                alphabet: "printable ASCII",
            });
        }
        Ok(Self(text))
    }

    /// As sent in `X-Idempotency-Key`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Between one and `limit` characters.
pub(crate) fn check_length(
    what: &'static str,
    text: &str,
    limit: usize,
) -> Result<(), InvalidText> {
    match text.chars().count() {
        0 => Err(InvalidText::Empty { what }),
        length if length > limit => Err(InvalidText::TooLong { what, limit }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_keeps_to_the_providers_alphabet_and_length() {
        assert!(ExternalReference::parse("RES260115-7Q2M4X_b").is_ok());
        assert!(ExternalReference::parse("a".repeat(64)).is_ok());
        for refused in ["", "res:1", "res/1", "res.1", "seña", &"a".repeat(65)] {
            assert!(
                ExternalReference::parse(refused).is_err(),
                "{refused} was taken"
            );
        }
    }

    #[test]
    fn a_key_may_have_colons_but_no_spaces() {
        assert!(IdempotencyKey::parse("refund:RES260115-7Q2M4X:1").is_ok());
        for refused in ["", "two words", "line\nbreak", &"k".repeat(65)] {
            assert!(
                IdempotencyKey::parse(refused).is_err(),
                "{refused} was taken"
            );
        }
    }

    #[test]
    fn a_payment_id_is_read_from_a_number_and_from_a_string() {
        let read = |json| {
            serde_json::from_str::<PaymentId>(json)
                .ok()
                .map(PaymentId::get)
        };
        assert_eq!(read("90210044871"), Some(90_210_044_871));
        assert_eq!(read("\"90210044871\""), Some(90_210_044_871));
        for refused in ["0", "-1", "1.5", "\"\"", "\"12/../x\"", "\"+5\"", "null"] {
            assert_eq!(read(refused), None, "{refused} was taken");
        }
    }
}
