//! One phrase and what it means, and the judgement of a reading against it. Shared with
//! `examples/accuracy.rs`, so that what is printed is what is tested.

use std::path::Path;
use std::{fmt, fs};

use chrono::NaiveDate;
use nlu::{Analysis, Context};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A line of a corpus: what a guest wrote, the dialogue it was written in, what it means.
#[derive(Deserialize)]
pub(crate) struct Line {
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) context: Context,
    /// The day it was written, when it is not the corpus's own.
    pub(crate) today: Option<NaiveDate>,
    /// What the line fixes: absent is not judged, null is "must be absent", a list is "any of
    /// these".
    pub(crate) expect: Map<String, Value>,
}

/// What a line expected, and what was read.
pub(crate) struct Failure {
    pub(crate) file: String,
    pub(crate) text: String,
    pub(crate) key: String,
    pub(crate) expected: Value,
    pub(crate) read: Value,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            text,
            key,
            expected,
            read,
        } = self;
        write!(f, "{file}: {text:?}: {key} should be {expected}, is {read}")
    }
}

/// The day on which the corpus was written: a Tuesday.
pub(crate) fn corpus_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).expect("a real day")
}

/// Every line of every corpus, with the name of its file.
pub(crate) fn lines() -> Vec<(String, Line)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/corpus");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the corpus is part of the crate")
        .map(|entry| entry.expect("a readable entry").path())
        .collect();
    files.sort();
    files.iter().flat_map(|file| lines_of(file)).collect()
}

/// Every line of one file, with its name.
pub(crate) fn lines_of(file: &Path) -> Vec<(String, Line)> {
    let name = file.file_stem().expect("a named file").to_string_lossy();
    let text = fs::read_to_string(file).expect("a readable file");
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let parsed =
                serde_json::from_str(line).expect("every line of a corpus is a JSON object");
            (name.clone().into_owned(), parsed)
        })
        .collect()
}

/// What is wrong with the reading of a line.
pub(crate) fn judge(file: &str, line: &Line) -> Vec<Failure> {
    let today = line.today.unwrap_or_else(corpus_day);
    let reading = nlu::read(&line.text, today, &line.context);
    let extra = serde_json::json!({ "choices": reading.choices, "wishes": reading.wishes });
    let analysis = serde_json::to_value(Analysis::from(reading)).expect("a plain value");
    line.expect
        .iter()
        .filter_map(|(key, expected)| {
            let read = analysis
                .get(key)
                .or_else(|| extra.get(key))
                .cloned()
                .unwrap_or(Value::Null);
            let accepted = match expected {
                Value::Array(any) if key != "choices" && key != "wishes" => any.contains(&read),
                one => *one == read,
            };
            (!accepted).then(|| Failure {
                file: file.to_owned(),
                text: line.text.clone(),
                key: key.clone(),
                expected: expected.clone(),
                read,
            })
        })
        .collect()
}
