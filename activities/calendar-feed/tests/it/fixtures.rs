//! Feeds in the shapes that real platforms send, with the ranges they have to give.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use calendar_feed::{Settings, Window, read};
use serde_json::{Value, json};

/// Where the feeds are that a real platform sends only on a bad day.
pub(crate) fn harder() -> PathBuf {
    folder().join("harder")
}

/// Where each feed is about one paragraph of the contract, at its edges.
pub(crate) fn stranger() -> PathBuf {
    folder().join("stranger")
}

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Place, day and window of the fixtures.
pub(crate) fn settings() -> Settings {
    let now = "2026-11-24T12:00:00Z".parse().expect("a time");
    let mut settings = Settings::new(
        chrono_tz::America::Argentina::Buenos_Aires,
        now,
        "reservas.example.com",
    );
    settings.window = Window {
        from: "2026-11-01".parse().expect("a date"),
        until: "2028-01-01".parse().expect("a date"),
    };
    settings
}

/// In the form of `expected.json`.
pub(crate) fn outcome(body: &[u8], settings: &Settings) -> Value {
    match read(body, settings) {
        Ok(snapshot) => snapshot
            .occurrences()
            .iter()
            .map(|one| json!({ "uid": one.uid, "start": one.start, "end": one.end }))
            .collect(),
        Err(error) => json!({ "error": error.code() }),
    }
}

pub(crate) fn expected() -> BTreeMap<String, Value> {
    expected_in(&folder())
}

pub(crate) fn expected_in(folder: &Path) -> BTreeMap<String, Value> {
    let text = std::fs::read_to_string(folder.join("expected.json")).expect("the table");
    let mut expected: BTreeMap<String, Value> = serde_json::from_str(&text).expect("a table");
    expected.remove("_meta");
    expected
}

#[test]
fn every_fixture_gives_the_ranges_expected() {
    let expected = expected();
    assert_eq!(expected.len(), 19);
    for (file, ranges) in expected {
        let body = std::fs::read(folder().join(&file)).expect("a feed");
        assert_eq!(outcome(&body, &settings()), ranges, "{file}");
    }
}

/// Whatever the contract says about strange feeds, worked out by hand before the reader saw them.
#[test]
fn every_harder_fixture_gives_the_ranges_that_the_contract_asks_for() {
    let folders = [(harder(), 16), (stranger(), 51)];
    let mut wrong = Vec::new();
    for (folder, feeds) in folders {
        let expected = expected_in(&folder);
        assert_eq!(expected.len(), feeds, "{}", folder.display());
        for (file, ranges) in expected {
            let body = std::fs::read(folder.join(&file)).expect("a feed");
            let found = outcome(&body, &settings());
            if found != ranges {
                wrong.push(format!("{file}\n found {found}\n wants {ranges}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
