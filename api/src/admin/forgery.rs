//! Whether a request that changes something comes from our own page.
//!
//! Three things say so, and each alone would do in a browser that keeps its promises: the cookie goes along with
//! requests from our own site only; the browser names the page's origin; the form carries a token of the session.

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, header},
};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::{app::App, error::Error};

/// The field of a form that carries the token.
pub(super) const FIELD: &str = "csrf";

/// The header that carries it when there is no form.
const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");

/// The most bytes of a form.
const LARGEST_FORM: usize = 64 * 1024;

/// The most bytes of a form with a file.
pub(super) const LARGEST_UPLOAD: usize = 6 * 1024 * 1024;

/// The first part of a form with a file, which carries the token.
const FIRST_PART: &[u8] = b"name=\"csrf\"\r\n\r\n";

/// How far into a form with a file its token is looked for.
const FIRST_BYTES: usize = 1024;

/// What forms of a session carry. Whoever knows it does not know the session's own token.
pub(super) fn token(session_token: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(b"posada/forms/");
    digest.update(session_token.as_bytes());
    hex::encode(digest.finalize())
}

/// The request, if it comes from a page of ours; one of a session must carry its token.
///
/// # Errors
/// [`Error::Forbidden`] when it does not; [`Error::TooLarge`].
pub(super) async fn checked(
    app: &App,
    request: Request,
    token: Option<&str>,
) -> Result<Request, Error> {
    if !is_from_here(request.headers(), &app.public_url) {
        return Err(Error::Forbidden);
    }
    let Some(token) = token else {
        return Ok(request);
    };
    let (parts, body) = request.into_parts();
    let most = if has_file(&parts.headers) {
        LARGEST_UPLOAD
    } else {
        LARGEST_FORM
    };
    let form = axum::body::to_bytes(body, most)
        .await
        .map_err(|_too_large| Error::TooLarge)?;
    if carries(&parts.headers, &form, token) {
        Ok(Request::from_parts(parts, Body::from(form)))
    } else {
        Err(Error::Forbidden)
    }
}

/// Browsers name the origin of every form that is sent.
fn is_from_here(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else {
        return false;
    };
    let is_ours = origin == public_url
        || origin
            .split_once("://")
            .is_some_and(|(_, host)| text(header::HOST) == Some(host));
    let site = text(HeaderName::from_static("sec-fetch-site"));
    is_ours && site.is_none_or(|site| site == "same-origin")
}

fn carries(headers: &HeaderMap, form: &Bytes, token: &str) -> bool {
    let in_form = || {
        if has_file(headers) {
            return in_first_part(form);
        }
        form_urlencoded::parse(form)
            .find(|(name, _)| name == FIELD)
            .map(|(_, value)| value.into_owned())
    };
    let given = headers
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
        .or_else(in_form);
    given.is_some_and(|given| given.as_bytes().ct_eq(token.as_bytes()).into())
}

fn has_file(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

/// The token of a form with a file. Who knows it may put it where they like, so that no form needs to be read for it.
fn in_first_part(form: &Bytes) -> Option<String> {
    let head = form.get(..FIRST_BYTES.min(form.len()))?;
    let at = head
        .windows(FIRST_PART.len())
        .position(|it| it == FIRST_PART)?;
    let rest = head.get(at + FIRST_PART.len()..)?;
    let end = rest.windows(2).position(|it| it == b"\r\n")?;
    let token = rest.get(..end)?;
    std::str::from_utf8(token).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    fn is_ours(pairs: &[(&'static str, &'static str)]) -> bool {
        is_from_here(&headers(pairs), "https://posada.example")
    }

    #[test]
    fn a_form_of_ours_names_us() {
        assert!(is_ours(&[
            ("origin", "https://posada.example"),
            ("host", "inside")
        ]));
        assert!(is_ours(&[
            ("origin", "http://localhost:8000"),
            ("host", "localhost:8000")
        ]));
    }

    #[test]
    fn a_form_of_others_is_told_apart() {
        let host = ("host", "posada.example");
        assert!(!is_ours(&[host]));
        assert!(!is_ours(&[host, ("origin", "null")]));
        assert!(!is_ours(&[host, ("origin", "https://posada.example.evil")]));
        assert!(!is_ours(&[
            host,
            ("origin", "https://posada.example"),
            ("sec-fetch-site", "cross-site")
        ]));
    }

    #[test]
    fn the_token_of_another_session_opens_nothing() {
        let ours = token("ours");
        let form = |token: &str| Bytes::from(format!("csrf={token}&name=x"));
        assert!(carries(&HeaderMap::new(), &form(&ours), &ours));
        assert!(!carries(&HeaderMap::new(), &form(&token("theirs")), &ours));
        assert!(!carries(&HeaderMap::new(), &Bytes::new(), &ours));
        let kind = headers(&[("content-type", "multipart/form-data; boundary=x")]);
        let file = |token: &str| {
            Bytes::from(format!(
                "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--x--\r\n"
            ))
        };
        assert!(carries(&kind, &file(&ours), &ours));
        assert!(!carries(&kind, &file(&token("theirs")), &ours));
        assert!(!carries(&kind, &file(""), &ours));
        assert!(!carries(&kind, &form(&ours), &ours));
    }
}
