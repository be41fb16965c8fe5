//! Who a message is for: a phone or, where the guest has hidden it, a business-scoped id.

use serde::{Deserialize, Serialize};

/// The longest part of a business-scoped id behind its country.
const MAX_SCOPED: usize = 128;

/// The other end of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Recipient {
    /// A WhatsApp id or phone, digits only.
    Phone(String),
    /// A business-scoped user id, `AR.1349…`.
    User(String),
}

/// Neither a phone nor a business-scoped id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a recipient is a phone in digits or a business-scoped id")]
pub struct InvalidRecipient;

impl Recipient {
    /// Tells a phone (a leading `+` is dropped) from a business-scoped id.
    ///
    /// # Errors
    ///
    /// [`InvalidRecipient`] if it is neither.
    pub fn parse(id: impl AsRef<str>) -> Result<Self, InvalidRecipient> {
        let id = id.as_ref().trim();
        let digits = id.strip_prefix('+').unwrap_or(id);
        if (6..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self::Phone(digits.to_owned()));
        }
        if is_scoped(id) {
            return Ok(Self::User(id.to_owned()));
        }
        Err(InvalidRecipient)
    }

    /// The id, whichever it is.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(id) | Self::User(id) => id,
        }
    }
}

/// `CC.` and up to 128 letters or digits; businesses of several portfolios have a further `ENT.`.
fn is_scoped(id: &str) -> bool {
    let Some((country, rest)) = id.split_once('.') else {
        return false;
    };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=MAX_SCOPED).contains(&rest.len())
        && rest.bytes().all(|b| b.is_ascii_alphanumeric())
}

impl TryFrom<String> for Recipient {
    type Error = InvalidRecipient;

    fn try_from(id: String) -> Result<Self, InvalidRecipient> {
        Self::parse(id)
    }
}

impl From<Recipient> for String {
    fn from(recipient: Recipient) -> Self {
        match recipient {
            Recipient::Phone(id) | Recipient::User(id) => id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_and_a_scoped_id_are_told_apart() {
        assert_eq!(
            Recipient::parse("+5491122334455"),
            Ok(Recipient::Phone("5491122334455".to_owned()))
        );
        for id in ["AR.13491208655302741918", "AR.ENT.11815799212886844830"] {
            assert_eq!(Recipient::parse(id), Ok(Recipient::User(id.to_owned())));
        }
    }

    #[test]
    fn anything_else_is_nobody() {
        for id in [
            "",
            "hola",
            "12345",
            "1234567890123456",
            "ar.123",
            "AR.",
            "AR.12 3",
            "A.1",
        ] {
            assert_eq!(Recipient::parse(id), Err(InvalidRecipient), "{id:?}");
        }
    }
}
