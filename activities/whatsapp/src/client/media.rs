//! Media that guests send: looked up by id, downloaded within five minutes.
//!
//! The address is on another host than the API and still wants the token, so the token goes only to
//! hosts that were configured; the size is capped while the bytes arrive, whatever was announced.

use std::time::Duration;

use reqwest::{Method, StatusCode, Url};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::{Client, answer};
use crate::error::Error;

/// How long a download may take.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(60);

/// Where a medium is, for the next five minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaLocation {
    /// The address; it needs the token.
    pub url: String,
    /// Its type, with parameters.
    pub mime: String,
    /// Its announced size in bytes.
    pub size: Option<u64>,
}

/// A medium.
#[derive(Clone, PartialEq, Eq)]
pub struct Media {
    /// Its type, with parameters.
    pub mime: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Media {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Media")
            .field("mime", &self.mime)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

impl Client {
    /// Looks up where a medium is.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] for an unknown or expired id, otherwise as any call.
    pub async fn media_url(&self, media_id: &str) -> Result<MediaLocation, Error> {
        let call = self
            .call(Method::GET, &[media_id])
            .query(&[("phone_number_id", &self.phone_number_id)]);
        let answer = answer::of_query(call).await?;
        let text = |key| {
            answer
                .get(key)
                .and_then(Value::as_str)
                .map(ToOwned::to_owned)
        };
        Ok(MediaLocation {
            url: text("url").ok_or(Error::MediaGone)?,
            mime: text("mime_type").unwrap_or_else(|| "application/octet-stream".to_owned()),
            // Seen as a number and as text.
            size: answer
                .get("file_size")
                .and_then(|size| size.as_u64().or_else(|| size.as_str()?.parse().ok())),
        })
    }

    /// Downloads a medium of at most `max_bytes`.
    ///
    /// # Errors
    ///
    /// [`Error::MediaGone`] when the address has expired, [`Error::MediaTooLarge`],
    /// [`Error::UntrustedHost`], otherwise as any call.
    pub async fn download(
        &self,
        location: &MediaLocation,
        max_bytes: usize,
    ) -> Result<Media, Error> {
        let too_large = Error::MediaTooLarge { max_bytes };
        let fits = |size: u64| usize::try_from(size).is_ok_and(|size| size <= max_bytes);
        if location.size.is_some_and(|size| !fits(size)) {
            return Err(too_large);
        }
        let url = self.trusted(&location.url)?;
        let mut response = self
            .http
            .get(url)
            .timeout(DOWNLOAD_TIMEOUT)
            .bearer_auth(self.token.expose_secret())
            .send()
            .await
            .map_err(unavailable)?;
        match response.status() {
            status if status.is_success() => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => return Err(Error::MediaGone),
            _ => return Err(answer::refusal(response, Error::Unavailable).await),
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
            if bytes.len().saturating_add(chunk.len()) > max_bytes {
                return Err(too_large);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Media {
            mime: location.mime.clone(),
            bytes,
        })
    }

    /// Looks a medium up and downloads it, once more if the address expired in between.
    ///
    /// # Errors
    ///
    /// As [`Client::media_url`] and [`Client::download`].
    pub async fn fetch_media(&self, media_id: &str, max_bytes: usize) -> Result<Media, Error> {
        let location = self.media_url(media_id).await?;
        match self.download(&location, max_bytes).await {
            Err(Error::MediaGone) => {
                let location = self.media_url(media_id).await?;
                self.download(&location, max_bytes).await
            }
            outcome => outcome,
        }
    }

    /// The address, if our token may go there: the API's own origin, or a configured host over https.
    fn trusted(&self, url: &str) -> Result<Url, Error> {
        let url = Url::parse(url).map_err(|_malformed| Error::UntrustedHost)?;
        let is_listed = url.host_str().is_some_and(|host| {
            self.media_hosts.iter().any(|listed| {
                host == listed
                    || host
                        .strip_suffix(listed.as_str())
                        .is_some_and(|sub| sub.ends_with('.'))
            })
        });
        if url.origin() == self.root.origin() || (is_listed && url.scheme() == "https") {
            Ok(url)
        } else {
            Err(Error::UntrustedHost)
        }
    }
}

fn unavailable(error: reqwest::Error) -> Error {
    Error::Unavailable(Some(error.without_url()))
}
