//! Backups: what Postgres holds, as files that a person can copy away, and back.
//!
//! Temporal's databases are written down first and ours last. So whatever a workflow has done by then is in our
//! books, and whatever our books know beyond it is what a workflow would do a second time, without harm.

mod manifest;
mod postgres;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, Utc};
use database::{Database, restores};
use secrecy::SecretString;

use self::{
    manifest::{Dump, MANIFEST, Manifest},
    postgres::Tools,
};
use crate::command::{BackupOptions, BeginAnewOptions, DatabaseOptions, RestoreOptions, Stores};

/// Only who runs this may read a backup: it holds everything about everybody.
const PRIVATE: u32 = 0o700;

/// What is not whole yet.
const PARTIAL: &str = ".partial";

/// Who is connected while a database is replaced: this program alone.
const ALONE: u32 = 1;

/// Makes a backup below the folder, and says where.
pub(crate) async fn make(
    database: &DatabaseOptions,
    options: &BackupOptions,
) -> Result<(String, u8)> {
    let tools = Tools::of(&options.stores);
    let began_at = Utc::now();
    let name = format!("posada-{}", began_at.format("%Y%m%dT%H%M%SZ"));
    let (partial, whole) = (
        options.folder.join(format!("{name}{PARTIAL}")),
        options.folder.join(&name),
    );
    ensure!(!whole.exists(), "there is a backup {name} already");
    fs::create_dir_all(&partial)
        .with_context(|| format!("{} cannot be written to", options.folder.display()))?;
    fs::set_permissions(&partial, fs::Permissions::from_mode(PRIVATE))?;
    let made = write(&tools, database, options, &partial, began_at).await;
    if let Err(error) = made {
        fs::remove_dir_all(&partial).context("what was begun cannot be removed")?;
        return Err(error);
    }
    fs::rename(&partial, &whole).context("the backup cannot be given its name")?;
    let gone = match options.keep {
        Some(keep) => let_go(&options.folder, keep)?,
        None => 0,
    };
    let mut said = format!("{}\n", whole.display());
    if gone > 0 {
        said.push_str(&format!("{gone} older backups were removed.\n"));
    }
    Ok((said, 0))
}

async fn write(
    tools: &Tools,
    database: &DatabaseOptions,
    options: &BackupOptions,
    folder: &Path,
    began_at: DateTime<Utc>,
) -> Result<()> {
    let mut dumps = Vec::new();
    for (name, url) in databases(database, &options.stores)? {
        let file = folder.join(name);
        tools
            .dump(url, &file)
            .await
            .with_context(|| format!("{name} cannot be written"))?;
        dumps.push(Dump::of(name, &file)?);
    }
    let manifest = Manifest {
        began_at,
        finished_at: Utc::now(),
        dumps,
    };
    manifest.write(folder)
}

/// Ours comes last.
fn databases<'a>(
    database: &'a DatabaseOptions,
    stores: &'a Stores,
) -> Result<Vec<(&'static str, &'a SecretString)>> {
    let temporal = [
        (TEMPORAL, stores.temporal_database_url.as_ref()),
        (VISIBILITY, stores.temporal_visibility_url.as_ref()),
    ];
    let temporal = temporal
        .into_iter()
        .filter_map(|(name, url)| Some((name, url?)));
    Ok(temporal.chain([(OURS, database.url()?)]).collect())
}

const TEMPORAL: &str = "temporal.dump";
const VISIBILITY: &str = "temporal-visibility.dump";
const OURS: &str = "posada.dump";

/// Removes the oldest backups, so that so many stay.
fn let_go(folder: &Path, keep: u16) -> Result<usize> {
    let mut backups: Vec<PathBuf> = fs::read_dir(folder)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| is_backup(path))
        .collect();
    // Their names are their times.
    backups.sort();
    let surplus = backups.len().saturating_sub(usize::from(keep.max(1)));
    for old in backups.iter().take(surplus) {
        fs::remove_dir_all(old).with_context(|| format!("{} cannot be removed", old.display()))?;
    }
    Ok(surplus)
}

fn is_backup(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with("posada-") && !name.ends_with(PARTIAL))
        && path.join(MANIFEST).is_file()
}

/// Puts a backup in the place of what is there, and has every story begun anew.
pub(crate) async fn restore(
    database: &DatabaseOptions,
    options: &RestoreOptions,
) -> Result<(String, u8)> {
    let folder = &options.backup;
    let manifest = Manifest::read(folder)?;
    // Before anything is thrown away.
    manifest.verify(folder)?;
    let tools = Tools::of(&options.stores);
    let targets: Vec<_> = databases(database, &options.stores)?
        .into_iter()
        .filter(|(name, _)| manifest.has(name))
        .collect();
    ensure!(
        targets.iter().any(|(name, _)| *name == OURS),
        "there is no {OURS} in this backup"
    );
    for (name, url) in &targets {
        prepare(name, url, options.replace).await?;
    }
    let mut said = String::new();
    for (name, url) in targets {
        let file = folder.join(name);
        tools
            .restore(url, &file)
            .await
            .with_context(|| format!("{name} cannot be restored; its database is empty now"))?;
        said.push_str(&format!("{name} is restored.\n"));
    }
    for left in manifest.dumps.iter().map(|dump| dump.name.as_str()) {
        if !said.contains(left) {
            said.push_str(&format!("{left} is left alone: no address was given.\n"));
        }
    }
    note(database, manifest.began_at).await.with_context(|| {
        format!(
            "the books are there, and it could not be written down that they are; run `migrations up`, then \
             `posada begin-anew --since {}`",
            manifest.began_at.to_rfc3339()
        )
    })?;
    said.push_str(
        "Start Temporal, then the workers, then the API: the first worker begins every story anew.\n\
         Then see what is left to do: `posada audit`, and the queue in the owner's pages.\n",
    );
    Ok((said, 0))
}

/// Refuses what would take something away that somebody still needs.
async fn prepare(name: &str, url: &SecretString, replace: bool) -> Result<()> {
    let db = Database::connect(url, ALONE)
        .await
        .with_context(|| format!("the database of {name} cannot be reached"))?;
    let others = restores::others_connected(&db).await?;
    ensure!(
        others == 0,
        "{others} others are connected to the database of {name}: stop the API, the workers and Temporal first"
    );
    if restores::tables(&db).await? == 0 {
        return Ok(());
    }
    if !replace {
        bail!(
            "the database of {name} is not empty; make a backup of it if you may need it, then say --replace"
        );
    }
    restores::throw_away(&db)
        .await
        .with_context(|| format!("the database of {name} cannot be emptied"))
}

/// Has every story begun anew by the next worker that starts.
pub(crate) async fn begin_anew(
    database: &DatabaseOptions,
    options: &BeginAnewOptions,
) -> Result<(String, u8)> {
    note(database, options.since.unwrap_or_else(Utc::now)).await?;
    let said = "Stop all workers, then start them: the first one begins every story anew from the database.\n";
    Ok((said.to_owned(), 0))
}

async fn note(database: &DatabaseOptions, began_at: DateTime<Utc>) -> Result<()> {
    let db = database.connect().await?;
    restores::note(&db, began_at, Utc::now()).await?;
    Ok(())
}
