//! 2.2: whether it is a calendar.

use calendar_feed::{ReadError, read};

use super::{calendar, event, odd, ranges, read_text, refused};
use crate::fixtures::settings;

fn stay(uid: &str, start: &str, end: &str) -> String {
    event(&[
        &format!("UID:{uid}"),
        &format!("DTSTART:{start}"),
        &format!("DTEND:{end}"),
    ])
}

#[test]
fn what_has_no_calendar_in_it_is_none() {
    for body in [
        "",
        "\u{feff}",
        "\r\n\r\n",
        "<!doctype html><html><body>Log in</body></html>",
        "{\"error\": \"not found\"}",
        "BEGIN:VCARD\r\nFN:Ana\r\nEND:VCARD\r\n",
        "BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261210\r\nEND:VEVENT\r\n",
        "X-NOTE:BEGIN:VCALENDAR\r\n",
        "<pre>BEGIN:VCALENDAR</pre>",
        "\u{1f}\u{8b}\u{8}\u{0}\u{0}compressed",
    ] {
        assert_eq!(
            refused(body.as_bytes()),
            ReadError::NotACalendar,
            "{body:?}"
        );
    }
}

#[test]
fn what_ends_too_soon_is_cut_off() {
    let whole = calendar(&format!(
        "{}{}",
        stay("a", "20261210", "20261213"),
        stay("b", "20261220", "20261223")
    ));
    for missing in ["END:VCALENDAR\r\n", "END:VEVENT\r\nEND:VCALENDAR\r\n"] {
        let body = whole.strip_suffix(missing).expect("its end");
        assert_eq!(refused(body.as_bytes()), ReadError::Truncated);
    }
    // The first event has no end of its own: what the second says belongs to nobody.
    let nested = whole.replacen("END:VEVENT\r\n", "", 1);
    assert_eq!(refused(nested.as_bytes()), ReadError::Truncated);
    let unclosed = calendar("BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261210\r\n");
    assert_eq!(refused(unclosed.as_bytes()), ReadError::Truncated);
    let in_a_box = calendar("BEGIN:X-BOX\r\nBEGIN:VEVENT\r\nUID:a\r\nEND:X-BOX\r\n");
    assert_eq!(refused(in_a_box.as_bytes()), ReadError::Truncated);
    let twice = format!("BEGIN:VCALENDAR\r\n{whole}");
    assert_eq!(refused(twice.as_bytes()), ReadError::Truncated);
}

#[test]
fn a_whole_calendar_without_events_is_a_valid_and_empty_one() {
    let snapshot = read_text(&calendar(""));
    assert_eq!((snapshot.events, snapshot.blocks.len()), (0, 0));
    let todo = calendar("BEGIN:VTODO\r\nUID:a\r\nDTSTART:20261210\r\nEND:VTODO\r\n");
    assert!(ranges(&read_text(&todo)).is_empty());
}

#[test]
fn several_calendars_are_one() {
    let two = format!(
        "{}{}",
        calendar(&stay("a", "20261210", "20261213")),
        calendar(&stay("b", "20261220", "20261223"))
    );
    assert_eq!(ranges(&read_text(&two)), ["12-10/12-13", "12-20/12-23"]);
}

#[test]
fn text_around_it_is_accepted_with_a_warning() {
    let body = format!(
        "Your calendar:\r\n\r\n{}-- \r\nsent by nobody\r\n",
        calendar(&stay("a", "20261210", "20261213"))
    );
    let snapshot = read_text(&body);
    assert_eq!(ranges(&snapshot), ["12-10/12-13"]);
    assert_eq!(odd(&snapshot), ["stray_text"]);
    assert!(odd(&read_text(&calendar(""))).is_empty());
}

#[test]
fn a_component_that_is_left_open_is_odd_and_no_more() {
    let body = calendar(&format!(
        "BEGIN:VTIMEZONE\r\nTZID:Nowhere\r\nBEGIN:STANDARD\r\nEND:VTIMEZONE\r\n{}",
        stay("a", "20261210", "20261213")
    ));
    let snapshot = read(body.as_bytes(), &settings()).expect("a calendar");
    assert_eq!(ranges(&snapshot), ["12-10/12-13"]);
    assert_eq!(odd(&snapshot), ["unclosed_component"]);
}
