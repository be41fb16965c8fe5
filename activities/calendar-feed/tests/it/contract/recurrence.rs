//! 2.3: series, their exceptions, and what replaces their occurrences.

use calendar_feed::Snapshot;

use super::{calendar, event, odd, one, ranges, read_text, taken};

fn of(events: &[&[&str]]) -> Snapshot {
    let text: String = events.iter().map(|lines| event(lines)).collect();
    read_text(&calendar(&text))
}

#[test]
fn rules_additions_and_exceptions_make_a_series() {
    assert_eq!(
        taken(&[
            "DTSTART:20261204",
            "DTEND:20261206",
            "RRULE:FREQ=WEEKLY;COUNT=4",
            "EXDATE:20261211",
            "RDATE:20261216,20261230"
        ]),
        [
            "12-04/12-06",
            "12-16/12-18",
            "12-18/12-20",
            "12-25/12-27",
            "12-30/2027-01-01"
        ]
    );
    assert_eq!(
        taken(&[
            "DTSTART:20261204T150000",
            "DTEND:20261206T100000",
            "RDATE;VALUE=PERIOD:20261210T180000Z/P3D,20261220T180000Z/20261221T120000Z"
        ]),
        ["12-04/12-06", "12-10/12-13", "12-20/12-21"]
    );
    assert_eq!(
        taken(&["DTSTART:20261204", "EXDATE:20261204"]),
        Vec::<String>::new(),
        "the only one is taken out"
    );
}

#[test]
fn a_count_begins_at_the_start_and_counts_what_is_excluded_or_past() {
    assert_eq!(
        taken(&[
            "DTSTART:20261020",
            "RRULE:FREQ=WEEKLY;COUNT=4",
            "EXDATE:20261103"
        ]),
        ["11-10/11-11"],
        "20 and 27 October are before the window, 3 November is taken out"
    );
}

#[test]
fn an_until_is_the_last_day_that_counts() {
    let start = "DTSTART;TZID=Europe/Madrid:20261204T230000";
    for (lines, expected) in [
        (["DTSTART:20261204", "RRULE:FREQ=DAILY;UNTIL=20261206"], 3),
        (
            [
                "DTSTART:20261204",
                "RRULE:FREQ=DAILY;UNTIL=20261206T000000Z",
            ],
            3,
        ),
        (
            ["DTSTART:20261204", "RRULE:FREQ=DAILY;UNTIL=20261206T235959"],
            3,
        ),
        // Eleven in the evening in Madrid is ten in UTC.
        ([start, "RRULE:FREQ=DAILY;UNTIL=20261206"], 3),
        ([start, "RRULE:FREQ=DAILY;UNTIL=20261206T220000Z"], 3),
        ([start, "RRULE:FREQ=DAILY;UNTIL=20261206T215959Z"], 2),
        ([start, "RRULE:FREQ=DAILY;UNTIL=20261206T230000"], 3),
    ] {
        assert_eq!(taken(&lines).len(), expected, "{lines:?}");
    }
}

#[test]
fn a_series_keeps_its_local_time_through_clock_changes_and_its_length_in_hours() {
    let snapshot = one(&[
        "DTSTART;TZID=Europe/Madrid:20270326T030000",
        "DTEND;TZID=Europe/Madrid:20270326T040000",
        "RRULE:FREQ=DAILY;COUNT=4",
    ]);
    // Three in the morning in Madrid is eleven in the evening here before the change of the 28th, and ten after
    // it: always the day before.
    assert_eq!(
        ranges(&snapshot),
        [
            "2027-03-25/2027-03-26",
            "2027-03-26/2027-03-27",
            "2027-03-27/2027-03-28",
            "2027-03-28/2027-03-29"
        ]
    );
}

#[test]
fn a_series_at_the_edge_of_a_day_follows_the_accommodation() {
    // Half past two in UTC is half past eleven of the day before here.
    assert_eq!(
        taken(&[
            "DTSTART:20261211T023000Z",
            "DTEND:20261211T033000Z",
            "RRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=2"
        ]),
        ["12-10/12-11", "12-17/12-18"]
    );
}

#[test]
fn an_exception_is_a_day_or_an_instant_and_garbage_is_none() {
    let timed = [
        "DTSTART;TZID=Europe/Madrid:20261204T100000",
        "DTEND;TZID=Europe/Madrid:20261204T110000",
        "RRULE:FREQ=DAILY;COUNT=3",
    ];
    for (exception, left) in [
        ("EXDATE;VALUE=DATE:20261205", 2),
        ("EXDATE:20261205", 2),
        ("EXDATE;TZID=Europe/Madrid:20261205T100000", 2),
        ("EXDATE:20261205T090000Z", 2),
        ("EXDATE;TZID=Asia/Tokyo:20261205T180000", 2),
        ("EXDATE:20261205T060000", 2),
        ("EXDATE;TZID=Europe/Madrid:20261205T110000", 3),
        ("EXDATE:20261399", 3),
        ("EXDATE:", 3),
        ("EXDATE:garbage,20261205T090000Z", 2),
    ] {
        let lines = [&timed[..], &[exception]].concat();
        assert_eq!(taken(&lines).len(), left, "{exception}");
    }
    let of_days = [
        "DTSTART:20261204",
        "RRULE:FREQ=DAILY;COUNT=3",
        "EXDATE:20261205T235959Z",
    ];
    assert_eq!(
        taken(&of_days).len(),
        2,
        "a series of days looks at the date"
    );
}

#[test]
fn a_replacement_counts_wherever_it_stands_and_whatever_its_revision() {
    let master: &[&str] = &[
        "UID:a",
        "SEQUENCE:5",
        "DTSTART:20261204",
        "DTEND:20261206",
        "RRULE:FREQ=WEEKLY;COUNT=3",
    ];
    let moved: &[&str] = &[
        "UID:a",
        "SEQUENCE:0",
        "RECURRENCE-ID:20261211",
        "DTSTART:20261213",
        "DTEND:20261214",
    ];
    let expected = ["12-04/12-06", "12-13/12-14", "12-18/12-20"];
    assert_eq!(ranges(&of(&[master, moved])), expected);
    assert_eq!(ranges(&of(&[moved, master])), expected);
    let gone: &[&str] = &[
        "UID:a",
        "RECURRENCE-ID:20261211",
        "DTSTART:20261211",
        "STATUS:CANCELLED",
    ];
    assert_eq!(ranges(&of(&[gone, master])), ["12-04/12-06", "12-18/12-20"]);
    let free: &[&str] = &[
        "UID:a",
        "RECURRENCE-ID:20261211",
        "DTSTART:20261211T100000",
        "TRANSP:TRANSPARENT",
    ];
    assert_eq!(ranges(&of(&[free, master])), ["12-04/12-06", "12-18/12-20"]);
}

#[test]
fn the_newest_of_two_replacements_counts() {
    let master: &[&str] = &[
        "UID:a",
        "DTSTART:20261204T150000Z",
        "RRULE:FREQ=WEEKLY;COUNT=2",
    ];
    let older: &[&str] = &[
        "UID:a",
        "SEQUENCE:1",
        "RECURRENCE-ID:20261211T150000Z",
        "DTSTART:20261212T150000Z",
    ];
    let newer: &[&str] = &[
        "UID:a",
        "SEQUENCE:2",
        "RECURRENCE-ID;TZID=Europe/Madrid:20261211T160000",
        "DTSTART:20261213T150000Z",
    ];
    assert_eq!(
        ranges(&of(&[newer, master, older])),
        ["12-04/12-05", "12-13/12-14"]
    );
}

#[test]
fn a_replacement_without_a_living_master_stands_for_itself() {
    let alone: &[&str] = &[
        "UID:a",
        "RECURRENCE-ID:20261211",
        "DTSTART:20261213",
        "DTEND:20261214",
    ];
    assert_eq!(ranges(&of(&[alone])), ["12-13/12-14"]);
    let cancelled: &[&str] = &[
        "UID:a",
        "DTSTART:20261204",
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "STATUS:CANCELLED",
    ];
    assert_eq!(ranges(&of(&[cancelled, alone])), ["12-13/12-14"]);
    let unreadable: &[&str] = &["UID:a", "RECURRENCE-ID:soon", "DTSTART:20261213"];
    let master: &[&str] = &["UID:a", "DTSTART:20261204", "RRULE:FREQ=WEEKLY;COUNT=2"];
    assert_eq!(
        ranges(&of(&[master, unreadable])).len(),
        3,
        "nothing is replaced by what cannot be read"
    );
}

#[test]
fn this_and_future_is_one_replacement_with_a_warning() {
    let master: &[&str] = &["UID:a", "DTSTART:20261204", "RRULE:FREQ=WEEKLY;COUNT=3"];
    let from_then: &[&str] = &[
        "UID:a",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20261211",
        "DTSTART:20261213",
    ];
    let snapshot = of(&[master, from_then]);
    assert_eq!(
        ranges(&snapshot),
        ["12-04/12-05", "12-13/12-14", "12-18/12-19"]
    );
    assert_eq!(odd(&snapshot), ["this_and_future"]);
}

#[test]
fn a_rule_that_cannot_be_read_takes_the_first_occurrence_with_a_warning() {
    for rule in [
        "FREQ=HOURLY",
        "FREQ=MINUTELY;COUNT=5",
        "FREQ=SECONDLY",
        "FREQ=FORTNIGHTLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;UNTIL=20261203",
        "FREQ=DAILY;UNTIL=20261399",
        "FREQ=DAILY;UNTIL=soon",
        "FREQ=WEEKLY;BYDAY=M\u{d3}",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY; COUNT=2",
        "FREQ=WEEKLY;COUNT",
        "COUNT=2",
        "DAILY",
        "",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;COUNT=99999999999999999999",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=13",
    ] {
        let snapshot = one(&["DTSTART:20261204", &format!("RRULE:{rule}")]);
        assert_eq!(ranges(&snapshot), ["12-04/12-05"], "{rule}");
        assert_eq!(odd(&snapshot), ["bad_rule"], "{rule}");
    }
}

#[test]
fn rules_of_real_calendars_are_expanded() {
    for (rule, expected) in [
        (
            "FREQ=MONTHLY;BYDAY=1FR;COUNT=3",
            vec![
                "12-04/12-05",
                "2027-01-01/2027-01-02",
                "2027-02-05/2027-02-06",
            ],
        ),
        (
            "FREQ=MONTHLY;BYDAY=-1FR;COUNT=2",
            vec!["12-04/12-05", "12-25/12-26", "2027-01-29/2027-01-30"],
        ),
        (
            "FREQ=WEEKLY;BYDAY=FR,SA;WKST=SU;COUNT=4",
            vec!["12-04/12-05", "12-05/12-06", "12-11/12-12", "12-12/12-13"],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;UNTIL=20261231",
            vec!["12-04/12-05", "12-18/12-19"],
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2",
            vec!["12-04/12-05", "12-31/2027-01-01", "2027-01-31/2027-02-01"],
        ),
        (
            "FREQ=YEARLY;UNTIL=20271204",
            vec!["12-04/12-05", "2027-12-04/2027-12-05"],
        ),
        (
            "FREQ=DAILY;BYDAY=MO;COUNT=2",
            vec!["12-04/12-05", "12-07/12-08", "12-14/12-15"],
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=1",
            vec!["12-04/12-05", "12-31/2027-01-01"],
        ),
    ] {
        let lines = ["DTSTART;VALUE=DATE:20261204", &format!("RRULE:{rule}")];
        assert_eq!(taken(&lines), expected, "{rule}");
    }
}
