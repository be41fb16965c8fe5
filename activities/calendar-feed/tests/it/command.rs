//! The command that anybody can check us with against another parser.

use std::process::Command;

use serde_json::Value;

use crate::fixtures::{expected_in, folder, harder, stranger};

fn printed(file: &std::path::Path) -> Value {
    let ran = Command::new(env!("CARGO_BIN_EXE_calendar-feed"))
        .arg(file)
        .args(["--zone", "America/Argentina/Buenos_Aires"])
        .args(["--from", "2026-11-01", "--until", "2028-01-01"])
        .args(["--now", "2026-11-24T12:00:00Z"])
        .args(["--feed-domain", "reservas.example.com"])
        .output()
        .expect("the command");
    assert!(ran.status.success(), "{file:?}: {ran:?}");
    serde_json::from_slice(&ran.stdout).expect("JSON")
}

#[test]
fn it_prints_what_is_expected_of_every_fixture() {
    for folder in [folder(), harder(), stranger()] {
        for (file, ranges) in expected_in(&folder) {
            assert_eq!(printed(&folder.join(&file)), ranges, "{file}");
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_no_calendar_and_no_success() {
    let ran = Command::new(env!("CARGO_BIN_EXE_calendar-feed"))
        .arg("/nowhere/at/all.ics")
        .output()
        .expect("the command");
    assert!(!ran.status.success());
    assert!(ran.stdout.is_empty());
}
