//! One payment in both books, told in every way in which they can differ.

use super::*;

fn theirs() -> Theirs {
    Theirs {
        status: PaymentStatus::Approved,
        amount: 9_000,
        refunded: 1_000,
        fee: 500,
        currency: "ARS".to_owned(),
        collected: true,
        refunds: 1_000,
    }
}

fn ours() -> BookedPayment {
    BookedPayment {
        id: "1".to_owned(),
        status: "approved".to_owned(),
        amount_centavos: 9_000,
        refunded_centavos: 1_000,
        fee_centavos: 500,
        currency: "ARS".to_owned(),
        collected: true,
        ledger_centavos: 8_000,
        returned_by_us_centavos: 1_000,
    }
}

fn found(theirs: Option<Theirs>, ours: Option<BookedPayment>) -> Vec<String> {
    let differences = Pair { theirs, ours }.differences("1");
    differences.into_iter().map(|it| it.what).collect()
}

#[test]
fn the_same_payment_in_both_books_is_no_difference() {
    assert!(found(Some(theirs()), Some(ours())).is_empty());
}

#[test]
fn money_that_one_side_does_not_know_is_a_difference_and_a_refusal_is_not() {
    assert_eq!(found(Some(theirs()), None).len(), 1);
    assert_eq!(found(None, Some(ours())).len(), 1);
    let refused = Theirs {
        status: PaymentStatus::Rejected,
        ..theirs()
    };
    assert!(found(Some(refused), None).is_empty());
}

#[test]
fn every_amount_is_compared() {
    for (theirs, ours, what) in [
        (
            theirs(),
            BookedPayment {
                amount_centavos: 9_001,
                ..ours()
            },
            "paid",
        ),
        (
            theirs(),
            BookedPayment {
                refunded_centavos: 0,
                ..ours()
            },
            "given back",
        ),
        (
            theirs(),
            BookedPayment {
                fee_centavos: 0,
                ..ours()
            },
            "fee",
        ),
        (
            theirs(),
            BookedPayment {
                ledger_centavos: 9_000,
                ..ours()
            },
            "in the ledger",
        ),
        (
            theirs(),
            BookedPayment {
                returned_by_us_centavos: 2_000,
                ..ours()
            },
            "given back by us",
        ),
        (
            Theirs {
                refunds: 0,
                ..theirs()
            },
            ours(),
            "given back, by its refunds",
        ),
    ] {
        assert_eq!(found(Some(theirs), Some(ours)), [what]);
    }
}

#[test]
fn another_status_is_a_difference() {
    let disputed = Theirs {
        status: PaymentStatus::ChargedBack,
        ..theirs()
    };
    assert_eq!(
        found(Some(disputed), Some(ours())),
        [
            "is charged_back at the provider and approved with us",
            "in the ledger"
        ]
    );
}

#[test]
fn what_went_to_somebody_else_is_in_no_sum() {
    let pair = Pair {
        theirs: Some(Theirs {
            collected: false,
            ..theirs()
        }),
        ours: Some(BookedPayment {
            collected: false,
            ledger_centavos: 0,
            ..ours()
        }),
    };
    assert!(pair.differences("1").is_empty());
    let mut compared = Compared::default();
    pair.add_to(&mut compared);
    assert_eq!((compared.theirs.came, compared.ours.came), (0, 0));
}

#[test]
fn the_sums_of_both_books_are_those_of_their_payments() {
    let pair = Pair {
        theirs: Some(theirs()),
        ours: Some(ours()),
    };
    let mut compared = Compared::default();
    pair.add_to(&mut compared);
    pair.add_to(&mut compared);
    assert_eq!(compared.theirs, compared.ours);
    assert_eq!(compared.theirs.left_centavos(), 15_000);
}
