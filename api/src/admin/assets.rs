//! Styles, scripts, icons and the typeface, inside the program.

use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use rust_embed::RustEmbed;
use std::sync::LazyLock;

use crate::error::Error;

/// The address carries the version, so that what is kept is never old.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

#[derive(RustEmbed)]
#[folder = "assets/admin"]
struct Assets;

/// Changes with every byte of them.
pub(super) static VERSION: LazyLock<String> = LazyLock::new(|| {
    use sha2::{Digest as _, Sha256};
    let mut digest = Sha256::new();
    for name in Assets::iter() {
        if let Some(file) = Assets::get(&name) {
            digest.update(file.metadata.sha256_hash());
        }
    }
    hex::encode(digest.finalize()).chars().take(12).collect()
});

/// Shows one.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn show(Path(name): Path<String>) -> Result<Response, Error> {
    let file = Assets::get(&name).ok_or(Error::NotFound("file"))?;
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "text/plain; charset=utf-8",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, FOREVER),
    ];
    Ok((headers, file.data.into_owned()).into_response())
}
