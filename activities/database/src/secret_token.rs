//! Secrets that are shown once and kept as hashes.
//!
//! They are 256 random bits, so that a fast hash is enough: nobody can try them all.

use rand::{TryRngCore as _, rngs::OsRng};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

use crate::Error;

/// A new one.
///
/// # Errors
/// When the system has no randomness to give.
pub(crate) fn generate(prefix: &str) -> Result<SecretString, Error> {
    let mut bytes = [0_u8; 32];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(Error::unexpected)?;
    Ok(format!("{prefix}{}", hex::encode(bytes)).into())
}

/// What is kept of it.
pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
