//! Passwords, hashed by argon2id. Nothing outside of this crate sees a hash.

use argon2::{
    Argon2, PasswordHash, PasswordVerifier as _,
    password_hash::{PasswordHasher as _, SaltString},
};
use rand::{TryRngCore as _, rngs::OsRng};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::Error;

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;

/// More than anybody types; hashing a book would be an attack.
pub const LONGEST: usize = 200;

/// How many are hashed at once: each takes 19 MiB and a core, and whoever knocks wildly at the door must not take
/// them all.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// A hash of nobody's password, with our parameters: who does not exist must take as long as who does.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Zm9yIG5vYm9keSBhdCBhbGw$\
                      2eYAXXIqHpAmPJFVJhVF1TrLhfOgMqO9q3AJfYCjcaI";

/// Hashes a password, with a salt of its own.
pub(super) async fn hash(password: &SecretString) -> Result<String, Error> {
    let password = password.clone();
    at_leisure(move || {
        let mut salt = [0_u8; 16];
        OsRng.try_fill_bytes(&mut salt).map_err(Error::unexpected)?;
        let salt = SaltString::encode_b64(&salt).map_err(Error::unexpected)?;
        Argon2::default()
            .hash_password(password.expose_secret().as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(Error::unexpected)
    })
    .await
}

/// Whether it is this user's password. Without a user it takes as long, and is not.
pub(crate) async fn fits(password: &SecretString, hash: Option<&str>) -> Result<bool, Error> {
    let password = password.clone();
    let exists = hash.is_some();
    let hash = hash.unwrap_or(NOBODY).to_owned();
    at_leisure(move || {
        let hash = PasswordHash::new(&hash).map_err(Error::unexpected)?;
        let fits = Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash);
        Ok(exists && fits.is_ok())
    })
    .await
}

/// Away from the threads that answer requests, and not too many at once.
async fn at_leisure<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let _turn = AT_ONCE.acquire().await.map_err(Error::unexpected)?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::unexpected)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_and_no_other() {
        let password = SecretString::from("cabaña del bosque");
        let hash = hash(&password).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(fits(&password, Some(&hash)).await.unwrap());
        assert!(!fits(&"cabaña del lago".into(), Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_a_password() {
        assert!(!fits(&"cabaña del bosque".into(), None).await.unwrap());
    }
}
