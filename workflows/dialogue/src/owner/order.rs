//! What the owner can order, and the ids of the buttons that order it.

use std::{fmt, str::FromStr};

use domain::{AccommodationId, Money, ReservationCode, Stay};

/// How all ids of the owner's begin.
const PREFIX: &str = "owner/";

/// What the owner wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// What can be ordered.
    Help,
    /// Who comes and goes today.
    Today,
    /// What waits for a decision.
    Queue,
    /// One matter of it.
    Matter(i64),
    /// A decision about one.
    Decide(i64, Decision),
    /// To see a hold whose deposit may have come by transfer.
    Transfer(ReservationCode),
    /// That it has come, and how much.
    ConfirmTransfer(ReservationCode, Money),
    /// To keep nights, as far as was said which and where.
    Block(Option<AccommodationId>, Option<Stay>),
    /// The blocks there are.
    Blocks,
    /// To free the nights of one.
    Unblock(ReservationCode),
    /// The bot falls silent: whoever writes gets a person.
    Pause,
    /// It answers again.
    Resume,
}

/// What the owner decided about a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is settled.
    Resolved,
    /// The money was given back by hand.
    Refunded,
    /// One of two stays that share nights is moved.
    Move,
    /// Two stays share no nights after all.
    Ignore,
    /// The nights that a calendar suddenly leaves out are free.
    Free,
    /// They are still taken.
    Keep,
    /// The owner answers the guest.
    TakeOver,
    /// The bot goes on with the guest.
    HandBack,
}

impl Decision {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Resolved, "resolved"),
        (Self::Refunded, "refunded"),
        (Self::Move, "move"),
        (Self::Ignore, "ignore"),
        (Self::Free, "free"),
        (Self::Keep, "keep"),
        (Self::TakeOver, "take-over"),
        (Self::HandBack, "hand-back"),
    ];

    /// Its word in an id.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(decision, _)| *decision == self);
        found.map_or("", |(_, word)| word)
    }

    fn read(word: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, other)| *other == word);
        found.map(|(decision, _)| *decision)
    }
}

/// The id is not that of a button of the owner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a button for the owner")]
pub struct NoOrder;

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        match self {
            Self::Help => f.write_str("help"),
            Self::Today => f.write_str("today"),
            Self::Queue => f.write_str("queue"),
            Self::Matter(id) => write!(f, "matter/{id}"),
            Self::Decide(id, decision) => write!(f, "decide/{id}/{}", decision.as_str()),
            Self::Transfer(code) => write!(f, "transfer/{code}"),
            Self::ConfirmTransfer(code, due) => write!(f, "confirm/{code}/{}", due.centavos),
            // Nights are said in words, and an id never carries them.
            Self::Block(..) => f.write_str("block"),
            Self::Blocks => f.write_str("blocks"),
            Self::Unblock(code) => write!(f, "unblock/{code}"),
            Self::Pause => f.write_str("pause"),
            Self::Resume => f.write_str("resume"),
        }
    }
}

impl FromStr for Order {
    type Err = NoOrder;

    fn from_str(id: &str) -> Result<Self, NoOrder> {
        let words: Vec<&str> = id.strip_prefix(PREFIX).ok_or(NoOrder)?.split('/').collect();
        let number = |word: &str| word.parse::<i64>().map_err(|_no_number| NoOrder);
        let code = |word: &str| word.parse::<ReservationCode>().map_err(|_no_code| NoOrder);
        Ok(match words.as_slice() {
            ["help"] => Self::Help,
            ["today"] => Self::Today,
            ["queue"] => Self::Queue,
            ["matter", id] => Self::Matter(number(id)?),
            ["decide", id, word] => Self::Decide(number(id)?, Decision::read(word).ok_or(NoOrder)?),
            ["transfer", text] => Self::Transfer(code(text)?),
            ["confirm", text, centavos] => {
                Self::ConfirmTransfer(code(text)?, Money::ars(number(centavos)?))
            }
            ["block"] => Self::Block(None, None),
            ["blocks"] => Self::Blocks,
            ["unblock", text] => Self::Unblock(code(text)?),
            ["pause"] => Self::Pause,
            ["resume"] => Self::Resume,
            _ => return Err(NoOrder),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_back_to_its_order() {
        let code: ReservationCode = "RES270115ABC123".parse().unwrap();
        let mut orders = vec![
            Order::Help,
            Order::Today,
            Order::Queue,
            Order::Matter(7),
            Order::Transfer(code.clone()),
            Order::ConfirmTransfer(code.clone(), Money::ars(14_400)),
            Order::Block(None, None),
            Order::Blocks,
            Order::Unblock(code),
            Order::Pause,
            Order::Resume,
        ];
        orders.extend(Decision::ALL.map(|(decision, _)| Order::Decide(7, decision)));
        for order in orders {
            assert_eq!(order.to_string().parse(), Ok(order));
        }
        for id in [
            "menu",
            "owner/",
            "owner/decide/7/all",
            "owner/matter/x",
            "owner/confirm/RES/1",
        ] {
            assert_eq!(id.parse::<Order>(), Err(NoOrder), "{id}");
        }
    }
}
