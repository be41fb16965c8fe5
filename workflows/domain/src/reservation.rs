//! Reservations: their code, their status, and which status may follow which.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use rand::{TryRngCore, rngs::OsRng};
use serde::{Deserialize, Serialize};

pub use crate::words::UnknownWord;
use crate::words::words;

/// Crockford's base32: no I, L, O or U, so that a code survives being read aloud.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many characters of chance a code ends with.
const RANDOM_CHARACTERS: usize = 6;

/// The name of a reservation that a guest can read aloud: `RES` + yymmdd + 6 characters of Crockford base32.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReservationCode(String);

/// The text is not a reservation code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reservation code is RES, six digits and six letters or digits")]
pub struct InvalidCode;

/// The system's source of chance failed.
#[derive(Debug, thiserror::Error)]
#[error("no random number could be had from the system")]
pub struct NoEntropy(#[source] rand::rand_core::OsError);

impl ReservationCode {
    /// A fresh code of the day, from the system's secure source.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn generate(today: NaiveDate) -> Result<Self, NoEntropy> {
        spell("RES", today).map(Self)
    }

    /// The code of a booking that an owner brings along: the same reference always gives the same.
    #[must_use]
    pub fn of_reference(reference: &str) -> Self {
        let name = format!("posada/bookings/{reference}");
        let named = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, name.as_bytes());
        let (day, rest) = named.as_bytes().split_at(RANDOM_CHARACTERS);
        let digits = day.iter().map(|byte| char::from(b'0' + byte % 10));
        let letters = rest.iter().take(RANDOM_CHARACTERS);
        let letters = letters.filter_map(|byte| ALPHABET.get(usize::from(byte % 32)));
        let suffix = letters.map(|letter| char::from(*letter));
        Self("RES".chars().chain(digits).chain(suffix).collect())
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name of the day with some chance at its end.
pub(crate) fn spell(prefix: &str, today: NaiveDate) -> Result<String, NoEntropy> {
    let mut bytes = [0_u8; RANDOM_CHARACTERS];
    OsRng.try_fill_bytes(&mut bytes).map_err(NoEntropy)?;
    let suffix: String = bytes
        .into_iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect();
    Ok(format!("{prefix}{}{suffix}", today.format("%y%m%d")))
}

impl FromStr for ReservationCode {
    type Err = InvalidCode;

    /// Reads a code in either case; Crockford's look-alikes (I and L for 1, O for 0) are read as meant.
    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        let text = text.to_ascii_uppercase();
        let rest = text.strip_prefix("RES").ok_or(InvalidCode)?;
        let (day, chance) = rest.split_at_checked(6).ok_or(InvalidCode)?;
        if !day.bytes().all(|byte| byte.is_ascii_digit()) || chance.len() != RANDOM_CHARACTERS {
            return Err(InvalidCode);
        }
        let chance: String = chance
            .chars()
            .map(|letter| match letter {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            })
            .collect();
        if chance.bytes().all(|byte| ALPHABET.contains(&byte)) {
            Ok(Self(format!("RES{day}{chance}")))
        } else {
            Err(InvalidCode)
        }
    }
}

impl fmt::Display for ReservationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ReservationCode {
    type Error = InvalidCode;

    fn try_from(text: String) -> Result<Self, InvalidCode> {
        text.parse()
    }
}

impl From<ReservationCode> for String {
    fn from(code: ReservationCode) -> Self {
        code.0
    }
}

words!(
    /// What a row of the reservations table is at the moment.
    ReservationStatus {
        /// A hold: the nights are kept for a while without a deposit.
        PreReserved = "pre_reserved",
        /// The deposit is paid, or a channel or the owner says so.
        Confirmed = "confirmed",
        /// The guest stayed.
        Completed = "completed",
        /// The hold ended without a deposit.
        Expired = "expired",
        /// Given up by the guest or the owner.
        Cancelled = "cancelled",
        /// Confirmed, and never arrived.
        NoShow = "no_show",
        /// The owner's own.
        Blocked = "blocked",
    }
);

words!(
    /// Where a reservation came from.
    Channel {
        /// The chat.
        WhatsApp = "whatsapp",
        /// The HTTP interface.
        Direct = "direct",
        /// The owner's own hand.
        Owner = "owner",
        /// Another seller's calendar.
        Calendar = "calendar",
    }
);

impl ReservationStatus {
    /// Whether rows of this status keep others from the nights.
    #[must_use]
    pub const fn occupies_nights(self) -> bool {
        matches!(self, Self::PreReserved | Self::Confirmed | Self::Blocked)
    }

    /// Whether `next` may follow.
    ///
    /// An ended reservation comes back only one way: a late payment finds its nights still free and takes
    /// them again.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (
                Self::PreReserved,
                Self::Confirmed | Self::Expired | Self::Cancelled
            ) | (
                Self::Confirmed,
                Self::Completed | Self::Cancelled | Self::NoShow
            ) | (Self::Expired, Self::Confirmed)
                | (Self::Blocked, Self::Cancelled)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_day_and_six_characters_that_can_be_read_aloud() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let code = ReservationCode::generate(day).unwrap();
        assert!(code.as_str().starts_with("RES261124"));
        assert_eq!(code.as_str().len(), 15);
        assert_eq!(code.as_str().to_lowercase().parse(), Ok(code));
    }

    #[test]
    fn look_alikes_are_read_as_meant_and_anything_else_is_refused() {
        assert_eq!(
            "res261124OIL234"
                .parse::<ReservationCode>()
                .unwrap()
                .as_str(),
            "RES261124011234"
        );
        for text in [
            "",
            "RES",
            "RES26112",
            "RES261124U12345",
            "RES261124AAAAAAA",
            "RESñ61124AAAAAA",
            "261124AAAAAA",
        ] {
            assert_eq!(text.parse::<ReservationCode>(), Err(InvalidCode), "{text}");
        }
    }

    #[test]
    fn a_completed_or_cancelled_reservation_never_comes_back() {
        use ReservationStatus as S;
        let all = [
            S::PreReserved,
            S::Confirmed,
            S::Completed,
            S::Expired,
            S::Cancelled,
            S::NoShow,
            S::Blocked,
        ];
        for ended in [S::Completed, S::Cancelled, S::NoShow] {
            assert!(all.iter().all(|next| !ended.may_become(*next)));
        }
        assert!(all.iter().all(|status| !status.may_become(*status)));
    }
}
