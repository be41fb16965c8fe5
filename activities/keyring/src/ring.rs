//! Keys, and closing and opening with them.

use std::{fmt, str::FromStr, sync::Arc};

use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};

/// Bytes of a key.
const KEY_BYTES: usize = 32;

/// The longest name of a key: it is written beside everything that the key closes.
const LONGEST_NAME: usize = 32;

/// The keys of an installation, the one that closes first. Cheap to clone; it shows only names.
#[derive(Clone)]
pub struct Keyring(Arc<Vec<Key>>);

struct Key {
    name: String,
    cipher: LessSafeKey,
}

/// Keys that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeys {
    /// There is none.
    #[error("there is no key; make one with `printf 'k1:%s' \"$(openssl rand -hex 32)\"`")]
    None,
    /// One is not `NAME:HEX`.
    #[error(
        "a key is not written as NAME:KEY, where NAME has at most {LONGEST_NAME} letters, digits, - and _, and KEY 64 \
         hexadecimal digits as `openssl rand -hex 32` prints them"
    )]
    Form,
    /// Two have one name.
    #[error("two keys have the same name; what one closed could not be opened")]
    Twice,
}

/// Why something was not closed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The system has no randomness to give.
    #[error("the system has no randomness to give")]
    Randomness,
    /// It was closed with a key that is not here.
    #[error("the key {0:?} is not on the ring; add it to POSADA_PAYLOAD_KEYS behind the first")]
    UnknownKey(String),
    /// It was changed, or closed for another purpose, or cut off.
    #[error("what was closed cannot be opened: it was changed, or is not whole")]
    Forged,
}

impl Keyring {
    /// Closes `plain` for a purpose; answers the key's name and what is closed.
    ///
    /// # Errors
    /// [`Error::Randomness`].
    pub fn close(&self, purpose: &str, plain: &[u8]) -> Result<(&str, Vec<u8>), Error> {
        let key = self.0.first().ok_or(Error::Randomness)?;
        let mut nonce = [0_u8; NONCE_LEN];
        SystemRandom::new()
            .fill(&mut nonce)
            .map_err(|_no_more| Error::Randomness)?;
        let mut closed = plain.to_vec();
        key.cipher
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(bound(purpose, &key.name)),
                &mut closed,
            )
            .map_err(|_no_more| Error::Forged)?;
        closed.splice(0..0, nonce);
        Ok((&key.name, closed))
    }

    /// Opens what the key of this name closed for the same purpose.
    ///
    /// # Errors
    /// [`Error::UnknownKey`], [`Error::Forged`].
    pub fn open(&self, purpose: &str, name: &str, closed: &[u8]) -> Result<Vec<u8>, Error> {
        let key = self.0.iter().find(|key| key.name == name);
        let key = key.ok_or_else(|| Error::UnknownKey(name.to_owned()))?;
        let (nonce, sealed) = closed.split_at_checked(NONCE_LEN).ok_or(Error::Forged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_no_more| Error::Forged)?;
        let mut opened = sealed.to_vec();
        let plain = key
            .cipher
            .open_in_place(nonce, Aad::from(bound(purpose, name)), &mut opened)
            .map_err(|_no_more| Error::Forged)?;
        Ok(plain.to_vec())
    }

    /// The names of the keys, the one that closes first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.name.as_str())
    }
}

/// What is authenticated beside what is closed.
fn bound(purpose: &str, name: &str) -> Vec<u8> {
    format!("posada/{purpose}/{name}").into_bytes()
}

impl FromStr for Keyring {
    type Err = InvalidKeys;

    fn from_str(text: &str) -> Result<Self, InvalidKeys> {
        let mut keys: Vec<Key> = Vec::new();
        for written in text.split([',', '\n']).map(str::trim) {
            if written.is_empty() {
                continue;
            }
            let key = Key::parse(written)?;
            if keys.iter().any(|other| other.name == key.name) {
                return Err(InvalidKeys::Twice);
            }
            keys.push(key);
        }
        if keys.is_empty() {
            return Err(InvalidKeys::None);
        }
        Ok(Self(Arc::new(keys)))
    }
}

impl Key {
    fn parse(text: &str) -> Result<Self, InvalidKeys> {
        let (name, digits) = text.split_once(':').ok_or(InvalidKeys::Form)?;
        let is_named = (1..=LONGEST_NAME).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let bytes = hex::decode(digits).map_err(|_no_digits| InvalidKeys::Form)?;
        if !is_named || bytes.len() != KEY_BYTES {
            return Err(InvalidKeys::Form);
        }
        let unbound = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_length| InvalidKeys::Form)?;
        Ok(Self {
            name: name.to_owned(),
            cipher: LessSafeKey::new(unbound),
        })
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(name: &str, digit: char) -> String {
        format!("{name}:{}", digit.to_string().repeat(64))
    }

    fn ring(keys: &[String]) -> Keyring {
        keys.join(",").parse().unwrap()
    }

    #[test]
    fn what_another_implementation_closed_opens() {
        // By OpenSSL's AES-256-GCM: the key 32 times 0x11, the nonce twelve zeros, «posada/test/one» beside it.
        let sealed = hex::decode("aca57206a8f16b0deb20508a3a310d5ead7cf482").unwrap();
        let closed = [vec![0; NONCE_LEN], sealed].concat();
        let keys = ring(&[key("one", '1')]);
        assert_eq!(keys.open("test", "one", &closed).unwrap(), b"hola");
    }

    #[test]
    fn an_old_key_opens_and_the_first_closes() {
        let old = ring(&[key("old", '1')]);
        let both = ring(&[key("new", '2'), key("old", '1')]);
        let (name, closed) = old.close("test", b"before").unwrap();
        assert_eq!(both.open("test", name, &closed).unwrap(), b"before");
        assert_eq!(both.close("test", b"after").unwrap().0, "new");
        let gone = ring(&[key("new", '2')]);
        let refused = gone.open("test", "old", &closed);
        assert_eq!(refused, Err(Error::UnknownKey("old".to_owned())));
    }

    #[test]
    fn what_is_closed_for_one_purpose_opens_for_no_other() {
        let keys = ring(&[key("one", '1')]);
        let (name, closed) = keys.close("payload", b"x").unwrap();
        assert_eq!(keys.open("webhook", name, &closed), Err(Error::Forged));
    }

    #[test]
    fn closing_twice_gives_two_things() {
        let keys = ring(&[key("one", '1')]);
        let (_, first) = keys.close("test", b"the same").unwrap();
        let (_, second) = keys.close("test", b"the same").unwrap();
        assert_ne!(first, second);
    }

    #[test]
    fn keys_that_cannot_be_used_are_refused_by_what_is_wrong() {
        let refused = |text: &str| text.parse::<Keyring>().unwrap_err();
        assert_eq!(refused(""), InvalidKeys::None);
        assert_eq!(refused(" , "), InvalidKeys::None);
        assert_eq!(refused("secret"), InvalidKeys::Form);
        assert_eq!(refused("k1:abcd"), InvalidKeys::Form);
        assert_eq!(refused(&key("", '1')), InvalidKeys::Form);
        assert_eq!(refused(&key("k 1", '1')), InvalidKeys::Form);
        let twice = [key("one", '1'), key("one", '2')].join(",");
        assert_eq!(refused(&twice), InvalidKeys::Twice);
    }

    #[test]
    fn a_ring_shows_names_alone() {
        let keys = ring(&[key("one", '1')]);
        assert_eq!(format!("{keys:?}"), r#"["one"]"#);
    }

    proptest! {
        #[test]
        fn what_was_changed_anywhere_does_not_open(plain in proptest::collection::vec(any::<u8>(), 0..100), at: prop::sample::Index, bit in 0_u8..8) {
            let keys = ring(&[key("one", '1')]);
            let (name, mut closed) = keys.close("test", &plain).unwrap();
            prop_assert_eq!(keys.open("test", name, &closed).unwrap(), plain);
            let at = at.index(closed.len());
            closed[at] ^= 1 << bit;
            prop_assert_eq!(keys.open("test", name, &closed), Err(Error::Forged));
            closed.truncate(at);
            prop_assert_eq!(keys.open("test", name, &closed), Err(Error::Forged));
        }
    }
}
