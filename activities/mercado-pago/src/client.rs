//! The calls of the API, one method each.
//!
//! The client keeps no state and retries nothing: waiting is the caller's business, and [`Error`]
//! says when it is worth it. Answers are read to the end, redirects are not followed, and every
//! call has a deadline.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use crate::error::{Error, Outage};

mod payments;
mod preferences;
mod search;

pub use search::{Page, PaymentFilter, PaymentSearch};

/// Longer than the slowest healthy answer, shorter than anybody's patience.
const TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// One seller's access to the API. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: Url,
    access_token: SecretString,
}

/// The base address cannot be one.
#[derive(Debug, thiserror::Error)]
#[error("the base address of Mercado Pago must be an http or https address")]
pub struct InvalidBaseUrl;

impl Client {
    /// A client for the API at `base_url`, acting as the seller the token belongs to.
    ///
    /// # Errors
    ///
    /// [`InvalidBaseUrl`] if the address is not http or https.
    pub fn new(base_url: &str, access_token: SecretString) -> Result<Self, InvalidBaseUrl> {
        Self::with_timeout(base_url, access_token, TIMEOUT)
    }

    /// The same, with a deadline of one's own for a whole call.
    ///
    /// # Errors
    ///
    /// [`InvalidBaseUrl`] if the address is not http or https.
    pub fn with_timeout(
        base_url: &str,
        access_token: SecretString,
        timeout: Duration,
    ) -> Result<Self, InvalidBaseUrl> {
        let base_url = Url::parse(base_url).or(Err(InvalidBaseUrl))?;
        if !matches!(base_url.scheme(), "http" | "https") {
            return Err(InvalidBaseUrl);
        }
        let http = reqwest::Client::builder()
            .timeout(timeout)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("the TLS backend is compiled in and takes these settings");
        Ok(Self {
            http,
            base_url,
            access_token,
        })
    }

    /// A request to a path given by its segments, which are escaped.
    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.base_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        self.http
            .request(method, url)
            .bearer_auth(self.access_token.expose_secret())
    }
}

/// Sends a request and reads its answer.
async fn send<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Error> {
    let response = request.send().await?;
    let (status, retry_after) = (response.status(), retry_after(&response, Utc::now()));
    log_answer(&response);
    let body = response.bytes().await?;
    if !status.is_success() {
        return Err(Error::from_answer(status, retry_after, &body));
    }
    serde_json::from_slice(&body).map_err(|error| Error::Unavailable(Outage::Unreadable(error)))
}

/// The provider's own number for the request is what its support asks for.
fn log_answer(response: &Response) {
    let request_id = response
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok());
    tracing::debug!(
        http.path = response.url().path(),
        http.status = response.status().as_u16(),
        mercado_pago.request_id = request_id,
        "Mercado Pago answered"
    );
}

/// `Retry-After` as seconds or as a date.
fn retry_after(response: &Response, now: DateTime<Utc>) -> Option<Duration> {
    if response.status() != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let text = response
        .headers()
        .get(reqwest::header::RETRY_AFTER)?
        .to_str()
        .ok()?;
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?;
    Some((at.to_utc() - now).to_std().unwrap_or_default())
}
