//! Double entry: which accounts a business fact moves money between.
//!
//! Every entry sums to zero. What is written is the difference between what the facts say and what the
//! ledger says already, so that hearing of a fact twice writes nothing, and whatever was missed is made up
//! for by the next entry about the same thing.
//!
//! Amounts are bare centavos: a payment that came in another currency than ours is booked too, in its own.

mod charge;
mod payment;

use std::collections::BTreeMap;

pub use charge::Charge;
pub use payment::{Custody, Receipt, Standing};

use crate::words::words;

words!(
    /// Where money can be, or who it belongs to.
    Account {
        /// What guests owe for their stays, by reservation; below zero when a stay has more than it costs.
        Guest = "guest",
        /// Money that came and is not decided on: we owe it to whoever paid it.
        Unassigned = "unassigned",
        /// Money that is to go back and has not gone.
        Refunds = "refunds",
        /// Our money at Mercado Pago.
        Provider = "provider",
        /// Our money at the bank: transfers that the owner saw.
        Bank = "bank",
        /// Money that the owner has in hand.
        Cash = "cash",
        /// What the provider keeps for its service.
        Fees = "fees",
        /// What stays bring in.
        Revenue = "revenue",
    }
);

words!(
    /// What an entry records.
    Kind {
        /// A stay was confirmed: its price is owed.
        Charged = "charged",
        /// The price of a confirmed stay changed.
        ChargeChanged = "charge_changed",
        /// A stay ended before its time: what is not kept of the price is not owed.
        ChargeReleased = "charge_released",
        /// Money came.
        PaymentReceived = "payment_received",
        /// The provider kept its fee.
        FeeCharged = "fee_charged",
        /// It was decided what becomes of a payment.
        PaymentSettled = "payment_settled",
        /// It was decided, by us or at the provider, to give money back.
        RefundDecided = "refund_decided",
        /// A refund will not happen.
        RefundGivenUp = "refund_given_up",
        /// Money left for whoever had paid it.
        RefundCompleted = "refund_completed",
        /// The payer disputes a payment: the bank took the money, and what it had paid for is owed again.
        ChargedBack = "charged_back",
        /// A dispute was won.
        Reimbursed = "reimbursed",
        /// Where everything stood when the ledger began.
        Opening = "opening",
    }
);

/// One leg of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// Where.
    pub account: Account,
    /// How much: above zero on the debit side, below it on the credit side.
    pub centavos: i64,
}

/// One business fact as money that moved. Its postings sum to zero, and none of them is zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it records.
    pub kind: Kind,
    /// Its legs.
    pub postings: Vec<Posting>,
}

impl Entry {
    /// Moves an amount from one account to another; nothing when there is nothing to move.
    fn transfer(kind: Kind, from: Account, to: Account, centavos: i64) -> Option<Self> {
        Self::of(kind, &[(to, centavos), (from, centavos.saturating_neg())])
    }

    /// An entry with these legs, but for those that are zero.
    fn of(kind: Kind, legs: &[(Account, i64)]) -> Option<Self> {
        let postings: Vec<_> = legs
            .iter()
            .filter(|(_, centavos)| *centavos != 0)
            .map(|&(account, centavos)| Posting { account, centavos })
            .collect();
        (!postings.is_empty()).then_some(Self { kind, postings })
    }

    /// What is left over between its two sides: nothing.
    #[must_use]
    pub fn imbalance(&self) -> i128 {
        self.postings
            .iter()
            .map(|posting| i128::from(posting.centavos))
            .sum()
    }
}

/// What the ledger says so far of one payment or one stay, account by account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Posted(BTreeMap<Account, i64>);

impl Posted {
    /// Whether nothing was ever written about it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The balance of an account, as far as it comes from here.
    #[must_use]
    pub fn balance(&self, account: Account) -> i64 {
        self.0.get(&account).copied().unwrap_or_default()
    }

    /// Adds an amount.
    pub fn add(&mut self, account: Account, centavos: i64) {
        let balance = self.0.entry(account).or_default();
        *balance = balance.saturating_add(centavos);
    }

    /// Adds an entry.
    pub fn enter(&mut self, entry: &Entry) {
        for posting in &entry.postings {
            self.add(posting.account, posting.centavos);
        }
    }
}

impl FromIterator<(Account, i64)> for Posted {
    fn from_iter<I: IntoIterator<Item = (Account, i64)>>(balances: I) -> Self {
        let mut posted = Self::default();
        for (account, centavos) in balances {
            posted.add(account, centavos);
        }
        posted
    }
}
