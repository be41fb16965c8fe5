#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac as _};
use rand::{TryRngCore as _, rngs::OsRng};
use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use sha2::Sha256;

/// The header that names an event: the same for every attempt, and for every receiver.
pub const ID: &str = "webhook-id";

/// The header that says when an attempt was made, in seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";

/// The header with the signatures.
pub const SIGNATURE: &str = "webhook-signature";

/// How far the clocks of sender and receiver may be apart.
pub const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// What secrets are written with.
const PREFIX: &str = "whsec_";

/// The one kind of signature that is made and read here.
const VERSION: &str = "v1";

/// Bytes of a secret of ours; the standard takes from 24 to 64.
const OURS: usize = 32;
const SHORTEST: usize = 24;
const LONGEST: usize = 64;

/// A secret that sender and receiver share.
#[derive(Debug)]
pub struct Secret(SecretBox<Vec<u8>>);

/// A secret that is not written as one, or is too short or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret is written whsec_ and then {SHORTEST} to {LONGEST} bytes in base64")]
pub struct InvalidSecret;

/// Why a webhook is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A header is missing or cannot be read.
    #[error("a header of the signature is missing or cannot be read")]
    Headers,
    /// It is too old, or from the future.
    #[error("the timestamp is too far from now")]
    Timestamp,
    /// No signature is of these bytes under the secret.
    #[error("no signature fits")]
    Signature,
}

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn generate() -> Result<Self, rand::rand_core::OsError> {
        let mut bytes = vec![0; OURS];
        OsRng.try_fill_bytes(&mut bytes)?;
        Ok(Self(SecretBox::new(Box::new(bytes))))
    }

    /// Reads `whsec_…`.
    ///
    /// # Errors
    /// [`InvalidSecret`].
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let written = text.trim().strip_prefix(PREFIX).ok_or(InvalidSecret)?;
        let bytes = STANDARD
            .decode(written)
            .map_err(|_no_base64| InvalidSecret)?;
        if !(SHORTEST..=LONGEST).contains(&bytes.len()) {
            return Err(InvalidSecret);
        }
        Ok(Self(SecretBox::new(Box::new(bytes))))
    }

    /// As it is shown to whoever sets up the receiver.
    #[must_use]
    pub fn written(&self) -> SecretString {
        let encoded = STANDARD.encode(self.0.expose_secret());
        format!("{PREFIX}{encoded}").into()
    }

    fn mac(&self, id: &str, timestamp: i64, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret())
            .expect("HMAC takes keys of any length");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        mac
    }
}

/// The value of [`SIGNATURE`]: a signature for each secret, in their order.
#[must_use]
pub fn sign<'a>(
    secrets: impl IntoIterator<Item = &'a Secret>,
    id: &str,
    timestamp: i64,
    body: &[u8],
) -> String {
    let signed = secrets.into_iter().map(|secret| {
        let seal = secret.mac(id, timestamp, body).finalize().into_bytes();
        format!("{VERSION},{}", STANDARD.encode(seal))
    });
    signed.collect::<Vec<_>>().join(" ")
}

/// Checks a webhook that came in at `now`, in seconds since 1970. Signatures of kinds that are not known are passed
/// over.
///
/// # Errors
/// See [`Refused`].
pub fn verify(
    secret: &Secret,
    id: &str,
    timestamp: &str,
    signatures: &str,
    body: &[u8],
    now: i64,
) -> Result<(), Refused> {
    let at: i64 = timestamp.parse().map_err(|_no_number| Refused::Headers)?;
    if id.is_empty() {
        return Err(Refused::Headers);
    }
    if now.abs_diff(at) > TOLERANCE.as_secs() {
        return Err(Refused::Timestamp);
    }
    let fits = signatures
        .split(' ')
        .filter_map(|written| written.split_once(','))
        .filter(|(version, _)| *version == VERSION)
        .filter_map(|(_, seal)| STANDARD.decode(seal).ok())
        .any(|seal| secret.mac(id, at, body).verify_slice(&seal).is_ok());
    if fits {
        Ok(())
    } else {
        Err(Refused::Signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of the standard's own libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn secret() -> Secret {
        Secret::parse(SECRET).unwrap()
    }

    fn verified(signatures: &str, at: i64) -> Result<(), Refused> {
        verify(&secret(), ID, &AT.to_string(), signatures, BODY, at)
    }

    #[test]
    fn the_standards_example_is_signed_as_it_says() {
        assert_eq!(sign([&secret()], ID, AT, BODY), SIGNED);
        assert_eq!(verified(SIGNED, AT), Ok(()));
    }

    #[test]
    fn a_secret_is_written_as_it_was_read() {
        assert_eq!(secret().written().expose_secret(), SECRET);
        let (one, other) = (Secret::generate().unwrap(), Secret::generate().unwrap());
        let written = one.written();
        assert_ne!(written.expose_secret(), other.written().expose_secret());
        let read = Secret::parse(written.expose_secret()).unwrap();
        assert_eq!(read.written().expose_secret(), written.expose_secret());
    }

    #[test]
    fn while_a_secret_is_replaced_either_is_enough() {
        let (old, new) = (secret(), Secret::generate().unwrap());
        let both = sign([&new, &old], ID, AT, BODY);
        assert_eq!(both.split(' ').count(), 2);
        for receiver in [&old, &new] {
            let checked = verify(receiver, ID, &AT.to_string(), &both, BODY, AT);
            assert_eq!(checked, Ok(()));
        }
        let alone = sign([&new], ID, AT, BODY);
        assert_eq!(verified(&alone, AT), Err(Refused::Signature));
    }

    #[test]
    fn whatever_was_changed_does_not_fit() {
        let at = AT.to_string();
        let refused =
            |id: &str, body: &[u8], signed: &str| verify(&secret(), id, &at, signed, body, AT);
        assert_eq!(refused("msg_other", BODY, SIGNED), Err(Refused::Signature));
        assert_eq!(refused(ID, b"{}", SIGNED), Err(Refused::Signature));
        assert_eq!(refused(ID, BODY, "v1,AAAA"), Err(Refused::Signature));
        assert_eq!(refused(ID, BODY, ""), Err(Refused::Signature));
        let asymmetric = SIGNED.replace("v1,", "v1a,");
        assert_eq!(refused(ID, BODY, &asymmetric), Err(Refused::Signature));
        assert_eq!(refused("", BODY, SIGNED), Err(Refused::Headers));
        let unread = verify(&secret(), ID, "today", SIGNED, BODY, AT);
        assert_eq!(unread, Err(Refused::Headers));
    }

    #[test]
    fn what_is_sent_again_later_is_refused() {
        assert_eq!(verified(SIGNED, AT + 300), Ok(()));
        assert_eq!(verified(SIGNED, AT + 301), Err(Refused::Timestamp));
        assert_eq!(verified(SIGNED, AT - 301), Err(Refused::Timestamp));
    }

    #[test]
    fn secrets_that_are_none_are_refused() {
        for text in [
            "",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_",
            "whsec_¿?",
            "whsec_c2hvcnQ=",
        ] {
            assert!(Secret::parse(text).is_err(), "{text}");
        }
    }
}
