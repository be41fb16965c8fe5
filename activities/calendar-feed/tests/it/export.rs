//! What we publish, read again by our own reader and held to the form of the contract.

use calendar_feed::{Nights, Published, Settings, Window, feed_domain, read, uid, write};
use chrono::{DateTime, Days, NaiveDate, Utc};
use proptest::prelude::*;

const KEY: &[u8] = b"a key of the tests, never of a house";
const DOMAIN: &str = "reservas.example.com";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn published(name: &str, from: &str, to: &str, sequence: u32, changed_at: &str) -> Published {
    Published {
        uid: uid(KEY, name, DOMAIN),
        nights: Nights {
            check_in: day(from),
            check_out: day(to),
        },
        sequence,
        changed_at: time(changed_at),
    }
}

/// As another channel reads us.
fn stranger() -> Settings {
    let mut settings = Settings::new(
        chrono_tz::America::Argentina::Buenos_Aires,
        time("2026-11-24T12:00:00Z"),
        "channel.example",
    );
    settings.window = Window {
        from: day("2020-01-01"),
        until: day("2040-01-01"),
    };
    settings
}

#[test]
fn a_calendar_is_these_bytes() {
    let written = write(&[
        published(
            "RES261124ZZZZZZ",
            "2026-12-26",
            "2027-01-03",
            0,
            "2026-11-20T09:30:00Z",
        ),
        published(
            "RES261124ABC123",
            "2026-12-05",
            "2026-12-09",
            2,
            "2026-11-24T13:05:01Z",
        ),
        published(
            "calendar/7",
            "2026-12-09",
            "2026-12-13",
            0,
            "2026-11-01T00:00:00Z",
        ),
    ]);
    assert_eq!(written, include_str!("../golden/export.ics"));
    assert_eq!(
        write(&[]),
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Posada//Availability 1//EN\r\nCALSCALE:GREGORIAN\r\nEND:VCALENDAR\r\n"
    );
}

#[test]
fn a_uid_is_stable_and_tells_nothing_of_the_code() {
    let one = uid(KEY, "RES261124ABC123", DOMAIN);
    assert_eq!(one, uid(KEY, "RES261124ABC123", DOMAIN));
    assert_ne!(one, uid(KEY, "RES261124ABC124", DOMAIN));
    assert_ne!(one, uid(b"another key", "RES261124ABC123", DOMAIN));
    assert_eq!(one.len(), "blk-".len() + 26 + "@".len() + DOMAIN.len());
    assert!(!one.to_uppercase().contains("ABC123"), "{one}");
}

fn any_published() -> impl Strategy<Value = Published> {
    let parts = (
        "RES[0-9]{6}[0-9A-Z]{6}",
        0_u64..2_000,
        1_u64..120,
        0_u32..50,
        0_i64..2_000_000_000,
    );
    parts.prop_map(|(name, from, nights, sequence, changed_at)| {
        let check_in = day("2026-01-01") + Days::new(from);
        Published {
            uid: uid(KEY, &name, DOMAIN),
            nights: Nights {
                check_in,
                check_out: check_in + Days::new(nights),
            },
            sequence,
            changed_at: DateTime::from_timestamp(changed_at, 0).expect("a time"),
        }
    })
}

proptest! {
    #[test]
    fn our_reader_reads_back_what_was_written(
        mut events in proptest::collection::vec(any_published(), 0..40),
    ) {
        events.sort_by(|one, other| one.uid.cmp(&other.uid));
        events.dedup_by(|one, other| one.uid == other.uid);
        let text = write(&events);
        let snapshot = read(text.as_bytes(), &stranger()).expect("a calendar");
        prop_assert_eq!(snapshot.events, events.len());
        prop_assert_eq!((snapshot.skipped_lines, snapshot.warnings.len()), (0, 0));
        let mut found: Vec<_> = snapshot
            .blocks
            .iter()
            .map(|block| Published {
                uid: block.uid.clone().expect("a UID"),
                nights: block.nights[0],
                sequence: u32::try_from(block.sequence.expect("a revision")).expect("a small one"),
                changed_at: block.last_modified.expect("a time"),
            })
            .collect();
        found.sort_by(|one, other| one.uid.cmp(&other.uid));
        prop_assert_eq!(&found, &events);
        // Given back to us under our own names, it takes nothing.
        let mut ours = stranger();
        ours.feed_domain = feed_domain("https://Reservas.Example.com:8443/x");
        let own = read(text.as_bytes(), &ours).expect("a calendar");
        prop_assert_eq!((own.own_events, own.blocks.len()), (events.len(), 0));
    }

    #[test]
    fn every_line_is_short_and_ends_as_it_should(
        events in proptest::collection::vec(any_published(), 0..20),
    ) {
        let text = write(&events);
        let body = text.strip_suffix("\r\n").expect("an end of line");
        for line in body.split("\r\n") {
            prop_assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
            prop_assert!(!line.starts_with(' '), "our own lines are never folded: {line:?}");
        }
        prop_assert!(!text.contains("RES2"), "no code of a reservation");
    }

    #[test]
    fn the_order_that_events_come_in_does_not_matter(
        events in proptest::collection::vec(any_published(), 0..20).prop_shuffle(),
    ) {
        let mut sorted = events.clone();
        sorted.sort_by(|one, other| one.uid.cmp(&other.uid));
        sorted.dedup_by(|one, other| one.uid == other.uid);
        let mut shuffled = sorted.clone();
        shuffled.reverse();
        prop_assert_eq!(write(&sorted), write(&shuffled));
    }

    #[test]
    fn a_very_long_domain_is_folded_and_read_back(labels in 1_usize..4, length in 20_usize..60) {
        let domain = vec!["d".repeat(length); labels].join(".");
        let event = Published {
            uid: uid(KEY, "RES261124ABC123", &domain),
            ..published("x", "2026-12-05", "2026-12-09", 0, "2026-11-24T13:05:01Z")
        };
        let text = write(std::slice::from_ref(&event));
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75));
        let snapshot = read(text.as_bytes(), &stranger()).expect("a calendar");
        prop_assert_eq!(snapshot.blocks[0].uid.as_deref(), Some(event.uid.as_str()));
    }
}
