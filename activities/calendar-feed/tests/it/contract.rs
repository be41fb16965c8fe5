//! The contract's section on reading, sentence by sentence.

mod bytes;
mod calendar;
mod identity;
mod limits;
mod moments;
mod nights;
mod recurrence;

use calendar_feed::{ReadError, Settings, Snapshot, read};

use crate::fixtures::settings;

/// An event of these lines.
pub(crate) fn event(lines: &[&str]) -> String {
    format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", lines.join("\r\n"))
}

/// A calendar around it.
pub(crate) fn calendar(inside: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{inside}END:VCALENDAR\r\n")
}

/// What a calendar of one event is read as, which has a UID unless it has one of its own.
pub(crate) fn one(lines: &[&str]) -> Snapshot {
    let named = lines.iter().any(|line| line.starts_with("UID"));
    let uid: &[&str] = if named { &[] } else { &["UID:a"] };
    read_text(&calendar(&event(&[uid, lines].concat())))
}

pub(crate) fn read_text(text: &str) -> Snapshot {
    read(text.as_bytes(), &settings()).expect("a calendar")
}

pub(crate) fn refused(body: &[u8]) -> ReadError {
    read(body, &settings()).expect_err("no calendar")
}

/// The ranges in order, as `12-10/12-13`; with the year where it is not the fixtures' first.
pub(crate) fn ranges(snapshot: &Snapshot) -> Vec<String> {
    let short = |date: chrono::NaiveDate| {
        let text = date.to_string();
        text.strip_prefix("2026-")
            .map_or_else(|| text.clone(), ToOwned::to_owned)
    };
    let all = snapshot.occurrences();
    all.iter()
        .map(|one| format!("{}/{}", short(one.start), short(one.end)))
        .collect()
}

/// The ranges of one event.
pub(crate) fn taken(lines: &[&str]) -> Vec<String> {
    ranges(&one(lines))
}

/// The codes of what was odd.
pub(crate) fn odd(snapshot: &Snapshot) -> Vec<&'static str> {
    snapshot
        .warnings
        .iter()
        .map(|warning| warning.code.as_str())
        .collect()
}

/// The ranges of a calendar of several events, each given by its lines, with settings of its own.
pub(crate) fn taken_with(change: impl FnOnce(&mut Settings), lines: &[&str]) -> Vec<String> {
    let mut settings = settings();
    change(&mut settings);
    let text = calendar(&event(lines));
    ranges(&read(text.as_bytes(), &settings).expect("a calendar"))
}
