//! What people ask of a running reservation, and what they are answered.

use std::collections::{BTreeMap, VecDeque};

use domain::{Money, ReservationStatus, payment::HandMethod};
use serde::{Deserialize, Serialize};

use crate::contracts::reservations::{
    BalanceOutcome, CancelOutcome, CancelRequest, ChangeOutcome, ChangeRequest, ExtendOutcome,
    ExtendRequest, RevokeOutcome, RevokeRequest,
};

/// What was paid outside the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmByHand {
    /// How much.
    pub amount: Money,
    /// How the owner knows, for the record.
    pub reason: String,
}

/// What became of a confirmation by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ConfirmOutcome {
    /// The stay is confirmed.
    Confirmed,
    /// The amount is recorded, and does not reach the deposit.
    Short {
        /// What is still missing of the deposit.
        missing: Money,
    },
    /// More than the whole price leaves to be paid: nothing is recorded.
    TooMuch {
        /// What is owed.
        due: Money,
    },
    /// It is not a hold.
    NotPossible {
        /// What it is.
        status: ReservationStatus,
    },
}

/// Money that the owner took outside the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordPayment {
    /// How much.
    pub amount: Money,
    /// How it came.
    pub method: HandMethod,
    /// How the owner knows, for the record.
    pub reason: String,
}

/// What became of money that the owner recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum RecordOutcome {
    /// It counts.
    Recorded {
        /// What the reservation is now: a hold whose deposit is complete is confirmed.
        status: ReservationStatus,
        /// What is paid in all.
        paid: Money,
        /// What is still owed.
        balance: Money,
    },
    /// More than is owed: nothing is recorded.
    TooMuch {
        /// What is owed.
        due: Money,
    },
    /// Nothing can be paid for it.
    NotPossible {
        /// What it is.
        status: ReservationStatus,
    },
}

/// Names one question among those that were asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

/// Questions of one kind, which `run` answers one after the other and handlers wait for. Each caller gets the
/// answer to their own question.
#[derive(Debug)]
pub(super) struct Asked<Q, A> {
    tickets: u64,
    questions: VecDeque<(Ticket, Q)>,
    in_hand: Option<Ticket>,
    answers: BTreeMap<Ticket, A>,
}

impl<Q, A> Default for Asked<Q, A> {
    fn default() -> Self {
        Self {
            tickets: 0,
            questions: VecDeque::new(),
            in_hand: None,
            answers: BTreeMap::new(),
        }
    }
}

impl<Q, A> Asked<Q, A> {
    pub(super) fn ask(&mut self, question: Q) -> Ticket {
        let ticket = Ticket(self.tickets);
        self.tickets += 1;
        self.questions.push_back((ticket, question));
        ticket
    }

    /// Takes the next question in hand; it must be answered before the one after it is taken.
    pub(super) fn take(&mut self) -> Option<Q> {
        let (ticket, question) = self.questions.pop_front()?;
        self.in_hand = Some(ticket);
        Some(question)
    }

    /// Answers the question in hand.
    pub(super) fn reply(&mut self, answer: A) {
        if let Some(ticket) = self.in_hand.take() {
            self.answers.insert(ticket, answer);
        }
    }

    pub(super) fn collect(&mut self, ticket: Ticket) -> Option<A> {
        self.answers.remove(&ticket)
    }

    pub(super) fn is_asked(&self) -> bool {
        !self.questions.is_empty()
    }

    pub(super) fn is_answered(&self, ticket: Ticket) -> bool {
        self.answers.contains_key(&ticket)
    }
}

/// Everything that can be asked.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) cancel: Asked<CancelRequest, CancelOutcome>,
    pub(super) extend: Asked<ExtendRequest, ExtendOutcome>,
    pub(super) change: Asked<ChangeRequest, ChangeOutcome>,
    pub(super) confirm: Asked<ConfirmByHand, ConfirmOutcome>,
    pub(super) revoke: Asked<RevokeRequest, RevokeOutcome>,
    pub(super) record: Asked<RecordPayment, RecordOutcome>,
    pub(super) balance: Asked<(), BalanceOutcome>,
}

impl Requests {
    pub(super) fn any(&self) -> bool {
        self.cancel.is_asked()
            || self.extend.is_asked()
            || self.change.is_asked()
            || self.confirm.is_asked()
            || self.revoke.is_asked()
            || self.record.is_asked()
            || self.balance.is_asked()
    }
}
