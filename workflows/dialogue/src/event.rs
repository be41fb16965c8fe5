//! What can happen in a conversation: the guest does something, or an answer to a command arrives.

use chrono::{DateTime, Utc};
use domain::{
    Money, ReservationCode, ReservationStatus, availability::Refusal, cancellation::Refund,
    change::Obstacle,
};
use nlu::Reading;
use serde::{Deserialize, Serialize};

/// One thing that happened. Events are given to [`step`](crate::step()) in the order in which they happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The guest wrote.
    Said {
        /// Their words.
        text: String,
        /// What [`read`](crate::read) read in them, in the context of
        /// [`reading_context`](crate::reading_context).
        reading: Reading,
    },
    /// The guest talked, and this was heard.
    Heard {
        /// Their words, as far as they were heard.
        text: String,
        /// What was read in them, as for [`Event::Said`].
        reading: Reading,
        /// Part of the recording is missing: what it says of dates is asked again.
        damaged: bool,
    },
    /// The guest sent a recording in which nothing was heard that can be answered.
    Unheard {
        /// Why.
        why: Unheard,
    },
    /// The guest pressed a button or picked a row.
    Pressed {
        /// The id that the button or row was sent with. Anything else is answered as an outdated button.
        id: String,
        /// What it showed.
        title: String,
    },
    /// The guest sent something that is not text.
    Sent {
        /// What kind of thing.
        attachment: Attachment,
    },
    /// The answer to [`Command::PlaceHold`](crate::Command::PlaceHold).
    HoldDecided {
        /// What became of it.
        decision: HoldDecision,
    },
    /// The answer to [`Command::Cancel`](crate::Command::Cancel).
    CancelDecided {
        /// What became of it.
        decision: CancelDecision,
    },
    /// The answer to [`Command::Revoke`](crate::Command::Revoke).
    RevokeDecided {
        /// What became of it.
        decision: RevokeDecision,
    },
    /// The answer to [`Command::OfferBalance`](crate::Command::OfferBalance).
    BalanceDecided {
        /// What became of it.
        decision: BalanceDecision,
    },
    /// The answer to [`Command::Extend`](crate::Command::Extend).
    ExtendDecided {
        /// What became of it.
        decision: ExtendDecision,
    },
    /// The answer to [`Command::ChangeDates`](crate::Command::ChangeDates).
    ChangeDecided {
        /// What became of it.
        decision: ChangeDecision,
    },
    /// The answer to [`Command::JoinWaitingList`](crate::Command::JoinWaitingList) and
    /// [`Command::LeaveWaitingList`](crate::Command::LeaveWaitingList).
    WaitingDecided {
        /// What became of it.
        decision: WaitingDecision,
    },
    /// A person took the conversation over: the bot is silent until they hand it back.
    TakenOver,
    /// The person handed the conversation back.
    HandedBack,
}

/// Why a recording was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unheard {
    /// Nobody speaks in it.
    NoSpeech,
    /// Somebody speaks, and cannot be understood.
    Unclear,
    /// It is too long to listen to.
    TooLong,
    /// It is no voice note: another kind of sound, or broken.
    NoNote,
    /// Nothing can listen at the moment.
    #[serde(other)]
    Unavailable,
}

/// Something a guest can send that is not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attachment {
    /// A picture.
    Image,
    /// A voice note or other sound.
    Audio,
    /// A film.
    Video,
    /// A file.
    Document,
    /// A sticker.
    Sticker,
    /// A place on the map.
    Location,
    /// Somebody's card.
    Contact,
    /// The guest's own number, which they were asked for.
    OwnNumber,
    /// An emoji put on a message, or taken off.
    Reaction,
    /// An edit or a revocation of an earlier message.
    Change,
    /// Anything else.
    #[serde(other)]
    Unsupported,
}

/// What became of a hold that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum HoldDecision {
    /// The nights are held. The conversation says nothing: [`Notice::PaymentLink`](crate::Notice::PaymentLink)
    /// (or [`Notice::HoldWithoutLink`](crate::Notice::HoldWithoutLink)) is the answer.
    Held {
        /// The reservation.
        code: ReservationCode,
        /// When the hold ends.
        expires_at: DateTime<Utc>,
    },
    /// Somebody was faster. Alternatives are looked for in the facts, which are read after the decision.
    Taken,
    /// A rule forbids the stay.
    Refused {
        /// The rule.
        refusal: Refusal,
    },
    /// It could not be decided: something of ours is down.
    Unavailable,
}

/// What became of a cancellation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum CancelDecision {
    /// The reservation is cancelled. The conversation says nothing:
    /// [`Notice::Cancelled`](crate::Notice::Cancelled) is the answer.
    Cancelled {
        /// The reservation.
        code: ReservationCode,
        /// What is given back.
        refund: Refund,
    },
    /// It could not be cancelled.
    NotPossible {
        /// What the reservation is now.
        status: ReservationStatus,
    },
    /// It could not be decided: something of ours is down.
    Unavailable,
}

/// What became of a revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum RevokeDecision {
    /// The purchase is revoked. The conversation says nothing: [`Notice::Revoked`](crate::Notice::Revoked) is the
    /// answer.
    Revoked,
    /// The time to revoke is over.
    TooLate {
        /// The reservation.
        code: ReservationCode,
    },
    /// It could not be revoked.
    NotPossible {
        /// What the reservation is now.
        status: ReservationStatus,
    },
    /// It could not be decided: something of ours is down.
    Unavailable,
}

/// What became of a wish to pay what remains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum BalanceDecision {
    /// A link is being made: [`Notice::BalanceLink`](crate::Notice::BalanceLink) brings it.
    Coming {
        /// The reservation.
        code: ReservationCode,
        /// What remains.
        due: Money,
    },
    /// Everything is paid.
    NothingDue {
        /// The reservation.
        code: ReservationCode,
    },
    /// It is no confirmed stay any more, or something of ours is down.
    Unavailable,
}

/// What became of an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum ExtendDecision {
    /// The hold lasts longer.
    Extended {
        /// The reservation.
        code: ReservationCode,
        /// When it ends now.
        expires_at: DateTime<Utc>,
    },
    /// It ended, was paid, or was extended before.
    NotPossible,
    /// It could not be decided: something of ours is down.
    Unavailable,
}

/// What became of a change of dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum ChangeDecision {
    /// The reservation has the new dates. The conversation says nothing:
    /// [`Notice::DatesChanged`](crate::Notice::DatesChanged) is the answer.
    Changed {
        /// The reservation.
        code: ReservationCode,
    },
    /// Somebody has one of the nights; nothing has changed. Alternatives are looked for in the facts, which are
    /// read after the decision.
    Taken,
    /// The guest may not change it any more.
    NotAllowed {
        /// Why.
        obstacle: Obstacle,
    },
    /// It could not be decided: something of ours is down.
    Unavailable,
}

/// What became of a place in the waiting list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum WaitingDecision {
    /// The guest is in line, since now or since before.
    Joined {
        /// Their place.
        entry: i64,
    },
    /// The guest is not in line any more.
    Left,
    /// It could not be decided: something of ours is down.
    Unavailable,
}
