//! 2.3: from one event to nights.

use calendar_feed::IgnoreSummary;

use super::{odd, one, ranges, taken, taken_with};

#[test]
fn the_table_of_ends_is_kept_line_by_line() {
    for (lines, expected) in [
        (["DTSTART:20261210", "DTEND:20261213"], "12-10/12-13"),
        (["DTSTART:20261210", "SUMMARY:no end"], "12-10/12-11"),
        (["DTSTART:20261210", "DTEND:20261210"], "12-10/12-11"),
        (
            ["DTSTART:20261210T150000", "DTEND:20261213T100000"],
            "12-10/12-13",
        ),
        (
            ["DTSTART:20261210T100000", "DTEND:20261210T110000"],
            "12-10/12-11",
        ),
        (
            ["DTSTART:20261210T100000", "DTEND:20261210T100000"],
            "12-10/12-11",
        ),
        (
            ["DTSTART:20261201T150000", "DTEND:20261204T000000"],
            "12-01/12-04",
        ),
        (
            ["DTSTART:20261210T233000", "DTEND:20261211T003000"],
            "12-10/12-11",
        ),
        (
            ["DTSTART:20261210T000000", "DTEND:20261211T000000"],
            "12-10/12-11",
        ),
        (["DTSTART:20261210", "DURATION:P4D"], "12-10/12-14"),
        (["DTSTART:20261210", "DURATION:P1W"], "12-10/12-17"),
        (["DTSTART:20261210", "DURATION:PT20H"], "12-10/12-11"),
        (["DTSTART:20261210T220000", "DURATION:PT2H"], "12-10/12-11"),
        (["DTSTART:20261210T220000", "DURATION:PT3H"], "12-10/12-11"),
        (
            ["DTSTART:20261210T220000", "DURATION:PT26H30M"],
            "12-10/12-12",
        ),
        (["DTSTART:20261210T150000", "DURATION:P3D"], "12-10/12-13"),
        (["DTSTART:20261210", "DTEND:20261213T100000"], "12-10/12-13"),
        (
            ["DTSTART:20261210T150000", "DTEND;VALUE=DATE:20261213"],
            "12-10/12-13",
        ),
    ] {
        let snapshot = one(&lines);
        assert_eq!(ranges(&snapshot), [expected], "{lines:?}");
        assert!(odd(&snapshot).is_empty(), "{lines:?}");
    }
}

#[test]
fn an_end_that_cannot_be_takes_the_first_night_with_a_warning() {
    for end in [
        "DTEND:20261209",
        "DTEND:20261310",
        "DTEND:",
        "DTEND:soon",
        "DURATION:-P1D",
        "DURATION:P-1D",
        "DURATION:P1101D",
        "DURATION:P99999999999999999999D",
        "DURATION:PT99999999999999999999S",
        "DURATION:1D",
        "DURATION:P1M",
        "DURATION:",
    ] {
        let snapshot = one(&["DTSTART:20261210", end]);
        assert_eq!(ranges(&snapshot), ["12-10/12-11"], "{end}");
        assert_eq!(odd(&snapshot), ["bad_end"], "{end}");
    }
    let backwards = one(&["DTSTART:20261210T150000", "DTEND:20261210T100000"]);
    assert_eq!(
        (ranges(&backwards), odd(&backwards)),
        (vec!["12-10/12-11".to_owned()], vec!["bad_end"])
    );
}

#[test]
fn of_two_ends_the_date_counts() {
    assert_eq!(
        taken(&["DTSTART:20261210", "DURATION:P9D", "DTEND:20261213"]),
        ["12-10/12-13"]
    );
    assert_eq!(
        taken(&["DTSTART:20261210", "DTEND:20261213", "DURATION:-P1D"]),
        ["12-10/12-13"]
    );
}

#[test]
fn an_end_may_stand_before_the_start_and_in_another_zone() {
    assert_eq!(
        taken(&["DTEND:20261213", "DTSTART:20261210"]),
        ["12-10/12-13"]
    );
    // From ten in the evening in Madrid (six here) to one in the morning in Tokyo (one in the afternoon here,
    // the day before).
    let lines = [
        "DTSTART;TZID=Europe/Madrid:20261210T220000",
        "DTEND;TZID=Asia/Tokyo:20261213T010000",
    ];
    assert_eq!(taken(&lines), ["12-10/12-12"]);
}

#[test]
fn long_blocks_are_clipped_to_the_window_and_what_lies_outside_is_left_out() {
    assert_eq!(
        taken(&["DTSTART:20200101", "DTEND:20261103"]),
        ["11-01/11-03"]
    );
    assert_eq!(
        taken(&["DTSTART:20271230", "DTEND:99991231"]),
        ["2027-12-30/2028-01-01"]
    );
    assert_eq!(
        taken(&["DTSTART:00010101", "DTEND:99991231"]),
        ["11-01/2028-01-01"]
    );
    assert!(taken(&["DTSTART:20261001", "DTEND:20261101"]).is_empty());
    assert!(taken(&["DTSTART:20280101", "DTEND:20280105"]).is_empty());
}

#[test]
fn what_is_cancelled_takes_nothing_and_what_is_tentative_does() {
    for status in ["CANCELLED", "CANCELED", "cancelled", " Cancelled "] {
        let snapshot = one(&["DTSTART:20261210", &format!("STATUS:{status}")]);
        assert_eq!(
            (snapshot.cancelled, snapshot.blocks.len()),
            (1, 0),
            "{status}"
        );
        assert_eq!(snapshot.silent.len(), 1, "it says that its nights are free");
    }
    for status in ["TENTATIVE", "CONFIRMED", "WHATEVER", ""] {
        assert_eq!(
            taken(&["DTSTART:20261210", &format!("STATUS:{status}")]).len(),
            1,
            "{status}"
        );
    }
    let tentative = ["UID:a", "DTSTART:20261210", "STATUS:TENTATIVE"];
    assert!(taken_with(|settings| settings.tentative_blocks = false, &tentative).is_empty());
}

#[test]
fn what_is_free_takes_nothing_unless_it_is_all_day() {
    let timed = one(&[
        "DTSTART:20261210T150000",
        "DTEND:20261213T100000",
        "TRANSP:TRANSPARENT",
    ]);
    assert_eq!((timed.skipped_free, timed.blocks.len()), (1, 0));
    let all_day = [
        "UID:a",
        "DTSTART:20261210",
        "DTEND:20261213",
        "TRANSP:TRANSPARENT",
    ];
    assert_eq!(taken(&all_day), ["12-10/12-13"]);
    assert!(taken_with(|settings| settings.free_all_day_blocks = false, &all_day).is_empty());
    assert_eq!(
        taken(&["DTSTART:20261210T150000", "TRANSP:OPAQUE"]),
        ["12-10/12-11"]
    );
}

#[test]
fn a_summary_decides_nothing_unless_the_owner_says_so() {
    for summary in [
        "free",
        "Available",
        "CANCELLED",
        "DELETED",
        "",
        "Check-out Ana",
    ] {
        assert_eq!(
            taken(&["DTSTART:20261210T110000", &format!("SUMMARY:{summary}")]).len(),
            1,
            "{summary}"
        );
    }
    let ignore = |timed_only| {
        move |settings: &mut calendar_feed::Settings| {
            let pattern = IgnoreSummary::parse("Check-(in|out)", timed_only);
            settings.ignore_summary = Some(pattern.expect("a pattern"));
        }
    };
    let marker = ["UID:a", "DTSTART:20261213T110000", "SUMMARY:CHECK-OUT Ana"];
    assert!(taken_with(ignore(true), &marker).is_empty());
    let stay = ["UID:a", "DTSTART:20261213", "SUMMARY:Check-out Ana"];
    assert_eq!(
        taken_with(ignore(true), &stay).len(),
        1,
        "an all-day event is a stay"
    );
}

#[test]
fn the_cleaning_of_an_evening_takes_its_own_night_alone() {
    // Until after midnight, as cleaning after a late check-out: the check-out is on the second day.
    assert_eq!(
        taken(&["DTSTART:20261210T220000", "DTEND:20261211T020000"]),
        ["12-10/12-11"]
    );
    assert_eq!(
        taken(&["DTSTART:20261210T100000", "DTEND:20261212T090000"]),
        ["12-10/12-12"]
    );
}
