//! One turn of a conversation: which part of the engine answers an event.

mod asking;
mod booking;
mod browse;
mod chat;
mod offers;
mod own;
mod pace;
mod route;
mod spoken;
mod turn;
mod typed;
mod waiting;
mod words;

use domain::{AccommodationId, Party, Quote, ReservationCode, Stay};
use serde::{Deserialize, Serialize};

use crate::{Event, Facts, Say, State, Texts, state::Mode};
use turn::Turn;
pub(crate) use typed::{folded, without_name};

/// What follows from an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The state to keep.
    pub state: State,
    /// What is said to the guest, in order.
    pub say: Vec<Say>,
    /// What is to be done, once what is said is on its way.
    pub command: Option<Command>,
    /// What is to be done beside that, and before it: nothing waits for it and no event answers it.
    pub asides: Vec<Command>,
}

/// What the conversation asks the rest of the system to do.
///
/// What touches a reservation or the waiting list is answered by an event of its own; the others by none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Hold the nights: the guest has confirmed exactly this. Answered by [`Event::HoldDecided`].
    PlaceHold {
        /// Where.
        accommodation_id: AccommodationId,
        /// When.
        stay: Stay,
        /// Who.
        party: Party,
        /// At what price.
        quote: Quote,
    },
    /// Cancel: the guest was told the refund and has confirmed. Answered by [`Event::CancelDecided`].
    Cancel {
        /// Which reservation.
        code: ReservationCode,
    },
    /// Revoke the purchase: the guest has confirmed. Answered by [`Event::RevokeDecided`].
    Revoke {
        /// Which reservation.
        code: ReservationCode,
    },
    /// Send a link over what remains of a confirmed stay. Answered by [`Event::BalanceDecided`].
    OfferBalance {
        /// Which reservation.
        code: ReservationCode,
    },
    /// Extend a hold. Answered by [`Event::ExtendDecided`].
    Extend {
        /// Which hold.
        code: ReservationCode,
    },
    /// Move a reservation to other dates: the guest was told what it means and has confirmed. Answered by
    /// [`Event::ChangeDecided`].
    ChangeDates {
        /// Which reservation.
        code: ReservationCode,
        /// The new dates.
        stay: Stay,
        /// The new price.
        quote: Quote,
    },
    /// Put the guest in line for nights that are taken. Answered by [`Event::WaitingDecided`].
    JoinWaitingList {
        /// Where; anywhere, when it does not matter.
        accommodation_id: Option<AccommodationId>,
        /// When.
        stay: Stay,
        /// Who.
        party: Party,
    },
    /// Take the guest out of the line. Answered by [`Event::WaitingDecided`].
    LeaveWaitingList {
        /// Their place.
        entry: i64,
    },
    /// Show the conversation to a person.
    HandOver {
        /// Why.
        reason: HandOverReason,
    },
    /// The guest came back from a person to the bot.
    HandBack,
    /// Send nothing more that the guest has not asked for.
    OptOut,
    /// The guest wants messages again.
    OptIn,
    /// The guest corrected their name.
    SetName {
        /// What they want to be called, cleaned.
        name: String,
    },
}

impl Command {
    /// Whether an event of its own says what became of it.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        matches!(
            self,
            Self::PlaceHold { .. }
                | Self::Cancel { .. }
                | Self::Revoke { .. }
                | Self::OfferBalance { .. }
                | Self::Extend { .. }
                | Self::ChangeDates { .. }
                | Self::JoinWaitingList { .. }
                | Self::LeaveWaitingList { .. }
        )
    }
}

/// Why a person is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandOverReason {
    /// The guest asked for one.
    Asked,
    /// The guest complains.
    Complaint,
    /// The bot keeps giving the same answer.
    Loop,
    /// Too many messages in a short time.
    Flood,
}

/// Answers one event. Deterministic: the same arguments give the same step.
#[must_use]
pub fn step(state: State, event: Event, facts: &Facts<'_>, texts: &Texts) -> Step {
    let mut turn = Turn::new(state, facts, texts);
    match event {
        Event::HoldDecided { decision } => booking::decided(&mut turn, decision),
        Event::CancelDecided { decision } => own::cancelled(&mut turn, &decision),
        Event::RevokeDecided { decision } => own::revoked(&mut turn, &decision),
        Event::BalanceDecided { decision } => own::balance_decided(&mut turn, &decision),
        Event::ExtendDecided { decision } => own::extended(&mut turn, &decision),
        Event::ChangeDecided { decision } => own::changed(&mut turn, &decision),
        Event::WaitingDecided { decision } => waiting::decided(&mut turn, decision),
        Event::TakenOver => chat::pause(&mut turn),
        Event::HandedBack => turn.state.mode = Mode::Bot,
        Event::Said { text, reading } => {
            turn.speak(&text, &reading);
            route::guest(&mut turn, route::Message::Said(&text, &reading));
        }
        Event::Heard {
            text,
            reading,
            damaged,
        } => {
            turn.speak(&text, &reading);
            turn.spoken = Some(turn::Spoken { damaged });
            route::guest(&mut turn, route::Message::Said(&text, &reading));
        }
        Event::Unheard { why } => route::guest(&mut turn, route::Message::Unheard(why)),
        Event::Pressed { id, title } => {
            route::guest(&mut turn, route::Message::Pressed(&id, &title))
        }
        Event::Sent { attachment } => route::guest(&mut turn, route::Message::Sent(attachment)),
    }
    turn.finish()
}
