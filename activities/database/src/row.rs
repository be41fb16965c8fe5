//! From columns to domain types. A row that cannot be read is a mistake of ours, never a panic.

use std::{error::Error as StdError, str::FromStr};

use domain::{Currency, Money};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::Error;

/// A word of a column that knows few words.
pub(crate) fn word<T>(word: &str) -> Result<T, Error>
where
    T: FromStr<Err: StdError + Send + Sync + 'static>,
{
    word.parse().map_err(Error::unexpected)
}

/// A document as the domain reads it.
pub(crate) fn document<T: DeserializeOwned>(document: Value) -> Result<T, Error> {
    serde_json::from_value(document).map_err(Error::unexpected)
}

/// A domain value as a document.
pub(crate) fn to_document<T: Serialize>(value: &T) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(Error::unexpected)
}

/// Centavos of a currency we charge in.
pub(crate) fn money(centavos: i64, currency: &str) -> Result<Money, Error> {
    match currency {
        "ARS" => Ok(Money {
            centavos,
            currency: Currency::Ars,
        }),
        other => Err(Error::unexpected(format!("{other} is no currency of ours"))),
    }
}

/// A number of heads or beds.
pub(crate) fn count(number: i16) -> Result<u8, Error> {
    u8::try_from(number).map_err(Error::unexpected)
}
