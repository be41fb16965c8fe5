//! The two things here that are for eyes: where to look, and the cabins' pictures.

use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use rust_embed::RustEmbed;

use crate::error::Error;

/// What somebody finds who opens the bare address.
const WELCOME: &str = include_str!("../assets/welcome.html");

/// Pictures do not change under their name.
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// The demo's pictures, inside the program.
#[derive(RustEmbed)]
#[folder = "assets/photos"]
struct Photos;

/// Says where to look.
pub(crate) async fn welcome() -> Html<&'static str> {
    Html(WELCOME)
}

/// Shows a picture.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn photo(Path(name): Path<String>) -> Result<Response, Error> {
    let photo = Photos::get(&name).ok_or(Error::NotFound("picture"))?;
    let mime = HeaderValue::from_static(mime(&name));
    let headers = [(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, A_DAY)];
    Ok((headers, photo.data.into_owned()).into_response())
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        _ => "application/octet-stream",
    }
}
