//! Every phrase of the corpus is read as its line says. A new phrase is one line of a file.

use crate::judge::{judge, lines};

#[test]
fn every_phrase_of_the_corpus_is_read_as_it_is_meant() {
    let lines = lines();
    assert!(
        lines.len() >= 300,
        "the corpus has only {} lines",
        lines.len()
    );
    let failures: Vec<String> = lines
        .iter()
        .flat_map(|(file, line)| judge(file, line))
        .map(|failure| failure.to_string())
        .collect();
    assert!(
        failures.is_empty(),
        "{} readings of {} phrases are wrong:\n{}",
        failures.len(),
        lines.len(),
        failures.join("\n")
    );
}
