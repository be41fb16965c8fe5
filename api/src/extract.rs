//! What handlers are given: bodies and queries that were read, or a problem that names the field.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::{StatusCode, request::Parts},
};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::error::Error;

/// A JSON body, whatever its content type says.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// The parameters of the query.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

/// The body as it came.
#[derive(Debug)]
pub(crate) struct Raw(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(rejection) => Err(unread(&rejection)),
        }
    }
}

fn unread(rejection: &BytesRejection) -> Error {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Error::TooLarge
    } else {
        Error::Malformed
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let Raw(bytes) = Raw::from_request(request, state).await?;
        read(&bytes).map(Self)
    }
}

/// Whether a form or a query says the one character that no text which we keep can hold.
pub(crate) fn holds_nul(form: &[u8]) -> bool {
    form_urlencoded::parse(form).any(|(_, value)| value.contains('\0'))
}

/// Reads a JSON document.
///
/// # Errors
/// [`Error::MalformedJson`] when it is none; [`Error::Invalid`] with the field when a value does not fit.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let mut document = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut document).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.inner();
        match cause.classify() {
            Category::Data => Error::invalid(
                &field(&path, cause),
                "invalid_field",
                "this value cannot be read",
            ),
            Category::Syntax | Category::Eof | Category::Io => Error::MalformedJson,
        }
    })?;
    document.end().map_err(|_trailing| Error::MalformedJson)?;
    Ok(value)
}

/// Where the value is. A missing field is reported at the object it is missing in.
fn field(path: &str, cause: &serde_json::Error) -> String {
    let told = cause.to_string();
    let missing = told
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next());
    match (path, missing) {
        (".", Some(missing)) => missing.to_owned(),
        (path, Some(missing)) => format!("{path}.{missing}"),
        (".", None) => "body".to_owned(),
        (path, None) => path.to_owned(),
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        if holds_nul(parts.uri.query().unwrap_or_default().as_bytes()) {
            return Err(Error::Malformed);
        }
        axum::extract::Query::<T>::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Query(query)| Self(query))
            .map_err(|_unreadable| Error::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Stay {
        nights: u8,
        #[expect(dead_code, reason = "only read")]
        guest: Option<Guest>,
    }

    #[derive(Debug, Deserialize)]
    struct Guest {
        #[expect(dead_code, reason = "only read")]
        name: String,
    }

    fn refused(json: &str) -> (String, &'static str) {
        match read::<Stay>(json.as_bytes()).unwrap_err() {
            Error::Invalid { field, code, .. } => (field, code),
            Error::MalformedJson => (String::new(), "malformed_json"),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_document_is_read() {
        assert_eq!(read::<Stay>(br#"{"nights": 3}"#).unwrap().nights, 3);
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for json in ["", "{", "nights", r#"{"nights": 3} x"#] {
            assert_eq!(refused(json).1, "malformed_json", "{json}");
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_named() {
        assert_eq!(refused(r#"{"nights": 300}"#).0, "nights");
        assert_eq!(refused(r"{}").0, "nights");
        assert_eq!(refused(r#"{"nights": 3, "guest": {}}"#).0, "guest.name");
        assert_eq!(refused(r"[]").0, "body");
    }
}
