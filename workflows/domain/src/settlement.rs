//! What becomes of an approved payment: applied to its reservation, given back, or both.

use serde::{Deserialize, Serialize};

use crate::Money;

/// What a payment link asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// What confirms the stay.
    #[default]
    Deposit,
    /// The rest.
    Balance,
}

/// What a reservation costs and what has been applied to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The price.
    pub total: Money,
    /// What confirms it.
    pub deposit: Money,
    /// The sum of payments applied so far.
    pub paid: Money,
}

/// What becomes of one payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// The part that counts for the reservation.
    pub applied: Money,
    /// The part that is given back.
    pub returned: Money,
}

impl Account {
    /// Whether enough is paid to confirm.
    #[must_use]
    pub const fn deposit_is_paid(self) -> bool {
        self.paid.centavos >= self.deposit.centavos
    }

    /// What is still owed of the whole price.
    #[must_use]
    pub fn balance(self) -> Money {
        self.total.less(self.paid)
    }

    /// Settles one more approved payment of `amount`.
    ///
    /// Payments sum up: two halves make a deposit. A deposit that is already paid is not paid twice: all of
    /// the second payment is given back. Nobody pays more than the price: what exceeds it is given back.
    #[must_use]
    pub fn settle(self, purpose: Purpose, amount: Money) -> Settlement {
        let room = match purpose {
            Purpose::Deposit if self.deposit_is_paid() => Money {
                centavos: 0,
                ..amount
            },
            Purpose::Deposit | Purpose::Balance => self.balance(),
        };
        let applied = amount.min(room);
        Settlement {
            applied,
            returned: amount.less(applied),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(paid: i64) -> Account {
        Account {
            total: Money::pesos(100),
            deposit: Money::pesos(30),
            paid: Money::pesos(paid),
        }
    }

    fn settled(account: Account, purpose: Purpose, amount: i64) -> (i64, i64) {
        let Settlement { applied, returned } = account.settle(purpose, Money::pesos(amount));
        (applied.centavos / 100, returned.centavos / 100)
    }

    #[test]
    fn two_halves_make_a_deposit() {
        assert_eq!(settled(account(0), Purpose::Deposit, 15), (15, 0));
        assert!(!account(15).deposit_is_paid());
        assert_eq!(settled(account(15), Purpose::Deposit, 15), (15, 0));
        assert!(account(30).deposit_is_paid());
    }

    #[test]
    fn a_deposit_paid_twice_is_given_back_once() {
        assert_eq!(settled(account(30), Purpose::Deposit, 30), (0, 30));
    }

    #[test]
    fn nobody_pays_more_than_the_price() {
        assert_eq!(settled(account(0), Purpose::Deposit, 130), (100, 30));
        assert_eq!(settled(account(30), Purpose::Balance, 80), (70, 10));
        assert_eq!(settled(account(100), Purpose::Balance, 70), (0, 70));
    }

    proptest::proptest! {
        #[test]
        fn not_a_centavo_is_lost(paid in 0_i64..200, amount in 0_i64..300) {
            for purpose in [Purpose::Deposit, Purpose::Balance] {
                let settlement = account(paid).settle(purpose, Money::pesos(amount));
                proptest::prop_assert_eq!(settlement.applied + settlement.returned, Money::pesos(amount));
                proptest::prop_assert!(settlement.applied.centavos >= 0);
            }
        }
    }
}
