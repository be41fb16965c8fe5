//! 2.3: reading a date or time, in the right zone.

use super::{calendar, event, odd, one, ranges, read_text, taken};

#[test]
fn eight_digits_are_a_date_whatever_is_said_of_them() {
    for line in [
        "DTSTART:20261210",
        "DTSTART;VALUE=DATE:20261210",
        "DTSTART;VALUE=DATE-TIME:20261210",
        "DTSTART;TZID=Asia/Tokyo:20261210",
        "DTSTART;TZID=Nowhere:20261210",
        "DTSTART;VALUE=DATE:20261210T030000Z",
        "DTSTART;VALUE=DATE;TZID=Asia/Tokyo:20261210T233000",
        "DTSTART:2026-12-10",
    ] {
        let snapshot = one(&[line]);
        assert_eq!(ranges(&snapshot), ["12-10/12-11"], "{line}");
        assert!(odd(&snapshot).is_empty(), "{line}");
    }
}

#[test]
fn times_are_read_in_the_forms_there_are() {
    // Two in the morning of the 11th in UTC is still the 10th at the accommodation.
    for line in [
        "DTSTART:20261211T020000Z",
        "DTSTART:20261211t020000z",
        "DTSTART:20261211T0200Z",
        "DTSTART:2026-12-11T02:00:00Z",
        "DTSTART:2026-12-11T02:00Z",
        "DTSTART;TZID=Europe/Madrid:20261211T020000Z",
    ] {
        assert_eq!(taken(&[line]), ["12-10/12-11"], "{line}");
    }
}

#[test]
fn a_zone_is_found_by_its_name_a_path_windows_or_the_feed_itself() {
    // One in the morning in Madrid is nine in the evening of the day before.
    for zone in [
        "Europe/Madrid",
        "europe/madrid",
        "/freeassociation.sourceforge.net/Europe/Madrid",
        "/softwarestudio.org/Olson_20011030_5/Europe/Madrid",
        "Romance Standard Time",
        "\"Romance Standard Time\"",
    ] {
        let snapshot = one(&[&format!("DTSTART;TZID={zone}:20261211T010000")]);
        assert_eq!(ranges(&snapshot), ["12-10/12-11"], "{zone}");
        assert!(odd(&snapshot).is_empty(), "{zone}");
    }
    let zone = |name: &str| {
        format!(
            "BEGIN:VTIMEZONE\r\nTZID:{name}\r\nBEGIN:STANDARD\r\nDTSTART:16011028T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010325T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
        )
    };
    for name in [
        "Customized Time Zone",
        "(UTC+01:00) Bruselas, Copenhague",
        "tzone://Microsoft/Custom",
    ] {
        let starts = event(&["UID:a", &format!("DTSTART;TZID=\"{name}\":20261211T010000")]);
        // Before or after the event that names it.
        for text in [
            format!("{}{starts}", zone(name)),
            format!("{starts}{}", zone(name)),
        ] {
            let snapshot = read_text(&calendar(&text));
            assert_eq!(ranges(&snapshot), ["12-10/12-11"], "{name}");
            assert!(odd(&snapshot).is_empty(), "{name}");
        }
    }
    // The database of zones knows better than the feed.
    let wrong = zone("Asia/Tokyo");
    let text = format!(
        "{wrong}{}",
        event(&["UID:a", "DTSTART;TZID=Asia/Tokyo:20261211T110000"])
    );
    assert_eq!(ranges(&read_text(&calendar(&text))), ["12-10/12-11"]);
}

#[test]
fn a_zone_that_nobody_knows_is_the_accommodations_with_a_warning() {
    let snapshot = one(&[
        "DTSTART;TZID=Nowhere/City:20261210T233000",
        "DTEND;TZID=Nowhere/City:20261211T003000",
    ]);
    assert_eq!(ranges(&snapshot), ["12-10/12-11"]);
    assert_eq!(odd(&snapshot), ["unknown_zone"]);
}

#[test]
fn a_time_without_a_zone_is_the_accommodations_whatever_the_calendar_says_of_itself() {
    let text = calendar(&format!(
        "X-WR-TIMEZONE:Asia/Tokyo\r\n{}",
        event(&["UID:a", "DTSTART:20261210T233000", "DTEND:20261211T003000"])
    ));
    assert_eq!(ranges(&read_text(&text)), ["12-10/12-11"]);
}

#[test]
fn what_is_no_date_is_none_and_nothing_is_rounded() {
    for value in [
        "20261310",
        "20270230",
        "20261210T250000",
        "20261210T126000",
        "00000101",
        "20261200",
        "",
        "tomorrow",
        "2026121",
        "202612100",
        "20261210T",
        "T100000",
        "99999999",
        "-20261210",
        "20261210T10",
        "20261210X100000",
    ] {
        let snapshot = one(&[&format!("DTSTART:{value}"), "DTEND:20261231"]);
        assert!(snapshot.blocks.is_empty(), "{value}");
        assert_eq!(snapshot.rejected[0].uid.as_deref(), Some("a"), "{value}");
        assert!(
            snapshot.silent.is_empty(),
            "it says nothing of what it took before: {value}"
        );
    }
    assert_eq!(
        taken(&["DTSTART:20280229", "DTEND:20280301"]),
        Vec::<String>::new(),
        "beyond the window"
    );
    assert_eq!(
        taken(&["DTSTART:20270228", "DTEND:20270229"]),
        ["2027-02-28/2027-03-01"],
        "an end that is no date"
    );
}

#[test]
fn a_time_that_a_clock_skips_or_shows_twice_is_read_as_the_contract_says() {
    // Half past midnight of 5 September 2027 does not exist in Santiago: it is half past one, in UTC half
    // past four, at the accommodation half past one of the same day.
    assert_eq!(
        taken(&["DTSTART;TZID=America/Santiago:20270905T003000"]),
        ["2027-09-05/2027-09-06"]
    );
    // In Madrid 02:30 of 31 October 2027 comes twice. The first is 00:30 UTC: the 30th at the accommodation.
    let line = "DTSTART;TZID=Europe/Madrid:20271031T023000";
    assert_eq!(taken(&[line]), ["2027-10-30/2027-10-31"]);
}
