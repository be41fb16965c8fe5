//! Where things are: the checkout, what set-up put there, our own programs, and temporary folders.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::owner::Owner;
use crate::watchdog;

/// The checkout this program was built from.
#[must_use]
pub(crate) fn checkout() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = crate_folder.ancestors().nth(2).unwrap_or(crate_folder);
    root.to_owned()
}

/// What belongs to this machine and is not in version control.
#[must_use]
pub(crate) fn kept() -> PathBuf {
    checkout().join(".posada")
}

/// A program that set-up found or installed, by its path below `.posada/`.
///
/// The path comes back without symbolic links: an account that may not enter the checkout can still
/// run the program it leads to.
pub(crate) fn installed(path: &str) -> Result<PathBuf> {
    let wanted = kept().join(path);
    let Ok(found) = wanted.canonicalize() else {
        bail!(
            "{} is missing. Run `make setup` once: it finds or installs it",
            wanted.display()
        );
    };
    Ok(found)
}

/// One of our own programs, built beside this one.
pub(crate) fn built(name: &str) -> Result<PathBuf> {
    let ourselves = std::env::current_exe().context("this program does not know where it is")?;
    // A test is one folder below the programs.
    ourselves
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
        .with_context(|| {
            format!("the program `{name}` is not built. Run `cargo build --workspace`")
        })
}

/// A folder that goes when it is dropped, and when we are killed.
pub(crate) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// A new folder others can pass through but not list, so that PostgreSQL's account reaches its data.
    pub(crate) fn new() -> Result<Self> {
        let name = format!("posada-{:016x}", rand::random::<u64>());
        let mut path = std::env::temp_dir().join(&name);
        if !Owner::unprivileged()?.reaches(&path) {
            path = Path::new("/tmp").join(&name);
        }
        watchdog::folder(&path)?;
        fs::DirBuilder::new()
            .mode(0o711)
            .create(&path)
            .with_context(|| format!("could not make the folder {}", path.display()))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What can't be removed now stays on the watchdog's list.
        if fs::remove_dir_all(&self.0).is_ok() {
            let _ = watchdog::removed(&self.0);
        }
    }
}
