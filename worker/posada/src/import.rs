//! Accommodations and bookings that an owner brings along.

use std::{fmt::Write as _, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use chrono::Utc;
use database::acts::Actor;
use luggage::{File, Unpacked};

use crate::command::{DatabaseOptions, ImportOptions};

/// Nothing came in.
const REFUSED: u8 = 1;

/// Brings them in, or says why not.
pub(crate) async fn run(
    database: &DatabaseOptions,
    options: &ImportOptions,
) -> Result<(String, u8)> {
    ensure!(
        options.accommodations.is_some() || options.bookings.is_some(),
        "name a file with --accommodations or --bookings"
    );
    let files = (read(&options.accommodations)?, read(&options.bookings)?);
    let db = database.connect().await?;
    let by = Actor::Program("posada");
    let texts = (files.0.as_str(), files.1.as_str());
    let unpacked = luggage::unpack(&db, texts, !options.dry_run, &by, Utc::now()).await?;
    Ok(told(&unpacked, options.dry_run))
}

fn read(file: &Option<PathBuf>) -> Result<String> {
    let Some(path) = file else {
        return Ok(String::new());
    };
    std::fs::read_to_string(path).with_context(|| format!("{} could not be read", path.display()))
}

fn told(unpacked: &Unpacked, dry_run: bool) -> (String, u8) {
    let Unpacked {
        accommodations,
        bookings,
        known,
        bad,
        ..
    } = unpacked;
    if bad.is_empty() {
        let came = if dry_run { "would come" } else { "came" };
        let said = format!(
            "{accommodations} accommodations and {bookings} bookings {came} in; {known} lines were there already.\n"
        );
        return (said, 0);
    }
    let mut said = String::from("Nothing came in:\n");
    for line in bad {
        let file = match line.file {
            File::Accommodations => "accommodations",
            File::Bookings => "bookings",
        };
        let column = line.column.map(|it| format!(", {it}")).unwrap_or_default();
        let _ = writeln!(said, "{file}, line {}{column}: {}", line.line, line.code);
    }
    (said, REFUSED)
}
