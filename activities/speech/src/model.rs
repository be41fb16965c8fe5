//! The files of weights: where they are, and that they are the ones that were meant.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

/// A file of weights and the digest it must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Where it is.
    pub path: PathBuf,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// A file of weights cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It cannot be read.
    #[error("the model {} cannot be read", path.display())]
    Unreadable {
        /// Where it should be.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is another file, or it was changed.
    #[error(
        "the model {} has the SHA-256 {found}, and {expected} was expected: fetch it again, or correct the digest",
        path.display()
    )]
    Different {
        /// Where it is.
        path: PathBuf,
        /// What it has.
        found: String,
        /// What it should have.
        expected: String,
    },
    /// It has the right digest and is no model of this kind.
    #[error("the model {} cannot be loaded", .0.display())]
    Unusable(PathBuf),
    /// The thread that listens cannot be started.
    #[error("no thread can be started to listen")]
    NoThread(#[source] std::io::Error),
}

impl Model {
    /// Reads the whole file and compares.
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        let found = digest(&self.path).map_err(|source| ModelError::Unreadable {
            path: self.path.clone(),
            source,
        })?;
        if found.eq_ignore_ascii_case(self.sha256.trim()) {
            return Ok(());
        }
        Err(ModelError::Different {
            path: self.path.clone(),
            found,
            expected: self.sha256.clone(),
        })
    }
}

fn digest(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = file.read(&mut buffer)?;
        let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else {
            break;
        };
        hasher.update(read);
    }
    Ok(hex::encode(hasher.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_changed_is_refused_and_both_digests_are_told() {
        let path = PathBuf::from("tests/fixtures/edge/empty.ogg");
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let model = |sha256: &str| Model {
            path: path.clone(),
            sha256: sha256.to_owned(),
        };
        assert!(model(nothing).check().is_ok());
        assert!(model(&nothing.to_uppercase()).check().is_ok());
        let told = model("abc").check().unwrap_err().to_string();
        assert!(told.contains(nothing) && told.contains("abc"), "{told}");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let model = Model {
            path: PathBuf::from("nowhere/ggml-base.bin"),
            sha256: String::new(),
        };
        let error = model.check().unwrap_err();
        assert!(matches!(&error, ModelError::Unreadable { .. }));
        assert!(error.to_string().contains("nowhere/ggml-base.bin"));
    }
}
