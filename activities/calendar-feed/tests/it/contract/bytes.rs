//! 2.1: from bytes to content lines.

use calendar_feed::{ReadError, read};

use super::{calendar, event, one, ranges, read_text, refused, taken};
use crate::fixtures::settings;

const STAY: [&str; 3] = [
    "UID:a",
    "DTSTART;VALUE=DATE:20261210",
    "DTEND;VALUE=DATE:20261213",
];

fn of(body: &[u8]) -> Vec<String> {
    ranges(&read(body, &settings()).expect("a calendar"))
}

#[test]
fn lines_may_end_in_every_way_and_begin_with_a_byte_order_mark() {
    let text = calendar(&event(&STAY));
    for end in ["\n", "\r", "\r\n", "\r\r\n"] {
        let body = text.replace("\r\n", end);
        assert_eq!(of(body.as_bytes()), ["12-10/12-13"], "{end:?}");
        assert_eq!(
            of(format!("\u{feff}{body}").as_bytes()),
            ["12-10/12-13"],
            "{end:?}"
        );
    }
    let last = text.trim_end();
    assert_eq!(
        of(last.as_bytes()),
        ["12-10/12-13"],
        "the last line may not end at all"
    );
}

#[test]
fn lines_may_be_folded_after_every_octet() {
    let text = calendar(&event(&[
        "UID:caba\u{f1}a",
        "DTSTART;VALUE=DATE:20261210",
        "DTEND;VALUE=DATE:20261213",
        "SUMMARY:Caba\u{f1}a \u{1f3e1}",
    ]));
    for (blank, end) in [(" ", "\r\n"), ("\t", "\n"), (" ", "\r")] {
        let mut folded = Vec::new();
        for line in text.split_terminator("\r\n") {
            for (at, byte) in line.bytes().enumerate() {
                if at > 0 {
                    folded.extend_from_slice(format!("{end}{blank}").as_bytes());
                }
                folded.push(byte);
            }
            folded.extend_from_slice(end.as_bytes());
        }
        let snapshot = read(&folded, &settings()).expect("a calendar");
        assert_eq!(ranges(&snapshot), ["12-10/12-13"]);
        assert_eq!(snapshot.blocks[0].uid.as_deref(), Some("caba\u{f1}a"));
        assert_eq!(
            snapshot.blocks[0].summary.as_deref(),
            Some("Caba\u{f1}a \u{1f3e1}")
        );
    }
}

#[test]
fn nul_bytes_vanish_and_what_is_not_utf_8_is_latin_1() {
    let text = calendar(&event(&[
        "UID:a",
        "DTSTART:2026\u{0}1210",
        "DTEND:20261213",
        "SUM\u{0}MARY:x",
    ]));
    assert_eq!(of(text.as_bytes()), ["12-10/12-13"]);
    let mut body = calendar(&event(&["UID:a", "DTSTART:20261210", "SUMMARY:Caba#a"])).into_bytes();
    let at = body.iter().position(|byte| *byte == b'#').expect("a mark");
    body[at] = 0xf1;
    let snapshot = read(&body, &settings()).expect("a calendar");
    assert_eq!(snapshot.blocks[0].summary.as_deref(), Some("Caba\u{f1}a"));
}

#[test]
fn utf_16_with_its_mark_is_no_calendar_and_frees_nothing() {
    let text = calendar(&event(&STAY));
    for mark in [[0xff, 0xfe], [0xfe, 0xff]] {
        let mut body = mark.to_vec();
        for unit in text.encode_utf16() {
            let pair = unit.to_le_bytes();
            body.extend(if mark[0] == 0xff {
                pair
            } else {
                [pair[1], pair[0]]
            });
        }
        assert_eq!(refused(&body), ReadError::NotACalendar);
    }
}

#[test]
fn blank_lines_and_blanks_at_the_end_mean_nothing() {
    let text = "\r\n\r\nBEGIN:VCALENDAR  \r\n\r\nBEGIN:VEVENT\t\r\nUID:a \r\nDTSTART: 20261210 \r\n\r\nDTEND:20261213\t\r\nEND:VEVENT \r\nEND:VCALENDAR \r\n\r\n";
    assert_eq!(of(text.as_bytes()), ["12-10/12-13"]);
}

#[test]
fn names_and_words_may_be_written_in_any_case() {
    let text = calendar(&event(&[
        "uid:a",
        "DtStart;value=date:20261210",
        "dtend;Value=Date:20261211",
        "rrule:freq=daily;interval=7;count=2",
        "status:tentative",
        "transp:opaque",
    ]));
    let text = text
        .replace("BEGIN:VEVENT", "begin:vevent")
        .replace("END:VCALENDAR", "end:VCalendar");
    assert_eq!(of(text.as_bytes()), ["12-10/12-11", "12-17/12-18"]);
    assert!(taken(&["DTSTART:20261210", "status:Cancelled"]).is_empty());
    assert!(taken(&["DTSTART:20261210T100000Z", "Transp:Transparent"]).is_empty());
}

#[test]
fn a_line_that_cannot_be_split_costs_neither_event_nor_feed() {
    let snapshot = one(&[
        "DTSTART:20261210",
        "this line is nothing",
        "=;:,\"",
        ";;;",
        "DTEND:20261213",
        "X-BROKEN;A=\":x",
    ]);
    assert_eq!(ranges(&snapshot), ["12-10/12-13"]);
    assert!(snapshot.skipped_lines >= 2, "{}", snapshot.skipped_lines);
}

#[test]
fn parameters_may_be_quoted_and_hold_colons_and_semicolons() {
    assert_eq!(
        taken(&[
            "ORGANIZER;CN=\"a:b;c,d\":mailto:x@example.com",
            "DTSTART;X-A=\"12:30;z\";TZID=\"America/Argentina/Buenos_Aires\":20261210T150000",
            "DTEND;TZID=\"America/Argentina/Buenos_Aires\";X-B=\":\":20261213T100000",
        ]),
        ["12-10/12-13"]
    );
}

#[test]
fn components_that_nobody_knows_are_skipped_at_any_depth() {
    let deep = format!(
        "{}{}",
        "BEGIN:X-DEEP\r\n".repeat(20_000),
        "END:X-DEEP\r\n".repeat(20_000)
    );
    let text = calendar(&format!(
        "{deep}BEGIN:X-BOX\r\nDTSTART:20270101\r\nBEGIN:VTODO\r\nUID:t\r\nDTSTART:20270101\r\nEND:VTODO\r\nEND:X-BOX\r\n{}",
        event(&STAY)
    ));
    assert_eq!(ranges(&read_text(&text)), ["12-10/12-13"]);
}

#[test]
fn what_is_nested_in_an_event_never_reaches_it() {
    let snapshot = one(&[
        "UID:a",
        "BEGIN:VALARM",
        "UID:alarm",
        "DTSTART:20270101",
        "DURATION:P9D",
        "TRIGGER:-PT15M",
        "STATUS:CANCELLED",
        "BEGIN:PARTICIPANT",
        "RRULE:FREQ=DAILY",
        "END:PARTICIPANT",
        "END:VALARM",
        "DTSTART:20261210",
        "DTEND:20261213",
    ]);
    assert_eq!(ranges(&snapshot), ["12-10/12-13"]);
    assert_eq!(snapshot.blocks[0].uid.as_deref(), Some("a"));
}

#[test]
fn an_end_without_a_beginning_is_ignored_and_an_end_closes_what_is_open_inside() {
    assert_eq!(
        taken(&[
            "END:VALARM",
            "DTSTART:20261210",
            "END:NOTHING",
            "DTEND:20261213",
            "BEGIN:VALARM",
            "BEGIN:X"
        ]),
        ["12-10/12-13"]
    );
}
