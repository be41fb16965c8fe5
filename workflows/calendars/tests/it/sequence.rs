//! The sequence of `fixtures/ical`, run by run.

use calendars::{End, Kind, Snapshot};

use crate::feed::{Feed, booked, event, key, says};

const STAY_2: &str = "1418fb94e984-00002@airbnb.com";

fn sequence_1() -> Snapshot {
    says([
        event(
            "7f662ec65913-00091@airbnb.com",
            "2026-11-24",
            "2026-11-27",
            Kind::Block,
        ),
        booked("1418fb94e984-00001@airbnb.com", "2026-12-05", "2026-12-09"),
        booked(STAY_2, "2026-12-26", "2027-01-03"),
        event(
            "7f662ec65913-00099@airbnb.com",
            "2027-11-24",
            "2028-01-01",
            Kind::Rule,
        ),
    ])
}

fn sequence_2() -> Snapshot {
    says([
        event(
            "7f662ec65913-00092@airbnb.com",
            "2026-11-25",
            "2026-11-27",
            Kind::Block,
        ),
        booked("1418fb94e984-00001@airbnb.com", "2026-12-05", "2026-12-10"),
        booked(STAY_2, "2026-12-26", "2027-01-03"),
        event(
            "7f662ec65913-00099@airbnb.com",
            "2027-11-25",
            "2028-01-01",
            Kind::Rule,
        ),
    ])
}

fn sequence_4() -> Snapshot {
    let mut snapshot = sequence_2();
    snapshot.taken.retain(|event| event.key.0 != STAY_2);
    snapshot
}

const ALL: [&str; 4] = [
    "{[2026-11-25,2026-11-27)}",
    "{[2026-12-05,2026-12-10)}",
    "{[2026-12-26,2027-01-03)}",
    "{[2027-11-25,2028-01-01)}",
];

fn after_run_2() -> Feed {
    let mut feed = Feed::default();
    let run_1 = feed.reads("2026-11-24 12:00", sequence_1());
    assert_eq!(run_1.counts.added, 4);
    let run_2 = feed.reads("2026-11-25 06:15", sequence_2());
    assert_eq!((run_2.counts.added, run_2.counts.released), (0, 0));
    assert_eq!(run_2.counts.changed, 3, "grown, moved, slid; all in place");
    assert_eq!(feed.taken(), ALL);
    feed
}

#[test]
fn the_sequence_releases_one_stay_exactly_at_run_5() {
    let mut feed = after_run_2();
    let run_3 = feed.reads("2026-11-25 09:00", says([]));
    assert_eq!(run_3.held.len(), 4, "a valid, empty answer is held");
    assert_eq!(feed.taken(), ALL);
    // Run 3b failed: no snapshot, so nothing to apply.
    let run_4 = feed.reads("2026-11-25 09:15", sequence_4());
    assert!(run_4.held.is_empty(), "the hold ends by itself");
    assert_eq!(run_4.counts.waiting, 1);
    assert_eq!(feed.taken(), ALL, "missing for the first time: still taken");
    let run_5 = feed.reads("2026-11-25 09:30", sequence_4());
    assert_eq!(run_5.counts.released, 1);
    assert_eq!(feed.ended, [(key(STAY_2), End::Disappeared)]);
    assert_eq!(feed.taken(), [ALL[0], ALL[1], ALL[3]]);
    let run_6 = feed.is_told_that_nothing_changed("2026-11-25 09:45");
    assert!(run_6.changes.is_empty());
}

#[test]
fn an_empty_answer_is_believed_after_six_hours() {
    let mut feed = after_run_2();
    let mut minute = 9 * 60;
    while minute < 15 * 60 {
        let at = format!("2026-11-25 {:02}:{:02}", minute / 60, minute % 60);
        let run = feed.reads(&at, says([]));
        assert_eq!((run.held.len(), run.counts.released), (4, 0), "{at}");
        assert_eq!(feed.taken(), ALL, "{at}");
        minute += 15;
    }
    let run = feed.reads("2026-11-25 15:00", says([]));
    assert_eq!((run.held.len(), run.counts.released), (0, 4));
    assert!(feed.taken().is_empty());
}

#[test]
fn an_owner_who_says_keep_them_keeps_them() {
    let mut feed = after_run_2();
    feed.reads("2026-11-25 09:00", says([]));
    feed.keep_dropped = true;
    let run = feed.reads("2026-11-25 21:00", says([]));
    assert_eq!((run.held.len(), run.counts.released), (4, 0));
}
