//! Matching, disappearance and the safety valve, case by case.

use calendars::{End, Incoming, Kind, Snapshot};

use crate::feed::{Feed, booked, event, key, says};

fn three_stays() -> [Incoming; 3] {
    [
        booked("a", "2026-12-05", "2026-12-09"),
        booked("b", "2026-12-12", "2026-12-15"),
        booked("c", "2026-12-20", "2026-12-22"),
    ]
}

fn reading(events: impl IntoIterator<Item = Incoming>) -> Feed {
    let mut feed = Feed::default();
    feed.reads("2026-11-24 12:00", says(events));
    feed
}

#[test]
fn the_same_answer_twice_changes_nothing() {
    let mut feed = reading(three_stays());
    assert!(
        feed.reads("2026-11-24 12:15", says(three_stays()))
            .changes
            .is_empty()
    );
}

#[test]
fn a_new_name_for_the_same_nights_is_the_same_block() {
    let mut feed = reading(three_stays());
    let mut renamed = three_stays();
    renamed[1].key = key("z");
    let run = feed.reads("2026-11-24 12:15", says(renamed));
    assert_eq!((run.counts.added, run.counts.waiting), (0, 0));
    assert_eq!(feed.blocks.len(), 3);
    assert_eq!(feed.blocks[1].key.0, "z");
}

#[test]
fn a_block_that_moves_keeps_its_identity_and_the_best_overlap_wins() {
    let mut feed = reading([
        event("old-1", "2026-12-01", "2026-12-05", Kind::Block),
        event("old-2", "2026-12-05", "2026-12-15", Kind::Block),
    ]);
    let run = feed.reads(
        "2026-11-24 12:15",
        says([
            event("new-1", "2026-12-04", "2026-12-14", Kind::Block),
            event("new-2", "2026-12-02", "2026-12-04", Kind::Block),
        ]),
    );
    assert_eq!((run.counts.added, run.counts.changed), (0, 2));
    assert_eq!(
        feed.blocks
            .iter()
            .map(|block| block.key.0.as_str())
            .collect::<Vec<_>>(),
        ["new-2", "new-1"]
    );
}

#[test]
fn stays_that_share_only_a_night_in_their_middle_are_two() {
    let mut feed = reading([
        booked("a", "2026-12-05", "2026-12-09"),
        booked("b", "2026-12-20", "2026-12-22"),
    ]);
    let run = feed.reads(
        "2026-11-24 12:15",
        says([
            booked("x", "2026-12-06", "2026-12-12"),
            booked("b", "2026-12-20", "2026-12-22"),
        ]),
    );
    assert_eq!((run.counts.added, run.counts.waiting), (1, 1));
}

#[test]
fn a_shorter_stay_frees_nights_at_once() {
    let mut feed = reading(three_stays());
    let mut shorter = three_stays();
    shorter[0] = booked("a", "2026-12-05", "2026-12-07");
    feed.reads("2026-11-24 12:15", says(shorter));
    assert_eq!(feed.taken()[0], "{[2026-12-05,2026-12-07)}");
}

#[test]
fn what_says_that_it_is_cancelled_is_free_at_once() {
    let mut feed = reading(three_stays());
    let run = feed.reads(
        "2026-11-24 12:01",
        Snapshot {
            taken: three_stays()[1..].to_vec(),
            silent: vec![key("a")],
            unreadable: Vec::new(),
        },
    );
    assert!(run.held.is_empty());
    assert_eq!(feed.ended, [(key("a"), End::Cancelled)]);
}

#[test]
fn two_misses_within_25_minutes_are_not_enough() {
    let mut feed = reading(three_stays());
    for (at, left) in [("12:10", 3), ("12:20", 3), ("12:24", 3), ("12:25", 2)] {
        feed.reads(
            &format!("2026-11-24 {at}"),
            says(three_stays()[1..].to_vec()),
        );
        assert_eq!(feed.blocks.len(), left, "{at}");
    }
}

#[test]
fn a_block_seen_again_starts_anew() {
    let mut feed = reading(three_stays());
    feed.reads("2026-11-24 13:00", says(three_stays()[1..].to_vec()));
    feed.reads("2026-11-24 14:00", says(three_stays()));
    feed.reads("2026-11-24 15:00", says(three_stays()[1..].to_vec()));
    assert_eq!(feed.blocks.len(), 3);
    feed.reads("2026-11-24 16:00", says(three_stays()[1..].to_vec()));
    assert_eq!(feed.blocks.len(), 2);
}

#[test]
fn nothing_changed_repeats_the_miss() {
    let mut feed = reading(three_stays());
    feed.reads("2026-11-24 13:00", says(three_stays()[1..].to_vec()));
    assert_eq!(feed.blocks.len(), 3);
    feed.is_told_that_nothing_changed("2026-11-24 13:30");
    assert_eq!(feed.blocks.len(), 2);
}

#[test]
fn nothing_changed_ends_a_hold_and_misses_nothing() {
    let mut feed = reading(three_stays());
    assert_eq!(feed.reads("2026-11-24 13:00", says([])).held.len(), 3);
    feed.is_told_that_nothing_changed("2026-11-24 13:15");
    assert!(
        feed.blocks
            .iter()
            .all(|block| block.misses == 0 && block.held_since.is_none())
    );
    assert!(
        feed.is_told_that_nothing_changed("2026-11-24 19:15")
            .changes
            .is_empty()
    );
}

#[test]
fn what_cannot_be_read_stays_taken() {
    let mut feed = reading(three_stays());
    for at in ["13:00", "14:00", "15:00"] {
        feed.reads(
            &format!("2026-11-24 {at}"),
            Snapshot {
                taken: three_stays()[1..].to_vec(),
                silent: Vec::new(),
                unreadable: vec!["a".to_owned()],
            },
        );
    }
    assert_eq!(feed.blocks.len(), 3);
}

#[test]
fn most_of_many_is_held_and_half_of_them_is_not() {
    let stays = |range: std::ops::RangeInclusive<u32>| -> Vec<Incoming> {
        range
            .map(|day| {
                booked(
                    &format!("s{day}"),
                    &format!("2026-12-{day:02}"),
                    &format!("2026-12-{:02}", day + 1),
                )
            })
            .collect()
    };
    let mut feed = reading(stays(1..=8));
    assert!(
        feed.reads("2026-11-24 13:00", says(stays(5..=8)))
            .held
            .is_empty()
    );
    let mut feed = reading(stays(1..=8));
    assert_eq!(
        feed.reads("2026-11-24 13:00", says(stays(6..=8)))
            .held
            .len(),
        5
    );
    let mut feed = reading(stays(1..=3));
    assert!(
        feed.reads("2026-11-24 13:00", says(stays(3..=3)))
            .held
            .is_empty(),
        "two are not three"
    );
}

#[test]
fn the_only_stay_of_a_feed_is_held() {
    let mut feed = reading([booked("a", "2026-12-05", "2026-12-09")]);
    assert_eq!(feed.reads("2026-11-24 13:00", says([])).held.len(), 1);
}

#[test]
fn rules_come_and_go_without_a_hold() {
    let mut feed = reading([event("r", "2027-11-24", "2028-01-01", Kind::Rule)]);
    assert!(feed.reads("2026-11-24 13:00", says([])).held.is_empty());
    feed.reads("2026-11-24 13:30", says([]));
    assert!(feed.blocks.is_empty());
}

#[test]
fn new_events_are_taken_while_others_are_held() {
    let mut feed = reading(three_stays());
    let run = feed.reads(
        "2026-11-24 13:00",
        says([booked("n", "2027-01-05", "2027-01-06")]),
    );
    assert_eq!((run.held.len(), run.counts.added), (3, 1));
    assert_eq!(feed.blocks.len(), 4);
}

#[test]
fn a_hold_is_no_miss_and_sightings_during_it_count() {
    let mut feed = reading(three_stays());
    // `c` is seen at 13:20, although that run is held for `a` and `b` and a fourth.
    let mut four = three_stays().to_vec();
    four.push(booked("d", "2026-12-28", "2026-12-29"));
    feed.reads("2026-11-24 13:00", says(four));
    let only_c = || says([three_stays()[2].clone()]);
    assert_eq!(feed.reads("2026-11-24 13:20", only_c()).held.len(), 3);
    // Then `a`, `b` and `d` return and `c` is gone.
    let without_c = || {
        says([
            three_stays()[0].clone(),
            three_stays()[1].clone(),
            booked("d", "2026-12-28", "2026-12-29"),
        ])
    };
    feed.reads("2026-11-24 13:25", without_c());
    feed.reads("2026-11-24 13:40", without_c());
    assert_eq!(feed.blocks.len(), 4, "last seen twenty minutes ago");
    feed.reads("2026-11-24 13:45", without_c());
    assert_eq!(feed.blocks.len(), 3);
}

#[test]
fn past_stays_are_put_away_and_never_count() {
    let mut feed = reading([
        booked("past", "2026-11-20", "2026-11-25"),
        booked("b", "2026-12-12", "2026-12-15"),
    ]);
    let run = feed.reads(
        "2026-11-25 12:00",
        says([
            booked("past", "2026-11-20", "2026-11-25"),
            booked("b", "2026-12-12", "2026-12-15"),
        ]),
    );
    assert_eq!((run.counts.released, run.counts.added), (0, 0));
    assert_eq!(feed.ended, [(key("past"), End::Over)]);
    assert!(
        feed.reads(
            "2026-11-25 12:15",
            says([
                booked("past", "2026-11-20", "2026-11-25"),
                booked("b", "2026-12-12", "2026-12-15")
            ])
        )
        .changes
        .is_empty()
    );
}

#[test]
fn an_older_copy_is_believed_when_it_comes_twice() {
    let numbered = |sequence, to: &str| {
        let mut event = booked("a", "2026-12-05", to);
        event.sequence = Some(sequence);
        [event, booked("b", "2026-12-12", "2026-12-15")]
    };
    let mut feed = reading(numbered(3, "2026-12-09"));
    let run = feed.reads("2026-11-24 13:00", says(numbered(2, "2026-12-08")));
    assert_eq!(run.counts.stale, 1);
    assert_eq!(feed.taken()[0], "{[2026-12-05,2026-12-09)}");
    let mut again = feed.clone();
    again.reads("2026-11-24 13:15", says(numbered(2, "2026-12-08")));
    assert_eq!(again.taken()[0], "{[2026-12-05,2026-12-08)}");
    let mut unchanged = feed.clone();
    unchanged.is_told_that_nothing_changed("2026-11-24 13:15");
    assert_eq!(unchanged.taken()[0], "{[2026-12-05,2026-12-08)}");
    feed.reads("2026-11-24 13:15", says(numbered(4, "2026-12-10")));
    assert_eq!(feed.taken()[0], "{[2026-12-05,2026-12-10)}");
}

#[test]
fn a_hostile_feed_is_matched_in_no_time() {
    let shifted = |uid: &str, by: u32| {
        let uid = uid.to_owned();
        (0..5_000_u32).map(move |number| {
            let from = 1 + (number + by) % 20;
            event(
                &format!("{uid}{number}"),
                &format!("2026-12-{from:02}"),
                &format!("2027-01-{:02}", 1 + number % 30),
                Kind::Block,
            )
        })
    };
    let mut feed = reading(shifted("a", 0));
    feed.reads("2026-11-24 13:00", says(shifted("b", 7)));
}
