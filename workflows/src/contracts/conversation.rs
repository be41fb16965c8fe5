//! The reading of a message and the choice of an answer: what is tuned often, and so lives outside history.

use domain::{GuestId, MessageId, ReservationCode};
use serde::{Deserialize, Serialize};
use temporalio_macros::activity_definitions;

use super::{
    ActivityError,
    inventory::HoldOutcome,
    reservations::{
        BalanceOutcome, CancelOutcome, ChangeOutcome, ChangeRequest, ExtendOutcome, RevokeOutcome,
    },
    speech::{Hearing, Patience},
    waiting_list::{Leaving, Wish},
};
use crate::reservation::ReservationInput;

/// One step of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Whose conversation.
    pub guest_id: GuestId,
    /// What happened.
    pub event: TurnEvent,
}

/// What happened in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum TurnEvent {
    /// The guest sent a message.
    Message {
        /// Which; also the idempotency key of the turn.
        message: MessageId,
    },
    /// What the guest asked for in a message was done, or could not be.
    Done {
        /// The message that asked.
        message: MessageId,
        /// What became of it.
        result: TaskResult,
    },
}

/// What the conversation decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// What to say, already written down.
    pub messages: Vec<MessageId>,
    /// What to do.
    #[serde(default)]
    pub task: Option<Task>,
}

/// Something a guest may have done, or needs done to be understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// Listen to what the guest said aloud.
    Listen {
        /// In which message.
        message: MessageId,
        /// For how long at most.
        patience: Patience,
    },
    /// Hold the nights.
    PlaceHold {
        /// What to hold.
        input: Box<ReservationInput>,
    },
    /// Cancel a reservation of theirs.
    Cancel {
        /// Which.
        code: ReservationCode,
    },
    /// Revoke the purchase of a reservation of theirs.
    Revoke {
        /// Which.
        code: ReservationCode,
    },
    /// Send a link over what remains of a stay of theirs.
    OfferBalance {
        /// Which.
        code: ReservationCode,
    },
    /// Extend a hold of theirs.
    Extend {
        /// Which.
        code: ReservationCode,
    },
    /// Put them in line for nights that are taken.
    JoinWaitingList {
        /// What they wait for.
        wish: Wish,
    },
    /// Take them out of the line.
    LeaveWaitingList {
        /// Their place.
        leaving: Leaving,
    },
    /// Change the dates of a reservation of theirs.
    ChangeDates {
        /// What to change.
        request: Box<ChangeRequest>,
    },
}

/// What became of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum TaskResult {
    /// Of listening; the words are with the message.
    Heard {
        /// Understood or not.
        hearing: Hearing,
    },
    /// Of a hold.
    Hold {
        /// The reservation's name.
        code: ReservationCode,
        /// Held or not.
        outcome: HoldOutcome,
    },
    /// Of a cancellation.
    Cancel {
        /// The reservation's name.
        code: ReservationCode,
        /// Cancelled or not.
        outcome: CancelOutcome,
    },
    /// Of a revocation.
    Revoke {
        /// The reservation's name.
        code: ReservationCode,
        /// Revoked or not.
        outcome: RevokeOutcome,
    },
    /// Of a wish to pay what remains.
    Balance {
        /// The reservation's name.
        code: ReservationCode,
        /// Whether a link comes.
        outcome: BalanceOutcome,
    },
    /// Of an extension.
    Extend {
        /// The reservation's name.
        code: ReservationCode,
        /// Extended or not.
        outcome: ExtendOutcome,
    },
    /// Of joining the waiting list.
    Joined {
        /// Their place.
        entry: i64,
    },
    /// Of leaving it.
    Left,
    /// Of a change of dates.
    ChangeDates {
        /// The reservation's name.
        code: ReservationCode,
        /// Changed or not.
        outcome: ChangeOutcome,
    },
}

/// The contract.
#[expect(
    missing_debug_implementations,
    reason = "a name for the contract, never built"
)]
pub struct Conversations;

#[activity_definitions]
impl Conversations {
    /// Reads what happened, decides, and writes the answer down. Idempotent on the guest's message and the
    /// event: a second call returns the first decision.
    #[activity(name = "conversation.respond")]
    pub fn respond(turn: Turn) -> Result<Reply, ActivityError> {
        unimplemented!()
    }
}

pub use conversations::Respond;
