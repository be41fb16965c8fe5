//! The zip, written while it is read.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use database::{
    Database,
    take_out::{Sheet, TABLES, TakeOut},
};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::cell::cell;

/// Why nothing, or not all of it, was packed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It could not be read.
    #[error("what is stored could not be read")]
    Database(#[from] database::Error),
    /// It could not be written: nobody takes it any more, or the disk is full.
    #[error("the zip could not be written")]
    Writing(#[source] io::Error),
}

impl From<ZipError> for Error {
    fn from(error: ZipError) -> Self {
        Self::Writing(error.into())
    }
}

impl From<csv::Error> for Error {
    fn from(error: csv::Error) -> Self {
        Self::Writing(error.into())
    }
}

/// Packs everything into `to`, as it is now; answers `to`. It blocks, and reads on the runtime of `handle`: call it on
/// a thread that may wait.
///
/// # Errors
/// See [`Error`]; what was written until then is no whole zip.
pub fn pack<W: Write>(
    handle: &Handle,
    db: &Database,
    at: DateTime<Utc>,
    to: W,
) -> Result<W, Error> {
    let out = handle.block_on(TakeOut::begin(db))?;
    let mut zip = ZipWriter::new_stream(to);
    let mut counts = serde_json::Map::new();
    for (table, hidden) in TABLES {
        // Two passes over one moment: a zip holds its files one after the other.
        let sheet = handle.block_on(out.open(table, hidden))?;
        zip.start_file(format!("csv/{table}.csv"), options())?;
        let rows = csv(handle, &out, &sheet, &mut zip)?;
        handle.block_on(out.open(table, hidden))?;
        zip.start_file(format!("json/{table}.jsonl"), options())?;
        lines(handle, &out, &mut zip)?;
        counts.insert(table.to_owned(), json!(rows));
    }
    zip.start_file("index.json", options())?;
    let index = json!({ "product": "Posada", "at": at, "rows": counts });
    write!(zip, "{index:#}").map_err(Error::Writing)?;
    handle.block_on(out.end())?;
    Ok(zip.finish()?.into_inner())
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

fn csv(handle: &Handle, out: &TakeOut, sheet: &Sheet, to: &mut impl Write) -> Result<u64, Error> {
    let mut table = csv::Writer::from_writer(to);
    table.write_record(&sheet.columns)?;
    let mut count = 0;
    loop {
        let rows = handle.block_on(out.rows())?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let value = |column: &String| row.get(column).unwrap_or(&Value::Null);
            table.write_record(sheet.columns.iter().map(|column| cell(value(column))))?;
            count += 1;
        }
    }
    table.flush().map_err(Error::Writing)?;
    Ok(count)
}

fn lines(handle: &Handle, out: &TakeOut, to: &mut impl Write) -> Result<(), Error> {
    loop {
        let rows = handle.block_on(out.rows())?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            writeln!(to, "{row}").map_err(Error::Writing)?;
        }
    }
}
