//! The rows that keep others from the nights.

use calendars::{Claim, Moved, NightSet, Nights, Row, Rows, occupy};
use chrono::{NaiveDate, TimeDelta};

use crate::feed::{day, nights, time};

fn claim(block: i64, from: &str, to: &str) -> Claim {
    Claim {
        block,
        first_seen: time("2026-11-24 12:00") + TimeDelta::minutes(block),
        nights: nights(from, to),
    }
}

fn range(from: &str, to: &str) -> Nights {
    nights(from, to).ranges()[0]
}

fn row(code: &str, block: i64, from: &str, to: &str) -> Row {
    Row {
        code: code.to_owned(),
        block,
        nights: range(from, to),
    }
}

fn today() -> NaiveDate {
    day("2026-11-24")
}

#[test]
fn a_block_takes_the_nights_that_are_not_ours() {
    let plan = occupy(
        &[claim(1, "2027-01-08", "2027-01-20")],
        &[],
        &nights("2027-01-10", "2027-01-13"),
        today(),
    );
    assert_eq!(
        plan.taken,
        [
            (1, range("2027-01-08", "2027-01-10")),
            (1, range("2027-01-13", "2027-01-20"))
        ]
    );
}

#[test]
fn rows_that_say_what_is_claimed_are_left_alone() {
    let claims = [claim(1, "2027-01-08", "2027-01-20")];
    let rows = [row("R", 1, "2027-01-08", "2027-01-20")];
    assert!(occupy(&claims, &rows, &NightSet::EMPTY, today()).is_empty());
    let yesterday = [row("R", 1, "2026-11-20", "2026-11-30")];
    let slid = [claim(1, "2026-11-24", "2026-11-30")];
    assert!(
        occupy(&slid, &yesterday, &NightSet::EMPTY, today()).is_empty(),
        "what lies behind is history"
    );
}

#[test]
fn a_block_that_grows_keeps_its_row() {
    let plan = occupy(
        &[claim(1, "2027-01-07", "2027-01-12")],
        &[row("R", 1, "2027-01-08", "2027-01-10")],
        &NightSet::EMPTY,
        today(),
    );
    let moved = Moved {
        code: "R".to_owned(),
        meanwhile: range("2027-01-08", "2027-01-10"),
        nights: range("2027-01-07", "2027-01-12"),
    };
    assert_eq!(
        plan,
        Rows {
            moved: vec![moved],
            ..Rows::default()
        }
    );
}

#[test]
fn nights_of_two_blocks_go_to_the_one_that_has_them_and_then_to_the_other() {
    let both = [
        claim(1, "2027-01-08", "2027-01-12"),
        claim(2, "2027-01-10", "2027-01-14"),
    ];
    let has_2 = [row("B", 2, "2027-01-10", "2027-01-14")];
    let plan = occupy(&both, &has_2, &NightSet::EMPTY, today());
    assert_eq!(plan.taken, [(1, range("2027-01-08", "2027-01-10"))]);
    let only_1 = occupy(&both[..1], &has_2, &NightSet::EMPTY, today());
    assert_eq!(only_1.given_up, ["B"]);
    assert_eq!(only_1.taken, [(1, range("2027-01-08", "2027-01-12"))]);
}

#[test]
fn a_long_block_is_several_rows() {
    let plan = occupy(
        &[claim(1, "2027-01-01", "2027-12-31")],
        &[],
        &NightSet::EMPTY,
        today(),
    );
    assert_eq!(plan.taken.len(), 5);
    assert!(plan.taken.iter().all(|(_, nights)| nights.count() <= 90));
}

#[test]
fn many_blocks_on_the_same_nights_are_fitted_in_no_time() {
    let claims: Vec<_> = (0..50_000)
        .map(|block| claim(block, "2027-01-01", "2027-12-31"))
        .collect();
    assert_eq!(
        occupy(&claims, &[], &NightSet::EMPTY, today()).taken.len(),
        5
    );
}
