//! Feeds that were damaged on the way: they are read or refused, and nobody panics.

use calendar_feed::{ReadError, read};
use proptest::{prelude::*, sample::Index};

use crate::fixtures::{expected, folder, settings};

fn feeds() -> impl Strategy<Value = Vec<u8>> {
    let feeds: Vec<Vec<u8>> = expected()
        .keys()
        .map(|file| std::fs::read(folder().join(file)).expect("a feed"))
        .collect();
    proptest::sample::select(feeds)
}

/// A byte put in the place of another, taken out, or put between two.
#[derive(Clone, Debug)]
enum Damage {
    Replace(Index, u8),
    Remove(Index),
    Insert(Index, u8),
}

fn damage() -> impl Strategy<Value = Damage> {
    // What the reader looks at is met more often than by chance alone.
    let byte = prop_oneof![
        any::<u8>(),
        proptest::sample::select(b"\r\n:;,=\" \t\\-+/0T\0\xff\xc3".to_vec()),
    ];
    prop_oneof![
        (any::<Index>(), byte.clone()).prop_map(|(at, byte)| Damage::Replace(at, byte)),
        any::<Index>().prop_map(Damage::Remove),
        (any::<Index>(), byte).prop_map(|(at, byte)| Damage::Insert(at, byte)),
    ]
}

impl Damage {
    fn done_to(&self, feed: &mut Vec<u8>) {
        match self {
            _ if feed.is_empty() => {}
            Self::Replace(at, byte) => *at.get_mut(feed.as_mut_slice()) = *byte,
            Self::Remove(at) => {
                feed.remove(at.index(feed.len()));
            }
            Self::Insert(at, byte) => feed.insert(at.index(feed.len()), *byte),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_damaged_feed_is_read_or_refused(
        mut feed in feeds(),
        damages in proptest::collection::vec(damage(), 1..24),
    ) {
        for damage in &damages {
            damage.done_to(&mut feed);
        }
        match read(&feed, &settings()) {
            Ok(snapshot) => {
                let window = settings().window;
                for one in snapshot.occurrences() {
                    prop_assert!(one.start < one.end);
                    prop_assert!(window.from <= one.start && one.end <= window.until);
                }
            }
            Err(error) => prop_assert_ne!(error, ReadError::Panicked),
        }
    }

    #[test]
    fn a_feed_that_was_cut_off_is_refused(feed in feeds(), at in any::<Index>()) {
        let end = feed
            .windows(13)
            .rposition(|part| part.eq_ignore_ascii_case(b"END:VCALENDAR"));
        let Some(end) = end else { return Ok(()) };
        let cut = feed.get(..at.index(end)).unwrap_or_default();
        let refused = read(cut, &settings()).expect_err("it has no end");
        prop_assert!(matches!(refused, ReadError::Truncated | ReadError::NotACalendar));
    }
}
