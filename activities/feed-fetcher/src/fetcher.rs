//! One fetch: the request, the way to its answer, and what the answer means.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use reqwest::{
    Response, StatusCode,
    header::{self, HeaderMap, HeaderName, HeaderValue},
    redirect,
};

use crate::{Error, FeedUrl, Policy, body, resolver::PublicOnly, turns::Turns};

/// What channels are told we are. One of them answers 403 to whoever says nothing.
const USER_AGENT: &str = "Posada/1 (calendar sync)";

/// What we would like to read.
const ACCEPT: &str = "text/calendar, text/plain;q=0.8, */*;q=0.5";

/// A value for a conditional request that is longer says that somebody plays with us.
const LONGEST_VALIDATOR: usize = 1_024;

/// How much one fetch may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes, after unpacking.
    pub body_bytes: usize,
    /// Until there is a connection.
    pub connect: Duration,
    /// From the request to the end of the answer, redirects included.
    pub exchange: Duration,
    /// How often it is followed to another address.
    pub redirects: u8,
    /// How far apart requests to one host begin.
    pub host_floor: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Room for the 50,000 events that the reader takes.
            body_bytes: 32 * 1024 * 1024,
            connect: Duration::from_secs(5),
            exchange: Duration::from_secs(20),
            redirects: 3,
            host_floor: Duration::from_millis(250),
        }
    }
}

/// What a conditional request is made with: the values of the last good answer, or none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// For `If-None-Match`.
    pub etag: Option<String>,
    /// For `If-Modified-Since`.
    pub last_modified: Option<String>,
}

/// What a channel answered.
#[derive(Debug)]
pub enum Answer {
    /// The same as last time.
    NotModified,
    /// A body, which may or may not be a calendar.
    Body(Fetched),
}

/// A body that was read to its end.
#[derive(Debug)]
pub struct Fetched {
    /// Its bytes, unpacked.
    pub bytes: Vec<u8>,
    /// For the next request.
    pub validators: Validators,
    /// Another host, to which the channel says the calendar has moved for good.
    pub moved_to: Option<String>,
}

/// How a posted document was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// The status.
    pub status: u16,
    /// For how long it asks to be left alone.
    pub retry_after: Option<Duration>,
}

/// Fetches calendars. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fetcher(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    policy: Policy,
    limits: Limits,
    /// For what anybody typed.
    guarded: reqwest::Client,
    /// For the origins that the installation trusts.
    trusting: reqwest::Client,
    turns: Turns,
}

impl Fetcher {
    /// A fetcher of what this policy allows.
    #[must_use]
    pub fn new(policy: Policy, limits: Limits) -> Self {
        let client = || {
            reqwest::Client::builder()
                .user_agent(USER_AGENT)
                .connect_timeout(limits.connect)
                .redirect(redirect::Policy::none())
                .referer(false)
                .no_proxy()
                // Every connection is made to an address that was judged for it.
                .pool_max_idle_per_host(0)
        };
        let built = |client: reqwest::ClientBuilder| {
            client
                .build()
                .expect("the TLS backend is compiled in and takes these settings")
        };
        Self(Arc::new(Parts {
            guarded: built(client().dns_resolver(Arc::new(PublicOnly))),
            trusting: built(client()),
            turns: Turns::new(limits.host_floor),
            policy,
            limits,
        }))
    }

    /// Which addresses it fetches.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// Fetches a calendar, unless it is what it was.
    ///
    /// # Errors
    /// See [`Error`]. None of them says anything about a night.
    pub async fn fetch(&self, url: &FeedUrl, known: &Validators) -> Result<Answer, Error> {
        // Waiting for a turn is not the channel's fault.
        let turn = self.0.turns.at(url.host()).await;
        let exchange = self.0.follow(url, known, turn);
        match tokio::time::timeout(self.0.limits.exchange, exchange).await {
            Ok(answer) => answer,
            Err(_elapsed) => Err(Error::Timeout),
        }
    }
}

impl Fetcher {
    /// Posts a document to an address that somebody typed, under the same guard. Redirects are not followed, and of the
    /// answer only its head is read.
    ///
    /// # Errors
    /// See [`Error`]; a status is none.
    pub async fn post(
        &self,
        url: &FeedUrl,
        headers: &[(&'static str, String)],
        body: String,
        within: Duration,
    ) -> Result<Posted, Error> {
        let turn = self.0.turns.at(url.host()).await;
        let client = self.0.client(url);
        let request = client.post(url.url().clone()).body(body);
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, value)
        });
        let answer = tokio::time::timeout(within, request.send()).await;
        drop(turn);
        let response = answer
            .map_err(|_elapsed| Error::Timeout)?
            .map_err(Error::on_the_way)?;
        Ok(Posted {
            status: response.status().as_u16(),
            retry_after: retry_after(response.headers(), Utc::now()),
        })
    }
}

impl Parts {
    /// Every connection to what anybody typed goes to addresses that were judged.
    fn client(&self, url: &FeedUrl) -> &reqwest::Client {
        if url.is_trusted() {
            &self.trusting
        } else {
            &self.guarded
        }
    }

    async fn follow(
        &self,
        url: &FeedUrl,
        known: &Validators,
        mut turn: crate::turns::Turn,
    ) -> Result<Answer, Error> {
        let mut at = url.clone();
        let mut moved_to = None;
        let mut left = self.limits.redirects;
        loop {
            let response = self.ask(&at, known).await?;
            let status = response.status();
            tracing::debug!(
                feed.host = at.host(),
                http.status = status.as_u16(),
                "a channel answered"
            );
            let Some(location) = redirected(&response) else {
                return self.answered(response, known, moved_to).await;
            };
            left = left.checked_sub(1).ok_or(Error::Redirects)?;
            let next = self.policy.follow(&at, &location);
            let next = next.map_err(Error::ForbiddenRedirect)?;
            let is_for_good = matches!(
                status,
                StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT
            );
            if next.host() != at.host() {
                drop(turn);
                turn = self.turns.at(next.host()).await;
                moved_to = is_for_good.then(|| next.host().to_owned());
            }
            at = next;
        }
    }

    async fn ask(&self, url: &FeedUrl, known: &Validators) -> Result<Response, Error> {
        let mut request = self
            .client(url)
            .get(url.url().clone())
            .header(header::ACCEPT, ACCEPT)
            .header(header::ACCEPT_ENCODING, "gzip");
        if let Some(etag) = &known.etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(date) = &known.last_modified {
            request = request.header(header::IF_MODIFIED_SINCE, date);
        }
        request.send().await.map_err(Error::on_the_way)
    }

    async fn answered(
        &self,
        response: Response,
        known: &Validators,
        moved_to: Option<String>,
    ) -> Result<Answer, Error> {
        let status = response.status().as_u16();
        match status {
            200 => {
                let validators = Validators {
                    etag: validator(response.headers(), header::ETAG),
                    last_modified: validator(response.headers(), header::LAST_MODIFIED),
                };
                let bytes = body::read(response, self.limits.body_bytes).await?;
                Ok(Answer::Body(Fetched {
                    bytes,
                    validators,
                    moved_to,
                }))
            }
            // Whoever was asked without conditions has nothing to compare with.
            304 if *known != Validators::default() => Ok(Answer::NotModified),
            401 | 403 | 404 | 410 => Err(Error::Refused { status }),
            429 | 503 => Err(Error::Busy {
                status,
                retry_after: retry_after(response.headers(), Utc::now()),
            }),
            status => Err(Error::Status { status }),
        }
    }
}

/// Where an answer sends us on to.
fn redirected(response: &Response) -> Option<String> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(header::LOCATION)?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

fn validator(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (value.len() <= LONGEST_VALIDATOR && !value.is_empty()).then(|| value.to_owned())
}

/// `Retry-After` as seconds or as a date.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER).map(HeaderValue::to_str)?;
    let text = text.ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?;
    at.signed_duration_since(now).to_std().ok()
}
