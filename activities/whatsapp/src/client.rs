//! Calls to the Graph API: send, mark as read, fetch media.
//!
//! Every call is made once.
//! Whether to repeat it, when, and what to do instead is the caller's decision, for which
//! [`Error`] has the answer.

mod answer;
mod media;

use std::time::Duration;

use reqwest::{Method, RequestBuilder, Url, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::{Value, json};

pub use media::{Media, MediaLocation};

use crate::{
    error::Error,
    message::{Envelope, Message, Recipient},
    number,
};

/// How long the platform may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long it may take to answer a call.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest callback data that it carries.
const MAX_CALLBACK_DATA: usize = 512;

/// What a client has to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// `https://graph.facebook.com`, or the sandbox.
    pub base_url: String,
    /// The pinned version, such as `v25.0`.
    pub version: String,
    /// The business number's API id.
    pub phone_number_id: String,
    /// A system user's token.
    pub token: SecretString,
    /// Hosts, beside that of `base_url`, to which the token may go for a download; their subdomains are
    /// included.
    pub media_hosts: Vec<String>,
    /// Sends to `54…` instead of `549…`, which test numbers want and production numbers do not need.
    pub argentina_strip_nine_on_send: bool,
}

impl Config {
    /// Where Meta keeps media.
    pub const META_MEDIA_HOSTS: [&'static str; 2] = ["fbsbx.com", "fbcdn.net"];
}

/// The configuration cannot work.
#[derive(Debug, thiserror::Error)]
pub enum InvalidConfig {
    /// `base_url` is not an absolute http or https address.
    #[error("the WhatsApp base URL is not an http or https address")]
    BaseUrl,
    /// `version` is not of the form `v25.0`.
    #[error("the WhatsApp API version is not of the form v25.0")]
    Version,
    /// `phone_number_id` is not a number.
    #[error("the WhatsApp phone number id is not made of digits")]
    PhoneNumberId,
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be built")]
    Http(#[source] reqwest::Error),
}

/// A message that the platform has taken; accepted is not yet sent, let alone delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The id under which statuses will speak of it.
    pub message_id: String,
    /// The recipient's canonical WhatsApp id, to be kept as an alias.
    pub wa_id: Option<String>,
    /// The recipient's business-scoped id, when it was written to by that.
    pub user_id: Option<String>,
}

/// A client of one business number; cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    /// `{base_url}/{version}`.
    root: Url,
    phone_number_id: String,
    token: SecretString,
    media_hosts: Vec<String>,
    strip_nine: bool,
}

impl Client {
    /// Prepares a client; nothing is connected yet.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`] in words for the operator.
    pub fn new(config: Config) -> Result<Self, InvalidConfig> {
        let is_version = config.version.strip_prefix('v').is_some_and(|number| {
            !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.')
        });
        if !is_version {
            return Err(InvalidConfig::Version);
        }
        let id = &config.phone_number_id;
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidConfig::PhoneNumberId);
        }
        let root = format!(
            "{}/{}",
            config.base_url.trim_end_matches('/'),
            config.version
        );
        let root = Url::parse(&root)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or(InvalidConfig::BaseUrl)?;
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            // The Graph API does not redirect, and media may do so a few times; reqwest never forwards
            // the token to another host.
            .redirect(redirect::Policy::limited(3))
            .build()
            .map_err(InvalidConfig::Http)?;
        Ok(Self {
            http,
            root,
            phone_number_id: config.phone_number_id,
            token: config.token,
            media_hosts: config.media_hosts,
            strip_nine: config.argentina_strip_nine_on_send,
        })
    }

    /// Sends a message. **Not idempotent**: calling it twice sends twice.
    ///
    /// `callback_data` comes back in every status of the message; put the key of the outbox there.
    ///
    /// # Errors
    ///
    /// See [`Error`]; [`Error::InDoubt`] in particular is settled by a status, not by sending again.
    pub async fn send(
        &self,
        recipient: &Recipient,
        message: &Message,
        callback_data: &str,
    ) -> Result<Accepted, Error> {
        if callback_data.chars().count() > MAX_CALLBACK_DATA {
            return Err(Error::Rejected {
                code: None,
                message: format!("the callback data exceeds {MAX_CALLBACK_DATA} characters"),
            });
        }
        let recipient = self.spelled(recipient);
        let body = Envelope::new(&recipient, message, callback_data);
        let answer = answer::of_effect(self.post_message(&body)).await?;
        accepted(&answer).ok_or(Error::InDoubt(None))
    }

    /// Marks a guest's message, and all before it, as read; `typing` shows for up to 25 seconds that an
    /// answer is being written.
    ///
    /// Never let a failure of it hold up an answer.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] for an unknown message, otherwise as any call.
    pub async fn mark_read(&self, message_id: &str, typing: bool) -> Result<(), Error> {
        let mut body = json!({
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": message_id,
        });
        if typing && let Some(fields) = body.as_object_mut() {
            fields.insert("typing_indicator".to_owned(), json!({ "type": "text" }));
        }
        answer::of_query(self.post_message(&body)).await?;
        Ok(())
    }

    /// Submits a template to be approved, as the platform takes it: see the manifest of our templates. What becomes
    /// of it is told by a webhook.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] when it is not in order or was submitted before, otherwise as any call.
    pub async fn submit_template(&self, account: &str, template: &Value) -> Result<(), Error> {
        let call = self.call(Method::POST, &[account, "message_templates"]);
        answer::of_query(call.json(template)).await?;
        Ok(())
    }

    fn post_message(&self, body: &impl Serialize) -> RequestBuilder {
        self.call(Method::POST, &[&self.phone_number_id, "messages"])
            .json(body)
    }

    /// A call to `{root}/{segments}`, with the token and the usual patience.
    fn call(&self, method: Method, segments: &[&str]) -> RequestBuilder {
        let mut url = self.root.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        self.http
            .request(method, url)
            .timeout(CALL_TIMEOUT)
            .bearer_auth(self.token.expose_secret())
    }

    fn spelled(&self, recipient: &Recipient) -> Recipient {
        match recipient {
            Recipient::Phone(id) if self.strip_nine => Recipient::Phone(number::strip_nine(id)),
            Recipient::Phone(_) | Recipient::User(_) => recipient.clone(),
        }
    }
}

fn accepted(answer: &Value) -> Option<Accepted> {
    let text = |pointer| {
        answer
            .pointer(pointer)
            .and_then(Value::as_str)
            .filter(|text: &&str| !text.is_empty())
            .map(ToOwned::to_owned)
    };
    Some(Accepted {
        message_id: text("/messages/0/id")?,
        wa_id: text("/contacts/0/wa_id"),
        user_id: text("/contacts/0/user_id"),
    })
}
