//! Where the money of one payment is.

use super::{Account, Entry, Kind, Posted};
use crate::payment::{HandMethod, PaymentId, PaymentStatus};

/// Who has a payment's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Custody {
    /// Mercado Pago.
    Provider,
    /// The bank: the owner saw a transfer.
    Bank,
    /// The owner, in hand.
    Cash,
}

/// Everything that is known of one payment: what the provider says, what was decided, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Who has the money.
    pub custody: Custody,
    /// Where the payment stands.
    pub status: PaymentStatus,
    /// What was paid.
    pub amount: i64,
    /// What the provider says has gone back, by whoever's hand.
    pub refunded: i64,
    /// What the provider keeps.
    pub fee: i64,
    /// What counts for its reservation, once that is decided; the rest goes back.
    pub applied: Option<i64>,
    /// What we decided to give back and have not given up.
    pub decided: i64,
    /// What of that has gone.
    pub completed: i64,
}

/// Where the money of a payment is: the parts add up to the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What counts for its reservation.
    pub kept: i64,
    /// What nobody has decided on.
    pub unassigned: i64,
    /// What is to go back and has not gone.
    pub returning: i64,
    /// What has gone back, or was taken back by the payer's bank.
    pub gone: i64,
}

impl Custody {
    /// Who has the money of a payment.
    #[must_use]
    pub fn of(payment: &PaymentId) -> Self {
        match payment.hand_method() {
            None => Self::Provider,
            Some(HandMethod::Cash) => Self::Cash,
            Some(HandMethod::Transfer) => Self::Bank,
        }
    }

    const fn account(self) -> Account {
        match self {
            Self::Provider => Account::Provider,
            Self::Bank => Account::Bank,
            Self::Cash => Account::Cash,
        }
    }
}

impl Receipt {
    /// Whether the money ever came.
    #[must_use]
    pub const fn has_come(&self) -> bool {
        matches!(
            self.status,
            PaymentStatus::Approved | PaymentStatus::Refunded | PaymentStatus::ChargedBack
        )
    }

    /// Where the money is.
    ///
    /// What the provider says has gone back contains what we asked for, so the larger of the two has gone, or
    /// is about to. What went without our asking is taken first from what was to go back anyway. While its
    /// payer disputes a payment, nothing of it is with us.
    #[must_use]
    pub fn standing(&self) -> Standing {
        if self.status == PaymentStatus::ChargedBack {
            return Standing {
                kept: 0,
                unassigned: 0,
                returning: 0,
                gone: self.amount.max(0),
            };
        }
        let within = |centavos: i64| centavos.clamp(0, self.amount.max(0));
        let leaving = within(self.refunded.max(self.decided));
        let gone = within(self.refunded.max(self.completed));
        let left = self.amount.max(0).saturating_sub(leaving);
        let (kept, unassigned) = match self.applied {
            Some(applied) => (applied.clamp(0, left), 0),
            None => (0, left),
        };
        Standing {
            kept,
            unassigned,
            returning: self
                .amount
                .max(0)
                .saturating_sub(kept)
                .saturating_sub(unassigned)
                .saturating_sub(gone),
            gone,
        }
    }

    /// What is to be written: an entry for each thing that happened since.
    #[must_use]
    pub fn entries(&self, posted: &Posted) -> Vec<Entry> {
        if !self.has_come() {
            return Vec::new();
        }
        let custody = self.custody.account();
        let mut posted = posted.clone();
        let mut entries = Vec::new();
        let mut write = |posted: &mut Posted, entry: Option<Entry>| {
            if let Some(entry) = entry {
                posted.enter(&entry);
                entries.push(entry);
            }
        };
        if posted.is_empty() {
            let came = Entry::transfer(
                Kind::PaymentReceived,
                Account::Unassigned,
                custody,
                self.amount.max(0),
            );
            write(&mut posted, came);
        }
        let fee = self.fee.saturating_sub(posted.balance(Account::Fees));
        write(
            &mut posted,
            Entry::transfer(Kind::FeeCharged, custody, Account::Fees, fee),
        );
        let standing = self.standing();
        let outflow = standing.gone.saturating_sub(self.gone_until_now(&posted));
        if self.status == PaymentStatus::ChargedBack || outflow < 0 {
            let dispute = self.dispute(&posted, standing, outflow);
            write(&mut posted, dispute);
        } else {
            let decision = decision(&posted, standing, outflow, self.applied.is_some());
            write(&mut posted, decision);
            let gone = Entry::transfer(Kind::RefundCompleted, custody, Account::Refunds, outflow);
            write(&mut posted, gone);
        }
        entries
    }

    /// What of the money has left, as the ledger has it.
    fn gone_until_now(&self, posted: &Posted) -> i64 {
        [Account::Guest, Account::Unassigned, Account::Refunds]
            .into_iter()
            .fold(self.amount.max(0), |gone, account| {
                gone.saturating_add(posted.balance(account))
            })
    }

    /// The payer's bank took the money, whatever it was for, or gave it back.
    fn dispute(&self, posted: &Posted, standing: Standing, outflow: i64) -> Option<Entry> {
        let kind = if self.status == PaymentStatus::ChargedBack {
            Kind::ChargedBack
        } else {
            Kind::Reimbursed
        };
        let custody = (self.custody.account(), outflow.saturating_neg());
        let [kept, unassigned, returning] = changes(posted, standing);
        Entry::of(kind, &[custody, kept, unassigned, returning])
    }
}

/// What is different on each of the accounts that say what the money is for.
fn changes(posted: &Posted, standing: Standing) -> [(Account, i64); 3] {
    [
        (Account::Guest, standing.kept),
        (Account::Unassigned, standing.unassigned),
        (Account::Refunds, standing.returning),
    ]
    .map(|(account, target)| {
        let change = target
            .saturating_neg()
            .saturating_sub(posted.balance(account));
        (account, change)
    })
}

/// What was decided: money changes its purpose and not its place. What leaves passes through what is to go
/// back.
fn decision(posted: &Posted, standing: Standing, outflow: i64, settled: bool) -> Option<Entry> {
    let standing = Standing {
        returning: standing.returning.saturating_add(outflow),
        ..standing
    };
    let legs = changes(posted, standing);
    let [_, (_, unassigned), (_, returning)] = legs;
    let kind = if settled && unassigned > 0 {
        Kind::PaymentSettled
    } else if returning < 0 {
        Kind::RefundDecided
    } else {
        Kind::RefundGivenUp
    };
    Entry::of(kind, &legs)
}

#[cfg(test)]
mod tests;
