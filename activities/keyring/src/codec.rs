//! Payloads of workflows, closed on their way to Temporal.

use futures::future::{BoxFuture, FutureExt as _, ready};
use prost::Message as _;
use temporalio_common::{
    data_converters::{
        DataConverter, DefaultFailureConverter, PayloadCodec, PayloadConversionError,
        PayloadConverter, SerializationContextData,
    },
    protos::temporal::api::common::v1::Payload,
};

use crate::{Error, Keyring};

/// What payloads are closed for.
const PURPOSE: &str = "payload";

/// How a closed payload says that it is one.
const ENCODING: &str = "encoding";
const CLOSED: &[u8] = b"binary/encrypted";

/// Where a closed payload names its key.
const KEY: &str = "encryption-key-id";

/// Closes and opens payloads.
#[derive(Debug, Clone)]
pub struct Codec(Keyring);

/// How a client of Temporal writes values: as JSON, closed. The messages of failures stay readable: they hold
/// nothing of a guest's, and without them nobody sees what is wrong.
#[must_use]
pub fn data_converter(keys: &Keyring) -> DataConverter {
    DataConverter::new(
        PayloadConverter::default(),
        DefaultFailureConverter::new(false),
        Codec::new(keys),
    )
}

impl Codec {
    /// With these keys.
    #[must_use]
    pub fn new(keys: &Keyring) -> Self {
        Self(keys.clone())
    }

    /// Closes a payload, whatever it is.
    ///
    /// # Errors
    /// [`Error::Randomness`].
    pub fn close(&self, payload: &Payload) -> Result<Payload, Error> {
        let (key, closed) = self.0.close(PURPOSE, &payload.encode_to_vec())?;
        Ok(Payload {
            metadata: [
                (ENCODING.to_owned(), CLOSED.to_vec()),
                (KEY.to_owned(), key.as_bytes().to_vec()),
            ]
            .into(),
            data: closed,
            ..Payload::default()
        })
    }

    /// Opens a payload; one that is not closed is what it was.
    ///
    /// # Errors
    /// [`Error::UnknownKey`], [`Error::Forged`].
    pub fn open(&self, payload: Payload) -> Result<Payload, Error> {
        if payload.metadata.get(ENCODING).map(Vec::as_slice) != Some(CLOSED) {
            return Ok(payload);
        }
        let key = payload.metadata.get(KEY).map(Vec::as_slice);
        let key = str::from_utf8(key.unwrap_or_default()).map_err(|_no_name| Error::Forged)?;
        let opened = self.0.open(PURPOSE, key, &payload.data)?;
        Payload::decode(opened.as_slice()).map_err(|_no_payload| Error::Forged)
    }
}

impl PayloadCodec for Codec {
    fn encode(
        &self,
        _context: &SerializationContextData,
        payloads: Vec<Payload>,
    ) -> BoxFuture<'static, Result<Vec<Payload>, PayloadConversionError>> {
        let closed = payloads.iter().map(|payload| self.close(payload));
        ready(all(closed)).boxed()
    }

    fn decode(
        &self,
        _context: &SerializationContextData,
        payloads: Vec<Payload>,
    ) -> BoxFuture<'static, Result<Vec<Payload>, PayloadConversionError>> {
        let opened = payloads.into_iter().map(|payload| self.open(payload));
        ready(all(opened)).boxed()
    }
}

fn all(
    payloads: impl Iterator<Item = Result<Payload, Error>>,
) -> Result<Vec<Payload>, PayloadConversionError> {
    payloads
        .collect::<Result<_, _>>()
        .map_err(|error| PayloadConversionError::EncodingError(Box::new(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codec(keys: &str) -> Codec {
        let keys = keys.replace('1', &"1".repeat(64));
        let keys = keys.replace('2', &"2".repeat(64));
        Codec::new(&keys.parse().unwrap())
    }

    fn json(text: &str) -> Payload {
        Payload {
            metadata: [(ENCODING.to_owned(), b"json/plain".to_vec())].into(),
            data: text.as_bytes().to_vec(),
            ..Payload::default()
        }
    }

    #[tokio::test]
    async fn payloads_come_back_as_they_were() {
        let codec = codec("new:1");
        let (context, plain) = (
            SerializationContextData::None,
            vec![json("\"Ana\""), json("{}")],
        );
        let closed = codec.encode(&context, plain.clone()).await.unwrap();
        for payload in &closed {
            assert_eq!(payload.metadata[ENCODING], CLOSED);
            assert_eq!(payload.metadata[KEY], b"new");
            let bytes = payload.encode_to_vec();
            assert!(!bytes.windows(3).any(|window| window == b"Ana"));
        }
        let opened = codec.decode(&context, closed).await.unwrap();
        assert_eq!(opened, plain);
    }

    #[tokio::test]
    async fn what_was_begun_without_keys_is_read() {
        let context = SerializationContextData::None;
        let opened = codec("new:1").decode(&context, vec![json("1")]).await;
        assert_eq!(opened.unwrap(), [json("1")]);
    }

    #[tokio::test]
    async fn a_key_that_is_missing_is_named() {
        let context = SerializationContextData::None;
        let closed = codec("old:1")
            .encode(&context, vec![json("1")])
            .await
            .unwrap();
        let both = codec("new:2,old:1").decode(&context, closed.clone()).await;
        assert_eq!(both.unwrap(), [json("1")]);
        let refused = codec("new:2").decode(&context, closed).await.unwrap_err();
        assert!(refused.to_string().contains("\"old\""), "{refused}");
    }

    #[test]
    fn a_payload_that_is_closed_twice_is_opened_in_two_steps() {
        let codec = codec("new:1");
        let once = codec.close(&json("1")).unwrap();
        let twice = codec.close(&once).unwrap();
        assert_eq!(codec.open(twice).unwrap(), once);
    }
}
