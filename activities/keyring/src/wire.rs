//! The protocol of Temporal's remote codecs: payloads as JSON, their bytes in base64.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use temporalio_common::protos::temporal::api::common::v1::Payload;

use crate::{Codec, Error};

/// Some payloads.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Payloads {
    /// In the order in which they are answered.
    #[serde(default)]
    pub payloads: Vec<WirePayload>,
}

/// A payload.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WirePayload {
    /// What is said of it, each value in base64.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its bytes, in base64.
    #[serde(default)]
    pub data: String,
}

/// Why payloads were not answered.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Something is no base64.
    #[error("a payload is not written in base64")]
    Form,
    /// They cannot be closed or opened.
    #[error(transparent)]
    Keys(#[from] Error),
}

impl Payloads {
    /// Closes each.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn close(&self, codec: &Codec) -> Result<Self, Refused> {
        self.each(|payload| codec.close(&payload))
    }

    /// Opens each that is closed.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn open(&self, codec: &Codec) -> Result<Self, Refused> {
        self.each(|payload| codec.open(payload))
    }

    fn each(&self, done: impl Fn(Payload) -> Result<Payload, Error>) -> Result<Self, Refused> {
        let payloads = self
            .payloads
            .iter()
            .map(|payload| Ok(WirePayload::from(done(payload.read()?)?)));
        Ok(Self {
            payloads: payloads.collect::<Result<_, Refused>>()?,
        })
    }
}

impl WirePayload {
    fn read(&self) -> Result<Payload, Refused> {
        let bytes = |text: &str| STANDARD.decode(text).map_err(|_no_base64| Refused::Form);
        let metadata = self
            .metadata
            .iter()
            .map(|(name, value)| Ok((name.clone(), bytes(value)?)));
        Ok(Payload {
            metadata: metadata.collect::<Result<_, Refused>>()?,
            data: bytes(&self.data)?,
            ..Payload::default()
        })
    }
}

impl From<Payload> for WirePayload {
    fn from(payload: Payload) -> Self {
        let metadata = payload
            .metadata
            .iter()
            .map(|(name, value)| (name.clone(), STANDARD.encode(value)));
        Self {
            metadata: metadata.collect(),
            data: STANDARD.encode(&payload.data),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_form_is_that_of_the_pages() {
        let codec = Codec::new(&format!("k1:{}", "1".repeat(64)).parse().unwrap());
        // `json/plain` and `"hola"`.
        let sent = json!({ "payloads": [{ "metadata": { "encoding": "anNvbi9wbGFpbg==" }, "data": "ImhvbGEi" }] });
        let plain: Payloads = serde_json::from_value(sent.clone()).unwrap();
        let closed = plain.close(&codec).unwrap();
        let metadata = &closed.payloads[0].metadata;
        // `binary/encrypted` and `k1`.
        assert_eq!(metadata["encoding"], "YmluYXJ5L2VuY3J5cHRlZA==");
        assert_eq!(metadata["encryption-key-id"], "azE=");
        let opened = closed.open(&codec).unwrap();
        assert_eq!(serde_json::to_value(&opened).unwrap(), sent);
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        let codec = Codec::new(&format!("k1:{}", "1".repeat(64)).parse().unwrap());
        let sent = json!({ "payloads": [{ "data": "¿?" }] });
        let sent: Payloads = serde_json::from_value(sent).unwrap();
        assert!(matches!(sent.open(&codec), Err(Refused::Form)));
    }
}
