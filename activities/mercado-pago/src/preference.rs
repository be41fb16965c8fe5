//! Payment links: what can be asked for, and what comes back.
//!
//! The provider's limits are enforced when a value is built, not when it is refused: one item, a
//! reference of its alphabet, a notification address of its length. Currency is always `ARS`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::amount::Amount;
use crate::id::{ExternalReference, InvalidText, check_length};
use crate::lenient;
use crate::payment::PaymentType;

mod wire;

/// A payment link to be made.
#[derive(Debug, Clone)]
pub struct NewPreference {
    /// What is paid for.
    pub item: Item,
    /// Who is expected to pay, to fill the form in.
    pub payer: Option<Payer>,
    /// Our key, found again on every payment made through the link.
    pub external_reference: ExternalReference,
    /// Where notifications go, before any address set in the provider's dashboard.
    pub notification_url: Option<NotificationUrl>,
    /// Where the browser goes afterwards. It returns on its own only to public https addresses,
    /// because the provider refuses a link that asks for more.
    pub back_urls: Option<BackUrls>,
    /// From when the link can be opened; at once if absent.
    pub opens_at: Option<DateTime<Utc>>,
    /// Until when the link can be opened. A payment begun before may still be approved after.
    pub closes_at: Option<DateTime<Utc>>,
    /// Until when a cash voucher of this link can be paid.
    pub vouchers_expire_at: Option<DateTime<Utc>>,
    /// Only approved or rejected, never under review.
    pub binary_mode: bool,
    /// Kinds of means that are not offered. Account money cannot be excluded.
    pub excluded_types: Vec<PaymentType>,
    /// The most instalments, 1 to 36; the provider's choice if absent.
    pub installments: Option<u8>,
    /// What the card statement says.
    pub statement_descriptor: Option<StatementDescriptor>,
    /// Copied to each payment. Use `snake_case` keys, others come back changed.
    pub metadata: BTreeMap<String, String>,
}

impl NewPreference {
    /// A link for one item under one reference, everything else left to the provider.
    #[must_use]
    pub fn new(item: Item, external_reference: ExternalReference) -> Self {
        Self {
            item,
            payer: None,
            external_reference,
            notification_url: None,
            back_urls: None,
            opens_at: None,
            closes_at: None,
            vouchers_expire_at: None,
            binary_mode: false,
            excluded_types: Vec::new(),
            installments: None,
            statement_descriptor: None,
            metadata: BTreeMap::new(),
        }
    }
}

impl Serialize for NewPreference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        wire::Body::from(self).serialize(serializer)
    }
}

/// What is paid for: one thing, once, at a price above zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    id: String,
    title: String,
    unit_price: Amount,
}

/// Why something cannot be charged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidItem {
    /// The provider requires both.
    #[error("an item needs an id and a title")]
    Unnamed,
    /// Zero or less.
    #[error("the price of an item must be above zero")]
    NotPositive,
}

impl Item {
    /// An item with our own id for it, the title the payer reads, and its price in pesos.
    ///
    /// # Errors
    ///
    /// [`InvalidItem`] if the id or title is blank or the price is not above zero.
    pub fn new(
        id: impl Into<String>,
        title: impl Into<String>,
        unit_price: Amount,
    ) -> Result<Self, InvalidItem> {
        let (id, title) = (id.into(), title.into());
        if id.trim().is_empty() || title.trim().is_empty() {
            return Err(InvalidItem::Unnamed);
        }
        if unit_price <= Amount::ZERO {
            return Err(InvalidItem::NotPositive);
        }
        Ok(Self {
            id,
            title,
            unit_price,
        })
    }
}

/// Who is expected to pay.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Payer {
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surname: Option<String>,
    /// Mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// Where the browser goes after paying. The provider ignores what is not https.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackUrls {
    success: Url,
    pending: Url,
    failure: Url,
}

impl BackUrls {
    /// Where to go after an approval, while it is undecided, and after a refusal.
    ///
    /// # Errors
    ///
    /// [`InvalidText`] if one of them is not an http or https address.
    pub fn new(success: &str, pending: &str, failure: &str) -> Result<Self, InvalidText> {
        Ok(Self {
            success: web_address("return address", success)?,
            pending: web_address("return address", pending)?,
            failure: web_address("return address", failure)?,
        })
    }

    /// One address for all three outcomes; it is told which in its query.
    ///
    /// # Errors
    ///
    /// [`InvalidText`] if it is not an http or https address.
    pub fn all(address: &str) -> Result<Self, InvalidText> {
        Self::new(address, address, address)
    }
}

fn web_address(what: &'static str, text: &str) -> Result<Url, InvalidText> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or(InvalidText::Alphabet {
            what,
            alphabet: "http and https addresses",
        })
}

/// Where notifications go: an http(s) address of at most 248 characters. Our own query parameters
/// are preserved; `source_news=webhooks` asks for signed webhooks alone, which is not always obeyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct NotificationUrl(String);

impl NotificationUrl {
    /// The most characters.
    pub const LIMIT: usize = 248;

    /// Checks length and scheme.
    ///
    /// # Errors
    ///
    /// [`InvalidText`] names the rule that is broken.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidText> {
        let text = text.into();
        const WHAT: &str = "notification address";
        check_length(WHAT, &text, Self::LIMIT)?;
        web_address(WHAT, &text)?;
        Ok(Self(text))
    }

    /// As sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the card statement says: 1 to 13 characters, the smaller of the two documented limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct StatementDescriptor(String);

impl StatementDescriptor {
    /// The most characters.
    pub const LIMIT: usize = 13;

    /// Checks the length.
    ///
    /// # Errors
    ///
    /// [`InvalidText`] names the rule that is broken.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidText> {
        let text = text.into();
        check_length("statement descriptor", &text, Self::LIMIT)?;
        Ok(Self(text))
    }
}

/// A payment link that exists.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Preference {
    /// Opaque.
    pub id: String,
    /// The page the payer opens.
    pub init_point: String,
    /// Our key.
    #[serde(default, deserialize_with = "lenient::id")]
    pub external_reference: Option<String>,
    /// Until when it can be opened, if it closes at all.
    #[serde(
        default,
        rename = "expiration_date_to",
        deserialize_with = "lenient::instant"
    )]
    pub closes_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[serde(default, deserialize_with = "lenient::instant")]
    pub date_created: Option<DateTime<Utc>>,
    /// What was said of it when it was made, keys in `snake_case`.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub metadata: Map<String, Value>,
}

impl Preference {
    /// Whether a payer can still open it.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.closes_at.is_none_or(|closes_at| now < closes_at)
    }
}
