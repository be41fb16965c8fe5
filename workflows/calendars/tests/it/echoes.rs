//! Nights of ours that come back.

use calendars::{Kind, Served};

use crate::feed::{Feed, booked, event, nights, says, time};

fn having_served(at: &str) -> Feed {
    Feed {
        served: vec![Served {
            at: time(at),
            nights: nights("2027-01-10", "2027-01-13"),
        }],
        ..Feed::default()
    }
}

#[test]
fn nights_that_the_channel_had_fetched_before_are_an_echo() {
    let mut feed = having_served("2026-11-24 11:00");
    feed.reads(
        "2026-11-24 12:00",
        says([event("e", "2027-01-10", "2027-01-13", Kind::Block)]),
    );
    assert!(feed.blocks[0].echo);
}

#[test]
fn nights_seen_before_the_channel_had_fetched_them_are_a_second_booking() {
    let mut feed = having_served("2026-11-24 12:30");
    for at in ["2026-11-24 12:00", "2026-11-24 13:00"] {
        feed.reads(
            at,
            says([event("e", "2027-01-10", "2027-01-13", Kind::Unknown)]),
        );
        assert!(!feed.blocks[0].echo);
    }
}

#[test]
fn a_reservation_is_never_an_echo_and_neither_are_more_nights_than_ours() {
    let mut feed = having_served("2026-11-24 11:00");
    feed.reads(
        "2026-11-24 12:00",
        says([
            booked("r", "2027-01-10", "2027-01-13"),
            event("e", "2027-01-10", "2027-01-14", Kind::Block),
        ]),
    );
    assert!(feed.blocks.iter().all(|block| !block.echo));
}

#[test]
fn an_echo_that_grows_by_nights_that_are_not_ours_is_none_any_more() {
    let mut feed = having_served("2026-11-24 11:00");
    feed.reads(
        "2026-11-24 12:00",
        says([event("e", "2027-01-10", "2027-01-13", Kind::Block)]),
    );
    feed.reads(
        "2026-11-24 12:15",
        says([event("e", "2027-01-10", "2027-01-12", Kind::Block)]),
    );
    assert!(feed.blocks[0].echo, "fewer nights are still ours");
    feed.reads(
        "2026-11-24 12:30",
        says([event("e", "2027-01-10", "2027-01-15", Kind::Block)]),
    );
    assert!(!feed.blocks[0].echo);
}

#[test]
fn an_echo_stays_while_it_is_in_the_feed() {
    let mut feed = having_served("2026-11-24 11:00");
    let echo = || {
        says([
            event("e", "2027-01-10", "2027-01-13", Kind::Block),
            booked("b", "2027-02-01", "2027-02-03"),
        ])
    };
    feed.reads("2026-11-24 12:00", echo());
    feed.served.clear();
    assert!(feed.reads("2026-11-24 18:00", echo()).changes.is_empty());
    assert!(feed.blocks[0].echo);
}
