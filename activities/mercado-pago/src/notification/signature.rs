//! The manifest signature: what is signed, how it is checked, how it is made.
//!
//! Official sources disagree about the case of alphanumeric ids and the unit of `ts`; both spellings
//! of the id are tried, and `ts` goes in exactly as received. Comparison is constant-time, and one
//! request costs at most three HMACs.

use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// What a signature turned out to cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// The resource's id.
    WithId,
    /// Only the request: the provider sent it, but anybody may have changed the id.
    WithoutId,
    /// Nothing: somebody else made it, or the secret is another one.
    Nothing,
}

/// The `x-signature` header next to the `x-request-id` it covers.
pub(super) struct Seal<'a> {
    parts: Option<Parts<'a>>,
    request_id: Option<&'a str>,
}

struct Parts<'a> {
    ts: &'a str,
    v1: Vec<u8>,
}

impl<'a> Seal<'a> {
    /// Reads `ts=…,v1=…` in any order; unknown parts are skipped. A header without both, or whose
    /// `ts` is not digits, proves nothing.
    pub(super) fn read(header: &'a str, request_id: Option<&'a str>) -> Self {
        let part = |name: &str| {
            header.split(',').find_map(|part| {
                let (key, value) = part.split_once('=')?;
                (key.trim() == name).then(|| value.trim())
            })
        };
        let ts = part("ts").filter(|ts| !ts.is_empty() && ts.bytes().all(|b| b.is_ascii_digit()));
        let v1 = part("v1").and_then(|v1| hex::decode(v1).ok());
        Self {
            parts: ts.zip(v1).map(|(ts, v1)| Parts { ts, v1 }),
            request_id,
        }
    }

    /// Tries the id as it came, in lower case, and left out.
    pub(super) fn prove(&self, id: &str, secret: &SecretString) -> Proof {
        let Some(Parts { ts, v1 }) = &self.parts else {
            return Proof::Nothing;
        };
        let matches = |id: Option<&str>| {
            hmac(secret, &manifest(id, self.request_id, ts))
                .verify_slice(v1)
                .is_ok()
        };
        let lower = id.to_ascii_lowercase();
        if matches(Some(id)) || (lower != id && matches(Some(&lower))) {
            Proof::WithId
        } else if matches(None) {
            Proof::WithoutId
        } else {
            Proof::Nothing
        }
    }

    /// The instant in `ts`, whichever unit it is in.
    pub(super) fn signed_at(&self) -> Option<DateTime<Utc>> {
        /// Seconds stay below this for three thousand years, milliseconds passed it in 1973.
        const FIRST_MILLISECONDS: i64 = 100_000_000_000;
        let ts: i64 = self.parts.as_ref()?.ts.parse().ok()?;
        if ts >= FIRST_MILLISECONDS {
            DateTime::from_timestamp_millis(ts)
        } else {
            DateTime::from_timestamp(ts, 0)
        }
    }
}

/// The value of `x-signature` for a notification, as the provider makes it. `ts` is digits, in
/// seconds or milliseconds; what is `None` is left out of the manifest.
#[must_use]
pub fn sign(secret: &SecretString, id: Option<&str>, request_id: Option<&str>, ts: &str) -> String {
    let v1 = hmac(secret, &manifest(id, request_id, ts))
        .finalize()
        .into_bytes();
    format!("ts={ts},v1={}", hex::encode(v1))
}

fn manifest(id: Option<&str>, request_id: Option<&str>, ts: &str) -> String {
    let part = |label: &str, value: Option<&str>| {
        value
            .map(|value| format!("{label}:{value};"))
            .unwrap_or_default()
    };
    [
        part("id", id),
        part("request-id", request_id),
        part("ts", Some(ts)),
    ]
    .concat()
}

fn hmac(secret: &SecretString, manifest: &str) -> Hmac<Sha256> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("HMAC takes keys of any length");
    hmac.update(manifest.as_bytes());
    hmac
}
