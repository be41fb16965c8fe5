//! Whether a caller already has what it asks for.

use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};

/// What a caller that asks conditionally has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Has {
    /// Something else, or nothing it tells of.
    Nothing,
    /// This: it named it by its tag.
    Proven,
    /// This, as it seems: it gave a date, or any tag at all.
    Likely,
}

/// Compares the conditions of a request with what there is. A tag outranks a date.
pub(crate) fn has(headers: &HeaderMap, etag: &str, changed_at: DateTime<Utc>) -> Has {
    let tags: Vec<&str> = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    if !tags.is_empty() {
        let weak = |tag: &str| tag.trim_start_matches("W/").to_owned();
        return if tags.iter().any(|tag| weak(tag) == etag) {
            Has::Proven
        } else if tags.contains(&"*") {
            Has::Likely
        } else {
            Has::Nothing
        };
    }
    let since = headers
        .get(header::IF_MODIFIED_SINCE)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| DateTime::parse_from_rfc2822(text).ok());
    match since {
        Some(since) if since >= changed_at => Has::Likely,
        Some(_) | None => Has::Nothing,
    }
}

/// A date as HTTP writes it.
pub(crate) fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    const ETAG: &str = "\"abc\"";

    fn asked(headers: &[(HeaderName, &str)]) -> Has {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        has(&headers, ETAG, "2026-11-24T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_tag_is_known_again_in_every_form() {
        for tag in [
            "\"abc\"",
            "W/\"abc\"",
            "\"x\", \"abc\"",
            "\"x\",W/\"abc\" , \"y\"",
        ] {
            assert_eq!(asked(&[(header::IF_NONE_MATCH, tag)]), Has::Proven, "{tag}");
        }
        for tag in ["\"ab\"", "abc", "\"x\"", ""] {
            assert_eq!(
                asked(&[(header::IF_NONE_MATCH, tag)]),
                Has::Nothing,
                "{tag}"
            );
        }
        assert_eq!(asked(&[(header::IF_NONE_MATCH, "*")]), Has::Likely);
        assert_eq!(asked(&[]), Has::Nothing);
    }

    #[test]
    fn a_date_counts_where_there_is_no_tag() {
        let since = |date| asked(&[(header::IF_MODIFIED_SINCE, date)]);
        assert_eq!(since("Tue, 24 Nov 2026 12:00:00 GMT"), Has::Likely);
        assert_eq!(since("Tue, 24 Nov 2026 12:00:01 GMT"), Has::Likely);
        assert_eq!(since("Tue, 24 Nov 2026 11:59:59 GMT"), Has::Nothing);
        assert_eq!(since("yesterday"), Has::Nothing);
        let both = [
            (header::IF_NONE_MATCH, "\"x\""),
            (header::IF_MODIFIED_SINCE, "Tue, 24 Nov 2026 12:00:00 GMT"),
        ];
        assert_eq!(asked(&both), Has::Nothing, "the tag outranks the date");
    }

    #[test]
    fn a_date_is_written_as_http_does() {
        let at = "2026-11-04T05:06:07Z".parse().unwrap();
        assert_eq!(http_date(at), "Wed, 04 Nov 2026 05:06:07 GMT");
        assert_eq!(DateTime::parse_from_rfc2822(&http_date(at)).unwrap(), at);
    }
}
