//! Payment links: make, find, read, close.

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Client, send};
use crate::date;
use crate::error::Error;
use crate::id::ExternalReference;
use crate::lenient;
use crate::preference::{NewPreference, Preference};

const PATH: [&str; 2] = ["checkout", "preferences"];

impl Client {
    /// Makes a payment link.
    ///
    /// Not idempotent at the provider: after [`Error::Unavailable`] a link may exist, so ask
    /// [`Client::find_preferences`] before trying again.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] with the provider's name for the broken rule, or any other.
    pub async fn create_preference(&self, new: &NewPreference) -> Result<Preference, Error> {
        send(self.request(Method::POST, &PATH).json(new)).await
    }

    /// Reads a payment link; `None` if there is none of that id.
    ///
    /// # Errors
    ///
    /// Any but [`Error::NotFound`].
    pub async fn preference(&self, id: &str) -> Result<Option<Preference>, Error> {
        match send(self.request(Method::GET, &["checkout", "preferences", id])).await {
            Ok(preference) => Ok(Some(preference)),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Every payment link made under a reference, open or closed, in the provider's order.
    ///
    /// # Errors
    ///
    /// Any.
    pub async fn find_preferences(
        &self,
        reference: &ExternalReference,
    ) -> Result<Vec<Preference>, Error> {
        let mut found = Vec::new();
        let mut offset = 0;
        loop {
            let page = self.preference_page(reference, offset).await?;
            for element in &page.elements {
                found.extend(self.complete(element).await?);
            }
            match page.next_offset {
                Some(next) if next > offset && !page.elements.is_empty() => offset = next,
                _ => return Ok(found),
            }
        }
    }

    /// Closes a payment link: from `now` on nobody can open it. A payment begun before may still
    /// arrive.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such link, or any other.
    pub async fn close_preference(
        &self,
        id: &str,
        now: DateTime<Utc>,
    ) -> Result<Preference, Error> {
        self.move_preference_end(id, now).await
    }

    /// Moves the moment from which nobody can open a payment link any more.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such link, or any other.
    pub async fn move_preference_end(
        &self,
        id: &str,
        ends_at: DateTime<Utc>,
    ) -> Result<Preference, Error> {
        let body = json!({ "expires": true, "expiration_date_to": date::format(ends_at) });
        send(
            self.request(Method::PUT, &["checkout", "preferences", id])
                .json(&body),
        )
        .await
    }

    async fn preference_page(
        &self,
        reference: &ExternalReference,
        offset: u64,
    ) -> Result<PreferencePage, Error> {
        let query = [
            ("external_reference", reference.as_str()),
            ("offset", &offset.to_string()),
        ];
        let path = ["checkout", "preferences", "search"];
        send(self.request(Method::GET, &path).query(&query)).await
    }

    /// Search elements may be abridged; the link itself is then read by its id.
    async fn complete(&self, element: &FoundPreference) -> Result<Option<Preference>, Error> {
        let (Some(init_point), Some(metadata)) =
            (element.init_point.clone(), element.metadata.clone())
        else {
            return self.preference(&element.id).await;
        };
        Ok(Some(Preference {
            id: element.id.clone(),
            init_point,
            external_reference: element.external_reference.clone(),
            closes_at: element.expiration_date_to,
            date_created: element.date_created,
            metadata,
        }))
    }
}

#[derive(Deserialize)]
struct PreferencePage {
    #[serde(deserialize_with = "lenient::items")]
    elements: Vec<FoundPreference>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    next_offset: Option<u64>,
}

#[derive(Deserialize)]
struct FoundPreference {
    id: String,
    #[serde(default)]
    init_point: Option<String>,
    #[serde(default, deserialize_with = "lenient::id")]
    external_reference: Option<String>,
    #[serde(default, deserialize_with = "lenient::instant")]
    expiration_date_to: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "lenient::instant")]
    date_created: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    metadata: Option<Map<String, Value>>,
}
