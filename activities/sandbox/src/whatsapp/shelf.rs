//! Where media are kept, and for how long the addresses given out for them lead there.

use std::{collections::HashMap, time::Duration};

use axum::body::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use uuid::Uuid;

use super::refusal::Refusal;

/// How long the address of a medium lives.
const ADDRESS_LIFE: Duration = Duration::from_secs(5 * 60);
const KB: usize = 1024;
const MB: usize = 1024 * KB;

/// Every medium, and the addresses given out for them.
#[derive(Default)]
pub(super) struct Shelf {
    media: HashMap<String, Medium>,
    addresses: HashMap<String, (String, Instant)>,
}

/// A medium.
#[derive(Clone)]
pub(super) struct Medium {
    pub(super) mime: String,
    pub(super) bytes: Bytes,
}

impl Medium {
    pub(super) fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }

    /// Whether the platform takes such a medium from a business.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let mime = self.mime.split(';').next().unwrap_or_default().trim();
        let limit = match mime {
            "audio/aac" | "audio/mp4" | "audio/mpeg" | "audio/amr" | "audio/ogg" => 16 * MB,
            "image/jpeg" | "image/png" => 5 * MB,
            "video/mp4" | "video/3gpp" => 16 * MB,
            "image/webp" => 500 * KB,
            "text/plain" | "application/pdf" => 100 * MB,
            office if office.starts_with("application/vnd.") || office == "application/msword" => {
                100 * MB
            }
            _ => {
                return Err(Refusal::new(
                    131_053,
                    format!("Unsupported media type {mime}."),
                ));
            }
        };
        if self.bytes.len() > limit {
            return Err(Refusal::new(131_053, "The media file is too large."));
        }
        Ok(())
    }
}

impl Shelf {
    /// Keeps a medium; answers its id.
    pub(super) fn keep(&mut self, medium: Medium) -> String {
        let random = u64::from(rand::random::<u32>());
        let id = random.saturating_add(4_490_000_000_000_000).to_string();
        self.media.insert(id.clone(), medium);
        id
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<Medium> {
        self.media.remove(id)
    }

    pub(super) fn find(&self, id: &str) -> Option<&Medium> {
        self.media.get(id)
    }

    pub(super) fn give_address(&mut self, id: &str) -> String {
        let token = Uuid::new_v4().simple().to_string();
        let expires = Instant::now() + ADDRESS_LIFE;
        self.addresses
            .insert(token.clone(), (id.to_owned(), expires));
        token
    }

    pub(super) fn at_address(&self, token: &str) -> Option<&Medium> {
        let (id, expires) = self.addresses.get(token)?;
        self.media.get(id).filter(|_| *expires > Instant::now())
    }
}
