//! Who sleeps there.

use serde::{Deserialize, Serialize};

/// The largest party that can be asked for; anything above is a slip of the finger.
pub const MAX_GUESTS: u8 = 30;

/// A party: everybody who sleeps there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Heads", into = "Heads")]
pub struct Party {
    guests: u8,
    children: u8,
    pets: bool,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Heads {
    guests: u8,
    #[serde(default)]
    children: u8,
    #[serde(default)]
    pets: bool,
}

/// Why numbers are not a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartyError {
    /// Nobody, or more than [`MAX_GUESTS`].
    #[error("a party is 1 to {MAX_GUESTS} guests")]
    Size,
    /// More children than guests.
    #[error("children are counted among the guests")]
    Children,
}

impl Party {
    /// A party of `guests` in all, `children` of them children.
    ///
    /// # Errors
    /// When there is nobody, too many, or more children than guests.
    pub fn new(guests: u8, children: u8, pets: bool) -> Result<Self, PartyError> {
        if !(1..=MAX_GUESTS).contains(&guests) {
            Err(PartyError::Size)
        } else if children > guests {
            Err(PartyError::Children)
        } else {
            Ok(Self {
                guests,
                children,
                pets,
            })
        }
    }

    /// A party of so many guests, without pets.
    ///
    /// # Errors
    /// As [`Party::new`].
    pub fn of(guests: u8) -> Result<Self, PartyError> {
        Self::new(guests, 0, false)
    }

    /// Everybody who sleeps there, children included.
    #[must_use]
    pub const fn guests(self) -> u8 {
        self.guests
    }

    /// How many of the guests are children.
    #[must_use]
    pub const fn children(self) -> u8 {
        self.children
    }

    /// Whether they bring animals.
    #[must_use]
    pub const fn pets(self) -> bool {
        self.pets
    }
}

impl TryFrom<Heads> for Party {
    type Error = PartyError;

    fn try_from(heads: Heads) -> Result<Self, PartyError> {
        Self::new(heads.guests, heads.children, heads.pets)
    }
}

impl From<Party> for Heads {
    fn from(party: Party) -> Self {
        Self {
            guests: party.guests,
            children: party.children,
            pets: party.pets,
        }
    }
}
