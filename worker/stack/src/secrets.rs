//! Passwords and tokens that our programs share with each other and with the sandbox, made up here.
//!
//! They are random and kept beside the data they open, so that no two installations share one and no
//! demo can be mistaken for production.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use rand::RngCore as _;

/// Their names are those of the environment variables that carry them.
const NAMES: [&str; 10] = [
    POSTGRES_PASSWORD,
    OPERATOR_TOKEN,
    OWNER_PASSWORD,
    "POSADA_GUEST_TOKEN_SECRET",
    PAYLOAD_KEYS,
    "WHATSAPP_ACCESS_TOKEN",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_VERIFY_TOKEN",
    MERCADOPAGO_TOKEN,
    "MERCADOPAGO_WEBHOOK_SECRET",
];
const POSTGRES_PASSWORD: &str = "POSTGRES_PASSWORD";
const OPERATOR_TOKEN: &str = "POSADA_OPERATOR_TOKEN";
/// Of the owner that the demo makes: no program of ours knows it.
const OWNER_PASSWORD: &str = "DEMO_OWNER_PASSWORD";
/// Of what goes to Temporal.
const PAYLOAD_KEYS: &str = "POSADA_PAYLOAD_KEYS";
/// Mercado Pago's production tokens begin with `APP_USR-`.
const MERCADOPAGO_TOKEN: &str = "MERCADOPAGO_ACCESS_TOKEN";

/// One value per name. It has no `Debug` on purpose.
#[derive(Clone)]
pub struct Secrets(BTreeMap<String, String>);

impl Secrets {
    /// New ones.
    #[must_use]
    pub fn generate() -> Self {
        let mut secrets = Self(BTreeMap::new());
        secrets.complete();
        secrets
    }

    /// Those in the file, after adding what is missing there.
    ///
    /// # Errors
    ///
    /// The file can't be read or written.
    pub(crate) fn kept_in(file: &Path) -> Result<Self> {
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(error).with_context(|| format!("could not read {}", file.display()));
            }
        };
        let lines = text.lines().filter_map(|line| line.split_once('='));
        let owned = lines.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut secrets = Self(owned.collect());
        if secrets.complete() {
            secrets.write_to(file)?;
        }
        Ok(secrets)
    }

    /// The password of the database's superuser.
    #[must_use]
    pub fn postgres_password(&self) -> &str {
        self.get(POSTGRES_PASSWORD)
    }

    /// What an operator's requests carry as their bearer token.
    #[must_use]
    pub fn operator_token(&self) -> &str {
        self.get(OPERATOR_TOKEN)
    }

    /// What is sent to Temporal is closed with these.
    #[must_use]
    pub fn payload_keys(&self) -> &str {
        self.get(PAYLOAD_KEYS)
    }

    /// What the demo's owner signs in to the admin pages with.
    #[must_use]
    pub fn owner_password(&self) -> &str {
        self.get(OWNER_PASSWORD)
    }

    /// Those that our programs share, as environment variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.0.iter();
        let ours = all.filter(|(name, _)| *name != POSTGRES_PASSWORD && *name != OWNER_PASSWORD);
        ours.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// One of them by the name of its variable; empty if there is no such secret.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    fn complete(&mut self) -> bool {
        let before = self.0.len();
        for name in NAMES {
            let value = || match name {
                MERCADOPAGO_TOKEN => format!("APP_USR-{}", random::<24>()),
                PAYLOAD_KEYS => format!("k1:{}", random::<32>()),
                _ => random::<24>(),
            };
            self.0.entry(name.to_owned()).or_insert_with(value);
        }
        self.0.len() != before
    }

    fn write_to(&self, file: &Path) -> Result<()> {
        let mut text = String::new();
        for (name, value) in &self.0 {
            let _ = writeln!(text, "{name}={value}");
        }
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(file)
            .and_then(|mut open| open.write_all(text.as_bytes()))
            .with_context(|| format!("could not write {}", file.display()))
    }
}

/// So many bytes in letters that need no escaping in a URL.
fn random<const BYTES: usize>() -> String {
    let mut bytes = [0_u8; BYTES];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
