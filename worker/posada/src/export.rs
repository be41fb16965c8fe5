//! Everything that is the owner's, in a zip.

use std::{fs::OpenOptions, io::BufWriter, os::unix::fs::OpenOptionsExt as _};

use anyhow::{Context as _, Result};
use chrono::Utc;
use tokio::runtime::Handle;

use crate::command::{DatabaseOptions, ExportOptions};

/// Packs it into a new file that nobody else may read.
pub(crate) async fn run(
    database: &DatabaseOptions,
    options: &ExportOptions,
) -> Result<(String, u8)> {
    let db = database.connect().await?;
    let path = options.file.clone();
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("{} could not be made", path.display()))?;
    let handle = Handle::current();
    let packed = tokio::task::spawn_blocking(move || {
        let file = luggage::pack(&handle, &db, Utc::now(), BufWriter::new(file))?;
        let file = file.into_inner().map_err(|error| error.into_error())?;
        file.sync_all()?;
        anyhow::Ok(file.metadata()?.len())
    });
    let bytes = packed.await??;
    let said = format!(
        "{}: {bytes} bytes. It holds guests' names and numbers: keep it as you keep those.\n",
        path.display()
    );
    Ok((said, 0))
}
