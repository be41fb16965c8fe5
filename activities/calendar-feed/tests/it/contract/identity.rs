//! 2.3: identity and revisions within a snapshot, and 5.1: what is our own.

use calendar_feed::Snapshot;

use super::{calendar, event, one, ranges, read_text};

fn of(events: &[&[&str]]) -> Snapshot {
    let text: String = events.iter().map(|lines| event(lines)).collect();
    read_text(&calendar(&text))
}

#[test]
fn the_highest_revision_counts_and_lower_ones_are_discarded() {
    let older: &[&str] = &["UID:a", "SEQUENCE:1", "DTSTART:20261210"];
    let newer: &[&str] = &["UID:a", "SEQUENCE:2", "DTSTART:20261220"];
    let cancelled: &[&str] = &[
        "UID:a",
        "SEQUENCE:3",
        "DTSTART:20261210",
        "STATUS:CANCELLED",
    ];
    let unnumbered: &[&str] = &["UID:a", "DTSTART:20261201"];
    let unreadable: &[&str] = &["UID:a", "SEQUENCE:first", "DTSTART:20261202"];
    assert_eq!(ranges(&of(&[older, newer, unnumbered])), ["12-20/12-21"]);
    assert_eq!(ranges(&of(&[newer, unreadable, older])), ["12-20/12-21"]);
    assert!(ranges(&of(&[older, cancelled, newer])).is_empty());
    let older_cancellation: &[&str] = &[
        "UID:a",
        "SEQUENCE:1",
        "DTSTART:20261210",
        "STATUS:CANCELLED",
    ];
    assert_eq!(ranges(&of(&[older_cancellation, newer])), ["12-20/12-21"]);
    assert_eq!(
        ranges(&of(&[unnumbered, unreadable])),
        ["12-01/12-02", "12-02/12-03"],
        "both are 0"
    );
}

#[test]
fn a_revision_without_a_readable_start_discards_nobody() {
    let readable: &[&str] = &["UID:a", "SEQUENCE:1", "DTSTART:20261210"];
    let garbled: &[&str] = &["UID:a", "SEQUENCE:9", "DTSTART:20261399"];
    let snapshot = of(&[readable, garbled]);
    assert_eq!(ranges(&snapshot), ["12-10/12-11"]);
    assert_eq!(snapshot.rejected.len(), 1);
}

#[test]
fn events_that_tie_all_count_and_equal_ranges_once() {
    let one: &[&str] = &["UID:a", "DTSTART:20261210", "DTEND:20261212"];
    let two: &[&str] = &["UID:a", "DTSTART:20261220", "DTEND:20261222"];
    let snapshot = of(&[one, two, one]);
    assert_eq!(ranges(&snapshot), ["12-10/12-12", "12-20/12-22"]);
    assert_eq!(snapshot.blocks.len(), 1, "one key can hold several ranges");
    let cancelled: &[&str] = &[
        "UID:a",
        "DTSTART:20261220",
        "DTEND:20261222",
        "STATUS:CANCELLED",
    ];
    assert_eq!(ranges(&of(&[one, cancelled])), ["12-10/12-12"]);
}

#[test]
fn an_event_without_a_uid_has_a_key_of_start_end_and_summary() {
    let key = |lines: &[&str]| of(&[lines]).blocks[0].key.clone();
    let lines = ["DTSTART:20261210", "DTEND:20261212", "SUMMARY:Ana"];
    assert_eq!(
        key(&lines),
        key(&[
            "SUMMARY:Ana",
            "DTEND:20261212",
            "DTSTART:20261210",
            "DTSTAMP:20261124T120000Z"
        ])
    );
    for other in [
        ["DTSTART:20261211", "DTEND:20261212", "SUMMARY:Ana"],
        ["DTSTART:20261210", "DTEND:20261213", "SUMMARY:Ana"],
        ["DTSTART:20261210", "DTEND:20261212", "SUMMARY:Eva"],
    ] {
        assert_ne!(key(&lines), key(&other), "{other:?}");
    }
    let empty = of(&[
        &["UID:", "DTSTART:20261210"],
        &["UID:  ", "DTSTART:20261215"],
    ]);
    assert_eq!(empty.blocks.len(), 2, "an empty UID is none");
}

#[test]
fn a_replaced_occurrence_is_the_same_instant_in_any_zone() {
    let key = |replaces: &str| {
        of(&[&["UID:a", replaces, "DTSTART:20261210"]]).blocks[0]
            .key
            .clone()
    };
    let utc = key("RECURRENCE-ID:20261210T130000Z");
    assert_eq!(
        utc,
        key("RECURRENCE-ID;TZID=America/Argentina/Buenos_Aires:20261210T100000")
    );
    assert_eq!(utc, key("RECURRENCE-ID:20261210T100000"));
    assert_ne!(utc, key("RECURRENCE-ID:20261210"));
}

#[test]
fn events_under_our_own_domain_are_ours_and_no_others() {
    for uid in [
        "blk-1@reservas.example.com",
        "blk-1@RESERVAS.Example.COM",
        "someone@channel.example@reservas.example.com",
    ] {
        let snapshot = one(&[&format!("UID:{uid}"), "DTSTART:20261210"]);
        assert_eq!(
            (snapshot.own_events, snapshot.blocks.len()),
            (1, 0),
            "{uid}"
        );
        assert!(snapshot.silent.is_empty(), "{uid}");
    }
    for uid in [
        "x@notreservas.example.com",
        "reservas.example.com-1@channel.example",
        "x@reservas.example.com.evil.example",
        "reservas.example.com",
        "blk-1@reservas.example.com@channel.example",
        "x@",
    ] {
        assert_eq!(
            one(&[&format!("UID:{uid}"), "DTSTART:20261210"])
                .blocks
                .len(),
            1,
            "{uid}"
        );
    }
}

#[test]
fn what_is_kept_of_a_summary_is_short_and_without_control_characters() {
    let long = format!("SUMMARY:\u{7}Ana\\, Eva\\n\u{1b}[31m {}", "x".repeat(500));
    let snapshot = one(&["DTSTART:20261210", &long]);
    let summary = snapshot.blocks[0].summary.as_deref().expect("a summary");
    assert!(summary.starts_with("Ana, Eva"), "{summary}");
    assert!(summary.chars().count() <= 200 && !summary.chars().any(char::is_control));
}
