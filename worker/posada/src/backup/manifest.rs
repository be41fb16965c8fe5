//! What is in a backup, and that it is whole.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Its name in the folder of a backup.
pub(super) const MANIFEST: &str = "manifest.json";

/// What is in a backup.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// What happened later may not be in it.
    pub(super) began_at: DateTime<Utc>,
    pub(super) finished_at: DateTime<Utc>,
    pub(super) dumps: Vec<Dump>,
}

/// One database.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Dump {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl Manifest {
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        fs::write(folder.join(MANIFEST), text).context("the manifest cannot be written")
    }

    pub(super) fn read(folder: &Path) -> Result<Self> {
        let file = folder.join(MANIFEST);
        let text = fs::read_to_string(&file).with_context(|| {
            format!(
                "{} cannot be read: is this the folder of one backup?",
                file.display()
            )
        })?;
        serde_json::from_str(&text).with_context(|| format!("{} is no manifest", file.display()))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.dumps.iter().any(|dump| dump.name == name)
    }

    /// Refuses a backup that is not as it was made.
    pub(super) fn verify(&self, folder: &Path) -> Result<()> {
        for dump in &self.dumps {
            let found = Dump::of(&dump.name, &folder.join(&dump.name))?;
            ensure!(
                found.bytes == dump.bytes && found.sha256 == dump.sha256,
                "{} is damaged: it is not what the manifest names; take another backup",
                dump.name
            );
        }
        Ok(())
    }
}

impl Dump {
    pub(super) fn of(name: &str, file: &Path) -> Result<Self> {
        let mut content =
            File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let mut digest = Sha256::new();
        let bytes = io::copy(&mut content, &mut digest)
            .with_context(|| format!("{} cannot be read", file.display()))?;
        Ok(Self {
            name: name.to_owned(),
            bytes,
            sha256: hex::encode(digest.finalize()),
        })
    }
}
