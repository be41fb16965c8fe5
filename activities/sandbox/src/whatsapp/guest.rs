//! A guest: who they are to the platform, and whether they may be written to.

use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::{config::WhatsAppBehaviour, problem::Problem};

use super::limits::Limit;

/// How long after a guest's message anything may be answered, in seconds.
const WINDOW: i64 = 24 * 60 * 60;

/// One person with a phone.
#[derive(Clone, Debug)]
pub(super) struct Guest {
    pub(super) id: GuestId,
    /// The business-scoped id.
    pub(super) user_id: String,
    pub(super) profile_name: String,
    /// The timestamp of the last message, in Unix seconds.
    pub(super) last_wrote: Option<i64>,
    /// Until when the business is seen typing.
    pub(super) typing_until: Option<Instant>,
    pub(super) pair: Limit,
}

/// How a guest is known here: a phone, or a business-scoped id if the phone is hidden.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum GuestId {
    Phone(String),
    Hidden(String),
}

impl GuestId {
    /// Reads a phone in any of its spellings, or a business-scoped id.
    pub(super) fn parse(id: &str) -> Result<Self, Problem> {
        match whatsapp::Recipient::parse(id) {
            Ok(whatsapp::Recipient::Phone(digits)) => Ok(Self::Phone(canonical(&digits))),
            Ok(whatsapp::Recipient::User(id)) => Ok(Self::Hidden(id)),
            Err(_) => Err(Problem::unprocessable(
                "a guest is a phone in digits (5491122334455) or a business-scoped id (AR.1349…)",
            )),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Phone(id) | Self::Hidden(id) => id,
        }
    }
}

impl Guest {
    pub(super) fn new(id: GuestId, behaviour: &WhatsAppBehaviour) -> Self {
        Self {
            user_id: match &id {
                GuestId::Phone(phone) => user_id(phone),
                GuestId::Hidden(id) => id.clone(),
            },
            profile_name: "Huésped".to_owned(),
            id,
            last_wrote: None,
            typing_until: None,
            pair: Limit::new(
                behaviour.pair_burst,
                Duration::from_millis(behaviour.pair_refill_ms),
            ),
        }
    }

    /// The phone, unless it is hidden.
    pub(super) fn wa_id(&self) -> Option<&str> {
        match &self.id {
            GuestId::Phone(phone) => Some(phone),
            GuestId::Hidden(_) => None,
        }
    }

    /// Whether free-form messages reach the guest at `now`, in Unix seconds.
    pub(super) fn window_is_open(&self, now: i64) -> bool {
        self.last_wrote
            .is_some_and(|wrote| now.saturating_sub(wrote) < WINDOW)
    }
}

/// WhatsApp's own spelling: Argentine mobiles have a 9 behind the country, whoever wrote them without.
fn canonical(digits: &str) -> String {
    match digits.strip_prefix("54") {
        Some(national) if national.len() == 10 && !national.starts_with('9') => {
            format!("549{national}")
        }
        _ => digits.to_owned(),
    }
}

/// A business-scoped id that the same phone always gets.
fn user_id(phone: &str) -> String {
    let country = [
        ("54", "AR"),
        ("55", "BR"),
        ("56", "CL"),
        ("598", "UY"),
        ("52", "MX"),
        ("34", "ES"),
        ("1", "US"),
    ]
    .into_iter()
    .find_map(|(prefix, country)| phone.starts_with(prefix).then_some(country))
    .unwrap_or("AR");
    let digest = Sha256::digest(phone.as_bytes());
    let digits: String = digest.iter().map(|byte| (byte % 10).to_string()).collect();
    format!("{country}.{}", digits.get(..20).unwrap_or(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argentine_phone_is_one_guest_in_both_spellings() {
        let id = |text| GuestId::parse(text).unwrap();
        assert_eq!(id("541122334455"), id("5491122334455"));
        assert_eq!(id("+5491122334455"), id("5491122334455"));
        assert_ne!(id("34600000000"), id("5491122334455"));
        assert_eq!(id("AR.123"), GuestId::Hidden("AR.123".to_owned()));
    }

    #[test]
    fn a_scoped_id_is_stable_and_names_the_country() {
        assert_eq!(user_id("5491122334455"), user_id("5491122334455"));
        assert!(user_id("5511999990000").starts_with("BR."));
        assert!(whatsapp::Recipient::parse(user_id("5491122334455")).is_ok());
    }
}
