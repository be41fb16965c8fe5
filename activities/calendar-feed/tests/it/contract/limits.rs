//! 6: limits, and feeds that are made to exhaust us.

use calendar_feed::{ReadError, read};

use super::{calendar, event, one, ranges, refused, taken};
use crate::fixtures::settings;

#[test]
fn more_bytes_or_events_than_allowed_fail_the_run() {
    let mut settings = settings();
    settings.limits.events = 3;
    let events = |count: usize| calendar(&event(&["UID:a", "DTSTART:20261210"]).repeat(count));
    assert!(read(events(3).as_bytes(), &settings).is_ok());
    assert_eq!(
        read(events(4).as_bytes(), &settings),
        Err(ReadError::LimitsExceeded)
    );
    settings.limits.body_bytes = 100;
    assert_eq!(
        read(events(3).as_bytes(), &settings),
        Err(ReadError::LimitsExceeded)
    );
}

#[test]
fn a_huge_line_is_cut_and_costs_nobody_else_anything() {
    let huge = format!("DESCRIPTION:{}", "x".repeat(3_000_000));
    assert_eq!(
        taken(&["DTSTART:20261210", &huge, "DTEND:20261213"]),
        ["12-10/12-13"]
    );
    let folded = format!("X-LONG:{}", "\r\n x".repeat(300_000));
    assert_eq!(
        taken(&["DTSTART:20261210", &folded, "DTEND:20261213"]),
        ["12-10/12-13"]
    );
    let rule = format!("RRULE:FREQ=DAILY;COUNT=3;BYDAY={}", "MO,".repeat(30_000));
    assert_eq!(
        taken(&["DTSTART:20261210", &rule]),
        ["12-10/12-11"],
        "half a rule is none"
    );
}

#[test]
fn a_head_without_an_end_is_skipped_before_it_costs_anything() {
    let head = format!("DTSTART{}:20261210", ";P=v".repeat(100_000));
    let snapshot = one(&[&head, "DTSTART:20261211"]);
    assert_eq!(ranges(&snapshot), ["12-11/12-12"]);
    assert_eq!(snapshot.skipped_lines, 1);
}

#[test]
fn a_series_with_too_many_occurrences_fails_the_run() {
    let days: Vec<String> = (0..1_001)
        .map(|minute| format!("20261210T{:02}{:02}00", minute / 60, minute % 60))
        .collect();
    let many = format!("RDATE:{}", days.join(","));
    let text = calendar(&event(&["UID:a", "DTSTART:20261209T000000", &many]));
    assert_eq!(refused(text.as_bytes()), ReadError::LimitsExceeded);
    let text = calendar(&event(&["UID:a", "DTSTART:00010101", "RRULE:FREQ=DAILY"]));
    assert_eq!(
        refused(text.as_bytes()),
        ReadError::LimitsExceeded,
        "739,000 days to the window"
    );
    let text = calendar(&event(&[
        "UID:a",
        "DTSTART:19000101",
        "RRULE:FREQ=DAILY;INTERVAL=2",
    ]));
    assert!(read(text.as_bytes(), &settings()).is_ok());
}

#[test]
fn rules_that_never_come_true_end() {
    for rule in [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4",
        "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=YEARLY;BYWEEKNO=1;BYMONTH=7",
        "FREQ=DAILY;INTERVAL=4294967295",
        "FREQ=YEARLY;COUNT=4294967295;BYMONTHDAY=29;BYMONTH=2",
    ] {
        let text = calendar(&event(&[
            "UID:a",
            "DTSTART:20261210",
            &format!("RRULE:{rule}"),
        ]));
        let first = read(text.as_bytes(), &settings()).map(|snapshot| ranges(&snapshot).remove(0));
        assert!(
            matches!(
                first.as_deref(),
                Ok("12-10/12-11") | Err(ReadError::LimitsExceeded)
            ),
            "{rule}: {first:?}"
        );
    }
}

#[test]
fn many_expensive_rules_are_refused_in_the_end() {
    let mut settings = settings();
    settings.limits.cpu_time = std::time::Duration::from_millis(50);
    let rule = "RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYMONTH=1,2,3,4,5,6;BYSETPOS=1,2,3,-1,-2;BYHOUR=0,1,2,3,4,5;BYMINUTE=0,10,20";
    let text = calendar(&event(&["UID:a", "DTSTART:19700101T000000", rule]).repeat(2_000));
    assert_eq!(
        read(text.as_bytes(), &settings),
        Err(ReadError::LimitsExceeded)
    );
}
