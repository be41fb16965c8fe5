//! The key with which a client makes a request safe to repeat.

use axum::{
    extract::OptionalFromRequestParts,
    http::{HeaderName, request::Parts},
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::error::Error;

/// Where clients put it.
const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// Longer than any random value.
const LONGEST: usize = 200;

/// The value of `Idempotency-Key`.
#[derive(Debug)]
pub(crate) struct IdempotencyKey(String);

/// A key on the request it belongs to.
#[derive(Debug)]
pub(crate) struct KeyedRequest {
    pub(crate) key: String,
    pub(crate) request_hash: String,
}

impl IdempotencyKey {
    /// Ties the key to what is asked: the same key on something else is a mistake of the client's.
    ///
    /// # Errors
    /// [`Error::Unexpected`] when the request cannot be written down.
    pub(crate) fn on(self, request: &impl Serialize) -> Result<KeyedRequest, Error> {
        let written = serde_json::to_vec(request).map_err(Error::unexpected)?;
        Ok(KeyedRequest {
            key: self.0,
            request_hash: hex::encode(Sha256::digest(written)),
        })
    }

    /// What a form of our own pages asks for, by the key it carries and by all that makes it this wish and no other:
    /// a page that comes back with its old key and another amount asks for something else.
    pub(crate) fn of_form(key: &str, wish: &[&str]) -> Option<Self> {
        (1..=LONGEST).contains(&key.len()).then(|| {
            let mut said = Sha256::new();
            for part in [key].iter().chain(wish) {
                said.update(part.len().to_be_bytes());
                said.update(part);
            }
            Self(hex::encode(said.finalize()))
        })
    }

    /// The name of an update, one for each key, or a new one each time.
    pub(crate) fn or_new(key: Option<Self>) -> String {
        key.map_or_else(|| Uuid::new_v4().to_string(), |key| key.0)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Error> {
        let Some(value) = parts.headers.get(HEADER) else {
            return Ok(None);
        };
        let key = value.to_str().ok().map(str::trim);
        match key.filter(|key| (1..=LONGEST).contains(&key.len())) {
            Some(key) => Ok(Some(Self(key.to_owned()))),
            None => Err(Error::invalid(
                "Idempotency-Key",
                "invalid_field",
                format!("Idempotency-Key is 1 to {LONGEST} plain characters"),
            )),
        }
    }
}
