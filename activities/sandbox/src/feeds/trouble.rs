//! The ways in which channels answer when something is wrong with them.

use std::{convert::Infallible, io, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures::{StreamExt as _, stream};
use serde::Deserialize;
use serde_json::Value;

/// What a page that asks for a password looks like to a reader of calendars.
const LOGIN_PAGE: &str = "<!doctype html>\n<html><head><title>Log in</title></head><body><form action=\"/login\"><input name=\"password\"></form></body></html>\n";

/// What an endless body repeats: a calendar never closed, which is read for as long as it is sent.
const FILLER: &[u8] = b"X-FILLER:0123456789012345678901234567890123456789012345678901234567\r\n";
const FILLER_REPEATS: usize = 1_000;

/// The knobs of one calendar; every one of them may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Trouble {
    /// Requests still to meet it; absent means all of them.
    times: Option<u32>,
    /// The status, with any body.
    status: Option<u16>,
    /// Seconds to put into `Retry-After`.
    retry_after: Option<u64>,
    /// Where a redirect leads; the status is 302 unless another is given.
    location: Option<String>,
    /// What is sent in the place of the calendar.
    body: Option<Replacement>,
    /// How many bytes an `endless` body has at least, or a `gzip_bomb` when it is unpacked; for ever unless
    /// given.
    bytes: Option<u64>,
    /// Closes the connection after so many bytes of a longer body.
    cut_after: Option<usize>,
    /// Milliseconds between the pieces of the body, 64 bytes each.
    drip_ms: Option<u64>,
    /// Milliseconds before the answer begins.
    delay_ms: u64,
    /// Answers 304 whatever was asked.
    always_304: bool,
    /// Sends the calendar without `ETag` and `Last-Modified`.
    no_validators: bool,
}

/// What is sent in the place of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Replacement {
    /// A form that asks for a password.
    LoginPage,
    /// Nothing.
    Empty,
    /// A calendar without events.
    EmptyCalendar,
    /// A calendar that does not end.
    Endless,
    /// The same, packed so that little is sent.
    GzipBomb,
}

impl Trouble {
    pub(super) fn read(body: Value) -> Result<Self, String> {
        let trouble: Self = serde_json::from_value(body).map_err(|error| error.to_string())?;
        let is_status = |status: u16| (200..600).contains(&status);
        if !trouble.status.is_none_or(is_status) {
            return Err("status is an HTTP status between 200 and 599".to_owned());
        }
        if trouble
            .location
            .as_deref()
            .is_some_and(|to| HeaderValue::from_str(to).is_err())
        {
            return Err("location is a URL".to_owned());
        }
        Ok(trouble)
    }

    /// Whether it has happened often enough; otherwise it happens once more.
    pub(super) fn is_over(&mut self) -> bool {
        match &mut self.times {
            None => false,
            Some(0) => true,
            Some(left) => {
                *left = left.saturating_sub(1);
                false
            }
        }
    }

    pub(super) async fn wait(&self) {
        tokio::time::sleep(Duration::from_millis(self.delay_ms)).await;
    }

    /// The answer to a request for `calendar`, which would otherwise be `usual`.
    pub(super) fn answer(&self, calendar: Bytes, usual: impl FnOnce() -> Response) -> Response {
        let mut headers = HeaderMap::new();
        let mut put = |name: HeaderName, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        };
        if let Some(seconds) = self.retry_after {
            put(header::RETRY_AFTER, seconds.to_string());
        }
        if let Some(location) = &self.location {
            put(header::LOCATION, location.clone());
        }
        let status = match (self.always_304, self.status, &self.location) {
            (true, ..) => Some(StatusCode::NOT_MODIFIED),
            (_, Some(status), _) => StatusCode::from_u16(status).ok(),
            (_, None, Some(_)) => Some(StatusCode::FOUND),
            (_, None, None) => None,
        };
        let is_body_changed =
            self.body.is_some() || self.cut_after.is_some() || self.drip_ms.is_some();
        if status.is_none() && !is_body_changed && !self.no_validators {
            return usual();
        }
        let content = match self.body {
            Some(Replacement::LoginPage) => {
                put(header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned());
                Content::Whole(Bytes::from_static(LOGIN_PAGE.as_bytes()))
            }
            Some(Replacement::Empty) => Content::Whole(Bytes::new()),
            Some(Replacement::EmptyCalendar) => Content::Whole(Bytes::from_static(
                b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
            )),
            Some(Replacement::Endless) => Content::Endless,
            Some(Replacement::GzipBomb) => {
                put(header::CONTENT_ENCODING, "gzip".to_owned());
                Content::GzipBomb
            }
            None if status.is_some_and(|status| !status.is_success()) => {
                Content::Whole(Bytes::from_static(b"the channel is in trouble"))
            }
            None => Content::Whole(calendar),
        };
        let body = self.sent(content);
        (status.unwrap_or(StatusCode::OK), headers, body).into_response()
    }

    fn sent(&self, content: Content) -> Body {
        let bytes = match content {
            Content::Whole(bytes) => bytes,
            Content::Endless => return self.endless(),
            Content::GzipBomb => return self.gzip_bomb(),
        };
        let drip = self.drip_ms.map(Duration::from_millis);
        let cut = self.cut_after.filter(|at| *at < bytes.len());
        if drip.is_none() && cut.is_none() {
            return Body::from(bytes);
        }
        let sent = bytes.slice(..cut.unwrap_or(bytes.len()));
        let pieces: Vec<_> = sent.chunks(64).map(Bytes::copy_from_slice).collect();
        let pieces = stream::iter(pieces).then(move |piece| async move {
            tokio::time::sleep(drip.unwrap_or_default()).await;
            Ok(piece)
        });
        let end = stream::iter(cut.map(|_| Err(io::Error::from(io::ErrorKind::ConnectionAborted))));
        Body::from_stream(pieces.chain(end))
    }

    fn endless(&self) -> Body {
        let piece = Bytes::from(FILLER.repeat(FILLER_REPEATS));
        let count = self.pieces_of(piece.len());
        let begin = Bytes::from_static(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");
        let filler = stream::repeat(piece).take(count);
        let pieces = stream::iter(std::iter::once(begin)).chain(filler);
        Body::from_stream(pieces.map(Ok::<_, Infallible>))
    }

    /// One packed piece, sent again and again: the parts of a gzip stream stand for themselves.
    fn gzip_bomb(&self) -> Body {
        let unpacked = FILLER.repeat(FILLER_REPEATS * 16);
        let count = self.pieces_of(unpacked.len());
        let piece = Bytes::from(gzip(&unpacked));
        Body::from_stream(stream::repeat(piece).take(count).map(Ok::<_, Infallible>))
    }

    fn pieces_of(&self, size: usize) -> usize {
        let bytes = self.bytes.unwrap_or(u64::MAX);
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        usize::try_from(bytes.div_ceil(size)).unwrap_or(usize::MAX)
    }
}

enum Content {
    Whole(Bytes),
    Endless,
    GzipBomb,
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    // Writing to memory cannot fail.
    let written = packer.write_all(bytes).and_then(|()| packer.finish());
    written.unwrap_or_default()
}
