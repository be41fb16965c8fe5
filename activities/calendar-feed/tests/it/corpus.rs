//! Feeds that `make fuzz` begins with, and those it once found: all of them are read or refused.

use std::{fs, path::PathBuf};

use calendar_feed::{ReadError, read};

use crate::fixtures::settings;

#[test]
fn every_feed_of_the_corpus_is_read_or_refused() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut feeds = 0;
    for entry in fs::read_dir(folder).expect("the corpus") {
        let path = entry.expect("a feed").path();
        if path.extension().is_none_or(|kind| kind != "ics") {
            continue;
        }
        let feed = fs::read(&path).expect("a feed");
        assert_ne!(
            read(&feed, &settings()),
            Err(ReadError::Panicked),
            "{path:?}"
        );
        feeds += 1;
    }
    assert!(feeds >= 3, "the corpus is not there");
}
