//! Proof that a webhook comes from Meta: the signature of its bytes, and the token of the handshake.
//!
//! Both comparisons take the same time whatever is wrong.
//! The signature covers the bytes as they were received; nothing here parses or re-encodes them, which
//! would break exactly the messages with accents and emoji.

use std::fmt;

use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// Name of the header that carries the signature.
pub const HEADER: &str = "X-Hub-Signature-256";

const SCHEME: &str = "sha256=";

/// The app secret, which signs every webhook.
#[derive(Clone)]
pub struct Secret(SecretString);

/// Why a signature was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There was no `X-Hub-Signature-256` header.
    #[error("the webhook is not signed")]
    Missing,
    /// The header is not `sha256=` and 64 hexadecimal digits.
    #[error("the webhook's signature is malformed")]
    Malformed,
    /// The header is not the signature of these bytes under our secret.
    #[error("the webhook's signature does not match")]
    Mismatch,
}

impl Secret {
    /// Takes the app secret of the Meta dashboard.
    #[must_use]
    pub fn new(secret: impl Into<SecretString>) -> Self {
        Self(secret.into())
    }

    /// Checks the value of `X-Hub-Signature-256` against the raw body.
    ///
    /// # Errors
    ///
    /// [`Refused`] says which of the three ways it failed, for a metric; the caller answers the same to
    /// all of them.
    pub fn verify(&self, header: Option<&str>, body: &[u8]) -> Result<(), Refused> {
        let digits = header
            .ok_or(Refused::Missing)?
            .trim()
            .strip_prefix(SCHEME)
            .ok_or(Refused::Malformed)?;
        let mut signature = [0_u8; 32];
        if hex::decode_to_slice(digits, &mut signature).is_err() {
            return Err(Refused::Malformed);
        }
        // `verify_slice` compares in constant time.
        self.mac(body)
            .verify_slice(&signature)
            .map_err(|_mismatch| Refused::Mismatch)
    }

    /// The header value that [`Secret::verify`] accepts for `body`.
    #[must_use]
    pub fn sign(&self, body: &[u8]) -> String {
        let digest = self.mac(body).finalize().into_bytes();
        format!("{SCHEME}{}", hex::encode(digest))
    }

    fn mac(&self, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret().as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(body);
        mac
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The token that Meta repeats when the webhook's address is registered.
#[derive(Clone)]
pub struct VerifyToken(SecretString);

impl VerifyToken {
    /// Takes the token chosen in the Meta dashboard.
    #[must_use]
    pub fn new(token: impl Into<SecretString>) -> Self {
        Self(token.into())
    }

    /// Whether `hub.mode` and `hub.verify_token` are those of a genuine handshake.
    ///
    /// The caller then answers 200 with `hub.challenge` byte for byte as `text/plain`, otherwise 403.
    #[must_use]
    pub fn accepts(&self, mode: Option<&str>, token: Option<&str>) -> bool {
        let ours = self.0.expose_secret().as_bytes();
        let matches = token.is_some_and(|theirs| theirs.as_bytes().ct_eq(ours).into());
        mode == Some("subscribe") && matches
    }
}

impl fmt::Debug for VerifyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifyToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ESCAPED: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"100","changes":[{"field":"messages","value":{"note":"ma\u00f1ana 10hs \/ cancha 2 \ud83c\udfbe"}}]}]}"#;
    const RAW: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"100","changes":[{"field":"messages","value":{"note":"mañana 10hs / cancha 2 🎾"}}]}]}"#;
    const ESCAPED_SIGNATURE: &str =
        "sha256=0cb1f78872210c78d4db2256937d4fc000794acd82c147921e9a2456fed27986";
    const RAW_SIGNATURE: &str =
        "sha256=0bdfbea7f76bb48ab0a81c29a03d1073ab75359a28856ec571c574a3399c471e";

    fn secret() -> Secret {
        Secret::new("demo-app-secret")
    }

    #[test]
    fn the_published_vectors_hold() {
        assert_eq!((ESCAPED.len(), RAW.len()), (155, 142));
        assert_eq!(secret().sign(ESCAPED.as_bytes()), ESCAPED_SIGNATURE);
        assert_eq!(secret().sign(RAW.as_bytes()), RAW_SIGNATURE);
        assert_eq!(
            secret().verify(Some(ESCAPED_SIGNATURE), ESCAPED.as_bytes()),
            Ok(())
        );
    }

    #[test]
    fn a_body_that_was_encoded_again_is_refused() {
        assert_eq!(
            secret().verify(Some(ESCAPED_SIGNATURE), RAW.as_bytes()),
            Err(Refused::Mismatch)
        );
    }

    #[test]
    fn another_secret_is_refused() {
        assert_eq!(
            Secret::new("another").verify(Some(ESCAPED_SIGNATURE), ESCAPED.as_bytes()),
            Err(Refused::Mismatch)
        );
    }

    #[test]
    fn a_header_that_is_no_signature_is_refused_without_a_comparison() {
        let verify = |header| secret().verify(header, b"{}");
        assert_eq!(verify(None), Err(Refused::Missing));
        for header in ["", "sha1=abcd", "sha256=", "sha256=zz", "sha256=abcd"] {
            assert_eq!(verify(Some(header)), Err(Refused::Malformed), "{header:?}");
        }
    }

    #[test]
    fn the_handshake_needs_mode_and_token() {
        let token = VerifyToken::new("sesame");
        assert!(token.accepts(Some("subscribe"), Some("sesame")));
        assert!(!token.accepts(Some("subscribe"), Some("sesam")));
        assert!(!token.accepts(Some("subscribe"), None));
        assert!(!token.accepts(Some("unsubscribe"), Some("sesame")));
        assert!(!token.accepts(None, Some("sesame")));
    }

    #[test]
    fn secrets_stay_out_of_debug_output() {
        let shown = format!("{:?} {:?}", secret(), VerifyToken::new("sesame"));
        assert!(!shown.contains("demo") && !shown.contains("sesame"));
    }
}
