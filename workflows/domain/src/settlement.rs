//! What becomes of an approved payment: applied to its reservation, given back, or both.

use serde::{Deserialize, Serialize};

use crate::{Money, Quote};

/// What a payment link asks for.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
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

    /// The same payments against another price.
    #[must_use]
    pub const fn changed(self, quote: &Quote) -> Self {
        Self {
            total: quote.total,
            deposit: quote.deposit,
            paid: self.paid,
        }
    }

    /// What is paid beyond the price: more than nothing when other dates made it smaller.
    #[must_use]
    pub fn excess(self) -> Money {
        self.paid.less(self.total)
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
    use proptest::prelude::*;

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

    /// Any price with any deposit of it, and any payments for it.
    fn any_account() -> impl Strategy<Value = Account> {
        (0_i64..10_000_000, 0_i64..=10_000, 0_i64..=10_000).prop_map(|(total, deposit, paid)| {
            let part = |share: i64| Money::ars(total * share / 10_000);
            Account {
                total: Money::ars(total),
                deposit: part(deposit),
                paid: part(paid),
            }
        })
    }

    fn any_purpose() -> impl Strategy<Value = Purpose> {
        prop_oneof![Just(Purpose::Deposit), Just(Purpose::Balance)]
    }

    proptest! {
        #[test]
        fn not_a_centavo_is_lost_and_none_is_made(
            account in any_account(), purpose in any_purpose(), amount in 0_i64..20_000_000,
        ) {
            let amount = Money::ars(amount);
            let settlement = account.settle(purpose, amount);
            prop_assert_eq!(settlement.applied + settlement.returned, amount);
            prop_assert!(settlement.applied.centavos >= 0);
            prop_assert!(settlement.returned.centavos >= 0);
        }

        #[test]
        fn whatever_is_paid_in_whatever_order_nobody_pays_more_than_the_price(
            account in any_account(),
            payments in proptest::collection::vec((any_purpose(), 0_i64..5_000_000), 0..12),
        ) {
            let mut account = account;
            for (purpose, amount) in payments {
                let before = account;
                let settlement = account.settle(purpose, Money::ars(amount));
                account.paid = account.paid + settlement.applied;
                prop_assert!(account.paid.centavos <= account.total.centavos);
                // A payment never makes a stay less paid, nor a paid deposit unpaid.
                prop_assert!(account.paid.centavos >= before.paid.centavos);
                prop_assert!(!before.deposit_is_paid() || account.deposit_is_paid());
                prop_assert_eq!(account.balance() + account.paid, account.total);
            }
        }

        #[test]
        fn a_deposit_that_is_paid_is_never_paid_again(account in any_account(), amount in 1_i64..5_000_000) {
            let mut account = account;
            if !account.deposit_is_paid() {
                account.paid = account.deposit;
            }
            let settlement = account.settle(Purpose::Deposit, Money::ars(amount));
            prop_assert_eq!(settlement.applied, Money::ZERO);
            prop_assert_eq!(settlement.returned, Money::ars(amount));
        }

        #[test]
        fn paying_more_never_applies_less(
            account in any_account(), purpose in any_purpose(),
            amount in 0_i64..5_000_000, more in 0_i64..5_000_000,
        ) {
            let (less, more) = (
                account.settle(purpose, Money::ars(amount)),
                account.settle(purpose, Money::ars(amount + more)),
            );
            prop_assert!(more.applied.centavos >= less.applied.centavos);
            prop_assert!(more.returned.centavos >= less.returned.centavos);
        }

        #[test]
        fn one_payment_settles_like_the_same_money_in_two_for_a_balance(
            account in any_account(), first in 0_i64..5_000_000, second in 0_i64..5_000_000,
        ) {
            let whole = account.settle(Purpose::Balance, Money::ars(first + second));
            let one = account.settle(Purpose::Balance, Money::ars(first));
            let then = Account { paid: account.paid + one.applied, ..account };
            let two = then.settle(Purpose::Balance, Money::ars(second));
            prop_assert_eq!(whole.applied, one.applied + two.applied);
            prop_assert_eq!(whole.returned, one.returned + two.returned);
        }
    }
}
