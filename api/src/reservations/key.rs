//! The key with which a client makes a request safe to repeat.

use axum::{
    extract::OptionalFromRequestParts,
    http::{HeaderName, request::Parts},
};
use database::{
    Database,
    idempotency::{self, Claim},
};
use domain::ReservationCode;
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
pub(crate) struct IdempotencyKey {
    key: String,
    /// It was made of a form of our own pages, and of all in it that counts.
    of_form: bool,
}

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
            key: self.key,
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
            Self {
                key: hex::encode(said.finalize()),
                of_form: true,
            }
        })
    }

    /// The name of the update that does this to a reservation, one for each key, or a new one each time. The same key
    /// on another act, another reservation or with another body is a mistake of the client's: the workflow would
    /// answer what it answered first.
    ///
    /// # Errors
    /// [`Error::KeyReused`] when it was used for something else.
    pub(crate) async fn claim(
        key: Option<Self>,
        database: &Database,
        code: &ReservationCode,
        request: &impl Serialize,
    ) -> Result<String, Error> {
        let Some(key) = key else {
            return Ok(Self::or_new(None));
        };
        if key.of_form {
            return Ok(key.key);
        }
        let keyed = key.on(request)?;
        match idempotency::claim(database, &keyed.key, &keyed.request_hash, code).await? {
            Claim::Fresh | Claim::Known(_) => Ok(keyed.key),
            Claim::Mismatch => Err(Error::KeyReused),
        }
    }

    /// The name of an update, one for each key, or a new one each time.
    pub(crate) fn or_new(key: Option<Self>) -> String {
        key.map_or_else(|| Uuid::new_v4().to_string(), |key| key.key)
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
            Some(key) => Ok(Some(Self {
                key: key.to_owned(),
                of_form: false,
            })),
            None => Err(Error::invalid(
                "Idempotency-Key",
                "invalid_field",
                format!("Idempotency-Key is 1 to {LONGEST} plain characters"),
            )),
        }
    }
}
