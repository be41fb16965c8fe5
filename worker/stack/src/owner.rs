//! Who a service runs as: PostgreSQL refuses to run as root, and so do we for it.
//!
//! For anybody but root there is nothing to decide. Root hands PostgreSQL and its data to the account
//! `postgres`, or `nobody` where there is none, and sees to it that this account reaches the folder.

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use nix::unistd::{Uid, User, geteuid};

/// The account a process runs as.
#[derive(Clone, Debug)]
pub(crate) enum Owner {
    /// Whoever runs us.
    Ourselves,
    /// An account without privileges, since we have them.
    Other { user: u32, group: u32, name: String },
}

impl Owner {
    /// An account that is not root.
    pub(crate) fn unprivileged() -> Result<Self> {
        if !geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        for name in ["postgres", "nobody"] {
            let account = User::from_name(name).context("could not read the list of accounts")?;
            if let Some(account) = account {
                return Ok(Self::Other {
                    user: account.uid.as_raw(),
                    group: account.gid.as_raw(),
                    name: account.name,
                });
            }
        }
        bail!(
            "PostgreSQL does not run as root, and this machine has neither an account `postgres` \
             nor `nobody`. Run the same command as an ordinary user"
        )
    }

    /// Makes the folder if need be, closed to everybody else.
    pub(crate) fn make_folder(&self, path: &Path) -> Result<()> {
        let told = || format!("could not make the folder {}", path.display());
        if !path.exists() {
            fs::DirBuilder::new()
                .mode(0o700)
                .create(path)
                .with_context(told)?;
            self.give(path)?;
        }
        let found = fs::symlink_metadata(path).with_context(told)?;
        let expected = match self {
            Self::Ourselves => geteuid().as_raw(),
            Self::Other { user, .. } => *user,
        };
        if !found.is_dir() || found.uid() != expected {
            bail!(
                "{} is there already and not ours: it should be a folder of {}. Move it away",
                path.display(),
                Uid::from_raw(expected)
            );
        }
        Ok(())
    }

    /// Hands over a file or folder.
    pub(crate) fn give(&self, path: &Path) -> Result<()> {
        if let Self::Other { user, group, name } = self {
            chown(path, Some(*user), Some(*group))
                .with_context(|| format!("could not give {} to {name}", path.display()))?;
        }
        Ok(())
    }

    /// Whether every folder on the way to `path` lets the account through.
    pub(crate) fn reaches(&self, path: &Path) -> bool {
        match self {
            Self::Ourselves => true,
            Self::Other { .. } => path.ancestors().skip(1).all(|folder| {
                fs::metadata(folder).map_or(true, |found| found.permissions().mode() & 0o001 != 0)
            }),
        }
    }

    /// Where the data wanted at `wanted` goes: there, or below `/var/tmp` if the account can't get there.
    pub(crate) fn folder_for(&self, wanted: &Path) -> PathBuf {
        if self.reaches(wanted) {
            return wanted.to_owned();
        }
        let name: String = wanted
            .to_string_lossy()
            .chars()
            .map(|letter| {
                if letter.is_alphanumeric() {
                    letter
                } else {
                    '-'
                }
            })
            .collect();
        Path::new("/var/tmp").join(format!("posada{name}"))
    }
}
