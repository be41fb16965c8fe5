//! One payment's money, fact by fact, and then in any order.

use proptest::prelude::*;

use super::*;

fn approved(amount: i64) -> Receipt {
    Receipt {
        custody: Custody::Provider,
        status: PaymentStatus::Approved,
        amount,
        refunded: 0,
        fee: 0,
        applied: None,
        decided: 0,
        completed: 0,
    }
}

/// Writes what is to be written, and says what it was.
fn write(posted: &mut Posted, receipt: Receipt) -> Vec<Kind> {
    let entries = receipt.entries(posted);
    for entry in &entries {
        assert_eq!(entry.imbalance(), 0, "{entry:?}");
        assert!(entry.postings.len() >= 2, "{entry:?}");
        posted.enter(entry);
    }
    entries.iter().map(|entry| entry.kind).collect()
}

fn balances(posted: &Posted) -> Vec<(Account, i64)> {
    Account::ALL
        .iter()
        .map(|account| (*account, posted.balance(*account)))
        .filter(|(_, balance)| *balance != 0)
        .collect()
}

#[test]
fn a_payment_that_is_pending_or_refused_moves_nothing() {
    for status in [
        PaymentStatus::Pending,
        PaymentStatus::Rejected,
        PaymentStatus::Cancelled,
    ] {
        let receipt = Receipt {
            status,
            fee: 5,
            ..approved(100)
        };
        assert!(receipt.entries(&Posted::default()).is_empty());
    }
}

#[test]
fn a_payment_comes_costs_its_fee_and_is_settled() {
    let mut posted = Posted::default();
    let came = Receipt {
        fee: 6,
        ..approved(100)
    };
    assert_eq!(
        write(&mut posted, came),
        [Kind::PaymentReceived, Kind::FeeCharged]
    );
    assert_eq!(
        balances(&posted),
        [
            (Account::Unassigned, -100),
            (Account::Provider, 94),
            (Account::Fees, 6)
        ]
    );
    let settled = Receipt {
        applied: Some(70),
        ..came
    };
    assert_eq!(write(&mut posted, settled), [Kind::PaymentSettled]);
    assert_eq!(
        balances(&posted),
        [
            (Account::Guest, -70),
            (Account::Refunds, -30),
            (Account::Provider, 94),
            (Account::Fees, 6)
        ]
    );
    // What was too much goes back: that was decided with the settlement.
    let decided = Receipt {
        decided: 30,
        ..settled
    };
    assert!(write(&mut posted, decided).is_empty());
    let gone = Receipt {
        completed: 30,
        ..decided
    };
    assert_eq!(write(&mut posted, gone), [Kind::RefundCompleted]);
    assert_eq!(
        balances(&posted),
        [
            (Account::Guest, -70),
            (Account::Provider, 64),
            (Account::Fees, 6)
        ]
    );
    // And the provider says so too.
    let said = Receipt {
        refunded: 30,
        ..gone
    };
    assert!(write(&mut posted, said).is_empty());
}

#[test]
fn a_refund_that_the_provider_tells_of_before_we_have_written_it_down_is_not_counted_twice() {
    let mut posted = Posted::default();
    let decided = Receipt {
        applied: Some(100),
        decided: 40,
        ..approved(100)
    };
    assert_eq!(
        write(&mut posted, decided),
        [Kind::PaymentReceived, Kind::PaymentSettled]
    );
    let told = Receipt {
        refunded: 40,
        ..decided
    };
    assert_eq!(write(&mut posted, told), [Kind::RefundCompleted]);
    let completed = Receipt {
        completed: 40,
        ..told
    };
    assert!(write(&mut posted, completed).is_empty());
    assert_eq!(
        balances(&posted),
        [(Account::Guest, -60), (Account::Provider, 60)]
    );
}

#[test]
fn a_refund_that_fails_counts_for_the_stay_again() {
    let mut posted = Posted::default();
    let settled = Receipt {
        applied: Some(100),
        ..approved(100)
    };
    write(&mut posted, settled);
    let decided = Receipt {
        decided: 50,
        ..settled
    };
    assert_eq!(write(&mut posted, decided), [Kind::RefundDecided]);
    assert_eq!(write(&mut posted, settled), [Kind::RefundGivenUp]);
    assert_eq!(
        balances(&posted),
        [(Account::Guest, -100), (Account::Provider, 100)]
    );
}

#[test]
fn what_the_owner_gives_back_at_the_provider_is_owed_again() {
    let mut posted = Posted::default();
    let settled = Receipt {
        applied: Some(100),
        ..approved(100)
    };
    write(&mut posted, settled);
    let returned = Receipt {
        refunded: 100,
        status: PaymentStatus::Refunded,
        ..settled
    };
    assert_eq!(
        write(&mut posted, returned),
        [Kind::RefundDecided, Kind::RefundCompleted]
    );
    assert!(balances(&posted).is_empty());
}

#[test]
fn a_disputed_payment_is_owed_again_and_winning_the_dispute_pays_it() {
    let mut posted = Posted::default();
    let settled = Receipt {
        fee: 6,
        applied: Some(70),
        ..approved(100)
    };
    write(&mut posted, settled);
    let before = balances(&posted);
    let disputed = Receipt {
        status: PaymentStatus::ChargedBack,
        ..settled
    };
    assert_eq!(write(&mut posted, disputed), [Kind::ChargedBack]);
    assert_eq!(
        balances(&posted),
        [(Account::Provider, -6), (Account::Fees, 6)],
        "the fee is lost too"
    );
    assert_eq!(write(&mut posted, settled), [Kind::Reimbursed]);
    assert_eq!(balances(&posted), before);
}

#[test]
fn money_that_fits_nowhere_waits_with_nobody_until_it_goes_back() {
    let mut posted = Posted::default();
    write(&mut posted, approved(100));
    let decided = Receipt {
        decided: 100,
        ..approved(100)
    };
    assert_eq!(write(&mut posted, decided), [Kind::RefundDecided]);
    assert_eq!(
        balances(&posted),
        [(Account::Refunds, -100), (Account::Provider, 100)]
    );
    let failed = approved(100);
    assert_eq!(write(&mut posted, failed), [Kind::RefundGivenUp]);
    assert_eq!(
        balances(&posted),
        [(Account::Unassigned, -100), (Account::Provider, 100)]
    );
}

#[test]
fn a_transfer_is_at_the_bank_and_notes_are_in_hand() {
    for (custody, account) in [
        (Custody::Bank, Account::Bank),
        (Custody::Cash, Account::Cash),
    ] {
        let mut posted = Posted::default();
        let recorded = Receipt {
            custody,
            applied: Some(100),
            ..approved(100)
        };
        write(&mut posted, recorded);
        assert_eq!(balances(&posted), [(Account::Guest, -100), (account, 100)]);
    }
}

fn statuses() -> impl Strategy<Value = PaymentStatus> {
    prop::sample::select(vec![
        PaymentStatus::Pending,
        PaymentStatus::Approved,
        PaymentStatus::Refunded,
        PaymentStatus::ChargedBack,
    ])
}

prop_compose! {
    /// Any facts, even impossible ones.
    fn receipts()(
        status in statuses(),
        refunded in 0_i64..150,
        fee in 0_i64..20,
        applied in prop::option::of(0_i64..150),
        decided in 0_i64..150,
        completed in 0_i64..150,
    ) -> Receipt {
        Receipt {
            status,
            refunded,
            fee,
            applied,
            decided,
            completed: completed.min(decided),
            ..approved(100)
        }
    }
}

proptest! {
    #[test]
    fn the_parts_of_a_payment_add_up_to_it(receipt in receipts()) {
        let Standing { kept, unassigned, returning, gone } = receipt.standing();
        prop_assert_eq!(kept + unassigned + returning + gone, receipt.amount);
        for part in [kept, unassigned, returning, gone] {
            prop_assert!(part >= 0);
        }
    }

    #[test]
    fn in_whatever_order_facts_are_heard_of_the_ledger_ends_where_the_last_one_says(
        history in prop::collection::vec(receipts(), 1..10),
    ) {
        let mut posted = Posted::default();
        let mut came = false;
        for mut receipt in history {
            // A payment that came does not become one that never did.
            came = came || receipt.has_come();
            if came && !receipt.has_come() {
                receipt.status = PaymentStatus::Approved;
            }
            write(&mut posted, receipt);
            prop_assert!(receipt.entries(&posted).is_empty(), "a repeat writes nothing");
            if !came {
                prop_assert!(posted.is_empty());
                continue;
            }
            let standing = receipt.standing();
            prop_assert_eq!(posted.balance(Account::Guest), -standing.kept);
            prop_assert_eq!(posted.balance(Account::Unassigned), -standing.unassigned);
            prop_assert_eq!(posted.balance(Account::Refunds), -standing.returning);
            prop_assert_eq!(posted.balance(Account::Fees), receipt.fee);
            let here = [Account::Provider, Account::Fees];
            let here: i64 = here.into_iter().map(|account| posted.balance(account)).sum();
            prop_assert_eq!(here, receipt.amount - standing.gone);
        }
    }
}
